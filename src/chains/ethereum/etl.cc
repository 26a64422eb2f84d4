#include "chains/ethereum/etl.h"

#include <fmt/format.h>
#include <simdjson.h>

#include <algorithm>
#include <array>
#include <charconv>
#include <map>
#include <span>
#include <unordered_map>

#include "chains/ethereum/assemble.h"
#include "chains/ethereum/etl_records.h"
#include "ledger/accounts/writer.h"

namespace tracehound::chains::ethereum {

namespace {

using ledger::accounts::Asset;
using ledger::accounts::BlockRows;
using ledger::accounts::Writer;

// In the order in which they are read, for each may name rows of those before it. A longer name
// comes before one that it ends in.
constexpr std::array<std::string_view, 7> kTables = {
    "blocks", "transactions", "receipts", "logs", "token_transfers", "traces", "tokens"};

std::optional<std::size_t> table_of(const std::string& path) {
  std::string_view name = std::string_view(path).substr(path.rfind('/') + 1);
  for (std::size_t i = kTables.size(); i-- > 0;) {
    if (name.find(kTables[i]) != std::string_view::npos) return i;
  }
  return std::nullopt;
}

// One row of traces that is of a transaction.
struct Call {
  std::vector<std::uint32_t> path;  // of whose calls it is which; empty: the transaction's own
  bool failed = false;
  bool moves = false;  // units, if it was not undone
  std::string from;
  std::string to;
  U256 value;
};

bool is_inside(const Call& call, const Call& outer) {
  return call.path.size() >= outer.path.size() &&
         std::ranges::equal(std::span(call.path).first(outer.path.size()), outer.path);
}

class EtlReader {
 public:
  EtlReader(FileSystem& files, const std::string& duckdb, EtlReport& report)
      : files_(files), duckdb_(duckdb), report_(report) {}

  Status read(const std::vector<std::string>& paths);
  std::map<std::uint64_t, Block>& blocks() { return blocks_; }
  Asset token(const std::string& contract) const {
    auto known = tokens_.find(contract);
    return known == tokens_.end() ? Asset{"", contract, 0, false} : known->second;
  }

 private:
  Status read_file(const std::string& path, const std::function<void(Record&)>& on_record);
  void read_block(Record& record);
  void read_transaction(Record& record);
  void read_receipt(Record& record);
  void add_receipt(Record& record, Tx& tx);
  void read_log(Record& record);
  void read_token_transfer(Record& record);
  void read_trace(Record& record);
  void read_token(Record& record);
  Tx* find_tx(Record& record);
  Status put_in_order();
  Status check_logs(std::uint64_t block, Tx& tx) const;
  Status follow_calls(Tx& tx);

  FileSystem& files_;
  const std::string& duckdb_;
  EtlReport& report_;
  std::map<std::uint64_t, Block> blocks_;
  std::unordered_map<std::string, std::pair<std::uint64_t, std::size_t>> places_;
  std::map<std::string, Asset> tokens_;
  std::unordered_map<const Tx*, std::vector<Call>> calls_;
};

Status EtlReader::read(const std::vector<std::string>& paths) {
  using Read = void (EtlReader::*)(Record&);
  constexpr std::array<Read, 7> kReads = {
      &EtlReader::read_block, &EtlReader::read_transaction,    &EtlReader::read_receipt,
      &EtlReader::read_log,   &EtlReader::read_token_transfer, &EtlReader::read_trace,
      &EtlReader::read_token};
  std::array<std::vector<std::string>, kTables.size()> tables;
  for (const std::string& path : paths) {
    auto table = table_of(path);
    if (!table) {
      return bad_input(fmt::format("{}: its name says none of {}; rename it after what it holds",
                                   path, fmt::join(kTables, ", ")));
    }
    tables[*table].push_back(path);
  }
  if (tables[0].empty()) return bad_input("there is no file of blocks among those given");
  report_.has_logs = !tables[3].empty();
  report_.has_traces = !tables[5].empty();
  for (std::size_t table = 0; table < kTables.size(); ++table) {
    if (kTables[table] == "token_transfers" && report_.has_logs) continue;
    if (kTables[table] == "logs") TRY(put_in_order());
    for (const std::string& path : tables[table]) {
      TRY(read_file(path, [&](Record& record) { (this->*kReads[table])(record); }));
    }
  }
  for (auto& [number, block] : blocks_) {
    for (Tx& tx : block.transactions) {
      TRY(check_logs(number, tx));
      TRY(follow_calls(tx));
    }
  }
  return {};
}

Status EtlReader::read_file(const std::string& path,
                            const std::function<void(Record&)>& on_record) {
  if (transfers::is_parquet_name(path)) {
    TRY_ASSIGN(auto table, transfers::ParquetTable::open(files_, path, duckdb_));
    return each_record(*table, on_record);
  }
  auto map = files_.map(path);
  if (!map) return bad_input(map.error().message);
  std::string_view text(reinterpret_cast<const char*>((*map)->bytes().data()),
                        (*map)->bytes().size());
  return each_record(text, path, on_record);
}

void EtlReader::read_block(Record& record) {
  std::uint64_t number = record.number_64({"number", "block_number"});
  auto [place, is_new] = blocks_.try_emplace(number);
  if (!is_new) return record.complain(fmt::format("block {} is there a second time", number));
  Block& block = place->second;
  block.number = number;
  block.hash = record.hash256({"hash", "block_hash"});
  if (record.has({"parent_hash"})) block.parent = record.hash256({"parent_hash"});
  block.time = record.time({"timestamp", "block_timestamp"});
  block.miner = record.address_or_none({"miner", "author"});
  if (record.has({"base_fee_per_gas"})) block.base_fee = record.number({"base_fee_per_gas"});
  std::string_view withdrawals = record.find({"withdrawals"});
  if (withdrawals.empty()) return;
  simdjson::dom::parser parser;
  simdjson::dom::array list;
  if (parser.parse(withdrawals.data(), withdrawals.size()).get(list) != simdjson::SUCCESS) {
    return record.complain("withdrawals are no JSON list");
  }
  for (simdjson::dom::element each : list) {
    std::string_view address;
    std::uint64_t gwei = 0;
    if (each["address"].get(address) != simdjson::SUCCESS || address.size() != 42 ||
        each["amount"].get(gwei) != simdjson::SUCCESS) {
      return record.complain("a withdrawal lacks address or amount");
    }
    block.withdrawals.push_back({std::string(address), gwei});
  }
}

void EtlReader::read_transaction(Record& record) {
  std::uint64_t number = record.number_64({"block_number"});
  auto block = blocks_.find(number);
  if (block == blocks_.end()) {
    return record.complain(fmt::format("it is of block {}, which no file of blocks has", number));
  }
  Tx tx;
  tx.hash = record.hash({"hash", "transaction_hash"});
  tx.index = record.number_32({"transaction_index"});
  tx.from = record.address({"from_address", "from"});
  tx.to = record.address_or_none({"to_address", "to"});
  tx.value = record.number({"value", "value_string", "value_binary"});
  if (record.has({"gas_price"})) tx.gas_price = record.number({"gas_price"});
  if (record.has({"receipt_gas_used", "gas_used"})) add_receipt(record, tx);
  auto& all = block->second.transactions;
  if (!places_.emplace(tx.hash, std::pair(number, all.size())).second) {
    return record.complain(fmt::format("transaction {} is there a second time", tx.hash));
  }
  all.push_back(std::move(tx));
}

void EtlReader::add_receipt(Record& record, Tx& tx) {
  report_.has_fees = true;
  tx.gas_used = record.number({"receipt_gas_used", "gas_used"});
  if (record.has({"receipt_effective_gas_price", "effective_gas_price"})) {
    tx.gas_price = record.number({"receipt_effective_gas_price", "effective_gas_price"});
  }
  std::string_view status = record.find({"receipt_status", "status", "success"});
  tx.failed = status == "0" || status == "false" || status == "0x0" || status == "False";
  if (tx.to.empty()) {
    tx.to = record.address_or_none({"receipt_contract_address", "contract_address"});
  }
  if (record.has({"receipt_l1_fee", "l1_fee"})) {
    tx.more_fees = record.number({"receipt_l1_fee", "l1_fee"});
  }
  if (record.has({"blob_gas_used", "receipt_blob_gas_used"}) &&
      record.has({"blob_gas_price", "receipt_blob_gas_price"})) {
    U256 gas = record.number({"blob_gas_used", "receipt_blob_gas_used"});
    U256 price = record.number({"blob_gas_price", "receipt_blob_gas_price"});
    if (!gas.fits_64() || !price.fits_64()) return record.complain("a blob fee is out of range");
    tx.more_fees += mul_div(gas, price, U256(1)).quotient;
  }
}

Tx* EtlReader::find_tx(Record& record) {
  std::string hash = record.hash({"transaction_hash", "hash"});
  auto place = places_.find(hash);
  if (place == places_.end()) {
    record.complain(
        fmt::format("it is of transaction {}, which no file of transactions has", hash));
    return nullptr;
  }
  return &blocks_[place->second.first].transactions[place->second.second];
}

void EtlReader::read_receipt(Record& record) {
  if (Tx* tx = find_tx(record)) add_receipt(record, *tx);
}

// Transactions as their block has them: from here on nothing moves them.
Status EtlReader::put_in_order() {
  for (auto& [number, block] : blocks_) {
    auto& all = block.transactions;
    std::ranges::sort(all, {}, &Tx::index);
    for (std::size_t i = 0; i < all.size(); ++i) {
      if (all[i].index != i) {
        return bad_input(
            fmt::format("block {} has no transaction {}, or has it twice: its file of "
                        "transactions is not whole",
                        number, i));
      }
      places_[all[i].hash] = {number, i};
    }
  }
  return {};
}

void EtlReader::read_log(Record& record) {
  Tx* tx = find_tx(record);
  if (tx == nullptr) return;
  Log log;
  log.index = record.number_32({"log_index"});
  log.address = record.address({"address", "contract_address"});
  log.topics = record.words({"topics"});
  if (log.topics.empty()) {
    for (std::string_view name : {"topic0", "topic1", "topic2", "topic3"}) {
      for (const U256& topic : record.words({name})) log.topics.push_back(topic);
    }
  }
  std::string_view data = record.find({"data"});
  auto bytes =
      data.empty() ? Bytes() : from_hex(data.substr(std::min<std::size_t>(2, data.size())));
  if (!bytes) return record.complain("data is no bytes");
  log.data = std::move(*bytes);
  tx->logs.push_back(std::move(log));
}

// As the log it was made of. A value that is one thing's id cannot be told from an amount here.
void EtlReader::read_token_transfer(Record& record) {
  Tx* tx = find_tx(record);
  if (tx == nullptr) return;
  Log log;
  log.index = record.number_32({"log_index"});
  log.address = record.address({"token_address", "address"});
  auto word = [](const std::string& address) { return U256::from_hex(address).value_or(U256()); };
  log.topics = {kTransferTopic, word(record.address({"from_address"})),
                word(record.address({"to_address"}))};
  U256 value = record.number({"value", "value_string", "value_binary"});
  for (int i = 31; i >= 0; --i) {
    log.data.push_back(
        static_cast<Byte>(value.limbs[static_cast<std::size_t>(i / 8)] >> (i % 8 * 8)));
  }
  tx->logs.push_back(std::move(log));
}

void EtlReader::read_trace(Record& record) {
  std::string_view type = record.find({"trace_type", "action_type"});
  if (type == "reward") {
    auto block = blocks_.find(record.number_64({"block_number"}));
    std::string_view whose = record.find({"reward_type", "action_reward_type"});
    bool miner = whose == "block" || whose == "reward";  // not an uncle's
    if (block == blocks_.end() || !miner) return;
    U256 sum;
    if (add_overflow(block->second.reward, record.number({"value", "action_value"}), sum)) {
      return record.complain("a reward leaves 256 bits");
    }
    block->second.reward = sum;
    return;
  }
  if (type == "genesis" || type == "daofork") return;
  Tx* tx = find_tx(record);
  if (tx == nullptr) return;
  Call call;
  std::string path(record.find({"trace_address"}));
  std::erase_if(path, [](char c) { return c == '[' || c == ']' || c == ' '; });
  for (const char* at = path.data(); at < path.data() + path.size(); ++at) {  // a comma behind each
    auto [end, wrong] = std::from_chars(at, path.data() + path.size(), call.path.emplace_back());
    if (wrong != std::errc() || (end != path.data() + path.size() && *end != ',' && *end != '_')) {
      return record.complain(fmt::format("trace_address is no list of numbers: `{}`", path));
    }
    at = end;
  }
  call.failed = record.has({"error"}) || record.find({"status"}) == "0";
  std::string_view kind = record.find({"call_type", "action_call_type"});
  bool borrows = type == "call" && !kind.empty() && kind != "call";  // code, and moves nothing
  if (!call.failed && !call.path.empty() && !borrows && record.has({"value", "action_value"})) {
    call.value = record.number({"value", "action_value"});
    call.moves = !call.value.is_zero();
  }
  if (call.moves) {
    call.from = record.address({"from_address", "action_from"});
    call.to = record.address({"to_address", "action_to", "result_address"});
  }
  calls_[tx].push_back(std::move(call));
}

// Logs in their order. Files that overlap would move the same units twice.
Status EtlReader::check_logs(std::uint64_t block, Tx& tx) const {
  std::ranges::sort(tx.logs, {}, &Log::index);
  auto twice = std::ranges::adjacent_find(tx.logs, {}, &Log::index);
  if (twice == tx.logs.end()) return {};
  return bad_input(
      fmt::format("log {} of block {}, in transaction {}, is there a second time: give each row of "
                  "{} once",
                  twice->index, block, tx.hash, report_.has_logs ? "logs" : "token_transfers"));
}

// What calls moved that were not undone, nor inside one that was. Files need not be in order.
Status EtlReader::follow_calls(Tx& tx) {
  auto found = calls_.find(&tx);
  if (found == calls_.end()) return {};
  auto& calls = found->second;
  std::ranges::sort(calls, {}, &Call::path);  // who calls before what is called
  if (auto twice = std::ranges::adjacent_find(calls, {}, &Call::path); twice != calls.end()) {
    return bad_input(
        fmt::format("call [{}] of transaction {} is there a second time: give each row of traces "
                    "once, with its trace_address",
                    fmt::join(twice->path, ","), tx.hash));
  }
  const Call* undone = nullptr;
  for (const Call& call : calls) {
    if (undone != nullptr && is_inside(call, *undone)) continue;
    if (call.failed) undone = &call;
    if (!call.moves) continue;
    auto position = static_cast<std::uint32_t>(tx.internals.size() + 1);
    tx.internals.push_back({position, call.from, call.to, call.value});
  }
  return {};
}

void EtlReader::read_token(Record& record) {
  Asset asset{std::string(record.find({"symbol"})), record.address({"address"}), 0, false};
  if (asset.symbol.size() > 64) asset.symbol.clear();
  if (record.has({"decimals"})) {
    std::uint64_t decimals = record.number_64({"decimals"});
    asset.decimals_known = decimals <= kU256MostDecimals;
    if (asset.decimals_known) asset.decimals = static_cast<std::uint8_t>(decimals);
  }
  tokens_[asset.contract] = asset;
}

Status append(Writer& writer, EtlReader& reader, const Chain& chain, EtlReport& report) {
  auto find_token = [&](const std::string& contract) { return reader.token(contract); };
  BlockRows rows;
  for (const auto& [number, block] : reader.blocks()) {
    auto tip = writer.tip();
    if (tip && (number != tip->number + 1 ||
                (block.parent != Hash256() && tip->hash && block.parent != *tip->hash))) {
      return bad_input(
          fmt::format("block {} does not follow block {}, which the ledger has as its last; give "
                      "the files that "
                      "go on from there, or go back with `tracehound ledger rewind`",
                      number, tip->number));
    }
    TRY(assemble(block, chain, find_token, rows));
    TRY(writer.append(rows));
    ++report.blocks_added;
  }
  return writer.commit();
}

}  // namespace

Result<EtlReport> ingest_etl(FileSystem& files, const std::string& folder,
                             const std::vector<std::string>& paths, const EtlOptions& options) {
  EtlReport report;
  EtlReader reader(files, options.duckdb, report);
  TRY(reader.read(paths));
  if (reader.blocks().empty()) return bad_input("the files of blocks have no rows");
  Chain chain = find_chain(options.chain_id);
  chain.wrappers.insert(options.wrappers.begin(), options.wrappers.end());
  TRY_ASSIGN(auto writer,
             Writer::open(files, folder, chain.name(),
                          {.table_bytes = options.memory_bytes, .native = chain.native}));
  std::uint64_t before = writer.committed().blocks;
  if (Status status = append(writer, reader, chain, report); !status) {
    TRY(writer.rewind(before));
    return std::unexpected(status.error());
  }
  report.chain = chain.name();
  report.counts = writer.committed();
  report.tip = writer.tip()->number;
  return report;
}

}  // namespace tracehound::chains::ethereum
