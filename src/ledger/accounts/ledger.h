// Reading an account ledger: an open snapshot of committed rows. Any number of readers may be open
// while one writer goes on; a snapshot never changes.
#pragma once

#include <array>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "base/file.h"
#include "base/result.h"
#include "ledger/accounts/manifest.h"
#include "ledger/accounts/rows.h"

namespace tracehound::ledger {
class RunIndex;
}

namespace tracehound::ledger::accounts {

// What an account received and gave in one asset over all its transfers. Transfers to itself are
// in both.
struct AssetTotals {
  AssetId asset;
  std::uint64_t transfers = 0;
  U256 received;
  U256 given;
};

// Thread-safe for reading. Ids given to accessors must be below the snapshot's counts: an id that
// is not came out of a damaged row, and ends the program with that word (CHECK_LEDGER).
class Ledger {
 public:
  // Errors: no ledger there; a coin ledger; another format version; a file shorter than the
  // manifest says.
  static Result<Ledger> open(FileSystem& files, const std::string& folder);
  // Whether no row of this snapshot has been taken back since it was opened (ledger/certain.h).
  Result<bool> still_holds(FileSystem& files) const;
  Ledger(Ledger&&) noexcept;
  Ledger& operator=(Ledger&&) noexcept;
  ~Ledger();

  const std::string& folder() const { return folder_; }
  const Manifest& manifest() const { return manifest_; }
  const Counts& counts() const { return manifest_.counts; }
  // "ethereum:1", "transfers:ripple", ...
  const std::string& chain() const { return manifest_.chain; }
  // What fees are paid in.
  std::optional<AssetId> native() const {
    return manifest_.has_native ? std::optional(AssetId(0)) : std::nullopt;
  }

  // Blocks. An open ledger has at least one.
  BlockId tip() const;
  Block block(BlockId block) const;
  IdRange<TxId> transactions(BlockId block) const;
  std::optional<BlockId> find_block(std::uint64_t number) const;
  // The last block whose number is at most `number`.
  std::optional<BlockId> block_at_most(std::uint64_t number) const;
  std::optional<BlockId> find_block(const Hash256& hash) const;
  // The block with the latest time that is not after `time`; of equal times the last.
  std::optional<BlockId> block_at(std::uint32_t time) const;

  // Transactions.
  Transaction transaction(TxId tx) const;
  std::string id_text(TxId tx) const;
  BlockId block_of(TxId tx) const;
  // Of its block.
  std::uint32_t time(TxId tx) const;
  IdRange<TransferId> transfers(TxId tx) const;
  std::optional<TxId> find_transaction(std::string_view id) const;

  // Transfers. tx_of() and block_of() are searches: a scan keeps the transaction it is in.
  Transfer transfer(TransferId transfer) const;
  TxId tx_of(TransferId transfer) const;
  BlockId block_of(TransferId transfer) const { return block_of(tx_of(transfer)); }

  // Accounts. kNobody's text is "".
  std::string account_text(AccountId account) const;
  std::optional<AccountId> find_account(std::string_view text) const;
  // Transfers from or to the account, each once, in chain order: `most` from number `first` on.
  std::vector<TransferId> transfers_of(AccountId account, std::uint64_t first = 0,
                                       std::uint64_t most = ~std::uint64_t{0}) const;
  std::uint64_t transfer_count(AccountId account) const;
  // By asset; reads all the account's transfers. Fees are not in it.
  std::vector<AssetTotals> totals(AccountId account) const;

  // Assets.
  Asset asset(AssetId asset) const;
  // By contract; by symbol, those without one.
  std::optional<AssetId> find_asset(std::string_view contract_or_symbol) const;
  // Every asset with that contract or that symbol, ascending.
  std::vector<AssetId> find_assets(std::string_view contract_or_symbol) const;

  // Whole columns, in place: for scans and checks.
  ByteView column(Column column) const { return columns_[static_cast<std::size_t>(column)]; }
  std::span<const U256> amounts() const { return rows<U256>(Column::transfer_amount); }
  std::span<const AccountId> froms() const { return rows<AccountId>(Column::transfer_from); }
  std::span<const AccountId> tos() const { return rows<AccountId>(Column::transfer_to); }
  std::span<const AssetId> assets() const { return rows<AssetId>(Column::transfer_asset); }
  std::span<const TransferKind> kinds() const { return rows<TransferKind>(Column::transfer_kind); }
  std::span<const TxId> first_transactions() const { return rows<TxId>(Column::block_first_tx); }
  std::span<const Uint40> first_transfers() const {
    return rows<Uint40>(Column::tx_first_transfer);
  }
  std::span<const AccountId> payers() const { return rows<AccountId>(Column::tx_payer); }
  std::span<const U256> fees() const { return rows<U256>(Column::tx_fee); }
  const RunIndex& index(Index index) const;

 private:
  Ledger();
  static Result<Ledger> open_at(FileSystem& files, const std::string& folder,
                                const Manifest& manifest);
  template <typename Field>
  Field field(Column column, std::uint64_t row) const;
  // Columns begin on a page, and every width is a multiple of what its field is aligned to.
  template <typename Row>
  std::span<const Row> rows(Column column) const {
    ByteView bytes = this->column(column);
    return {reinterpret_cast<const Row*>(bytes.data()), bytes.size() / sizeof(Row)};
  }
  ByteView text(Column ends, Column texts, std::uint64_t row) const;

  std::string folder_;
  Manifest manifest_;
  std::vector<std::unique_ptr<Mapping>> mappings_;
  std::array<ByteView, kColumnCount> columns_;
  std::vector<std::unique_ptr<RunIndex>> indexes_;
  std::unique_ptr<Lock> reading_;
  std::uint64_t rewinds_ = 0;
};

}  // namespace tracehound::ledger::accounts
