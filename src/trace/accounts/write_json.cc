#include "base/bytes.h"
#include "base/json.h"
#include "trace/accounts/trace.h"
#include "trace/accounts/write.h"
#include "trace/write_text.h"

namespace tracehound::trace::accounts {

namespace {

std::string_view side_text(SeedSide side) {
  return side == SeedSide::sent ? "sent" : side == SeedSide::received ? "received" : "transfer";
}

class JsonTrace {
 public:
  JsonTrace(JsonWriter& json, const Trace& trace, const Names& names)
      : json_(json), trace_(trace), names_(names) {}

  void write() {
    const auto& ledger = names_.ledger();
    auto tip = ledger.block(ledger.tip());
    json_.open_object();
    json_.key("schema").value("tracehound.trace/1");
    json_.key("ledger").value("account");
    json_.key("chain").value(ledger.chain());
    json_.key("tip").open_object().key("height").value(tip.number).key("hash");
    tip.hash ? json_.value("0x" + to_hex(tip.hash->view())) : json_.null();
    json_.close_object();
    json_.key("method").value(name_of(trace_.method));
    json_.key("direction").value(name_of(trace_.direction));
    json_.key("fees").value("sink");
    if (trace_.interrupted) json_.key("interrupted").value(true);
    write_seed();
    json_.key("assets").open_list();
    for (const AssetBooks& asset : trace_.assets) write_books(asset);
    json_.close_list();
    json_.key("destinations").open_list();
    for (const Destination& destination : trace_.destinations) write_destination(destination);
    json_.close_list();
    json_.key("swaps").open_object().key("crossed").value(trace_.swaps);
    json_.key("approx").value(trace_.approximate);
    json_.key("actor_guessed").value(trace_.guessed_actor).close_object();
    json_.key("touched").open_object().key("transactions").value(trace_.transactions_touched);
    json_.close_object().close_object();
  }

 private:
  void write_amount(std::string_view key, const U256& amount) {
    json_.key(key).value(amount.text());
  }
  void write_sum(std::string_view key, const U256& amount) {
    json_.key(key);
    trace_.conserves ? json_.value(amount.text()) : json_.null();
  }
  void write_usd(TxId tx, AssetId asset, const U256& units) {
    auto worth = names_.usd(tx, asset, units);
    if (worth) json_.key("usd").value(usd_text(*worth));
  }
  void write_asset(AssetId asset) { json_.key("asset").value(names_.asset_text(asset)); }

  void write_seed() {
    json_.key("seed").open_object().key("transfers").open_list();
    for (const SeedFound& found : trace_.seeds) {
      json_.open_object();
      json_.key("transfer").value(names_.transfer(found.seed.transfer));
      json_.key("side").value(side_text(found.seed.side));
      json_.key("account").value(names_.account(found.holder.account));
      write_asset(found.holder.asset);
      write_amount("claimed", found.seed.claimed());
      write_amount("amount", found.effective);
      write_usd(found.tx, found.holder.asset, found.effective);
      json_.key("label").value(label_text(trace_, found.seed.label)).close_object();
    }
    json_.close_list();
    if (trace_.direction == Direction::backward) write_holdings();
    json_.close_object();
  }

  void write_holdings() {
    json_.key("balances").open_list();
    for (const HoldingFound& found : trace_.holdings) {
      json_.open_object();
      json_.key("account").value(names_.account(found.holding.holder.account));
      write_asset(found.holding.holder.asset);
      write_amount("claimed", found.balance);
      write_amount("amount", found.effective);
      json_.key("label").value(label_text(trace_, found.holding.label)).close_object();
    }
    json_.close_list();
  }

  void write_books(const AssetBooks& books) {
    const auto& asset = names_.asset(books.asset);
    json_.open_object();
    write_asset(books.asset);
    json_.key("contract");
    asset.contract.empty() ? json_.null() : json_.value(asset.contract);
    json_.key("decimals");
    asset.decimals_known ? json_.value(asset.decimals) : json_.null();
    write_amount("claimed", books.claimed);
    write_sum("effective", books.effective.total());
    write_sum("swapped_in", trace_.conserves ? books.swapped_in.total() : U256());
    write_sum("swapped_out", trace_.conserves ? books.swapped_out.total() : U256());
    write_sum("total", books.total);
    json_.key("holders_with_unknown_opening").value(books.unknown_holders).close_object();
  }

  void write_landing(const Landing& landing) {
    json_.open_object();
    json_.key("account").value(names_.account(landing.holder.account));
    if (landing.tx) {
      json_.key("transaction").value(names_.transaction(*landing.tx));
      json_.key("height").value(names_.block_number(*landing.tx));
    } else {
      write_amount("balance", landing.balance);
    }
    write_amount("amount", landing.amount);
    if (landing.tx) write_usd(*landing.tx, landing.holder.asset, landing.amount);
    json_.key("hops").value(landing.hops);
    if (landing.unknown_opening) json_.key("opening").value("unknown");
    json_.key("label").value(label_text(trace_, landing.label)).close_object();
  }

  void write_destination(const Destination& destination) {
    json_.open_object().key("kind").value(name_of(destination.kind));
    json_.key("service");
    if (destination.service) {
      const Service& service = trace_.services[*destination.service];
      json_.value(service.name).key("category").value(service.category);
    } else {
      json_.null();
    }
    write_asset(destination.asset);
    write_sum("amount", destination.amount);
    json_.key("holders").open_list();
    for (const Landing& landing : destination.landings) write_landing(landing);
    json_.close_list();
    if (destination.kind == DestinationKind::fees) {
      json_.key("labels").open_list();
      for (const LabelSum& sum : destination.labels.all()) {
        json_.open_object().key("label").value(label_text(trace_, sum.label));
        write_amount("amount", sum.amount);
        json_.close_object();
      }
      json_.close_list();
    }
    json_.close_object();
  }

  JsonWriter& json_;
  const Trace& trace_;
  const Names& names_;
};

}  // namespace

std::string to_json(std::span<const Trace> traces, const Names& names) {
  JsonWriter json;
  if (traces.size() == 1) {
    JsonTrace(json, traces.front(), names).write();
    return json.take();
  }
  json.open_object().key("schema").value("tracehound.traces/1").key("traces").open_list();
  for (const Trace& trace : traces) JsonTrace(json, trace, names).write();
  json.close_list().key("ranges").open_list();
  for (const Range& range : ranges(traces)) {
    json.open_object().key("kind").value(name_of(range.kind)).key("service");
    if (range.service) {
      const Service& service = traces.front().services[*range.service];
      json.value(service.name).key("category").value(service.category);
    } else {
      json.null();
    }
    json.key("asset").value(names.asset_text(range.asset));
    json.key("least").value(range.least.text()).key("most").value(range.most.text());
    json.close_object();
  }
  json.close_list().close_object();
  return json.take();
}

std::string flow_to_json(const Trace& trace, const Names& names) {
  JsonWriter json;
  json.open_object().key("schema").value("tracehound.flow/1").key("ledger").value("account");
  json.key("chain").value(names.ledger().chain());
  json.key("method").value(name_of(trace.method));
  json.key("direction").value(name_of(trace.direction)).key("parcels").open_list();
  for (const Parcel& parcel : trace.parcels) {
    json.open_object().key("transaction").value(names.transaction(parcel.tx));
    json.key("height").value(names.block_number(parcel.tx));
    json.key("time").value(iso_time(names.ledger().time(parcel.tx)));
    json.key("kind").value(parcel_text(parcel.kind));
    json.key("from").value(names.account(parcel.from.account));
    json.key("paid").value(parcel.paid.text());
    json.key("paid_asset").value(names.asset_text(parcel.from.asset));
    json.key("to").value(names.account(parcel.to.account));
    json.key("amount").value(parcel.amount.text());
    json.key("asset").value(names.asset_text(parcel.to.asset));
    json.key("label").value(label_text(trace, parcel.label)).key("hop").value(parcel.hop);
    json.close_object();
  }
  json.close_list().close_object();
  return json.take();
}

}  // namespace tracehound::trace::accounts
