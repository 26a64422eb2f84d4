// What `incident link` found, in tables and as JSON.
#include <fmt/format.h>

#include "cli/verb_incident_link.h"

namespace tracehound::cli {

namespace {

using incidents::Link;
using incidents::Pair;

class Writer {
 public:
  Writer(const FoundLink& found, const OpenLedger& open) : found_(found), open_(open) {}
  std::string text() const;
  std::string json() const;

 private:
  std::string coins(Amount amount) const { return coins_text(amount, kDecimals); }
  std::string coin_name(CoinId coin) const {
    ledger::Outpoint outpoint = open_.ledger.outpoint(coin);
    return fmt::format("{}:{}", outpoint.txid.text(), outpoint.index);
  }
  std::string height_of(TxId tx) const {
    BlockHeight height = open_.ledger.height(tx);
    return open_.ledger.is_unconfirmed(height) ? "unconfirmed" : fmt::format("{}", height.number());
  }
  std::string service_name(const incidents::LinkedService& row) const {
    return found_.link.trace.services[row.service].name;
  }
  std::string holders_text() const;
  void pair_json(JsonWriter& json, const Pair& amount) const;
  template <typename Row, typename Write>
  void list_json(JsonWriter& json, std::string_view key, const incidents::Cut<Row>& list,
                 Write write) const;
  void seeds_json(JsonWriter& json) const;
  void holders_json(JsonWriter& json) const;

  const FoundLink& found_;
  const OpenLedger& open_;
};

std::string Writer::holders_text() const {
  const Link& link = found_.link;
  std::string text = link_table(
      "addresses that received of both, most first", link.addresses,
      {"address", "of A", "coins", "of B", "coins"}, [&](const incidents::LinkedAddress& row) {
        return std::vector<std::string>{open_.address_text(row.address), coins(row.amount[0]),
                                        fmt::format("{}", row.coins[0]), coins(row.amount[1]),
                                        fmt::format("{}", row.coins[1])};
      });
  if (!link.clusters) return text;
  return text + link_table("clusters that received of both, by their first address, most first",
                           *link.clusters, {"cluster", "of A", "coins", "of B", "coins"},
                           [&](const incidents::LinkedCluster& row) {
                             return std::vector<std::string>{
                                 open_.address_text(AddressId(row.cluster)), coins(row.amount[0]),
                                 fmt::format("{}", row.coins[0]), coins(row.amount[1]),
                                 fmt::format("{}", row.coins[1])};
                           });
}

std::string Writer::text() const {
  const Link& link = found_.link;
  std::string text;
  for (std::size_t i = 0; i < 2; ++i) {
    text += fmt::format("{}  {}: {} {} stolen", "AB"[i], found_.names[i], coins(link.effective[i]),
                        open_.symbol());
    if (link.claimed[i] != link.effective[i]) {
      text += fmt::format(" (claimed {}; the rest is in money that was counted already)",
                          coins(link.claimed[i]));
    }
    text += "\n";
  }
  text += fmt::format("method {}, chain {}, tip {} at height {}\n",
                      trace::name_of(link.trace.method), open_.ledger.chain(),
                      open_.ledger.manifest().tip_hash.text(), open_.ledger.tip().number());
  if (!link.trace.conserves) {
    text += "poison counts every coin reached as a whole, so its figures are reach, not sums\n";
  }
  auto transaction = [&](const incidents::LinkedTransaction& row) {
    return std::vector<std::string>{open_.ledger.txid(row.transaction).text(),
                                    height_of(row.transaction), coins(row.amount[0]),
                                    coins(row.amount[1])};
  };
  text += link_table(
      "seeds that are the other's too: claimed twice, or in a coin with the other's money",
      link.seeds,
      {"coin", "A claims", "B claims", "both claim", "came of A", "came of B", "not new"},
      [&](const incidents::LinkedSeed& row) {
        Amount claimed = row.claimed[0] + row.claimed[1];
        Amount effective = row.effective[0] + row.effective[1];
        return std::vector<std::string>{coin_name(row.coin),       coins(row.claimed[0]),
                                        coins(row.claimed[1]),     coins(row.claimed_twice),
                                        coins(row.arrived[0]),     coins(row.arrived[1]),
                                        coins(claimed - effective)};
      });
  text += link_table("first meetings: transactions that join what was apart", link.first_meetings,
                     {"transaction", "height", "of A", "of B"}, transaction);
  text += link_table("every transaction that carries both", link.transactions,
                     {"transaction", "height", "of A", "of B"}, transaction);
  text += link_table("coins that hold of both", link.coins, {"coin", "value", "of A", "of B", ""},
                     [&](const incidents::LinkedCoin& row) {
                       return std::vector<std::string>{coin_name(row.coin), coins(row.value),
                                                       coins(row.amount[0]), coins(row.amount[1]),
                                                       row.is_seed ? "seed" : ""};
                     });
  text += holders_text();
  incidents::Cut<incidents::LinkedService> ends{link.services, link.services.size()};
  text += link_table("services that money of both ended at", ends, {"service", "of A", "of B"},
                     [&](const incidents::LinkedService& row) {
                       return std::vector<std::string>{service_name(row), coins(row.amount[0]),
                                                       coins(row.amount[1])};
                     });
  if (!link.met()) text += "\nup to the tip their money does not meet\n";
  return text;
}

void Writer::pair_json(JsonWriter& json, const Pair& amount) const {
  json.key("a").amount(amount[0]).key("b").amount(amount[1]);
}

template <typename Row, typename Write>
void Writer::list_json(JsonWriter& json, std::string_view key, const incidents::Cut<Row>& list,
                       Write write) const {
  link_list(json, key, list, [&](const Row& row) {
    write(row);
    pair_json(json, row.amount);
  });
}

void Writer::seeds_json(JsonWriter& json) const {
  link_list(json, "seeds", found_.link.seeds, [&](const incidents::LinkedSeed& row) {
    auto pair = [&](std::string_view key, const Pair& amount) {
      json.key(key).open_object();
      pair_json(json, amount);
      json.close_object();
    };
    json.key("coin").value(coin_name(row.coin));
    pair("claimed", row.claimed);
    pair("effective", row.effective);
    json.key("claimed_twice").amount(row.claimed_twice);
    pair("arrived", row.arrived);
  });
}

void Writer::holders_json(JsonWriter& json) const {
  const Link& link = found_.link;
  list_json(json, "addresses", link.addresses, [&](const incidents::LinkedAddress& row) {
    json.key("address").value(open_.address_text(row.address));
    json.key("coins_a").value(row.coins[0]).key("coins_b").value(row.coins[1]);
  });
  if (!link.clusters) {
    json.key("clusters").null();
    return;
  }
  list_json(json, "clusters", *link.clusters, [&](const incidents::LinkedCluster& row) {
    json.key("cluster").value(open_.address_text(AddressId(row.cluster)));
    json.key("coins_a").value(row.coins[0]).key("coins_b").value(row.coins[1]);
  });
}

std::string Writer::json() const {
  const Link& link = found_.link;
  JsonWriter json;
  json.open_object().key("schema").value("tracehound.incident-link/1");
  json.key("chain").value(open_.ledger.chain()).key("tip").open_object();
  json.key("height").value(open_.ledger.tip().number());
  json.key("hash").value(open_.ledger.manifest().tip_hash.text()).close_object();
  json.key("method").value(trace::name_of(link.trace.method));
  json.key("conserves").value(link.trace.conserves);
  json.key("stops").open_list();
  for (const std::string& words : found_.stops) json.value(words);
  json.close_list();
  json.key("incidents").open_list();
  for (std::size_t i = 0; i < 2; ++i) {
    json.open_object().key("name").value(found_.names[i]);
    json.key("claimed").amount(link.claimed[i]);
    json.key("effective").amount(link.effective[i]).close_object();
  }
  json.close_list().key("met").value(link.met());
  auto transaction = [&](const incidents::LinkedTransaction& row) {
    json.key("transaction").value(open_.ledger.txid(row.transaction).text());
    json.key("height");
    bool confirmed = !open_.ledger.is_unconfirmed(row.transaction);
    if (confirmed) json.value(open_.ledger.height(row.transaction).number());
    if (!confirmed) json.null();
    json.key("first").value(row.first);
  };
  seeds_json(json);
  list_json(json, "first_meetings", link.first_meetings, transaction);
  list_json(json, "transactions", link.transactions, transaction);
  list_json(json, "coins", link.coins, [&](const incidents::LinkedCoin& row) {
    json.key("coin").value(coin_name(row.coin)).key("value").amount(row.value);
    json.key("seed").value(row.is_seed);
  });
  holders_json(json);
  incidents::Cut<incidents::LinkedService> ends{link.services, link.services.size()};
  list_json(json, "services", ends, [&](const incidents::LinkedService& row) {
    json.key("service").value(service_name(row));
    json.key("category").value(link.trace.services[row.service].category);
  });
  return json.close_object().take();
}

}  // namespace

std::string link_text(const FoundLink& found, const OpenLedger& open) {
  return Writer(found, open).text();
}

std::string link_json(const FoundLink& found, const OpenLedger& open) {
  return Writer(found, open).json();
}

}  // namespace tracehound::cli
