// Reading bundle.json and tags.json. Fields are looked up by name and each must be of its form;
// then what was read is written anew and compared, which leaves no room for anything else: a field
// too many, another order, a number written in another way.
#include <fmt/format.h>
#include <simdjson.h>

#include <charconv>
#include <limits>

#include "base/text.h"
#include "evidence/statement.h"

namespace tracehound::evidence {

namespace {

namespace dom = simdjson::dom;

// What is wrong, for the first thing that is; readers after that give nothing of use.
class Reader {
 public:
  bool ok() const { return wrong_.empty(); }
  std::unexpected<Error> error() const { return bad_input(wrong_); }
  void fail(std::string_view key, std::string_view what) {
    if (ok()) wrong_ = fmt::format("its field {} {}", key, what);
  }

  std::string text(dom::element from, std::string_view key) {
    std::string_view found;
    if (from[key].get_string().get(found) != simdjson::SUCCESS) fail(key, "is missing or no text");
    return std::string(found);
  }
  std::string text_or_null(dom::element from, std::string_view key) {
    dom::element found;
    if (from[key].get(found) == simdjson::SUCCESS && found.is_null()) return {};
    return text(from, key);
  }
  std::uint32_t number(dom::element from, std::string_view key) {
    std::uint64_t found = 0;
    if (from[key].get_uint64().get(found) != simdjson::SUCCESS ||
        found > std::numeric_limits<std::uint32_t>::max()) {
      fail(key, "is missing or no number below 2^32");
      return 0;
    }
    return static_cast<std::uint32_t>(found);
  }
  std::optional<std::uint32_t> number_or_null(dom::element from, std::string_view key) {
    dom::element found;
    if (from[key].get(found) == simdjson::SUCCESS && found.is_null()) return std::nullopt;
    return number(from, key);
  }
  bool truth(dom::element from, std::string_view key) {
    bool found = false;
    if (from[key].get_bool().get(found) != simdjson::SUCCESS) fail(key, "is no true or false");
    return found;
  }
  Amount amount(dom::element from, std::string_view key) {
    std::string digits = text(from, key);
    Amount found = 0;
    auto [end, failure] = std::from_chars(digits.data(), digits.data() + digits.size(), found);
    if (failure != std::errc{} || end != digits.data() + digits.size()) {
      fail(key, "is no amount");
    }
    return found;
  }
  Hash256 hash(dom::element from, std::string_view key) {
    auto found = Hash256::from_text(text(from, key));
    if (!found) fail(key, "is no hash of 64 hexadecimal digits");
    return found.value_or(Hash256{});
  }
  ledger::Outpoint coin(dom::element from, std::string_view key) {
    std::string words = text(from, key);
    std::size_t colon = std::min(words.find(':'), words.size());
    auto txid = Hash256::from_text(std::string_view(words).substr(0, colon));
    ledger::Outpoint found;
    const char* begin = words.data() + std::min(colon + 1, words.size());
    auto [end, failure] = std::from_chars(begin, words.data() + words.size(), found.index);
    if (!txid || failure != std::errc{} || end != words.data() + words.size()) {
      fail(key, "is no coin TXID:VOUT");
      return found;
    }
    found.txid = *txid;
    return found;
  }
  dom::array list(dom::element from, std::string_view key) {
    dom::array found;
    if (from[key].get_array().get(found) != simdjson::SUCCESS) fail(key, "is missing or no list");
    return found;
  }
  // each(element) for all elements of a list.
  template <typename Each>
  void each(dom::element from, std::string_view key, Each each_one) {
    dom::array found = list(from, key);
    if (!ok()) return;
    for (dom::element element : found) each_one(element);
  }
  std::vector<std::string> texts(dom::element from, std::string_view key) {
    std::vector<std::string> found;
    each(from, key, [&](dom::element element) {
      std::string_view one;
      if (element.get_string().get(one) != simdjson::SUCCESS) fail(key, "has what is no text");
      found.emplace_back(one);
    });
    return found;
  }

 private:
  std::string wrong_;
};

Asked read_asked(Reader& reader, dom::element from) {
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

StatedStop read_stop(Reader& reader, dom::element from) {
  using trace::DestinationKind;
  StatedStop stop;
  stop.address = reader.text(from, "address");
  std::string kind = reader.text(from, "kind");
  bool known = false;
  for (auto one : {DestinationKind::service, DestinationKind::crossed, DestinationKind::burned}) {
    if (trace::name_of(one) != kind) continue;
    stop.kind = one;
    known = true;
  }
  if (!known) reader.fail("kind", "is not service, crossed or burned");
  stop.service = reader.number_or_null(from, "service");
  reader.each(from, "tags", [&](dom::element element) {
    std::uint64_t number = 0;
    if (element.get_uint64().get(number) != simdjson::SUCCESS) reader.fail("tags", "is no list");
    stop.tags.push_back(static_cast<std::uint32_t>(number));
  });
  reader.each(from, "steps", [&](dom::element step) {
    stop.steps.push_back({reader.hash(step, "transaction"), reader.text(step, "address")});
  });
  stop.not_shown = reader.text_or_null(from, "not_shown");
  return stop;
}

Statement read_statement(Reader& reader, dom::element from) {
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
    statement.services.push_back({reader.text(service, "name"), reader.text(service, "category")});
  });
  reader.each(from, "stops",
              [&](dom::element stop) { statement.stops.push_back(read_stop(reader, stop)); });
  reader.each(from, "mixes", [&](dom::element mix) {
    statement.mixes.push_back({reader.hash(mix, "transaction"), reader.text(mix, "protocol")});
  });
  return statement;
}

UsedTag read_tag(Reader& reader, dom::element from) {
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

// The document's root, held by `parser`. Errors: it is none of that schema.
Result<dom::element> open_document(dom::parser& parser, std::string_view text,
                                   std::string_view schema) {
  dom::element root;
  auto failure = parser.parse(text.data(), text.size()).get(root);
  if (failure != simdjson::SUCCESS) {
    return bad_input(fmt::format("is no JSON ({})", simdjson::error_message(failure)));
  }
  std::string_view found;
  if (root["schema"].get_string().get(found) != simdjson::SUCCESS || found != schema) {
    return bad_input(fmt::format("is not of the schema {}", schema));
  }
  return root;
}

// The first line that is not as it must be.
Status check_form(std::string_view text, std::string_view form) {
  if (text == form) return {};
  std::size_t at = 0;
  while (at < text.size() && at < form.size() && text[at] == form[at]) ++at;
  auto line = 1 + std::count(text.begin(), text.begin() + static_cast<std::ptrdiff_t>(at), '\n');
  return bad_input(fmt::format("has in line {} what does not belong there", line));
}

}  // namespace

Result<Statement> parse_statement(std::string_view text) {
  dom::parser parser;
  TRY_ASSIGN(dom::element root, open_document(parser, text, "tracehound.evidence/1"));
  Reader reader;
  Statement statement = read_statement(reader, root);
  if (!reader.ok()) return reader.error();
  TRY(check_form(text, write_statement(statement)));
  return statement;
}

Result<std::vector<UsedTag>> parse_tags(std::string_view text) {
  dom::parser parser;
  TRY_ASSIGN(dom::element root, open_document(parser, text, "tracehound.evidence-tags/1"));
  Reader reader;
  std::vector<UsedTag> tags;
  reader.each(root, "tags", [&](dom::element tag) { tags.push_back(read_tag(reader, tag)); });
  if (!reader.ok()) return reader.error();
  TRY(check_form(text, write_tags(tags)));
  return tags;
}

}  // namespace tracehound::evidence
