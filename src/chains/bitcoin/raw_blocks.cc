#include "chains/bitcoin/raw_blocks.h"

#include <fmt/format.h>

#include <algorithm>
#include <mutex>
#include <optional>
#include <unordered_map>

#include "base/merkle.h"
#include "base/parallel.h"
#include "base/progress.h"
#include "chains/bitcoin/block.h"
#include "chains/bitcoin/block_files.h"
#include "chains/bitcoin/record_scan.h"
#include "chains/bitcoin/transaction.h"

namespace tracehound::chains::bitcoin {

namespace {

// The first failure of work side by side.
class FirstError {
 public:
  void note(Status status) {
    if (status) return;
    std::lock_guard hold(mutex_);
    if (!error_) error_ = std::move(status).error();
  }
  Status status() {
    if (error_) return std::unexpected(*error_);
    return {};
  }

 private:
  std::mutex mutex_;
  std::optional<Error> error_;
};

Status check_hash(ByteView block, const Hash256& hash) {
  if (block.size() >= kHeaderSize && parse_header(block.first(kHeaderSize)).hash == hash) return {};
  return bad_input(fmt::format("what was read for block {} is another block", hash.text()));
}

}  // namespace

Result<RawTransactions> raw_transactions(const Network& network, ByteView block) {
  if (block.size() < kHeaderSize || block.size() > kMaxBlockSize) {
    return bad_input("is no block by its size");
  }
  WireReader wire(block, kHeaderSize);
  std::uint64_t count = wire.count(1);
  if (!wire.ok() || count == 0) return bad_input("has no transactions");
  RawTransactions found;
  ledger::BlockRows rows;
  Hasher& hasher = thread_hasher();
  for (std::uint64_t i = 0; i < count; ++i) {
    std::size_t start = wire.position();
    TRY_ASSIGN(auto parsed, parse_transaction_without_id(network, wire, hasher, rows));
    found.raw.push_back(wire.between(start, wire.position()));
    HashTask task{parsed.id_pieces, &found.txids.emplace_back()};
    hasher.sha256d_each({&task, 1});
    rows.inputs.clear();
    rows.outputs.clear();
    rows.payloads.clear();
  }
  std::vector<Hash256> leaves = found.txids;
  if (merkle_root(leaves, hasher).root != parse_header(block.first(kHeaderSize)).merkle_root) {
    return bad_input("does not hold the transactions that its header names");
  }
  return found;
}

Status blocks_from_files(FileSystem& files, const Network& network, const std::string& folder,
                         std::span<const Hash256> hashes, bool progress, const TakeBlock& take) {
  TRY_ASSIGN(BlockFiles blocks, BlockFiles::open(files, folder));
  TRY(check_network(blocks, network));
  Progress line("scan", "MB", blocks.total_bytes(), 1e6, progress);
  auto nothing_known = [](const Hash256&) { return false; };
  TRY_ASSIGN(auto scan, scan_records(blocks, network, nothing_known, line));
  std::unordered_map<Hash256, std::vector<BlockPlace>> places;
  for (const Hash256& hash : hashes) places.try_emplace(hash);
  for (const FoundBlock& block : scan.blocks) {
    auto wanted = places.find(block.header.hash);
    if (wanted != places.end()) wanted->second.push_back(block.place);
  }
  FirstError failure;
  parallel_for(hashes.size(), [&](std::size_t i) {
    Bytes scratch;
    // A node may have written a block twice, and one copy may be damaged.
    Status done = bad_input(fmt::format(
        "no block file in {} holds block {}; name the folder of a node that has not pruned it",
        folder, hashes[i].text()));
    for (const BlockPlace& place : places.at(hashes[i])) {
      auto bytes = blocks.load(place, scratch);
      done = bytes ? take(i, *bytes) : Status(std::unexpected(bytes.error()));
      if (done) break;
    }
    failure.note(std::move(done));
  });
  return failure.status();
}

Status blocks_from_node(NodeRpc& node, std::span<const Hash256> hashes, const TakeBlock& take) {
  constexpr std::size_t kAtOnce = 8;
  for (std::size_t first = 0; first < hashes.size(); first += kAtOnce) {
    auto some = hashes.subspan(first, std::min(kAtOnce, hashes.size() - first));
    auto texts = node.blocks(some);
    if (!texts) return std::unexpected(texts.error().error);
    FirstError failure;
    parallel_for(some.size(), [&](std::size_t i) {
      auto bytes = from_hex(texts->texts[i]);
      if (!bytes) {
        failure.note(machine_error(fmt::format("{} sent no bytes for block {}; ask another node",
                                               node.address(), some[i].text())));
        return;
      }
      Status same = check_hash(*bytes, some[i]);
      failure.note(same ? take(first + i, *bytes) : std::move(same));
    });
    TRY(failure.status());
  }
  return {};
}

}  // namespace tracehound::chains::bitcoin
