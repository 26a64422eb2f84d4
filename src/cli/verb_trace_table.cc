// A trace's answer as a table for people.
#include <fmt/format.h>

#include <algorithm>
#include <map>

#include "base/text.h"
#include "cli/verb_trace.h"

namespace tracehound::cli::tracing {

namespace {

using trace::Destination;
using trace::DestinationKind;
using trace::Trace;

std::string destination_name(const Trace& trace, DestinationKind kind,
                             std::optional<std::uint32_t> service) {
  if (!service) return std::string(trace::name_of(kind));
  const trace::Service& known = trace.services[*service];
  std::string name = fmt::format("{} ({})", known.name, known.category);
  return kind == DestinationKind::service ? name
                                          : fmt::format("{}: {}", trace::name_of(kind), name);
}

// A coin counts once, whatever labels are in it; a list's are neighbours.
template <typename Test>
std::uint64_t count_coins(const Destination& destination, Test test) {
  std::uint64_t coins = 0;
  const trace::Landing* before = nullptr;
  for (const trace::Landing& landing : destination.coins) {
    bool fresh = before == nullptr || before->coin != landing.coin;
    coins += fresh && test(landing.coin) ? 1 : 0;
    before = &landing;
  }
  return coins;
}
std::uint64_t count_coins(const Destination& destination) {
  return count_coins(destination, [](CoinId) { return true; });
}

// What the table rests on besides blocks; nothing without --unconfirmed.
std::string unconfirmed_words(const Trace& trace, const OpenLedger& open) {
  if (!open.ledger.unconfirmed()) return "";
  auto coins = [&](Amount amount) {
    return fmt::format("{} {}", coins_text(amount, kDecimals), open.symbol());
  };
  const trace::UnconfirmedPart& part = trace.unconfirmed;
  std::string text = fmt::format("unconfirmed   {} of these", plural(part.coins, "coin"));
  if (trace.conserves) {
    text += fmt::format(" with {}, and {} of the fees", coins(part.amount), coins(part.fees));
  }
  text += ": no block holds them yet, and they may never be confirmed\n";
  return text + mempool_line(open.ledger);
}

std::string heading(const std::vector<Trace>& traces, const OpenLedger& open, const Case& what) {
  const Trace& first = traces.front();
  std::string methods;
  for (const Trace& trace : traces) {
    methods += fmt::format("{}{}", methods.empty() ? "" : ", ", trace::name_of(trace.method));
  }
  bool back = first.direction == trace::Direction::backward;
  std::string text = fmt::format(
      "{}\n{} {}{}{}, chain {}, tip {} at height {}\n", what.name,
      traces.size() == 1 ? "method" : "methods", methods, back ? " backward" : "",
      first.fees == trace::FeeRule::miner ? ", fees flow on to the miner" : "", open.ledger.chain(),
      open.ledger.manifest().tip_hash.text(), open.ledger.tip().number());
  if (first.as_of) {
    text += fmt::format("as of height {}, block {}: where everything was then\n",
                        first.as_of->number(), open.ledger.block_hash(*first.as_of).text());
  }
  auto coins = [&](Amount amount) { return coins_text(amount, kDecimals); };
  text += fmt::format("{} {} {} in {}", back ? "asked" : "stolen", coins(first.effective),
                      open.symbol(), plural(first.seed_coins(), "coin"));
  if (first.claimed != first.effective) {
    text += fmt::format(" (claimed {} {})", coins(first.claimed), open.symbol());
  }
  std::uint64_t touched = 0;
  for (const Trace& trace : traces) touched = std::max(touched, trace.transactions_touched);
  return text + fmt::format("; {} touched\n\n", plural(touched, "transaction"));
}

std::string closing(const Trace& trace) {
  std::string text;
  if (trace.interrupted) {
    text = "interrupted: this is a part of the answer; what was still to be followed is cut\n";
  }
  return text + (trace.conserves
                     ? "the books balance: every unit stands in exactly one place\n"
                     : "poison has no sums: it tells which coins are reached, not how much\n");
}

// ---- one method ---------------------------------------------------------------------------------

std::string one_table(const Trace& trace, const OpenLedger& open) {
  const ledger::Ledger& ledger = open.ledger;
  auto coins = [&](Amount amount) { return coins_text(amount, kDecimals); };
  auto unconfirmed = [&](const Destination& destination) {
    auto is_new = [&](CoinId coin) { return ledger.is_unconfirmed(coin); };
    return fmt::format("{}", count_coins(destination, is_new));
  };
  std::vector<std::vector<std::string>> rows = {
      {"where", std::string(open.symbol()), "share", "coins"}};
  std::vector<const Destination*> order;
  for (const auto& destination : trace.destinations) order.push_back(&destination);
  std::stable_sort(order.begin(), order.end(),
                   [](const auto* a, const auto* b) { return a->amount > b->amount; });
  for (const Destination* destination : order) {
    bool fees = destination->kind == DestinationKind::fees;
    rows.push_back({destination_name(trace, destination->kind, destination->service),
                    trace.conserves ? coins(destination->amount) : "-",
                    trace.conserves ? percent_text(destination->amount, trace.effective) : "-",
                    fees ? "" : fmt::format("{}", count_coins(*destination))});
    if (ledger.unconfirmed()) rows.back().push_back(fees ? "" : unconfirmed(*destination));
  }
  if (ledger.unconfirmed()) rows.front().push_back("unconfirmed");
  if (trace.conserves) {
    rows.push_back({"total", coins(trace.total), percent_text(trace.total, trace.effective), ""});
    if (ledger.unconfirmed()) rows.back().push_back("");
  }
  std::vector<bool> right(rows.front().size(), true);
  right.front() = false;
  return table_text(rows, right);
}

// ---- several ------------------------------------------------------------------------------------

// Kind and service.
using Place = std::pair<DestinationKind, std::optional<std::uint32_t>>;

struct PlaceRow {
  std::vector<std::string> cells;  // by method
  trace::Range range;
};

// What stands where by each method, and the range of those that have sums.
std::map<Place, PlaceRow> places_of(const std::vector<Trace>& traces) {
  std::map<Place, PlaceRow> places;
  for (const trace::Range& range : trace::ranges(traces)) {
    places[{range.kind, range.service}].range = range;
  }
  for (std::size_t i = 0; i < traces.size(); ++i) {
    for (const Destination& destination : traces[i].destinations) {
      PlaceRow& row = places[{destination.kind, destination.service}];
      row.cells.resize(traces.size());
      bool fees = destination.kind == DestinationKind::fees;
      row.cells[i] = traces[i].conserves ? coins_text(destination.amount, kDecimals)
                     : fees              ? "-"
                                         : plural(count_coins(destination), "coin");
    }
  }
  return places;
}

std::string many_table(const std::vector<Trace>& traces, const OpenLedger& open) {
  auto places = places_of(traces);
  std::vector<std::string> head = {fmt::format("where ({})", open.symbol())};
  std::vector<std::string> total = {"total"};
  for (const Trace& trace : traces) {
    head.emplace_back(trace::name_of(trace.method));
    total.push_back(trace.conserves ? coins_text(trace.total, kDecimals) : "-");
  }
  head.insert(head.end(), {"least", "most"});
  total.insert(total.end(), {"", ""});

  std::vector<std::pair<Place, const PlaceRow*>> order;
  for (const auto& [place, row] : places) order.emplace_back(place, &row);
  std::stable_sort(order.begin(), order.end(), [](const auto& a, const auto& b) {
    return a.second->range.most > b.second->range.most;
  });
  std::vector<std::vector<std::string>> rows = {head};
  Amount certain = 0;
  for (const auto& [place, row] : order) {
    std::vector<std::string> cells = {destination_name(traces.front(), place.first, place.second)};
    for (std::size_t i = 0; i < traces.size(); ++i) {
      bool has = i < row->cells.size() && !row->cells[i].empty();
      cells.push_back(has ? row->cells[i] : traces[i].conserves ? coins_text(0, kDecimals) : "-");
    }
    cells.push_back(coins_text(row->range.least, kDecimals));
    cells.push_back(coins_text(row->range.most, kDecimals));
    rows.push_back(std::move(cells));
    certain += row->range.least;
  }
  rows.push_back(total);
  std::vector<bool> right(head.size(), true);
  right.front() = false;
  return table_text(rows, right) +
         fmt::format("least of each place together: {} {} (all that is held is one place)\n",
                     coins_text(certain, kDecimals), open.symbol());
}

}  // namespace

std::string as_table(const std::vector<Trace>& traces, const OpenLedger& open, const Case& what) {
  std::string text = heading(traces, open, what);
  text += traces.size() == 1 ? one_table(traces.front(), open) : many_table(traces, open);
  // Of several, one that conserves speaks for the books, where there is one.
  auto sums = std::ranges::find(traces, true, &Trace::conserves);
  const Trace& spoken = sums == traces.end() ? traces.front() : *sums;
  text += closing(spoken);
  return text + unconfirmed_words(spoken, open);
}

}  // namespace tracehound::cli::tracing
