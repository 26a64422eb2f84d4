#include <fmt/format.h>

#include <algorithm>
#include <unordered_set>

#include "ledger/check_parts.h"
#include "ledger/runs.h"

namespace tracehound::ledger {

namespace {

constexpr std::uint64_t kRowsAPiece = 1U << 14;

class WrapperCheck {
 public:
  explicit WrapperCheck(const Ledger& ledger)
      : ledger_(ledger),
        rows_(ledger.counts().wrappers),
        addresses_(ledger, Column::wrapper_address),
        wraps_(ledger, Column::wrapper_wraps),
        transactions_(ledger, Column::wrapper_tx),
        kinds_(ledger, Column::address_kind) {}

  // Of the transactions whose first row is in [first, end).
  void shown(std::uint64_t first, std::uint64_t end, Findings& findings) const {
    while (first > 0 && first < end && transactions_[first] == transactions_[first - 1]) ++first;
    while (first < end) {
      std::uint64_t tx = transactions_[first];
      auto spent = spent_in(TxId(static_cast<std::uint32_t>(tx)));
      for (; first < rows_ && transactions_[first] == tx; ++first) {
        if (!can_be(first) || !is_shown(first, spent)) {
          return findings.add([&] { return not_shown(first); });
        }
      }
    }
  }

  void once(Findings& findings) const {
    std::vector<bool> seen(ledger_.counts().addresses);
    for (std::uint64_t row = 0; row < rows_; ++row) {
      if (seen[addresses_[row]]) {
        return findings.add([&] {
          return fmt::format("{}, row {}: address row {} stands there before",
                             file_of(Column::wrapper_address), row, addresses_[row]);
        });
      }
      seen[addresses_[row]] = true;
    }
  }

 private:
  bool can_be(std::uint64_t row) const {
    std::uint64_t addresses = ledger_.counts().addresses;
    if (addresses_[row] >= addresses || wraps_[row] >= addresses) return false;
    auto kind = static_cast<AddressKind>(kinds_[addresses_[row]]);
    return kind == AddressKind::script_hash || kind == AddressKind::witness_script_hash;
  }
  bool is_shown(std::uint64_t row, const std::unordered_set<std::uint64_t>& spent) const {
    if (spent.contains(addresses_[row])) return true;
    for (std::uint64_t around : ledger_.index(Index::wrapped).find(addresses_[row])) {
      if (around < row && spent.contains(addresses_[around])) return true;
    }
    return false;
  }
  std::unordered_set<std::uint64_t> spent_in(TxId tx) const {
    std::unordered_set<std::uint64_t> addresses;
    for (std::uint64_t i = 0; i < ledger_.input_count(tx); ++i) {
      addresses.insert(ledger_.address(ledger_.input(tx, i)).number());
    }
    return addresses;
  }
  std::string not_shown(std::uint64_t row) const {
    return fmt::format("{}, row {}: transaction row {} shows nothing that address row {} wraps",
                       file_of(Column::wrapper_address), row, transactions_[row], addresses_[row]);
  }

  const Ledger& ledger_;
  std::uint64_t rows_;
  Numbers<4> addresses_;
  Numbers<4> wraps_;
  Numbers<4> transactions_;
  Numbers<1> kinds_;
};

}  // namespace

Findings check_wrappers(const Ledger& ledger) {
  WrapperCheck check(ledger);
  Findings found = in_pieces(ledger.counts().wrappers, kRowsAPiece,
                             [&](std::uint64_t first, std::uint64_t end, Findings& findings) {
                               check.shown(first, end, findings);
                             });
  found.keep_first();
  if (found.total == 0) check.once(found);
  return found;
}

}  // namespace tracehound::ledger
