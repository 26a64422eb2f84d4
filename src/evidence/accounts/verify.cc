#include "evidence/accounts/verify.h"

#include <fmt/format.h>

#include <algorithm>
#include <utility>

#include "evidence/accounts/make.h"
#include "evidence/accounts/rerun.h"
#include "evidence/accounts/rows.h"
#include "evidence/attribution.h"
#include "evidence/verify.h"
#include "incidents/incident.h"
#include "tags/codes.h"
#include "trace/accounts/stops.h"

namespace tracehound::evidence::accounts {

namespace {

using trace::DestinationKind;

// What is wrong with a tag of the stop, a clause; "" where it holds.
std::string check_tag(const StatedStop& stop, const trace::Service& service,
                      const std::vector<UsedTag>& tags, std::uint32_t number) {
  if (number >= tags.size())
    return fmt::format("has tag {}, and there are {}", number, tags.size());
  const UsedTag& tag = tags[number];
  std::string name = fmt::format("its tag {} ", number);
  if (tags::normal_subject(tag.address) != tags::normal_subject(stop.account)) {
    return name + "is of another account";
  }
  if (tag.service != service.name) return name + fmt::format("names {}", tag.service);
  bool listed = tag.tag_type == kListed;
  bool fits = listed ? tag.category == service.category : says(tag, service);
  return fits ? "" : name + fmt::format("does not say {}", service.category);
}

std::string check_stop(const StatedStop& stop, const Statement& statement,
                       const std::vector<UsedTag>& tags) {
  if (stop.kind == DestinationKind::burned) {
    bool known = std::ranges::find(trace::accounts::kBurnAddresses, stop.account) !=
                 trace::accounts::kBurnAddresses.end();
    if (stop.service || !stop.tags.empty()) return "is burned, and yet some service's";
    return known ? "" : "is said to be burned and is none of the addresses known for that";
  }
  if (!stop.service || *stop.service >= statement.services.size()) return "is of no service";
  const trace::Service& service = statement.services[*stop.service];
  if ((service.category == "defi_bridge") != (stop.kind == DestinationKind::crossed)) {
    return fmt::format("is not what becomes of units at a {}", service.category);
  }
  if (stop.tags.empty()) return "has no tag that says so";
  for (std::uint32_t tag : stop.tags) {
    if (std::string wrong = check_tag(stop, service, tags, tag); !wrong.empty()) return wrong;
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
  Verifier(OpenBundle bundle, Verdict& verdict) : bundle_(std::move(bundle)), verdict_(verdict) {}

  void run();

 private:
  void wrong(std::string_view file, std::string item, std::string why) {
    verdict_.findings.push_back({std::string(file), std::move(item), std::move(why)});
  }
  void check_stops();
  void check_seeds(const ledger::accounts::Ledger& ledger);
  void run_again(const PartLedger& part);
  void compare(std::string_view name, std::string_view expected);

  OpenBundle bundle_;
  Verdict& verdict_;
};

void Verifier::compare(std::string_view name, std::string_view expected) {
  if (!bundle_.has(name)) return;
  if (auto difference = difference_of(bundle_.text(name), expected)) {
    wrong(name, difference->item, difference->why);
  }
}

void Verifier::check_stops() {
  if (!bundle_.has(kTags)) return;
  auto tags = parse_tags(bundle_.text(kTags));
  if (!tags) return wrong(kTags, "", tags.error().message);
  for (const StatedStop& stop : verdict_.statement->stops) {
    std::string why = check_stop(stop, *verdict_.statement, *tags);
    if (!why.empty()) wrong(kStatement, fmt::format("stop {}", stop.account), why);
  }
}

void Verifier::check_seeds(const ledger::accounts::Ledger& ledger) {
  if (!bundle_.has(kIncident)) return;
  std::string name(kIncident);
  auto incident = incidents::parse_incident(bundle_.bytes(kIncident), name);
  if (!incident) return wrong(kIncident, "", incident.error().message);
  const Statement& statement = *verdict_.statement;
  auto found = seeds_of(ledger, *incident, statement.asked.label_by, name);
  if (!found) return wrong(kIncident, "", found.error().message);
  std::ranges::sort(found->seeds);
  bool same = stated(ledger, found->seeds) == statement.seeds && found->labels == statement.labels;
  if (!same) wrong(kStatement, "seeds", "are not those that incident.yaml names");
}

void Verifier::run_again(const PartLedger& part) {
  verdict_.transactions = part.transactions;
  verdict_.transfers = part.transfers;
  check_stops();
  check_seeds(part.ledger);
  auto again = rerun(part.ledger, *verdict_.statement);
  if (!again) return wrong(kStatement, "", again.error().message);
  if (order_of(again->seen) != order_of(again->stated_seen)) {
    wrong(kStatement, "seen", "does not name the parties to those swaps of which one acted");
  }
  TxId end(static_cast<std::uint32_t>(part.transactions));
  auto rests_on = needed(part.ledger, again->accounts, again->seeds, end);
  if (rests_on.size() != part.transactions) {
    wrong(kTransfers, "",
          fmt::format("has {} transactions, and the trace rests on {}", part.transactions,
                      rests_on.size()));
  }
  compare(kJson, again->json);
  compare(kCsv, again->csv);
}

void Verifier::run() {
  verdict_.findings = std::move(bundle_.findings);
  verdict_.signer = bundle_.signer;
  if (!bundle_.has(kStatement)) return;
  auto statement = parse_statement(bundle_.text(kStatement));
  if (!statement) return wrong(kStatement, "", statement.error().message);
  verdict_.statement = std::move(*statement);
  if (bundle_.has(kReadme)) {
    if (bundle_.text(kReadme) != readme_text(*verdict_.statement)) {
      wrong(kReadme, "", "is not what this version says of such a bundle");
    }
  }
  if (!bundle_.has(kTransfers)) return;
  auto blocks = parse_rows(bundle_.text(kTransfers), verdict_.statement->assets.size());
  if (!blocks) return wrong(kTransfers, "", blocks.error().message);
  auto part = assemble(*verdict_.statement, std::move(*blocks));
  if (!part) return wrong(kTransfers, "", part.error().message);
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
