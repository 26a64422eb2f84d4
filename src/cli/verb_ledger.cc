// ledger: check, rewind, compact, stat.
#include <fmt/format.h>

#include <chrono>
#include <limits>

#include "base/json.h"
#include "base/parallel.h"
#include "base/progress.h"
#include "base/text.h"
#include "cli/accounts.h"
#include "cli/verb.h"
#include "ledger/accounts/check.h"
#include "ledger/accounts/layout.h"
#include "ledger/accounts/writer.h"
#include "ledger/check.h"
#include "ledger/disk_use.h"
#include "ledger/writer.h"
#include "tags/store.h"

namespace tracehound::cli {

namespace {

namespace accounts = ledger::accounts;
using ledger::DiskUse;
using Seconds = std::chrono::duration<double>;

// ---- check --------------------------------------------------------------------------------------

struct CheckOptions {
  unsigned threads = 0;
};

Status run_check(Context& context, const CheckOptions& options) {
  ThreadLimit threads(options.threads);
  if (has_accounts(context)) return check_accounts(context);
  TRY_ASSIGN(auto open, open_ledger(context));
  auto start = std::chrono::steady_clock::now();
  ledger::CheckReport report;
  {
    Progress progress("check", "MB", ledger::bytes_to_check(open.ledger), 1e6, !context.quiet);
    report = ledger::check_ledger(open.ledger, [&](std::uint64_t read) { progress.update(read); });
  }
  TRY(ledger::check_leftovers(context.files, open.ledger, report));
  double seconds = Seconds(std::chrono::steady_clock::now() - start).count();
  TRY_ASSIGN(bool holds, open.ledger.still_holds(context.files));
  if (!holds) {
    return machine_error(fmt::format(
        "the ledger in {} went back while it was checked; run the check again", context.ledger));
  }
  for (const std::string& finding : report.findings) TRY(print(finding + "\n"));
  TRY_ASSIGN(auto tags, tags::TagStore::open_to_read(context.ledger));
  TRY(tags.counts());
  if (report.clean()) {
    TRY(print(fmt::format("{}: sound; {}, {} read\n", context.ledger,
                          plural(open.ledger.counts().blocks, "block"),
                          size_text(report.bytes_read))));
    say(context, fmt::format("{} bytes in {:.2f} s, {:.0f} MB/s", report.bytes_read, seconds,
                             static_cast<double>(report.bytes_read) / 1e6 / seconds));
    return {};
  }
  return machine_error(fmt::format("{} is damaged in {}; restore it from a copy or ingest again",
                                   context.ledger, plural(report.findings_total, "place")));
}

void add_check(CLI::App& ledger, Context& context) {
  CLI::App* check = ledger.add_subcommand("check", "re-read everything, say what is wrong");
  auto options = std::make_shared<CheckOptions>();
  check->add_option("--threads", options->threads, "0: one per core")
      ->transform(whole_number(1024))
      ->type_name("N");
  add_common(*check, context);
  add_example(*check, "tracehound ledger check --ledger L");
  check->callback([&context, options] {
    context.work = [&context, options] { return run_check(context, *options); };
  });
}

// ---- rewind -------------------------------------------------------------------------------------

Status run_rewind(Context& context, std::uint32_t height) {
  if (has_accounts(context)) return rewind_accounts(context, height);
  TRY_ASSIGN(auto manifest, ledger::read_manifest(context.files, context.ledger));
  TRY_ASSIGN(auto writer, ledger::Writer::open(context.files, context.ledger, manifest.chain));
  ledger::Counts before = writer.committed();
  if (height >= before.blocks) {
    return bad_input(
        fmt::format("height {} is above the tip of the ledger in {}, which is {}; "
                    "take more blocks in with `tracehound ingest blocks`",
                    height, context.ledger, before.blocks - 1));
  }
  TRY(writer.rewind(std::uint64_t{height} + 1));
  ledger::Counts now = writer.committed();
  return print(fmt::format(
      "{}, {} and {} gone; tip {} at height {}\n", plural(before.blocks - now.blocks, "block"),
      plural(before.transactions - now.transactions, "transaction"),
      plural(before.coins - now.coins, "coin"), writer.tip_hash()->text(), height));
}

void add_rewind(CLI::App& ledger, Context& context) {
  CLI::App* rewind =
      ledger.add_subcommand("rewind", "go back to a height, as if no more had been taken in");
  auto height = std::make_shared<std::uint32_t>();
  rewind->add_option("HEIGHT", *height, "the new tip; 0 keeps the genesis block")
      ->transform(whole_number(std::numeric_limits<std::uint32_t>::max()))
      ->required();
  add_common(*rewind, context);
  add_example(*rewind, "tracehound ledger rewind 840000 --ledger L");
  rewind->callback([&context, height] {
    context.work = [&context, height] { return run_rewind(context, *height); };
  });
}

// ---- compact ------------------------------------------------------------------------------------

// Opening is all it takes: a writer begins by clearing away what is not committed. How many bytes
// are.
Result<std::uint64_t> clear_away(Context& context) {
  if (has_accounts(context)) {
    TRY_ASSIGN(auto manifest, accounts::read_manifest(context.files, context.ledger));
    TRY_ASSIGN(auto writer, accounts::Writer::open(context.files, context.ledger, manifest.chain));
    return ledger::disk_use(accounts::layout(writer.committed())).bytes;
  }
  TRY_ASSIGN(auto manifest, ledger::read_manifest(context.files, context.ledger));
  TRY_ASSIGN(auto writer, ledger::Writer::open(context.files, context.ledger, manifest.chain));
  return ledger::disk_use(writer.committed()).bytes;
}

Status run_compact(Context& context) {
  if (!has_accounts(context)) TRY(ledger::read_manifest(context.files, context.ledger));
  TRY_ASSIGN(std::uint64_t before, ledger::bytes_on_disk(context.files, context.ledger));
  TRY_ASSIGN(std::uint64_t committed, clear_away(context));
  TRY_ASSIGN(std::uint64_t after, ledger::bytes_on_disk(context.files, context.ledger));
  TRY(print(fmt::format("{} bytes before, {} after: {} given back\n", before, after,
                        size_text(before - after))));
  if (after == committed) return {};
  return fail(ErrorKind::no,
              fmt::format("{} behind the committed rows stay, for a reader has the ledger in {} "
                          "open and files are not cut under it; run it again when nobody reads",
                          plural(after - committed, "byte"), context.ledger));
}

void add_compact(CLI::App& ledger, Context& context) {
  CLI::App* compact =
      ledger.add_subcommand("compact", "give back the disk that a kill or a step back left behind");
  add_common(*compact, context);
  add_example(*compact, "tracehound ledger compact --ledger L");
  compact->callback([&context] { context.work = [&context] { return run_compact(context); }; });
}

// ---- stat ---------------------------------------------------------------------------------------

// "12.3" without floating point; "-" without a divisor.
std::string tenths(std::uint64_t part, std::uint64_t whole) {
  if (whole == 0) return "-";
  std::uint64_t number = part * 10 / whole;
  return fmt::format("{}.{}", number / 10, number % 10);
}

std::string stat_text(const DiskUse& use, std::string_view each, std::uint64_t units) {
  std::string text = fmt::format("{:<26}{:>14}{:>18}{:>9}{:>10}{:>6}\n", "", "rows", "bytes", each,
                                 "share", "runs");
  auto line = [&](std::string_view name, const std::string& rows, std::uint64_t bytes,
                  const std::string& runs) {
    std::string row = fmt::format("{:<26}{:>14}{:>18}{:>9}{:>10}{:>6}", name, rows, bytes,
                                  tenths(bytes, units), percent_text(bytes, use.bytes), runs);
    text += row.substr(0, row.find_last_not_of(' ') + 1) + "\n";
  };
  for (const DiskUse::Table& table : use.tables) {
    line(table.name, std::to_string(table.rows), table.bytes, "");
    for (const DiskUse::Part& column : table.columns) {
      line(fmt::format("  {}", column.name), std::to_string(column.rows), column.bytes, "");
    }
  }
  line("indexes", "", use.index_bytes, "");
  for (const DiskUse::Part& index : use.indexes) {
    line(fmt::format("  {}", index.name), std::to_string(index.rows), index.bytes,
         std::to_string(index.runs));
  }
  line("all", "", use.bytes, "");
  return text;
}

// `unit` is what a ledger of this kind counts most of.
std::string stat_json(const DiskUse& use, const std::string& chain, std::uint64_t blocks,
                      std::string_view unit, std::uint64_t units) {
  JsonWriter json;
  json.open_object().key("schema").value("tracehound.ledger_stat/1");
  json.key("chain").value(chain).key("blocks").value(blocks);
  json.key(unit).value(units).key("bytes").value(use.bytes);
  json.key("tables").open_list();
  for (const DiskUse::Table& table : use.tables) {
    json.open_object().key("table").value(table.name).key("rows").value(table.rows);
    json.key("bytes").value(table.bytes).key("columns").open_list();
    for (const DiskUse::Part& column : table.columns) {
      json.open_object().key("column").value(column.name);
      json.key("bytes").value(column.bytes).close_object();
    }
    json.close_list().close_object();
  }
  json.close_list().key("indexes").open_list();
  for (const DiskUse::Part& index : use.indexes) {
    json.open_object().key("index").value(index.name).key("rows").value(index.rows);
    json.key("bytes").value(index.bytes).key("runs").value(index.runs).close_object();
  }
  return json.close_list().close_object().take();
}

Status run_stat_accounts(Context& context, const std::string& json) {
  TRY_ASSIGN(auto manifest, accounts::read_manifest(context.files, context.ledger));
  const accounts::Counts& counts = manifest.counts;
  DiskUse use = ledger::disk_use(accounts::layout(counts));
  if (json.empty()) return print(stat_text(use, "each", counts.transfers));
  return write_output(context, json,
                      stat_json(use, manifest.chain, counts.blocks, "transfers", counts.transfers));
}

void add_stat(CLI::App& ledger, Context& context) {
  CLI::App* stat =
      ledger.add_subcommand("stat", "bytes by table, column and index, in all and for each coin");
  auto json = std::make_shared<std::string>();
  stat->add_option("--json", *json, "write JSON there instead; - is standard output")
      ->type_name("FILE|-");
  add_common(*stat, context);
  add_example(*stat, "tracehound ledger stat --ledger L");
  stat->callback([&context, json] {
    context.work = [&context, json]() -> Status {
      if (has_accounts(context)) return run_stat_accounts(context, *json);
      TRY_ASSIGN(auto open, open_ledger(context));
      const ledger::Counts& counts = open.ledger.counts();
      DiskUse use = ledger::disk_use(counts);
      if (json->empty()) return print(stat_text(use, "a coin", counts.coins));
      return write_output(
          context, *json,
          stat_json(use, open.ledger.chain(), counts.blocks, "coins", counts.coins));
    };
  });
}

}  // namespace

void add_ledger(CLI::App& app, Context& context) {
  CLI::App* ledger = app.add_subcommand("ledger", "look after the ledger itself");
  ledger->require_subcommand(1);
  add_check(*ledger, context);
  add_rewind(*ledger, context);
  add_compact(*ledger, context);
  add_stat(*ledger, context);
}

}  // namespace tracehound::cli
