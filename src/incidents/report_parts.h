// What the makers of report data share, of coins (report_data.cc) and of balances
// (account_report.cc): how many rows lists have, in which order they stand, what is summed.
#pragma once

#include <algorithm>
#include <cstdint>
#include <functional>
#include <map>
#include <optional>
#include <span>
#include <utility>
#include <vector>

#include "incidents/report.h"
#include "incidents/report_flow.h"
#include "trace/result.h"

namespace tracehound::incidents {

inline constexpr std::size_t kSeedRows = 100;
// Rows listed of each of the first destinations, then of each of the others.
inline constexpr std::size_t kLeadingDestinations = 30;
inline constexpr std::size_t kLeadingRows = 60;
inline constexpr std::size_t kOtherRows = 8;

// Destinations, each with its index in the trace.
using OrderedDestinations = std::vector<std::pair<ReportDestination, std::size_t>>;

// The service's name and category, and what `about` remarks on it.
void name_service(ReportDestination& to, std::span<const trace::Service> services,
                  std::optional<std::uint32_t> service, const ReportAbout& about);

// In page order: by kind, then falling amount, then name.
void sort_for_page(const ReportData& data, OrderedDestinations& ordered);
void sort_for_page(std::vector<ReportRange>& ranges);

// The largest by `amount`; entries lie in chain order, which decides ties.
template <typename Entry, typename Amount>
void keep_largest(std::vector<const Entry*>& order, std::size_t rows, Amount amount) {
  std::stable_sort(order.begin(), order.end(), [&](const Entry* a, const Entry* b) {
    return std::invoke(amount, *a) > std::invoke(amount, *b);
  });
  if (order.size() > rows) order.resize(rows);
}

// By time and kind.
std::vector<Arrival> arrivals_of(std::span<const Rest> rests, const OrderedDestinations& ordered,
                                 const std::function<std::uint32_t(TxId)>& time_of);

// Fills data.holders with the largest, named, and counts all.
template <typename Key, typename Name>
void list_holders(const std::map<Key, ReportHolder>& holders, Name name, ReportData& data) {
  std::vector<std::pair<Key, ReportHolder>> order(holders.begin(), holders.end());
  std::stable_sort(order.begin(), order.end(),
                   [](const auto& a, const auto& b) { return a.second.amount > b.second.amount; });
  data.holder_count = order.size();
  if (order.size() > kLeadingRows) order.resize(kLeadingRows);
  for (auto& [key, holder] : order) {
    holder.address = name(key);
    data.holders.push_back(std::move(holder));
  }
}

// The traces that have sums; the others, but for the first, become data.reaches with `coins` of
// each.
template <typename Trace, typename Coins>
std::vector<const Trace*> list_methods(std::span<const Trace> traces, Coins coins,
                                       ReportData& data) {
  std::vector<const Trace*> with_sums;
  for (const Trace& trace : traces) {
    data.methods.push_back(trace.method);
    if (trace.conserves) {
      with_sums.push_back(&trace);
    } else if (&trace != &traces.front()) {
      data.reaches.push_back({trace.method, trace.transactions_touched, coins(trace)});
    }
  }
  return with_sums;
}

// One place by each of those traces. `amount_at` (trace, range) is what the trace has there.
template <typename Trace, typename Range, typename Amount>
void list_range(const std::vector<const Trace*>& with_sums, const Range& range, Amount amount_at,
                const Trace& first, const OrderedDestinations& ordered, ReportData& data) {
  ReportRange row;
  row.kind = range.kind;
  row.least = Units(range.least);
  row.most = Units(range.most);
  if (range.service) {
    row.name = first.services.at(*range.service).name;
    row.category = first.services.at(*range.service).category;
  }
  for (const Trace* trace : with_sums) row.amounts.push_back(amount_at(*trace, range));
  for (std::size_t i = 0; i < ordered.size(); ++i) {
    const auto& here = first.destinations[ordered[i].second];
    if (here.kind == range.kind && here.service == range.service) row.destination = i;
  }
  data.ranges.push_back(std::move(row));
}

}  // namespace tracehound::incidents
