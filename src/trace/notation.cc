#include "trace/notation.h"

#include <fmt/format.h>

#include <algorithm>
#include <map>
#include <set>

#include "base/check.h"

namespace tracehound::trace {

namespace {

// {1, 2, 3, 7} is "1..3,7".
std::string numbers_text(const std::vector<std::uint32_t>& numbers) {
  std::string text;
  for (std::size_t i = 0; i < numbers.size();) {
    std::size_t last = i;
    while (last + 1 < numbers.size() && numbers[last + 1] == numbers[last] + 1) ++last;
    if (!text.empty()) text += ',';
    text += std::to_string(numbers[i]);
    if (last == i + 1) text += fmt::format(",{}", numbers[last]);
    if (last > i + 1) text += fmt::format("..{}", numbers[last]);
    i = last + 1;
  }
  return text;
}

}  // namespace

Notation::Notation(const Trace& trace, const std::function<TxId(CoinId)>& creator)
    : written_(trace.direction == Direction::forward) {
  std::map<Label, std::set<TxId>> made;  // by label
  for (const SeedCoin& seed : trace.seeds) made[seed.label].insert(creator(seed.coin));

  std::map<std::string, std::uint32_t> numbers;                 // of victims, by name
  std::map<std::uint32_t, std::set<TxId>> victim_transactions;  // of all of a victim's labels
  for (const auto& [label, transactions] : made) {
    auto next = static_cast<std::uint32_t>(numbers.size() + 1);
    std::uint32_t victim = numbers.try_emplace(label_text(trace, label), next).first->second;
    victim_transactions[victim].insert(transactions.begin(), transactions.end());
    entries_.push_back({label, victim, {}});
  }
  victims_ = static_cast<std::uint32_t>(numbers.size());

  for (Entry& entry : entries_) {
    const std::set<TxId>& all = victim_transactions[entry.victim];
    std::vector<TxId> order(all.begin(), all.end());
    std::vector<std::uint32_t> own;
    for (TxId tx : made[entry.label]) {
      auto place = std::ranges::lower_bound(order, tx) - order.begin();
      own.push_back(static_cast<std::uint32_t>(place) + 1);
    }
    entry.text = fmt::format("V{}-T{}", entry.victim, numbers_text(own));
  }
}

const Notation::Entry& Notation::entry(Label label) const {
  auto found = std::ranges::lower_bound(entries_, label, {}, &Entry::label);
  CHECK(found != entries_.end() && found->label == label);
  return *found;
}

std::uint32_t Notation::victim(Label label) const { return entry(label).victim; }

std::string Notation::text(Label label, std::uint32_t hops) const {
  if (!written_) return "";
  const std::string& root = entry(label).text;
  return hops == 0 ? root : fmt::format("{}-H{}", root, hops);
}

}  // namespace tracehound::trace
