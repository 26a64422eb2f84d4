#include "trace/method.h"

#include <array>
#include <utility>

#include "base/check.h"

namespace tracehound::trace {

namespace {

struct MethodEntry {
  MethodKind kind;
  std::string_view name;
  std::unique_ptr<Method> (*make)();
};
constexpr std::array kMethods = {
    MethodEntry{MethodKind::poison, "poison", make_poison},
    MethodEntry{MethodKind::haircut, "haircut", make_haircut},
    MethodEntry{MethodKind::fifo, "fifo", make_fifo},
};

const MethodEntry& entry_of(MethodKind kind) {
  for (const MethodEntry& entry : kMethods) {
    if (entry.kind == kind) return entry;
  }
  CHECK(!"every MethodKind has its line in kMethods");
  std::unreachable();
}

}  // namespace

std::unique_ptr<Method> make_method(MethodKind kind) { return entry_of(kind).make(); }

std::string_view name_of(MethodKind method) { return entry_of(method).name; }

std::optional<MethodKind> method_named(std::string_view name) {
  for (const MethodEntry& entry : kMethods) {
    if (entry.name == name) return entry.kind;
  }
  return std::nullopt;
}

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
  }
  CHECK(!"every DestinationKind has a name");
  std::unreachable();
}

}  // namespace tracehound::trace
