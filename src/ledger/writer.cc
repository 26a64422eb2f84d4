// Writing in two beats. append() works in memory alone: new rows collect in each column's tail,
// spends of committed coins in a list. commit() then writes, in this order: the tails behind the
// committed rows, the spends in place, the index runs; syncs all of it; replaces the manifest.
//
// Why a kill at any moment is harmless: before the manifest is replaced, readers use the old
// lengths, under which the new rows do not exist and a spender that points past the old
// transaction count reads as none. After it, everything it names is durable. What a killed writer
// left behind (longer files, spenders past the end, runs nobody names) is cleared by the next
// writer before it appends.

#include "ledger/writer.h"

#include <fmt/format.h>

#include <algorithm>
#include <set>

#include "base/check.h"
#include "ledger/checksum.h"
#include "ledger/column_file.h"
#include "ledger/interner.h"
#include "ledger/keys.h"
#include "ledger/runs.h"
#include "ledger/unspent.h"

namespace tracehound::ledger {

namespace {

struct Spend {
  CoinId coin;
  TxId by;
  friend auto operator<=>(const Spend&, const Spend&) = default;
};

// Spends of committed coins are patched through windows of this size: neighbours share a write.
constexpr std::uint64_t kWindowBytes = 1U << 16;

}  // namespace

struct Writer::State {
  FileSystem& files;
  std::string folder;
  std::unique_ptr<Lock> lock;
  Manifest manifest;  // the last commit; zero blocks when there is none
  Counts counts;
  Hash256 tip_hash;
  std::uint64_t checksum = 0;
  std::vector<ColumnFile> columns;
  std::vector<Spend> spends;  // of committed coins
  UnspentTable unspent;
  Interner interner;
  bool tables_ready = false;

  State(FileSystem& files_in, std::string folder_in)
      : files(files_in), folder(std::move(folder_in)) {
    for (const ColumnSpec& spec : kColumns) {
      columns.emplace_back(spec, column_path(folder, spec));
    }
  }

  ColumnFile& column(Column which) { return columns[static_cast<std::size_t>(which)]; }
  const ColumnFile& column(Column which) const { return columns[static_cast<std::size_t>(which)]; }

  Status map_committed();
  void back_to_commit();
  Status build_tables();
  Status clear_stale_spenders();
  void load_unspent();
  void load_addresses();

  Hash256 txid(TxId tx) const { return column(Column::tx_hash).get<Hash256>(tx.number()); }
  ByteView payload(AddressId address) const;
  std::uint64_t first_of_next(Column column, std::uint64_t row, std::uint64_t rows,
                              std::uint64_t all) const;

  Status append_transactions(const BlockRows& block);
  Status spend_inputs(const BlockRows& block, std::size_t number, std::size_t first_input, TxId tx,
                      Amount& paid_in);
  void add_output(const BlockRows& block, const OutputRow& output, const Outpoint& outpoint,
                  TxId tx);
  AddressId address_of(AddressKind kind, ByteView payload);
  void note_spend(CoinId coin, TxId by);
  std::string missing_coin(const BlockRows& block, const Outpoint& outpoint) const;
  void seal_block(const Counts& before);

  Status flush();
  Status write_spends();
  Status write_runs();
  Status tidy();
  Status take_back(Status failure);
  Status drop_runs();
  Status remove_ledger();
};

// ---- opening ------------------------------------------------------------------------------------

Result<Writer> Writer::open(FileSystem& files, const std::string& folder,
                            const std::string& chain) {
  auto state = std::make_unique<State>(files, folder);
  bool exists = files.exists(manifest_path(folder));
  if (exists) {
    // Read first: a ledger of another chain is refused before anything is touched.
    TRY_ASSIGN(state->manifest, read_manifest(files, folder));
    if (state->manifest.chain != chain) {
      return bad_input(
          fmt::format("the ledger in {} holds {}, these blocks are {}; name another --ledger or "
                      "the right --network",
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
  TRY(state->map_committed());
  state->back_to_commit();
  TRY(state->tidy());
  return Writer(std::move(state));
}

Writer::Writer(std::unique_ptr<State> state) : state_(std::move(state)) {}
Writer::Writer(Writer&&) noexcept = default;
Writer& Writer::operator=(Writer&&) noexcept = default;
Writer::~Writer() = default;

const Counts& Writer::counts() const { return state_->counts; }
Counts Writer::committed() const { return state_->manifest.counts; }

std::optional<Hash256> Writer::tip_hash() const {
  if (state_->counts.blocks == 0) return std::nullopt;
  return state_->tip_hash;
}

ByteView Writer::header(BlockHeight height) const {
  CHECK(height.number() < state_->counts.blocks);
  return state_->column(Column::block_header).bytes(height.number());
}

Hash256 Writer::block_hash(BlockHeight height) const {
  CHECK(height.number() < state_->counts.blocks);
  if (height.number() + 1 == state_->counts.blocks) return state_->tip_hash;
  return Hash256::from_bytes(header(height.next()).subspan(4, 32));
}

Status Writer::State::map_committed() {
  for (const ColumnSpec& spec : kColumns) {
    TRY(column(spec.column).open(files, rows_of(spec.column, manifest.counts)));
  }
  return {};
}

void Writer::State::back_to_commit() {
  for (ColumnFile& file : columns) file.drop_tail();
  spends.clear();
  counts = manifest.counts;
  tip_hash = manifest.tip_hash;
  checksum = manifest.checksum;
  tables_ready = false;
}

// ---- the tables in memory -----------------------------------------------------------------------

Status Writer::State::build_tables() {
  if (tables_ready) return {};
  TRY(clear_stale_spenders());
  unspent.clear();
  interner.clear();
  load_unspent();
  load_addresses();
  tables_ready = true;
  return {};
}

// A killed or rewound writer leaves spenders past the transaction count. They read as none today
// and would read as true once the count has grown past them, so they go before anything is added.
Status Writer::State::clear_stale_spenders() {
  const ColumnFile& spenders = column(Column::coin_spender);
  std::unique_ptr<WriteFile> file;
  for (std::uint64_t coin = 0; coin < counts.coins; ++coin) {
    auto spender = spenders.get<std::uint32_t>(coin);
    if (spender < counts.transactions || spender == kNoTx) continue;
    if (!file) {
      TRY_ASSIGN(file, spenders.open_write(files));
    }
    TRY(file->write_at(coin * width::kTxId, {reinterpret_cast<const Byte*>(&kNoTx), sizeof kNoTx}));
  }
  if (!file) return {};
  TRY(file->sync());
  return column(Column::coin_spender).open(files, counts.coins);
}

std::uint64_t Writer::State::first_of_next(Column which, std::uint64_t row, std::uint64_t rows,
                                           std::uint64_t all) const {
  return row + 1 == rows ? all : column(which).get<Uint40>(row + 1).number();
}

void Writer::State::load_unspent() {
  const ColumnFile& spenders = column(Column::coin_spender);
  const ColumnFile& values = column(Column::coin_value);
  std::uint64_t coin = 0;
  for (std::uint32_t tx = 0; tx < counts.transactions; ++tx) {
    Hash256 hash = txid(TxId(tx));
    std::uint64_t first = coin;
    std::uint64_t end = first_of_next(Column::tx_first_coin, tx, counts.transactions, counts.coins);
    for (; coin < end; ++coin) {
      if (spenders.get<std::uint32_t>(coin) != kNoTx) continue;
      unspent.insert({hash, static_cast<std::uint32_t>(coin - first)},
                     {CoinId(coin), values.get<std::uint64_t>(coin)});
    }
  }
}

void Writer::State::load_addresses() {
  const ColumnFile& kinds = column(Column::address_kind);
  for (std::uint32_t row = 0; row < counts.addresses; ++row) {
    AddressId address(row);
    auto kind = static_cast<AddressKind>(kinds.get<std::uint8_t>(row));
    interner.intern(address_key(kind, payload(address)), address, [](AddressId) { return false; });
  }
}

ByteView Writer::State::payload(AddressId address) const {
  const ColumnFile& ends = column(Column::address_end);
  std::uint64_t row = address.number();
  std::uint64_t start = row == 0 ? 0 : ends.get<Uint40>(row - 1).number();
  return column(Column::address_payload).bytes(start, ends.get<Uint40>(row).number() - start);
}

// ---- appending ----------------------------------------------------------------------------------

Status Writer::append(const BlockRows& block) {
  State& state = *state_;
  TRY(state.build_tables());
  bool builds_on_tip = state.counts.blocks == 0 || block.previous_hash() == state.tip_hash;
  Status status;
  if (!builds_on_tip) {
    status =
        bad_input(fmt::format("block {} builds on {}, the ledger's tip is {}", block.hash.text(),
                              block.previous_hash().text(), state.tip_hash.text()));
  } else {
    status = state.append_transactions(block);
  }
  if (!status) state.back_to_commit();
  return status;
}

Status Writer::State::append_transactions(const BlockRows& block) {
  CHECK(!block.transactions.empty());
  Counts before = counts;
  column(Column::block_header).push(block.header);
  column(Column::block_first_tx).push(static_cast<std::uint32_t>(counts.transactions));
  column(Column::block_first_address).push(static_cast<std::uint32_t>(counts.addresses));
  std::size_t next_input = 0;
  std::size_t next_output = 0;
  for (std::size_t number = 0; number < block.transactions.size(); ++number) {
    const TxRow& row = block.transactions[number];
    if (counts.transactions >= kNoTx - 1 || counts.addresses + row.outputs >= kNoTx - 1) {
      return machine_error("the ledger is full: format 1 holds 4,294,967,294 transactions");
    }
    TxId tx(static_cast<std::uint32_t>(counts.transactions++));
    column(Column::tx_hash).push(row.txid);
    column(Column::tx_first_input).push(Uint40::of(counts.inputs));
    column(Column::tx_first_coin).push(Uint40::of(counts.coins));
    column(Column::tx_shape).push(row.shape);

    Amount paid_in = 0;
    TRY(spend_inputs(block, number, next_input, tx, paid_in));
    next_input += row.inputs;

    Amount paid_out = 0;
    for (std::uint32_t i = 0; i < row.outputs; ++i) {
      const OutputRow& output = block.outputs[next_output++];
      paid_out += output.value;
      if (i >= UnspentTable::kOutputLimit) {
        return bad_input(fmt::format("transaction {} has more than {} outputs", row.txid.text(),
                                     UnspentTable::kOutputLimit));
      }
      add_output(block, output, {row.txid, i}, tx);
    }
    if (number > 0 && paid_out > paid_in) {
      return bad_input(fmt::format(
          "block {} at height {}: transaction {} pays out {} and takes in {}; take the chain up to "
          "the block before it with --to {}",
          block.hash.text(), before.blocks, row.txid.text(), paid_out, paid_in,
          before.blocks == 0 ? 0 : before.blocks - 1));
    }
  }
  CHECK(next_input == block.inputs.size() && next_output == block.outputs.size());
  tip_hash = block.hash;
  seal_block(before);
  return {};
}

Status Writer::State::spend_inputs(const BlockRows& block, std::size_t number,
                                   std::size_t first_input, TxId tx, Amount& paid_in) {
  const TxRow& row = block.transactions[number];
  for (std::uint32_t i = 0; i < row.inputs; ++i) {
    const Outpoint& outpoint = block.inputs[first_input + i];
    auto coin = unspent.take(outpoint);
    if (!coin) {
      return bad_input(fmt::format(
          "block {} at height {}: transaction {}, input {} spends {}:{}, {}; take the chain up to "
          "the block before it with --to {}",
          block.hash.text(), counts.blocks, row.txid.text(), i, outpoint.txid.text(),
          outpoint.index, missing_coin(block, outpoint),
          counts.blocks == 0 ? 0 : counts.blocks - 1));
    }
    column(Column::input_coin).push(Uint40::of(coin->coin.number()));
    ++counts.inputs;
    note_spend(coin->coin, tx);
    if (__builtin_add_overflow(paid_in, coin->value, &paid_in)) {
      return bad_input(
          fmt::format("block {} at height {}: transaction {} takes in 2^64 units or "
                      "more, which no chain has",
                      block.hash.text(), counts.blocks, row.txid.text()));
    }
  }
  return {};
}

// Why an outpoint could not be taken: said only when a block is refused, so a scan is fine.
std::string Writer::State::missing_coin(const BlockRows& block, const Outpoint& outpoint) const {
  for (std::uint32_t tx = 0; tx < counts.transactions; ++tx) {
    if (txid(TxId(tx)) != outpoint.txid) continue;
    std::uint64_t first = column(Column::tx_first_coin).get<Uint40>(tx).number();
    std::uint64_t end = first_of_next(Column::tx_first_coin, tx, counts.transactions, counts.coins);
    if (outpoint.index < end - first) return "which is already spent";
    return fmt::format("but that transaction has only {} outputs", end - first);
  }
  bool later = std::ranges::any_of(block.transactions,
                                   [&](const TxRow& row) { return row.txid == outpoint.txid; });
  return later ? "which is created later in the same block" : "which no block has created";
}

void Writer::State::note_spend(CoinId coin, TxId by) {
  ColumnFile& spenders = column(Column::coin_spender);
  if (coin.number() < spenders.committed_rows()) {
    spends.push_back({coin, by});
  } else {
    spenders.set_tail(coin.number(), by.number());
  }
}

void Writer::State::add_output(const BlockRows& block, const OutputRow& output,
                               const Outpoint& outpoint, TxId tx) {
  CoinId coin(counts.coins++);
  AddressId address = address_of(output.address_kind, block.payload(output));
  column(Column::coin_value).push(output.value);
  column(Column::coin_address).push(address.number());
  column(Column::coin_script).push(output.script);
  column(Column::coin_spender).push(kNoTx);
  auto replaced = unspent.insert(outpoint, {coin, output.value});
  // BIP 30: the later coinbase of the same txid took the earlier one's place.
  if (replaced) note_spend(replaced->coin, tx);
}

AddressId Writer::State::address_of(AddressKind kind, ByteView bytes) {
  ColumnFile& kinds = column(Column::address_kind);
  AddressId fresh(static_cast<std::uint32_t>(counts.addresses));
  AddressId address = interner.intern(address_key(kind, bytes), fresh, [&](AddressId known) {
    return kinds.get<std::uint8_t>(known.number()) == static_cast<std::uint8_t>(kind) &&
           std::ranges::equal(payload(known), bytes);
  });
  if (address == fresh) {
    ++counts.addresses;
    counts.payload_bytes += bytes.size();
    kinds.push(kind);
    column(Column::address_end).push(Uint40::of(counts.payload_bytes));
    column(Column::address_payload).push_bytes(bytes);
  }
  return address;
}

// Closes the block: its checksum covers every row it added, and through its seed every block
// before it. The spender column is left out: it is written again later, and `ledger check` rebuilds
// it from the inputs.
void Writer::State::seal_block(const Counts& before) {
  ++counts.blocks;
  checksum = block_checksum(checksum, before, counts,
                            [this](Column which, std::uint64_t row, std::uint64_t rows) {
                              return column(which).bytes(row, rows);
                            });
  column(Column::block_checksum).push(checksum);
}

// ---- committing ---------------------------------------------------------------------------------

Status Writer::commit() {
  State& state = *state_;
  if (state.counts == state.manifest.counts) return {};
  Status status = state.flush();
  if (!status) return state.take_back(status);
  Manifest next = state.manifest;
  next.counts = state.counts;
  next.tip_hash = state.tip_hash;
  next.checksum = state.checksum;
  status = replace_file(state.files, manifest_path(state.folder), manifest_text(next));
  if (!status) return state.take_back(status);
  state.manifest = next;
  state.spends.clear();
  TRY(state.map_committed());
  return state.drop_runs();
}

Status Writer::State::flush() {
  for (ColumnFile& file : columns) {
    if (&file != &column(Column::coin_spender)) TRY(file.flush(files));
  }
  TRY(write_spends());
  TRY(write_runs());
  TRY(files.sync_folder(columns_folder(folder)));
  return files.sync_folder(folder);
}

Status Writer::State::write_spends() {
  ColumnFile& spenders = column(Column::coin_spender);
  TRY(spenders.flush(files));
  if (spends.empty()) return {};
  std::sort(spends.begin(), spends.end());
  TRY_ASSIGN(auto file, spenders.open_write(files));
  std::uint64_t limit = spenders.committed_rows() * width::kTxId;
  Bytes window;
  for (std::size_t i = 0; i < spends.size();) {
    std::uint64_t start = spends[i].coin.number() * width::kTxId / kWindowBytes * kWindowBytes;
    window.resize(std::min(kWindowBytes, limit - start));
    TRY(file->read_at(start, window));
    std::uint64_t low = spends[i].coin.number() * width::kTxId - start;
    std::uint64_t high = low;
    for (; i < spends.size(); ++i) {
      std::uint64_t at = spends[i].coin.number() * width::kTxId - start;
      if (at >= window.size()) break;
      store_le(window.data() + at, spends[i].by.number());
      high = at + width::kTxId;
    }
    TRY(file->write_at(start + low, ByteView(window).subspan(low, high - low)));
  }
  return file->sync();
}

// A range whose run the last commit already had is left alone: its rows cannot have changed.
Status Writer::State::write_runs() {
  for (const IndexSpec& spec : kIndexes) {
    auto had = run_ranges(rows_of(spec.rows, manifest.counts));
    for (const RowRange& range : run_ranges(rows_of(spec.rows, counts))) {
      if (std::binary_search(had.begin(), had.end(), range)) continue;
      auto key_of = [&](std::uint64_t row) -> std::uint64_t {
        switch (spec.index) {
          case Index::txid:
            return txid(TxId(static_cast<std::uint32_t>(row))).prefix();
          case Index::address:
            return address_key(
                static_cast<AddressKind>(column(Column::address_kind).get<std::uint8_t>(row)),
                payload(AddressId(static_cast<std::uint32_t>(row))));
          case Index::address_coin:
            return column(Column::coin_address).get<std::uint32_t>(row);
        }
        return 0;
      };
      TRY(write_run(files, folder, spec, range, key_of));
    }
  }
  return {};
}

// What a killed writer left: rows past the commit, runs that nobody names, unfinished replacements.
Status Writer::State::tidy() {
  std::string unfinished = manifest_path(folder) + ".new";
  if (files.exists(unfinished)) TRY(files.remove(unfinished));
  TRY_ASSIGN(auto present, files.list(columns_folder(folder)));
  for (const ColumnSpec& spec : kColumns) {
    if (!std::binary_search(present.begin(), present.end(), spec.file)) continue;
    TRY_ASSIGN(auto file, column(spec.column).open_write(files));
    std::uint64_t size = rows_of(spec.column, manifest.counts) * spec.width;
    if (file->size() > size) TRY(file->truncate(size));
  }
  return drop_runs();
}

// After a commit that failed: gives the disk back what was written, as far as it lets us. The
// failure is what counts; what stays is harmless and goes with the next writer.
Status Writer::State::take_back(Status failure) {
  if (files.exists(manifest_path(folder))) {
    auto visible = read_manifest(files, folder);
    if (visible && *visible != manifest) {
      // Only the last sync failed: readers see the new manifest, so it is where this writer stands.
      manifest = *visible;
      (void)map_committed();
      back_to_commit();
      return failure;
    }
  }
  back_to_commit();
  (void)clear_stale_spenders();
  (void)tidy();
  return failure;
}

// Removes the runs that a ledger of the committed counts does not have.
Status Writer::State::drop_runs() {
  std::set<std::string> wanted;
  for (const IndexSpec& spec : kIndexes) {
    for (const RowRange& range : run_ranges(rows_of(spec.rows, manifest.counts))) {
      wanted.insert(run_name(spec, range));
    }
  }
  TRY_ASSIGN(auto present, files.list(runs_folder(folder)));
  bool removed = false;
  for (const std::string& name : present) {
    if (wanted.contains(name)) continue;
    TRY(files.remove(runs_folder(folder) + "/" + name));
    removed = true;
  }
  return removed ? files.sync_folder(runs_folder(folder)) : Status{};
}

// ---- going back ---------------------------------------------------------------------------------

Status Writer::rewind(std::uint64_t blocks) {
  State& state = *state_;
  CHECK(blocks <= state.manifest.counts.blocks);
  state.back_to_commit();
  if (blocks == state.manifest.counts.blocks) return {};
  if (blocks == 0) return state.remove_ledger();

  Counts kept;
  kept.blocks = blocks;
  kept.transactions = state.column(Column::block_first_tx).get<std::uint32_t>(blocks);
  kept.addresses = state.column(Column::block_first_address).get<std::uint32_t>(blocks);
  kept.inputs = state.column(Column::tx_first_input).get<Uint40>(kept.transactions).number();
  kept.coins = state.column(Column::tx_first_coin).get<Uint40>(kept.transactions).number();
  kept.payload_bytes =
      kept.addresses == 0
          ? 0
          : state.column(Column::address_end).get<Uint40>(kept.addresses - 1).number();

  Manifest back = state.manifest;
  back.tip_hash = block_hash(BlockHeight(static_cast<std::uint32_t>(blocks - 1)));
  back.checksum = state.column(Column::block_checksum).get<std::uint64_t>(blocks - 1);
  back.counts = kept;
  state.counts = kept;
  TRY(state.write_runs());
  TRY(replace_file(state.files, manifest_path(state.folder), manifest_text(back)));

  // From here on the ledger is the shorter one; the rest is tidying.
  state.manifest = back;
  state.back_to_commit();
  TRY(state.map_committed());
  TRY(state.clear_stale_spenders());
  return state.tidy();
}

Status Writer::State::remove_ledger() {
  TRY(files.remove(manifest_path(folder)));
  TRY(files.sync_folder(folder));
  manifest.counts = Counts{};
  manifest.tip_hash = Hash256{};
  manifest.checksum = 0;
  back_to_commit();
  TRY(map_committed());
  for (const ColumnSpec& spec : kColumns) {
    std::string path = column_path(folder, spec);
    if (files.exists(path)) TRY(files.remove(path));
  }
  return drop_runs();
}

}  // namespace tracehound::ledger
