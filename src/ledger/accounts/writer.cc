// append() works in memory alone, until a commit (ledger/committed_rows.h) writes the rows out.

#include "ledger/accounts/writer.h"

#include <fmt/format.h>

#include <span>
#include <unordered_map>
#include <utility>
#include <vector>

#include "base/check.h"
#include "ledger/accounts/checksum.h"
#include "ledger/accounts/columns.h"
#include "ledger/accounts/commit.h"
#include "ledger/accounts/index_keys.h"
#include "ledger/accounts/layout.h"
#include "ledger/accounts/look_ahead.h"
#include "ledger/accounts/name_table.h"
#include "ledger/accounts/tx_table.h"
#include "ledger/committed_rows.h"
#include "ledger/runs.h"

namespace tracehound::ledger::accounts {

namespace {

constexpr std::uint64_t kMost32 = 0xFFFF'FFFE;

constexpr std::size_t place_of(Index index) { return static_cast<std::size_t>(index); }

std::string key_of(const Asset& asset) {
  return asset.contract.empty() ? asset.symbol : asset.contract;
}

}  // namespace

struct Writer::State final : CommittedRows<Manifest, Columns> {
  WriterOptions options;
  NameTable names;
  // Of the newest transactions, all that the index does not cover among them; of all while there is
  // room.
  TxTable new_ids;
  bool ids_complete = false;
  std::unordered_map<std::string, AssetId> assets;
  bool tables_ready = false;
  // Of the block that is being appended: the ids of its names.
  std::vector<AccountId> payers;
  std::vector<AccountId> givers;
  std::vector<AccountId> takers;
  RefusedRow refused;

  State(FileSystem& files_in, const std::string& folder_in, const WriterOptions& options_in)
      : CommittedRows(files_in, folder_in,
                      {place_of(Index::transaction), place_of(Index::account)}),
        options(options_in),
        names(columns) {}

  const RunIndex* transactions() const { return index(0); }
  const RunIndex* accounts() const { return index(1); }

  void build_tables();
  Status append(std::span<const BlockView> blocks);
  Status make_room(const BlockView& block);
  Status check_block(const BlockView& block) const;
  Status append_all(std::span<const BlockView> blocks);
  Status append_rows(const BlockView& block, LookAhead& ahead);
  Status give_ids(const BlockView& block, LookAhead& ahead);
  Status give_id(const BlockView& block, const TxRow& row);
  AccountId account(const BlockView& block, const NameRef& name);
  void push_transactions(const BlockView& block, const Counts& before);
  void push_transfers(const BlockView& block, std::span<const AssetId> assets_of);
  template <typename Field>
  void push_all(Column column, std::size_t count, const auto& field_of);
  Result<AssetId> intern(const Asset& asset);
  void add_asset(const Asset& asset);
  Asset asset(AssetId id) const;
  bool has_transaction(std::uint64_t key, NameKind kind, ByteView id) const;
  Counts counts_at(std::uint64_t blocks) const;
  void describe_block(Manifest& manifest_of, std::uint64_t last) const;

 private:
  Result<Manifest> read() const override { return read_manifest(files, folder); }
  Error other_chain(const Manifest& there) const override;
  void forgotten() override { tables_ready = false; }
  void describe_tip(Manifest& after) const override { describe_block(after, counts.blocks - 1); }
  Work committing(const Manifest& before, const Manifest& after) override;
  void committed() override;
  Manifest back_at(std::uint64_t blocks) const override;
  Status write_indexes_of(const Manifest& after) override {
    return write_indexes(files, folder, columns, manifest.counts, after.counts);
  }
  // No row is ever written in place.
  Work undoing(const Manifest&) const override {
    return [] { return Status(); };
  }
  Status clear_stale_rows() override { return {}; }
};

// ---- opening ------------------------------------------------------------------------------------

Result<Writer> Writer::open(FileSystem& files, const std::string& folder, const std::string& chain,
                            const WriterOptions& options) {
  auto state = std::make_unique<State>(files, folder, options);
  Manifest none;
  none.chain = chain;
  none.has_native = options.native.has_value();
  TRY(state->open_ledger(none));
  return Writer(std::move(state));
}

Writer::Writer(std::unique_ptr<State> state) : state_(std::move(state)) {}
Writer::Writer(Writer&&) noexcept = default;
Writer& Writer::operator=(Writer&&) noexcept = default;

Writer::~Writer() {
  if (state_) state_->close();
}

const Counts& Writer::counts() const { return state_->counts; }
Counts Writer::committed() const { return state_->manifest.counts; }

Block Writer::block(BlockId block) const {
  const Columns& columns = state_->columns;
  CHECK(block.number() < state_->counts.blocks);
  Block row;
  row.number = columns[Column::block_number].get<std::uint64_t>(block.number());
  row.time = columns[Column::block_time].get<std::uint32_t>(block.number());
  auto hash = columns[Column::block_hash].get<Hash256>(block.number());
  if (hash != Hash256()) row.hash = hash;
  return row;
}

std::optional<Block> Writer::tip() const {
  if (state_->counts.blocks == 0) return std::nullopt;
  return block(BlockId(static_cast<std::uint32_t>(state_->counts.blocks - 1)));
}

bool Writer::has_transaction(std::string_view id) const {
  PackedName name(id);
  state_->build_tables();
  return state_->has_transaction(name_key(name.kind(), name.payload()), name.kind(),
                                 name.payload());
}

bool Writer::has_asset(const std::string& contract) const {
  state_->build_tables();
  return state_->assets.contains(contract);
}

Error Writer::State::other_chain(const Manifest& there) const {
  return {ErrorKind::bad_input,
          fmt::format("the ledger in {} holds {}, these transfers are of {}; name another --ledger",
                      folder, there.chain, manifest.chain)};
}

void Writer::State::build_tables() {
  if (tables_ready) return;
  names.reset(manifest.counts, accounts(), options.table_bytes / 2);
  new_ids.clear();
  ids_complete = manifest.counts.transactions == 0;
  assets.clear();
  for (std::uint32_t row = 0; row < manifest.counts.assets; ++row) {
    assets.emplace(key_of(asset(AssetId(row))), AssetId(row));
  }
  tables_ready = true;
}

Asset Writer::State::asset(AssetId id) const {
  ByteView bytes = columns.text(Column::asset_end, Column::asset_text, id.number());
  std::size_t symbol = columns[Column::asset_symbol_size].get<Byte>(id.number());
  CHECK_LEDGER(symbol <= bytes.size());
  std::string text(reinterpret_cast<const char*>(bytes.data()), bytes.size());
  Asset asset{text.substr(0, symbol), text.substr(symbol)};
  asset.decimals = columns[Column::asset_decimals].get<Byte>(id.number());
  asset.decimals_known = asset.decimals != kNoDecimals;
  if (!asset.decimals_known) asset.decimals = 0;
  return asset;
}

// ---- appending ----------------------------------------------------------------------------------

Status Writer::append(std::span<const BlockView> blocks) { return state_->append(blocks); }

Status Writer::State::append(std::span<const BlockView> blocks) {
  TRY(recover());
  build_tables();
  Status status = append_all(blocks);
  if (status) return status;
  TRY(back_to_commit());
  return status;
}

const RefusedRow& Writer::refused() const { return state_->refused; }

Status Writer::State::append_all(std::span<const BlockView> blocks) {
  refused = {};
  LookAhead ahead(blocks, names, new_ids);
  for (const BlockView& block : blocks) {
    TRY(make_room(block));
    TRY(append_rows(block, ahead));
    ++refused.block;
    refused.transaction = 0;
  }
  return {};
}

// Sees to it that the block's accounts fit into the table. Only what is committed can be forgotten,
// for only that is in the index.
Status Writer::State::make_room(const BlockView& block) {
  std::uint64_t most = block.transactions.size() + 2 * block.transfers.size();
  if (names.has_room(most)) return {};
  TRY(commit());
  if (!names.has_room(most)) names.forget();
  return {};
}

Status Writer::State::check_block(const BlockView& block) const {
  if (counts.blocks > 0) {
    auto tip = columns[Column::block_number].get<std::uint64_t>(counts.blocks - 1);
    if (block.block.number <= tip) {
      return bad_input(
          fmt::format("block {} comes after the ledger's last one, {}; go back first with "
                      "`tracehound ledger rewind`",
                      block.block.number, tip));
    }
  }
  std::uint64_t names_most = block.transactions.size() + 2 * block.transfers.size();
  if (counts.transactions + block.transactions.size() >= kMost32 ||
      counts.accounts + names_most >= kMost32 || counts.assets + block.assets.size() >= kMost32 ||
      counts.blocks + 1 >= kMost32) {
    return machine_error("the ledger is full: it holds 4,294,967,293 transactions and accounts");
  }
  return {};
}

Status Writer::State::append_rows(const BlockView& block, LookAhead& ahead) {
  TRY(check_block(block));
  Counts before = counts;
  columns[Column::block_number].push(block.block.number);
  columns[Column::block_time].push(block.block.time);
  columns[Column::block_hash].push(block.block.hash.value_or(Hash256()));
  columns[Column::block_first_tx].push(static_cast<std::uint32_t>(counts.transactions));
  columns[Column::block_first_account].push(static_cast<std::uint32_t>(counts.accounts));
  columns[Column::block_first_asset].push(static_cast<std::uint32_t>(counts.assets));
  if (counts.blocks == 0 && options.native) add_asset(*options.native);
  std::vector<AssetId> ids;
  for (const Asset& asset : block.assets) {
    TRY_ASSIGN(AssetId id, intern(asset));
    ids.push_back(id);
  }
  TRY(give_ids(block, ahead));
  push_transactions(block, before);
  push_transfers(block, ids);
  ++counts.blocks;
  checksum = block_checksum(checksum, before, counts,
                            [this](Column which, std::uint64_t row, std::uint64_t rows) {
                              return columns[which].bytes(row, rows);
                            });
  columns[Column::block_checksum].push(checksum);
  return {};
}

bool Writer::State::has_transaction(std::uint64_t key, NameKind kind, ByteView id) const {
  auto same = [&](TxId tx) {
    return columns[Column::tx_id_kind].get<Byte>(tx.number()) == static_cast<Byte>(kind) &&
           std::ranges::equal(columns.text(Column::tx_id_end, Column::tx_id, tx.number()), id);
  };
  bool found = new_ids.contains(key, same);
  if (!found && !ids_complete && transactions()->rows() > 0) {
    transactions()->find(
        key, [&](std::uint64_t row) { found |= same(TxId(static_cast<std::uint32_t>(row))); });
  }
  return found;
}

// Accounts are numbered by first appearance: payer, then its transaction's transfers in order.
Status Writer::State::give_ids(const BlockView& block, LookAhead& ahead) {
  payers.clear();
  givers.clear();
  takers.clear();
  const TransferRow* transfer = block.transfers.data();
  for (const TxRow& row : block.transactions) {
    refused.transaction = payers.size();
    TRY(give_id(block, row));
    payers.push_back(account(block, row.payer));
    for (std::uint32_t i = 0; i < row.transfers; ++i, ++transfer) {
      ahead.step();
      givers.push_back(account(block, transfer->from));
      takers.push_back(account(block, transfer->to));
    }
  }
  CHECK(transfer == block.transfers.data() + block.transfers.size());
  return {};
}

Status Writer::State::give_id(const BlockView& block, const TxRow& row) {
  ByteView id = block.payload(row.id);
  if (has_transaction(row.id.key, row.id.kind, id)) {
    return bad_input(fmt::format(
        "block {}: transaction {} is in the ledger already, and a transaction stands in one block",
        block.block.number, block.text(row.id)));
  }
  counts.tx_id_bytes += id.size();
  columns[Column::tx_id_kind].push(row.id.kind);
  columns[Column::tx_id_end].push(Uint40::of(counts.tx_id_bytes));
  columns[Column::tx_id].push_bytes(id);
  new_ids.insert(row.id.key, TxId(static_cast<std::uint32_t>(counts.transactions++)));
  return {};
}

AccountId Writer::State::account(const BlockView& block, const NameRef& name) {
  return names.intern(name.key, name.kind, block.payload(name), counts);
}

// field_of(i) for each new row i of the column.
template <typename Field>
void Writer::State::push_all(Column column, std::size_t count, const auto& field_of) {
  CHECK(sizeof(Field) == kColumns[static_cast<std::size_t>(column)].width);
  Byte* at = columns[column].add_rows(count);
  for (std::size_t i = 0; i < count; ++i, at += sizeof(Field)) store_le<Field>(at, field_of(i));
}

void Writer::State::push_transactions(const BlockView& block, const Counts& before) {
  const auto& rows = block.transactions;
  std::uint64_t first = before.transfers;
  push_all<AccountId>(Column::tx_payer, rows.size(), [&](std::size_t i) { return payers[i]; });
  push_all<U256>(Column::tx_fee, rows.size(), [&](std::size_t i) { return rows[i].fee; });
  push_all<Byte>(Column::tx_failed, rows.size(),
                 [&](std::size_t i) { return static_cast<Byte>(rows[i].failed ? 1 : 0); });
  push_all<Uint40>(Column::tx_first_transfer, rows.size(), [&](std::size_t i) {
    return Uint40::of(std::exchange(first, first + rows[i].transfers));
  });
}

void Writer::State::push_transfers(const BlockView& block, std::span<const AssetId> assets_of) {
  const auto& rows = block.transfers;
  std::size_t count = rows.size();
  push_all<AccountId>(Column::transfer_from, count, [&](std::size_t i) { return givers[i]; });
  push_all<AccountId>(Column::transfer_to, count, [&](std::size_t i) { return takers[i]; });
  push_all<AssetId>(Column::transfer_asset, count,
                    [&](std::size_t i) { return assets_of[rows[i].asset]; });
  push_all<U256>(Column::transfer_amount, count, [&](std::size_t i) { return rows[i].amount; });
  push_all<TransferKind>(Column::transfer_kind, count, [&](std::size_t i) { return rows[i].kind; });
  push_all<std::uint32_t>(Column::transfer_position, count,
                          [&](std::size_t i) { return rows[i].position; });
  push_all<std::uint64_t>(Column::transfer_usd, count,
                          [&](std::size_t i) { return rows[i].usd_micro.value_or(kNoUsd); });
  counts.transfers += count;
}

Result<AssetId> Writer::State::intern(const Asset& asset) {
  auto known = assets.find(key_of(asset));
  if (known == assets.end()) {
    add_asset(asset);
    return AssetId(static_cast<std::uint32_t>(counts.assets - 1));
  }
  Asset before = this->asset(known->second);
  if (before.decimals_known && asset.decimals_known && before.decimals != asset.decimals) {
    return bad_input(
        fmt::format("asset {} has {} decimals here and {} in the ledger; an asset has one number "
                    "of decimals: correct the input, or ingest into a new ledger",
                    key_of(asset), asset.decimals, before.decimals));
  }
  return known->second;
}

void Writer::State::add_asset(const Asset& asset) {
  CHECK(asset.symbol.size() <= kMostNameBytes && asset.contract.size() <= kMostNameBytes);
  counts.asset_bytes += asset.symbol.size() + asset.contract.size();
  columns[Column::asset_decimals].push(asset.decimals_known ? asset.decimals : kNoDecimals);
  columns[Column::asset_symbol_size].push(static_cast<Byte>(asset.symbol.size()));
  columns[Column::asset_end].push(Uint40::of(counts.asset_bytes));
  columns[Column::asset_text].push_bytes(as_bytes(asset.symbol));
  columns[Column::asset_text].push_bytes(as_bytes(asset.contract));
  assets.emplace(key_of(asset), AssetId(static_cast<std::uint32_t>(counts.assets++)));
}

// ---- committing ---------------------------------------------------------------------------------

Status Writer::commit() { return state_->commit(); }
Status Writer::begin_commit() { return state_->begin_commit(); }
Status Writer::rewind(std::uint64_t blocks) { return state_->rewind(blocks); }

Writer::State::Work Writer::State::committing(const Manifest& before, const Manifest& after) {
  return [this, before = before.counts, after] {
    return write_commit(files, folder, columns, before, after);
  };
}

void Writer::State::committed() {
  if (!tables_ready) return;
  names.committed(manifest.counts, accounts());
  if (new_ids.has_room(options.table_bytes / 2)) return;
  new_ids.forget_before(TxId(static_cast<std::uint32_t>(manifest.counts.transactions)));
  ids_complete = false;
}

void Writer::State::describe_block(Manifest& manifest_of, std::uint64_t last) const {
  manifest_of.tip_number = columns[Column::block_number].get<std::uint64_t>(last);
  manifest_of.tip_hash = columns[Column::block_hash].get<Hash256>(last);
}

// ---- going back ---------------------------------------------------------------------------------

Counts Writer::State::counts_at(std::uint64_t blocks) const {
  const Counts& all = manifest.counts;
  Counts kept;
  kept.blocks = blocks;
  kept.transactions = columns[Column::block_first_tx].get<std::uint32_t>(blocks);
  kept.accounts = columns[Column::block_first_account].get<std::uint32_t>(blocks);
  kept.assets = columns[Column::block_first_asset].get<std::uint32_t>(blocks);
  kept.transfers = kept.transactions == all.transactions
                       ? all.transfers
                       : columns[Column::tx_first_transfer].get<Uint40>(kept.transactions).number();
  auto bytes = [&](Column ends, std::uint64_t rows) -> std::uint64_t {
    return rows == 0 ? 0 : columns[ends].get<Uint40>(rows - 1).number();
  };
  kept.tx_id_bytes = bytes(Column::tx_id_end, kept.transactions);
  kept.account_bytes = bytes(Column::account_end, kept.accounts);
  kept.asset_bytes = bytes(Column::asset_end, kept.assets);
  CHECK_LEDGER(kept.transactions <= all.transactions && kept.transfers <= all.transfers &&
               kept.accounts <= all.accounts && kept.assets <= all.assets &&
               kept.tx_id_bytes <= all.tx_id_bytes && kept.account_bytes <= all.account_bytes &&
               kept.asset_bytes <= all.asset_bytes);
  return kept;
}

Manifest Writer::State::back_at(std::uint64_t blocks) const {
  Manifest back = manifest;
  back.counts = counts_at(blocks);
  back.checksum = columns[Column::block_checksum].get<std::uint64_t>(blocks - 1);
  describe_block(back, blocks - 1);
  return back;
}

}  // namespace tracehound::ledger::accounts
