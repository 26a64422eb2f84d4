// The order of the checks matters: each may trust what the ones before it found sound. When a
// block's checksum is wrong its rows may hold any number, so checks that would follow those numbers
// are left out (nothing here may read past an end, whatever the bytes are).

#include "ledger/check.h"

#include <fmt/format.h>

#include "base/merkle.h"
#include "base/text.h"
#include "ledger/checksum.h"
#include "ledger/keys.h"
#include "ledger/runs.h"

namespace tracehound::ledger {

namespace {

class Checker {
 public:
  explicit Checker(const Ledger& ledger) : ledger_(ledger), counts_(ledger.counts()) {}

  CheckReport run() {
    for (const ColumnSpec& spec : kColumns) {
      report_.bytes_read += ledger_.column(spec.column).size();
    }
    check_headers();
    if (check_starts()) check_checksums();
    if (report_.clean()) check_merkle_roots();
    if (report_.clean()) check_spends();
    if (report_.clean()) check_sums();
    if (report_.clean()) check_addresses();
    if (report_.clean()) check_indexes();
    return std::move(report_);
  }

 private:
  void found(std::string sentence) {
    ++report_.findings_total;
    if (report_.findings.size() < CheckReport::kMostFindings) {
      report_.findings.push_back(std::move(sentence));
    }
  }

  std::uint64_t number(Column column, std::uint64_t row) const {
    const ColumnSpec& spec = kColumns[static_cast<std::size_t>(column)];
    std::uint64_t value = 0;
    std::memcpy(&value, ledger_.column(column).data() + row * spec.width, spec.width);
    return value;
  }

  std::string_view file(Column column) const {
    return kColumns[static_cast<std::size_t>(column)].file;
  }

  void check_headers() {
    Hasher& hasher = thread_hasher();
    for (std::uint32_t row = 0; row < counts_.blocks; ++row) {
      BlockHeight height(row);
      if (hasher.sha256d(ledger_.header(height)) != ledger_.block_hash(height)) {
        found(fmt::format("{}, row {}: the header's hash is not the one that {} names",
                          file(Column::block_header), row,
                          height == ledger_.tip() ? "the manifest" : "the next header"));
      }
    }
  }

  // Columns of row numbers begin at 0 and never fall or pass the end of the table they point into.
  bool check_starts() {
    struct Starts {
      Column column;
      std::uint64_t limit;
    };
    const Starts all[] = {{Column::block_first_tx, counts_.transactions},
                          {Column::block_first_address, counts_.addresses},
                          {Column::tx_first_input, counts_.inputs},
                          {Column::tx_first_coin, counts_.coins}};
    for (const Starts& starts : all) {
      std::uint64_t before = 0;
      for (std::uint64_t row = 0; row < rows_of(starts.column, counts_); ++row) {
        std::uint64_t now = number(starts.column, row);
        if (now < before || now > starts.limit || (row == 0 && now != 0)) {
          found(fmt::format("{}, row {}: {} follows {} and the table has {}", file(starts.column),
                            row, now, before, plural(starts.limit, "row")));
          break;
        }
        before = now;
      }
    }
    std::uint64_t before = 0;
    for (std::uint64_t row = 0; row < counts_.addresses; ++row) {
      std::uint64_t now = number(Column::address_end, row);
      if (now < before || now > counts_.payload_bytes) {
        found(
            fmt::format("{}, row {}: {} follows {}", file(Column::address_end), row, now, before));
        break;
      }
      before = now;
    }
    return report_.clean();
  }

  Counts counts_before(std::uint64_t block) const {
    if (block == counts_.blocks) return counts_;
    Counts counts;
    counts.blocks = block;
    counts.transactions = number(Column::block_first_tx, block);
    counts.addresses = number(Column::block_first_address, block);
    bool any = counts.transactions < counts_.transactions;
    counts.inputs = any ? number(Column::tx_first_input, counts.transactions) : counts_.inputs;
    counts.coins = any ? number(Column::tx_first_coin, counts.transactions) : counts_.coins;
    counts.payload_bytes =
        counts.addresses == 0 ? 0 : number(Column::address_end, counts.addresses - 1);
    while (counts.repeats < counts_.repeats &&
           number(Column::repeat_tx, counts.repeats) < counts.transactions) {
      ++counts.repeats;
    }
    return counts;
  }

  void check_checksums() {
    std::uint64_t sum = 0;
    Counts before;
    for (std::uint64_t block = 0; block < counts_.blocks; ++block) {
      Counts after = counts_before(block + 1);
      sum = block_checksum(
          sum, before, after, [&](Column column, std::uint64_t row, std::uint64_t rows) {
            std::size_t row_size = kColumns[static_cast<std::size_t>(column)].width;
            return ledger_.column(column).subspan(row * row_size, rows * row_size);
          });
      std::uint64_t stored = number(Column::block_checksum, block);
      if (sum != stored) {
        found(
            fmt::format("block {}: its rows do not have the checksum that was committed; "
                        "transactions {} to {}, coins {} to {}",
                        block, before.transactions, after.transactions, before.coins, after.coins));
        sum = stored;  // so that the next block is judged by itself
      }
      before = after;
    }
    if (sum != ledger_.manifest().checksum) {
      found("the manifest's checksum is not the last block's");
    }
  }

  // A header commits to its txids: a checksum can be made anew by who changes a row, this cannot.
  void check_merkle_roots() {
    Hasher& hasher = thread_hasher();
    std::vector<Hash256> level;
    for (std::uint32_t row = 0; row < counts_.blocks; ++row) {
      BlockHeight height(row);
      level.clear();
      for (TxId tx : ledger_.transactions(height)) level.push_back(ledger_.txid(tx));
      Hash256 promised = Hash256::from_bytes(ledger_.header(height).subspan(36, 32));
      if (level.empty() || merkle_root(level, hasher).root != promised) {
        found(fmt::format("block {}: its transactions do not have its header's merkle root", row));
      }
    }
  }

  // Each input's coin names this transaction as its spender, and no other coin has one.
  void check_spends() {
    std::uint64_t spent = 0;
    std::uint64_t replaced = 0;
    for (std::uint32_t row = 0; row < counts_.transactions; ++row) {
      TxId tx(row);
      for (std::uint64_t i = 0; i < ledger_.input_count(tx); ++i) {
        CoinId coin = ledger_.input(tx, i);
        if (coin.number() >= ledger_.outputs(tx).first.number()) {
          found(fmt::format("transaction {}, input {}: spends coin {}, which is not older",
                            ledger_.txid(tx).text(), i, coin.number()));
        } else if (ledger_.spender(coin) != tx) {
          found(
              fmt::format("{}, row {}: coin is spent by transaction row {}, which it does not "
                          "name",
                          file(Column::coin_spender), coin.number(), row));
        }
        ++spent;
      }
    }
    std::uint64_t marked = 0;
    for (std::uint64_t coin = 0; coin < counts_.coins; ++coin) {
      if (!ledger_.spender(CoinId(coin))) continue;
      ++marked;
      if (!ledger_.is_replaced(CoinId(coin))) continue;
      ++replaced;
      if (ledger_.txid(*ledger_.spender(CoinId(coin))) !=
          ledger_.txid(ledger_.creator(CoinId(coin)))) {
        found(fmt::format("{}, row {}: names a coinbase of another txid",
                          file(Column::coin_spender), coin));
      }
    }
    if (marked != spent + replaced) {
      found(fmt::format("{}: {} a spender where the inputs account for {}",
                        file(Column::coin_spender), plural(marked, "coin has", "coins have"),
                        spent + replaced));
    }
  }

  void check_sums() {
    for (std::uint32_t row = 0; row < counts_.transactions; ++row) {
      TxId tx(row);
      if (ledger_.is_coinbase(tx)) continue;
      Amount in = 0;
      Amount out = 0;
      for (std::uint64_t i = 0; i < ledger_.input_count(tx); ++i) {
        in += ledger_.value(ledger_.input(tx, i));
      }
      for (CoinId coin : ledger_.outputs(tx)) out += ledger_.value(coin);
      if (out > in) {
        found(fmt::format("transaction {}: pays out {} and takes in {}", ledger_.txid(tx).text(),
                          out, in));
      }
    }
  }

  void check_addresses() {
    for (std::uint64_t coin = 0; coin < counts_.coins; ++coin) {
      if (number(Column::coin_address, coin) >= counts_.addresses ||
          number(Column::coin_script, coin) >= kScriptKinds) {
        found(fmt::format("coin {}: its address or script kind does not exist", coin));
      }
    }
    for (std::uint64_t address = 0; address < counts_.addresses; ++address) {
      if (number(Column::address_kind, address) >= kAddressKinds) {
        found(fmt::format("{}, row {}: no such kind", file(Column::address_kind), address));
      }
    }
  }

  CoinId spent_coin(std::uint64_t input) const { return CoinId(number(Column::input_coin, input)); }

  Amount value_of(Index index, std::uint64_t row) const {
    return ledger_.value(index == Index::address_input ? spent_coin(row) : CoinId(row));
  }

  std::uint64_t key_of(Index index, std::uint64_t row) const {
    switch (index) {
      case Index::txid:
        return ledger_.txid(TxId(static_cast<std::uint32_t>(row))).prefix();
      case Index::address: {
        AddressId address(static_cast<std::uint32_t>(row));
        return address_key(ledger_.address_kind(address), ledger_.address_payload(address));
      }
      case Index::address_coin:
        return ledger_.address(CoinId(row)).number();
      case Index::address_input:
        return ledger_.address(spent_coin(row)).number();
      case Index::block_hash:
        return ledger_.block_hash(BlockHeight(static_cast<std::uint32_t>(row))).prefix();
      case Index::block_time:
        return ledger_.block_time(BlockHeight(static_cast<std::uint32_t>(row)));
    }
    return 0;
  }

  // Each row of a run's range stands in it exactly once: its entries rise strictly, each lies
  // inside the range under the one key its row has, and there are as many as rows.
  void check_indexes() {
    for (const IndexSpec& spec : kIndexes) {
      for (const Run& run : ledger_.index(spec.index).runs()) check_run(spec, run);
    }
  }

  void check_run(const IndexSpec& spec, const Run& run) {
    report_.bytes_read += run.bytes().size();
    std::uint64_t key_before = 0;
    std::uint64_t row_before = 0;
    Amount total = 0;
    for (std::uint64_t entry = 0; entry < run.size(); ++entry) {
      std::uint64_t key = run.key(entry);
      std::uint64_t row = run.row(entry);
      bool inside = row >= run.range().first && row < run.range().end;
      bool rising = entry == 0 || key > key_before || (key == key_before && row > row_before);
      if (!inside || !rising || key != key_of(spec.index, row)) {
        found(fmt::format("runs/{}, entry {}: does not fit row {} of {}",
                          run_name(spec, run.range()), entry, row, file(spec.rows)));
        return;
      }
      key_before = key;
      row_before = row;
      if (!spec.sums) continue;
      total += value_of(spec.index, row);
      if ((entry + 1) % kSumStep == 0 && run.stored_sum((entry + 1) / kSumStep) != total) {
        found(fmt::format("runs/{}, sum {}: is not the sum of the values before it",
                          run_name(spec, run.range()), (entry + 1) / kSumStep));
        return;
      }
    }
  }

  const Ledger& ledger_;
  const Counts& counts_;
  CheckReport report_;
};

}  // namespace

CheckReport check_ledger(const Ledger& ledger) { return Checker(ledger).run(); }

}  // namespace tracehound::ledger
