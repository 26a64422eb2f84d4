// Stops held to what a bundle shows for them: steps to its transactions, tags to their words.
#include <fmt/format.h>

#include <algorithm>
#include <optional>

#include "chains/bitcoin/address.h"
#include "chains/bitcoin/burn.h"
#include "clusters/co_spends.h"
#include "clusters/rules.h"
#include "evidence/attribution.h"
#include "evidence/checker.h"

namespace tracehound::evidence {

namespace {

namespace bitcoin = chains::bitcoin;
using trace::DestinationKind;

class StopChecker {
 public:
  StopChecker(const ledger::PartLedger& part, const bitcoin::Network& network,
              const Statement& statement, const std::vector<UsedTag>& tags)
      : part_(part), network_(network), statement_(statement), tags_(tags) {}

  // What is wrong with it, a clause; "" where it holds.
  std::string check(const StatedStop& stop);
  // The same of an address through which the trace was to go on, in the words of --through.
  std::string check_through(std::string_view text) const;

 private:
  std::optional<AddressId> find(const std::string& address) const {
    auto parsed = bitcoin::parse_address(network_, address);
    if (!parsed) return std::nullopt;
    return part_.ledger.find_address(parsed->kind, parsed->payload);
  }
  std::string check_burned(const StatedStop& stop) const;
  std::string check_step(const std::string& from, const CoSpendStep& step) const;

  const ledger::PartLedger& part_;
  const bitcoin::Network& network_;
  const Statement& statement_;
  const std::vector<UsedTag>& tags_;
  clusters::JoinsNobody joins_nobody_ = clusters::default_rules().joins_nobody;
};

std::string StopChecker::check_burned(const StatedStop& stop) const {
  if (!stop.steps.empty() || !stop.not_shown.empty()) return "is burned, and yet some service's";
  auto parsed = bitcoin::parse_address(network_, stop.address);
  auto same = [&](const bitcoin::ParsedAddress& known) {
    return parsed && known.kind == parsed->kind && known.payload == parsed->payload;
  };
  return std::ranges::any_of(bitcoin::burn_addresses(), same)
             ? ""
             : "is said to be burned and is none of the addresses known for that";
}

std::string StopChecker::check_step(const std::string& from, const CoSpendStep& step) const {
  const ledger::Ledger& ledger = part_.ledger;
  auto tx = ledger.find_transaction(step.transaction);
  std::string name = fmt::format("its step by {} ", step.transaction.text());
  if (!tx || !part_.complete[tx->number()]) {
    return name + "is by a transaction that is not here with all it spends";
  }
  auto spending = clusters::spending_addresses(ledger, *tx);
  for (const std::string* end : {&from, &step.address}) {
    auto address = find(*end);
    if (!address || std::ranges::find(spending, *address) == spending.end()) {
      return name + fmt::format("does not spend with a key of {}", *end);
    }
  }
  return joins_nobody_(ledger, *tx) ? name + "is by a CoinJoin, which joins nobody" : "";
}

std::string StopChecker::check(const StatedStop& stop) {
  StatedPlace place{stop.address, stop.kind, stop.service, stop.tags};
  if (std::string wrong = wrong_with_place(place, statement_.services); !wrong.empty())
    return wrong;
  if (stop.kind == DestinationKind::burned) return check_burned(stop);
  bool joined = !stop.steps.empty() || !stop.not_shown.empty();
  if (joined && statement_.asked.clusters != "on")
    return "is another's by clusters, which were off";
  std::string at = stop.address;
  for (const CoSpendStep& step : stop.steps) {
    if (std::string wrong = check_step(at, step); !wrong.empty()) return wrong;
    at = step.address;
  }
  if (!stop.not_shown.empty()) {
    if (!stop.steps.empty()) return "is shown, and said not to be";
    at = stop.not_shown;
  }
  for (std::uint32_t tag : stop.tags) {
    std::string wrong = wrong_with_tag(tags_, tag, at, statement_.services[*stop.service]);
    if (!wrong.empty()) return wrong;
  }
  return "";
}

std::string StopChecker::check_through(std::string_view text) const {
  constexpr std::string_view kCluster = "cluster:";
  bool whole = text.starts_with(kCluster);
  auto parsed = bitcoin::parse_address(network_, whole ? text.substr(kCluster.size()) : text);
  if (!parsed) return fmt::format("is no address: {}", parsed.error().message);
  if (whole && statement_.asked.clusters != "on") return "is a cluster, and those were off";
  std::string address = bitcoin::address_text(network_, parsed->kind, parsed->payload);
  auto stop = std::ranges::find(statement_.stops, address, &StatedStop::address);
  return stop != statement_.stops.end() ? "is an address at which the trace stops" : "";
}

}  // namespace

std::uint64_t check_attributions(const ledger::PartLedger& part, const bitcoin::Network& network,
                                 const Statement& statement, const std::vector<UsedTag>& tags,
                                 Checker& checker) {
  StopChecker stops(part, network, statement, tags);
  std::uint64_t not_shown = 0;
  std::vector<StatedPlace> places;
  for (const StatedStop& stop : statement.stops) {
    not_shown += stop.not_shown.empty() ? 0 : 1;
    places.push_back({stop.address, stop.kind, stop.service, stop.tags});
    if (std::string wrong = stops.check(stop); !wrong.empty()) {
      checker.wrong(kStatement, fmt::format("stop {}", stop.address), wrong);
    }
  }
  for (const std::string& through : statement.asked.through) {
    if (std::string wrong = stops.check_through(through); !wrong.empty()) {
      checker.wrong(kStatement, fmt::format("through {}", through), wrong);
    }
  }
  check_places(checker, places, statement.services, statement.asked.stop_at, tags);
  return not_shown;
}

}  // namespace tracehound::evidence
