// incident link, on an account ledger.
#include <algorithm>

#include "cli/accounts.h"
#include "cli/verb_incident_link.h"
#include "cli/verb_trace_accounts.h"
#include "incidents/account_link.h"

namespace tracehound::cli {

namespace {

using incidents::AccountLink;
using incidents::AccountPair;
using incidents::LinkedAccountSeed;
using incidents::LinkedAccountService;
using incidents::LinkedAsset;
using incidents::LinkedHolder;
using incidents::LinkedMovement;
using trace::accounts::AssetId;
using trace::accounts::Names;

class Writer {
 public:
  Writer(const AccountLink& link, const std::array<std::string, 2>& sides, const Names& names)
      : link_(link), sides_(sides), names_(names) {}
  std::string text() const;
  std::string json() const;

 private:
  using Cells = std::vector<std::string>;

  // What came into the account in all, of everybody's.
  U256 received(const trace::accounts::HolderId& holder) const {
    auto totals = names_.ledger().totals(holder.account);
    auto found = std::ranges::find(totals, holder.asset, &ledger::accounts::AssetTotals::asset);
    return found == totals.end() ? U256() : found->received;
  }
  std::string service_name(const LinkedAccountService& row) const {
    return link_.trace.services[row.service].name;
  }
  Cells holder_cells(const LinkedHolder& row) const;
  std::string heading() const;
  void pair_json(JsonWriter& json, const AccountPair& amount) const {
    json.key("a").value(amount[0].text()).key("b").value(amount[1].text());
  }
  void asset_json(JsonWriter& json, AssetId asset) const {
    json.key("asset").value(names_.asset_text(asset));
  }
  void holder_json(JsonWriter& json, const LinkedHolder& row) const;
  void lists_json(JsonWriter& json) const;

  const AccountLink& link_;
  const std::array<std::string, 2>& sides_;
  const Names& names_;
};

std::string Writer::heading() const {
  std::string text;
  for (std::size_t i = 0; i < 2; ++i) {
    text += fmt::format("{}  {}:", "AB"[i], sides_[i]);
    std::string_view before = " ";
    for (const LinkedAsset& asset : link_.assets) {
      if (asset.claimed[i].is_zero()) continue;
      text += fmt::format("{}{} {} stolen", before, names_.amount(asset.asset, asset.effective[i]),
                          names_.asset_text(asset.asset));
      if (asset.claimed[i] != asset.effective[i]) {
        text += fmt::format(
            " (claimed {}; the rest is in money that was counted already, or was not there)",
            names_.amount(asset.asset, asset.claimed[i]));
      }
      before = ", ";
    }
    text += "\n";
  }
  const auto& ledger = names_.ledger();
  text += fmt::format("method {}, chain {}, tip at block {}\n", trace::name_of(link_.trace.method),
                      ledger.chain(), ledger.block(ledger.tip()).number);
  if (!link_.trace.conserves) {
    text += "poison counts every balance reached as a whole, so its figures are reach, not sums\n";
  }
  return text;
}

Writer::Cells Writer::holder_cells(const LinkedHolder& row) const {
  AssetId asset = row.holder.asset;
  return {names_.account(row.holder.account),
          names_.asset_text(asset),
          names_.amount(asset, row.amount[0]),
          names_.amount(asset, row.amount[1]),
          names_.amount(asset, received(row.holder)),
          row.is_seed ? "seed" : "",
          names_.transaction(row.met)};
}

std::string Writer::text() const {
  std::string text = heading();
  auto holder = [this](const LinkedHolder& row) { return holder_cells(row); };
  text += link_table(
      "seeds that are the other's too: claimed twice, or where the other's money came with them",
      link_.seeds,
      {"transfer", "asset", "A claims", "B claims", "both claim", "came of A", "came of B"},
      [this](const LinkedAccountSeed& row) {
        AssetId asset = row.holder.asset;
        Cells cells = {names_.transfer(row.transfer), names_.asset_text(asset)};
        for (const U256& amount :
             {row.claimed[0], row.claimed[1], row.claimed_twice, row.arrived[0], row.arrived[1]}) {
          cells.push_back(names_.amount(asset, amount));
        }
        return cells;
      });
  text += link_table(
      "first meetings: accounts that joined what was apart, and by which transaction",
      link_.first_meetings,
      {"account", "asset", "of A", "of B", "received in all", "", "transaction"}, holder);
  text += link_table("every account that received of both", link_.accounts,
                     {"account", "asset", "of A", "of B", "received in all", "", "transaction"},
                     holder);
  text += link_table(
      "every transaction that carries both", link_.transactions,
      {"transaction", "block", "asset", "of A", "of B"}, [this](const LinkedMovement& row) {
        return Cells{names_.transaction(row.tx), fmt::format("{}", names_.block_number(row.tx)),
                     names_.asset_text(row.asset), names_.amount(row.asset, row.amount[0]),
                     names_.amount(row.asset, row.amount[1])};
      });
  incidents::Cut<LinkedAccountService> ends{link_.services, link_.services.size()};
  text += link_table("services that money of both ended at", ends,
                     {"service", "asset", "of A", "of B"}, [this](const auto& row) {
                       return Cells{service_name(row), names_.asset_text(row.asset),
                                    names_.amount(row.asset, row.amount[0]),
                                    names_.amount(row.asset, row.amount[1])};
                     });
  if (!link_.met()) text += "\nup to the tip their money does not meet\n";
  return text;
}

void Writer::holder_json(JsonWriter& json, const LinkedHolder& row) const {
  json.key("account").value(names_.account(row.holder.account));
  asset_json(json, row.holder.asset);
  json.key("movements_a").value(row.movements[0]).key("movements_b").value(row.movements[1]);
  json.key("received").value(received(row.holder).text());
  json.key("met").value(names_.transaction(row.met)).key("first").value(row.first);
  json.key("seed").value(row.is_seed);
  pair_json(json, row.amount);
}

void Writer::lists_json(JsonWriter& json) const {
  link_list(json, "seeds", link_.seeds, [&](const LinkedAccountSeed& row) {
    json.key("transfer").value(names_.transfer(row.transfer));
    asset_json(json, row.holder.asset);
    for (const auto& [key, amount] :
         {std::pair("claimed", row.claimed), std::pair("effective", row.effective),
          std::pair("arrived", row.arrived)}) {
      json.key(key).open_object();
      pair_json(json, amount);
      json.close_object();
    }
    json.key("claimed_twice").value(row.claimed_twice.text());
  });
  auto holder = [&](const LinkedHolder& row) { holder_json(json, row); };
  link_list(json, "first_meetings", link_.first_meetings, holder);
  link_list(json, "accounts", link_.accounts, holder);
  link_list(json, "transactions", link_.transactions, [&](const LinkedMovement& row) {
    json.key("transaction").value(names_.transaction(row.tx));
    json.key("block").value(names_.block_number(row.tx));
    asset_json(json, row.asset);
    pair_json(json, row.amount);
  });
  incidents::Cut<LinkedAccountService> ends{link_.services, link_.services.size()};
  link_list(json, "services", ends, [&](const LinkedAccountService& row) {
    json.key("service").value(service_name(row));
    json.key("category").value(link_.trace.services[row.service].category);
    asset_json(json, row.asset);
    pair_json(json, row.amount);
  });
}

std::string Writer::json() const {
  const auto& ledger = names_.ledger();
  JsonWriter json;
  json.open_object().key("schema").value("tracehound.account-incident-link/1");
  json.key("chain").value(ledger.chain());
  json.key("tip").open_object().key("block").value(ledger.block(ledger.tip()).number);
  json.close_object().key("method").value(trace::name_of(link_.trace.method));
  json.key("conserves").value(link_.trace.conserves).key("incidents").open_list();
  for (std::size_t i = 0; i < 2; ++i) {
    json.open_object().key("name").value(sides_[i]).key("assets").open_list();
    for (const LinkedAsset& asset : link_.assets) {
      if (asset.claimed[i].is_zero()) continue;
      json.open_object();
      asset_json(json, asset.asset);
      json.key("claimed").value(asset.claimed[i].text());
      json.key("effective").value(asset.effective[i].text()).close_object();
    }
    json.close_list().close_object();
  }
  json.close_list().key("met").value(link_.met());
  lists_json(json);
  return json.close_object().take();
}

}  // namespace

Status link_on_accounts(Context& context, const LinkOptions& options,
                        const std::array<LinkSide, 2>& sides) {
  if (options.clusters || options.trace.mix != "stop") {
    return fail(ErrorKind::usage,
                "--clusters and --mix are for coin ledgers; this ledger holds accounts");
  }
  TRY_ASSIGN(trace::MethodKind method,
             link_method(options.trace.methods, tracing::LedgerKind::accounts));
  TRY_ASSIGN(auto texts, tracing::read_account_texts(context, options.trace));
  std::vector<std::string> remarks;
  auto work = [&](const OpenAccounts& open) -> Result<Answer> {
    remarks.clear();
    std::vector<trace::accounts::Seed> seeds;
    incidents::AccountLinkOptions how{
        .method = method, .most = options.most, .names = {}, .swaps = options.trace.swaps == "net"};
    for (std::size_t i = 0; i < 2; ++i) {
      tracing::Options asked = options.trace;
      asked.incident = sides[i].file;
      tracing::Question question{.seeds = {}, .incident = sides[i].incident};
      TRY_ASSIGN(auto one, tracing::resolve_on_accounts(question, asked, open.ledger));
      for (trace::accounts::Seed seed : one.seeds) {
        seed.label = Label(static_cast<std::uint32_t>(i) + 1);
        seeds.push_back(seed);
      }
      how.names[i] = sides[i].incident.name;
      remarks.insert(remarks.end(), one.remarks.begin(), one.remarks.end());
    }
    TRY_ASSIGN(auto known,
               tracing::stops_on_accounts(options.trace, texts.stop_lists, open.ledger));
    remarks.insert(remarks.end(), known.remarks.begin(), known.remarks.end());
    trace::accounts::LedgerEvents events(open.ledger);
    TRY_ASSIGN(auto link, incidents::link_account_incidents(events, seeds, known.stops, how));
    Names names(open.ledger, events);
    Writer writer(link, how.names, names);
    Answer answer;
    if (!options.json.empty()) answer.files.push_back({options.json, writer.json()});
    if (options.json != "-") answer.text = writer.text();
    return answer;
  };
  TRY(answer_accounts(context, work));
  for (const std::string& remark : remarks) say(context, remark);
  return {};
}

}  // namespace tracehound::cli
