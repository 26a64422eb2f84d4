#include "evidence/statement.h"

#include "base/json.h"
#include "evidence/json_parts.h"

namespace tracehound::evidence {

namespace {

std::string coin_text(const ledger::Outpoint& coin) {
  return coin.txid.text() + ":" + std::to_string(coin.index);
}

void write_asked(JsonWriter& json, const Asked& asked) {
  json.key("question").open_object();
  json.key("label_by").value(asked.label_by);
  write_texts(json, "methods", asked.methods);
  json.key("direction").value("forward");
  json.key("fees").value(asked.fees);
  json.key("mix").value(asked.mix);
  json.key("clusters").value(asked.clusters);
  write_texts(json, "stop_at", asked.stop_at);
  write_texts(json, "through", asked.through);
  json.key("min_amount").amount(asked.min_amount);
  write_maybe(json, "max_hops", asked.max_hops);
  write_maybe(json, "until", asked.until);
  write_text_or_null(json, "as_of", asked.as_of);
  json.close_object();
}

void write_stop(JsonWriter& json, const StatedStop& stop) {
  json.open_object();
  json.key("address").value(stop.address);
  write_place(json, stop.kind, stop.service, stop.tags);
  json.key("steps").open_list();
  for (const CoSpendStep& step : stop.steps) {
    json.open_object().key("transaction").value(step.transaction.text());
    json.key("address").value(step.address).close_object();
  }
  json.close_list();
  write_text_or_null(json, "not_shown", stop.not_shown);
  json.close_object();
}

}  // namespace

std::string write_statement(const Statement& statement) {
  JsonWriter json;
  json.open_object();
  json.key("schema").value("tracehound.evidence/1");
  json.key("engine").value(statement.engine);
  json.key("chain").value(statement.chain);
  json.key("first_header").value(statement.first_header);
  json.key("tip").open_object().key("height").value(statement.tip);
  json.key("hash").value(statement.tip_hash.text()).close_object();
  write_asked(json, statement.asked);
  write_texts(json, "labels", statement.labels);
  json.key("seeds").open_list();
  for (const StatedSeed& seed : statement.seeds) {
    json.open_object().key("coin").value(coin_text(seed.coin));
    json.key("first").amount(seed.first).key("end").amount(seed.end);
    json.key("label").value(seed.label).close_object();
  }
  json.close_list();
  write_services(json, statement.services);
  json.key("stops").open_list();
  for (const StatedStop& stop : statement.stops) write_stop(json, stop);
  json.close_list().key("mixes").open_list();
  for (const StatedMix& mix : statement.mixes) {
    json.open_object().key("transaction").value(mix.transaction.text());
    json.key("protocol").value(mix.protocol).key("changes").open_list();
    for (const StatedMix::Change& change : mix.changes) {
      json.open_object().key("input").value(change.input);
      json.key("output").value(change.output).close_object();
    }
    json.close_list().close_object();
  }
  json.close_list().close_object();
  return json.take();
}

std::string write_tags(const std::vector<UsedTag>& tags) {
  JsonWriter json;
  json.open_object().key("schema").value("tracehound.evidence-tags/1").key("tags").open_list();
  for (const UsedTag& tag : tags) {
    json.open_object();
    json.key("address").value(tag.address);
    json.key("label").value(tag.label);
    json.key("actor").value(tag.actor);
    json.key("category").value(tag.category);
    json.key("abuse").value(tag.abuse);
    write_texts(json, "concepts", tag.concepts);
    json.key("confidence").value(tag.confidence);
    json.key("level").value(tag.level);
    json.key("is_cluster_definer").value(tag.is_cluster_definer);
    json.key("currency").value(tag.currency);
    json.key("network").value(tag.network);
    json.key("source").value(tag.source);
    json.key("lastmod").value(tag.lastmod);
    json.key("tag_type").value(tag.tag_type);
    json.key("service").value(tag.service);
    json.key("pack").value(tag.pack);
    json.key("title").value(tag.title);
    json.key("creator").value(tag.creator);
    json.key("sha256").value(tag.sha256);
    json.key("line").value(tag.line);
    json.close_object();
  }
  json.close_list().close_object();
  return json.take();
}

}  // namespace tracehound::evidence
