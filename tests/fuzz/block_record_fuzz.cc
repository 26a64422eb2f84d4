// A byte that picks the network, then any bytes as a block record. Random bytes never have a right
// merkle root, so a slow reading of the transactions puts one in; then decoding must find the same
// rows, and refuse them under another root or with the last byte gone.
#include <algorithm>
#include <vector>

#include "base/check.h"
#include "chains/bitcoin/block.h"
#include "chains/bitcoin/transaction.h"

namespace tracehound::chains::bitcoin {
namespace {

using ledger::BlockRows;

Hash256 merkle_root(const std::vector<Hash256>& level) {
  if (level.size() == 1) return level[0];
  std::vector<Hash256> above;
  for (std::size_t i = 0; i < level.size(); i += 2) {
    const Hash256& right = level[std::min(i + 1, level.size() - 1)];
    Bytes pair(level[i].bytes.begin(), level[i].bytes.end());
    pair.insert(pair.end(), right.bytes.begin(), right.bytes.end());
    above.push_back(thread_hasher().sha256d(pair));
  }
  return merkle_root(above);
}

// As many transactions as the count byte says, one after another. False when one is malformed or
// the count takes more than its one byte.
bool read_slowly(const Network& network, ByteView block, BlockRows& rows) {
  if (block.size() <= kHeaderSize || block[kHeaderSize] == 0 || block[kHeaderSize] >= 0xFD) {
    return false;
  }
  ByteReader reader(block);
  reader.take(kHeaderSize + 1);
  for (int i = 0; i < block[kHeaderSize]; ++i) {
    if (!parse_transaction(network, reader, thread_hasher(), rows)) return false;
  }
  return true;
}

void check_same(const BlockRows& a, const BlockRows& b) {
  CHECK(a.inputs == b.inputs);
  CHECK(a.payloads == b.payloads);
  CHECK(std::ranges::equal(a.transactions, b.transactions, [](auto& x, auto& y) {
    return x.txid == y.txid && x.shape == y.shape && x.inputs == y.inputs && x.outputs == y.outputs;
  }));
  CHECK(std::ranges::equal(a.outputs, b.outputs, [](auto& x, auto& y) {
    return x.value == y.value && x.script == y.script && x.payload_start == y.payload_start;
  }));
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  if (size == 0) return 0;
  const Network& network = *find_network(data[0] % 2 == 0 ? "main" : "litecoin");
  auto& hasher = thread_hasher();
  Bytes block(data + 1, data + size);
  if (block.size() >= kHeaderSize) {
    (void)check_proof_of_work(network, ByteView(block).first(kHeaderSize));
  }
  auto as_found = decode_block(network, block, hasher);
  BlockRows slow;
  if (!read_slowly(network, block, slow)) {
    CHECK(!as_found.has_value() || block[kHeaderSize] == 0xFD);
    return 0;
  }
  std::vector<Hash256> ids;
  for (const auto& tx : slow.transactions) ids.push_back(tx.txid);
  std::ranges::copy(merkle_root(ids).bytes, block.begin() + 36);
  auto rows = decode_block(network, block, hasher);
  if (!rows) return 0;
  CHECK(rows->hash == hasher.sha256d(ByteView(block).first(kHeaderSize)));
  CHECK(std::ranges::equal(rows->header, ByteView(block).first(kHeaderSize)));
  check_same(*rows, slow);
  CHECK(rows->transactions[0].inputs == 0);
  for (std::size_t i = 1; i < rows->transactions.size(); ++i) {
    CHECK(rows->transactions[i].inputs > 0);
  }
  block[36 + data[0] % 32] ^= 1;  // another merkle root
  CHECK(!decode_block(network, block, hasher).has_value());
  block[36 + data[0] % 32] ^= 1;
  block.pop_back();
  auto cut = decode_block(network, block, hasher);
  CHECK(!cut.has_value() || network.mweb);  // the extension block's bytes are not looked at
  return 0;
}

}  // namespace tracehound::chains::bitcoin
