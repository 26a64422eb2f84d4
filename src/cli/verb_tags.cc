// tags show|list, and the group of commands: what is known of addresses, and who says so.
#include "cli/verb_tags.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <array>
#include <iostream>
#include <iterator>
#include <set>

#include "base/json.h"
#include "base/text.h"
#include "chains/bitcoin/address.h"
#include "chains/ethereum/checksum.h"
#include "cli/accounts.h"
#include "tags/contradictions.h"
#include "tags/store.h"

namespace tracehound::cli {

// ---- shared -------------------------------------------------------------------------------------

void add_source_options(CLI::App& command, SourceWords& words) {
  command
      .add_option("--format", words.format,
                  "tagpack, ofac, sanctions (of the UK, EU, UN), list, csv or words; else by the "
                  "file's name: .xml is ofac or sanctions, .csv and .tsv csv, .txt list, others "
                  "tagpack")
      ->type_name("NAME");
  command
      .add_option("--map", words.columns,
                  "of csv: the column that holds a field, such as Wallet=address")
      ->type_name("COLUMN=FIELD")
      ->allow_extra_args(false);
  command
      .add_option("--set", words.more,
                  "a field where the file leaves it open, such as currency=BTC")
      ->type_name("FIELD=VALUE")
      ->allow_extra_args(false);
}

Result<tags::SourceOptions> source_options(const SourceWords& words) {
  tags::SourceOptions options;
  if (!words.format.empty()) {
    auto format = tags::source_format_named(words.format);
    if (!format) {
      return fail(ErrorKind::usage,
                  fmt::format("--format {} is none of tagpack, ofac, sanctions, list, csv, words",
                              words.format));
    }
    options.format = *format;
  }
  for (const std::string& word : words.columns) {
    auto cut = word.rfind('=');
    if (cut == word.npos || cut == 0) {
      return fail(ErrorKind::usage, fmt::format("--map {} is not COLUMN=FIELD", word));
    }
    options.columns[word.substr(0, cut)] = word.substr(cut + 1);
  }
  for (const std::string& word : words.more) {
    auto cut = word.find('=');
    auto field = tags::field_named(word.substr(0, std::min(cut, word.size())));
    if (cut == word.npos || !field || *field >= tags::Field::owner) {
      return fail(ErrorKind::usage,
                  fmt::format("--set {} is not FIELD=VALUE with a field of a tag pack", word));
    }
    std::string fault;
    std::string text = tags::is_utf8(word) ? tags::usable_text(*field, word.substr(cut + 1), fault)
                                           : (fault = "it is not UTF-8");
    if (!fault.empty()) return fail(ErrorKind::usage, fmt::format("--set {}: {}", word, fault));
    options.more.set(*field, text);
  }
  return options;
}

Result<std::string> chain_under_tags(Context& context) {
  if (has_accounts(context)) {
    TRY_ASSIGN(auto ledger, ledger::accounts::Ledger::open(context.files, context.ledger));
    return std::string(ledger.chain());
  }
  TRY_ASSIGN(auto open, open_ledger(context));
  return std::string(open.ledger.chain());
}

tags::AddressTest address_test() {
  using chains::bitcoin::find_network_of_chain;
  using chains::bitcoin::parse_address;
  auto fault = [](std::string_view chain, std::string_view address) -> std::string {
    const auto* network = find_network_of_chain(chain);
    if (network == nullptr) return chains::ethereum::fault_of_capitals(chain, address);
    auto parsed = parse_address(*network, address);
    return parsed ? "" : parsed.error().message;
  };
  auto chain_of = [](std::string_view address) -> std::string {
    for (std::string_view chain : {"bitcoin:main", "litecoin:main"}) {
      if (parse_address(*find_network_of_chain(chain), address)) return std::string(chain);
    }
    return "";
  };
  return {.fault = fault, .chain_of = chain_of};
}

Result<tags::TagPack> read_pack(Context& context, const std::string& file,
                                const tags::SourceOptions& options) {
  if (file == "-") {
    std::string text(std::istreambuf_iterator<char>(std::cin), {});
    return tags::parse_source(as_bytes(text), std::string(tags::kStandardInput), options,
                              address_test());
  }
  TRY(check_file_name(file));
  return tags::read_source(context.files, file, options, address_test());
}

Result<std::optional<std::int64_t>> moment_of(const std::string& text) {
  if (text.empty()) return std::nullopt;
  auto moment = parse_utc(text);
  if (!moment) {
    return fail(ErrorKind::usage,
                fmt::format("'{}' is no moment such as 2024-01-31 or 2024-01-31T12:00:00Z", text));
  }
  constexpr std::int64_t kDay = 86'400;
  bool whole_day = text.find('T') == text.npos;
  return std::int64_t{*moment} + (whole_day ? kDay - 1 : 0);
}

std::string size_of_pack(std::uint64_t tags, std::uint64_t actors) {
  if (actors == 0) return plural(tags, "tag");
  std::string text = plural(actors, "actor");
  return tags == 0 ? text : fmt::format("{}, {}", plural(tags, "tag"), text);
}

namespace {

// ---- show ---------------------------------------------------------------------------------------

void pack_json(const tags::PackInfo& pack, JsonWriter& json) {
  json.key("title").value(pack.title).key("creator").value(pack.creator);
  json.key("sha256").value(tags::sha256_text(pack.sha256));
}

void tag_json(const tags::Tag& tag, JsonWriter& json) {
  const tags::Attribution& said = tag.attribution;
  json.open_object().key("label").value(said.label);
  json.key("actor").value(said.actor).key("category").value(said.category);
  json.key("abuse").value(said.abuse).key("concepts").open_list();
  for (const std::string& word : said.concepts) json.value(word);
  json.close_list().key("confidence").value(said.confidence.id);
  json.key("confidence_level").value(said.confidence.level);
  json.key("is_cluster_definer").value(said.is_cluster_definer);
  json.key("currency").value(said.currency).key("network").value(said.network);
  json.key("source").value(said.source).key("lastmod").value(said.lastmod);
  json.key("tag_type").value(said.tag_type).key("context").value(said.context);
  json.key("pack").open_object().key("file").value(tag.pack.file);
  json.key("line").value(tag.line);
  pack_json(tag.pack, json);
  json.close_object().close_object();
}

// "Binance, www.binance.com, exchange".
std::string actor_text(const tags::Actor& actor) {
  std::string text = actor.label;
  if (!actor.uri.empty()) text += ", " + actor.uri;
  if (!actor.categories.empty()) text += fmt::format(", {}", fmt::join(actor.categories, " "));
  return text;
}

Result<std::string> tag_text(const tags::Tag& tag, tags::TagStore& store) {
  const tags::Attribution& said = tag.attribution;
  std::string text = fmt::format("{}\n", said.label);
  auto line = [&](std::string_view name, std::string_view value) {
    if (!value.empty()) text += fmt::format("  {:<11} {}\n", name, value);
  };
  TRY_ASSIGN(auto actor, store.actor(said.actor));
  line("actor", actor ? fmt::format("{} ({})", said.actor, actor_text(*actor)) : said.actor);
  line("category", said.category);
  line("abuse", said.abuse);
  line("confidence", fmt::format("{} ({} of 100)", said.confidence.id, said.confidence.level));
  line("chain", fmt::format("{} {}", said.currency, said.network));
  line("source", said.source);
  line("lastmod", said.lastmod);
  line("context", said.context);
  line("pack",
       fmt::format("{}:{}, {} ({})", tag.pack.file, tag.line, tag.pack.title, tag.pack.creator));
  return text;
}

struct ShowOptions {
  std::vector<std::string> addresses;
  std::string json;
  std::string as_of;
};

// Appends what is known of one address to the text and the JSON; gives the number of its tags.
Result<std::uint64_t> show_address(tags::TagStore& store, std::string_view chain,
                                   const std::string& address, std::string& text,
                                   JsonWriter& json) {
  TRY_ASSIGN(auto all, store.find(address, chain));
  if (all.empty()) {  // a tag of another chain stops nothing here, but whoever asks is told of it
    TRY_ASSIGN(all, store.find(address));
  }
  TRY_ASSIGN(auto quarrels, tags::contradictions_in(store, all));
  json.open_object().key("address").value(address).key("tags").open_list();
  std::set<std::string> actors;
  for (const tags::Tag& tag : all) {
    tag_json(tag, json);
    TRY_ASSIGN(std::string one, tag_text(tag, store));
    text += one;
    if (!tag.attribution.actor.empty()) actors.insert(tag.attribution.actor);
  }
  json.close_list().key("actors").open_list();
  for (const std::string& id : actors) {
    TRY_ASSIGN(auto actor, store.actor(id));
    if (!actor) continue;
    json.open_object().key("id").value(actor->id).key("label").value(actor->label);
    json.key("uri").value(actor->uri).key("categories").open_list();
    for (const std::string& category : actor->categories) json.value(category);
    json.close_list().key("jurisdictions").open_list();
    for (const std::string& country : actor->jurisdictions) json.value(country);
    json.close_list().close_object();
  }
  json.close_list().key("contradictions").open_list();
  for (const tags::Contradiction& one : quarrels) {
    json.value(tags::text_of(one));
    text += fmt::format("contradiction: {}\n", tags::text_of(one));
  }
  json.close_list().close_object();
  return all.size();
}

Status run_show(Context& context, const ShowOptions& options) {
  TRY_ASSIGN(auto as_of, moment_of(options.as_of));
  TRY_ASSIGN(auto addresses, with_stdin(options.addresses));
  TRY_ASSIGN(std::string chain, chain_under_tags(context));
  TRY_ASSIGN(auto store, tags::TagStore::open_to_read(context.ledger, as_of));
  std::string text;
  JsonWriter json;
  std::uint64_t found = 0;
  json.open_object().key("schema").value("tracehound.tags/1").key("found").open_list();
  for (const std::string& address : addresses) {
    std::string of_one;
    TRY_ASSIGN(std::uint64_t tags, show_address(store, chain, address, of_one, json));
    if (addresses.size() > 1) text += fmt::format("{}: {}\n", address, plural(tags, "tag"));
    text += of_one;
    found += tags;
  }
  json.close_list().close_object();
  if (!options.json.empty()) TRY(write_output(context, options.json, json.take()));
  if (found == 0) {
    return fail(ErrorKind::no,
                fmt::format("no tag in {} {} {}", context.ledger,
                            options.as_of.empty() ? "names" : "then named",
                            addresses.size() == 1 ? addresses.front() : "any of these addresses"));
  }
  return options.json.empty() ? print(text) : Status{};
}

// ---- list ---------------------------------------------------------------------------------------

struct ListOptions {
  std::string json;
  std::string as_of;
};

std::string list_json(const std::vector<tags::StoredPack>& packs) {
  JsonWriter json;
  json.open_object().key("schema").value("tracehound.tag_packs/1").key("packs").open_list();
  for (const tags::StoredPack& pack : packs) {
    json.open_object().key("file").value(pack.info.file);
    pack_json(pack.info, json);
    json.key("read_as").value(pack.info.recipe).key("tags").value(pack.tags);
    json.key("actors").value(pack.actors).key("skipped").value(pack.skipped);
    json.key("imported_at").value(pack.added_at).close_object();
  }
  return json.close_list().close_object().take();
}

Status run_list(Context& context, const ListOptions& options) {
  TRY_ASSIGN(auto as_of, moment_of(options.as_of));
  TRY(chain_under_tags(context));
  TRY_ASSIGN(auto store, tags::TagStore::open_to_read(context.ledger, as_of));
  TRY_ASSIGN(auto packs, store.packs());
  if (!options.json.empty()) TRY(write_output(context, options.json, list_json(packs)));
  std::vector<std::vector<std::string>> rows = {
      {"pack", "tags", "actors", "skipped", "imported", "title", "sha256"}};
  for (const tags::StoredPack& pack : packs) {
    rows.push_back({pack.info.file, fmt::format("{}", pack.tags), fmt::format("{}", pack.actors),
                    fmt::format("{}", pack.skipped),
                    utc_text(static_cast<std::uint64_t>(pack.added_at)).substr(0, 10),
                    pack.info.title, tags::sha256_text(pack.info.sha256).substr(0, 16)});
  }
  if (packs.empty()) {
    return fail(ErrorKind::no,
                fmt::format("no tags {} imported into {}",
                            options.as_of.empty() ? "have been" : "had then been", context.ledger));
  }
  if (!options.json.empty()) return {};
  return print(table_text(rows, {false, true, true, true, false, false, false}));
}

void add_as_of(CLI::App& command, std::string& as_of) {
  command.add_option("--as-of", as_of, "what was believed then; a day means its end (UTC)")
      ->type_name("DATE");
}

void add_tags_show(CLI::App& group, Context& context) {
  CLI::App* show = group.add_subcommand("show", "every tag of an address");
  auto options = std::make_shared<ShowOptions>();
  show->add_option("ADDRESS", options->addresses, "one or more; - reads them from standard input")
      ->required();
  add_as_of(*show, options->as_of);
  show->add_option("--json", options->json, "write JSON there instead; - is standard output")
      ->type_name("FILE|-");
  add_common(*show, context);
  add_example(*show, "tracehound tags show 134r8iHv69xdT6p5qVKTsHrcUEuBVZAYak --ledger L");
  show->callback([&context, options] {
    context.work = [&context, options] { return run_show(context, *options); };
  });
}

void add_tags_list(CLI::App& group, Context& context) {
  CLI::App* list = group.add_subcommand("list", "the packs that are believed");
  auto options = std::make_shared<ListOptions>();
  add_as_of(*list, options->as_of);
  list->add_option("--json", options->json, "write JSON there instead; - is standard output")
      ->type_name("FILE|-");
  add_common(*list, context);
  add_example(*list, "tracehound tags list --ledger L");
  list->callback([&context, options] {
    context.work = [&context, options] { return run_list(context, *options); };
  });
}

}  // namespace

void add_tags(CLI::App& app, Context& context) {
  CLI::App* group = app.add_subcommand("tags", "who is known by which address, and who says so");
  group->require_subcommand(1);
  add_example(*group,
              "tracehound tags import packs/*.yaml sdn_advanced.xml --ledger L\n"
              "  tracehound tags show 134r8iHv69xdT6p5qVKTsHrcUEuBVZAYak --ledger L");
  add_tags_import(*group, context);
  add_tags_show(*group, context);
  add_tags_list(*group, context);
  add_tags_remove(*group, context);
  add_tags_check(*group, context);
  add_tags_diff(*group, context);
}

}  // namespace tracehound::cli
