#include "chains/bitcoin/node_blocks.h"

#include <fmt/format.h>

#include <algorithm>

#include "base/parallel.h"
#include "chains/bitcoin/block.h"

namespace tracehound::chains::bitcoin {

namespace {

constexpr std::uint32_t kHeadersAtOnce = 500;

Setback refused(const NodeRpc& node, const Hash256& hash, std::uint64_t height,
                std::string_view why) {
  return Error{ErrorKind::bad_input,
               fmt::format("block {} at height {} {}; the node at {} sent it and should not have "
                           "it: check that node, or follow another",
                           hash.text(), height, why, node.address())};
}

Setback changed(const NodeRpc& node) {
  return {
      Setback::Kind::changed,
      fmt::format("the node at {} gives blocks that do not follow one another", node.address())};
}

Attempt<ledger::BlockRows> check_block(const Network& network, const NodeRpc& node,
                                       const Hash256& asked, std::uint64_t height,
                                       std::string_view hex) {
  auto bytes = from_hex(hex);
  if (!bytes) {
    return std::unexpected(
        Setback(Setback::Kind::confused, fmt::format("the node at {} sends block {} in something "
                                                     "other than hexadecimal",
                                                     node.address(), asked.text())));
  }
  auto rows = decode_block(network, *bytes, thread_hasher());
  if (!rows) return std::unexpected(refused(node, asked, height, rows.error().message));
  if (rows->hash != asked) {
    return std::unexpected(
        refused(node, asked, height, fmt::format("came as the block {}", rows->hash.text())));
  }
  auto worked = check_proof_of_work(network, rows->header);
  if (!worked) return std::unexpected(refused(node, asked, height, worked.error().message));
  return std::move(*rows);
}

}  // namespace

Attempt<BlockBatch> fetch_blocks(NodeRpc& node, std::uint32_t first, std::uint32_t count) {
  BlockBatch batch;
  batch.first = first;
  TRY_ASSIGN(batch.hashes, node.block_hashes(first, count));
  if (batch.hashes.empty()) return batch;
  TRY_ASSIGN(batch.texts, node.blocks(batch.hashes));
  return batch;
}

CheckedBlocks check_blocks(const Network& network, const NodeRpc& node, const BlockBatch& batch,
                           const Hash256& previous) {
  std::vector<Attempt<ledger::BlockRows>> decoded(batch.hashes.size());
  parallel_for(batch.hashes.size(), [&](std::size_t i) {
    decoded[i] = check_block(network, node, batch.hashes[i], batch.first + i, batch.texts.texts[i]);
  });
  CheckedBlocks checked;
  Hash256 before = previous;
  for (auto& block : decoded) {
    if (!block) {
      checked.rest = std::unexpected(block.error());
      break;
    }
    if (block->previous_hash() != before) {
      checked.rest = std::unexpected(changed(node));
      break;
    }
    before = block->hash;
    checked.rows.push_back(std::move(*block));
  }
  return checked;
}

Attempt<Work> work_of_branch(const Network& network, NodeRpc& node, std::uint32_t first,
                             const Hash256& previous, const Work& enough) {
  Work sum;
  Hash256 before = previous;
  for (std::uint32_t height = first;; height += kHeadersAtOnce) {
    TRY_ASSIGN(auto hashes, node.block_hashes(height, kHeadersAtOnce));
    if (hashes.empty()) return sum;
    TRY_ASSIGN(auto headers, node.headers(hashes));
    for (std::size_t i = 0; i < hashes.size(); ++i) {
      auto bytes = from_hex(headers.texts[i]);
      if (!bytes || bytes->size() != kHeaderSize) {
        return std::unexpected(refused(node, hashes[i], height + i, "has no header of 80 bytes"));
      }
      Header header = parse_header(*bytes);
      if (header.hash != hashes[i]) {
        return std::unexpected(refused(node, hashes[i], height + i,
                                       fmt::format("came as the block {}", header.hash.text())));
      }
      if (auto worked = check_proof_of_work(network, *bytes); !worked) {
        return std::unexpected(refused(node, hashes[i], height + i, worked.error().message));
      }
      if (header.previous != before) return std::unexpected(changed(node));
      before = header.hash;
      sum += work_of_bits(header.bits);
      if (sum > enough) return sum;
    }
    if (hashes.size() < kHeadersAtOnce) return sum;
  }
}

}  // namespace tracehound::chains::bitcoin
