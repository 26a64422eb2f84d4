// Small chains as text, made into real ledgers in memory:
//
//   block                        # its coinbase is "base0" and pays 5000 to "miner"
//   block
//     mine c: 100 50@alice       # the block's coinbase, when it matters: goes first
//     tx t: c:0 c:1 -> 90@bob 7@mixer 40 0!    # fee 13; '!' is an OP_RETURN script
//
//   mempool                      # what follows is not confirmed; last, and without a coinbase
//     tx u: t:2 -> 40@bob
//
// An output without an address has one of its own, called like the coin ("t:2"). A `mine` line may
// repeat the name of an earlier one: the two coinbases then share a txid (BIP 30).
#pragma once

#include <map>
#include <string>
#include <string_view>
#include <vector>

#include "ledger/ledger.h"
#include "support/faulty_file_system.h"

namespace tracehound::test {

class ToyChain {
 public:
  // Throws std::runtime_error, naming the line, on text that is no such chain: a broken test.
  // `chain` is the chain's name in the ledger: by it, the subsidy is known.
  explicit ToyChain(std::string_view text, const std::string& chain = "toy:test");

  const ledger::Ledger& ledger() const { return ledger_.front(); }

  // By name: "t:0", "t", "alice". Of coins and transactions of one name the last.
  CoinId coin(std::string_view name) const;
  TxId transaction(std::string_view name) const;
  AddressId address(std::string_view name) const;
  // "t:0[2,5)" as a user would write it: the name replaced by the txid.
  std::string seed_text(std::string_view seed) const;

  std::string coin_name(CoinId coin) const;
  std::string address_name(AddressId address) const;
  const std::string& transaction_name(TxId tx) const { return names_.at(tx.number()); }
  // The time of the mempool; each transaction was first seen 10 seconds after the one before.
  static constexpr std::uint32_t kTakenAt = 1'700'000'000;

  // For the reference in Python: every transaction with its inputs and outputs, by name.
  std::string dump() const;

 private:
  FaultyFileSystem disk_;
  std::vector<ledger::Ledger> ledger_;  // one
  std::vector<std::string> names_;      // of transactions, by TxId
  std::map<AddressId, std::string> addresses_;
};

// Splits at blanks; what follows a '#' is a comment.
std::vector<std::string> words_of(std::string_view line);
// Without the line ends.
std::vector<std::string> lines_of(std::string_view text);

}  // namespace tracehound::test
