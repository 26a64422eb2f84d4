#include "incidents/account_seeds.h"

#include <fmt/format.h>

#include <algorithm>
#include <span>

#include "base/text.h"
#include "chains/ethereum/checksum.h"
#include "tags/codes.h"
#include "trace/accounts/seeds.h"

namespace tracehound::incidents {

namespace {

using trace::accounts::Seed;

class Finder {
 public:
  Finder(const ledger::accounts::Ledger& ledger, const Incident& incident, const std::string& file,
         std::optional<TxId> end)
      : ledger_(ledger), incident_(incident), file_(file), end_(end) {}

  Result<FoundAccountSeeds> run(LabelOf label_of) {
    for (const IncidentSeed& seed : incident_.seeds) {
      if (!is_here(seed.chain.given() ? seed.chain.text : incident_.chain)) {
        ++found_.left_out.on_other_chains;
        continue;
      }
      bool own = label_of == LabelOf::victim && seed.victim.given();
      Label label = label_of_name(own ? seed.victim.text : incident_.name);
      TRY(seed.coin.empty() ? find_address(seed, label) : find_transfer(seed, label));
    }
    if (!found_.seeds.empty()) return std::move(found_);
    if (end_) {
      return bad_input(fmt::format(
          "{}: no transfer of the incident was there on that day yet; take a later day", file_));
    }
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
  bool is_later(TxId tx) const { return end_ && tx >= *end_; }
  // Of a transfer whose transaction is not known, nobody can say that it is none.
  bool is_later(const IncidentSeed& seed) const {
    auto transaction = trace::accounts::transaction_of_seed(seed.coin);
    if (!end_ || !transaction) return false;
    auto tx = ledger_.find_transaction(*transaction);
    return !tx || is_later(*tx);
  }
  Status check_amount(const IncidentSeed& seed, std::span<const Seed> found) const {
    if (!seed.amount || found.empty()) return {};
    auto asset_of = [&](const Seed& one) { return ledger_.transfer(one.transfer).asset; };
    U256 sum;
    bool too_much = false;
    for (const Seed& one : found) {
      if (asset_of(one) != asset_of(found.front())) {
        return fail_at(seed.line,
                       "the amount is of one asset, and several moved; name it as "
                       "'asset', or leave the amount out");
      }
      too_much |= add_overflow(sum, one.claimed(), sum);
    }
    if (!too_much && sum == *seed.amount) return {};
    return fail_at(seed.line,
                   fmt::format("the amount {} is not what moved here, which is {}; {}",
                               seed.amount->text(), too_much ? "beyond 2^256" : sum.text(),
                               seed.coin.empty() ? "narrow its span of time, or name the transfers"
                                                 : "name a part as TXID:POSITION[a,b)"));
  }
  Status find_transfer(const IncidentSeed& seed, Label label) {
    if (is_later(seed)) {
      ++found_.left_out.later;
      return {};
    }
    auto found = trace::accounts::resolve_seed(ledger_, seed.coin, label);
    if (!found) return fail_at(seed.line, found.error().message);
    TRY(check_amount(seed, std::span(&*found, 1)));
    found_.seeds.push_back(*found);
    return {};
  }
  Status find_address(const IncidentSeed& seed, Label label) {
    trace::accounts::AccountAsk ask;
    ask.sent = seed.sent_by.given();
    ask.when = {trace::parse_moment(seed.since.text, trace::SpanEnd::first),
                trace::parse_moment(seed.until.text, trace::SpanEnd::last)};
    for (const Words* words : {&seed.since, &seed.until}) {
      bool first = words == &seed.since;
      if (!words->given() || (first ? ask.when.since : ask.when.until)) continue;
      return fail_at(words->line, fmt::format("'{}' ends no span of time; write a height, "
                                              "YYYY-MM-DD or YYYY-MM-DDTHH:MM:SSZ",
                                              words->text));
    }
    const Words& name = seed.account();
    std::string fault = chains::ethereum::fault_of_capitals(ledger_.chain(), name.text);
    if (!fault.empty()) return fail_at(name.line, fault);
    auto account = ledger_.find_account(name.text);
    if (seed.asset.given()) {
      auto assets = ledger_.find_assets(seed.asset.text);
      if (assets.size() > 1) {
        return fail_at(seed.asset.line,
                       fmt::format("{} of this ledger are called {}; give the contract's address",
                                   plural(assets.size(), "asset"), seed.asset.text));
      }
      if (assets.empty()) account.reset();  // what is not here did not move here
      if (!assets.empty()) ask.asset = assets.front();
    }
    std::vector<Seed> seeds;
    if (account) {
      ask.account = *account;
      seeds = trace::accounts::seeds_of_account(ledger_, ask, label);
    }
    std::erase_if(seeds, [&](const Seed& one) { return is_later(ledger_.tx_of(one.transfer)); });
    if (seeds.empty()) ++found_.left_out.addresses_not_seen;
    TRY(check_amount(seed, seeds));
    found_.seeds.insert(found_.seeds.end(), seeds.begin(), seeds.end());
    return {};
  }

  const ledger::accounts::Ledger& ledger_;
  const Incident& incident_;
  const std::string& file_;
  std::optional<TxId> end_;
  FoundAccountSeeds found_;
};

}  // namespace

Result<FoundAccountSeeds> find_account_seeds(const ledger::accounts::Ledger& ledger,
                                             const Incident& incident, const std::string& file,
                                             LabelOf label_of, std::optional<TxId> end) {
  return Finder(ledger, incident, file, end).run(label_of);
}

}  // namespace tracehound::incidents
