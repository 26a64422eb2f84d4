#include "evidence/accounts/verify.h"

#include <fmt/format.h>

#include <algorithm>
#include <utility>

#include "evidence/accounts/make.h"
#include "evidence/accounts/rerun.h"
#include "evidence/accounts/rows.h"
#include "evidence/checker.h"
#include "trace/accounts/stops.h"

namespace tracehound::evidence::accounts {

namespace {

using trace::DestinationKind;

// What is wrong with a stop, a clause; "" where it holds.
std::string wrong_with(const StatedStop& stop, const std::vector<trace::Service>& services,
                       const std::vector<UsedTag>& tags) {
  StatedPlace place{stop.account, stop.kind, stop.service, stop.tags};
  if (std::string wrong = wrong_with_place(place, services); !wrong.empty()) return wrong;
  if (stop.kind == DestinationKind::burned) {
    bool known = std::ranges::find(trace::accounts::kBurnAddresses, stop.account) !=
                 trace::accounts::kBurnAddresses.end();
    return known ? "" : "is said to be burned and is none of the addresses known for that";
  }
  for (std::uint32_t tag : stop.tags) {
    std::string wrong = wrong_with_tag(tags, tag, stop.account, services[*stop.service]);
    if (!wrong.empty()) return wrong;
  }
  return "";
}

// Parties in their order, without their numbers.
std::map<TxId, std::vector<AccountId>> order_of(const SeenParties& seen) {
  std::map<TxId, std::vector<AccountId>> orders;
  for (const auto& [tx, parties] : seen) {
    for (const SeenParty& party : parties) orders[tx].push_back(party.account);
  }
  return orders;
}

class Verifier {
 public:
  Verifier(OpenBundle bundle, Verdict& verdict)
      : checker_(std::move(bundle), verdict.findings),
        bundle_(checker_.bundle()),
        verdict_(verdict) {}

  void run();

 private:
  void check_stops();
  void check_seeds(const PartLedger& part);
  void run_again(const PartLedger& part);

  Checker checker_;
  const OpenBundle& bundle_;
  Verdict& verdict_;
};

void Verifier::check_stops() {
  auto tags = checker_.tags();
  if (!tags) return;
  const Statement& statement = *verdict_.statement;
  std::vector<StatedPlace> places;
  for (const StatedStop& stop : statement.stops) {
    places.push_back({stop.account, stop.kind, stop.service, stop.tags});
    std::string why = wrong_with(stop, statement.services, *tags);
    if (!why.empty()) checker_.wrong(kStatement, fmt::format("stop {}", stop.account), why);
  }
  check_places(checker_, places, statement.services, statement.asked.stop_at, *tags);
}

void Verifier::check_seeds(const PartLedger& part) {
  auto incident = checker_.incident();
  if (!incident) return;
  const Statement& statement = *verdict_.statement;
  std::optional<TxId> end;
  if (!statement.asked.as_of.empty()) end = TxId(static_cast<std::uint32_t>(part.transactions));
  std::string name(kIncident);
  auto found = seeds_of(part.ledger, *incident, statement.asked.label_by, name, end);
  if (!found) return checker_.wrong(kIncident, "", found.error().message);
  verdict_.left_out = found->left_out;
  std::ranges::sort(found->seeds);
  bool same =
      stated(part.ledger, found->seeds) == statement.seeds && found->labels == statement.labels;
  if (!same) checker_.wrong(kStatement, "seeds", "are not those that incident.yaml names");
}

void Verifier::run_again(const PartLedger& part) {
  verdict_.transactions = part.transactions;
  verdict_.transfers = part.transfers;
  check_stops();
  check_seeds(part);
  auto again = rerun(part.ledger, *verdict_.statement);
  if (!again) return checker_.wrong(kStatement, "", again.error().message);
  if (order_of(again->seen) != order_of(again->stated_seen)) {
    checker_.wrong(kStatement, "seen",
                   "does not name the parties to those swaps of which one acted");
  }
  TxId end(static_cast<std::uint32_t>(part.transactions));
  auto rests_on = needed(part.ledger, again->accounts, again->seeds, end);
  if (rests_on.size() != part.transactions) {
    checker_.wrong(kTransfers, "",
                   fmt::format("has {} transactions, and the trace rests on {}", part.transactions,
                               rests_on.size()));
  }
  checker_.compare(kJson, again->json);
  checker_.compare(kCsv, again->csv);
}

void Verifier::run() {
  verdict_.signer = bundle_.signer;
  if (!bundle_.has(kStatement)) return;
  auto statement = parse_statement(bundle_.text(kStatement));
  if (!statement) return checker_.wrong(kStatement, "", statement.error().message);
  verdict_.statement = std::move(*statement);
  const Statement& stated = *verdict_.statement;
  checker_.check_readme(readme_text(stated));
  check_day(checker_, stated.asked.as_of, stated.tip.number, stated.tip.time);
  if (!bundle_.has(kTransfers)) return;
  auto blocks = parse_rows(bundle_.text(kTransfers), verdict_.statement->assets.size());
  if (!blocks) return checker_.wrong(kTransfers, "", blocks.error().message);
  auto part = assemble(*verdict_.statement, std::move(*blocks));
  if (!part) return checker_.wrong(kTransfers, "", part.error().message);
  run_again(*part);
}

}  // namespace

Verdict verify_bundle(OpenBundle bundle, const std::optional<ed25519::PublicKey>& key) {
  Verdict verdict;
  Verifier(std::move(bundle), verdict).run();
  check_signer(verdict.signer, key, verdict.findings);
  return verdict;
}

}  // namespace tracehound::evidence::accounts
