#include "trace/write.h"

#include <fmt/format.h>

#include <utility>

#include "base/check.h"
#include "base/json.h"
#include "trace/notation.h"
#include "trace/trace.h"
#include "trace/write_text.h"

namespace tracehound::trace {

namespace {

// One trace into a JSON document.
class JsonTrace {
 public:
  JsonTrace(JsonWriter& json, const Trace& trace, const ledger::Ledger& ledger,
            const AddressText& address, const Asked* asked, const ChangeOf& change)
      : json_(json),
        trace_(trace),
        ledger_(ledger),
        address_(address),
        asked_(asked),
        change_(change),
        notation_(trace, ledger),
        totals_(notation_),
        forward_(trace.direction == Direction::forward) {}

  void write() {
    json_.open_object();
    json_.key("schema").value("tracehound.trace/1");
    json_.key("chain").value(ledger_.chain());
    json_.key("tip").open_object();
    json_.key("height").value(ledger_.tip().number());
    json_.key("hash").value(ledger_.block_hash(ledger_.tip()).text());
    json_.close_object();
    if (trace_.as_of) {
      json_.key("as_of").open_object();
      json_.key("height").value(trace_.as_of->number());
      json_.key("hash").value(ledger_.block_hash(*trace_.as_of).text());
      json_.close_object();
    }
    write_mempool();
    json_.key("method").value(name_of(trace_.method));
    json_.key("direction").value(name_of(trace_.direction));
    json_.key("fees").value(name_of(trace_.fees));
    if (asked_) write_question();
    if (trace_.interrupted) json_.key("interrupted").value(true);
    write_seed();
    json_.key("destinations").open_list();
    for (const Destination& destination : trace_.destinations) write_destination(destination);
    json_.close_list();
    write_sum("total", trace_.total);
    json_.key("touched").open_object();
    json_.key("transactions").value(trace_.transactions_touched);
    json_.key("coins").value(trace_.coins_touched);
    json_.close_object();
    json_.close_object();
  }

 private:
  void write_sum(std::string_view name, Amount amount) {
    json_.key(name);
    trace_.conserves ? json_.amount(amount) : json_.null();
  }

  void write_question() {
    json_.key("question").open_object();
    json_.key("stop_at").open_list();
    for (const std::string& category : asked_->stop_at) json_.value(category);
    json_.close_list().key("through").open_list();
    for (const std::string& one : asked_->through) json_.value(one);
    json_.close_list().key("mix").value(asked_->mix).key("clusters").value(asked_->clusters);
    json_.key("min_amount").amount(asked_->cuts.min_amount);
    json_.key("max_hops");
    asked_->cuts.max_hops ? json_.value(*asked_->cuts.max_hops) : json_.null();
    json_.key("until");
    asked_->cuts.until ? json_.value(asked_->cuts.until->number()) : json_.null();
    json_.key("tags").open_object().key("as_of");
    asked_->tags_at ? json_.value(static_cast<std::uint64_t>(*asked_->tags_at)) : json_.null();
    json_.key("services").value(asked_->services);
    json_.key("addresses").value(asked_->addresses);
    json_.key("fingerprint").value(fmt::format("{:016x}", asked_->fingerprint));
    json_.close_object().close_object();
  }

  // The mempool that was traced through, and what of the trace rests on it.
  void write_mempool() {
    if (!ledger_.unconfirmed()) return;
    json_.key("mempool").open_object();
    json_.key("taken_at").value(ledger_.unconfirmed()->taken_at);
    json_.key("transactions").value(ledger_.unconfirmed()->transactions);
    json_.key("left_out").value(ledger_.unconfirmed()->left_out).close_object();
    json_.key("unconfirmed").open_object().key("coins").value(trace_.unconfirmed.coins);
    write_sum("amount", trace_.unconfirmed.amount);
    write_sum("fees", trace_.unconfirmed.fees);
    json_.close_object();
  }

  void write_seed() {
    json_.key("seed").open_object();
    json_.key("claimed").amount(trace_.claimed);
    json_.key("effective").amount(trace_.effective);
    json_.key("coins").open_list();
    for (const SeedCoin& seed : trace_.seeds) {
      json_.open_object();
      json_.key("coin").value(coin_text(ledger_, seed.coin));
      json_.key("value").amount(seed.value);
      json_.key("claimed").amount(seed.claimed);
      json_.key("amount").amount(seed.amount);
      json_.key("label").value(label_text(trace_, seed.label));
      if (forward_) json_.key("notation").value(notation_.text(seed.label, 0));
      if (ledger_.unconfirmed()) json_.key("confirmed").value(!ledger_.is_unconfirmed(seed.coin));
      json_.close_object();
    }
    json_.close_list().close_object();
  }

  // Where and when a coin came to be, for a reader who asked for unconfirmed ones or did not.
  void write_place(CoinId coin) {
    TxId creator = ledger_.creator(coin);
    json_.key("height");
    if (!ledger_.unconfirmed()) {
      json_.value(ledger_.height(creator).number());
    } else if (!ledger_.is_unconfirmed(coin)) {
      json_.value(ledger_.height(creator).number()).key("confirmed").value(true);
    } else {
      json_.null().key("confirmed").value(false);
      json_.key("first_seen").value(ledger_.first_seen(creator));
    }
  }

  void write_running_total(Label label, Amount amount) {
    if (forward_ && trace_.conserves) {
      json_.key("running_total").amount(totals_.add(label, amount));
    }
  }

  void write_landing(const Landing& landing) {
    json_.open_object();
    json_.key("coin").value(coin_text(ledger_, landing.coin));
    json_.key("value").amount(landing.value);
    json_.key("amount").amount(landing.amount);
    json_.key("address").value(address_(ledger_.address(landing.coin)));
    write_place(landing.coin);
    json_.key("hops").value(landing.hops);
    json_.key("label").value(label_text(trace_, landing.label));
    if (forward_) json_.key("notation").value(notation_.text(landing.label, landing.hops));
    write_running_total(landing.label, landing.amount);
    change_to_json(change_, landing.coin, json_);
    json_.close_object();
  }

  void write_destination(const Destination& destination) {
    json_.open_object();
    json_.key("kind").value(name_of(destination.kind));
    write_sum("amount", destination.amount);
    if (destination.service) {
      const Service& service = trace_.services[*destination.service];
      json_.key("service").value(service.name);
      json_.key("category").value(service.category);
    } else {
      json_.key("service").null();
    }
    json_.key("coins").open_list();
    for (const Landing& landing : destination.coins) write_landing(landing);
    json_.close_list();
    write_uncoined(destination);
    json_.close_object();
  }

  // What of the destination lies in no coin: fees, and what a coinbase left unclaimed.
  void write_uncoined(const Destination& destination) {
    LabelSums in_coins;
    for (const Landing& landing : destination.coins) in_coins.add(landing.label, landing.amount);
    bool open = false;
    for (const LabelAmount& entry : destination.labels) {
      Amount amount = entry.amount - in_coins.of(entry.label);
      if (amount == 0) continue;
      if (!open) json_.key("without_coin").open_list();
      open = true;
      json_.open_object();
      json_.key("amount").amount(amount);
      json_.key("label").value(label_text(trace_, entry.label));
      write_running_total(entry.label, amount);
      json_.close_object();
    }
    if (open) json_.close_list();
  }

  JsonWriter& json_;
  const Trace& trace_;
  const ledger::Ledger& ledger_;
  const AddressText& address_;
  const Asked* asked_;
  const ChangeOf& change_;
  Notation notation_;
  RunningTotals totals_;
  bool forward_;
};

}  // namespace

std::string to_json(const Trace& trace, const ledger::Ledger& ledger, const AddressText& address,
                    const Asked* asked, const ChangeOf& change) {
  JsonWriter json;
  JsonTrace(json, trace, ledger, address, asked, change).write();
  return json.take();
}

std::string to_json(std::span<const Trace> traces, const ledger::Ledger& ledger,
                    const AddressText& address, const Asked* asked, const ChangeOf& change) {
  CHECK(!traces.empty());
  JsonWriter json;
  json.open_object();
  json.key("schema").value("tracehound.traces/1");
  json.key("traces").open_list();
  for (const Trace& trace : traces) {
    JsonTrace(json, trace, ledger, address, asked, change).write();
  }
  json.close_list();
  json.key("ranges").open_list();
  for (const Range& range : ranges(traces)) {
    json.open_object().key("kind").value(name_of(range.kind));
    if (range.service) {
      const Service& service = traces.front().services[*range.service];
      json.key("service").value(service.name).key("category").value(service.category);
    } else {
      json.key("service").null();
    }
    json.key("least").amount(range.least).key("most").amount(range.most).close_object();
  }
  json.close_list().close_object();
  return json.take();
}

}  // namespace tracehound::trace
