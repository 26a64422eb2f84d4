// Writing in two beats, as a coin ledger does (ledger/writer.cc): append() works in memory alone,
// a commit seals the rows since the last one and writes them out, on a thread of its own if it was
// only begun.

#include "ledger/accounts/writer.h"

#include <fmt/format.h>

#include <new>
#include <span>
#include <unordered_map>
#include <utility>
#include <vector>

#include "base/check.h"
#include "base/parallel.h"
#include "ledger/accounts/checksum.h"
#include "ledger/accounts/columns.h"
#include "ledger/accounts/commit.h"
#include "ledger/accounts/index_keys.h"
#include "ledger/accounts/look_ahead.h"
#include "ledger/accounts/name_table.h"
#include "ledger/keys.h"
#include "ledger/manifest.h"
#include "ledger/runs.h"
#include "ledger/side_files.h"

namespace tracehound::ledger::accounts {

namespace {

// A commit that was begun: written by its thread, looked at again when that has ended.
struct BegunCommit {
  Manifest before;
  Manifest after;
  Status outcome;
  std::unique_ptr<Background> writing;  // nothing if it was written by the writer's own thread
};

constexpr std::uint64_t kMost32 = 0xFFFF'FFFE;

std::string key_of(const Asset& asset) {
  return asset.contract.empty() ? asset.symbol : asset.contract;
}

}  // namespace

struct Writer::State {
  FileSystem& files;
  std::string folder;
  WriterOptions options;
  std::unique_ptr<Lock> lock;
  SideFiles side_files;
  Manifest manifest;  // the last commit; zero blocks when there is none
  Counts counts;
  std::uint64_t checksum = 0;
  Columns columns;
  std::unique_ptr<RunIndex> transactions;
  std::unique_ptr<RunIndex> accounts;
  NameTable names;
  // Of the newest transactions, all that the index does not cover among them; of all while there is
  // room.
  KeyTable<TxId> new_ids;
  bool ids_complete = false;
  std::unordered_map<std::string, AssetId> assets;
  bool tables_ready = false;
  // Of the block that is being appended: the ids of its names.
  std::vector<AccountId> payers;
  std::vector<AccountId> givers;
  std::vector<AccountId> takers;
  RefusedRow refused;
  // Whether memory and disk are as the manifest says, with nothing there from a failure or a kill;
  // if not, recover() comes before the next change. Readers may have to be told besides that rows
  // of theirs were taken back.
  bool recovered = true;
  bool readers_untold = false;
  std::unique_ptr<BegunCommit> begun;

  State(FileSystem& files_in, std::string folder_in, const WriterOptions& options_in)
      : files(files_in),
        folder(std::move(folder_in)),
        options(options_in),
        side_files(files, folder),
        columns(folder),
        names(columns) {}

  Status open_at(const Manifest& now);
  void forget_uncommitted();
  Status back_to_commit();
  void build_tables();

  Status make_room(const BlockRows& block);
  Status check_block(const BlockRows& block) const;
  Status append_all(std::span<const BlockRows> blocks);
  Status append_rows(const BlockRows& block, LookAhead& ahead);
  Status give_ids(const BlockRows& block, LookAhead& ahead);
  Status give_id(const BlockRows& block, const TxRow& row);
  AccountId account(const BlockRows& block, const NameRef& name);
  void push_transactions(const BlockRows& block, const Counts& before);
  void push_transfers(const BlockRows& block, std::span<const AssetId> assets_of);
  template <typename Field>
  void push_all(Column column, std::size_t count, const auto& field_of);
  Result<AssetId> intern(const Asset& asset);
  void add_asset(const Asset& asset);
  Asset asset(AssetId id) const;
  bool has_transaction(std::uint64_t key, NameKind kind, ByteView id) const;

  Status begin_commit(bool own_thread);
  Status finish_commit();
  Status take_back(Status failure);
  Status recover();
  Status tidy();
  Counts counts_at(std::uint64_t blocks) const;
  Status go_back(std::uint64_t blocks);
  Status remove_ledger();
};

// ---- opening ------------------------------------------------------------------------------------

Result<Writer> Writer::open(FileSystem& files, const std::string& folder, const std::string& chain,
                            const WriterOptions& options) {
  auto state = std::make_unique<State>(files, folder, options);
  bool exists = files.exists(manifest_path(folder));
  if (exists) {
    // Read first: a ledger of another chain is refused before anything is touched.
    TRY_ASSIGN(state->manifest, read_manifest(files, folder));
    if (state->manifest.chain != chain) {
      return bad_input(
          fmt::format("the ledger in {} holds {}, these transfers are of {}; name another --ledger",
                      folder, state->manifest.chain, chain));
    }
  }
  TRY(files.make_folder(columns_folder(folder)));
  TRY(files.make_folder(runs_folder(folder)));
  TRY_ASSIGN(state->lock, files.lock(folder + "/lock"));
  if (exists) {
    TRY_ASSIGN(state->manifest, read_manifest(files, folder));
  }
  state->manifest.chain = chain;
  if (!exists) state->manifest.has_native = options.native.has_value();
  TRY(state->open_at(state->manifest));
  state->forget_uncommitted();
  state->recovered = !state->side_files.was_interrupted();
  state->readers_untold = !state->recovered;
  TRY(state->recovered ? state->tidy() : state->recover());
  state->side_files.clear_mark();
  return Writer(std::move(state));
}

Writer::Writer(std::unique_ptr<State> state) : state_(std::move(state)) {}
Writer::Writer(Writer&&) noexcept = default;
Writer& Writer::operator=(Writer&&) noexcept = default;

Writer::~Writer() {
  // A commit that was begun is let go on to its end.
  if (state_ && state_->finish_commit() && state_->recovered) state_->side_files.clear_mark();
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

// Looks at the disk as this manifest describes it; rows in the tails stay. A failure changes
// nothing.
Status Writer::State::open_at(const Manifest& now) {
  TRY_ASSIGN(auto new_transactions,
             RunIndex::open(files, folder, shape_of(Index::transaction), now.counts.transactions));
  TRY_ASSIGN(auto new_accounts,
             RunIndex::open(files, folder, shape_of(Index::account), now.counts.accounts));
  TRY(columns.open(files, now.counts));
  transactions = std::move(new_transactions);
  accounts = std::move(new_accounts);
  manifest = now;
  return {};
}

void Writer::State::forget_uncommitted() {
  columns.drop_uncommitted();
  counts = manifest.counts;
  checksum = manifest.checksum;
  tables_ready = false;
}

Status Writer::State::back_to_commit() {
  Status status = finish_commit();
  forget_uncommitted();
  return status;
}

void Writer::State::build_tables() {
  if (tables_ready) return;
  names.reset(manifest.counts, accounts.get(), options.table_bytes / 2);
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

Status Writer::append(std::span<const BlockRows> blocks) {
  State& state = *state_;
  TRY(state.recover());
  state.build_tables();
  Status status = state.append_all(blocks);
  if (status) return status;
  TRY(state.back_to_commit());
  return status;
}

const RefusedRow& Writer::refused() const { return state_->refused; }

Status Writer::State::append_all(std::span<const BlockRows> blocks) {
  refused = {};
  LookAhead ahead(blocks, names, new_ids);
  for (const BlockRows& block : blocks) {
    TRY(make_room(block));
    TRY(append_rows(block, ahead));
    ++refused.block;
    refused.transaction = 0;
  }
  return {};
}

// Sees to it that the block's accounts fit into the table. Only what is committed can be forgotten,
// for only that is in the index.
Status Writer::State::make_room(const BlockRows& block) {
  std::uint64_t most = block.transactions.size() + 2 * block.transfers.size();
  if (names.has_room(most)) return {};
  if (counts != manifest.counts) {
    TRY(finish_commit());
    TRY(begin_commit(false));
  }
  if (!names.has_room(most)) names.forget();
  return {};
}

Status Writer::State::check_block(const BlockRows& block) const {
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

Status Writer::State::append_rows(const BlockRows& block, LookAhead& ahead) {
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
  if (!found && !ids_complete && transactions->rows() > 0) {
    transactions->find(
        key, [&](std::uint64_t row) { found |= same(TxId(static_cast<std::uint32_t>(row))); });
  }
  return found;
}

// Accounts are numbered by first appearance: payer, then its transaction's transfers in order.
Status Writer::State::give_ids(const BlockRows& block, LookAhead& ahead) {
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

Status Writer::State::give_id(const BlockRows& block, const TxRow& row) {
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

AccountId Writer::State::account(const BlockRows& block, const NameRef& name) {
  return names.intern(name.key, name.kind, block.payload(name), counts);
}

// field_of(i) for each new row i of the column.
template <typename Field>
void Writer::State::push_all(Column column, std::size_t count, const auto& field_of) {
  CHECK(sizeof(Field) == kColumns[static_cast<std::size_t>(column)].width);
  Byte* at = columns[column].add_rows(count);
  for (std::size_t i = 0; i < count; ++i, at += sizeof(Field)) store_le<Field>(at, field_of(i));
}

void Writer::State::push_transactions(const BlockRows& block, const Counts& before) {
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

void Writer::State::push_transfers(const BlockRows& block, std::span<const AssetId> assets_of) {
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

Status Writer::commit() {
  TRY(state_->finish_commit());
  return state_->begin_commit(false);
}

Status Writer::begin_commit() {
  TRY(state_->finish_commit());
  return state_->begin_commit(true);
}

Status Writer::State::begin_commit(bool own_thread) {
  CHECK(!begun);
  if (counts == manifest.counts) return {};
  if (Status status = side_files.mark_writing(); !status) return take_back(status);
  begun = std::make_unique<BegunCommit>();
  begun->before = manifest;
  begun->after = manifest;
  begun->after.counts = counts;
  begun->after.tip_number = columns[Column::block_number].get<std::uint64_t>(counts.blocks - 1);
  begun->after.tip_hash = columns[Column::block_hash].get<Hash256>(counts.blocks - 1);
  begun->after.checksum = checksum;
  columns.seal();
  auto write = [this, work = begun.get()] {
    try {
      work->outcome = write_commit(files, folder, columns, work->before, work->after);
    } catch (const std::bad_alloc&) {
      work->outcome = machine_error("not enough memory to write a commit; close other programs");
    }
  };
  if (own_thread) {
    begun->writing = std::make_unique<Background>(write);
    return {};
  }
  write();
  return finish_commit();
}

Status Writer::State::finish_commit() {
  if (!begun) return {};
  begun->writing.reset();
  auto done = std::move(begun);
  Status status = done->outcome;
  if (status) status = open_at(done->after);
  if (!status) return take_back(status);
  if (tables_ready) {
    names.committed(manifest.counts, accounts.get());
    if (!new_ids.has_room(0, options.table_bytes / 2)) {
      new_ids.forget_before(TxId(static_cast<std::uint32_t>(manifest.counts.transactions)));
      ids_complete = false;
    }
  }
  return drop_other_runs(files, folder, manifest.counts);
}

// After a commit or a way back that failed: gives the disk back what was written, as far as it lets
// us. The failure is what counts; what stays is harmless, and goes before anything is added.
Status Writer::State::take_back(Status failure) {
  forget_uncommitted();
  recovered = false;
  static_cast<void>(recover());
  return failure;
}

// To the manifest that is there. If only the last sync failed, or a writer was killed right before
// it, that is the new one: it has to last before the runs of the old one may go.
Status Writer::State::recover() {
  if (recovered) return {};
  Manifest visible;
  visible.chain = manifest.chain;
  visible.has_native = options.native.has_value();
  if (files.exists(manifest_path(folder))) {
    TRY_ASSIGN(visible, read_manifest(files, folder));
  }
  TRY(open_at(visible));
  forget_uncommitted();
  TRY(files.sync_folder(folder));
  if (readers_untold) TRY(side_files.count_rewind());
  readers_untold = false;
  TRY(tidy());
  recovered = true;
  return {};
}

// Removes rows past the commit, runs that nobody names, unfinished replacements.
// Files are cut only while no reader has them mapped.
Status Writer::State::tidy() {
  std::string unfinished = manifest_path(folder) + ".new";
  if (files.exists(unfinished)) TRY(files.remove(unfinished));
  std::vector<ColumnSize> sizes;
  for (const ColumnSpec& spec : kColumns) {
    sizes.push_back({spec.file, rows_of(spec.column, manifest.counts) * spec.width});
  }
  TRY(side_files.cut_columns(sizes));
  return drop_other_runs(files, folder, manifest.counts);
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

Status Writer::rewind(std::uint64_t blocks) {
  State& state = *state_;
  TRY(state.back_to_commit());
  TRY(state.recover());
  CHECK(blocks <= state.manifest.counts.blocks);
  if (blocks == state.manifest.counts.blocks) return {};
  TRY(state.side_files.mark_writing());
  Status status = blocks == 0 ? state.remove_ledger() : state.go_back(blocks);
  return status ? status : state.take_back(status);
}

Status Writer::State::go_back(std::uint64_t blocks) {
  Manifest back = manifest;
  back.counts = counts_at(blocks);
  back.tip_number = columns[Column::block_number].get<std::uint64_t>(blocks - 1);
  back.tip_hash = columns[Column::block_hash].get<Hash256>(blocks - 1);
  back.checksum = columns[Column::block_checksum].get<std::uint64_t>(blocks - 1);
  TRY(write_indexes(files, folder, columns, manifest.counts, back.counts));
  readers_untold = true;
  TRY(replace_file(files, manifest_path(folder), manifest_text(back)));

  // From here on the ledger is the shorter one. Readers of the longer one must be able to tell
  // before a row of theirs changes.
  TRY(side_files.count_rewind());
  readers_untold = false;
  TRY(open_at(back));
  forget_uncommitted();
  return tidy();
}

Status Writer::State::remove_ledger() {
  readers_untold = true;
  TRY(files.remove(manifest_path(folder)));
  TRY(files.sync_folder(folder));
  TRY(side_files.count_rewind());
  readers_untold = false;
  Manifest none;
  none.chain = manifest.chain;
  none.has_native = options.native.has_value();
  TRY(open_at(none));
  forget_uncommitted();
  for (const ColumnSpec& spec : kColumns) {
    std::string path = column_path(folder, spec);
    if (files.exists(path)) TRY(files.remove(path));
  }
  return drop_other_runs(files, folder, manifest.counts);
}

}  // namespace tracehound::ledger::accounts
