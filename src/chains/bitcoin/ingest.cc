// Block files into a ledger, step by step in bring_up_to_date(). Choosing the chain needs headers
// only; blocks are decoded when their turn comes, side by side, appended in chain order behind, and
// committed behind that: three stages at work at once, with a bounded number of blocks between
// them. A block that turns out to be damaged is struck from the tree and the chain chosen
// again: another copy of it, another branch, or an earlier end. So a damaged block costs what
// builds on it and nothing else.

#include "chains/bitcoin/ingest.h"

#include <fmt/format.h>

#include <algorithm>
#include <unordered_set>

#include "base/check.h"
#include "base/parallel.h"
#include "base/progress.h"
#include "base/text.h"
#include "chains/bitcoin/block_files.h"
#include "chains/bitcoin/block_tree.h"
#include "chains/bitcoin/starting_point.h"

namespace tracehound::chains::bitcoin {

namespace {

class Ingest {
 public:
  Ingest(FileSystem& files, const Network& network, const std::string& ledger_folder,
         const IngestOptions& options, BlockFiles blocks)
      : files_(files),
        network_(network),
        ledger_folder_(ledger_folder),
        options_(options),
        blocks_(std::move(blocks)) {}

  Result<IngestReport> run();

 private:
  Status open_ledger();
  Status scan_folder();
  Status bring_up_to_date();
  Status choose_chain();
  Status leave_other_branch();
  Status add_blocks();
  Error undo(Error error);
  Result<IngestReport> report();

  std::uint64_t common_length() const;
  Result<bool> is_branch_whole(std::uint64_t fork, const Work& work_to_beat);
  Status decode(std::uint64_t height, ledger::BlockRows& rows) const;
  std::size_t blocks_in_flight() const;
  std::uint64_t commit_bytes() const;
  Status append(std::uint64_t height, const ledger::BlockRows& rows);
  Status commit();
  void strike_out(std::uint64_t height, const Error& error);
  Status check_connected() const;
  const Damage* damage_in_the_way() const;

  BlockPlace place(std::uint64_t height) const {
    auto copy = tree_->place(chain_[height]);
    CHECK(copy.has_value());
    return *copy;
  }
  std::uint64_t ledger_blocks() const { return writer_->counts().blocks; }

  FileSystem& files_;
  const Network& network_;
  const std::string& ledger_folder_;
  const IngestOptions& options_;
  BlockFiles blocks_;

  std::optional<ledger::Writer> writer_;
  std::optional<StartingPoint> start_;
  std::optional<BlockTree> tree_;
  std::vector<BlockNode> chain_;  // by height
  std::uint64_t target_ = 0;      // blocks of the chain that the ledger shall have
  bool struck_out_ = false;       // a block of the chain is damaged: choose again
  std::uint64_t uncommitted_bytes_ = 0;
  IngestReport report_;
};

Result<IngestReport> Ingest::run() {
  // A ledger that is there is opened first: one in use, or of another chain, is refused before the
  // long work. A new one is not begun before there is a chain to put into it.
  if (files_.exists(ledger::manifest_path(ledger_folder_))) TRY(open_ledger());
  TRY(scan_folder());
  if (!writer_) TRY(open_ledger());
  if (auto done = bring_up_to_date(); !done) return std::unexpected(undo(done.error()));
  return report();
}

Status Ingest::bring_up_to_date() {
  do {
    TRY(choose_chain());
    TRY(leave_other_branch());
    TRY(add_blocks());
  } while (struck_out_);
  return {};
}

Status Ingest::open_ledger() {
  bool is_new = tree_.has_value();
  TRY_ASSIGN(writer_, ledger::Writer::open(files_, ledger_folder_, std::string(network_.chain),
                                           {.table_bytes = options_.memory_bytes / 2}));
  if (is_new && ledger_blocks() > 0) {
    return machine_error(
        fmt::format("another process has begun the ledger {} meanwhile; run the command again",
                    ledger_folder_));
  }
  start_.emplace(files_, ledger_folder_, ledger_blocks());
  return {};
}

Status Ingest::scan_folder() {
  std::vector<Header> known;
  std::unordered_set<Hash256> known_hashes;
  if (writer_) {
    for (std::uint32_t height = 0; height < ledger_blocks(); ++height) {
      known.push_back(parse_header(writer_->header(BlockHeight(height))));
      known_hashes.insert(known.back().hash);
    }
  }
  Progress progress("scan", "MB", blocks_.total_bytes(), 1e6, options_.progress);
  auto is_known = [&](const Hash256& hash) { return known_hashes.contains(hash); };
  TRY_ASSIGN(auto scan, scan_records(blocks_, network_, is_known, progress));
  report_.scan.records = scan.blocks.size();
  report_.scan.damaged = std::move(scan.damaged);
  report_.scan.unfinished = std::move(scan.unfinished);
  tree_.emplace(network_.genesis, known, scan.blocks);
  return check_connected();
}

Status Ingest::choose_chain() {
  struck_out_ = false;
  TRY(check_connected());
  chain_ = tree_->best_chain(writer_->tip_hash());
  target_ = chain_.size();
  if (options_.to) target_ = std::min<std::uint64_t>(target_, options_.to->number() + 1ULL);
  return {};
}

// How many blocks the chain and the ledger share: equal hashes at a height mean equal blocks below.
std::uint64_t Ingest::common_length() const {
  std::uint64_t low = 0;
  std::uint64_t high = std::min<std::uint64_t>(chain_.size(), ledger_blocks());
  while (low < high) {
    std::uint64_t middle = low + (high - low) / 2;
    auto height = BlockHeight(static_cast<std::uint32_t>(middle));
    if (writer_->block_hash(height) == tree_->header(chain_[middle]).hash) {
      low = middle + 1;
    } else {
      high = middle;
    }
  }
  return low;
}

Status Ingest::leave_other_branch() {
  std::uint64_t fork = common_length();
  if (fork == ledger_blocks() || fork >= target_) return {};
  const Work& own = tree_->work(*tree_->find(*writer_->tip_hash()));
  report_.branch_kept = tree_->work(chain_[target_ - 1]) <= own;
  if (report_.branch_kept) {
    target_ = fork;
    return {};
  }
  TRY_ASSIGN(bool whole, is_branch_whole(fork, own));
  if (!whole) return {};
  std::vector<BlockNode> left;
  for (std::uint64_t height = fork; height < ledger_blocks(); ++height) {
    left.push_back(*tree_->find(writer_->block_hash(BlockHeight(static_cast<uint32_t>(height)))));
  }
  TRY(start_->before_rewind(fork));
  TRY(writer_->rewind(fork));
  tree_->leave_ledger(left);
  return {};
}

// Whether the chain's blocks from `fork` on are whole, as far as it takes to beat that work: the
// ledger leaves nothing for a branch that then turns out to be shorter.
Result<bool> Ingest::is_branch_whole(std::uint64_t fork, const Work& work_to_beat) {
  for (std::uint64_t height = fork; height < target_; ++height) {
    ledger::BlockRows rows;
    if (auto decoded = decode(height, rows); !decoded) {
      if (decoded.error().kind != ErrorKind::bad_input) return std::unexpected(decoded.error());
      strike_out(height, decoded.error());
      return false;
    }
    if (tree_->work(chain_[height]) > work_to_beat) break;
  }
  return true;
}

Status Ingest::add_blocks() {
  if (struck_out_ || ledger_blocks() >= target_) return {};
  std::uint64_t total = 0;
  for (std::uint64_t height = ledger_blocks(); height < target_; ++height) {
    total += place(height).size;
  }
  Progress progress("ingest", "MB", total, 1e6, options_.progress);
  std::uint64_t first = ledger_blocks();
  std::uint64_t done = 0;
  struct Slot {
    ledger::BlockRows rows;  // its memory is used again
    Status decoded;
  };
  std::vector<Slot> slots(blocks_in_flight());
  Status status;
  std::optional<std::uint64_t> damaged;
  pipeline(
      target_ - first, slots.size(),
      [&](std::size_t i) {
        Slot& slot = slots[i % slots.size()];
        slot.decoded = decode(first + i, slot.rows);
      },
      [&](std::size_t i) {
        const Slot& slot = slots[i % slots.size()];
        status = slot.decoded;
        if (!status && status.error().kind == ErrorKind::bad_input) damaged = first + i;
        if (status) status = append(first + i, slot.rows);
        progress.update(done += place(first + i).size);
        return status.has_value();
      });
  if (damaged) {
    strike_out(*damaged, status.error());
  } else {
    TRY(status);
  }
  return commit();
}

Status Ingest::decode(std::uint64_t height, ledger::BlockRows& rows) const {
  thread_local Bytes scratch;
  TRY_ASSIGN(ByteView bytes, blocks_.load(place(height), scratch));
  return decode_block(network_, bytes, thread_hasher(), rows);
}

// Blocks read or decoded and not yet appended. The largest take 4 MB as they lie and about as much
// decoded.
std::size_t Ingest::blocks_in_flight() const {
  constexpr std::uint64_t kLargest = 8U << 20;
  return std::clamp<std::size_t>(options_.memory_bytes / 16 / kLargest, 2, 64);
}

std::uint64_t Ingest::commit_bytes() const {
  if (options_.commit_bytes > 0) return options_.commit_bytes;
  return std::clamp<std::uint64_t>(options_.memory_bytes / 16, 1U << 20, 256U << 20);
}

Status Ingest::append(std::uint64_t height, const ledger::BlockRows& rows) {
  auto added = writer_->append(rows);
  BlockPlace at = place(height);
  if (!added && added.error().kind == ErrorKind::bad_input) {
    return bad_input(fmt::format("{} (the block lies in {}, byte {})", added.error().message,
                                 blocks_.path(at.file), at.record_offset()));
  }
  TRY(added);
  uncommitted_bytes_ += kRecordHead + at.size;
  if (uncommitted_bytes_ < commit_bytes()) return {};
  uncommitted_bytes_ = 0;
  return thread_limit() > 1 ? writer_->begin_commit() : writer_->commit();
}

Status Ingest::commit() {
  TRY(writer_->commit());
  uncommitted_bytes_ = 0;
  return {};
}

void Ingest::strike_out(std::uint64_t height, const Error& error) {
  BlockPlace at = place(height);
  const Header& header = tree_->header(chain_[height]);
  report_.scan.damaged.push_back(
      {blocks_.path(at.file), at.record_offset(),
       fmt::format("block {} at height {} {}", header.hash.text(), height, error.message),
       header.previous});
  --report_.scan.records;
  tree_->drop_copy(chain_[height]);
  struck_out_ = true;
}

// Puts the ledger back after bad input. After an error of the machine it stays at its last commit:
// that is whole, and the next run goes on from there.
Error Ingest::undo(Error error) {
  if (error.kind != ErrorKind::bad_input) return error;
  auto restored = start_->restore(*writer_);
  if (restored) return error;
  return Error{ErrorKind::machine,
               fmt::format("{}; and then: {}", error.message, restored.error().message)};
}

// Refuses a folder of which no block builds, block by block, on the genesis block or the ledger.
Status Ingest::check_connected() const {
  if (tree_->best_in_files()) return {};
  std::string why;
  for (const auto* list : {&report_.scan.damaged, &report_.scan.unfinished}) {
    if (why.empty() && !list->empty()) {
      const Damage& first = list->front();
      why = fmt::format("; {}, byte {}: {}", first.file, first.offset, first.what);
    }
  }
  auto loose = tree_->loose_end();
  if (!loose) {
    return bad_input(fmt::format("no block in {} is whole{}", blocks_.folder(), why));
  }
  BlockPlace at = *tree_->place(loose->first);
  const Hash256& hash = tree_->header(loose->first).hash;
  bool is_genesis = loose->missing == network_.genesis;
  return bad_input(
      fmt::format("the blocks in {} do not begin at the genesis block of {}{}: block {} ({}, byte "
                  "{}) builds on "
                  "{}{}, which is missing; put the file that holds it into the folder{}",
                  blocks_.folder(), network_.name, writer_ ? ", nor where the ledger ends" : "",
                  hash.text(), blocks_.path(at.file), at.record_offset(),
                  is_genesis ? "the genesis block " : "", loose->missing.text(), why));
}

// What kept the ledger from growing: damage, if blocks wait for something or the damaged block was
// the next one.
const Damage* Ingest::damage_in_the_way() const {
  if (report_.blocks_added > 0 || report_.scan.damaged.empty()) return nullptr;
  if (options_.to && ledger_blocks() > options_.to->number()) return nullptr;
  for (const Damage& damage : report_.scan.damaged) {
    if (damage.previous == writer_->tip_hash()) return &damage;
  }
  return report_.scan.unconnected > 0 ? &report_.scan.damaged.front() : nullptr;
}

Result<IngestReport> Ingest::report() {
  report_.scan.duplicates = tree_->duplicates();
  report_.scan.side_blocks = tree_->side_blocks(chain_);
  report_.scan.unconnected = tree_->unconnected();
  if (auto loose = tree_->loose_end()) report_.scan.missing_block = loose->missing;

  report_.counts = writer_->committed();
  report_.tip_hash = *writer_->tip_hash();
  report_.blocks_before = start_->blocks();
  report_.blocks_rewound = start_->blocks() - start_->kept();
  report_.blocks_added = report_.counts.blocks - start_->kept();
  for (std::uint64_t height = start_->kept(); height < report_.counts.blocks; ++height) {
    report_.bytes_added += kRecordHead + place(height).size;
  }
  if (auto best = tree_->best_in_files()) {
    bool on_chain = std::ranges::find(chain_, *best) != chain_.end();
    report_.branch_kept = report_.branch_kept || !on_chain;
  }
  if (const Damage* damage = damage_in_the_way()) {
    std::uint64_t behind = report_.scan.unconnected;
    std::string waiting =
        behind > 0 ? "; " + plural(behind, "block waits", "blocks wait") + " for it" : "";
    return bad_input(fmt::format(
        "nothing could be added after height {}: {}, byte {}: {}{}; copy the file again or let the "
        "node write it again (-reindex)",
        report_.counts.blocks - 1, damage->file, damage->offset, damage->what, waiting));
  }
  return std::move(report_);
}

}  // namespace

Result<IngestReport> ingest_blocks(FileSystem& files, const std::string& blocks_folder,
                                   const Network& network, const std::string& ledger_folder,
                                   const IngestOptions& options) {
  TRY_ASSIGN(auto blocks, BlockFiles::open(files, blocks_folder));
  TRY(check_network(blocks, network));
  return Ingest(files, network, ledger_folder, options, std::move(blocks)).run();
}

}  // namespace tracehound::chains::bitcoin
