// append() works in memory alone: new rows collect in each column's tail, spends of older coins in
// a list, until a commit (committed_rows.h) writes them out.

#include "ledger/writer.h"

#include <fmt/format.h>

#include <algorithm>
#include <utility>

#include "base/check.h"
#include "ledger/checksum.h"
#include "ledger/columns.h"
#include "ledger/commit.h"
#include "ledger/committed_rows.h"
#include "ledger/interner.h"
#include "ledger/resolver.h"
#include "ledger/runs.h"
#include "ledger/subsidy.h"
#include "ledger/wrappers.h"

namespace tracehound::ledger {

namespace {
constexpr std::size_t place_of(Index index) { return static_cast<std::size_t>(index); }
}  // namespace

struct Writer::State final : CommittedRows<Manifest, Columns> {
  WriterOptions options;
  Hash256 tip_hash;
  std::vector<Spend> spends;  // of coins in no tail, since the last seal
  Resolver resolver;
  Interner interner;
  Wrappers wrappers;
  bool tables_ready = false;
  // The block at work.
  Resolved resolved;
  std::vector<AddressId> address_ids;

  State(FileSystem& files_in, const std::string& folder_in, const WriterOptions& options_in)
      : CommittedRows(files_in, folder_in, {place_of(Index::txid), place_of(Index::address)}),
        options(options_in),
        resolver(columns),
        interner(columns),
        wrappers(columns, interner) {}

  const RunIndex* txids() const { return index(0); }
  const RunIndex* addresses() const { return index(1); }

  Status append(const BlockRows& block);
  void build_tables();
  Status make_room(const BlockRows& block);
  Status append_rows(const BlockRows& block);
  Status check_inputs(const BlockRows& block) const;
  std::string missing_coin(const BlockRows& block, const Outpoint& outpoint) const;
  void note_spend(CoinId coin, TxId by);
  void push_outputs(const BlockRows& block);
  void push_transactions(const BlockRows& block, const Counts& before);
  void seal_block(const Counts& before);

  Counts counts_at(std::uint64_t blocks) const;
  std::vector<Spend> spends_after(const Counts& kept) const;

 private:
  Result<Manifest> read() const override { return read_manifest(files, folder); }
  Error other_chain(const Manifest& there) const override;
  void forgotten() override;
  void describe_tip(Manifest& after) const override { after.tip_hash = tip_hash; }
  Work committing(const Manifest& before, const Manifest& after) override;
  void committed() override;
  Manifest back_at(std::uint64_t blocks) const override;
  Status write_indexes_of(const Manifest& after) override {
    return write_indexes(files, folder, columns, manifest.counts, after);
  }
  Work undoing(const Manifest& back) const override;
  Status clear_stale_rows() override;
};

// ---- opening ------------------------------------------------------------------------------------

Result<Writer> Writer::open(FileSystem& files, const std::string& folder, const std::string& chain,
                            const WriterOptions& options) {
  auto state = std::make_unique<State>(files, folder, options);
  Manifest none;
  none.chain = chain;
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

Error Writer::State::other_chain(const Manifest& there) const {
  return {ErrorKind::bad_input,
          fmt::format("the ledger in {} holds {}, these blocks are {}; name another --ledger or "
                      "the right --network",
                      folder, there.chain, manifest.chain)};
}

void Writer::State::forgotten() {
  spends.clear();
  tip_hash = manifest.tip_hash;
  tables_ready = false;
}

// ---- the tables in memory -----------------------------------------------------------------------

void Writer::State::build_tables() {
  if (tables_ready) return;
  resolver.reset(manifest.counts, txids(), options.table_bytes / 2);
  interner.reset(manifest.counts, addresses(), options.table_bytes / 2);
  wrappers.reset(manifest.counts);
  tables_ready = true;
}

// A killed writer leaves spenders past the transaction count. They read as none today and would
// read as true once the count has grown past them, so they go before anything is added.
Status Writer::State::clear_stale_rows() {
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
  TRY(commit());
  std::vector<Spend> none;
  if (!resolver.has_room(block.outputs.size())) resolver.forget(none);
  if (!interner.has_room(new_addresses)) interner.forget();
  return {};
}

// ---- appending ----------------------------------------------------------------------------------

Status Writer::append(const BlockRows& block) { return state_->append(block); }

Status Writer::State::append(const BlockRows& block) {
  TRY(recover());
  build_tables();
  bool builds_on_tip = counts.blocks == 0 || block.previous_hash() == tip_hash;
  Status status;
  if (!builds_on_tip) {
    status =
        bad_input(fmt::format("block {} builds on {}, the ledger's tip is {}", block.hash.text(),
                              block.previous_hash().text(), tip_hash.text()));
  } else {
    status = make_room(block);
    if (status) status = append_rows(block);
  }
  if (status) return status;
  TRY(back_to_commit());
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

Status Writer::commit() { return state_->commit(); }
Status Writer::begin_commit() { return state_->begin_commit(); }
Status Writer::rewind(std::uint64_t blocks) { return state_->rewind(blocks); }

Writer::State::Work Writer::State::committing(const Manifest& before, const Manifest& after) {
  return [this, before = before.counts, after, given = std::exchange(spends, {})]() mutable {
    return write_commit(files, folder, columns, before, after, given);
  };
}

void Writer::State::committed() {
  if (!tables_ready) return;
  resolver.committed(manifest.counts, txids(), spends);
  interner.committed(manifest.counts, addresses());
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
    for (std::uint64_t same : txids()->find(txid.prefix())) {
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

Manifest Writer::State::back_at(std::uint64_t blocks) const {
  Manifest back = manifest;
  back.tip_hash = Hash256::from_bytes(columns[Column::block_header].bytes(blocks).subspan(4, 32));
  back.checksum = columns[Column::block_checksum].get<std::uint64_t>(blocks - 1);
  back.counts = counts_at(blocks);
  return back;
}

Writer::State::Work Writer::State::undoing(const Manifest& back) const {
  return [this, undone = spends_after(back.counts)]() mutable {
    return patch_spenders(files, columns, undone);
  };
}

}  // namespace tracehound::ledger
