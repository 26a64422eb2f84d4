// ledger check: re-reads everything, says what is wrong and where.
#include <fmt/format.h>

#include "base/text.h"
#include "cli/verb.h"
#include "ledger/check.h"
#include "tags/store.h"

namespace tracehound::cli {

namespace {

Status run_check(Context& context) {
  TRY_ASSIGN(auto open, open_ledger(context));
  ledger::CheckReport report = ledger::check_ledger(open.ledger);
  for (const std::string& finding : report.findings) TRY(print(finding + "\n"));
  TRY_ASSIGN(auto tags, tags::TagStore::open_to_read(context.ledger));
  TRY(tags.counts());
  if (report.clean()) {
    return print(fmt::format("{}: sound; {}, {} read\n", context.ledger,
                             plural(open.ledger.counts().blocks, "block"),
                             size_text(report.bytes_read)));
  }
  return machine_error(fmt::format("{} is damaged in {}; restore it from a copy or ingest again",
                                   context.ledger, plural(report.findings_total, "place")));
}

}  // namespace

void add_ledger(CLI::App& app, Context& context) {
  CLI::App* ledger = app.add_subcommand("ledger", "look after the ledger itself");
  ledger->require_subcommand(1);
  add_example(*ledger, "tracehound ledger check --ledger L");
  CLI::App* check = ledger->add_subcommand("check", "re-read everything, say what is wrong");
  add_common(*check, context);
  add_example(*check, "tracehound ledger check --ledger L");
  check->callback([&context] { context.work = [&context] { return run_check(context); }; });
}

}  // namespace tracehound::cli
