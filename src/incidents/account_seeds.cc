#include "incidents/account_seeds.h"

#include <fmt/format.h>

#include <algorithm>

#include "tags/codes.h"
#include "trace/accounts/seeds.h"

namespace tracehound::incidents {

namespace {

class Finder {
 public:
  Finder(const ledger::accounts::Ledger& ledger, const Incident& incident, const std::string& file)
      : ledger_(ledger), incident_(incident), file_(file) {}

  Result<FoundAccountSeeds> run(LabelOf label_of) {
    for (const IncidentSeed& seed : incident_.seeds) {
      if (!is_here(seed.chain.given() ? seed.chain.text : incident_.chain)) {
        ++found_.on_other_chains;
        continue;
      }
      bool own = label_of == LabelOf::victim && seed.victim.given();
      Label label = label_of_name(own ? seed.victim.text : incident_.name);
      TRY(seed.coin.empty() ? find_address(seed, label) : find_transfer(seed, label));
    }
    if (!found_.seeds.empty()) return std::move(found_);
    return bad_input(
        fmt::format("{}: none of its seeds is in this ledger of {}", file_, ledger_.chain()));
  }

 private:
  std::unexpected<Error> fail_at(std::uint32_t line, std::string_view message) const {
    return bad_input(fmt::format("{}:{}: {}", file_, line, message));
  }
  // An incident says "ethereum:main" of what a node calls chain 1.
  bool is_here(std::string_view chain) const {
    return chain.empty() || tags::ledger_chain(chain) == tags::ledger_chain(ledger_.chain());
  }
  Label label_of_name(const std::string& name) {
    auto place = std::ranges::find(found_.labels, name);
    if (place == found_.labels.end()) place = found_.labels.insert(place, name);
    return Label(static_cast<std::uint32_t>(place - found_.labels.begin() + 1));
  }
  Status find_transfer(const IncidentSeed& seed, Label label) {
    auto found = trace::accounts::resolve_seed(ledger_, seed.coin, label);
    if (!found) return fail_at(seed.line, found.error().message);
    found_.seeds.push_back(*found);
    return {};
  }
  Status find_address(const IncidentSeed& seed, Label label) {
    trace::accounts::AccountAsk ask;
    ask.when = {trace::parse_moment(seed.since.text, trace::SpanEnd::first),
                trace::parse_moment(seed.until.text, trace::SpanEnd::last)};
    for (const Words* words : {&seed.since, &seed.until}) {
      bool first = words == &seed.since;
      if (!words->given() || (first ? ask.when.since : ask.when.until)) continue;
      return fail_at(words->line, fmt::format("'{}' ends no span of time; write a height, "
                                              "YYYY-MM-DD or YYYY-MM-DDTHH:MM:SSZ",
                                              words->text));
    }
    std::vector<trace::accounts::Seed> seeds;
    if (auto account = ledger_.find_account(seed.address.text)) {
      ask.account = *account;
      seeds = trace::accounts::seeds_of_account(ledger_, ask, label);
    }
    if (seeds.empty()) ++found_.addresses_not_seen;
    found_.seeds.insert(found_.seeds.end(), seeds.begin(), seeds.end());
    return {};
  }

  const ledger::accounts::Ledger& ledger_;
  const Incident& incident_;
  const std::string& file_;
  FoundAccountSeeds found_;
};

}  // namespace

Result<FoundAccountSeeds> find_account_seeds(const ledger::accounts::Ledger& ledger,
                                             const Incident& incident, const std::string& file,
                                             LabelOf label_of) {
  return Finder(ledger, incident, file).run(label_of);
}

}  // namespace tracehound::incidents
