// A block: header 80 | number of transactions | transactions | [Litecoin's extension block].
// The header commits to the transactions by the root of a tree of double SHA-256: neighbours are
// hashed together, level by level, an odd last one with itself. That last rule lets a block with a
// repeated tail have the root of the block without it (CVE-2012-2459), so two equal neighbours are
// refused wherever a level pairs them, as Bitcoin Core's ComputeMerkleRoot does.
#include "chains/bitcoin/block.h"

#include <fmt/format.h>

#include <algorithm>

#include "base/check.h"
#include "base/merkle.h"
#include "base/text.h"
#include "chains/bitcoin/wire.h"

namespace tracehound::chains::bitcoin {
namespace {

// Version, one input, one output, locktime: the shortest transaction there can be.
constexpr std::size_t kLeastTransaction = 4 + 1 + 41 + 1 + 9 + 4;

Status check_merkle_root(const ledger::BlockRows& rows, Hasher& hasher) {
  std::vector<Hash256> txids;
  txids.reserve(rows.transactions.size() + 1);
  for (const auto& tx : rows.transactions) txids.push_back(tx.txid);
  MerkleRoot tree = merkle_root(txids, hasher);
  Hash256 promised = Hash256::from_bytes(ByteView(rows.header).subspan(36, 32));
  if (tree.root != promised) {
    return bad_input(
        fmt::format("is damaged: its transactions have the merkle root {}, its header says {}",
                    tree.root.text(), promised.text()));
  }
  if (tree.repeats) return bad_input("repeats transactions at its end (CVE-2012-2459)");
  return {};
}

// Hashes transactions in small batches, while their bytes are still in the processor's cache.
class TxidBatch {
 public:
  explicit TxidBatch(Hasher& hasher) : hasher_(hasher) {}

  // `txid` stays where it is until finish().
  void add(const std::array<ByteView, 3>& pieces, Hash256& txid) {
    tasks_[count_++] = {pieces, &txid};
    if (count_ == tasks_.size()) finish();
  }
  void finish() {
    hasher_.sha256d_each(std::span(tasks_).first(count_));
    count_ = 0;
  }

 private:
  Hasher& hasher_;
  std::array<HashTask, 32> tasks_;
  std::size_t count_ = 0;
};

Status read_transactions(const Network& network, WireReader& wire, Hasher& hasher,
                         ledger::BlockRows& rows, bool& hogex) {
  std::uint64_t count = wire.count(kLeastTransaction);
  if (!wire.ok()) return bad_input(wire.fault());
  if (count == 0) return bad_input(fmt::format("has no transactions at byte {}", kHeaderSize));
  rows.transactions.reserve(count);  // so that each txid stays where it is
  // What most blocks need; room that is not used is never touched.
  rows.inputs.reserve(wire.remaining() / 128);
  rows.outputs.reserve(wire.remaining() / 96);
  rows.payloads.reserve(wire.remaining() / 4);
  TxidBatch txids(hasher);
  for (std::uint64_t i = 0; i < count; ++i) {
    std::size_t at = wire.position();
    auto parsed = parse_transaction_without_id(network, wire, hasher, rows);
    if (!parsed) {
      return bad_input(fmt::format("transaction {} {}", i, parsed.error().message));
    }
    if (parsed->coinbase != (i == 0)) {
      return bad_input(fmt::format("transaction {} at byte {} is {} coinbase", i, at,
                                   i == 0 ? "no" : "a second"));
    }
    if (parsed->hogex && (i == 0 || i + 1 != count)) {
      return bad_input(
          fmt::format("transaction {} at byte {} is a HogEx, which comes last", i, at));
    }
    hogex = parsed->hogex;
    txids.add(parsed->id_pieces, rows.transactions.back().txid);
  }
  txids.finish();
  return {};
}

// After a HogEx: a byte 1 and the extension block, or a byte 0 and nothing.
Status read_past_the_rest(WireReader& wire, bool hogex) {
  std::size_t at = wire.position();
  if (hogex) {
    Byte present = wire.number<Byte>();
    if (!wire.ok()) return bad_input(wire.fault());
    if (present > 1 || (present == 1 && wire.remaining() == 0)) {
      return bad_input(fmt::format("has no extension block at byte {}", at));
    }
    if (present == 1) return {};
    at = wire.position();
  }
  if (wire.remaining() == 0) return {};
  return bad_input(
      fmt::format("goes on for {} after its end at byte {}", plural(wire.remaining(), "byte"), at));
}

}  // namespace

Header parse_header(ByteView bytes) {
  CHECK(bytes.size() == kHeaderSize);
  return {
      .hash = thread_hasher().sha256d(bytes),
      .previous = Hash256::from_bytes(bytes.subspan(4, 32)),
      .merkle_root = Hash256::from_bytes(bytes.subspan(36, 32)),
      .time = ledger::header_time(bytes),
      .bits = load_le<std::uint32_t>(bytes.data() + 72),
  };
}

Status decode_block(const Network& network, ByteView bytes, Hasher& hasher,
                    ledger::BlockRows& into) {
  into.transactions.clear();
  into.inputs.clear();
  into.outputs.clear();
  into.wrappers.clear();
  into.payloads.clear();
  if (bytes.size() > kMaxBlockSize) {
    return bad_input(fmt::format("has {} bytes, more than any block", bytes.size()));
  }
  WireReader wire(bytes);
  ByteView header = wire.take(kHeaderSize);
  if (!wire.ok()) return bad_input(wire.fault());
  std::ranges::copy(header, into.header.begin());
  into.hash = hasher.sha256d(header);
  bool hogex = false;
  TRY(read_transactions(network, wire, hasher, into, hogex));
  TRY(check_merkle_root(into, hasher));
  return read_past_the_rest(wire, hogex);
}

Result<ledger::BlockRows> decode_block(const Network& network, ByteView bytes, Hasher& hasher) {
  ledger::BlockRows rows;
  TRY(decode_block(network, bytes, hasher, rows));
  return rows;
}

}  // namespace tracehound::chains::bitcoin
