#include "cli/accounts.h"

#include <fmt/format.h>

#include "base/text.h"
#include "chains/ethereum/checksum.h"
#include "ledger/accounts/check.h"
#include "ledger/accounts/layout.h"
#include "ledger/accounts/writer.h"
#include "ledger/certain.h"
#include "ledger/disk_use.h"
#include "ledger/manifest_fields.h"

namespace tracehound::cli {

namespace accounts = ledger::accounts;

bool has_accounts(const Context& context) {
  return ledger::is_account_ledger(context.files, context.ledger);
}

Status answer_accounts(Context& context,
                       const std::function<Result<Answer>(const OpenAccounts&)>& work) {
  auto open = [&]() -> Result<OpenAccounts> {
    TRY_ASSIGN(auto ledger, accounts::Ledger::open(context.files, context.ledger));
    return OpenAccounts{std::move(ledger)};
  };
  auto find_out = [&](OpenAccounts& snapshot) { return work(snapshot); };
  TRY_ASSIGN(Answer found, ledger::read_certain(context.files, open, find_out));
  for (const Answer::File& file : found.files) TRY(write_output(context, file.path, file.text));
  return found.text.empty() ? Status{} : print(found.text);
}

Status check_spelling(const ledger::accounts::Ledger& ledger, std::string_view address) {
  std::string fault = chains::ethereum::fault_of_capitals(ledger.chain(), address);
  return fault.empty() ? Status{} : bad_input(fault);
}

std::string amount_text(const accounts::Asset& asset, const U256& amount) {
  const std::string& name = asset.symbol.empty() ? asset.contract : asset.symbol;
  if (!asset.decimals_known) return fmt::format("{} units of {}", amount.text(), name);
  return fmt::format("{} {}", amount.text(asset.decimals), name);
}

namespace {

std::string tip_text(const accounts::Block& tip) {
  std::string text = fmt::format("block {}, {} UTC", tip.number, utc_text(tip.time));
  if (tip.hash) text += fmt::format(", 0x{}", to_hex(tip.hash->view()));
  return text;
}

std::string info_text(const accounts::Ledger& ledger) {
  const accounts::Counts& counts = ledger.counts();
  ledger::DiskUse use = ledger::disk_use(accounts::layout(counts));
  std::string text;
  auto line = [&](std::string_view name, const std::string& value) {
    text += fmt::format("{:<14}{}\n", name, value);
  };
  line("chain", ledger.chain());
  line("tip", tip_text(ledger.block(ledger.tip())));
  line("native asset", ledger.native() ? ledger.asset(*ledger.native()).symbol : "none");
  line("blocks", std::to_string(counts.blocks));
  line("transactions", std::to_string(counts.transactions));
  line("transfers", std::to_string(counts.transfers));
  line("accounts", std::to_string(counts.accounts));
  line("assets", std::to_string(counts.assets));
  line("size", fmt::format("{} ({} columns, {} indexes)", size_text(use.bytes),
                           size_text(use.bytes - use.index_bytes), size_text(use.index_bytes)));
  return text;
}

std::string info_json(const accounts::Ledger& ledger) {
  const accounts::Counts& counts = ledger.counts();
  ledger::DiskUse use = ledger::disk_use(accounts::layout(counts));
  accounts::Block tip = ledger.block(ledger.tip());
  JsonWriter json;
  json.open_object().key("schema").value("tracehound.account_info/1");
  json.key("chain").value(ledger.chain()).key("tip").open_object();
  json.key("number").value(tip.number);
  if (tip.hash) json.key("hash").value("0x" + to_hex(tip.hash->view()));
  json.key("time").value(tip.time).close_object();
  if (ledger.native()) json.key("native").value(ledger.asset(*ledger.native()).symbol);
  json.key("blocks").value(counts.blocks).key("transactions").value(counts.transactions);
  json.key("transfers").value(counts.transfers).key("accounts").value(counts.accounts);
  json.key("assets").value(counts.assets).key("bytes").open_object();
  json.key("columns").value(use.bytes - use.index_bytes);
  json.key("indexes").value(use.index_bytes).close_object();
  return json.close_object().take();
}

}  // namespace

Status info_accounts(Context& context, const std::string& json) {
  return answer_accounts(context, [&](const OpenAccounts& open) -> Result<Answer> {
    if (json.empty()) return Answer{.files = {}, .text = info_text(open.ledger)};
    return Answer{.files = {{json, info_json(open.ledger)}}, .text = ""};
  });
}

Status check_accounts(Context& context) {
  TRY_ASSIGN(auto ledger, accounts::Ledger::open(context.files, context.ledger));
  ledger::CheckReport report = accounts::check_ledger(ledger);
  TRY_ASSIGN(bool holds, ledger.still_holds(context.files));
  if (!holds) {
    return machine_error(fmt::format(
        "the ledger in {} went back while it was checked; run the check again", context.ledger));
  }
  for (const std::string& finding : report.findings) TRY(print(finding + "\n"));
  if (report.clean()) {
    return print(fmt::format("{}: sound; {}, {} read\n", context.ledger,
                             plural(ledger.counts().blocks, "block"),
                             size_text(report.bytes_read)));
  }
  return machine_error(fmt::format("{} is damaged in {}; restore it from a copy or ingest again",
                                   context.ledger, plural(report.findings_total, "place")));
}

Status rewind_accounts(Context& context, std::uint64_t number) {
  TRY_ASSIGN(auto manifest, accounts::read_manifest(context.files, context.ledger));
  TRY_ASSIGN(auto writer, accounts::Writer::open(context.files, context.ledger, manifest.chain));
  accounts::Counts before = writer.committed();
  std::uint64_t kept = before.blocks;
  auto number_at = [&](std::uint64_t row) {
    return writer.block(accounts::BlockId(static_cast<std::uint32_t>(row))).number;
  };
  while (kept > 0 && number_at(kept - 1) > number) --kept;
  if (kept == 0) {
    return bad_input(
        fmt::format("block {} is before the first of the ledger in {}, {}; remove the "
                    "folder to begin anew",
                    number, context.ledger, number_at(0)));
  }
  if (number > writer.tip()->number) {
    return bad_input(fmt::format("block {} is after the last of the ledger in {}, which is {}",
                                 number, context.ledger, writer.tip()->number));
  }
  TRY(writer.rewind(kept));
  accounts::Counts now = writer.committed();
  return print(fmt::format(
      "{}, {} and {} gone; last block {}\n", plural(before.blocks - now.blocks, "block"),
      plural(before.transactions - now.transactions, "transaction"),
      plural(before.transfers - now.transfers, "transfer"), writer.tip()->number));
}

}  // namespace tracehound::cli
