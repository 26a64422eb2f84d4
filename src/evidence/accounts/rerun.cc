#include "evidence/accounts/rerun.h"

#include <fmt/format.h>

#include <algorithm>

#include "trace/accounts/trace.h"
#include "trace/accounts/write.h"

namespace tracehound::evidence::accounts {

namespace {

using ledger::accounts::Ledger;
using trace::DestinationKind;
using trace::accounts::Seed;

Result<std::vector<Seed>> find_stated(const Ledger& ledger, const Statement& statement) {
  std::vector<Seed> seeds;
  for (const StatedSeed& stated : statement.seeds) {
    auto wrong = [&](std::string_view what) {
      return bad_input(fmt::format("its seed in transaction {} row {} {}", stated.transaction,
                                   stated.row, what));
    };
    auto tx = ledger.find_transaction(stated.transaction);
    if (!tx || stated.row >= ledger.transfers(*tx).size()) return wrong("is no transfer here");
    if (stated.label == 0 || stated.label > statement.labels.size()) {
      return wrong(
          fmt::format("has label {} and there are {}", stated.label, statement.labels.size()));
    }
    seeds.push_back({TransferId(ledger.transfers(*tx).first.number() + stated.row), stated.first,
                     stated.end, Label(stated.label), stated.side});
  }
  return seeds;
}

Result<trace::accounts::Stops> stops_of(const Ledger& ledger, const Statement& statement) {
  trace::accounts::Stops stops(statement.services);
  for (const StatedStop& stop : statement.stops) {
    auto account = ledger.find_account(stop.account);
    if (!account) {
      return bad_input(fmt::format("its stop {} is in no transfer here", stop.account));
    }
    bool burned = stop.kind == DestinationKind::burned;
    if (burned == stop.service.has_value() ||
        (stop.service && *stop.service >= statement.services.size())) {
      return bad_input(fmt::format("its stop {} is of no service", stop.account));
    }
    stops.add(*account, {stop.kind, stop.service});
  }
  for (const std::string& text : statement.asked.through) {
    if (auto account = ledger.find_account(text)) stops.go_through(*account);
  }
  return stops;
}

Result<Stated> stated_of(const Ledger& ledger, const Statement& statement) {
  Stated stated;
  for (const StatedAsset& asset : statement.assets) {
    stated.contract_is_an_account.push_back(asset.contract_is_an_account);
  }
  for (const StatedSeen& seen : statement.seen) {
    auto tx = ledger.find_transaction(seen.transaction);
    if (!tx) return bad_input(fmt::format("its seen {} is no transaction here", seen.transaction));
    std::vector<SeenParty>& parties = stated.seen[*tx];
    for (const StatedSeen::Party& party : seen.parties) {
      auto account = ledger.find_account(party.account);
      bool falls = !parties.empty() && parties.back().transfers > party.transfers;
      if (!account || falls) {
        return bad_input(
            fmt::format("its seen {} names {} out of place", seen.transaction, party.account));
      }
      parties.push_back({*account, party.transfers});
    }
  }
  return stated;
}

Result<trace::accounts::Options> options_of(const Ledger& ledger, const Statement& statement) {
  const Asked& asked = statement.asked;
  auto is_one_of = [](const std::string& word, std::initializer_list<std::string_view> words) {
    return std::ranges::find(words, word) != words.end();
  };
  if (!is_one_of(asked.swaps, {"net", "off"})) {
    return bad_input(fmt::format("there is no rule of swaps {}", asked.swaps));
  }
  if (!is_one_of(asked.label_by, {"incident", "victim"})) {
    return bad_input(fmt::format("labels cannot be by {}", asked.label_by));
  }
  trace::accounts::Options how;
  how.swaps = asked.swaps == "net";
  how.label_names = statement.labels;
  how.cuts.min_amount = asked.min_amount;
  how.cuts.max_hops = asked.max_hops;
  if (!asked.until) return how;
  auto last = ledger.block_at_most(*asked.until);
  if (!last || ledger.transactions(*last).end.number() == 0) {
    return bad_input(
        fmt::format("it was asked until block {}, before all that is here", *asked.until));
  }
  how.cuts.until = TxId(ledger.transactions(*last).end.number() - 1);
  return how;
}

std::vector<trace::accounts::Price> prices_of(const Statement& statement) {
  std::vector<trace::accounts::Price> prices;
  for (const StatedPrice& price : statement.prices) {
    prices.push_back({AssetId(price.asset), price.time, price.usd});
  }
  return prices;
}

}  // namespace

Result<Rerun> rerun(const Ledger& ledger, const Statement& statement) {
  std::vector<trace::MethodKind> methods;
  for (const std::string& name : statement.asked.methods) {
    auto method = trace::method_named(name);
    if (!method) return bad_input(fmt::format("there is no method {}", name));
    methods.push_back(*method);
  }
  TRY_ASSIGN(auto seeds, find_stated(ledger, statement));
  TRY_ASSIGN(auto stops, stops_of(ledger, statement));
  TRY_ASSIGN(auto stated, stated_of(ledger, statement));
  TRY_ASSIGN(auto how, options_of(ledger, statement));
  trace::accounts::LedgerEvents events(ledger);
  events.set_prices(prices_of(statement));
  AskedEvents asked(events, &stated);
  TRY_ASSIGN(auto traces, trace::accounts::run(asked, seeds, methods, stops, how));
  trace::accounts::Names names(ledger, asked);
  return Rerun{std::move(seeds),
               trace::accounts::to_json(traces, names),
               trace::accounts::to_csv(traces, names),
               asked.accounts_asked(),
               asked.seen_asked(),
               std::move(stated.seen)};
}

Result<incidents::FoundAccountSeeds> seeds_of(const Ledger& ledger,
                                              const incidents::Incident& incident,
                                              const std::string& label_by, const std::string& file,
                                              std::optional<TxId> end) {
  auto by = label_by == "incident" ? incidents::LabelOf::incident : incidents::LabelOf::victim;
  return incidents::find_account_seeds(ledger, incident, file, by, end);
}

std::vector<StatedSeed> stated(const Ledger& ledger, const std::vector<Seed>& seeds) {
  std::vector<StatedSeed> list;
  for (const Seed& seed : seeds) {
    TxId tx = ledger.tx_of(seed.transfer);
    auto row = seed.transfer.number() - ledger.transfers(tx).first.number();
    list.push_back({ledger.id_text(tx), static_cast<std::uint32_t>(row), seed.first, seed.end,
                    seed.label.number(), seed.side});
  }
  return list;
}

std::vector<TxId> needed(const Ledger& ledger, const std::set<AccountId>& accounts,
                         const std::vector<Seed>& seeds, TxId end) {
  std::vector<bool> takes_part(end.number());
  auto add = [&](TxId tx) {
    if (tx < end) takes_part[tx.number()] = true;
  };
  for (const Seed& seed : seeds) add(ledger.tx_of(seed.transfer));
  for (AccountId account : accounts) {
    for (TransferId transfer : ledger.transfers_of(account)) add(ledger.tx_of(transfer));
  }
  auto payers = ledger.payers();
  for (std::uint32_t tx = 0; tx < end.number(); ++tx) {
    if (accounts.contains(payers[tx])) takes_part[tx] = true;
  }
  std::vector<TxId> transactions;
  for (std::uint32_t tx = 0; tx < end.number(); ++tx) {
    if (takes_part[tx]) transactions.emplace_back(tx);
  }
  return transactions;
}

}  // namespace tracehound::evidence::accounts
