// The order of the parts matters: each may trust what the ones before it found sound. When row
// numbers or a block's checksum are wrong its rows may hold any number, so the parts that would
// follow those numbers are left out.

#include "ledger/accounts/check.h"

#include <fmt/format.h>

#include "base/text.h"
#include "ledger/accounts/checksum.h"
#include "ledger/accounts/index_keys.h"
#include "ledger/accounts/layout.h"
#include "ledger/check_parts.h"
#include "ledger/disk_use.h"
#include "ledger/runs.h"

namespace tracehound::ledger::accounts {

namespace {

std::string_view file_of(Column column) { return kColumns[static_cast<std::size_t>(column)].file; }

// A column of a snapshot as numbers.
std::uint64_t number_at(const Ledger& ledger, Column column, std::uint64_t row) {
  std::size_t width = kColumns[static_cast<std::size_t>(column)].width;
  std::uint64_t number = 0;
  std::memcpy(&number, ledger.column(column).data() + row * width, width);
  return number;
}

struct Ascent {
  Column column;
  std::uint64_t limit;  // the table it points into has so many rows
  bool is_end;  // ends, the last of which is the limit; else starts, the first of which is 0
};

Findings check_starts(const Ledger& ledger) {
  const Counts& counts = ledger.counts();
  const Ascent ascents[] = {
      {Column::block_first_tx, counts.transactions, false},
      {Column::block_first_account, counts.accounts, false},
      {Column::block_first_asset, counts.assets, false},
      {Column::tx_first_transfer, counts.transfers, false},
      {Column::tx_id_end, counts.tx_id_bytes, true},
      {Column::account_end, counts.account_bytes, true},
      {Column::asset_end, counts.asset_bytes, true},
  };
  Findings findings;
  for (const Ascent& ascent : ascents) {
    std::uint64_t rows = rows_of(ascent.column, counts);
    std::uint64_t before = 0;
    for (std::uint64_t row = 0; row < rows; ++row) {
      std::uint64_t now = number_at(ledger, ascent.column, row);
      bool last_is_wrong = ascent.is_end && row + 1 == rows && now != ascent.limit;
      bool first_is_wrong = !ascent.is_end && row == 0 && now != 0;
      if (now < before || now > ascent.limit || last_is_wrong || first_is_wrong) {
        findings.add([&] {
          return fmt::format("{}, row {}: {} follows {} and the table has {}",
                             file_of(ascent.column), row, now, before, plural(ascent.limit, "row"));
        });
        break;
      }
      before = now;
    }
  }
  for (std::uint64_t row = 1; row < counts.blocks; ++row) {
    if (number_at(ledger, Column::block_number, row) >
        number_at(ledger, Column::block_number, row - 1)) {
      continue;
    }
    findings.add([&] { return fmt::format("block.number, row {}: does not rise", row); });
    break;
  }
  return findings;
}

// The rows before each block. REQUIRES: the starts are sound.
Counts counts_before(const Ledger& ledger, std::uint64_t block) {
  const Counts& all = ledger.counts();
  if (block == all.blocks) return all;
  Counts counts;
  counts.blocks = block;
  counts.transactions = number_at(ledger, Column::block_first_tx, block);
  counts.accounts = number_at(ledger, Column::block_first_account, block);
  counts.assets = number_at(ledger, Column::block_first_asset, block);
  counts.transfers = counts.transactions == all.transactions
                         ? all.transfers
                         : number_at(ledger, Column::tx_first_transfer, counts.transactions);
  auto bytes = [&](Column ends, std::uint64_t rows) {
    return rows == 0 ? 0 : number_at(ledger, ends, rows - 1);
  };
  counts.tx_id_bytes = bytes(Column::tx_id_end, counts.transactions);
  counts.account_bytes = bytes(Column::account_end, counts.accounts);
  counts.asset_bytes = bytes(Column::asset_end, counts.assets);
  return counts;
}

Findings check_checksums(const Ledger& ledger) {
  Findings findings;
  std::uint64_t sum = 0;
  Counts before;
  for (std::uint64_t block = 0; block < ledger.counts().blocks; ++block) {
    Counts after = counts_before(ledger, block + 1);
    sum = block_checksum(sum, before, after,
                         [&](Column column, std::uint64_t row, std::uint64_t rows) {
                           std::size_t width = kColumns[static_cast<std::size_t>(column)].width;
                           return ledger.column(column).subspan(row * width, rows * width);
                         });
    if (sum != number_at(ledger, Column::block_checksum, block)) {
      findings.add([&] {
        return fmt::format("block {}: its rows are not what its checksum says",
                           ledger.block(BlockId(static_cast<std::uint32_t>(block))).number);
      });
      return findings;
    }
    before = after;
  }
  if (sum != ledger.manifest().checksum) {
    findings.add(
        [] { return std::string("the manifest's checksum is not that of the last block"); });
  }
  return findings;
}

Findings check_names(const Ledger& ledger) {
  const Counts& counts = ledger.counts();
  struct Limit {
    Column column;
    std::uint64_t end;
    bool may_be_nobody;
  };
  const Limit limits[] = {
      {Column::tx_id_kind, kNameKinds, false},
      {Column::tx_payer, counts.accounts, true},
      {Column::tx_failed, 2, false},
      {Column::transfer_from, counts.accounts, true},
      {Column::transfer_to, counts.accounts, true},
      {Column::transfer_asset, counts.assets, false},
      {Column::transfer_kind, kTransferKinds, false},
      {Column::account_kind, kNameKinds, false},
  };
  Findings findings;
  for (const Limit& limit : limits) {
    for (std::uint64_t row = 0; row < rows_of(limit.column, counts); ++row) {
      std::uint64_t number = number_at(ledger, limit.column, row);
      if (number < limit.end || (limit.may_be_nobody && number == kNobody.number())) continue;
      findings.add([&] {
        return fmt::format("{}, row {}: {} is none of {}", file_of(limit.column), row, number,
                           limit.end);
      });
    }
  }
  return findings;
}

struct ReadRows {
  const Ledger& ledger;
  ByteView bytes(Column column, std::uint64_t row) const {
    std::size_t width = kColumns[static_cast<std::size_t>(column)].width;
    return ledger.column(column).subspan(row * width, width);
  }
  ByteView text(Column ends, Column texts, std::uint64_t row) const {
    std::uint64_t start = row == 0 ? 0 : number_at(ledger, ends, row - 1);
    return ledger.column(texts).subspan(start, number_at(ledger, ends, row) - start);
  }
};

// Each row stands once in its run, in order, under the key it has.
Findings check_run(const Ledger& ledger, const IndexSpec& spec, const Run& run) {
  ReadRows rows{ledger};
  Findings findings;
  std::vector<bool> seen(run.size());
  std::uint64_t last_key = 0;
  std::uint64_t last_row = 0;
  for (std::uint64_t entry = 0; entry < run.size(); ++entry) {
    std::uint64_t key = run.key(entry);
    std::uint64_t row = run.row(entry);
    bool inside = row >= run.range().first && row < run.range().end;
    bool rises = entry == 0 || std::pair(key, row) > std::pair(last_key, last_row);
    if (!inside || !rises || seen[row - run.range().first] ||
        index_key(rows, spec.index, row) != key) {
      findings.add([&] {
        return fmt::format("runs/{}, entry {}: not the one that belongs there",
                           run_name(spec.shape, run.range()), entry);
      });
      return findings;
    }
    seen[row - run.range().first] = true;
    last_key = key;
    last_row = row;
  }
  return check_fences(spec.shape, run);
}

}  // namespace

CheckReport check_ledger(const Ledger& ledger) {
  Findings all = check_starts(ledger);
  if (all.total == 0) all.append(check_checksums(ledger));
  if (all.total == 0) all.append(check_names(ledger));
  if (all.total == 0) {
    for (const IndexSpec& spec : kIndexes) {
      const auto& runs = ledger.index(spec.index).runs();
      std::vector<Findings> found(runs.size());
      parallel_for(runs.size(),
                   [&](std::size_t i) { found[i] = check_run(ledger, spec, runs[i]); });
      for (Findings& findings : found) all.append(std::move(findings));
    }
  }
  CheckReport report;
  report.bytes_read = disk_use(layout(ledger.counts())).bytes;
  report.findings = std::move(all.sentences);
  report.findings_total = all.total;
  return report;
}

}  // namespace tracehound::ledger::accounts
