// tags import|show|list: what is known of addresses, and who says so.
#include <fmt/format.h>

#include <chrono>
#include <iostream>
#include <iterator>

#include "base/json.h"
#include "base/text.h"
#include "cli/verb.h"
#include "tags/store.h"

namespace tracehound::cli {

namespace {

constexpr std::size_t kMostComplaints = 10;

Result<tags::TagPack> read_pack(Context& context, const std::string& file) {
  if (file == "-") {
    std::string text(std::istreambuf_iterator<char>(std::cin), {});
    return tags::parse_tagpack(as_bytes(text), "standard input");
  }
  TRY(check_file_name(file));
  return tags::read_tagpack(context.files, file);
}

std::unexpected<Error> nothing_to_import(const std::vector<std::string>& paths) {
  bool one = paths.size() == 1;
  std::string holds = one ? (paths.front() == "-" ? "standard input" : paths.front()) + " holds"
                          : "these files hold";
  return bad_input(fmt::format("nothing to import: {} no tag that can be used; check that {}",
                               holds,
                               one ? "this is the right file, and its list named tags"
                                   : "these are the right files, and their lists named tags"));
}

Status run_import(Context& context, const std::vector<std::string>& paths) {
  // A store belongs to a ledger: refuse to leave one in a folder that has none.
  TRY_ASSIGN(auto open, open_ledger(context));
  std::vector<tags::TagPack> packs;
  std::uint64_t found = 0;
  for (const std::string& path : paths) {
    TRY_ASSIGN(auto pack, read_pack(context, path));
    for (std::size_t i = 0; i < pack.complaints.size() && i < kMostComplaints; ++i) {
      say(context,
          fmt::format("{}:{}: {}", path, pack.complaints[i].line, pack.complaints[i].text));
    }
    if (pack.complaint_count > kMostComplaints) {
      say(context,
          fmt::format("{}: {} more like these", path, pack.complaint_count - kMostComplaints));
    }
    found += pack.tags.size();
    packs.push_back(std::move(pack));
  }
  if (found == 0) return nothing_to_import(paths);
  auto now = std::chrono::system_clock::now().time_since_epoch();
  TRY_ASSIGN(auto store, tags::TagStore::open_to_write(context.ledger));
  TRY_ASSIGN(auto added,
             store.add(packs, std::chrono::duration_cast<std::chrono::seconds>(now).count()));
  std::string text;
  for (const tags::AddedPack& pack : added) {
    text += fmt::format("{}: {}{}{}\n", pack.file, plural(pack.tags, "tag"),
                        pack.skipped > 0 ? fmt::format(", {} skipped", pack.skipped) : "",
                        pack.was_there ? ", already there" : "");
  }
  return context.quiet ? Status{} : print(text);
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
  json.key("pack").open_object().key("file").value(tag.pack.file);
  json.key("line").value(tag.line).key("title").value(tag.pack.title);
  json.key("creator").value(tag.pack.creator);
  json.key("sha256").value(tags::sha256_text(tag.pack.sha256)).close_object();
  json.close_object();
}

std::string tag_text(const tags::Tag& tag) {
  const tags::Attribution& said = tag.attribution;
  std::string text = fmt::format("{}\n", said.label);
  auto line = [&](std::string_view name, std::string_view value) {
    if (!value.empty()) text += fmt::format("  {:<11} {}\n", name, value);
  };
  line("actor", said.actor);
  line("category", said.category);
  line("abuse", said.abuse);
  line("confidence", fmt::format("{} ({} of 100)", said.confidence.id, said.confidence.level));
  line("chain", fmt::format("{} {}", said.currency, said.network));
  line("source", said.source);
  line("lastmod", said.lastmod);
  line("pack",
       fmt::format("{}:{}, {} ({})", tag.pack.file, tag.line, tag.pack.title, tag.pack.creator));
  return text;
}

struct ShowOptions {
  std::vector<std::string> addresses;
  std::string json;
};

Status run_show(Context& context, const ShowOptions& options) {
  TRY_ASSIGN(auto addresses, with_stdin(options.addresses));
  TRY_ASSIGN(auto open, open_ledger(context));
  TRY_ASSIGN(auto store, tags::TagStore::open_to_read(context.ledger));
  std::string text;
  JsonWriter json;
  std::uint64_t found = 0;
  json.open_object().key("schema").value("tracehound.tags/1").key("found").open_list();
  for (const std::string& address : addresses) {
    TRY_ASSIGN(auto all, store.find(address, open.ledger.chain()));
    json.open_object().key("address").value(address).key("tags").open_list();
    if (addresses.size() > 1) text += fmt::format("{}: {}\n", address, plural(all.size(), "tag"));
    for (const tags::Tag& tag : all) {
      tag_json(tag, json);
      text += tag_text(tag);
    }
    json.close_list().close_object();
    found += all.size();
  }
  json.close_list().close_object();
  if (!options.json.empty()) return write_output(context, options.json, json.take());
  if (found == 0) {
    return fail(ErrorKind::no,
                fmt::format("no tag in {} names {}", context.ledger,
                            addresses.size() == 1 ? addresses.front() : "any of these addresses"));
  }
  return print(text);
}

Status run_list(Context& context) {
  TRY_ASSIGN(auto open, open_ledger(context));
  TRY_ASSIGN(auto store, tags::TagStore::open_to_read(context.ledger));
  TRY_ASSIGN(auto packs, store.packs());
  std::vector<std::vector<std::string>> rows = {{"pack", "tags", "skipped", "title", "sha256"}};
  for (const tags::StoredPack& pack : packs) {
    rows.push_back({pack.info.file, fmt::format("{}", pack.tags), fmt::format("{}", pack.skipped),
                    pack.info.title, tags::sha256_text(pack.info.sha256).substr(0, 16)});
  }
  if (packs.empty()) {
    return fail(ErrorKind::no, fmt::format("no tags have been imported into {}", context.ledger));
  }
  return print(table_text(rows, {false, true, true, false, false}));
}

}  // namespace

void add_tags(CLI::App& app, Context& context) {
  CLI::App* group = app.add_subcommand("tags", "who is known by which address, and who says so");
  group->require_subcommand(1);
  add_example(*group,
              "tracehound tags import packs/*.yaml --ledger L\n"
              "  tracehound tags show 134r8iHv69xdT6p5qVKTsHrcUEuBVZAYak --ledger L");

  CLI::App* import = group->add_subcommand("import", "take TagPacks (YAML) into the ledger");
  auto files = std::make_shared<std::vector<std::string>>();
  import->add_option("FILE", *files, "TagPack files, all or none; - is standard input")->required();
  add_common(*import, context);
  add_example(*import, "tracehound tags import packs/*.yaml --ledger L");
  import->callback([&context, files] {
    context.work = [&context, files] { return run_import(context, *files); };
  });

  CLI::App* show = group->add_subcommand("show", "every tag of an address");
  auto options = std::make_shared<ShowOptions>();
  show->add_option("ADDRESS", options->addresses, "one or more; - reads them from standard input")
      ->required();
  show->add_option("--json", options->json, "write JSON there instead; - is standard output")
      ->type_name("FILE|-");
  add_common(*show, context);
  add_example(*show, "tracehound tags show 134r8iHv69xdT6p5qVKTsHrcUEuBVZAYak --ledger L");
  show->callback([&context, options] {
    context.work = [&context, options] { return run_show(context, *options); };
  });

  CLI::App* list = group->add_subcommand("list", "the packs that were imported");
  add_common(*list, context);
  add_example(*list, "tracehound tags list --ledger L");
  list->callback([&context] { context.work = [&context] { return run_list(context); }; });
}

}  // namespace tracehound::cli
