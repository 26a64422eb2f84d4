#include "incidents/report_parts.h"

#include "incidents/report_text.h"

namespace tracehound::incidents {

void name_service(ReportDestination& to, std::span<const trace::Service> services,
                  std::optional<std::uint32_t> service, const ReportAbout& about) {
  if (!service) return;
  to.name = services[*service].name;
  to.category = services[*service].category;
  if (*service < about.service_notes.size()) to.note = about.service_notes[*service];
}

void sort_for_page(const ReportData& data, OrderedDestinations& ordered) {
  std::stable_sort(ordered.begin(), ordered.end(), [&](const auto& a, const auto& b) {
    std::size_t rank_a = page_rank(a.first.kind);
    std::size_t rank_b = page_rank(b.first.kind);
    if (rank_a != rank_b) return rank_a < rank_b;
    Units of_a = weight(data, a.first);
    Units of_b = weight(data, b.first);
    return of_a != of_b ? of_a > of_b : a.first.name < b.first.name;
  });
}

void sort_for_page(std::vector<ReportRange>& ranges) {
  std::stable_sort(ranges.begin(), ranges.end(), [](const auto& a, const auto& b) {
    std::size_t rank_a = page_rank(a.kind);
    std::size_t rank_b = page_rank(b.kind);
    return rank_a != rank_b ? rank_a < rank_b : a.most > b.most;
  });
}

std::vector<Arrival> arrivals_of(std::span<const Rest> rests, const OrderedDestinations& ordered,
                                 const std::function<std::uint32_t(TxId)>& time_of) {
  std::map<std::pair<std::uint32_t, trace::DestinationKind>, Arrival> sums;
  for (const Rest& rest : rests) {
    trace::DestinationKind kind = ordered[rest.destination].first.kind;
    std::uint32_t time = time_of(rest.transaction);
    Arrival& sum = sums[{time, kind}];
    sum.time = time;
    sum.kind = kind;
    sum.amount += rest.amount;
    ++sum.coins;
  }
  std::vector<Arrival> arrivals;
  for (const auto& [key, sum] : sums) arrivals.push_back(sum);
  return arrivals;
}

}  // namespace tracehound::incidents
