// The problem: what is not confirmed yet is to be looked up, listed and traced like everything
// else, without a second kind of transaction in every function that reads rows, and without a byte
// of it on disk.
//
// So it becomes rows. A snapshot is a set of lengths; it is made longer by one block that is none.
// Each column is mapped once more with room behind its committed rows (map_extended), the new rows
// are written into that room, and each index gets one more run, held in memory. The accessors see
// longer columns and one run more. With the tip at height 7 and 20 transactions in the ledger:
//
//   mempool            a spends a confirmed coin; b spends a:0; c spends that confirmed coin too
//   added              block 8 with transactions 20 (a) and 21 (b); c is left out
//
// One thing is not a new row: that a confirmed coin is spent. A writer that commits at this very
// moment patches coin.spender, with numbers from the confirmed count on, which are the numbers that
// the new rows have too. So no such number is believed: what the new transactions spend is kept
// beside the columns, sorted by coin, and asked for where the column names no confirmed spender.
//
// Cost: a look-up for each input and output, memory of about twice the new rows. Limits: a decoder
// gives transactions in the order of their descent; another order loses descendants.
#include "ledger/overlay.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <map>
#include <optional>
#include <string>

#include "base/check.h"
#include "ledger/keys.h"
#include "ledger/memory_run.h"

namespace tracehound::ledger {

namespace {

// Takes the transactions in one by one, as rows behind a ledger's.
class NewRows {
 public:
  explicit NewRows(const Ledger& ledger) : ledger_(ledger), old_(ledger.counts()), counts_(old_) {}

  void open_block(std::uint32_t time);
  // False, and nothing taken in, if the ledger and what was taken in so far do not allow it.
  // `inputs` and `outputs` are the transaction's, of `rows`.
  bool take(const BlockRows& rows, const TxRow& tx, std::span<const Outpoint> inputs,
            std::span<const OutputRow> outputs);

  const Counts& counts() const { return counts_; }
  Result<std::vector<std::unique_ptr<Mapping>>> map_columns(FileSystem& files) const;
  std::vector<std::pair<Index, Run>> runs() const;
  std::vector<std::pair<CoinId, TxId>> spends() const { return {spent_.begin(), spent_.end()}; }

 private:
  template <typename Field>
  void put(Column column, Field field) {
    Bytes& bytes = added_[static_cast<std::size_t>(column)];
    bytes.resize(bytes.size() + sizeof field);
    store_le(bytes.data() + bytes.size() - sizeof field, field);
  }
  template <typename Field>
  Field get(Column column, std::uint64_t row) const {
    return load_le<Field>(added_[static_cast<std::size_t>(column)].data() + row * sizeof(Field));
  }

  std::optional<CoinId> find_coin(const Outpoint& outpoint) const;
  Amount value(CoinId coin) const {
    return coin.number() < old_.coins ? ledger_.value(coin)
                                      : get<Amount>(Column::coin_value, coin.number() - old_.coins);
  }
  AddressId address(CoinId coin) const {
    return coin.number() < old_.coins
               ? ledger_.address(coin)
               : AddressId(get<std::uint32_t>(Column::coin_address, coin.number() - old_.coins));
  }
  CoinId input_coin(std::uint64_t input) const {
    return CoinId(get<Uint40>(Column::input_coin, input - old_.inputs).number());
  }
  AddressId intern(AddressKind kind, ByteView payload);
  std::vector<RunEntry> entries(Index index) const;
  Amount summed(Index index, std::uint64_t row) const;

  const Ledger& ledger_;
  Counts old_;
  Counts counts_;
  std::array<Bytes, kColumns.size()> added_;
  std::map<Hash256, TxId> created_;
  std::map<std::string, AddressId> addresses_;  // new ones, by kind and payload
  std::vector<std::uint64_t> address_keys_;     // of the new ones
  std::map<CoinId, TxId> spent_;
};

void NewRows::open_block(std::uint32_t time) {
  std::array<Byte, width::kHeader> header{};
  std::ranges::copy(ledger_.manifest().tip_hash.view(), header.begin() + 4);
  store_le(header.data() + kHeaderTime, time);
  put(Column::block_header, header);
  put(Column::block_first_tx, static_cast<std::uint32_t>(old_.transactions));
  put(Column::block_first_address, static_cast<std::uint32_t>(old_.addresses));
  put(Column::block_checksum, std::uint64_t{0});
  ++counts_.blocks;
}

bool NewRows::take(const BlockRows& rows, const TxRow& tx, std::span<const Outpoint> inputs,
                   std::span<const OutputRow> outputs) {
  if (created_.contains(tx.txid) || ledger_.find_transaction(tx.txid)) return false;
  std::vector<CoinId> coins;
  Amount in = 0;
  for (const Outpoint& outpoint : inputs) {
    auto coin = find_coin(outpoint);
    if (!coin || spent_.contains(*coin)) return false;
    if (coin->number() < old_.coins && ledger_.spender(*coin)) return false;
    coins.push_back(*coin);
    in += value(*coin);
  }
  Amount out = 0;
  for (const OutputRow& output : outputs) out += output.value;
  TxId id(static_cast<std::uint32_t>(counts_.transactions));
  std::size_t before = spent_.size();
  for (CoinId coin : coins) spent_.emplace(coin, id);
  if (spent_.size() - before != coins.size() || coins.empty() || out > in) {
    for (CoinId coin : coins) spent_.erase(coin);
    return false;
  }

  put(Column::tx_hash, tx.txid);
  put(Column::tx_first_input, Uint40::of(counts_.inputs));
  put(Column::tx_first_coin, Uint40::of(counts_.coins));
  put(Column::tx_shape, tx.shape);
  for (CoinId coin : coins) put(Column::input_coin, Uint40::of(coin.number()));
  for (const OutputRow& output : outputs) {
    put(Column::coin_value, output.value);
    put(Column::coin_address, intern(output.address_kind, rows.payload(output)).number());
    put(Column::coin_script, static_cast<std::uint8_t>(output.script));
    put(Column::coin_spender, kNoTx);
  }
  created_.emplace(tx.txid, id);
  ++counts_.transactions;
  counts_.inputs += coins.size();
  counts_.coins += outputs.size();
  return true;
}

std::optional<CoinId> NewRows::find_coin(const Outpoint& outpoint) const {
  auto created = created_.find(outpoint.txid);
  if (created == created_.end()) return ledger_.find_coin(outpoint);
  std::uint64_t row = created->second.number() - old_.transactions;
  std::uint64_t coin = get<Uint40>(Column::tx_first_coin, row).number() + outpoint.index;
  bool last = created->second.number() + 1 == counts_.transactions;
  std::uint64_t end = last ? counts_.coins : get<Uint40>(Column::tx_first_coin, row + 1).number();
  return coin < end ? std::optional(CoinId(coin)) : std::nullopt;
}

AddressId NewRows::intern(AddressKind kind, ByteView payload) {
  std::string key(1, static_cast<char>(kind));
  key.append(payload.begin(), payload.end());
  if (auto known = addresses_.find(key); known != addresses_.end()) return known->second;
  if (auto known = ledger_.find_address(kind, payload)) return *known;
  AddressId fresh(static_cast<std::uint32_t>(counts_.addresses++));
  counts_.payload_bytes += payload.size();
  put(Column::address_kind, static_cast<std::uint8_t>(kind));
  put(Column::address_end, Uint40::of(counts_.payload_bytes));
  for (Byte byte : payload) put(Column::address_payload, byte);
  addresses_.emplace(std::move(key), fresh);
  address_keys_.push_back(address_key(kind, payload));
  return fresh;
}

Result<std::vector<std::unique_ptr<Mapping>>> NewRows::map_columns(FileSystem& files) const {
  std::vector<std::unique_ptr<Mapping>> maps;
  for (const ColumnSpec& spec : kColumns) {
    const Bytes& added = added_[static_cast<std::size_t>(spec.column)];
    TRY_ASSIGN(auto map, files.map_extended(column_path(ledger_.folder(), spec.file),
                                            rows_of(spec.column, old_) * spec.width, added.size()));
    std::ranges::copy(added, map->room().begin());
    maps.push_back(std::move(map));
  }
  return maps;
}

// ---- indexes ------------------------------------------------------------------------------------

// Of the new rows. None of blocks: the one that is none is found neither by hash nor by
// time.
std::vector<RunEntry> NewRows::entries(Index index) const {
  std::vector<RunEntry> entries;
  auto add = [&](std::uint64_t first, std::uint64_t end, auto key_of) {
    for (std::uint64_t row = first; row < end; ++row) entries.push_back({key_of(row), row});
  };
  switch (index) {
    case Index::txid:
      add(old_.transactions, counts_.transactions, [&](std::uint64_t tx) {
        return get<Hash256>(Column::tx_hash, tx - old_.transactions).prefix();
      });
      break;
    case Index::address:
      add(old_.addresses, counts_.addresses,
          [&](std::uint64_t address) { return address_keys_[address - old_.addresses]; });
      break;
    case Index::address_coin:
      add(old_.coins, counts_.coins,
          [&](std::uint64_t coin) { return std::uint64_t{address(CoinId(coin)).number()}; });
      break;
    case Index::address_input:
      add(old_.inputs, counts_.inputs,
          [&](std::uint64_t input) { return std::uint64_t{address(input_coin(input)).number()}; });
      break;
    case Index::block_hash:
    case Index::block_time:
    case Index::wrapper:  // what an unconfirmed spend shows is not kept
    case Index::wrapped:
      break;
  }
  return entries;
}

// What the sums of an index with sums are of.
Amount NewRows::summed(Index index, std::uint64_t row) const {
  return value(index == Index::address_input ? input_coin(row) : CoinId(row));
}

std::vector<std::pair<Index, Run>> NewRows::runs() const {
  std::vector<std::pair<Index, Run>> runs;
  for (const IndexSpec& spec : kIndexes) {
    std::vector<RunEntry> added = entries(spec.index);
    if (added.empty()) continue;
    RowRange range{rows_of(spec.rows, old_), rows_of(spec.rows, counts_)};
    auto value_of = [&](std::uint64_t row) { return summed(spec.index, row); };
    auto bytes = std::make_unique<HeldBytes>(packed_run(spec, std::move(added), value_of));
    runs.emplace_back(spec.index, Run(spec, range, std::move(bytes)));
  }
  return runs;
}

}  // namespace

Status add_unconfirmed(FileSystem& files, Ledger& ledger, const UnconfirmedRows& unconfirmed) {
  CHECK(!ledger.unconfirmed());
  const BlockRows& all = unconfirmed.rows;
  CHECK(unconfirmed.first_seen.size() == all.transactions.size());
  if (ledger.counts().transactions + all.transactions.size() >= kNoTx ||
      ledger.counts().addresses + all.outputs.size() >= kNoTx) {
    return machine_error(fmt::format(
        "the ledger in {} has no ids left for unconfirmed transactions; look without them",
        ledger.folder()));
  }
  NewRows rows(ledger);
  rows.open_block(unconfirmed.taken_at);
  Overlay overlay;
  overlay.facts.taken_at = unconfirmed.taken_at;
  overlay.facts.left_out = unconfirmed.unread;
  std::span<const Outpoint> inputs(all.inputs);
  std::span<const OutputRow> outputs(all.outputs);
  for (std::size_t i = 0; i < all.transactions.size(); ++i) {
    const TxRow& tx = all.transactions[i];
    if (rows.take(all, tx, inputs.first(tx.inputs), outputs.first(tx.outputs))) {
      ++overlay.facts.transactions;
      overlay.first_seen.push_back(unconfirmed.first_seen[i]);
    } else {
      ++overlay.facts.left_out;
    }
    inputs = inputs.subspan(tx.inputs);
    outputs = outputs.subspan(tx.outputs);
  }
  overlay.counts = rows.counts();
  TRY_ASSIGN(overlay.columns, rows.map_columns(files));
  overlay.runs = rows.runs();
  overlay.spends = rows.spends();
  ledger.extend(std::move(overlay));
  return {};
}

}  // namespace tracehound::ledger
