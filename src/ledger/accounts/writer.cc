// append() works in memory alone, until a commit (ledger/committed_rows.h) writes the rows out.

#include "ledger/accounts/writer.h"

#include <fmt/format.h>

#include <cstring>
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

// Rows that were added to a column, filled in one after the other. Until the column's next rows.
template <typename Field>
class Filling {
 public:
  Filling(ColumnFile& column, std::size_t rows) : at_(column.add_rows(rows)) {
    CHECK(column.width() == sizeof(Field));
  }
  void add(const Field& field) {
    store_le(at_, field);
    at_ += sizeof(Field);
  }

 private:
  Byte* at_;
};

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
  std::vector<std::uint64_t> tx_keys;  // of those that are not sealed, for their index
  std::unordered_map<std::string, AssetId> assets;
  bool tables_ready = false;
  std::size_t refused = 0;
  BlockBatch one_block;            // kept for its memory
  std::vector<Counts> block_ends;  // after each block of the batch that is being appended

  State(FileSystem& files_in, const std::string& folder_in, const WriterOptions& options_in)
      : CommittedRows(files_in, folder_in,
                      {place_of(Index::transaction), place_of(Index::account)}),
        options(options_in),
        names(columns) {}

  const RunIndex* transactions() const { return index(0); }
  const RunIndex* accounts() const { return index(1); }

  void build_tables();
  Status append(const BlockBatch& batch);
  Status make_room(const BlockBatch& batch);
  Status check_block(const Block& block, const Counts& added) const;
  Status append_all(const BlockBatch& batch);
  void push_as_it_is(const BlockBatch& batch);
  Status begin_block(const BlockBatch& batch, std::size_t number, std::vector<AssetId>& assets_of);
  Status give_ids(const BlockBatch& batch);
  Status take_id(const BlockBatch::TxPart& tx);
  AccountId account(const KeyedName& name) { return names.intern(name, counts); }
  void push_checksums(const Counts& before);
  Result<AssetId> intern(const Asset& asset);
  void add_asset(const Asset& asset);
  Asset asset(AssetId id) const;
  bool has_transaction(std::uint64_t key, NameKind kind, ByteView id) const;
  Counts counts_at(std::uint64_t blocks) const;
  void describe_block(Manifest& manifest_of, std::uint64_t last) const;

 private:
  Result<Manifest> read() const override { return read_manifest(files, folder); }
  Error other_chain(const Manifest& there) const override;
  void forgotten() override {
    tables_ready = false;
    tx_keys.clear();
  }
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

std::optional<Asset> Writer::asset(const std::string& contract_or_symbol) const {
  state_->build_tables();
  auto known = state_->assets.find(contract_or_symbol);
  if (known == state_->assets.end()) return std::nullopt;
  return state_->asset(known->second);
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

Status Writer::append(const BlockBatch& blocks) { return state_->append(blocks); }

Status Writer::append(const BlockRows& block) {
  state_->one_block.clear();
  state_->one_block.add(block);
  return state_->append(state_->one_block);
}

Status Writer::State::append(const BlockBatch& batch) {
  TRY(recover());
  build_tables();
  Status status = append_all(batch);
  if (status) return status;
  TRY(back_to_commit());
  return status;
}

std::size_t Writer::refused_transaction() const { return state_->refused; }

Status Writer::State::append_all(const BlockBatch& batch) {
  refused = 0;
  TRY(make_room(batch));
  Counts before = counts;
  push_as_it_is(batch);
  TRY(give_ids(batch));
  push_checksums(before);
  return {};
}

// Sees to it that the blocks' accounts fit into the table. Only what is committed can be forgotten,
// for only that is in the index.
Status Writer::State::make_room(const BlockBatch& batch) {
  std::uint64_t most = batch.transactions().size() + 2 * batch.transfers().size();
  if (names.has_room(most)) return {};
  TRY(commit());
  if (!names.has_room(most)) names.forget();
  return {};
}

// `added`: rows of the block, with as many accounts as may be new.
Status Writer::State::check_block(const Block& block, const Counts& added) const {
  if (counts.blocks > 0) {
    auto tip = columns[Column::block_number].get<std::uint64_t>(counts.blocks - 1);
    if (block.number <= tip) {
      return bad_input(
          fmt::format("block {} comes after the ledger's last one, {}; go back first with "
                      "`tracehound ledger rewind`",
                      block.number, tip));
    }
  }
  if (counts.transactions + added.transactions >= kMost32 ||
      counts.accounts + added.accounts >= kMost32 || counts.assets + added.assets >= kMost32 ||
      counts.blocks + 1 >= kMost32) {
    return machine_error("the ledger is full: it holds 4,294,967,293 transactions and accounts");
  }
  return {};
}

// What stands in the columns whatever ids there are. Transactions are among it: who looks for one
// that was there before compares them.
void Writer::State::push_as_it_is(const BlockBatch& batch) {
  auto transactions = batch.transactions();
  std::uint64_t end = counts.tx_id_bytes;
  Byte* ends_at = columns[Column::tx_id_end].add_rows(transactions.size());
  for (const BlockBatch::TxPart& tx : transactions) {
    end += tx.id_size;
    store_le(ends_at, Uint40::of(end));
    ends_at += sizeof(Uint40);
  }
  if (batch.fees().empty() && !transactions.empty()) {
    std::memset(columns[Column::tx_fee].add_rows(transactions.size()), 0,
                transactions.size() * sizeof(U256));
  }
  const std::pair<Column, ByteView> parts[] = {
      {Column::tx_id_kind, batch.id_kinds()},
      {Column::tx_id, batch.ids()},
      {Column::tx_fee, batch.fees()},
      {Column::tx_failed, batch.failed()},
      {Column::transfer_amount, batch.amounts()},
      {Column::transfer_kind, batch.kinds()},
      {Column::transfer_position, batch.positions()},
      {Column::transfer_usd, batch.usd()},
  };
  for (const auto& [column, bytes] : parts) columns[column].push_bytes(bytes);
}

// The block's own row, and its assets' ids behind those of the blocks before.
Status Writer::State::begin_block(const BlockBatch& batch, std::size_t number,
                                  std::vector<AssetId>& assets_of) {
  const BlockBatch::BlockPart& part = batch.blocks()[number];
  BlockBatch::BlockPart before = number == 0 ? BlockBatch::BlockPart() : batch.blocks()[number - 1];
  Counts added;
  added.transactions = part.transactions - before.transactions;
  added.accounts = added.transactions + 2 * (part.transfers - before.transfers);
  added.assets = part.assets - before.assets;
  TRY(check_block(part.block, added));
  columns[Column::block_number].push(part.block.number);
  columns[Column::block_time].push(part.block.time);
  columns[Column::block_hash].push(part.block.hash.value_or(Hash256()));
  columns[Column::block_first_tx].push(static_cast<std::uint32_t>(counts.transactions));
  columns[Column::block_first_account].push(static_cast<std::uint32_t>(counts.accounts));
  columns[Column::block_first_asset].push(static_cast<std::uint32_t>(counts.assets));
  if (counts.blocks == 0 && options.native) add_asset(*options.native);
  for (const Asset& asset : batch.assets().subspan(before.assets, added.assets)) {
    TRY_ASSIGN(AssetId id, intern(asset));
    assets_of.push_back(id);
  }
  return {};
}

// Accounts are numbered by first appearance: payer, then its transaction's transfers in order.
Status Writer::State::give_ids(const BlockBatch& batch) {
  LookAhead ahead(batch, names, new_ids);
  std::vector<AssetId> assets_of;
  Filling<AccountId> payers(columns[Column::tx_payer], batch.transactions().size());
  Filling<Uint40> firsts(columns[Column::tx_first_transfer], batch.transactions().size());
  Filling<AccountId> givers(columns[Column::transfer_from], batch.transfers().size());
  Filling<AccountId> takers(columns[Column::transfer_to], batch.transfers().size());
  Filling<AssetId> assets_at(columns[Column::transfer_asset], batch.transfers().size());
  const BlockBatch::TxPart* tx = batch.transactions().data();
  const BlockBatch::TransferPart* transfer = batch.transfers().data();
  block_ends.clear();
  for (std::size_t number = 0; number < batch.blocks().size(); ++number) {
    TRY(begin_block(batch, number, assets_of));
    const auto* end = batch.transactions().data() + batch.blocks()[number].transactions;
    for (; tx != end; ++tx, ++refused) {
      TRY(take_id(*tx));
      payers.add(account(tx->payer));
      firsts.add(Uint40::of(counts.transfers));
      counts.transfers += tx->transfers;
      for (std::uint32_t i = 0; i < tx->transfers; ++i, ++transfer) {
        ahead.step();
        givers.add(account(transfer->from));
        takers.add(account(transfer->to));
        assets_at.add(assets_of[transfer->asset]);
      }
    }
    ++counts.blocks;
    block_ends.push_back(counts);
  }
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

// The id lies in its row already.
Status Writer::State::take_id(const BlockBatch::TxPart& tx) {
  ByteView id = columns[Column::tx_id].bytes(counts.tx_id_bytes, tx.id_size);
  if (has_transaction(tx.key, tx.id_kind, id)) {
    return bad_input(fmt::format(
        "block {}: transaction {} is in the ledger already, and a transaction stands in one block; "
        "correct the input, or ingest into a new ledger",
        columns[Column::block_number].get<std::uint64_t>(counts.blocks),
        name_text(tx.id_kind, id)));
  }
  counts.tx_id_bytes += tx.id_size;
  tx_keys.push_back(tx.key);
  new_ids.insert(tx.key, TxId(static_cast<std::uint32_t>(counts.transactions++)));
  return {};
}

void Writer::State::push_checksums(const Counts& before) {
  Counts from = before;
  for (const Counts& to : block_ends) {
    checksum = block_checksum(checksum, from, to,
                              [this](Column which, std::uint64_t row, std::uint64_t rows) {
                                return columns[which].bytes(row, rows);
                              });
    columns[Column::block_checksum].push(checksum);
    from = to;
  }
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
  CHECK(tx_keys.size() == after.counts.transactions - before.counts.transactions);
  auto keys = std::make_shared<const std::vector<std::uint64_t>>(std::exchange(tx_keys, {}));
  return [this, before = before.counts, after, keys] {
    return write_commit(files, folder, columns, before, after, *keys);
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
