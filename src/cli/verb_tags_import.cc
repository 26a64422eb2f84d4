// tags import|remove: what begins and ends to be believed.
#include <fmt/format.h>
#include <unistd.h>

#include <algorithm>
#include <iostream>
#include <set>

#include "base/clock.h"
#include "base/text.h"
#include "cli/verb_tags.h"
#include "tags/contradictions.h"
#include "tags/lint.h"
#include "tags/store.h"

namespace tracehound::cli {

namespace {

constexpr std::size_t kMostComplaints = 10;
constexpr std::size_t kMostContradictions = 5;

struct ImportOptions {
  std::vector<std::string> files;
  SourceWords source;
  std::string name;
  bool yes = false;
};

std::unexpected<Error> nothing_to_import(const std::vector<std::string>& paths) {
  bool one = paths.size() == 1;
  std::string holds = one ? (paths.front() == "-" ? "standard input" : paths.front()) + " holds"
                          : "these files hold";
  return bad_input(fmt::format("nothing to import: {} no tag that can be used; check that {}",
                               holds,
                               one ? "this is the right file, and its list named tags"
                                   : "these are the right files, and their lists named tags"));
}

Result<std::vector<tags::TagPack>> read_packs(Context& context, const ImportOptions& options) {
  TRY_ASSIGN(tags::SourceOptions how, source_options(options.source));
  if (!options.name.empty() && options.files.size() > 1) {
    return fail(ErrorKind::usage, "--name names one file; import the others without it");
  }
  how.name = options.name;
  std::vector<tags::TagPack> packs;
  for (const std::string& path : options.files) {
    TRY_ASSIGN(auto pack, read_pack(context, path, how));
    for (std::size_t i = 0; i < pack.complaints.size() && i < kMostComplaints; ++i) {
      say(context,
          fmt::format("{}:{}: {}", path, pack.complaints[i].line, pack.complaints[i].text));
    }
    if (pack.complaint_count > kMostComplaints) {
      say(context, fmt::format("{}: {} more like these; `tracehound tags check` names all", path,
                               pack.complaint_count - kMostComplaints));
    }
    packs.push_back(std::move(pack));
  }
  return packs;
}

std::string day_of(std::int64_t moment) {
  return utc_text(static_cast<std::uint64_t>(moment)).substr(0, 10);
}

// Asks on a terminal, refuses elsewhere.
Status confirm(const std::vector<tags::ShrunkenPack>& shrunken) {
  for (const tags::ShrunkenPack& pack : shrunken) {
    std::string what =
        fmt::format("{} has {} where the version imported {} had {}", pack.file,
                    plural(pack.now, "entry", "entries"), day_of(pack.before.added_at),
                    size_of_pack(pack.before.tags, pack.before.actors));
    if (::isatty(STDIN_FILENO) != 1 || ::isatty(STDERR_FILENO) != 1) {
      return bad_input(
          fmt::format("{}; was it cut off? If it really shrank so, import it with --yes", what));
    }
    warn(fmt::format("{}; was it cut off? Type yes to believe it", what));
    std::string word;
    std::getline(std::cin, word);
    if (word != "yes") return fail(ErrorKind::no, "nothing was imported");
  }
  return {};
}

std::string line_of(const tags::AddedPack& pack) {
  std::string line = fmt::format("{}: {}", pack.file, size_of_pack(pack.tags, pack.actors));
  if (pack.skipped > 0) line += fmt::format(", {} skipped", pack.skipped);
  if (pack.was_there) line += ", already there";
  if (pack.replaced) {
    line += fmt::format("; replaces the version imported {} ({})", day_of(pack.replaced->added_at),
                        size_of_pack(pack.replaced->tags, pack.replaced->actors));
  }
  return line + "\n";
}

// They are believed as they stand, since a list may be of another chain than this ledger's.
void remark_on_addresses(Context& context, const std::vector<tags::TagPack>& packs) {
  if (context.quiet) return;
  tags::AddressTest test = address_test();
  for (const tags::TagPack& pack : packs) {
    std::uint64_t bad = tags::malformed_addresses(pack, test);
    if (bad == 0) continue;
    say(context, fmt::format("{}: {} of {} {} no address of its chain; `tracehound tags check` "
                             "names each",
                             pack.info.file, grouped(bad), plural(pack.tags.size(), "tag"),
                             bad == 1 ? "is on" : "are on"));
  }
}

// What the new packs brought into dispute.
Status report_contradictions(Context& context, tags::TagStore& store,
                             const std::set<Hash256>& fresh) {
  if (fresh.empty() || context.quiet) return {};
  TRY_ASSIGN(auto all, tags::contradictions(store));
  std::erase_if(all, [&](const tags::Contradiction& one) {
    return std::ranges::none_of(
        one.claims, [&](const tags::Claim& claim) { return fresh.contains(claim.pack); });
  });
  for (std::size_t i = 0; i < all.size() && i < kMostContradictions; ++i) {
    say(context, tags::text_of(all[i]));
  }
  if (all.size() > kMostContradictions) {
    say(context, fmt::format("{} more addresses are said to be of different actors",
                             all.size() - kMostContradictions));
  }
  return {};
}

Result<std::int64_t> now() {
  TRY_ASSIGN(auto clock, SystemClock::make());
  return std::int64_t{clock->unix_time()};
}

void remark_on_run(const tags::TagStore& store) {
  if (store.has_run()) return;
  warn(fmt::format("tags are in, but looking them up will be slower than it could: {}",
                   store.run_remark()));
}

Status run_import(Context& context, const ImportOptions& options) {
  // A store belongs to a ledger: refuse to leave one in a folder that has none.
  TRY(chain_under_tags(context));
  TRY_ASSIGN(auto packs, read_packs(context, options));
  bool usable = std::ranges::any_of(
      packs, [](const tags::TagPack& pack) { return !pack.tags.empty() || !pack.actors.empty(); });
  if (!usable) return nothing_to_import(options.files);
  TRY_ASSIGN(auto store, tags::TagStore::open_to_write(context.ledger));
  if (!options.yes) {
    TRY_ASSIGN(auto shrunken, store.shrunken(packs));
    TRY(confirm(shrunken));
  }
  TRY_ASSIGN(std::int64_t moment, now());
  TRY_ASSIGN(auto added, store.add(packs, moment));
  std::string text;
  std::set<Hash256> fresh;
  for (std::size_t i = 0; i < added.size(); ++i) {
    text += line_of(added[i]);
    if (!added[i].was_there) fresh.insert(packs[i].info.sha256);
  }
  remark_on_run(store);
  remark_on_addresses(context, packs);
  TRY(report_contradictions(context, store, fresh));
  return context.quiet ? Status{} : print(text);
}

Status run_remove(Context& context, const std::vector<std::string>& names) {
  TRY(chain_under_tags(context));
  TRY_ASSIGN(auto store, tags::TagStore::open_to_write(context.ledger));
  std::string text;
  for (const std::string& name : names) {
    TRY_ASSIGN(std::int64_t moment, now());
    TRY_ASSIGN(auto outcome, store.remove(name, moment));
    text += fmt::format("{}: {} no longer believed", outcome.removed.info.file,
                        size_of_pack(outcome.removed.tags, outcome.removed.actors));
    if (outcome.back) {
      text += fmt::format("; the version imported {} ({}) is believed again",
                          day_of(outcome.back->added_at),
                          size_of_pack(outcome.back->tags, outcome.back->actors));
    }
    text += "\n";
  }
  remark_on_run(store);
  return context.quiet ? Status{} : print(text);
}

}  // namespace

void add_tags_import(CLI::App& group, Context& context) {
  CLI::App* import = group.add_subcommand(
      "import", "take TagPacks, actor packs, sanctions lists and tables into the ledger");
  auto options = std::make_shared<ImportOptions>();
  import->add_option("FILE", options->files, "all or none; - is standard input")->required();
  add_source_options(*import, options->source);
  import->add_option("--name", options->name, "the pack's name, instead of its file's")
      ->type_name("NAME");
  import->add_flag("--yes", options->yes,
                   "also believe a list that says half or less of what it said before");
  add_common(*import, context);
  add_example(*import,
              "tracehound tags import packs/*.yaml actors.yaml sdn_advanced.xml --ledger L\n"
              "  tracehound tags import wallets.csv --map Wallet=address --set currency=BTC "
              "--set label=Wallets --ledger L");
  import->callback([&context, options] {
    context.work = [&context, options] { return run_import(context, *options); };
  });
}

void add_tags_remove(CLI::App& group, Context& context) {
  CLI::App* remove = group.add_subcommand("remove", "undo the import of a pack");
  auto names = std::make_shared<std::vector<std::string>>();
  remove
      ->add_option("PACK", *names,
                   "as `tags list` shows it: its file's name, or the first digits of its SHA-256")
      ->required();
  add_common(*remove, context);
  add_example(*remove, "tracehound tags remove hydra.yaml --ledger L");
  remove->callback([&context, names] {
    context.work = [&context, names] { return run_remove(context, *names); };
  });
}

}  // namespace tracehound::cli
