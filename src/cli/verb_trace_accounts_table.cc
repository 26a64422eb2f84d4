// A trace on an account ledger as a table for people.
#include <fmt/format.h>

#include <algorithm>
#include <map>
#include <set>
#include <tuple>

#include "base/text.h"
#include "cli/verb_trace_accounts.h"

namespace tracehound::cli::tracing {

namespace {

using trace::DestinationKind;
using trace::accounts::AssetBooks;
using trace::accounts::AssetId;
using trace::accounts::Destination;
using trace::accounts::Landing;
using trace::accounts::Names;
using trace::accounts::Trace;

bool goes_back(const Trace& trace) { return trace.direction == trace::Direction::backward; }

std::string place_name(const Trace& trace, DestinationKind kind,
                       std::optional<std::uint32_t> service) {
  if (goes_back(trace) && kind == DestinationKind::held) return "held before all that is known";
  if (!service) return std::string(trace::name_of(kind));
  const trace::Service& known = trace.services[*service];
  std::string name = fmt::format("{} ({})", known.name, known.category);
  return kind == DestinationKind::service ? name
                                          : fmt::format("{}: {}", trace::name_of(kind), name);
}

std::string share_text(const U256& part, const U256& whole) {
  if (whole.is_zero() || part > whole) return "-";
  std::uint64_t hundredths = mul_div(part, U256(10'000), whole).quotient.low();
  return percent_text(hundredths, 10'000);
}

std::uint64_t holders(const Destination& destination) {
  std::set<trace::accounts::HolderId> seen;
  for (const Landing& landing : destination.landings) seen.insert(landing.holder);
  return seen.size();
}

// What it was worth on arrival; nothing where a part has no price, and for what is held.
std::string worth_of(const Destination& destination, const Names& names) {
  U256 sum;
  if (destination.landings.empty()) return "";
  for (const Landing& landing : destination.landings) {
    if (!landing.tx) return "";
    auto worth = names.usd(*landing.tx, landing.holder.asset, landing.amount);
    if (!worth || add_overflow(sum, *worth, sum)) return "";
  }
  return trace::accounts::usd_text(sum);
}

std::string heading(const std::vector<Trace>& traces, const Names& names, const AccountCase& what) {
  const Trace& first = traces.front();
  std::string methods;
  for (const Trace& trace : traces) {
    methods += fmt::format("{}{}", methods.empty() ? "" : ", ", trace::name_of(trace.method));
  }
  const auto& ledger = names.ledger();
  std::string text = fmt::format("{}\n{} {}{}, chain {}, tip at block {}", what.name,
                                 traces.size() == 1 ? "method" : "methods", methods,
                                 goes_back(first) ? " backward" : "", ledger.chain(),
                                 ledger.block(ledger.tip()).number);
  text += what.as_of ? fmt::format(", as of block {}\n", *what.as_of) : "\n";
  for (const AssetBooks& books : first.assets) {
    if (books.claimed.is_zero()) continue;
    U256 effective = books.effective.total();
    text += fmt::format("{} {} {}", goes_back(first) ? "asked" : "stolen",
                        names.amount(books.asset, effective), names.asset_text(books.asset));
    if (effective != books.claimed) {
      text += fmt::format(" (claimed {})", names.amount(books.asset, books.claimed));
    }
    text += "\n";
  }
  std::uint64_t touched = 0;
  for (const Trace& trace : traces) touched = std::max(touched, trace.transactions_touched);
  return text + fmt::format("{} in {}; {} touched\n\n",
                            plural(first.seeds.size() + first.holdings.size(), "seed"),
                            plural(first.label_names.size(), "label"),
                            plural(touched, "transaction"));
}

std::string closing(const Trace& trace) {
  std::string text;
  if (trace.interrupted) {
    text = "interrupted: this is a part of the answer; what was still to be followed is cut\n";
  }
  if (trace.swaps > 0) {
    text += fmt::format("{} crossed {}", goes_back(trace) ? "the way" : "taint",
                        plural(trace.swaps, "swap"));
    if (trace.approximate > 0) {
      text += fmt::format("; in {} of several assets without prices all count alike",
                          trace.approximate);
    }
    if (trace.guessed_actor > 0) {
      text += fmt::format("; in {} who swapped is a guess", trace.guessed_actor);
    }
    text += "\n";
  }
  std::uint64_t unknown = 0;
  for (const AssetBooks& books : trace.assets) unknown += books.unknown_holders;
  if (unknown > 0) {
    text += fmt::format("{} gave more than is known to have come in: what was there before {}\n",
                        plural(unknown, "balance"),
                        goes_back(trace) ? "came from nobody that is known" : "counts as clean");
  }
  if (goes_back(trace)) {
    return text +
           "the books balance: in each asset, what was asked or swapped in came from one place or "
           "was swapped out\n";
  }
  return text + (trace.conserves
                     ? "the books balance: in each asset, what was stolen or swapped in stands in "
                       "one place or was swapped out\n"
                     : "poison has no sums: it tells which accounts are reached, not how much\n");
}

// ---- one method ---------------------------------------------------------------------------------

std::string one_table(const Trace& trace, const Names& names) {
  std::vector<std::vector<std::string>> rows = {
      {"where", "amount", "asset", "share", "usd", "accounts"}};
  std::vector<const Destination*> order;
  for (const Destination& destination : trace.destinations) order.push_back(&destination);
  std::ranges::stable_sort(order, [](const Destination* a, const Destination* b) {
    return a->asset != b->asset ? a->asset < b->asset : a->amount > b->amount;
  });
  for (const Destination* destination : order) {
    const AssetBooks* books = trace::accounts::books_of(trace, destination->asset);
    bool fees = destination->kind == DestinationKind::fees;
    rows.push_back({place_name(trace, destination->kind, destination->service),
                    trace.conserves ? names.amount(destination->asset, destination->amount) : "-",
                    names.asset_text(destination->asset),
                    trace.conserves && books ? share_text(destination->amount, books->total) : "-",
                    trace.conserves ? worth_of(*destination, names) : "",
                    fees ? "" : fmt::format("{}", holders(*destination))});
  }
  return table_text(rows, {false, true, false, true, true, true});
}

// ---- several ------------------------------------------------------------------------------------

using Place = std::tuple<AssetId, DestinationKind, std::optional<std::uint32_t>>;

std::string many_table(const std::vector<Trace>& traces, const Names& names) {
  std::vector<std::string> head = {"where", "asset"};
  for (const Trace& trace : traces) head.emplace_back(trace::name_of(trace.method));
  head.insert(head.end(), {"least", "most"});
  std::map<Place, std::vector<std::string>> cells;
  for (std::size_t i = 0; i < traces.size(); ++i) {
    for (const Destination& destination : traces[i].destinations) {
      auto& row = cells[{destination.asset, destination.kind, destination.service}];
      row.resize(traces.size());
      bool fees = destination.kind == DestinationKind::fees;
      row[i] = traces[i].conserves ? names.amount(destination.asset, destination.amount)
               : fees              ? "-"
                                   : plural(holders(destination), "account");
    }
  }
  std::map<Place, trace::accounts::Range> ranges;
  for (const auto& range : trace::accounts::ranges(traces)) {
    ranges[{range.asset, range.kind, range.service}] = range;
  }
  std::vector<std::vector<std::string>> rows = {head};
  for (auto& [place, row] : cells) {
    auto [asset, kind, service] = place;
    std::vector<std::string> line = {place_name(traces.front(), kind, service),
                                     names.asset_text(asset)};
    for (std::size_t i = 0; i < traces.size(); ++i) {
      line.push_back(!row[i].empty() ? row[i] : traces[i].conserves ? "0" : "-");
    }
    line.push_back(names.amount(asset, ranges[place].least));
    line.push_back(names.amount(asset, ranges[place].most));
    rows.push_back(std::move(line));
  }
  std::vector<bool> right(head.size(), true);
  right[0] = right[1] = false;
  return table_text(rows, right);
}

}  // namespace

std::string accounts_table(const std::vector<Trace>& traces, const Names& names,
                           const AccountCase& what) {
  std::string text = heading(traces, names, what);
  text += traces.size() == 1 ? one_table(traces.front(), names) : many_table(traces, names);
  auto sums = std::ranges::find(traces, true, &Trace::conserves);
  return text + closing(sums == traces.end() ? traces.front() : *sums);
}

}  // namespace tracehound::cli::tracing
