// A byte that picks the network, then any bytes as a transaction. What is read must add up, read
// the same at another place, need its last byte, and leave nothing behind when it fails.
#include <algorithm>

#include "base/check.h"
#include "chains/bitcoin/transaction.h"

namespace tracehound::chains::bitcoin {
namespace {

using ledger::BlockRows;

struct Reading {
  Result<ParsedTransaction> result;
  BlockRows rows;
  std::size_t end;
};

Reading read(const Network& network, ByteView bytes, std::size_t skip = 0) {
  Bytes exact(bytes.begin(), bytes.end());  // its own allocation: a read past the end is seen
  ByteReader reader(exact);
  reader.take(skip);
  BlockRows rows;
  auto result = parse_transaction(network, reader, thread_hasher(), rows);
  return {std::move(result), std::move(rows), reader.position()};
}

void check_same(const BlockRows& a, const BlockRows& b) {
  CHECK(a.transactions.at(0).txid == b.transactions.at(0).txid);
  CHECK(a.transactions[0].shape == b.transactions[0].shape);
  CHECK(a.inputs == b.inputs);
  CHECK(a.payloads == b.payloads);
  CHECK(std::ranges::equal(a.wrappers, b.wrappers, [](auto& x, auto& y) {
    return x.input == y.input && x.inside == y.inside && x.payload_start == y.payload_start;
  }));
  CHECK(std::ranges::equal(a.outputs, b.outputs, [](auto& x, auto& y) {
    return x.value == y.value && x.script == y.script && x.payload_start == y.payload_start;
  }));
}

void check_rows(const Network& network, const Reading& reading) {
  const BlockRows& rows = reading.rows;
  CHECK(rows.transactions.size() == 1);
  CHECK(rows.transactions[0].inputs == rows.inputs.size());
  CHECK(rows.transactions[0].outputs == rows.outputs.size());
  CHECK(!rows.outputs.empty());
  CHECK(reading.result->coinbase == rows.inputs.empty());
  CHECK(!reading.result->hogex || network.mweb);
  Amount sum = 0;
  std::size_t payloads = 0;
  for (std::uint32_t i = 0; i < rows.wrappers.size(); ++i) {
    const auto& row = rows.wrappers[i];
    CHECK(row.input < rows.inputs.size() && row.transaction == 0);
    CHECK(row.inside == ledger::WrapperRow::kNone || row.inside < i);
    payloads += rows.wrapper_payload(row).size() + rows.payload(row).size();
  }
  for (const auto& output : rows.outputs) {
    payloads += rows.payload(output).size();
    CHECK(output.value <= network.max_money - sum);
    sum += output.value;
  }
  CHECK(payloads == rows.payloads.size());
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  if (size == 0) return 0;
  const Network& network = *find_network(data[0] % 2 == 0 ? "main" : "litecoin");
  ByteView bytes(data + 1, size - 1);
  Reading whole = read(network, bytes);
  CHECK(whole.end <= bytes.size());
  if (!whole.result) {
    CHECK(whole.rows.transactions.empty() && whole.rows.inputs.empty());
    CHECK(whole.rows.outputs.empty() && whole.rows.payloads.empty());
    CHECK(!whole.result.error().message.empty());
    return 0;
  }
  check_rows(network, whole);
  Reading alone = read(network, bytes.first(whole.end));
  CHECK(alone.result.has_value() && alone.end == whole.end);
  check_same(alone.rows, whole.rows);
  CHECK(!read(network, bytes.first(whole.end - 1)).result.has_value());
  Reading later = read(network, ByteView(data, size), 1);
  CHECK(later.result.has_value() && later.end == whole.end + 1);
  check_same(later.rows, whole.rows);
  if (bytes[4] != 0) {  // without a flag the id covers every byte
    CHECK(whole.rows.transactions[0].txid == thread_hasher().sha256d(bytes.first(whole.end)));
  }
  return 0;
}

}  // namespace tracehound::chains::bitcoin
