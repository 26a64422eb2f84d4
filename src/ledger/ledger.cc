#include "ledger/ledger.h"

#include <fmt/format.h>

#include <algorithm>

#include "base/check.h"
#include "ledger/keys.h"
#include "ledger/layout.h"
#include "ledger/overlay.h"
#include "ledger/runs.h"
#include "ledger/side_files.h"
#include "ledger/snapshot.h"

namespace tracehound::ledger {

namespace {

// What whoever looks a transaction up reads of it.
constexpr std::initializer_list<Column> kTxColumns = {Column::tx_hash, Column::tx_first_input,
                                                      Column::tx_first_coin, Column::tx_shape};

}  // namespace

Ledger::Ledger() = default;
Ledger::Ledger(Ledger&&) noexcept = default;
Ledger& Ledger::operator=(Ledger&&) noexcept = default;
Ledger::~Ledger() = default;

Result<Ledger> Ledger::open(FileSystem& files, const std::string& folder) {
  Reading reading;
  TRY_ASSIGN(Ledger ledger,
             open_settled(
                 files, folder, reading, [&] { return read_manifest(files, folder); },
                 [&](const Manifest& now) { return open_at(files, folder, now); }));
  ledger.rewinds_ = reading.rewinds;
  ledger.reading_ = std::move(reading.lock);
  ledger.find_replaced();
  return ledger;
}

Result<bool> Ledger::still_holds(FileSystem& files) const {
  TRY_ASSIGN(std::uint64_t rewinds, read_rewinds(files, folder_));
  return rewinds == rewinds_;
}

Result<Ledger> Ledger::open_at(FileSystem& files, const std::string& folder,
                               const Manifest& manifest) {
  Ledger ledger;
  ledger.folder_ = folder;
  ledger.manifest_ = manifest;
  ledger.counts_ = manifest.counts;
  TRY_ASSIGN(auto opened, open_files(files, folder, layout(manifest.counts)));
  for (const ColumnSpec& spec : kColumns) {
    auto i = static_cast<std::size_t>(spec.column);
    std::uint64_t bytes = rows_of(spec.column, manifest.counts) * spec.width;
    ledger.columns_[i] = opened.columns[i]->bytes().first(bytes);
    ledger.reads_[i] = FirstReads(ledger.columns_[i]);
  }
  ledger.mappings_ = std::move(opened.columns);
  ledger.indexes_ = std::move(opened.indexes);
  return ledger;
}

void Ledger::extend(Overlay overlay) {
  unconfirmed_ = overlay.facts;
  counts_ = overlay.counts;
  mappings_ = std::move(overlay.columns);
  for (const ColumnSpec& spec : kColumns) {
    auto i = static_cast<std::size_t>(spec.column);
    columns_[i] = mappings_[i]->bytes();
    CHECK(columns_[i].size() == rows_of(spec.column, counts_) * spec.width);
    reads_[i] = FirstReads(columns_[i]);
  }
  for (auto& [index, run] : overlay.runs) {
    indexes_[static_cast<std::size_t>(index)]->add(std::move(run));
  }
  unconfirmed_spends_ = std::move(overlay.spends);
  first_seen_ = std::move(overlay.first_seen);
}

template <typename Field>
Field Ledger::field(Column column, std::uint64_t row) const {
  ByteView bytes = columns_[static_cast<std::size_t>(column)];
  CHECK_LEDGER((row + 1) * sizeof(Field) <= bytes.size());
  return load_le<Field>(bytes.data() + row * sizeof(Field));
}

void Ledger::ask(std::uint64_t row, std::initializer_list<Column> columns) const {
  for (Column column : columns) {
    std::uint64_t width = kColumns[static_cast<std::size_t>(column)].width;
    CHECK_LEDGER((row + 1) * width <= columns_[static_cast<std::size_t>(column)].size());
    reads_[static_cast<std::size_t>(column)].ask(row * width, width);
  }
}

ByteView Ledger::column(Column column) const { return columns_[static_cast<std::size_t>(column)]; }

const RunIndex& Ledger::index(Index index) const {
  return *indexes_[static_cast<std::size_t>(index)];
}

BlockHeight Ledger::tip() const {
  return BlockHeight(static_cast<std::uint32_t>(manifest_.counts.blocks - 1));
}

ByteView Ledger::header(BlockHeight height) const {
  CHECK_LEDGER(height.number() < counts().blocks);
  return column(Column::block_header).subspan(height.number() * width::kHeader, width::kHeader);
}

Hash256 Ledger::block_hash(BlockHeight height) const {
  CHECK(!unconfirmed_ || !is_unconfirmed(height));
  if (height == tip()) return manifest_.tip_hash;
  return Hash256::from_bytes(header(height.next()).subspan(4, 32));
}

std::uint32_t Ledger::block_time(BlockHeight height) const { return header_time(header(height)); }

IdRange<TxId> Ledger::transactions(BlockHeight height) const {
  auto first = field<std::uint32_t>(Column::block_first_tx, height.number());
  bool last = height.number() + 1 == counts().blocks;
  auto end = last ? static_cast<std::uint32_t>(counts().transactions)
                  : field<std::uint32_t>(Column::block_first_tx, height.number() + 1);
  CHECK_LEDGER(first <= end && end <= counts().transactions);
  return {TxId(first), TxId(end)};
}

std::optional<BlockHeight> Ledger::find_block(const Hash256& hash) const {
  if (hash == manifest_.tip_hash) return tip();
  for (std::uint64_t row : index(Index::block_hash).find(hash.prefix())) {
    BlockHeight height(static_cast<std::uint32_t>(row));
    CHECK_LEDGER(row < manifest_.counts.blocks);
    if (block_hash(height) == hash) return height;
  }
  return std::nullopt;
}

std::optional<BlockHeight> Ledger::block_at(std::uint32_t time) const {
  auto row = index(Index::block_time).last_at_most(time);
  if (!row) return std::nullopt;
  CHECK_LEDGER(*row < manifest_.counts.blocks);
  return BlockHeight(static_cast<std::uint32_t>(*row));
}

Hash256 Ledger::txid(TxId tx) const { return field<Hash256>(Column::tx_hash, tx.number()); }

std::uint32_t Ledger::shape(TxId tx) const {
  return field<std::uint32_t>(Column::tx_shape, tx.number());
}

BlockHeight Ledger::height(TxId tx) const {
  CHECK_LEDGER(tx.number() < counts().transactions);
  auto row = last_at_most(counts().blocks, tx.number(), [&](std::uint64_t height) {
    return field<std::uint32_t>(Column::block_first_tx, height);
  });
  return BlockHeight(static_cast<std::uint32_t>(row));
}

std::uint32_t Ledger::time(TxId tx) const {
  return is_unconfirmed(tx) ? first_seen(tx) : block_time(height(tx));
}

std::uint32_t Ledger::first_seen(TxId tx) const {
  CHECK_LEDGER(tx.number() < counts().transactions);
  CHECK(is_unconfirmed(tx));
  return first_seen_[tx.number() - manifest_.counts.transactions];
}

bool Ledger::is_coinbase(TxId tx) const { return input_count(tx) == 0; }

IdRange<CoinId> Ledger::outputs(TxId tx) const {
  auto first = field<Uint40>(Column::tx_first_coin, tx.number()).number();
  auto end = tx.number() + 1 == counts().transactions
                 ? counts().coins
                 : field<Uint40>(Column::tx_first_coin, tx.number() + 1).number();
  CHECK_LEDGER(first <= end && end <= counts().coins);
  return {CoinId(first), CoinId(end)};
}

std::uint64_t Ledger::input_count(TxId tx) const {
  auto first = field<Uint40>(Column::tx_first_input, tx.number()).number();
  auto end = tx.number() + 1 == counts().transactions
                 ? counts().inputs
                 : field<Uint40>(Column::tx_first_input, tx.number() + 1).number();
  CHECK_LEDGER(first <= end && end <= counts().inputs);
  return end - first;
}

CoinId Ledger::input(TxId tx, std::uint64_t number) const {
  auto first = field<Uint40>(Column::tx_first_input, tx.number()).number();
  return CoinId(field<Uint40>(Column::input_coin, first + number).number());
}

std::vector<TxId> Ledger::find_transactions(const Hash256& hash) const {
  std::vector<TxId> found;
  index(Index::txid).find(hash.prefix(), [&](std::uint64_t row) {
    ask(row, kTxColumns);
    TxId tx(static_cast<std::uint32_t>(row));
    if (txid(tx) == hash) found.push_back(tx);
  });
  return found;
}

std::optional<TxId> Ledger::find_transaction(const Hash256& hash) const {
  std::optional<TxId> last;
  index(Index::txid).find(hash.prefix(), [&](std::uint64_t row) {
    ask(row, kTxColumns);
    TxId tx(static_cast<std::uint32_t>(row));
    if (txid(tx) == hash) last = tx;
  });
  return last;
}

Amount Ledger::value(CoinId coin) const {
  return field<std::uint64_t>(Column::coin_value, coin.number());
}

AddressId Ledger::address(CoinId coin) const {
  return AddressId(field<std::uint32_t>(Column::coin_address, coin.number()));
}

ScriptKind Ledger::script(CoinId coin) const {
  return static_cast<ScriptKind>(field<std::uint8_t>(Column::coin_script, coin.number()));
}

std::optional<TxId> Ledger::spender(CoinId coin) const {
  auto tx = field<std::uint32_t>(Column::coin_spender, coin.number());
  if (tx < manifest_.counts.transactions) return TxId(tx);
  return unconfirmed_spender(coin);
}

// Numbers from the confirmed count on may be those of a writer at work: none of them is believed.
std::optional<TxId> Ledger::unconfirmed_spender(CoinId coin) const {
  auto spend =
      std::ranges::lower_bound(unconfirmed_spends_, coin, {}, &std::pair<CoinId, TxId>::first);
  if (spend == unconfirmed_spends_.end() || spend->first != coin) return std::nullopt;
  return spend->second;
}

bool Ledger::is_replaced(CoinId coin) const { return std::ranges::binary_search(replaced_, coin); }

TxId Ledger::creator(CoinId coin) const {
  CHECK_LEDGER(coin.number() < counts().coins);
  auto row = last_at_most(counts().transactions, coin.number(), [&](std::uint64_t tx) {
    return field<Uint40>(Column::tx_first_coin, tx).number();
  });
  return TxId(static_cast<std::uint32_t>(row));
}

std::uint32_t Ledger::output_number(CoinId coin) const {
  return static_cast<std::uint32_t>(coin.number() - outputs(creator(coin)).first.number());
}

std::optional<CoinId> Ledger::find_coin(const Outpoint& outpoint) const {
  auto tx = find_transaction(outpoint.txid);
  if (!tx) return std::nullopt;
  auto coins = outputs(*tx);
  if (outpoint.index >= coins.size()) return std::nullopt;
  return CoinId(coins.first.number() + outpoint.index);
}

Outpoint Ledger::outpoint(CoinId coin) const {
  TxId tx = creator(coin);
  return {txid(tx), static_cast<std::uint32_t>(coin.number() - outputs(tx).first.number())};
}

AddressKind Ledger::address_kind(AddressId address) const {
  return static_cast<AddressKind>(field<std::uint8_t>(Column::address_kind, address.number()));
}

ByteView Ledger::address_payload(AddressId address) const {
  std::uint64_t row = address.number();
  std::uint64_t start = row == 0 ? 0 : field<Uint40>(Column::address_end, row - 1).number();
  std::uint64_t end = field<Uint40>(Column::address_end, row).number();
  ByteView payloads = column(Column::address_payload);
  CHECK_LEDGER(start <= end && end <= payloads.size());
  return payloads.subspan(start, end - start);
}

std::optional<AddressId> Ledger::find_address(AddressKind kind, ByteView payload) const {
  std::optional<AddressId> found;
  index(Index::address).find(address_key(kind, payload), [&](std::uint64_t row) {
    AddressId address(static_cast<std::uint32_t>(row));
    ask(row, {Column::address_kind, Column::address_end});
    ByteView stored = address_payload(address);
    auto start = static_cast<std::uint64_t>(stored.data() - column(Column::address_payload).data());
    if (!stored.empty()) {
      reads_[static_cast<std::size_t>(Column::address_payload)].ask(start, stored.size());
    }
    if (address_kind(address) == kind && std::ranges::equal(stored, payload)) found = address;
  });
  return found;
}

std::vector<CoinId> Ledger::coins_of(AddressId address) const {
  return coins_of(address, 0, ~std::uint64_t{0});
}

std::vector<CoinId> Ledger::coins_of(AddressId address, std::uint64_t first,
                                     std::uint64_t most) const {
  std::vector<CoinId> coins;
  for (const RunSpan& span : index(Index::address_coin).spans(address.number())) {
    std::uint64_t skipped = std::min(first, span.size());
    first -= skipped;
    for (std::uint64_t entry = span.first + skipped; entry < span.end; ++entry) {
      if (coins.size() == most) return coins;
      coins.push_back(CoinId(span.run->row(entry)));
    }
  }
  return coins;
}

AddressTotals Ledger::totals(AddressId address) const { return totals_from(address, 0, 0); }

AddressTotals Ledger::unconfirmed_totals(AddressId address) const {
  return totals_from(address, manifest_.counts.coins, manifest_.counts.inputs);
}

// Over coins and inputs from these rows on, which are the first ones of a run.
AddressTotals Ledger::totals_from(AddressId address, std::uint64_t first_coin,
                                  std::uint64_t first_input) const {
  AddressTotals totals;
  for (const RunSpan& span : index(Index::address_coin).spans(address.number())) {
    if (span.run->range().first < first_coin) continue;
    totals.coins += span.size();
    totals.received += sum(span, [&](std::uint64_t coin) { return value(CoinId(coin)); });
  }
  for (const RunSpan& span : index(Index::address_input).spans(address.number())) {
    if (span.run->range().first < first_input) continue;
    totals.spent_coins += span.size();
    totals.spent += sum(span, [&](std::uint64_t input) {
      return value(CoinId(field<Uint40>(Column::input_coin, input).number()));
    });
  }
  for (CoinId coin : replaced_) {
    if (coin.number() < first_coin || this->address(coin) != address) continue;
    ++totals.replaced_coins;
    totals.replaced += value(coin);
  }
  return totals;
}

Wrapper Ledger::wrapper(std::uint64_t row) const {
  Wrapper wrapper{AddressId(field<std::uint32_t>(Column::wrapper_address, row)),
                  AddressId(field<std::uint32_t>(Column::wrapper_wraps, row)),
                  TxId(field<std::uint32_t>(Column::wrapper_tx, row))};
  CHECK_LEDGER(wrapper.address.number() < counts().addresses &&
               wrapper.wraps.number() < counts().addresses &&
               wrapper.transaction.number() < counts().transactions);
  return wrapper;
}

std::uint64_t Ledger::first_wrapper_from(TxId tx) const {
  std::uint64_t low = 0;
  std::uint64_t high = counts().wrappers;
  while (low < high) {
    std::uint64_t middle = low + (high - low) / 2;
    if (field<std::uint32_t>(Column::wrapper_tx, middle) < tx.number()) {
      low = middle + 1;
    } else {
      high = middle;
    }
  }
  return low;
}

std::optional<Wrapper> Ledger::wrapper_at(AddressId address) const {
  auto rows = index(Index::wrapper).find(address.number());
  return rows.empty() ? std::nullopt : std::optional(wrapper(rows.front()));
}

std::vector<Wrapper> Ledger::wrappers_of(AddressId address) const {
  std::vector<Wrapper> wrappers;
  for (std::uint64_t row : index(Index::wrapped).find(address.number())) {
    wrappers.push_back(wrapper(row));
  }
  return wrappers;
}

// A coin is replaced by a transaction of its own txid, and those are listed.
void Ledger::find_replaced() {
  for (std::uint64_t row = 0; row < counts().repeats; ++row) {
    TxId repeat(field<std::uint32_t>(Column::repeat_tx, row));
    for (TxId tx : find_transactions(txid(repeat))) {
      for (CoinId coin : outputs(tx)) {
        if (spender(coin) == repeat) replaced_.push_back(coin);
      }
    }
  }
  std::ranges::sort(replaced_);
}

}  // namespace tracehound::ledger
