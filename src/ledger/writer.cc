// Writing in two beats. append() works in memory alone: new rows collect in each column's tail,
// spends of older coins in a list. A commit seals the tails and writes them out (commit.h), on a
// thread of its own if it was only begun, while the next blocks are appended behind.

#include "ledger/writer.h"

#include <fmt/format.h>

#include <algorithm>
#include <new>
#include <system_error>

#include "base/check.h"
#include "base/parallel.h"
#include "ledger/checksum.h"
#include "ledger/columns.h"
#include "ledger/commit.h"
#include "ledger/interner.h"
#include "ledger/keys.h"
#include "ledger/resolver.h"
#include "ledger/runs.h"
#include "ledger/side_files.h"
#include "ledger/subsidy.h"
#include "ledger/wrappers.h"

namespace tracehound::ledger {

namespace {

// A commit that was begun: written by its thread, looked at again when that has ended.
struct BegunCommit {
  Commit commit;
  Status outcome;
  std::unique_ptr<Background> writing;  // nothing if it was written by the writer's own thread
};

}  // namespace

struct Writer::State {
  FileSystem& files;
  std::string folder;
  WriterOptions options;
  std::unique_ptr<Lock> lock;
  SideFiles side_files;
  Manifest manifest;  // the last commit; zero blocks when there is none
  Counts counts;
  Hash256 tip_hash;
  std::uint64_t checksum = 0;
  Columns columns;
  std::vector<Spend> spends;  // of coins in no tail, since the last seal
  std::unique_ptr<RunIndex> txids;
  std::unique_ptr<RunIndex> addresses;
  Resolver resolver;
  Interner interner;
  Wrappers wrappers;
  bool tables_ready = false;
  // Whether memory and disk are as the manifest says, with nothing there from a failure or a kill;
  // if not, recover() comes before the next change. Readers may have to be told besides that rows
  // of theirs were taken back.
  bool recovered = true;
  bool readers_untold = false;
  std::unique_ptr<BegunCommit> begun;
  // The block at work.
  Resolved resolved;
  std::vector<AddressId> address_ids;

  State(FileSystem& files_in, std::string folder_in, const WriterOptions& options_in)
      : files(files_in),
        folder(std::move(folder_in)),
        options(options_in),
        side_files(files, folder),
        columns(folder),
        resolver(columns),
        interner(columns),
        wrappers(columns, interner) {}

  Status open_at(const Manifest& now);
  void forget_uncommitted();
  Status back_to_commit();
  Status build_tables();
  Status clear_stale_spenders();

  Status make_room(const BlockRows& block);
  Status append_rows(const BlockRows& block);
  Status check_inputs(const BlockRows& block) const;
  std::string missing_coin(const BlockRows& block, const Outpoint& outpoint) const;
  void note_spend(CoinId coin, TxId by);
  void push_outputs(const BlockRows& block);
  void push_transactions(const BlockRows& block, const Counts& before);
  void seal_block(const Counts& before);

  Status begin_commit(bool own_thread);
  Status finish_commit();
  Status take_back(Status failure);
  Status recover();
  Status tidy();
  Counts counts_at(std::uint64_t blocks) const;
  std::vector<Spend> spends_after(const Counts& kept) const;
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
std::uint64_t Writer::disk_lookups() const {
  return state_->resolver.disk_lookups() + state_->interner.disk_lookups();
}

std::optional<Hash256> Writer::tip_hash() const {
  if (state_->counts.blocks == 0) return std::nullopt;
  return state_->tip_hash;
}

ByteView Writer::header(BlockHeight height) const {
  CHECK(height.number() < state_->counts.blocks);
  return state_->columns[Column::block_header].bytes(height.number());
}

Hash256 Writer::block_hash(BlockHeight height) const {
  CHECK(height.number() < state_->counts.blocks);
  if (height.number() + 1 == state_->counts.blocks) return state_->tip_hash;
  return Hash256::from_bytes(header(height.next()).subspan(4, 32));
}

// Looks at the disk as this manifest describes it; rows in the tails stay. A failure changes
// nothing.
Status Writer::State::open_at(const Manifest& now) {
  const Counts& rows = now.counts;
  TRY_ASSIGN(auto new_txids,
             RunIndex::open(files, folder, spec_of(Index::txid), rows.transactions));
  TRY_ASSIGN(auto new_addresses,
             RunIndex::open(files, folder, spec_of(Index::address), rows.addresses));
  TRY(columns.open(files, rows));
  txids = std::move(new_txids);
  addresses = std::move(new_addresses);
  manifest = now;
  return {};
}

void Writer::State::forget_uncommitted() {
  columns.drop_uncommitted();
  spends.clear();
  counts = manifest.counts;
  tip_hash = manifest.tip_hash;
  checksum = manifest.checksum;
  tables_ready = false;
}

Status Writer::State::back_to_commit() {
  Status status = finish_commit();
  forget_uncommitted();
  return status;
}

// ---- the tables in memory -----------------------------------------------------------------------

Status Writer::State::build_tables() {
  if (tables_ready) return {};
  resolver.reset(manifest.counts, txids.get(), options.table_bytes / 2);
  interner.reset(manifest.counts, addresses.get(), options.table_bytes / 2);
  wrappers.reset(manifest.counts);
  tables_ready = true;
  return {};
}

// A killed writer leaves spenders past the transaction count. They read as none today and would
// read as true once the count has grown past them, so they go before anything is added.
Status Writer::State::clear_stale_spenders() {
  const ColumnFile& spenders = columns[Column::coin_spender];
  std::vector<Spend> stale;
  for (std::uint64_t coin = 0; coin < manifest.counts.coins; ++coin) {
    auto spender = spenders.get<std::uint32_t>(coin);
    if (spender < manifest.counts.transactions || spender == kNoTx) continue;
    stale.push_back({CoinId(coin), TxId(kNoTx)});
  }
  return patch_spenders(files, columns, stale);
}

// Sees to it that the block's coins and addresses fit into the tables. Only what is committed can
// be forgotten, for only that is in the indexes.
Status Writer::State::make_room(const BlockRows& block) {
  std::uint64_t new_addresses = block.outputs.size() + block.wrappers.size();
  auto fits = [&] {
    return resolver.has_room(block.outputs.size()) && interner.has_room(new_addresses);
  };
  if (fits()) return {};
  if (counts != manifest.counts) {
    TRY(finish_commit());
    TRY(begin_commit(false));
  }
  std::vector<Spend> none;
  if (!resolver.has_room(block.outputs.size())) resolver.forget(none);
  if (!interner.has_room(new_addresses)) interner.forget();
  return {};
}

// ---- appending ----------------------------------------------------------------------------------

Status Writer::append(const BlockRows& block) {
  State& state = *state_;
  TRY(state.recover());
  TRY(state.build_tables());
  bool builds_on_tip = state.counts.blocks == 0 || block.previous_hash() == state.tip_hash;
  Status status;
  if (!builds_on_tip) {
    status =
        bad_input(fmt::format("block {} builds on {}, the ledger's tip is {}", block.hash.text(),
                              block.previous_hash().text(), state.tip_hash.text()));
  } else {
    status = state.make_room(block);
    if (status) status = state.append_rows(block);
  }
  if (status) return status;
  TRY(state.back_to_commit());
  return status;
}

Status Writer::State::append_rows(const BlockRows& block) {
  CHECK(!block.transactions.empty());
  if (counts.transactions + block.transactions.size() >= kNoTx - 1 ||
      counts.addresses + block.outputs.size() + block.wrappers.size() >= kNoTx - 1) {
    return machine_error("the ledger is full: it holds 4,294,967,294 transactions");
  }
  for (const TxRow& row : block.transactions) {
    if (row.outputs > UnspentTable::kOutputLimit) {
      return bad_input(fmt::format("transaction {} has more than {} outputs", row.txid.text(),
                                   UnspentTable::kOutputLimit));
    }
  }
  resolver.resolve(block, counts, resolved);
  TRY(check_inputs(block));

  Counts before = counts;
  columns[Column::block_header].push(block.header);
  columns[Column::block_first_tx].push(static_cast<std::uint32_t>(counts.transactions));
  columns[Column::block_first_address].push(static_cast<std::uint32_t>(counts.addresses));
  for (TxId tx : resolved.repeats) columns[Column::repeat_tx].push(tx.number());
  counts.repeats += resolved.repeats.size();
  interner.intern(block, counts, address_ids);
  push_outputs(block);
  push_transactions(block, before);
  wrappers.add(block, resolved, before, counts);
  // BIP 30: the later transaction of the same txid took the earlier one's place.
  for (const Spend& spend : resolved.replaced) note_spend(spend.coin, spend.by);
  tip_hash = block.hash;
  seal_block(before);
  return {};
}

// Every input found, no transaction but the coinbase pays out more than it takes in, and the
// coinbase no more than the subsidy and the block's fees.
Status Writer::State::check_inputs(const BlockRows& block) const {
  std::string advice = fmt::format("take the chain up to the block before it with --to {}",
                                   counts.blocks == 0 ? 0 : counts.blocks - 1);
  std::size_t input = 0;
  std::size_t output = 0;
  Amount minted = 0;
  Amount fees = 0;
  for (std::size_t number = 0; number < block.transactions.size(); ++number) {
    const TxRow& row = block.transactions[number];
    auto refuse = [&](const std::string& why) {
      return bad_input(fmt::format("block {} at height {}: transaction {}{}", block.hash.text(),
                                   counts.blocks, row.txid.text(), why));
    };
    Amount paid_in = 0;
    for (std::uint32_t i = 0; i < row.inputs; ++i, ++input) {
      if (!resolved.inputs[input]) {
        const Outpoint& outpoint = block.inputs[input];
        return refuse(fmt::format(", input {} spends {}:{}, {}; {}", i, outpoint.txid.text(),
                                  outpoint.index, missing_coin(block, outpoint), advice));
      }
      if (__builtin_add_overflow(paid_in, resolved.inputs[input]->value, &paid_in)) {
        return refuse(" takes in 2^64 units or more, which no chain has");
      }
    }
    Amount paid_out = 0;
    for (std::uint32_t i = 0; i < row.outputs; ++i) paid_out += block.outputs[output++].value;
    if (number > 0 && paid_out > paid_in) {
      return refuse(fmt::format(" pays out {} and takes in {}; {}", paid_out, paid_in, advice));
    }
    if (number == 0) {
      minted = paid_out;
    } else {
      fees += paid_in - paid_out;
    }
  }
  CHECK(input == block.inputs.size() && output == block.outputs.size());
  auto height = BlockHeight(static_cast<std::uint32_t>(counts.blocks));
  auto may_mint = subsidy(manifest.chain, height);
  if (may_mint && minted > *may_mint + fees) {
    return bad_input(
        fmt::format("block {} at height {}: the coinbase pays out {}, the subsidy is {} and the "
                    "fees are {}; {}",
                    block.hash.text(), counts.blocks, minted, *may_mint, fees, advice));
  }
  return {};
}

// Why an outpoint could not be taken: said only when a block is refused.
std::string Writer::State::missing_coin(const BlockRows& block, const Outpoint& outpoint) const {
  auto known = resolver.find_transactions(outpoint.txid, counts);
  if (!known.empty()) {
    auto coins = columns.outputs(known.back(), counts);
    if (outpoint.index < coins.size()) return "which is already spent";
    return fmt::format("but that transaction has only {}",
                       coins.size() == 1 ? "1 output" : fmt::format("{} outputs", coins.size()));
  }
  auto same = std::ranges::find(block.transactions, outpoint.txid, &TxRow::txid);
  if (same == block.transactions.end()) return "which no block has created";
  if (outpoint.index >= same->outputs) return "which that transaction does not have";
  std::size_t takers = 0;
  for (const Outpoint& other : block.inputs) takers += other == outpoint ? 1 : 0;
  return takers > 1 ? "which is already spent" : "which is created later in the same block";
}

void Writer::State::note_spend(CoinId coin, TxId by) {
  ColumnFile& spenders = columns[Column::coin_spender];
  if (coin.number() < spenders.sealed_end()) {
    spends.push_back({coin, by});
  } else {
    spenders.set_tail(coin.number(), by.number());
  }
}

void Writer::State::push_outputs(const BlockRows& block) {
  std::size_t rows = block.outputs.size();
  Byte* values = columns[Column::coin_value].add_rows(rows);
  Byte* addresses_at = columns[Column::coin_address].add_rows(rows);
  Byte* scripts = columns[Column::coin_script].add_rows(rows);
  Byte* spenders = columns[Column::coin_spender].add_rows(rows);
  for (std::size_t i = 0; i < rows; ++i) {
    const OutputRow& output = block.outputs[i];
    store_le(values + i * width::kAmount, output.value);
    store_le(addresses_at + i * width::kAddressId, address_ids[i].number());
    store_le(scripts + i * width::kKind, output.script);
    store_le(spenders + i * width::kTxId, kNoTx);
  }
  counts.coins += rows;
}

void Writer::State::push_transactions(const BlockRows& block, const Counts& before) {
  std::size_t rows = block.transactions.size();
  Byte* hashes = columns[Column::tx_hash].add_rows(rows);
  Byte* first_inputs = columns[Column::tx_first_input].add_rows(rows);
  Byte* first_coins = columns[Column::tx_first_coin].add_rows(rows);
  Byte* shapes = columns[Column::tx_shape].add_rows(rows);
  Byte* inputs = columns[Column::input_coin].add_rows(block.inputs.size());
  std::uint64_t first_coin = before.coins;
  for (std::size_t i = 0; i < rows; ++i) {
    const TxRow& row = block.transactions[i];
    TxId tx(static_cast<std::uint32_t>(counts.transactions++));
    store_le(hashes + i * width::kHash, row.txid);
    store_le(first_inputs + i * width::kInputId, Uint40::of(counts.inputs));
    store_le(first_coins + i * width::kCoinId, Uint40::of(first_coin));
    store_le(shapes + i * width::kShape, row.shape);
    first_coin += row.outputs;
    for (std::uint32_t k = 0; k < row.inputs; ++k) {
      std::uint64_t input = counts.inputs++ - before.inputs;
      CoinId coin = resolved.inputs[input]->coin;
      store_le(inputs + input * width::kCoinId, Uint40::of(coin.number()));
      note_spend(coin, tx);
    }
  }
}

// Closes the block: its checksum covers every row it added, and through its seed every block
// before it. The spender column is left out: it is written again later, and `ledger check` rebuilds
// it from the inputs.
void Writer::State::seal_block(const Counts& before) {
  ++counts.blocks;
  checksum = block_checksum(checksum, before, counts,
                            [this](Column which, std::uint64_t row, std::uint64_t rows) {
                              return columns[which].bytes(row, rows);
                            });
  columns[Column::block_checksum].push(checksum);
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
  begun->commit.before = manifest;
  begun->commit.after = manifest;
  begun->commit.after.counts = counts;
  begun->commit.after.tip_hash = tip_hash;
  begun->commit.after.checksum = checksum;
  begun->commit.spends.swap(spends);
  columns.seal();
  auto write = [this, work = begun.get()] {
    try {
      work->outcome = write_commit(files, folder, columns, work->commit);
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
  if (status) status = open_at(done->commit.after);
  if (!status) return take_back(status);
  if (tables_ready) {
    resolver.committed(manifest.counts, txids.get(), spends);
    interner.committed(manifest.counts, addresses.get());
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
  if (files.exists(manifest_path(folder))) {
    TRY_ASSIGN(visible, read_manifest(files, folder));
  }
  TRY(open_at(visible));
  forget_uncommitted();
  TRY(files.sync_folder(folder));
  if (readers_untold) TRY(side_files.count_rewind());
  readers_untold = false;
  TRY(clear_stale_spenders());
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
  Counts kept;
  kept.blocks = blocks;
  kept.transactions = columns[Column::block_first_tx].get<std::uint32_t>(blocks);
  kept.addresses = columns[Column::block_first_address].get<std::uint32_t>(blocks);
  kept.inputs = columns[Column::tx_first_input].get<Uint40>(kept.transactions).number();
  kept.coins = columns[Column::tx_first_coin].get<Uint40>(kept.transactions).number();
  if (kept.addresses > 0) {
    kept.payload_bytes = columns[Column::address_end].get<Uint40>(kept.addresses - 1).number();
  }
  kept.repeats = manifest.counts.repeats;
  const ColumnFile& repeats = columns[Column::repeat_tx];
  while (kept.repeats > 0 && repeats.get<std::uint32_t>(kept.repeats - 1) >= kept.transactions) {
    --kept.repeats;
  }
  kept.wrappers = manifest.counts.wrappers;
  const ColumnFile& shown = columns[Column::wrapper_tx];
  while (kept.wrappers > 0 && shown.get<std::uint32_t>(kept.wrappers - 1) >= kept.transactions) {
    --kept.wrappers;
  }
  const Counts& all = manifest.counts;
  CHECK_LEDGER(kept.transactions < all.transactions && kept.inputs <= all.inputs &&
               kept.coins <= all.coins && kept.addresses <= all.addresses &&
               kept.payload_bytes <= all.payload_bytes);
  return kept;
}

// What takes back the spends of kept coins by transactions that go.
std::vector<Spend> Writer::State::spends_after(const Counts& kept) const {
  std::vector<Spend> undone;
  auto undo = [&](std::uint64_t coin) {
    if (coin < kept.coins) undone.push_back({CoinId(coin), TxId(kNoTx)});
  };
  for (std::uint64_t input = kept.inputs; input < manifest.counts.inputs; ++input) {
    undo(columns[Column::input_coin].get<Uint40>(input).number());
  }
  for (std::uint64_t row = kept.repeats; row < manifest.counts.repeats; ++row) {
    auto repeat = columns[Column::repeat_tx].get<std::uint32_t>(row);
    Hash256 txid = columns.txid(TxId(repeat));
    for (std::uint64_t same : txids->find(txid.prefix())) {
      TxId tx(static_cast<std::uint32_t>(same));
      if (columns.txid(tx) != txid) continue;
      for (CoinId coin : columns.outputs(tx, manifest.counts)) {
        auto spender = columns[Column::coin_spender].get<std::uint32_t>(coin.number());
        if (spender == repeat) undo(coin.number());
      }
    }
  }
  return undone;
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
  back.tip_hash = Hash256::from_bytes(columns[Column::block_header].bytes(blocks).subspan(4, 32));
  back.checksum = columns[Column::block_checksum].get<std::uint64_t>(blocks - 1);
  back.counts = counts_at(blocks);
  std::vector<Spend> undone = spends_after(back.counts);
  TRY(write_indexes(files, folder, columns, manifest.counts, back));
  readers_untold = true;
  TRY(replace_file(files, manifest_path(folder), manifest_text(back)));

  // From here on the ledger is the shorter one. Readers of the longer one must be able to tell
  // before a row of theirs changes.
  TRY(side_files.count_rewind());
  readers_untold = false;
  TRY(open_at(back));
  forget_uncommitted();
  TRY(patch_spenders(files, columns, undone));
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
  TRY(open_at(none));
  forget_uncommitted();
  for (const ColumnSpec& spec : kColumns) {
    std::string path = column_path(folder, spec);
    if (files.exists(path)) TRY(files.remove(path));
  }
  return drop_other_runs(files, folder, manifest.counts);
}

}  // namespace tracehound::ledger
