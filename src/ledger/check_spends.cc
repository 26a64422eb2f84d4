#include <fmt/format.h>

#include <atomic>

#include "base/text.h"
#include "ledger/check_parts.h"
#include "ledger/manifest.h"
#include "ledger/side_files.h"

namespace tracehound::ledger {

namespace {

constexpr std::uint64_t kRowsAPiece = 1U << 15;
// How many inputs ahead of the one at work its coin's rows are asked for.
constexpr std::uint64_t kAhead = 32;

class SpendCheck {
 public:
  explicit SpendCheck(const Ledger& ledger)
      : ledger_(ledger),
        counts_(ledger.counts()),
        first_tx_(ledger, Column::block_first_tx),
        first_input_(ledger, Column::tx_first_input),
        first_coin_(ledger, Column::tx_first_coin),
        input_coin_(ledger, Column::input_coin),
        values_(ledger, Column::coin_value),
        spenders_(ledger, Column::coin_spender) {}

  // Of transactions [first, end): what they spend, and whether it pays for what they pay out.
  void spends_and_sums(std::uint64_t first, std::uint64_t end, Findings& spends,
                       Findings& sums) const {
    std::uint64_t block = ledger_.height(TxId(static_cast<std::uint32_t>(first))).number();
    std::uint64_t input = first_input_[first];
    std::uint64_t coin = first_coin_[first];
    for (std::uint64_t tx = first; tx < end; ++tx) {
      while (block + 1 < counts_.blocks && first_tx_[block + 1] <= tx) ++block;
      std::uint64_t coins_before = coin;
      Amount in = 0;
      Amount out = 0;
      std::uint64_t inputs_before = input;
      for (std::uint64_t inputs_end = inputs_end_of(tx); input < inputs_end; ++input) {
        ask_for(input + kAhead);
        std::uint64_t spent = input_coin_[input];
        if (spent >= coins_before) {
          spends.add([&] { return not_older(tx, input - inputs_before, spent); });
        } else if (spenders_[spent] != tx) {
          spends.add([&] { return not_named(tx, spent); });
        } else {
          in += values_[spent];
        }
      }
      for (std::uint64_t coins_end = coins_end_of(tx); coin < coins_end; ++coin) {
        out += values_[coin];
      }
      bool mints = first_tx_[block] == tx && input == inputs_before;
      if (out > in && !mints) sums.add([&] { return pays_too_much(tx, in, out); });
    }
  }

  std::uint64_t count_marked(std::uint64_t first, std::uint64_t end) const {
    std::uint64_t marked = 0;
    for (std::uint64_t coin = first; coin < end; ++coin) {
      marked += spenders_[coin] < counts_.transactions ? 1 : 0;
    }
    return marked;
  }

  // A coin is replaced by a transaction of its own txid, and those are listed.
  std::uint64_t count_replaced() const {
    std::uint64_t replaced = 0;
    Numbers<4> repeats(ledger_, Column::repeat_tx);
    for (std::uint64_t row = 0; row < counts_.repeats; ++row) {
      TxId repeat(static_cast<std::uint32_t>(repeats[row]));
      for (TxId tx : ledger_.find_transactions(ledger_.txid(repeat))) {
        for (CoinId coin : ledger_.outputs(tx)) {
          replaced += spenders_[coin.number()] == repeat.number() ? 1 : 0;
        }
      }
    }
    return replaced;
  }

 private:
  std::uint64_t inputs_end_of(std::uint64_t tx) const {
    return tx + 1 == counts_.transactions ? counts_.inputs : first_input_[tx + 1];
  }
  std::uint64_t coins_end_of(std::uint64_t tx) const {
    return tx + 1 == counts_.transactions ? counts_.coins : first_coin_[tx + 1];
  }
  void ask_for(std::uint64_t input) const {
    if (input >= counts_.inputs) return;
    std::uint64_t coin = input_coin_[input];
    spenders_.prefetch(coin);
    values_.prefetch(coin);
  }

  std::string txid(std::uint64_t tx) const {
    return ledger_.txid(TxId(static_cast<std::uint32_t>(tx))).text();
  }
  std::string not_older(std::uint64_t tx, std::uint64_t input, std::uint64_t coin) const {
    return fmt::format("transaction {}, input {}: spends coin {}, which is not older", txid(tx),
                       input, coin);
  }
  std::string not_named(std::uint64_t tx, std::uint64_t coin) const {
    return fmt::format("{}, row {}: coin is spent by transaction row {}, which it does not name",
                       file_of(Column::coin_spender), coin, tx);
  }
  std::string pays_too_much(std::uint64_t tx, Amount in, Amount out) const {
    return fmt::format("transaction {}: pays out {} and takes in {}", txid(tx), out, in);
  }

  const Ledger& ledger_;
  const Counts& counts_;
  Numbers<4> first_tx_;
  Numbers<5> first_input_;
  Numbers<5> first_coin_;
  Numbers<5> input_coin_;
  Numbers<8> values_;
  Numbers<4> spenders_;
};

}  // namespace

Findings check_kinds(const Ledger& ledger) {
  const Counts& counts = ledger.counts();
  Numbers<4> addresses(ledger, Column::coin_address);
  Numbers<1> scripts(ledger, Column::coin_script);
  Numbers<1> kinds(ledger, Column::address_kind);
  Findings found = in_pieces(
      counts.coins, kRowsAPiece, [&](std::uint64_t first, std::uint64_t end, Findings& findings) {
        for (std::uint64_t coin = first; coin < end; ++coin) {
          if (addresses[coin] < counts.addresses && scripts[coin] < kScriptKinds) continue;
          findings.add([&] {
            return fmt::format("coin {}: its address or script kind does not exist", coin);
          });
        }
      });
  found.append(in_pieces(counts.addresses, kRowsAPiece,
                         [&](std::uint64_t first, std::uint64_t end, Findings& findings) {
                           for (std::uint64_t row = first; row < end; ++row) {
                             if (kinds[row] < kAddressKinds) continue;
                             findings.add([&] {
                               return fmt::format("{}, row {}: no such kind",
                                                  file_of(Column::address_kind), row);
                             });
                           }
                         }));
  return found;
}

Status check_leftovers(FileSystem& files, const Ledger& ledger, CheckReport& report) {
  if (SideFiles(files, ledger.folder()).was_interrupted()) return {};
  std::uint64_t past = 0;
  std::uint64_t transactions = ledger.counts().transactions;
  Numbers<width::kTxId> spenders(ledger, Column::coin_spender);
  for (std::uint64_t coin = 0; coin < ledger.counts().coins; ++coin) {
    past += spenders[coin] >= transactions && spenders[coin] != kNoTx ? 1 : 0;
  }
  if (past == 0) return {};
  // Or those of a writer that came meanwhile: it is at work, or it has committed them.
  if (SideFiles(files, ledger.folder()).was_interrupted()) return {};
  TRY_ASSIGN(Manifest now, read_manifest(files, ledger.folder()));
  if (now != ledger.manifest()) return {};
  ++report.findings_total;
  report.findings.push_back(fmt::format("{}: {} a spender that is not there, and no writer at work",
                                        file_of(Column::coin_spender),
                                        plural(past, "unspent coin names", "unspent coins name")));
  return {};
}

Findings check_spends(const Ledger& ledger, Meter& meter) {
  const Counts& counts = ledger.counts();
  SpendCheck check(ledger);
  std::atomic<std::uint64_t> marked = 0;
  in_pieces(counts.coins, kRowsAPiece, [&](std::uint64_t first, std::uint64_t end, Findings&) {
    marked += check.count_marked(first, end);
    meter.add((end - first) * width::kTxId);
  });
  std::vector<Findings> sums((counts.transactions + kRowsAPiece - 1) / kRowsAPiece);
  Findings found =
      in_pieces(counts.transactions, kRowsAPiece,
                [&](std::uint64_t first, std::uint64_t end, Findings& findings) {
                  check.spends_and_sums(first, end, findings, sums[first / kRowsAPiece]);
                });
  std::uint64_t accounted = counts.inputs + check.count_replaced();
  if (marked != accounted) {
    found.add([&] {
      return fmt::format("{}: {} a spender where the inputs account for {}",
                         file_of(Column::coin_spender), plural(marked, "coin has", "coins have"),
                         accounted);
    });
  }
  if (found.total > 0) return found;  // sums of wrong coins say nothing
  for (Findings& piece : sums) found.append(std::move(piece));
  return found;
}

}  // namespace tracehound::ledger
