// Rows are put down in chain order, as a Writer does, with two differences: an input whose coin is
// not here makes no row, and a block of which nothing is here has an empty transaction of no id in
// its place, since every block of a ledger has one. Three blocks of a chain, of which t (it spends
// a:0 and x:1) and a are here and x is not:
//
//   height        6     7     8
//   transactions  a     ( )   t           inputs of t: a:0
//
// So t is not complete, and whoever asks what t took in is told so. The rows become the files of a
// ledger in memory, which is opened like any other.
#include "ledger/part.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <map>
#include <span>
#include <string_view>
#include <unordered_map>
#include <utility>

#include "base/check.h"
#include "ledger/keys.h"
#include "ledger/manifest.h"
#include "ledger/memory_run.h"
#include "ledger/runs.h"

namespace tracehound::ledger {

namespace {

std::unexpected<Error> no_disk(const std::string& path) {
  return machine_error(fmt::format("{} is in memory, where that cannot be done", path));
}

// Files that nobody changes any more, as far as opening a ledger asks for them.
class MemoryFiles final : public FileSystem {
 public:
  void put(std::string path, Bytes bytes) { files_.emplace(std::move(path), std::move(bytes)); }

  // Gives the file away: each is mapped once.
  Result<std::unique_ptr<Mapping>> map(const std::string& path) override {
    auto found = files_.find(path);
    if (found == files_.end()) return no_disk(path);
    if (path == manifest_path(kFolder)) return std::make_unique<HeldBytes>(found->second);
    return std::make_unique<HeldBytes>(std::move(found->second));
  }
  Result<std::unique_ptr<ExtendedMapping>> map_extended(const std::string& path, std::uint64_t,
                                                        std::uint64_t) override {
    return no_disk(path);
  }
  Result<std::unique_ptr<ReadFile>> open_read(const std::string& path) override {
    return no_disk(path);
  }
  Result<std::unique_ptr<WriteFile>> open_write(const std::string& path) override {
    return no_disk(path);
  }
  Status rename(const std::string& from, const std::string&) override { return no_disk(from); }
  Status remove(const std::string& path) override { return no_disk(path); }
  Status make_folder(const std::string& path) override { return no_disk(path); }
  Status sync_folder(const std::string& path) override { return no_disk(path); }
  Result<std::vector<std::string>> list(const std::string& path) override { return no_disk(path); }
  bool exists(const std::string& path) override { return files_.contains(path); }
  Result<std::unique_ptr<Lock>> lock(const std::string& path) override { return no_disk(path); }
  Result<std::unique_ptr<Lock>> lock_shared(const std::string&) override { return nullptr; }
  Result<std::unique_ptr<Lock>> try_lock_alone(const std::string& path) override {
    return no_disk(path);
  }

  static inline const std::string kFolder = "memory";

 private:
  std::map<std::string, Bytes> files_;
};

class Assembly {
 public:
  explicit Assembly(const PartOfChain& part) : part_(part) {
    counts_.coins = part.rows.outputs.size();
    counts_.blocks = part.first_height + part.headers.size() / width::kHeader;
    add_placeholders();
  }

  Result<PartLedger> run();

 private:
  template <typename Field>
  void put(Column column, Field field) {
    Bytes& bytes = columns_[static_cast<std::size_t>(column)];
    bytes.resize(bytes.size() + sizeof field);
    store_le(bytes.data() + bytes.size() - sizeof field, field);
  }
  template <typename Field>
  Field get(Column column, std::uint64_t row) const {
    const Bytes& bytes = columns_[static_cast<std::size_t>(column)];
    return load_le<Field>(bytes.data() + row * sizeof(Field));
  }
  void set_spender(std::uint64_t coin, std::uint32_t tx) {
    store_le(columns_[static_cast<std::size_t>(Column::coin_spender)].data() + coin * 4, tx);
  }
  std::uint32_t spender(std::uint64_t coin) const {
    return get<std::uint32_t>(Column::coin_spender, coin);
  }
  std::unexpected<Error> wrong(std::size_t tx, std::string_view what) const {
    return bad_input(fmt::format("transaction {} {}", transactions_[tx].txid.text(), what));
  }

  void add_placeholders();
  void put_blocks();
  Status put_transaction(std::uint32_t tx, std::span<const Outpoint> inputs,
                         std::span<const OutputRow> outputs);
  Status put_inputs(std::uint32_t tx, std::span<const Outpoint> inputs, Amount& taken);
  void put_outputs(std::span<const OutputRow> outputs);
  void name_transaction(std::uint32_t tx);
  std::uint32_t intern(AddressKind kind, ByteView payload);
  Amount summed(Index index, std::uint64_t row) const;
  std::vector<RunEntry> entries(Index index, const RowRange& range) const;

  const PartOfChain& part_;
  Counts counts_;
  std::vector<TxRow> transactions_;  // with the placeholders, as are the next two
  std::vector<std::uint32_t> heights_;
  std::vector<bool> coinbase_;
  std::array<Bytes, kColumns.size()> columns_;
  std::vector<std::uint64_t> first_coins_;  // of each transaction so far, and behind the last
  std::unordered_map<Hash256, std::uint32_t> latest_;  // the last transaction of an id so far
  std::unordered_map<Hash256, std::uint32_t> all_;     // a transaction of the id, anywhere
  std::unordered_map<std::string, std::uint32_t> addresses_;
  std::vector<std::uint64_t> address_keys_;
  std::vector<bool> complete_;
};

void Assembly::add_placeholders() {
  std::size_t next = 0;
  for (std::uint32_t height = 0; height < counts_.blocks; ++height) {
    bool here = next < part_.heights.size() && part_.heights[next] == height;
    if (!here) {
      transactions_.emplace_back();
      heights_.push_back(height);
      coinbase_.push_back(true);
    }
    for (; next < part_.heights.size() && part_.heights[next] == height; ++next) {
      transactions_.push_back(part_.rows.transactions[next]);
      heights_.push_back(height);
      coinbase_.push_back(part_.coinbase[next]);
    }
  }
  counts_.transactions = transactions_.size();
}

Result<PartLedger> Assembly::run() {
  CHECK(counts_.blocks > 0 && counts_.transactions < kNoTx && counts_.coins < kNoTx);
  columns_[static_cast<std::size_t>(Column::coin_spender)].assign(counts_.coins * 4, 0xFF);
  for (std::uint32_t tx = 0; tx < counts_.transactions; ++tx) {
    all_.emplace(transactions_[tx].txid, tx);
  }
  first_coins_.push_back(0);
  std::span<const Outpoint> inputs(part_.rows.inputs);
  std::span<const OutputRow> outputs(part_.rows.outputs);
  for (std::uint32_t tx = 0; tx < counts_.transactions; ++tx) {
    const TxRow& row = transactions_[tx];
    TRY(put_transaction(tx, inputs.first(row.inputs), outputs.first(row.outputs)));
    inputs = inputs.subspan(row.inputs);
    outputs = outputs.subspan(row.outputs);
  }
  put_blocks();
  MemoryFiles files;
  const std::string& folder = MemoryFiles::kFolder;
  for (const IndexSpec& spec : kIndexes) {
    auto value_of = [&](std::uint64_t row) { return summed(spec.index, row); };
    for (const RowRange& range : run_ranges(rows_of(spec.rows, counts_))) {
      files.put(runs_folder(folder) + "/" + run_name(spec, range),
                packed_run(spec, entries(spec.index, range), value_of));
    }
  }
  for (const ColumnSpec& spec : kColumns) {
    files.put(column_path(folder, spec.file),
              std::move(columns_[static_cast<std::size_t>(spec.column)]));
  }
  Manifest manifest{.chain = part_.chain, .counts = counts_, .tip_hash = part_.tip_hash};
  std::string text = manifest_text(manifest);
  files.put(manifest_path(folder), Bytes(text.begin(), text.end()));
  TRY_ASSIGN(auto ledger, Ledger::open(files, folder));
  return PartLedger{std::move(ledger), std::move(complete_)};
}

void Assembly::put_blocks() {
  Bytes& headers = columns_[static_cast<std::size_t>(Column::block_header)];
  headers.assign(part_.first_height * width::kHeader, 0);
  headers.insert(headers.end(), part_.headers.begin(), part_.headers.end());
  std::size_t tx = 0;
  for (std::uint64_t height = 0; height < counts_.blocks; ++height) {
    while (heights_[tx] < height) ++tx;
    put(Column::block_first_tx, static_cast<std::uint32_t>(tx));
    put(Column::block_first_address, std::uint32_t{0});
    put(Column::block_checksum, std::uint64_t{0});
  }
}

Status Assembly::put_transaction(std::uint32_t tx, std::span<const Outpoint> inputs,
                                 std::span<const OutputRow> outputs) {
  put(Column::tx_hash, transactions_[tx].txid);
  put(Column::tx_first_input, Uint40::of(counts_.inputs));
  put(Column::tx_first_coin, Uint40::of(first_coins_.back()));
  put(Column::tx_shape, transactions_[tx].shape);
  Amount taken = 0;
  std::uint64_t before = counts_.inputs;
  TRY(put_inputs(tx, inputs, taken));
  complete_.push_back(coinbase_[tx] || counts_.inputs - before == inputs.size());
  put_outputs(outputs);
  Amount paid = 0;
  for (const OutputRow& output : outputs) paid += output.value;
  if (complete_.back() && !coinbase_[tx] && paid > taken) {
    return wrong(tx, fmt::format("pays out {}, more than the {} it takes in", paid, taken));
  }
  name_transaction(tx);
  return {};
}

Status Assembly::put_inputs(std::uint32_t tx, std::span<const Outpoint> inputs, Amount& taken) {
  for (std::size_t i = 0; i < inputs.size(); ++i) {
    auto made = latest_.find(inputs[i].txid);
    if (made == latest_.end()) {
      if (!all_.contains(inputs[i].txid)) continue;
      return wrong(tx, fmt::format("spends in input {} a coin of {}, which comes after it", i,
                                   inputs[i].txid.text()));
    }
    std::uint64_t coin = first_coins_[made->second] + inputs[i].index;
    if (coin >= first_coins_[made->second + 1]) {
      return wrong(tx, fmt::format("spends in input {} output {} of {}, which has none of that "
                                   "number",
                                   i, inputs[i].index, inputs[i].txid.text()));
    }
    if (spender(coin) != kNoTx) {
      return wrong(tx, fmt::format("spends in input {} output {} of {}, which {} spends too", i,
                                   inputs[i].index, inputs[i].txid.text(),
                                   transactions_[spender(coin)].txid.text()));
    }
    set_spender(coin, tx);
    taken += get<Amount>(Column::coin_value, coin);
    put(Column::input_coin, Uint40::of(coin));
    ++counts_.inputs;
  }
  return {};
}

void Assembly::put_outputs(std::span<const OutputRow> outputs) {
  for (const OutputRow& output : outputs) {
    put(Column::coin_value, output.value);
    put(Column::coin_address, intern(output.address_kind, part_.rows.payload(output)));
    put(Column::coin_script, static_cast<std::uint8_t>(output.script));
  }
  first_coins_.push_back(first_coins_.back() + outputs.size());
}

// A coinbase of an earlier one's id takes the place of what of that is not spent (BIP 30).
void Assembly::name_transaction(std::uint32_t tx) {
  if (transactions_[tx].outputs == 0) return;  // a placeholder
  auto [entry, fresh] = latest_.try_emplace(transactions_[tx].txid, tx);
  if (fresh) return;
  for (std::uint64_t coin = first_coins_[entry->second]; coin < first_coins_[entry->second + 1];
       ++coin) {
    if (spender(coin) == kNoTx) set_spender(coin, tx);
  }
  put(Column::repeat_tx, tx);
  ++counts_.repeats;
  entry->second = tx;
}

std::uint32_t Assembly::intern(AddressKind kind, ByteView payload) {
  std::string key(1, static_cast<char>(kind));
  key.append(payload.begin(), payload.end());
  auto [entry, fresh] =
      addresses_.try_emplace(std::move(key), static_cast<std::uint32_t>(counts_.addresses));
  if (!fresh) return entry->second;
  ++counts_.addresses;
  counts_.payload_bytes += payload.size();
  put(Column::address_kind, static_cast<std::uint8_t>(kind));
  put(Column::address_end, Uint40::of(counts_.payload_bytes));
  Bytes& payloads = columns_[static_cast<std::size_t>(Column::address_payload)];
  payloads.insert(payloads.end(), payload.begin(), payload.end());
  address_keys_.push_back(address_key(kind, payload));
  return entry->second;
}

// ---- indexes ------------------------------------------------------------------------------------

Amount Assembly::summed(Index index, std::uint64_t row) const {
  if (index == Index::address_input) row = get<Uint40>(Column::input_coin, row).number();
  return get<Amount>(Column::coin_value, row);
}

std::vector<RunEntry> Assembly::entries(Index index, const RowRange& range) const {
  auto address_of = [&](std::uint64_t coin) {
    return std::uint64_t{get<std::uint32_t>(Column::coin_address, coin)};
  };
  auto header = [&](std::uint64_t height) {
    const Bytes& headers = columns_[static_cast<std::size_t>(Column::block_header)];
    return ByteView(headers).subspan(height * width::kHeader, width::kHeader);
  };
  auto key_of = [&](std::uint64_t row) -> std::uint64_t {
    switch (index) {
      case Index::txid:
        return transactions_[row].txid.prefix();
      case Index::address:
        return address_keys_[row];
      case Index::address_coin:
        return address_of(row);
      case Index::address_input:
        return address_of(get<Uint40>(Column::input_coin, row).number());
      case Index::block_hash:
        if (row + 1 == counts_.blocks) return part_.tip_hash.prefix();
        return Hash256::from_bytes(header(row + 1).subspan(4, 32)).prefix();
      case Index::block_time:
        return header_time(header(row));
      case Index::wrapper:
      case Index::wrapped:
        break;  // a part has no rows of them
    }
    return 0;
  };
  std::vector<RunEntry> entries;
  for (std::uint64_t row = range.first; row < range.end; ++row) {
    entries.push_back({key_of(row), row});
  }
  return entries;
}

}  // namespace

Result<PartLedger> assemble(const PartOfChain& part) { return Assembly(part).run(); }

}  // namespace tracehound::ledger
