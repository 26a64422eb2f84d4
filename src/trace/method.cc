#include "trace/method.h"

#include <algorithm>
#include <array>
#include <utility>

#include "base/check.h"

namespace tracehound::trace {

namespace {

struct MethodEntry {
  MethodKind kind;
  std::string_view name;
  bool conserves;
  // One of the two; neither for what only account chains have (trace/accounts/method.h).
  std::unique_ptr<AmountMethod> (*make_amounts)();
  std::unique_ptr<RunMethod> (*make_runs)();
};
constexpr std::array<MethodEntry, kMethodKinds> kMethods = {
    MethodEntry{MethodKind::poison, "poison", false, make_poison, nullptr},
    MethodEntry{MethodKind::haircut, "haircut", true, make_haircut, nullptr},
    MethodEntry{MethodKind::fifo, "fifo", true, nullptr, make_fifo},
    MethodEntry{MethodKind::lifo, "lifo", true, nullptr, make_lifo},
    MethodEntry{MethodKind::tiho, "tiho", true, make_tiho, nullptr},
    MethodEntry{MethodKind::tilo, "tilo", true, make_tilo, nullptr},
    MethodEntry{MethodKind::seniority, "seniority", true, make_seniority, nullptr},
    MethodEntry{MethodKind::taint_first, "taint-first", true, nullptr, nullptr},
    MethodEntry{MethodKind::clean_first, "clean-first", true, nullptr, nullptr},
};

const MethodEntry& entry_of(MethodKind kind) {
  for (const MethodEntry& entry : kMethods) {
    if (entry.kind == kind) return entry;
  }
  CHECK(!"every MethodKind has its line in kMethods");
  std::unreachable();
}

}  // namespace

void cut_line(std::vector<Run>& line, std::span<const Amount> outputs, Division& into) {
  trim_clean_end(line, 0);
  into.begin(line.size() + outputs.size(), outputs.size());
  Run* next = line.data();  // the first run with units left; past the last one all is clean
  Run* end = next + line.size();
  for (Amount value : outputs) {
    while (value > 0 && next != end) {
      Amount taken = std::min(value, next->length);
      into.add(taken, next->label);
      value -= taken;
      next->length -= taken;
      if (next->length == 0) ++next;
    }
    into.end_output();
  }
}

Method make_method(MethodKind kind) {
  const MethodEntry& entry = entry_of(kind);
  Method method;
  method.kind = kind;
  method.conserves = entry.conserves;
  if (entry.make_amounts) method.amounts = entry.make_amounts();
  if (entry.make_runs) method.runs = entry.make_runs();
  return method;
}

std::string_view name_of(MethodKind method) { return entry_of(method).name; }

std::optional<MethodKind> method_named(std::string_view name) {
  for (const MethodEntry& entry : kMethods) {
    if (entry.name == name) return entry.kind;
  }
  return std::nullopt;
}

bool conserves(MethodKind method) { return entry_of(method).conserves; }

bool on_coin_chains(MethodKind method) {
  const MethodEntry& entry = entry_of(method);
  return entry.make_amounts != nullptr || entry.make_runs != nullptr;
}

std::string_view name_of(Direction direction) {
  return direction == Direction::forward ? "forward" : "backward";
}

std::string_view name_of(FeeRule rule) { return rule == FeeRule::sink ? "sink" : "miner"; }

std::string_view name_of(DestinationKind kind) {
  switch (kind) {
    case DestinationKind::held:
      return "held";
    case DestinationKind::service:
      return "service";
    case DestinationKind::mixed:
      return "mixed";
    case DestinationKind::crossed:
      return "crossed";
    case DestinationKind::burned:
      return "burned";
    case DestinationKind::fees:
      return "fees";
    case DestinationKind::cut:
      return "cut";
    case DestinationKind::mined:
      return "mined";
  }
  CHECK(!"every DestinationKind has a name");
  std::unreachable();
}

}  // namespace tracehound::trace
