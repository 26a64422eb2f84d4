#include "evidence/rerun.h"

#include <fmt/format.h>

#include <algorithm>
#include <optional>
#include <span>
#include <utility>

#include "chains/bitcoin/address.h"
#include "clusters/coinjoin.h"
#include "clusters/coinjoin_change.h"
#include "trace/trace.h"
#include "trace/write.h"

namespace tracehound::evidence {

namespace {

namespace bitcoin = chains::bitcoin;

const RecognisedMixes kMixes;

std::string coin_text(const ledger::Outpoint& coin) {
  return fmt::format("{}:{}", coin.txid.text(), coin.index);
}

Result<std::vector<trace::Seed>> find_stated(const ledger::Ledger& ledger,
                                             const Statement& statement) {
  std::vector<trace::Seed> seeds;
  for (const StatedSeed& stated : statement.seeds) {
    auto coin = ledger.find_coin(stated.coin);
    if (!coin) {
      return bad_input(
          fmt::format("the seed {} is no coin of its transactions", coin_text(stated.coin)));
    }
    if (stated.label == 0 || stated.label > statement.labels.size()) {
      return bad_input(fmt::format("the seed {} has label {} and there are {}",
                                   coin_text(stated.coin), stated.label, statement.labels.size()));
    }
    seeds.push_back({*coin, stated.first, stated.end, Label(stated.label)});
  }
  return seeds;
}

Result<trace::Stops> stops_of(const ledger::Ledger& ledger, const bitcoin::Network& network,
                              const Statement& statement) {
  std::vector<trace::ServiceAddress> addresses;
  std::vector<AddressId> burn;
  for (const StatedStop& stop : statement.stops) {
    auto parsed = bitcoin::parse_address(network, stop.address);
    if (!parsed) {
      return bad_input(
          fmt::format("its stop {} is no address: {}", stop.address, parsed.error().message));
    }
    auto address = ledger.find_address(parsed->kind, parsed->payload);
    if (!address) {
      return bad_input(
          fmt::format("its stop {} is an address that no transaction here pays", stop.address));
    }
    if (stop.kind == trace::DestinationKind::burned) {
      burn.push_back(*address);
      continue;
    }
    if (!stop.service || *stop.service >= statement.services.size()) {
      return bad_input(fmt::format("its stop {} is of no service", stop.address));
    }
    addresses.push_back({*address, *stop.service});
  }
  std::vector<std::string> bridges = {"defi_bridge"};
  const Asked& asked = statement.asked;
  trace::StopRules rules{.services = statement.services,
                         .addresses = addresses,
                         .bridges = bridges,
                         .burn = burn,
                         .mix = asked.mix == "off" ? nullptr : &kMixes};
  if (asked.mix == "haircut") rules.mix_rule = trace::MixRule::haircut;
  if (asked.mix == "follow-change") rules.mix_rule = trace::MixRule::follow_change;
  return trace::Stops(std::move(rules));
}

Result<std::vector<trace::MethodKind>> methods_of(const Asked& asked) {
  std::vector<trace::MethodKind> methods;
  for (const std::string& name : asked.methods) {
    auto method = trace::method_named(name);
    if (!method) return bad_input(fmt::format("there is no method {}", name));
    methods.push_back(*method);
  }
  return methods;
}

Status check_words(const Asked& asked) {
  auto is_one_of = [](const std::string& word, std::initializer_list<std::string_view> words) {
    return std::ranges::find(words, word) != words.end();
  };
  if (!is_one_of(asked.fees, {"sink", "miner"})) {
    return bad_input(fmt::format("there is no rule of fees {}", asked.fees));
  }
  if (!is_one_of(asked.mix, {"stop", "haircut", "follow-change", "off"})) {
    return bad_input(fmt::format("there is no rule of mixes {}", asked.mix));
  }
  if (!is_one_of(asked.clusters, {"on", "off"})) {
    return bad_input(fmt::format("clusters cannot be {}", asked.clusters));
  }
  if (!is_one_of(asked.label_by, {"incident", "victim", "transaction"})) {
    return bad_input(fmt::format("labels cannot be by {}", asked.label_by));
  }
  return {};
}

}  // namespace

bool RecognisedMixes::is_mix(const ledger::Ledger& ledger, TxId tx) const {
  return clusters::is_coinjoin(ledger, tx);
}

std::vector<trace::MixChange> RecognisedMixes::changes(const ledger::Ledger& ledger,
                                                       TxId tx) const {
  std::vector<trace::MixChange> changes;
  for (const auto& change : clusters::coinjoin_changes(ledger, tx)) {
    changes.push_back({change.input, change.output});
  }
  return changes;
}

std::vector<StatedMix> mixes_among(const ledger::Ledger& ledger, std::span<const TxId> transactions,
                                   const std::string& mix_rule) {
  std::vector<StatedMix> mixes;
  if (mix_rule == "off") return mixes;
  clusters::Recogniser recogniser(ledger);
  for (TxId tx : transactions) {
    auto found = recogniser.alone(tx);
    if (!found || !clusters::is_coinjoin(found->protocol)) continue;
    StatedMix& mix = mixes.emplace_back();
    mix.transaction = ledger.txid(tx);
    mix.protocol = name_of(found->protocol);
    if (mix_rule != "follow-change") continue;
    for (const trace::MixChange& change : kMixes.changes(ledger, tx)) {
      mix.changes.push_back({change.input, change.output});
    }
  }
  return mixes;
}

Result<Rerun> rerun(const ledger::Ledger& ledger, const bitcoin::Network& network,
                    const Statement& statement) {
  const Asked& asked = statement.asked;
  TRY(check_words(asked));
  TRY_ASSIGN(auto methods, methods_of(asked));
  TRY_ASSIGN(auto seeds, find_stated(ledger, statement));
  TRY_ASSIGN(auto stops, stops_of(ledger, network, statement));
  trace::Options how;
  how.parcels = true;
  how.label_names = statement.labels;
  how.fees = asked.fees == "miner" ? trace::FeeRule::miner : trace::FeeRule::sink;
  how.cuts.min_amount = asked.min_amount;
  how.cuts.max_hops = asked.max_hops;
  if (asked.until) how.cuts.until = BlockHeight(*asked.until);
  Rerun found;
  TRY_ASSIGN(found.traces, trace::run(ledger, seeds, methods, stops, how));
  auto address = [&](AddressId id) {
    return bitcoin::address_text(network, ledger.address_kind(id), ledger.address_payload(id));
  };
  found.json = found.traces.size() == 1 ? trace::to_json(found.traces.front(), ledger, address)
                                        : trace::to_json(found.traces, ledger, address);
  found.csv = trace::to_csv(found.traces, ledger, address);
  return found;
}

Result<incidents::FoundSeeds> seeds_of(const ledger::Ledger& ledger,
                                       const incidents::Incident& incident,
                                       const std::string& label_by, const std::string& file,
                                       std::optional<BlockHeight> last) {
  auto by = label_by == "incident" ? incidents::LabelOf::incident : incidents::LabelOf::victim;
  TRY_ASSIGN(auto found,
             incidents::find_seeds(ledger, incident, file, by, trace::kFirstLabel, last));
  if (label_by == "transaction") incidents::label_by_transaction(ledger, found);
  return found;
}

std::vector<StatedSeed> stated(const ledger::Ledger& ledger,
                               const std::vector<trace::Seed>& seeds) {
  std::vector<StatedSeed> texts;
  for (const trace::Seed& seed : seeds) {
    texts.push_back({ledger.outpoint(seed.coin), seed.first, seed.end, seed.label.number()});
  }
  return texts;
}

}  // namespace tracehound::evidence
