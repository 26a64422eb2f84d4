// Reading bundle.json and tags.json.
#include "evidence/json_reader.h"
#include "evidence/statement.h"

namespace tracehound::evidence {

namespace {

Asked read_asked(JsonReader& reader, dom::element from) {
  Asked asked;
  asked.label_by = reader.text(from, "label_by");
  asked.methods = reader.texts(from, "methods");
  asked.fees = reader.text(from, "fees");
  asked.mix = reader.text(from, "mix");
  asked.clusters = reader.text(from, "clusters");
  asked.stop_at = reader.texts(from, "stop_at");
  asked.through = reader.texts(from, "through");
  asked.min_amount = reader.amount(from, "min_amount");
  asked.max_hops = reader.number_or_null(from, "max_hops");
  asked.until = reader.number_or_null(from, "until");
  asked.as_of = reader.text_or_null(from, "as_of");
  return asked;
}

StatedStop read_stop(JsonReader& reader, dom::element from) {
  StatedStop stop;
  stop.address = reader.text(from, "address");
  stop.kind = read_stop_kind(reader, from);
  stop.service = reader.number_or_null(from, "service");
  stop.tags = reader.numbers(from, "tags");
  reader.each(from, "steps", [&](dom::element step) {
    stop.steps.push_back({reader.hash(step, "transaction"), reader.text(step, "address")});
  });
  stop.not_shown = reader.text_or_null(from, "not_shown");
  return stop;
}

Statement read_statement(JsonReader& reader, dom::element from) {
  Statement statement;
  statement.engine = reader.text(from, "engine");
  statement.chain = reader.text(from, "chain");
  statement.first_header = reader.number(from, "first_header");
  dom::element tip;
  if (from["tip"].get(tip) != simdjson::SUCCESS) {
    reader.fail("tip", "is missing");
    return statement;
  }
  statement.tip = reader.number(tip, "height");
  statement.tip_hash = reader.hash(tip, "hash");
  dom::element question;
  if (from["question"].get(question) != simdjson::SUCCESS) {
    reader.fail("question", "is missing");
    return statement;
  }
  statement.asked = read_asked(reader, question);
  statement.labels = reader.texts(from, "labels");
  reader.each(from, "seeds", [&](dom::element seed) {
    statement.seeds.push_back({reader.coin(seed, "coin"), reader.amount(seed, "first"),
                               reader.amount(seed, "end"), reader.number(seed, "label")});
  });
  reader.each(from, "services", [&](dom::element service) {
    statement.services.push_back(read_service(reader, service));
  });
  reader.each(from, "stops",
              [&](dom::element stop) { statement.stops.push_back(read_stop(reader, stop)); });
  reader.each(from, "mixes", [&](dom::element mix) {
    StatedMix& stated = statement.mixes.emplace_back();
    stated.transaction = reader.hash(mix, "transaction");
    stated.protocol = reader.text(mix, "protocol");
    reader.each(mix, "changes", [&](dom::element change) {
      stated.changes.push_back({reader.number(change, "input"), reader.number(change, "output")});
    });
  });
  return statement;
}

UsedTag read_tag(JsonReader& reader, dom::element from) {
  UsedTag tag;
  tag.address = reader.text(from, "address");
  tag.label = reader.text(from, "label");
  tag.actor = reader.text(from, "actor");
  tag.category = reader.text(from, "category");
  tag.abuse = reader.text(from, "abuse");
  tag.concepts = reader.texts(from, "concepts");
  tag.confidence = reader.text(from, "confidence");
  tag.level = reader.number(from, "level");
  tag.is_cluster_definer = reader.truth(from, "is_cluster_definer");
  tag.currency = reader.text(from, "currency");
  tag.network = reader.text(from, "network");
  tag.source = reader.text(from, "source");
  tag.lastmod = reader.text(from, "lastmod");
  tag.tag_type = reader.text(from, "tag_type");
  tag.service = reader.text(from, "service");
  tag.pack = reader.text(from, "pack");
  tag.title = reader.text(from, "title");
  tag.creator = reader.text(from, "creator");
  tag.sha256 = reader.text(from, "sha256");
  tag.line = reader.number(from, "line");
  return tag;
}

}  // namespace

Result<Statement> parse_statement(std::string_view text) {
  dom::parser parser;
  TRY_ASSIGN(dom::element root, open_document(parser, text, "tracehound.evidence/1"));
  JsonReader reader;
  Statement statement = read_statement(reader, root);
  if (!reader.ok()) return reader.error();
  TRY(check_form(text, write_statement(statement)));
  return statement;
}

Result<std::vector<UsedTag>> parse_tags(std::string_view text) {
  dom::parser parser;
  TRY_ASSIGN(dom::element root, open_document(parser, text, "tracehound.evidence-tags/1"));
  JsonReader reader;
  std::vector<UsedTag> tags;
  reader.each(root, "tags", [&](dom::element tag) { tags.push_back(read_tag(reader, tag)); });
  if (!reader.ok()) return reader.error();
  TRY(check_form(text, write_tags(tags)));
  return tags;
}

}  // namespace tracehound::evidence
