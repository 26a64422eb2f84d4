// A transaction's id is the double SHA-256 of its bytes without witness; with the branch it leads
// to the Merkle root, which the header holds, which has the work. So the id, and with it inputs,
// outputs, values and scripts, cannot be changed; the witness can, and only the sum of the file
// speaks for it. (On Litecoin nor is the extension block's byte hashed.)
//
// A branch alone would let an inner node of the tree, 64 bytes, be passed off as a transaction.
// One of 64 bytes is therefore refused, and all of a block's branches must be of one length.
#include "evidence/proof.h"

#include <fmt/format.h>

#include <algorithm>
#include <atomic>
#include <map>
#include <mutex>
#include <optional>

#include "base/merkle.h"
#include "base/parallel.h"
#include "chains/bitcoin/block.h"
#include "chains/bitcoin/transaction.h"

namespace tracehound::evidence {

namespace {

namespace bitcoin = chains::bitcoin;

constexpr std::size_t kMostTold = 100;  // findings of one kind
constexpr std::size_t kSlice = 512;
constexpr std::size_t kInnerNode = 64;

std::string height_text(std::uint64_t height) { return fmt::format("height {}", height); }

// What is wrong with single things, found side by side and told in order.
class Findings {
 public:
  void add(std::size_t number, std::string item, std::string why) {
    std::lock_guard hold(mutex_);
    found_.emplace(number, std::pair(std::move(item), std::move(why)));
    if (found_.size() > kMostTold) {
      found_.erase(std::prev(found_.end()));
      ++left_out_;
    }
  }
  void move_to(std::string_view file, std::vector<Finding>& findings) {
    for (auto& [_, one] : found_) {
      findings.push_back({std::string(file), std::move(one.first), std::move(one.second)});
    }
    if (left_out_ > 0) {
      findings.push_back({std::string(file), "", fmt::format("{} more like these", left_out_)});
    }
  }

 private:
  std::mutex mutex_;
  std::map<std::size_t, std::pair<std::string, std::string>> found_;
  std::size_t left_out_ = 0;
};

}  // namespace

namespace {

// What of a header says how hard the next ones have to be.
struct Hardness {
  std::uint32_t bits = 0, time = 0;
};

// That blocks are as hard as the chain's rules ask for, as far as the headers before them are here:
// nobody can end a real chain in easy blocks of his own. Test networks have other rules.
void check_targets(const bitcoin::Network& network, std::uint32_t due, std::uint32_t first,
                   std::span<const Hardness> headers, Findings& found) {
  for (std::size_t i = 1; i < headers.size(); ++i) {
    auto height = static_cast<std::uint32_t>(first + i);
    std::uint32_t bits = headers[i - 1].bits;
    if (height % bitcoin::kRetargetBlocks == 0) {
      if (bitcoin::work_of_bits(bits) == bitcoin::Work{}) continue;  // told of as no target
      std::uint32_t from = bitcoin::retarget_from(network, height);
      if (from < first) continue;
      bits = bitcoin::retarget(
          network, due, bits,
          std::int64_t{headers[i - 1].time} - std::int64_t{headers[from - first].time});
    }
    if (bits == headers[i].bits) continue;
    found.add(i, height_text(height),
              fmt::format("has bits {:08x}, and {} asks for {:08x} there", headers[i].bits,
                          network.name, bits));
  }
}

}  // namespace

bitcoin::Work check_headers(const bitcoin::Network& network, const Statement& statement,
                            ByteView headers, std::vector<Finding>& findings) {
  return check_headers(network, bitcoin::retarget_seconds(network), statement, headers, findings);
}

bitcoin::Work check_headers(const bitcoin::Network& network, std::uint32_t due,
                            const Statement& statement, ByteView headers,
                            std::vector<Finding>& findings) {
  auto wrong = [&](std::string item, std::string why) {
    findings.push_back({std::string(kHeaders), std::move(item), std::move(why)});
  };
  bitcoin::Work work;
  std::size_t count = headers.size() / bitcoin::kHeaderSize;
  if (count == 0 || headers.size() % bitcoin::kHeaderSize != 0) {
    wrong("", fmt::format("has {} bytes, which are no whole headers of 80", headers.size()));
    return work;
  }
  if (std::uint64_t{statement.first_header} + count - 1 != statement.tip) {
    wrong("", fmt::format("has {} headers from height {} on, and the tip is said to be at {}",
                          count, statement.first_header, statement.tip));
  }
  std::vector<Hash256> hashes(count);
  std::vector<Hardness> hardness(count);
  std::vector<bitcoin::Work> works((count + kSlice - 1) / kSlice);
  Findings found;
  auto header = [&](std::size_t i) {
    return headers.subspan(i * bitcoin::kHeaderSize, bitcoin::kHeaderSize);
  };
  parallel_for(works.size(), [&](std::size_t slice) {
    std::pair<std::uint32_t, bitcoin::Work> last{};
    for (std::size_t i = slice * kSlice; i < std::min(count, (slice + 1) * kSlice); ++i) {
      auto parsed = bitcoin::parse_header(header(i));
      hashes[i] = parsed.hash;
      hardness[i] = {parsed.bits, parsed.time};
      if (parsed.bits != last.first) last = {parsed.bits, bitcoin::work_of_bits(parsed.bits)};
      works[slice] += last.second;
      auto proven = bitcoin::check_proof_of_work(network, header(i), parsed);
      if (!proven) {
        found.add(i, height_text(statement.first_header + i), proven.error().message);
      }
    }
  });
  for (const bitcoin::Work& one : works) work += one;
  for (std::size_t i = 1; i < count; ++i) {
    if (Hash256::from_bytes(header(i).subspan(4, 32)) == hashes[i - 1]) continue;
    found.add(i, height_text(statement.first_header + i), "does not build on the header before it");
  }
  if (due > 0) check_targets(network, due, statement.first_header, hardness, found);
  found.move_to(kHeaders, findings);
  if (statement.first_header == 0 && hashes.front() != network.genesis) {
    wrong(height_text(0),
          fmt::format("is {}, not the genesis block of {}", hashes.front().text(), network.chain));
  }
  if (hashes.back() != statement.tip_hash) {
    wrong(height_text(statement.tip), fmt::format("is {}, and the tip is said to be {}",
                                                  hashes.back().text(), statement.tip_hash.text()));
  }
  return work;
}

namespace {

// Some records side by side, then put end to end.
struct Slice {
  ledger::BlockRows rows;
  std::vector<bool> coinbase;
};

class Prover {
 public:
  Prover(const bitcoin::Network& network, const Statement& statement, ByteView headers,
         std::span<const Record> records)
      : network_(network), statement_(statement), headers_(headers), records_(records) {}

  ProvenPart run(std::vector<Finding>& findings);

 private:
  void read(std::size_t i, Slice& slice);
  void check_branch(std::size_t i, const Hash256& txid);
  void join(const Slice& slice, ledger::PartOfChain& part) const;
  std::string name(std::size_t i) const {
    return fmt::format("record {} (height {}, position {})", i, records_[i].height,
                       records_[i].position);
  }

  const bitcoin::Network& network_;
  const Statement& statement_;
  ByteView headers_;
  std::span<const Record> records_;
  Findings found_;
  std::atomic<bool> readable_ = true;
};

void Prover::read(std::size_t i, Slice& slice) {
  const Record& record = records_[i];
  auto unreadable = [&](std::string why) {
    readable_ = false;
    found_.add(i, name(i), std::move(why));
  };
  if (record.raw.size() > bitcoin::kMaxBlockSize) return unreadable("is larger than any block");
  std::uint64_t headers = headers_.size() / bitcoin::kHeaderSize;
  if (record.height < statement_.first_header ||
      record.height - statement_.first_header >= headers) {
    return unreadable("is of a height that no header here has");
  }
  ByteReader reader(record.raw);
  auto parsed = bitcoin::parse_transaction(network_, reader, thread_hasher(), slice.rows);
  if (!parsed) return unreadable(parsed.error().message);
  slice.coinbase.push_back(parsed->coinbase);
  if (reader.remaining() > 0) return unreadable("goes on after its transaction's end");
  if (parsed->coinbase != (record.position == 0)) {
    found_.add(i, name(i), "is a coinbase elsewhere than at its block's beginning, or none there");
  }
  std::size_t hashed = 0;
  for (ByteView piece : parsed->id_pieces) hashed += piece.size();
  if (hashed == kInnerNode) {
    found_.add(i, name(i), "has 64 bytes, as an inner node of a Merkle tree has");
  }
  check_branch(i, slice.rows.transactions.back().txid);
}

void Prover::check_branch(std::size_t i, const Hash256& txid) {
  const Record& record = records_[i];
  bool same_block = i > 0 && records_[i - 1].height == record.height;
  if (same_block && records_[i - 1].branch.size() != record.branch.size()) {
    found_.add(i, name(i), "has a branch of another length than its neighbour in the block");
  }
  auto root = root_of_branch(txid, record.position, record.branch_hashes(), thread_hasher());
  std::size_t at = (record.height - statement_.first_header) * bitcoin::kHeaderSize;
  constexpr std::size_t kMerkleRoot = 36;
  if (!root || *root != Hash256::from_bytes(headers_.subspan(at + kMerkleRoot, 32))) {
    found_.add(i, name(i),
               fmt::format("its branch does not lead from its txid {} to the Merkle root of the "
                           "header at height {}",
                           txid.text(), record.height));
  }
}

void Prover::join(const Slice& slice, ledger::PartOfChain& part) const {
  ledger::BlockRows& rows = part.rows;
  auto payloads = static_cast<std::uint32_t>(rows.payloads.size());
  std::size_t outputs = rows.outputs.size();
  auto append = [](auto& to, const auto& from) { to.insert(to.end(), from.begin(), from.end()); };
  append(rows.transactions, slice.rows.transactions);
  append(rows.inputs, slice.rows.inputs);
  append(rows.outputs, slice.rows.outputs);
  append(rows.payloads, slice.rows.payloads);
  append(part.coinbase, slice.coinbase);
  for (std::size_t i = outputs; i < rows.outputs.size(); ++i) {
    rows.outputs[i].payload_start += payloads;
  }
}

ProvenPart Prover::run(std::vector<Finding>& findings) {
  std::vector<Slice> slices((records_.size() + kSlice - 1) / kSlice);
  parallel_for(slices.size(), [&](std::size_t slice) {
    for (std::size_t i = slice * kSlice; i < std::min(records_.size(), (slice + 1) * kSlice); ++i) {
      read(i, slices[slice]);
    }
  });
  found_.move_to(kTransactions, findings);
  ProvenPart proven;
  std::uint64_t payloads = 0, outputs = 0;
  for (const Slice& slice : slices) {
    payloads += slice.rows.payloads.size();
    outputs += slice.rows.outputs.size();
  }
  constexpr std::uint64_t kMost = 0xFFFF'FFFE;  // rows of a ledger in memory
  if (!readable_ || records_.empty() || payloads > kMost || outputs > kMost) {
    if (readable_) {
      findings.push_back({std::string(kTransactions), "", "holds no transaction, or too many"});
    }
    return proven;
  }
  proven.readable = true;
  proven.part.chain = network_.chain;
  proven.part.headers = headers_;
  proven.part.first_height = statement_.first_header;
  proven.part.tip_hash = bitcoin::parse_header(headers_.last(bitcoin::kHeaderSize)).hash;
  for (Slice& slice : slices) {
    join(slice, proven.part);
    slice = {};
  }
  for (const Record& record : records_) proven.part.heights.push_back(record.height);
  return proven;
}

}  // namespace

ProvenPart prove(const bitcoin::Network& network, const Statement& statement, ByteView headers,
                 std::span<const Record> records, std::vector<Finding>& findings) {
  return Prover(network, statement, headers, records).run(findings);
}

void check_whole(std::span<const std::uint32_t> heights, const ledger::PartOfChain& part,
                 std::span<const Record> records, std::vector<Finding>& findings) {
  for (std::uint32_t height : heights) {
    auto first = std::ranges::lower_bound(part.heights, height) - part.heights.begin();
    auto end = std::ranges::upper_bound(part.heights, height) - part.heights.begin();
    std::vector<Hash256> leaves;
    bool gapless = true;
    for (auto i = first; i < end; ++i) {
      auto at = static_cast<std::size_t>(i);
      gapless &= records[at].position == leaves.size();
      leaves.push_back(part.rows.transactions[at].txid);
    }
    std::size_t header = (height - part.first_height) * std::size_t{80};
    if (gapless && !leaves.empty() &&
        merkle_root(leaves, thread_hasher()).root ==
            Hash256::from_bytes(part.headers.subspan(header + 36, 32))) {
      continue;
    }
    findings.push_back({std::string(kTransactions), height_text(height),
                        "lacks transactions of a block whose fees flow on into its coinbase"});
  }
}

}  // namespace tracehound::evidence
