#include "chains/ethereum/json_block.h"

#include <fmt/format.h>

#include <map>

namespace tracehound::chains::ethereum {

namespace {

namespace dom = simdjson::dom;

std::unexpected<std::string> wrong(std::string what) { return std::unexpected(std::move(what)); }

std::string lower(std::string_view text) {
  std::string result(text);
  for (char& c : result) {
    if (c >= 'A' && c <= 'Z') c = static_cast<char>(c - 'A' + 'a');
  }
  return result;
}

// What stands in for a value that is missing: whoever reads on finds nothing in it.
dom::element nothing() {
  static dom::parser parser;
  static const dom::element value = parser.parse(std::string("null")).value();
  return value;
}
dom::array no_list() {
  static dom::parser parser;
  static const dom::array value = parser.parse(std::string("[]")).get_array().value();
  return value;
}

// Fields of one object. The first that is not as it should be is kept; what is asked for after that
// is empty.
class Fields {
 public:
  Fields(dom::element json, std::string what) : what_(std::move(what)) {
    if (json.get(object_) != simdjson::SUCCESS) complain("is no object");
  }

  const std::string& complaint() const { return complaint_; }
  bool has(std::string_view name) const {
    dom::element value;
    return complaint_.empty() && object_.at_key(name).get(value) == simdjson::SUCCESS &&
           !value.is_null();
  }
  dom::element element(std::string_view name) {
    dom::element value;
    if (complaint_.empty() && object_.at_key(name).get(value) == simdjson::SUCCESS) return value;
    missing(name);
    return nothing();
  }
  std::string_view text(std::string_view name) {
    std::string_view value;
    if (complaint_.empty() && object_.at_key(name).get(value) != simdjson::SUCCESS) missing(name);
    return value;
  }
  U256 quantity(std::string_view name) {
    auto number = U256::from_hex(text(name));
    if (!number) complain(fmt::format("has no number in {}", name));
    return number.value_or(U256());
  }
  U256 quantity_or_zero(std::string_view name) { return has(name) ? quantity(name) : U256(); }
  std::uint64_t number(std::string_view name, std::uint64_t most) {
    U256 value = quantity(name);
    if (!value.fits_64() || value.low() > most) {
      complain(fmt::format("has a {} that is out of range", name));
    }
    return value.low();
  }
  std::string address(std::string_view name) { return hex(name, 42); }
  std::string address_or_none(std::string_view name) {
    return has(name) ? address(name) : std::string();
  }
  std::string hash(std::string_view name) { return hex(name, 66); }
  Hash256 hash256(std::string_view name) {
    auto bytes = from_hex(std::string_view(hash(name)).substr(complaint_.empty() ? 2 : 0));
    return bytes && bytes->size() == 32 ? Hash256::from_bytes(*bytes) : Hash256();
  }
  Bytes bytes(std::string_view name) {
    std::string_view value = text(name);
    auto read = value.starts_with("0x") ? from_hex(value.substr(2)) : std::nullopt;
    if (!read) complain(fmt::format("has no bytes in {}", name));
    return read.value_or(Bytes());
  }
  dom::array list(std::string_view name) {
    dom::array value;
    if (complaint_.empty() && object_.at_key(name).get(value) == simdjson::SUCCESS) return value;
    missing(name);
    return no_list();
  }
  void complain(const std::string& clause) {
    if (complaint_.empty()) complaint_ = what_ + " " + clause;
  }

 private:
  void missing(std::string_view name) { complain(fmt::format("lacks {}", name)); }
  std::string hex(std::string_view name, std::size_t size) {
    std::string value = lower(text(name));
    bool fine = value.size() == size && value.starts_with("0x") &&
                from_hex(std::string_view(value).substr(2)).has_value();
    if (!fine) complain(fmt::format("has a {} that is none", name));
    return value;
  }

  std::string what_;
  std::string complaint_;
  dom::object object_;
};

constexpr std::uint64_t kMost32 = 0xFFFF'FFFF;

Read<Tx> read_tx(dom::element json) {
  Fields fields(json, "a transaction");
  Tx tx;
  tx.hash = fields.hash("hash");
  tx.index = static_cast<std::uint32_t>(fields.number("transactionIndex", kMost32));
  tx.from = fields.address("from");
  tx.to = fields.address_or_none("to");
  tx.value = fields.quantity("value");
  tx.gas_price = fields.quantity_or_zero("gasPrice");
  if (!fields.complaint().empty()) return wrong(fields.complaint());
  return tx;
}

Read<Log> read_log(dom::element json) {
  Fields fields(json, "a log");
  Log log;
  log.index = static_cast<std::uint32_t>(fields.number("logIndex", kMost32));
  log.address = fields.address("address");
  log.data = fields.bytes("data");
  for (dom::element topic : fields.list("topics")) {
    std::string_view text;
    auto number = topic.get(text) == simdjson::SUCCESS ? U256::from_hex(text) : std::nullopt;
    if (!number) return wrong("a log has a topic that is none");
    log.topics.push_back(*number);
  }
  if (!fields.complaint().empty()) return wrong(fields.complaint());
  return log;
}

// A transaction of the block by its hash.
Tx* find_tx(Block& block, const std::string& hash) {
  for (Tx& tx : block.transactions) {
    if (tx.hash == hash) return &tx;
  }
  return nullptr;
}

Read<void> read_receipt(dom::element json, Block& block, std::vector<bool>& seen) {
  Fields fields(json, "a receipt");
  std::uint64_t index = fields.number("transactionIndex", kMost32);
  std::string hash = fields.hash("transactionHash");
  Hash256 block_hash = fields.hash256("blockHash");
  if (!fields.complaint().empty()) return wrong(fields.complaint());
  if (index >= block.transactions.size() || block.transactions[index].hash != hash ||
      block_hash != block.hash || seen[index]) {
    return wrong("a receipt is of another block: the chain changed between two answers");
  }
  seen[index] = true;
  Tx& tx = block.transactions[index];
  tx.gas_used = fields.quantity("gasUsed");
  if (fields.has("effectiveGasPrice")) tx.gas_price = fields.quantity("effectiveGasPrice");
  if (fields.has("status")) tx.failed = fields.quantity("status").is_zero();
  if (tx.to.empty()) tx.to = fields.address_or_none("contractAddress");
  U256 blob_gas = fields.quantity_or_zero("blobGasUsed");
  U256 blob_price = fields.quantity_or_zero("blobGasPrice");
  if (!blob_gas.fits_64() || !blob_price.fits_128()) return wrong("a receipt has no blob fee");
  if (add_overflow(mul_div(blob_gas, blob_price, U256(1)).quotient,
                   fields.quantity_or_zero("l1Fee"), tx.more_fees)) {
    return wrong("a receipt has a fee that is out of range");
  }
  for (dom::element log : fields.list("logs")) {
    auto read = read_log(log);
    if (!read) return wrong(read.error());
    if (!tx.logs.empty() && tx.logs.back().index >= read->index) {
      return wrong("a receipt's logs are out of order");
    }
    tx.logs.push_back(std::move(*read));
  }
  if (!fields.complaint().empty()) return wrong(fields.complaint());
  return {};
}

// Where a call stands: the numbers of the calls that lead to it.
using Place = std::vector<std::uint64_t>;

bool is_within(const Place& inner, const Place& outer) {
  return inner.size() >= outer.size() && std::equal(outer.begin(), outer.end(), inner.begin());
}

// One of trace_block's flat list, which has each call behind the one that made it.
Read<void> read_trace(dom::element json, Block& block, std::map<std::string, Place>& undone,
                      std::map<std::string, std::uint32_t>& numbers) {
  Fields fields(json, "a trace");
  std::string type(fields.text("type"));
  Fields action(fields.element("action"), "a trace's action");
  if (!fields.complaint().empty()) return wrong(fields.complaint());
  if (type == "reward") {
    U256 value = action.quantity("value");
    bool miner = action.has("rewardType") && action.text("rewardType") == "block";
    if (miner && add_overflow(block.reward, value, block.reward))
      return wrong("a reward overflows");
    return action.complaint().empty() ? Read<void>() : wrong(action.complaint());
  }
  std::string hash = fields.hash("transactionHash");
  Tx* tx = find_tx(block, hash);
  if (fields.complaint().empty() && tx == nullptr) {
    return wrong("a trace is of another block: the chain changed between two answers");
  }
  Place place;
  for (dom::element number : fields.list("traceAddress")) {
    std::uint64_t value = 0;
    if (number.get(value) != simdjson::SUCCESS) return wrong("a trace has no traceAddress");
    place.push_back(value);
  }
  if (!fields.complaint().empty()) return wrong(fields.complaint());
  std::uint32_t number = numbers[hash]++;
  auto outer = undone.find(hash);
  if (outer != undone.end() && is_within(place, outer->second)) return {};
  if (fields.has("error")) {
    undone[hash] = place;
    return {};
  }
  if (place.empty()) return {};
  InternalTransfer call{number, {}, {}, {}};
  if (type == "suicide" || type == "selfdestruct") {
    call.from = action.address("address");
    call.to = action.address("refundAddress");
    call.value = action.quantity("balance");
  } else if (type == "create") {
    Fields result(fields.element("result"), "a trace's result");
    call.from = action.address("from");
    call.to = result.address("address");
    call.value = action.quantity("value");
    if (!result.complaint().empty()) return wrong(result.complaint());
  } else if (type == "call" && action.text("callType") == "call") {
    call.from = action.address("from");
    call.to = action.address("to");
    call.value = action.quantity_or_zero("value");
  }
  if (!fields.complaint().empty()) return wrong(fields.complaint());
  if (!action.complaint().empty()) return wrong(action.complaint());
  if (!call.value.is_zero()) tx->internals.push_back(std::move(call));
  return {};
}

constexpr int kDeepest = 1025;  // calls: the machine stops at 1,024

Read<void> read_frame(dom::element json, Tx& tx, std::uint32_t& number, int depth) {
  if (depth > kDeepest) return wrong("calls are nested deeper than a chain allows");
  Fields fields(json, "a call");
  std::string type(fields.text("type"));
  std::uint32_t own = number++;
  if (!fields.complaint().empty()) return wrong(fields.complaint());
  if (fields.has("error")) return {};
  bool moves = type == "CALL" || type == "CREATE" || type == "CREATE2" || type == "SELFDESTRUCT";
  if (depth > 0 && moves) {
    InternalTransfer call{own, fields.address("from"), fields.address_or_none("to"),
                          fields.quantity_or_zero("value")};
    if (!fields.complaint().empty()) return wrong(fields.complaint());
    if (!call.value.is_zero()) tx.internals.push_back(std::move(call));
  }
  if (!fields.has("calls")) return {};
  for (dom::element inner : fields.list("calls")) {
    if (auto read = read_frame(inner, tx, number, depth + 1); !read) return read;
  }
  return fields.complaint().empty() ? Read<void>() : wrong(fields.complaint());
}

}  // namespace

Read<Block> read_block(dom::element json) {
  Fields fields(json, "the block");
  Block block;
  block.number = fields.number("number", ~0ULL);
  block.hash = fields.hash256("hash");
  block.parent = fields.hash256("parentHash");
  block.time = static_cast<std::uint32_t>(fields.number("timestamp", kMost32));
  block.miner = fields.address_or_none("miner");
  if (fields.has("baseFeePerGas")) block.base_fee = fields.quantity("baseFeePerGas");
  for (dom::element tx : fields.list("transactions")) {
    auto read = read_tx(tx);
    if (!read) return wrong(read.error());
    if (read->index != block.transactions.size()) return wrong("transactions are out of order");
    block.transactions.push_back(std::move(*read));
  }
  if (fields.has("withdrawals")) {
    for (dom::element each : fields.list("withdrawals")) {
      Fields withdrawal(each, "a withdrawal");
      block.withdrawals.push_back(
          {withdrawal.address("address"), withdrawal.number("amount", ~0ULL)});
      if (!withdrawal.complaint().empty()) return wrong(withdrawal.complaint());
    }
  }
  if (!fields.complaint().empty()) return wrong(fields.complaint());
  return block;
}

Read<void> read_receipts(dom::element json, Block& block) {
  dom::array list;
  if (json.get(list) != simdjson::SUCCESS) return wrong("has no list of receipts");
  std::vector<bool> seen(block.transactions.size());
  std::size_t count = 0;
  for (dom::element receipt : list) {
    if (auto read = read_receipt(receipt, block, seen); !read) return read;
    ++count;
  }
  if (count != block.transactions.size()) {
    return wrong(
        fmt::format("has {} receipts for {} transactions", count, block.transactions.size()));
  }
  return {};
}

Read<void> read_traces(dom::element json, Block& block) {
  dom::array list;
  if (json.get(list) != simdjson::SUCCESS) return wrong("has no list of traces");
  std::map<std::string, Place> undone;
  std::map<std::string, std::uint32_t> numbers;
  for (dom::element trace : list) {
    if (auto read = read_trace(trace, block, undone, numbers); !read) return read;
  }
  return {};
}

Read<void> read_call_frames(dom::element json, Block& block) {
  dom::array list;
  if (json.get(list) != simdjson::SUCCESS) return wrong("has no list of traces");
  std::size_t next = 0;
  for (dom::element entry : list) {
    Fields fields(entry, "a trace");
    if (next >= block.transactions.size()) return wrong("has more traces than transactions");
    Tx& tx = block.transactions[next++];
    if (fields.has("txHash") && fields.hash("txHash") != tx.hash) {
      return wrong("a trace is of another block: the chain changed between two answers");
    }
    dom::element frame = fields.element("result");
    if (!fields.complaint().empty()) return wrong(fields.complaint());
    std::uint32_t number = 0;
    if (auto read = read_frame(frame, tx, number, 0); !read) return read;
  }
  if (next != block.transactions.size()) return wrong("has fewer traces than transactions");
  return {};
}

}  // namespace tracehound::chains::ethereum
