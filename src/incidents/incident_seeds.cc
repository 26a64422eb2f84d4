#include "incidents/incident_seeds.h"

#include <fmt/format.h>

#include <algorithm>
#include <map>
#include <ranges>
#include <span>
#include <utility>

#include "base/check.h"
#include "base/text.h"
#include "chains/bitcoin/address.h"
#include "chains/bitcoin/network.h"
#include "incidents/incident_check.h"
#include "trace/address_seeds.h"

namespace tracehound::incidents {

namespace {

using chains::bitcoin::Network;

constexpr std::string_view kOfAccounts =
    "'sent_by' and 'asset' are of account chains; on this ledger name the stolen coins, or the "
    "addresses that received them";

class Finder {
 public:
  Finder(const ledger::Ledger& ledger, const Incident& incident, const std::string& file,
         std::optional<BlockHeight> last)
      : ledger_(ledger), incident_(incident), file_(file), last_(last) {}

  Result<FoundSeeds> run(LabelOf label_of, Label first);

 private:
  std::unexpected<Error> fail_at(std::uint32_t line, std::string_view message) const {
    return bad_input(fmt::format("{}:{}: {}", file_, line, message));
  }
  Label label_of_seed(const IncidentSeed& seed, LabelOf label_of, Label first);
  bool is_later(TxId tx) const { return last_ && ledger_.height(tx) > *last_; }
  bool is_later(const IncidentSeed& seed) const;
  Status find_coin(const IncidentSeed& seed, Label label);
  Status find_address(const IncidentSeed& seed, Label label);
  Status check_amount(const IncidentSeed& seed, Amount claimed) const;
  Status check_address(const IncidentSeed& seed, CoinId coin) const;
  Status check_all() const;

  const ledger::Ledger& ledger_;
  const Incident& incident_;
  const std::string& file_;
  std::optional<BlockHeight> last_;
  FoundSeeds found_;
  std::vector<std::uint32_t> lines_;  // of found_.seeds
};

Label Finder::label_of_seed(const IncidentSeed& seed, LabelOf label_of, Label first) {
  bool own = label_of == LabelOf::victim && seed.victim.given();
  const std::string& name = own ? seed.victim.text : incident_.name;
  auto at = std::ranges::find(found_.labels, name) - found_.labels.begin();
  if (at == std::ssize(found_.labels)) found_.labels.push_back(name);
  return Label(first.number() + static_cast<std::uint32_t>(at));
}

Status Finder::check_amount(const IncidentSeed& seed, Amount claimed) const {
  if (!seed.amount || *seed.amount == U256(claimed)) return {};
  bool coin = !seed.coin.empty();
  return fail_at(seed.line,
                 fmt::format("the amount {} is not that of {}, which is {}; {}",
                             seed.amount->text(), coin ? seed.coin : seed.address.text, claimed,
                             coin ? "name a part as TXID:VOUT[a,b)"
                                  : "narrow its span of time, or name the coins"));
}

// Of a coin that stands beside an address.
Status Finder::check_address(const IncidentSeed& seed, CoinId coin) const {
  if (!seed.address.given()) return {};
  const Network* network = chains::bitcoin::find_network_of_chain(ledger_.chain());
  CHECK(network != nullptr);
  auto parsed = chains::bitcoin::parse_address(*network, seed.address.text);
  if (!parsed) return fail_at(seed.address.line, parsed.error().message);
  if (ledger_.find_address(parsed->kind, parsed->payload) == ledger_.address(coin)) return {};
  return fail_at(seed.address.line,
                 fmt::format("the coin {} does not pay the address {}; mend one of them", seed.coin,
                             seed.address.text));
}

// Of a coin whose transaction is not known, nobody can say that it is none.
bool Finder::is_later(const IncidentSeed& seed) const {
  auto parsed = trace::parse_seed(seed.coin);
  if (!last_ || !parsed) return false;
  auto tx = ledger_.find_transaction(parsed->outpoint.txid);
  return !tx || is_later(*tx);
}

Status Finder::find_coin(const IncidentSeed& seed, Label label) {
  if (is_later(seed)) {
    ++found_.left_out.later;
    return {};
  }
  auto found = trace::resolve_seed(ledger_, seed.coin, label);
  if (!found) return fail_at(seed.line, found.error().message);
  TRY(check_amount(seed, found->claimed()));
  TRY(check_address(seed, found->coin));
  found_.seeds.push_back(*found);
  lines_.push_back(seed.line);
  return {};
}

Status Finder::find_address(const IncidentSeed& seed, Label label) {
  const Network* network = chains::bitcoin::find_network_of_chain(ledger_.chain());
  CHECK(network != nullptr);
  auto parsed = chains::bitcoin::parse_address(*network, seed.address.text);
  if (!parsed) return fail_at(seed.address.line, parsed.error().message);
  trace::Received when{trace::parse_moment(seed.since.text, trace::SpanEnd::first),
                       trace::parse_moment(seed.until.text, trace::SpanEnd::last)};
  for (const Words* words : {&seed.since, &seed.until}) {
    bool first = words == &seed.since;
    if (words->given() && !(first ? when.since : when.until)) {
      return fail_at(words->line, fmt::format("'{}' ends no span of time; write a height, "
                                              "YYYY-MM-DD or YYYY-MM-DDTHH:MM:SSZ",
                                              words->text));
    }
  }
  auto address = ledger_.find_address(parsed->kind, parsed->payload);
  std::vector<trace::Seed> coins;
  if (address) coins = trace::seeds_of_address(ledger_, *address, when, label);
  std::erase_if(coins, [&](const trace::Seed& one) { return is_later(ledger_.creator(one.coin)); });
  if (coins.empty()) ++found_.left_out.addresses_not_seen;
  Amount claimed = 0;
  for (const trace::Seed& coin : coins) claimed += coin.claimed();
  if (!coins.empty()) TRY(check_amount(seed, claimed));
  found_.seeds.insert(found_.seeds.end(), coins.begin(), coins.end());
  lines_.resize(found_.seeds.size(), seed.line);
  return {};
}

// As trace::check_seeds, at the line of the first seed that does not go with those before it.
Status Finder::check_all() const {
  std::span<const trace::Seed> seeds = found_.seeds;
  if (trace::check_seeds(ledger_, seeds)) return {};
  auto counts = std::views::iota(std::size_t{1}, seeds.size());
  auto good = [&](std::size_t count) {
    return trace::check_seeds(ledger_, seeds.first(count)).has_value();
  };
  std::size_t bad = *std::ranges::partition_point(counts, good);
  return fail_at(lines_[bad - 1], trace::check_seeds(ledger_, seeds.first(bad)).error().message);
}

Result<FoundSeeds> Finder::run(LabelOf label_of, Label first) {
  for (const IncidentSeed& seed : incident_.seeds) {
    std::string_view chain = chain_of(incident_, seed.chain);
    if (!chain.empty() && chain != ledger_.chain()) {
      ++found_.left_out.on_other_chains;
      continue;
    }
    for (const Words* words : {&seed.sent_by, &seed.asset}) {
      if (words->given()) return fail_at(words->line, kOfAccounts);
    }
    Label label = label_of_seed(seed, label_of, first);
    TRY(seed.coin.empty() ? find_address(seed, label) : find_coin(seed, label));
  }
  if (found_.left_out.on_other_chains == incident_.seeds.size()) {
    std::string_view chain = chain_of(incident_, incident_.seeds.front().chain);
    return bad_input(fmt::format("{} is about {}, the ledger holds {}; name another --ledger",
                                 file_, chain, ledger_.chain()));
  }
  if (found_.seeds.empty() && last_) {
    return bad_input(
        fmt::format("{}: no coin of the incident was there at height {} yet; take a "
                    "later day",
                    file_, last_->number()));
  }
  if (found_.seeds.empty()) {
    return bad_input(
        fmt::format("{}: no address it names has received a coin up to the ledger's "
                    "tip at height {}; ingest further",
                    file_, ledger_.tip().number()));
  }
  TRY(check_all());
  return std::move(found_);
}

}  // namespace

std::vector<std::string> clauses(const LeftOut& left_out) {
  std::vector<std::string> texts;
  if (left_out.on_other_chains > 0) {
    texts.push_back(
        fmt::format("{} on other chains left out", plural(left_out.on_other_chains, "seed")));
  }
  if (left_out.addresses_not_seen > 0) {
    texts.push_back(fmt::format("{} moved nothing here in the time the file gives",
                                plural(left_out.addresses_not_seen, "address", "addresses")));
  }
  if (left_out.later > 0) {
    texts.push_back(
        fmt::format("{} later than the last block that counts", plural(left_out.later, "seed")));
  }
  return texts;
}

Result<FoundSeeds> find_seeds(const ledger::Ledger& ledger, const Incident& incident,
                              const std::string& file, LabelOf label_of, Label first,
                              std::optional<BlockHeight> last) {
  if (incident.seeds.empty()) {
    return bad_input(
        fmt::format("{}: this incident names no seeds, so there is nothing to trace", file));
  }
  return Finder(ledger, incident, file, last).run(label_of, first);
}

void label_by_transaction(const ledger::Ledger& ledger, FoundSeeds& found) {
  std::map<std::pair<Label, TxId>, Label> numbers;
  std::vector<std::string> names;
  for (trace::Seed& seed : found.seeds) {
    auto next = Label(static_cast<std::uint32_t>(names.size() + 1));
    std::pair key{seed.label, ledger.creator(seed.coin)};
    auto [entry, fresh] = numbers.try_emplace(key, next);
    if (fresh) names.push_back(found.labels[seed.label.number() - 1]);
    seed.label = entry->second;
  }
  found.labels = std::move(names);
}

}  // namespace tracehound::incidents
