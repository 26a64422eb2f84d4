// Reading a ledger: an open snapshot of committed rows. Any number of readers may be open while
// one writer goes on; a snapshot never changes.
#pragma once

#include <array>
#include <initializer_list>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <utility>
#include <vector>

#include "base/file.h"
#include "base/hash.h"
#include "base/ids.h"
#include "base/result.h"
#include "ledger/first_reads.h"
#include "ledger/manifest.h"
#include "ledger/rows.h"
#include "ledger/schema.h"

namespace tracehound::ledger {

class RunIndex;
struct Overlay;

// What an address received and gave over all its coins.
struct AddressTotals {
  std::uint64_t coins = 0;
  Amount received = 0;
  std::uint64_t spent_coins = 0;
  Amount spent = 0;
  // Coins whose place another transaction of the same txid took (BIP 30): gone, and not spent.
  std::uint64_t replaced_coins = 0;
  Amount replaced = 0;

  std::uint64_t unspent_coins() const { return coins - spent_coins - replaced_coins; }
  Amount balance() const { return received - spent - replaced; }
  friend bool operator==(const AddressTotals&, const AddressTotals&) = default;
};

// A pay-to-script-hash address, or one of its witness kind, and what it was seen to pay.
struct Wrapper {
  AddressId address;
  AddressId wraps;
  TxId transaction;  // the first whose input shows the script

  friend bool operator==(const Wrapper&, const Wrapper&) = default;
};

// Unconfirmed transactions that a snapshot shows (overlay.h).
struct Unconfirmed {
  std::uint32_t taken_at = 0;  // when they were together, in seconds since 1970
  std::uint64_t transactions = 0;
  std::uint64_t left_out = 0;  // more that were given and do not go with the ledger

  friend bool operator==(const Unconfirmed&, const Unconfirmed&) = default;
};

// Thread-safe for reading. Ids given to accessors must be below the snapshot's counts: an id that
// is not came out of a damaged row, and ends the program with that word (CHECK_LEDGER).
class Ledger {
 public:
  // Errors: no ledger there; another format version; a file shorter than the manifest says.
  static Result<Ledger> open(FileSystem& files, const std::string& folder);
  // Whether no row of this snapshot has been taken back since it was opened. A writer that goes
  // back and on writes over rows that readers have mapped: what was read is right if this still
  // holds after the reading, and is otherwise to be thrown away and read again from a new snapshot.
  Result<bool> still_holds(FileSystem& files) const;
  Ledger(Ledger&&) noexcept;
  Ledger& operator=(Ledger&&) noexcept;
  ~Ledger();

  const std::string& folder() const { return folder_; }
  // What is confirmed.
  const Manifest& manifest() const { return manifest_; }
  // The rows that there are to read: those of the manifest, and unconfirmed ones behind them.
  const Counts& counts() const { return counts_; }
  // "bitcoin:main", "litecoin:regtest", ...
  const std::string& chain() const { return manifest_.chain; }
  // The last confirmed block. REQUIRES: at least one (an open ledger always has the genesis block).
  BlockHeight tip() const;

  // Unconfirmed transactions, if there are any to show, stand in one block behind the tip that is
  // none: its time is when they were together, it has no hash, and no look-up of blocks gives it.
  const std::optional<Unconfirmed>& unconfirmed() const { return unconfirmed_; }
  bool is_unconfirmed(BlockHeight height) const {
    return height.number() >= manifest_.counts.blocks;
  }
  bool is_unconfirmed(TxId tx) const { return tx.number() >= manifest_.counts.transactions; }
  bool is_unconfirmed(CoinId coin) const { return coin.number() >= manifest_.counts.coins; }
  // In seconds since 1970. REQUIRES: is_unconfirmed(tx).
  std::uint32_t first_seen(TxId tx) const;
  // The unconfirmed transaction that spends the coin, if one does.
  std::optional<TxId> unconfirmed_spender(CoinId coin) const;
  // For add_unconfirmed() alone.
  void extend(Overlay overlay);

  // Blocks.
  ByteView header(BlockHeight height) const;
  // REQUIRES: the block is confirmed.
  Hash256 block_hash(BlockHeight height) const;
  std::uint32_t block_time(BlockHeight height) const;
  IdRange<TxId> transactions(BlockHeight height) const;
  std::optional<BlockHeight> find_block(const Hash256& hash) const;
  // The block with the latest header time that is not after `time`; of equal times the highest.
  std::optional<BlockHeight> block_at(std::uint32_t time) const;

  // Transactions.
  Hash256 txid(TxId tx) const;
  std::uint32_t shape(TxId tx) const;
  BlockHeight height(TxId tx) const;
  // Of its block; of an unconfirmed one, when it was first seen.
  std::uint32_t time(TxId tx) const;
  bool is_coinbase(TxId tx) const;
  IdRange<CoinId> outputs(TxId tx) const;
  std::uint64_t input_count(TxId tx) const;
  CoinId input(TxId tx, std::uint64_t number) const;
  // The last transaction of that id, which is the one that can be spent from (BIP 30).
  std::optional<TxId> find_transaction(const Hash256& txid) const;
  // All of them, in chain order.
  std::vector<TxId> find_transactions(const Hash256& txid) const;

  // Coins.
  Amount value(CoinId coin) const;
  AddressId address(CoinId coin) const;
  ScriptKind script(CoinId coin) const;
  // The transaction that spends the coin; for a coinbase coin that a later coinbase of the same
  // txid replaced (BIP 30), that coinbase: see is_replaced.
  std::optional<TxId> spender(CoinId coin) const;
  bool is_replaced(CoinId coin) const;
  TxId creator(CoinId coin) const;
  std::uint32_t output_number(CoinId coin) const;
  std::optional<CoinId> find_coin(const Outpoint& outpoint) const;
  Outpoint outpoint(CoinId coin) const;

  // Addresses.
  AddressKind address_kind(AddressId address) const;
  ByteView address_payload(AddressId address) const;
  std::optional<AddressId> find_address(AddressKind kind, ByteView payload) const;
  // In chain order.
  std::vector<CoinId> coins_of(AddressId address) const;
  // Some of them: `most` from number `first` on.
  std::vector<CoinId> coins_of(AddressId address, std::uint64_t first, std::uint64_t most) const;
  // Without looking at each coin, however many there are.
  AddressTotals totals(AddressId address) const;
  // What of that is unconfirmed: the coins it received and those it spent without a block.
  AddressTotals unconfirmed_totals(AddressId address) const;

  // Wrappers that confirmed spends have shown, in the order of their transactions.
  // REQUIRES: row < counts().wrappers.
  Wrapper wrapper(std::uint64_t row) const;
  // The first row of this transaction or a later one.
  std::uint64_t first_wrapper_from(TxId tx) const;
  // What the address wraps, if that was seen; and those that wrap it.
  std::optional<Wrapper> wrapper_at(AddressId address) const;
  std::vector<Wrapper> wrappers_of(AddressId address) const;

  // The whole column, for scans and checks.
  ByteView column(Column column) const;
  const RunIndex& index(Index index) const;

 private:
  Ledger();
  static Result<Ledger> open_at(FileSystem& files, const std::string& folder,
                                const Manifest& manifest);
  template <typename Field>
  Field field(Column column, std::uint64_t row) const;
  // Asks the disk for a row's fields in these columns, side by side.
  void ask(std::uint64_t row, std::initializer_list<Column> columns) const;
  void find_replaced();
  AddressTotals totals_from(AddressId address, std::uint64_t first_coin,
                            std::uint64_t first_input) const;

  std::string folder_;
  Manifest manifest_;
  Counts counts_;
  std::vector<std::unique_ptr<Mapping>> mappings_;
  std::array<ByteView, kColumns.size()> columns_;
  std::array<FirstReads, kColumns.size()> reads_;
  std::vector<std::unique_ptr<RunIndex>> indexes_;
  std::vector<CoinId> replaced_;
  std::optional<Unconfirmed> unconfirmed_;
  std::vector<std::pair<CoinId, TxId>> unconfirmed_spends_;  // by coin
  std::vector<std::uint32_t> first_seen_;
  std::unique_ptr<Lock> reading_;
  std::uint64_t rewinds_ = 0;
};

}  // namespace tracehound::ledger
