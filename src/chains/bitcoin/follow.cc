// Following is one round after another, each beginning with the node's word on where it stands, so
// that a round never depends on what an earlier one had to give up: go back to where the chains
// part, take the node's blocks, mirror its mempool. Whatever goes wrong with the node ends the
// round, and the next one begins after a pause.
//
// A branch is fetched and checked before the ledger leaves its own for it, as far as it takes to
// have more work. That its transactions spend what is there shows only when they are appended; if
// they do not, the ledger is put back.
#include "chains/bitcoin/follow.h"

#include <fmt/format.h>

#include <algorithm>
#include <optional>
#include <set>
#include <utility>

#include "base/parallel.h"
#include "base/progress.h"
#include "base/text.h"
#include "chains/bitcoin/block.h"
#include "chains/bitcoin/mempool.h"
#include "chains/bitcoin/node_blocks.h"
#include "chains/bitcoin/starting_point.h"
#include "ledger/writer.h"

namespace tracehound::chains::bitcoin {

namespace {

constexpr Milliseconds kFirstPause{250};
constexpr Milliseconds kLongestPause{30'000};
constexpr int kChangesAtOnce = 20;         // in a row, before they count as confusion
constexpr std::uint32_t kFirstBatch = 16;  // blocks; then by their size
constexpr std::uint32_t kLargestBatch = 1'000;
constexpr std::size_t kTransactionsAtOnce = 500;
// A large mempool is not written at every poll: disks wear out.
constexpr std::uint64_t kMempoolBytesPerMs = 4 << 10;

class Follower {
 public:
  Follower(FileSystem& files, NodeRpc& node, Clock& clock, const Network& network,
           const std::string& ledger_folder, const FollowOptions& options)
      : files_(files),
        node_(node),
        clock_(clock),
        network_(network),
        folder_(ledger_folder),
        options_(options),
        mempool_(network) {}

  Result<FollowReport> run();

 private:
  // How things are with the node, as far as it has been said.
  enum class Said : std::uint8_t {
    nothing,
    fine,
    lagging,
    unreachable,
    unauthorised,
    starting,
    confused
  };

  Status open_ledger();
  Attempt<void> round();
  Status check_chain(const NodeState& state) const;
  Attempt<bool> is_extension(const NodeState& state, std::uint64_t& fork);
  Attempt<bool> may_leave(const NodeState& state, std::uint64_t fork, const Work& own);
  Attempt<void> leave_branch(const NodeState& state, std::uint64_t fork);
  Attempt<std::vector<ledger::BlockRows>> fetch_branch(std::uint64_t fork, const Work& own);
  Status replace(std::uint64_t fork, const std::vector<ledger::BlockRows>& branch);
  Attempt<void> catch_up(const NodeState& state);
  Attempt<void> take(const BlockBatch& batch);
  Status commit();
  Status begin_commit_if_due();
  void note_commit();

  Attempt<void> mirror_mempool();
  Attempt<void> fetch_transactions(const std::vector<Hash256>& fresh);
  Status write_mempool_file(bool now);
  void load_mempool_file();

  bool try_again(const Setback& setback, Milliseconds& pause);
  void say_once(Said state, const std::string& line);
  void say_tip();

  std::uint64_t blocks() const { return writer_->counts().blocks; }
  Hash256 hash_at(std::uint64_t height) const {
    return writer_->block_hash(BlockHeight(static_cast<std::uint32_t>(height)));
  }
  Hash256 tip() const { return writer_->tip_hash().value_or(Hash256{}); }
  Work work_from(std::uint64_t fork) const;

  FileSystem& files_;
  NodeRpc& node_;
  Clock& clock_;
  const Network& network_;
  const std::string& folder_;
  const FollowOptions& options_;

  std::optional<ledger::Writer> writer_;
  std::uint32_t batch_blocks_ = kFirstBatch;
  std::uint64_t uncommitted_blocks_ = 0;  // since a commit was begun or made
  bool commit_begun_ = false;
  std::uint64_t uncommitted_bytes_ = 0;
  Milliseconds last_commit_{};
  bool synced_ = false;  // after the last round nothing was left to take
  // The node's tip, and the standing of ours, that were found to lag behind.
  std::optional<std::pair<Hash256, BlockStanding>> lags_at_;

  Mempool mempool_;
  std::set<Hash256> left_out_;          // of the node's mempool: cannot be kept
  std::optional<Hash256> mempool_tip_;  // of the file
  bool mempool_changed_ = false;
  Milliseconds next_mempool_write_{};

  Said said_ = Said::nothing;
  std::optional<Hash256> said_tip_;
  std::uint64_t blocks_said_ = 0;  // of blocks_added, when the tip was last told
  int changes_ = 0;
  FollowReport report_;
};

Result<FollowReport> Follower::run() {
  // A ledger that is there is opened first: one in use, or of another chain, is refused before the
  // node is asked. A new one is not begun before there is a chain to put into it.
  if (files_.exists(ledger::manifest_path(folder_))) TRY(open_ledger());
  Milliseconds pause = kFirstPause;
  while (!clock_.ended()) {
    auto done = round();
    if (clock_.ended()) break;
    if (done) {
      pause = kFirstPause;
      changes_ = 0;
      if (options_.until_synced && synced_) break;
      clock_.wait(options_.poll);
    } else if (!try_again(done.error(), pause)) {
      // Good blocks before a bad one are kept.
      if (writer_ && done.error().error.kind == ErrorKind::bad_input) TRY(commit());
      return std::unexpected(done.error().error);
    } else if (writer_) {
      TRY(commit());
    }
  }
  if (!writer_) return report_;
  TRY(commit());
  TRY(write_mempool_file(true));
  report_.counts = writer_->committed();
  report_.tip_hash = tip();
  return report_;
}

Attempt<void> Follower::round() {
  TRY_ASSIGN(auto state, node_.state());
  TRY(check_chain(state));
  if (said_ == Said::nothing) {
    options_.say(fmt::format("following the node at {}: {}, its tip at height {}", node_.address(),
                             network_.chain, state.height));
  }
  if (!writer_) TRY(open_ledger());
  synced_ = false;
  std::uint64_t fork = 0;
  TRY_ASSIGN(bool extends, is_extension(state, fork));
  if (!extends) {
    Work own = work_from(fork);
    TRY_ASSIGN(bool may, may_leave(state, fork, own));
    if (!may) {
      synced_ = true;
      return {};
    }
    TRY(leave_branch(state, fork));
  }
  TRY(catch_up(state));
  TRY(commit());
  if (clock_.ended()) return {};
  say_once(Said::fine, fmt::format("the node at {} answers again", node_.address()));
  say_tip();
  TRY(mirror_mempool());
  synced_ = true;
  return {};
}

// True if the node's trouble may pass; it has then been waited for.
bool Follower::try_again(const Setback& setback, Milliseconds& pause) {
  Said state = Said::confused;
  switch (setback.kind) {
    case Setback::Kind::final:
      return false;
    case Setback::Kind::changed:
      if (++changes_ < kChangesAtOnce) return true;
      break;
    case Setback::Kind::unreachable:
      state = Said::unreachable;
      break;
    case Setback::Kind::unauthorised:
      state = Said::unauthorised;
      break;
    case Setback::Kind::starting:
      state = Said::starting;
      break;
    case Setback::Kind::confused:
      break;
  }
  say_once(state, fmt::format("{}; trying again until it is over", setback.error.message));
  clock_.sleep(pause);
  pause = std::min(2 * pause, kLongestPause);
  return true;
}

void Follower::say_once(Said state, const std::string& line) {
  bool is_news = state != said_ && !(state == Said::fine && said_ == Said::nothing);
  if (is_news) options_.say(line);
  said_ = state;
}

void Follower::say_tip() {
  if (said_tip_ == tip() || blocks() == 0) return;
  std::uint64_t added = report_.blocks_added - blocks_said_;
  std::string taken = added > 1 ? fmt::format("took {} blocks; tip", added) : std::string("tip");
  options_.say(fmt::format("{} {} at height {}", taken, tip().text(), blocks() - 1));
  said_tip_ = tip();
  blocks_said_ = report_.blocks_added;
}

// ---- the chain ----------------------------------------------------------------------------------

Status Follower::open_ledger() {
  TRY_ASSIGN(writer_, ledger::Writer::open(files_, folder_, std::string(network_.chain)));
  said_tip_ = writer_->tip_hash();
  last_commit_ = clock_.now();
  load_mempool_file();
  return {};
}

Status Follower::check_chain(const NodeState& state) const {
  if (state.genesis == network_.genesis) return {};
  return bad_input(fmt::format(
      "the node at {} is on another chain (\"{}\", which begins with block {}); {} "
      "begins with {}: name the right --network or another node",
      node_.address(), state.chain, state.genesis.text(), network_.name, network_.genesis.text()));
}

// Whether our tip is on the node's chain; if not, `fork` is the height where the chains part. Equal
// hashes at a height mean equal blocks below.
Attempt<bool> Follower::is_extension(const NodeState& state, std::uint64_t& fork) {
  if (blocks() == 0 || tip() == state.tip) return true;
  std::uint64_t low = 1;  // blocks that both have: the genesis block at least
  std::uint64_t high = std::min<std::uint64_t>(blocks(), state.height + 1ULL);
  // Most often it is our tip that the node has too.
  for (std::uint64_t middle = high - 1; low < high; middle = low + (high - low) / 2) {
    TRY_ASSIGN(auto hash, node_.block_hashes(static_cast<std::uint32_t>(middle), 1));
    if (!hash.empty() && hash.front() == hash_at(middle)) {
      low = middle + 1;
    } else {
      high = middle;
    }
  }
  fork = low;
  return fork == blocks();
}

Work Follower::work_from(std::uint64_t fork) const {
  Work work;
  for (std::uint64_t height = fork; height < blocks(); ++height) {
    auto at = BlockHeight(static_cast<std::uint32_t>(height));
    work += work_of_bits(parse_header(writer_->header(at)).bits);
  }
  return work;
}

// Whether the ledger gives up its blocks from `fork` on for the node's. A block that the node
// knows, with more work behind it than the node's own tip and nothing wrong with it, is one that
// the node is on its way to: after a restart, say, or with headers ahead of blocks.
Attempt<bool> Follower::may_leave(const NodeState& state, std::uint64_t fork, const Work& own) {
  TRY_ASSIGN(auto standing, node_.standing(tip(), blocks() - 1));
  if (standing == BlockStanding::invalid) return true;
  if (lags_at_ == std::pair(state.tip, standing)) return false;
  TRY_ASSIGN(Work theirs, work_of_branch(network_, node_, static_cast<std::uint32_t>(fork),
                                         hash_at(fork - 1), own));
  if (theirs > own || (theirs == own && standing == BlockStanding::known)) return true;
  lags_at_ = std::pair(state.tip, standing);
  say_once(Said::lagging,
           fmt::format("the node at {} lags behind the ledger: its tip is at height {}, and it has "
                       "not come to block {} at height {}; waiting for it",
                       node_.address(), state.height, tip().text(), blocks() - 1));
  return false;
}

Attempt<void> Follower::leave_branch(const NodeState& state, std::uint64_t fork) {
  Work own = work_from(fork);
  TRY_ASSIGN(auto branch, fetch_branch(fork, own));
  std::uint64_t left = blocks() - fork;
  TRY(replace(fork, branch));
  options_.say(
      fmt::format("reorganisation: the node left {} {}, back to height {}; its tip is at "
                  "height {}",
                  left, left == 1 ? "block" : "blocks", fork - 1, state.height));
  lags_at_.reset();
  return {};
}

// The node's blocks from `fork` on, until they have more work than ours or there are no more.
Attempt<std::vector<ledger::BlockRows>> Follower::fetch_branch(std::uint64_t fork,
                                                               const Work& own) {
  std::vector<ledger::BlockRows> branch;
  Work work;
  Hash256 previous = hash_at(fork - 1);
  while (work <= own) {
    auto first = static_cast<std::uint32_t>(fork + branch.size());
    TRY_ASSIGN(auto batch, fetch_blocks(node_, first, kFirstBatch));
    CheckedBlocks checked = check_blocks(network_, node_, batch, previous);
    TRY(checked.rest);
    if (checked.rows.empty()) break;
    for (auto& rows : checked.rows) {
      work += work_of_bits(parse_header(rows.header).bits);
      previous = rows.hash;
      branch.push_back(std::move(rows));
    }
  }
  return branch;
}

Status Follower::replace(std::uint64_t fork, const std::vector<ledger::BlockRows>& branch) {
  TRY(commit());
  StartingPoint start(files_, folder_, blocks());
  std::uint64_t left = blocks() - fork;
  if (!branch.empty()) TRY(start.before_rewind(fork));
  TRY(writer_->rewind(fork));
  Status added;
  for (const auto& rows : branch) {
    added = writer_->append(rows);
    if (!added) break;
  }
  if (!added && added.error().kind == ErrorKind::bad_input) TRY(start.restore(*writer_));
  TRY(added);
  report_.blocks_left += left;
  report_.blocks_added += branch.size();
  uncommitted_blocks_ += branch.size();
  return commit();
}

Attempt<void> Follower::catch_up(const NodeState& state) {
  if (blocks() > state.height) return {};
  Progress progress("follow", "blocks", state.height + 1 - blocks(), 1.0, options_.progress);
  std::uint64_t start = blocks();
  TRY_ASSIGN(auto batch, fetch_blocks(node_, static_cast<std::uint32_t>(start), batch_blocks_));
  while (!batch.hashes.empty()) {
    std::uint64_t bytes_each = std::max<std::uint64_t>(1, batch.bytes() / batch.hashes.size());
    batch_blocks_ = static_cast<std::uint32_t>(
        std::clamp<std::uint64_t>(options_.batch_bytes / bytes_each, 1, kLargestBatch));
    // The next ones come while these are taken.
    bool more = batch.end() <= state.height && !clock_.ended();
    Attempt<BlockBatch> next;
    Attempt<void> taken;
    parallel_for(2, [&](std::size_t half) {
      if (half == 0) {
        taken = take(batch);
      } else if (more) {
        next = fetch_blocks(node_, static_cast<std::uint32_t>(batch.end()), batch_blocks_);
      }
    });
    TRY(taken);
    TRY_ASSIGN(batch, std::move(next));
    progress.update(blocks() - start);
  }
  return {};
}

Attempt<void> Follower::take(const BlockBatch& batch) {
  CheckedBlocks checked = check_blocks(network_, node_, batch, tip());
  for (const auto& rows : checked.rows) {
    if (auto added = writer_->append(rows); !added) {
      std::uint64_t committed = writer_->committed().blocks;
      report_.blocks_added -= uncommitted_blocks_;
      uncommitted_blocks_ = 0;
      return std::unexpected(
          Setback(Error{added.error().kind,
                        fmt::format("{} (the node at {} sent it; the ledger stays at height {})",
                                    added.error().message, node_.address(),
                                    static_cast<std::int64_t>(committed) - 1)}));
    }
    ++uncommitted_blocks_;
    ++report_.blocks_added;
  }
  uncommitted_bytes_ += batch.bytes();
  TRY(begin_commit_if_due());
  return checked.rest;
}

Status Follower::commit() {
  if (uncommitted_blocks_ > 0 || commit_begun_) TRY(writer_->commit());
  commit_begun_ = false;
  note_commit();
  return {};
}

// It is written while the next blocks come.
Status Follower::begin_commit_if_due() {
  bool due = uncommitted_blocks_ >= options_.commit_blocks ||
             uncommitted_bytes_ >= options_.commit_bytes ||
             clock_.now() - last_commit_ >= options_.commit_time;
  if (!due) return {};
  TRY(writer_->begin_commit());
  commit_begun_ = true;
  note_commit();
  return {};
}

void Follower::note_commit() {
  uncommitted_blocks_ = 0;
  uncommitted_bytes_ = 0;
  last_commit_ = clock_.now();
}

// ---- the mempool --------------------------------------------------------------------------------

// What an earlier run saw keeps its times.
void Follower::load_mempool_file() {
  auto file = read_mempool(files_, folder_);
  if (!file) {
    options_.say(file.error().message);
    return;
  }
  if (!*file || (*file)->chain != network_.chain) return;
  mempool_.add_all(**file);
  mempool_tip_ = (*file)->tip;
}

Attempt<void> Follower::mirror_mempool() {
  TRY_ASSIGN(auto listing, node_.mempool());
  if (listing.tip != tip()) {
    return std::unexpected(
        Setback(Setback::Kind::changed,
                fmt::format("the node at {} never stays at one tip for long", node_.address())));
  }
  if (mempool_.keep_only(listing.txids) > 0) mempool_changed_ = true;
  std::erase_if(left_out_, [&](const Hash256& txid) {
    return !std::ranges::binary_search(listing.txids, txid);
  });
  std::vector<Hash256> fresh;
  std::ranges::copy_if(listing.txids, std::back_inserter(fresh), [&](const Hash256& txid) {
    return !mempool_.contains(txid) && !left_out_.contains(txid);
  });
  TRY(fetch_transactions(fresh));
  TRY(write_mempool_file(false));
  return {};
}

Attempt<void> Follower::fetch_transactions(const std::vector<Hash256>& fresh) {
  for (std::size_t first = 0; first < fresh.size() && !clock_.ended();) {
    std::span<const Hash256> some(fresh.data() + first,
                                  std::min(kTransactionsAtOnce, fresh.size() - first));
    TRY_ASSIGN(auto texts, node_.transactions(some));
    std::uint32_t time = clock_.unix_time();
    for (std::size_t i = 0; i < some.size(); ++i) {
      if (texts.texts[i].empty()) continue;  // has left the mempool meanwhile
      auto raw = from_hex(texts.texts[i]);
      if (raw && mempool_.add(some[i], time, std::move(*raw))) {
        mempool_changed_ = true;
      } else {
        left_out_.insert(some[i]);
      }
    }
    first += some.size();
  }
  return {};
}

// `now`: even if the last time was a moment ago.
Status Follower::write_mempool_file(bool now) {
  bool of_this_tip = mempool_tip_ == tip();
  // At the end, when the node's last word on its mempool may be of an earlier tip, nothing new can
  // be said.
  if (now && !of_this_tip) return {};
  if (of_this_tip && !mempool_changed_) return {};
  if (!now && of_this_tip && clock_.now() < next_mempool_write_) return {};
  Bytes bytes = mempool_.file_bytes(tip(), clock_.unix_time());
  TRY(write_mempool(files_, folder_, bytes));
  mempool_tip_ = tip();
  mempool_changed_ = false;
  next_mempool_write_ =
      clock_.now() + Milliseconds(static_cast<std::int64_t>(bytes.size() / kMempoolBytesPerMs));
  return {};
}

}  // namespace

Result<FollowReport> follow_node(FileSystem& files, NodeRpc& node, Clock& clock,
                                 const Network& network, const std::string& ledger_folder,
                                 const FollowOptions& options) {
  return Follower(files, node, clock, network, ledger_folder, options).run();
}

}  // namespace tracehound::chains::bitcoin
