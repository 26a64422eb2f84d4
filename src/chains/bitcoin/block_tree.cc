// Choosing the chain. Each block names the one before it, so the headers make a forest; the work
// of a block (from its nBits) adds up along each branch, and the chain is the connected branch
// with the largest sum, not the longest one. One pass in parent-first order computes the sums,
// another marks what is connected; when a block turns out to be damaged only the second is run
// again. Linear in the number of headers, about 160 bytes each: 150 MB for all of Bitcoin.
//
//   genesis - 1 - 2 - 3 - 4        3x easy blocks after 1: less work than
//                \  2' - 3'        2 hard ones: the tip is 3'

#include "chains/bitcoin/block_tree.h"

#include <algorithm>

#include "base/check.h"

namespace tracehound::chains::bitcoin {

namespace {

// As numbers: the last byte is the highest.
bool is_smaller(const Hash256& a, const Hash256& b) {
  return std::lexicographical_compare(a.bytes.rbegin(), a.bytes.rend(), b.bytes.rbegin(),
                                      b.bytes.rend());
}

}  // namespace

BlockTree::BlockTree(const Hash256& genesis, const std::vector<Header>& ledger,
                     const std::vector<FoundBlock>& found)
    : genesis_(genesis) {
  entries_.reserve(ledger.size() + found.size());
  by_hash_.reserve(ledger.size() + found.size());
  copies_.reserve(found.size());
  for (const Header& header : ledger) entries_[add(header)].in_ledger = true;
  // From the back, since each copy goes before those known so far: the first in the files is used
  // first.
  for (std::size_t i = found.size(); i-- > 0;) {
    Entry& entry = entries_[add(found[i].header)];
    if (entry.in_files()) ++duplicates_;
    copies_.push_back({found[i].place, entry.first_copy});
    entry.first_copy = static_cast<std::uint32_t>(copies_.size() - 1);
  }
  put_in_order();
  add_work();
  connect();
}

std::uint32_t BlockTree::add(const Header& header) {
  auto [known, fresh] =
      by_hash_.try_emplace(header.hash, static_cast<std::uint32_t>(entries_.size()));
  if (fresh) {
    CHECK(entries_.size() < kNone);
    entries_.emplace_back().header = header;
  }
  return known->second;
}

void BlockTree::put_in_order() {
  for (Entry& entry : entries_) {
    auto parent = by_hash_.find(entry.header.previous);
    if (parent != by_hash_.end()) entry.parent = parent->second;
  }
  std::vector<bool> placed(entries_.size(), false);
  std::vector<std::uint32_t> climb;
  order_.reserve(entries_.size());
  for (std::uint32_t start = 0; start < entries_.size(); ++start) {
    for (std::uint32_t node = start; node != kNone && !placed[node]; node = entries_[node].parent) {
      placed[node] = true;
      climb.push_back(node);
    }
    order_.insert(order_.end(), climb.rbegin(), climb.rend());
    climb.clear();
  }
}

void BlockTree::add_work() {
  std::uint32_t bits = 0;
  Work work_of_one;
  for (std::uint32_t node : order_) {
    Entry& entry = entries_[node];
    if (entry.header.bits != bits) {
      bits = entry.header.bits;
      work_of_one = work_of_bits(bits);
    }
    entry.work = work_of_one;
    if (entry.parent != kNone) entry.work += entries_[entry.parent].work;
  }
}

void BlockTree::connect() {
  for (std::uint32_t node : order_) {
    Entry& entry = entries_[node];
    bool rests = entry.header.hash == genesis_ ||
                 (entry.parent != kNone && entries_[entry.parent].connected);
    entry.connected = entry.usable() && rests;
  }
}

std::optional<BlockNode> BlockTree::find(const Hash256& hash) const {
  auto known = by_hash_.find(hash);
  if (known == by_hash_.end()) return std::nullopt;
  return BlockNode(known->second);
}

std::optional<BlockPlace> BlockTree::place(BlockNode node) const {
  if (!entry(node).in_files()) return std::nullopt;
  return copies_[entry(node).first_copy].place;
}

bool BlockTree::is_better(const Entry& a, const Entry& b) const {
  if (a.work != b.work) return a.work > b.work;
  return is_smaller(a.header.hash, b.header.hash);
}

std::vector<BlockNode> BlockTree::best_chain(const std::optional<Hash256>& preferred) const {
  const Entry* best = nullptr;
  for (const Entry& entry : entries_) {
    if (entry.connected && (best == nullptr || is_better(entry, *best))) best = &entry;
  }
  if (best == nullptr) return {};
  auto wanted = preferred ? find(*preferred) : std::nullopt;
  if (wanted && entry(*wanted).connected && work(*wanted) == best->work) best = &entry(*wanted);

  std::vector<BlockNode> chain;
  for (auto node = static_cast<std::uint32_t>(best - entries_.data()); node != kNone;
       node = entries_[node].parent) {
    chain.push_back(BlockNode(node));
  }
  std::ranges::reverse(chain);
  return chain;
}

std::optional<BlockNode> BlockTree::best_in_files() const {
  std::optional<BlockNode> best;
  for (std::uint32_t node = 0; node < entries_.size(); ++node) {
    const Entry& candidate = entries_[node];
    if (!candidate.connected || !candidate.in_files()) continue;
    if (!best || is_better(candidate, entry(*best))) best = BlockNode(node);
  }
  return best;
}

void BlockTree::drop_copy(BlockNode node) {
  Entry& entry = entries_[node.number()];
  CHECK(entry.in_files());
  entry.first_copy = copies_[entry.first_copy].next;
  if (!entry.usable()) connect();
}

void BlockTree::leave_ledger(const std::vector<BlockNode>& nodes) {
  for (BlockNode node : nodes) entries_[node.number()].in_ledger = false;
  connect();
}

std::uint64_t BlockTree::side_blocks(const std::vector<BlockNode>& chain) const {
  std::uint64_t connected = 0;
  for (const Entry& entry : entries_) connected += entry.connected && entry.in_files() ? 1 : 0;
  for (BlockNode node : chain) connected -= entry(node).in_files() ? 1 : 0;
  return connected;
}

std::uint64_t BlockTree::unconnected() const {
  return static_cast<std::uint64_t>(std::ranges::count_if(
      entries_, [](const Entry& entry) { return entry.in_files() && !entry.connected; }));
}

std::optional<BlockTree::LooseEnd> BlockTree::loose_end() const {
  const Entry* best = nullptr;
  for (const Entry& entry : entries_) {
    if (!entry.in_files() || entry.connected) continue;
    if (best == nullptr || is_better(entry, *best)) best = &entry;
  }
  if (best == nullptr) return std::nullopt;
  while (best->parent != kNone && entries_[best->parent].usable()) best = &entries_[best->parent];
  return LooseEnd{BlockNode(static_cast<std::uint32_t>(best - entries_.data())),
                  best->header.previous};
}

}  // namespace tracehound::chains::bitcoin
