#include "trace/result.h"

#include <fmt/format.h>

#include <algorithm>
#include <map>
#include <utility>

#include "trace/trace.h"

namespace tracehound::trace {

std::uint64_t Trace::seed_coins() const {
  std::uint64_t coins = 0;
  for (std::size_t i = 0; i < seeds.size(); ++i) {
    coins += i == 0 || seeds[i].coin != seeds[i - 1].coin ? 1 : 0;
  }
  return coins;
}

std::string label_text(const Trace& trace, Label label) {
  std::size_t number = label.number();
  if (number >= 1 && number <= trace.label_names.size()) return trace.label_names[number - 1];
  return std::to_string(number);
}

Status check_balance(const Trace& trace) {
  if (!trace.conserves) return {};
  LabelSums seeded;
  LabelSums landed;
  for (const SeedCoin& seed : trace.seeds) {
    seeded.add(seed.label, seed.amount);
    landed.add(seed.label, 0);
  }
  for (const Destination& destination : trace.destinations) {
    for (const LabelAmount& entry : destination.labels) landed.add(entry.label, entry.amount);
  }
  for (const LabelAmount& entry : landed.all()) {
    if (seeded.of(entry.label) == entry.amount) continue;
    return machine_error(fmt::format(
        "the {} trace does not balance: of label {}, {} units were stolen and {} were found; this "
        "is a bug in tracehound, report it with the ledger's tip and the seeds",
        name_of(trace.method), label_text(trace, entry.label), seeded.of(entry.label),
        entry.amount));
  }
  return {};
}

std::vector<Range> ranges(std::span<const Trace> traces) {
  using Place = std::pair<DestinationKind, std::optional<std::uint32_t>>;
  struct Found {
    Range range;
    std::size_t traces = 0;  // that reach it
  };
  std::map<Place, Found> found;
  std::size_t conserving = 0;
  for (const Trace& trace : traces) {
    if (!trace.conserves) continue;
    ++conserving;
    for (const Destination& destination : trace.destinations) {
      Amount amount = destination.amount;
      Range first{destination.kind, destination.service, amount, amount};
      auto place = found.try_emplace({destination.kind, destination.service}, first, 0).first;
      Range& range = place->second.range;
      range.least = std::min(range.least, amount);
      range.most = std::max(range.most, amount);
      ++place->second.traces;
    }
  }
  std::vector<Range> list;
  for (auto& [place, entry] : found) {
    if (entry.traces < conserving) entry.range.least = 0;
    list.push_back(entry.range);
  }
  return list;
}

}  // namespace tracehound::trace
