// transfers.jsonl: the transactions a trace on an account ledger rests on, a line each; and a
// ledger in memory made of them.
#pragma once

#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "base/memory_files.h"
#include "base/result.h"
#include "evidence/accounts/statement.h"
#include "ledger/accounts/block_rows.h"
#include "ledger/accounts/ledger.h"

namespace tracehound::evidence::accounts {

// Blocks in their order, with the transactions that are here; BlockRows::assets is empty, and
// TransferRow::asset an index into Statement::assets.
using Blocks = std::vector<ledger::accounts::BlockRows>;

// The transactions of the ledger, which ascend. `asset_number` [asset] is its index.
Blocks rows_of(const ledger::accounts::Ledger& ledger, std::span<const TxId> transactions,
               std::span<const std::uint32_t> asset_number);

std::string write_rows(const Blocks& blocks);
// Errors (bad_input), a clause that begins with the line: no JSON; a field that is missing or not
// of its form; blocks that do not rise; an asset that is not among `assets`.
Result<Blocks> parse_rows(std::string_view text, std::size_t assets);

// The ledger of these rows up to the statement's tip, and the files it lies in.
struct PartLedger {
  std::unique_ptr<MemoryFiles> files;
  ledger::accounts::Ledger ledger;
  std::uint64_t transactions = 0;
  std::uint64_t transfers = 0;
};
// Errors (bad_input), a clause: what no ledger takes (a transaction twice, a block past the tip).
Result<PartLedger> assemble(const Statement& statement, Blocks blocks);

}  // namespace tracehound::evidence::accounts
