// The order of the parts matters: each may trust what the ones before it found sound. When a
// block's checksum is wrong its rows may hold any number, so parts that would follow those numbers
// are left out (nothing here may read past an end, whatever the bytes are).
//
// Fast because no part waits: work is cut into pieces for all threads, and where a row leads to
// another row far away, that one is asked for a few dozen rows before its turn (a miss costs 80 ns,
// ten of them side by side cost the same). The checksums come first and read every column front to
// back, so that later parts find its pages in place.

#include "ledger/check.h"

#include <fmt/format.h>

#include "base/merkle.h"
#include "base/text.h"
#include "ledger/check_parts.h"
#include "ledger/checksum.h"
#include "ledger/runs.h"

namespace tracehound::ledger {

namespace {

constexpr std::uint64_t kRowsAPiece = 1U << 16;
constexpr std::uint64_t kBlocksAPiece = 8;

template <std::size_t kWidth>
Findings check_ascending(const Ledger& ledger, Column column, std::uint64_t limit, bool from_zero) {
  Numbers<kWidth> numbers(ledger, column);
  auto found =
      in_pieces(rows_of(column, ledger.counts()), kRowsAPiece,
                [&](std::uint64_t first, std::uint64_t end, Findings& findings) {
                  std::uint64_t before = first == 0 ? 0 : numbers[first - 1];
                  for (std::uint64_t row = first; row < end; ++row) {
                    std::uint64_t now = numbers[row];
                    if (now < before || now > limit || (row == 0 && from_zero && now != 0)) {
                      return findings.add([&] {
                        return fmt::format("{}, row {}: {} follows {} and the table has {}",
                                           file_of(column), row, now, before, plural(limit, "row"));
                      });
                    }
                    before = now;
                  }
                });
  found.keep_first();
  return found;
}

// The rows before each block, out of the columns of row numbers.
class BlockStarts {
 public:
  explicit BlockStarts(const Ledger& ledger)
      : all_(ledger.counts()),
        first_tx_(ledger, Column::block_first_tx),
        first_address_(ledger, Column::block_first_address),
        first_input_(ledger, Column::tx_first_input),
        first_coin_(ledger, Column::tx_first_coin),
        address_end_(ledger, Column::address_end),
        repeats_(ledger, Column::repeat_tx),
        wrappers_(ledger, Column::wrapper_tx) {}

  // REQUIRES: the starts are sound; block <= the ledger's blocks.
  Counts before(std::uint64_t block) const {
    if (block == all_.blocks) return all_;
    Counts counts;
    counts.blocks = block;
    counts.transactions = first_tx_[block];
    counts.addresses = first_address_[block];
    bool any = counts.transactions < all_.transactions;
    counts.inputs = any ? first_input_[counts.transactions] : all_.inputs;
    counts.coins = any ? first_coin_[counts.transactions] : all_.coins;
    counts.payload_bytes = counts.addresses == 0 ? 0 : address_end_[counts.addresses - 1];
    counts.repeats = rows_before(repeats_, all_.repeats, counts.transactions);
    counts.wrappers = rows_before(wrappers_, all_.wrappers, counts.transactions);
    return counts;
  }

 private:
  // Of ascending transactions, how many are before this one.
  static std::uint64_t rows_before(const Numbers<4>& transactions, std::uint64_t rows,
                                   std::uint64_t end) {
    std::uint64_t low = 0;
    while (low < rows) {
      std::uint64_t middle = (low + rows) / 2;
      if (transactions[middle] < end) {
        low = middle + 1;
      } else {
        rows = middle;
      }
    }
    return low;
  }

  const Counts& all_;
  Numbers<4> first_tx_;
  Numbers<4> first_address_;
  Numbers<5> first_input_;
  Numbers<5> first_coin_;
  Numbers<5> address_end_;
  Numbers<4> repeats_;
  Numbers<4> wrappers_;
};

}  // namespace

Findings check_starts(const Ledger& ledger) {
  const Counts& counts = ledger.counts();
  Findings all;
  all.append(check_ascending<4>(ledger, Column::block_first_tx, counts.transactions, true));
  all.append(check_ascending<4>(ledger, Column::block_first_address, counts.addresses, true));
  all.append(check_ascending<5>(ledger, Column::tx_first_input, counts.inputs, true));
  all.append(check_ascending<5>(ledger, Column::tx_first_coin, counts.coins, true));
  all.append(check_ascending<5>(ledger, Column::address_end, counts.payload_bytes, false));
  all.append(check_ascending<4>(ledger, Column::repeat_tx, counts.transactions - 1, false));
  all.append(check_ascending<4>(ledger, Column::wrapper_tx, counts.transactions - 1, false));
  return all;
}

Findings check_headers(const Ledger& ledger) {
  return in_pieces(ledger.counts().blocks, kBlocksAPiece * 64,
                   [&](std::uint64_t first, std::uint64_t end, Findings& findings) {
                     Hasher& hasher = thread_hasher();
                     for (std::uint64_t row = first; row < end; ++row) {
                       BlockHeight height(static_cast<std::uint32_t>(row));
                       if (hasher.sha256d(ledger.header(height)) == ledger.block_hash(height))
                         continue;
                       findings.add([&] {
                         return fmt::format(
                             "{}, row {}: the header's hash is not the one that {} names",
                             file_of(Column::block_header), row,
                             height == ledger.tip() ? "the manifest" : "the next header");
                       });
                     }
                   });
}

// Each block's seed is the checksum that stands in the block before, so each is judged by itself.
Findings check_checksums(const Ledger& ledger, Meter& meter) {
  BlockStarts starts(ledger);
  Numbers<8> stored(ledger, Column::block_checksum);
  auto found = in_pieces(
      ledger.counts().blocks, kBlocksAPiece,
      [&](std::uint64_t first, std::uint64_t end, Findings& findings) {
        Counts before = starts.before(first);
        std::uint64_t read = 0;
        for (std::uint64_t block = first; block < end; ++block) {
          Counts after = starts.before(block + 1);
          std::uint64_t sum =
              block_checksum(block == 0 ? 0 : stored[block - 1], before, after,
                             [&](Column column, std::uint64_t row, std::uint64_t rows) {
                               std::size_t width = kColumns[static_cast<std::size_t>(column)].width;
                               read += rows * width;
                               return ledger.column(column).subspan(row * width, rows * width);
                             });
          read += width::kChecksum;
          if (sum != stored[block]) {
            findings.add([&] {
              return fmt::format(
                  "block {}: its rows do not have the checksum that was committed; transactions {} "
                  "to {}, coins {} to {}",
                  block, before.transactions, after.transactions, before.coins, after.coins);
            });
          }
          before = after;
        }
        meter.add(read);
      });
  if (stored[ledger.counts().blocks - 1] != ledger.manifest().checksum) {
    found.add([] { return "the manifest's checksum is not the last block's"; });
  }
  return found;
}

Findings check_merkle_roots(const Ledger& ledger) {
  return in_pieces(
      ledger.counts().blocks, kBlocksAPiece,
      [&](std::uint64_t first, std::uint64_t end, Findings& findings) {
        std::vector<Hash256> level;
        for (std::uint64_t row = first; row < end; ++row) {
          BlockHeight height(static_cast<std::uint32_t>(row));
          auto transactions = ledger.transactions(height);
          const Byte* txids = ledger.column(Column::tx_hash).data();
          level.resize(transactions.size());
          std::memcpy(level.data(), txids + transactions.first.number() * width::kHash,
                      level.size() * width::kHash);
          Hash256 promised = Hash256::from_bytes(ledger.header(height).subspan(36, 32));
          bool kept = !level.empty() && merkle_root(level, thread_hasher()).root == promised;
          if (kept) continue;
          findings.add([&] {
            return fmt::format("block {}: its transactions do not have its header's merkle root",
                               row);
          });
        }
      });
}

std::uint64_t bytes_to_check(const Ledger& ledger) {
  std::uint64_t bytes = 0;
  for (const ColumnSpec& spec : kColumns) bytes += ledger.column(spec.column).size();
  for (const IndexSpec& spec : kIndexes) {
    for (const Run& run : ledger.index(spec.index).runs()) bytes += run.bytes().size();
  }
  return bytes;
}

CheckReport check_ledger(const Ledger& ledger, const std::function<void(std::uint64_t)>& on_bytes) {
  Meter meter(on_bytes);
  Findings found = check_headers(ledger);
  Findings starts = check_starts(ledger);
  bool may_go_on = starts.total == 0;
  found.append(std::move(starts));
  if (may_go_on) found.append(check_checksums(ledger, meter));
  if (found.total == 0) found.append(check_merkle_roots(ledger));
  if (found.total == 0) found.append(check_kinds(ledger));
  if (found.total == 0) found.append(check_spends(ledger, meter));
  if (found.total == 0) found.append(check_indexes(ledger, meter));
  if (found.total == 0) found.append(check_fences(ledger, meter));
  if (found.total == 0) found.append(check_wrappers(ledger));
  if (found.total == 0) found.append(check_repeats(ledger));
  return {meter.bytes(), std::move(found.sentences), found.total};
}

}  // namespace tracehound::ledger
