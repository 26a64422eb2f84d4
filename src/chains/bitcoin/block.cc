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

Status read_transactions(const Network& network, ByteReader& reader, Hasher& hasher,
                         ledger::BlockRows& rows, bool& hogex) {
  WireReader wire(reader);
  std::uint64_t count = wire.count(kLeastTransaction);
  if (!wire.ok()) return bad_input(wire.fault());
  if (count == 0) return bad_input(fmt::format("has no transactions at byte {}", kHeaderSize));
  rows.transactions.reserve(count);
  for (std::uint64_t i = 0; i < count; ++i) {
    std::size_t at = reader.position();
    auto parsed = parse_transaction(network, reader, hasher, rows);
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
  }
  return {};
}

// After a HogEx: a byte 1 and the extension block, or a byte 0 and nothing.
Status read_past_the_rest(ByteReader& reader, bool hogex) {
  std::size_t at = reader.position();
  if (hogex) {
    Byte present = reader.number<Byte>();
    if (!reader.ok()) return bad_input(fmt::format("ends early at byte {}", at));
    if (present > 1 || (present == 1 && reader.remaining() == 0)) {
      return bad_input(fmt::format("has no extension block at byte {}", at));
    }
    if (present == 1) return {};
    at = reader.position();
  }
  if (reader.remaining() == 0) return {};
  return bad_input(fmt::format("goes on for {} after its end at byte {}",
                               plural(reader.remaining(), "byte"), at));
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

Result<ledger::BlockRows> decode_block(const Network& network, ByteView bytes, Hasher& hasher) {
  if (bytes.size() > kMaxBlockSize) {
    return bad_input(fmt::format("has {} bytes, more than any block", bytes.size()));
  }
  ByteReader reader(bytes);
  ByteView header = reader.take(kHeaderSize);
  if (!reader.ok()) return bad_input(fmt::format("ends early at byte {}", bytes.size()));
  ledger::BlockRows rows;
  std::ranges::copy(header, rows.header.begin());
  rows.hash = hasher.sha256d(header);
  bool hogex = false;
  TRY(read_transactions(network, reader, hasher, rows, hogex));
  TRY(check_merkle_root(rows, hasher));
  TRY(read_past_the_rest(reader, hogex));
  return rows;
}

}  // namespace tracehound::chains::bitcoin
