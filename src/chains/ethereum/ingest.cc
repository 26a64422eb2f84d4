#include "chains/ethereum/ingest.h"

#include <fmt/format.h>

#include <map>

#include "base/parallel.h"
#include "chains/ethereum/assemble.h"
#include "ledger/accounts/writer.h"

namespace tracehound::chains::ethereum {

namespace {

using ledger::accounts::Asset;
using ledger::accounts::BlockId;
using ledger::accounts::BlockRows;
using ledger::accounts::Writer;

// A chain may change while it is read; one that never fits is no chain.
constexpr int kMostChanges = 100;

class NodeIngest {
 public:
  NodeIngest(Node& node, Clock& clock, const IngestOptions& options, Chain chain, Writer writer)
      : node_(node),
        clock_(clock),
        options_(options),
        chain_(std::move(chain)),
        writer_(std::move(writer)) {}

  Result<IngestReport> run() {
    TRY_ASSIGN(std::uint64_t tip, node_.tip());
    std::uint64_t last = options_.to.value_or(tip);
    if (last > tip) {
      return bad_input(
          fmt::format("--to {} is above the node's last block, which is {}", last, tip));
    }
    TRY(go_back_to_fork());
    std::uint64_t first = options_.from.value_or(0);
    if (auto own = writer_.tip()) first = own->number + 1;
    if (options_.traces) {
      TRY_ASSIGN(report_.tracing, node_.find_tracing(last));
    }
    TRY(take(first, last));
    report_.chain = chain_.name();
    report_.counts = writer_.committed();
    if (writer_.tip()) report_.tip = writer_.tip()->number;
    return report_;
  }

 private:
  Status go_back_to_fork();
  Status take(std::uint64_t first, std::uint64_t last);
  Status append(const std::vector<Block>& blocks);
  Status name_tokens(const std::vector<Block>& blocks);

  Node& node_;
  Clock& clock_;
  const IngestOptions& options_;
  Chain chain_;
  Writer writer_;
  std::map<std::string, Asset> tokens_;  // that the ledger does not have yet
  IngestReport report_;
  BlockRows rows_;
  std::uint64_t uncommitted_ = 0;
};

// To the last block that the node's chain has too. A reorganisation is short: looks one block
// further back at each step.
Status NodeIngest::go_back_to_fork() {
  std::uint64_t had = writer_.committed().blocks;
  std::uint64_t kept = had;
  for (; kept > 0; --kept) {
    auto block = writer_.block(BlockId(static_cast<std::uint32_t>(kept - 1)));
    TRY_ASSIGN(auto theirs, node_.block_hash(block.number));
    if (theirs == block.hash) break;
    if (kept == 1) {
      return bad_input(fmt::format(
          "the node's chain has another block {} than the ledger's first: it is another chain of "
          "the same id; name another --ledger",
          block.number));
    }
  }
  report_.blocks_rewound = had - kept;
  return kept < had ? writer_.rewind(kept) : Status{};
}

// One batch is asked for while the one before is written.
Status NodeIngest::take(std::uint64_t first, std::uint64_t last) {
  if (first > last) return {};
  auto ask = [&](std::uint64_t from) { return node_.blocks(from, last, report_.tracing); };
  std::uint64_t begin = first;
  int changes = 0;
  TRY_ASSIGN(std::vector<Block> blocks, ask(first));
  while (!blocks.empty()) {
    if (writer_.tip() && writer_.tip()->hash != blocks.front().parent) {
      // The chain changed since the last batch: what was appended may be of the branch it left.
      if (++changes > kMostChanges) {
        return machine_error(
            fmt::format("the node's block {} does not build on the block before it, however often "
                        "it is asked; the ledger stays at what it had",
                        blocks.front().number));
      }
      TRY(writer_.commit());
      TRY(go_back_to_fork());
      if (!writer_.tip()) return bad_input("the node's chain left the ledger at its first block");
      TRY_ASSIGN(blocks, ask(writer_.tip()->number + 1));
      continue;
    }
    std::uint64_t next = blocks.back().number + 1;
    TRY(name_tokens(blocks));
    Result<std::vector<Block>> following = std::vector<Block>();
    Status written;
    {
      Background writing([&] { written = append(blocks); });
      if (next <= last && !clock_.ended()) following = ask(next);
    }
    TRY(written);
    if (options_.on_progress) options_.on_progress(next - begin, last - begin + 1);
    if (clock_.ended() && next <= last) report_.interrupted = true;
    if (!following || report_.interrupted) {
      TRY(writer_.commit());
      return following ? Status{} : std::unexpected(following.error());
    }
    blocks = std::move(*following);
  }
  return writer_.commit();
}

Status NodeIngest::name_tokens(const std::vector<Block>& blocks) {
  std::set<std::string> unknown;
  for (const Block& block : blocks) {
    for (const std::string& contract : token_contracts(block, chain_)) {
      if (!tokens_.contains(contract) && !writer_.asset(contract)) unknown.insert(contract);
    }
  }
  std::vector<std::string> contracts(unknown.begin(), unknown.end());
  TRY_ASSIGN(auto named, node_.tokens(contracts));
  for (Asset& asset : named) tokens_.emplace(asset.contract, asset);
  return {};
}

Status NodeIngest::append(const std::vector<Block>& blocks) {
  auto find_token = [&](const std::string& contract) {
    auto known = tokens_.find(contract);
    return known == tokens_.end() ? Asset{"", contract, 0, false} : known->second;
  };
  for (const Block& block : blocks) {
    TRY(assemble(block, chain_, find_token, rows_));
    TRY(writer_.append(rows_));
    ++report_.blocks_added;
    uncommitted_ += rows_.transfers.size() + options_.commit_transfers / options_.commit_blocks;
  }
  if (uncommitted_ < options_.commit_transfers) return {};
  uncommitted_ = 0;
  return writer_.commit();
}

}  // namespace

Result<IngestReport> ingest_node(FileSystem& files, const std::string& folder, Node& node,
                                 Clock& clock, const IngestOptions& options) {
  TRY_ASSIGN(std::uint64_t id, node.chain_id());
  Chain chain = find_chain(id);
  chain.wrappers.insert(options.wrappers.begin(), options.wrappers.end());
  TRY_ASSIGN(auto writer,
             Writer::open(files, folder, chain.name(),
                          {.table_bytes = options.memory_bytes, .native = chain.native}));
  return NodeIngest(node, clock, options, std::move(chain), std::move(writer)).run();
}

}  // namespace tracehound::chains::ethereum
