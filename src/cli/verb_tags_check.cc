// tags check|diff: what is wrong with packs, and what changed between two.
#include <fmt/format.h>

#include <algorithm>
#include <filesystem>
#include <set>

#include "base/json.h"
#include "base/text.h"
#include "cli/verb_tags.h"
#include "tags/diff.h"
#include "tags/lint.h"
#include "tags/store.h"

namespace tracehound::cli {

namespace {

// ---- check --------------------------------------------------------------------------------------

struct CheckOptions {
  std::vector<std::string> files;
  SourceWords source;
  std::string json;
};

struct CheckedFile {
  std::string path;
  std::string refusal;  // a sentence, where the file cannot be read at all
  tags::TagPack pack;
  tags::Findings findings;
};

Status check_can_open(Context& context, const std::string& path) {
  if (path == "-") return {};
  TRY(check_file_name(path));
  auto file = context.files.open_read(path);
  return file ? Status{} : bad_input(file.error().message);
}

Result<std::vector<CheckedFile>> check_files(Context& context, const CheckOptions& options) {
  TRY_ASSIGN(tags::SourceOptions how, source_options(options.source));
  std::vector<CheckedFile> files;
  std::set<std::string> actors;
  for (const std::string& path : options.files) {
    CheckedFile file{.path = path, .refusal = {}, .pack = {}, .findings = {}};
    // What cannot be opened is no pack with a fault; what cannot be read as one is.
    TRY(check_can_open(context, path));
    auto pack = read_pack(context, path, how);
    if (pack) {
      file.pack = std::move(*pack);
    } else {
      file.refusal = pack.error().message;
    }
    for (const tags::Actor& actor : file.pack.actors) {
      actors.insert(actor.id);
      actors.insert(actor.aliases.begin(), actor.aliases.end());
    }
    files.push_back(std::move(file));
  }
  tags::AddressTest test = address_test();
  for (CheckedFile& file : files) {
    if (file.refusal.empty()) file.findings = tags::check_pack(file.pack, test, actors);
  }
  return files;
}

std::string check_json(const std::vector<CheckedFile>& files) {
  JsonWriter json;
  json.open_object().key("schema").value("tracehound.tag_check/1").key("files").open_list();
  for (const CheckedFile& file : files) {
    json.open_object().key("file").value(file.path).key("refused").value(file.refusal);
    json.key("tags").value(file.pack.tags.size()).key("actors").value(file.pack.actors.size());
    json.key("skipped").value(file.pack.skipped).key("finding_count").value(file.findings.count);
    json.key("findings").open_list();
    for (const tags::Complaint& one : file.findings.list) {
      json.open_object().key("line").value(one.line).key("text").value(one.text).close_object();
    }
    json.close_list().close_object();
  }
  return json.close_list().close_object().take();
}

Status run_check(Context& context, const CheckOptions& options) {
  TRY_ASSIGN(auto files, check_files(context, options));
  std::string text;
  std::uint64_t findings = 0;
  std::uint64_t tags = 0;
  std::uint64_t actors = 0;
  std::uint64_t faulty = 0;
  for (const CheckedFile& file : files) {
    if (!file.refusal.empty()) text += file.refusal + "\n";
    for (const tags::Complaint& one : file.findings.list) {
      text += fmt::format("{}:{}: {}\n", file.path, one.line, one.text);
    }
    std::uint64_t unsaid = file.findings.count - file.findings.list.size();
    if (unsaid > 0) text += fmt::format("{}: {} more findings\n", file.path, unsaid);
    std::uint64_t of_file = file.findings.count + (file.refusal.empty() ? 0 : 1);
    findings += of_file;
    faulty += of_file > 0 ? 1 : 0;
    tags += file.pack.tags.size();
    actors += file.pack.actors.size();
  }
  if (!options.json.empty()) {
    TRY(write_output(context, options.json, check_json(files)));
  } else if (!text.empty()) {
    TRY(print(text));
  }
  std::string read =
      fmt::format("{}, {}", plural(files.size(), "file"), size_of_pack(tags, actors));
  if (findings > 0) {
    return fail(ErrorKind::no,
                fmt::format("{} in {} of {}", plural(findings, "finding"), faulty, read));
  }
  say(context, fmt::format("nothing to object to in {}", read));
  return {};
}

// ---- diff ---------------------------------------------------------------------------------------

struct DiffOptions {
  std::string before;
  std::string now;
  SourceWords source;
  std::string json;
};

// A file, or else a pack that the ledger has.
Result<tags::TagPack> file_or_pack(Context& context, const std::string& name,
                                   const tags::SourceOptions& how) {
  std::error_code unknown;
  if (name == "-" || std::filesystem::exists(name, unknown)) return read_pack(context, name, how);
  TRY(chain_under_tags(context));
  TRY_ASSIGN(auto store, tags::TagStore::open_to_read(context.ledger));
  return store.pack(name);
}

std::string diff_text(const std::vector<tags::Change>& changes) {
  std::string text;
  std::uint64_t counts[3] = {};
  for (const tags::Change& change : changes) {
    auto lines = [&](char sign, const std::vector<std::string>& said,
                     const std::vector<std::string>& unlike) {
      for (const std::string& one : said) {
        if (std::ranges::find(unlike, one) != unlike.end()) continue;
        text += fmt::format("{} {}{}: {}\n", sign, change.is_actor ? "actor " : "", change.subject,
                            one);
      }
    };
    lines('-', change.before, change.now);
    lines('+', change.now, change.before);
    ++counts[change.kind == tags::ChangeKind::added     ? 0
             : change.kind == tags::ChangeKind::removed ? 1
                                                        : 2];
  }
  return text + fmt::format("{} added, {} removed, {} changed\n", counts[0], counts[1], counts[2]);
}

std::string diff_json(const std::vector<tags::Change>& changes) {
  JsonWriter json;
  json.open_object().key("schema").value("tracehound.tag_diff/1").key("changes").open_list();
  for (const tags::Change& change : changes) {
    json.open_object().key("change");
    json.value(change.kind == tags::ChangeKind::added     ? "added"
               : change.kind == tags::ChangeKind::removed ? "removed"
                                                          : "changed");
    json.key("of").value(change.is_actor ? "actor" : "subject").key("name").value(change.subject);
    json.key("before").open_list();
    for (const std::string& one : change.before) json.value(one);
    json.close_list().key("now").open_list();
    for (const std::string& one : change.now) json.value(one);
    json.close_list().close_object();
  }
  return json.close_list().close_object().take();
}

Status run_diff(Context& context, const DiffOptions& options) {
  TRY_ASSIGN(tags::SourceOptions how, source_options(options.source));
  TRY_ASSIGN(auto before, file_or_pack(context, options.before, how));
  TRY_ASSIGN(auto now, file_or_pack(context, options.now, how));
  auto changes = tags::changes(before, now);
  if (!options.json.empty()) return write_output(context, options.json, diff_json(changes));
  return print(diff_text(changes));
}

}  // namespace

void add_tags_check(CLI::App& group, Context& context) {
  CLI::App* check =
      group.add_subcommand("check", "what is wrong with tag packs; exit code 1 if anything is");
  auto options = std::make_shared<CheckOptions>();
  check->add_option("FILE", options->files, "as for import; - is standard input")->required();
  add_source_options(*check, options->source);
  check->add_option("--json", options->json, "write JSON there instead; - is standard output")
      ->type_name("FILE|-");
  add_common(*check, context);
  add_example(*check, "tracehound tags check packs/*.yaml actors.yaml");
  check->callback([&context, options] {
    context.work = [&context, options] { return run_check(context, *options); };
  });
}

void add_tags_diff(CLI::App& group, Context& context) {
  CLI::App* diff = group.add_subcommand("diff", "what changed from one pack to another");
  auto options = std::make_shared<DiffOptions>();
  diff->add_option("BEFORE", options->before,
                   "a file, or else a pack of the ledger by its name or SHA-256")
      ->required();
  diff->add_option("NOW", options->now, "the same")->required();
  add_source_options(*diff, options->source);
  diff->add_option("--json", options->json, "write JSON there instead; - is standard output")
      ->type_name("FILE|-");
  add_common(*diff, context);
  add_example(*diff, "tracehound tags diff hydra.yaml new/hydra.yaml --ledger L");
  diff->callback([&context, options] {
    context.work = [&context, options] { return run_diff(context, *options); };
  });
}

}  // namespace tracehound::cli
