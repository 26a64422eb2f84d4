// Whatever stops a writer, and wherever: the ledger that is found is one that was committed, and
// going on from there ends in the bytes of a writer that nothing ever stopped.
//
// A round is a random mixture, made from its number alone: blocks of one of several branches are
// appended, commits made and begun, heights gone back to, writers closed and opened with tables of
// any size, readers opened and closed; meanwhile calls fail, the disk fills up, the power goes and
// takes some of what was not synced. `Round` plays it and keeps, beside the disk, the short list of
// tips at which the ledger may stand.
#include <fmt/format.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <set>

#include "base/check.h"
#include "ledger/check.h"
#include "ledger/ledger.h"
#include "ledger/writer.h"
#include "support/random_blocks.h"
#include "support/rounds.h"
#include "unit/ledger/disks.h"

namespace tracehound::ledger {
namespace {

using test::BlockMaker;
using test::FaultyFileSystem;
using test::Random;
using Call = FaultyFileSystem::Call;

// Branches of one chain, and the disk of each.
struct World {
  std::vector<std::vector<BlockRows>> branches;
  std::vector<DiskContents> disks;

  explicit World(std::uint64_t seed) {
    Random random(seed);
    for (int number = 0; number < 3; ++number) {
      std::size_t shared = number == 0 ? 0 : random.below(branches[0].size());
      BlockMaker maker(seed);
      std::vector<BlockRows> branch;
      for (std::size_t height = 0; height < shared; ++height) branch.push_back(step(maker, height));
      if (number > 0) maker.reseed(seed * 10 + static_cast<std::uint64_t>(number));
      std::size_t length = 12 + random.below(12);
      while (branch.size() < length) branch.push_back(step(maker, branch.size()));
      disks.push_back(contents_of_chain(branch));
      branches.push_back(std::move(branch));
    }
  }

 private:
  // Every seventh coinbase has the txid of the one before (BIP 30).
  Hash256 last_coinbase_;
  BlockRows step(BlockMaker& maker, std::size_t height) {
    if (height % 7 == 6) maker.repeat_coinbase(last_coinbase_);
    BlockRows block = maker.random_block(height % 4);
    last_coinbase_ = block.transactions.front().txid;
    return block;
  }
};

struct Tip {
  std::uint64_t blocks = 0;
  Hash256 hash;
  friend auto operator<=>(const Tip&, const Tip&) = default;
};

class Round {
 public:
  Round(const World& world, std::uint64_t seed) : world_(world), random_(seed) {
    allowed_.insert(Tip{});
  }

  void play() {
    for (std::uint64_t steps = 10 + random_.below(30); steps > 0; --steps) {
      if (!disk_.powered()) restart();
      if (!writer_) open();
      if (writer_) step();
      if (::testing::Test::HasFailure()) return;
    }
    if (writer_) close();  // a commit that was begun may still lose the power
    if (!disk_.powered() || random_.below(2) == 0) restart();
    disk_.mend();
    disk_.lose_power_after(kNever);
    finish();
  }
  std::uint64_t restarts() const { return restarts_; }
  std::uint64_t failures() const { return failures_; }

 private:
  static constexpr std::uint64_t kNever = std::uint64_t{1} << 40;

  void open() {
    std::uint64_t bytes = random_.below(2) == 0 ? 2'000 : 1U << 20;
    auto opened = Writer::open(disk_, kFolder, kChain, {.table_bytes = bytes});
    failed(opened.has_value());
    if (!opened) return;
    writer_.emplace(std::move(*opened));
    expect_allowed(tip());
  }

  void step() {
    switch (random_.below(16)) {
      case 0:
        return disk_.lose_power_after(random_.below(120));
      case 1:
        return fail_a_call();
      case 2:
        return disk_.mend();
      case 3:
        return close();
      case 4:
        return go_back();
      case 5:
        return look();
      case 6:
        return reader_.reset();
      case 7:
      case 8:
        return begin_commit();
      case 9:
      case 10:
        return commit();
      default:
        return append(1 + random_.below(4));
    }
  }

  void fail_a_call() {
    constexpr Call kCalls[] = {Call::map,  Call::open_write, Call::write,      Call::write,
                               Call::sync, Call::rename,     Call::sync_folder};
    bool stays = random_.below(3) == 0;
    Call call = stays ? Call::write : kCalls[random_.below(std::size(kCalls))];
    disk_.fail(call, 1 + random_.below(30), "No space left on device", stays);
  }

  void close() {
    if (writer_->counts() != writer_->committed()) allowed_.insert(tip());  // a commit may be begun
    writer_.reset();
  }

  void append(std::uint64_t blocks) {
    for (; blocks > 0; --blocks) {
      const auto& branch = branch_of(tip());
      if (tip().blocks == branch.size()) return;
      Tip before = tip();
      std::uint64_t committed = writer_->committed().blocks;
      auto status = writer_->append(branch[before.blocks]);
      bool made_room = !status || writer_->committed().blocks != committed;
      if (made_room) allowed_.insert(before);
      if (failed(status.has_value())) return expect_allowed(tip());
    }
  }

  void commit() {
    allowed_.insert(tip());
    if (failed(writer_->commit().has_value())) return expect_allowed(tip());
    allowed_ = {tip()};
  }

  void begin_commit() {
    allowed_.insert(tip());
    Tip begun = tip();
    if (failed(writer_->begin_commit().has_value())) return expect_allowed(tip());
    allowed_ = {committed(), begun};
  }

  void go_back() {
    if (writer_->committed().blocks < 2) return;
    allowed_.insert(tip());  // a commit that was begun comes first
    std::uint64_t blocks = 1 + random_.below(writer_->committed().blocks - 1);
    Tip goal = tip_at(blocks);
    allowed_.insert(goal);
    if (failed(writer_->rewind(blocks).has_value())) return expect_allowed(tip());
    allowed_ = {goal};
    EXPECT_EQ(tip(), goal);
  }

  // A reader sees one committed ledger, whole, or is told to look again.
  void look() {
    if (reader_) {
      bool clean = check_ledger(*reader_).clean();
      auto holds = reader_->still_holds(disk_);
      if (disk_.powered() && holds.has_value() && *holds) {
        EXPECT_TRUE(clean) << where();
      }
    }
    reader_.reset();
    auto opened = Ledger::open(disk_, kFolder);
    if (opened) reader_.emplace(std::move(*opened));
  }

  void restart() {
    ++restarts_;
    reader_.reset();
    if (writer_) close();
    disk_.restart(random_.below(5));
    if (!disk_.exists(manifest_path(kFolder))) return expect_allowed(Tip{});
    auto ledger = Ledger::open(disk_, kFolder);
    ASSERT_TRUE(ledger.has_value()) << ledger.error().message << where();
    CheckReport report = check_ledger(*ledger);
    ASSERT_TRUE(report.clean()) << report.findings.front() << where();
    expect_allowed({ledger->counts().blocks, ledger->manifest().tip_hash});
    allowed_ = {{ledger->counts().blocks, ledger->manifest().tip_hash}};
  }

  // Goes on to the end of a branch and compares.
  void finish() {
    reader_.reset();
    if (writer_) close();  // which may hear only now that a commit failed
    open();
    ASSERT_TRUE(writer_.has_value()) << where();
    std::size_t number = random_.below(world_.branches.size());
    const auto& goal = world_.branches[number];
    std::uint64_t shared = std::min<std::uint64_t>(tip().blocks, goal.size());
    while (shared > 0 && writer_->block_hash(height(shared - 1)) != goal[shared - 1].hash) --shared;
    if (shared < tip().blocks) {
      ASSERT_TRUE(writer_->commit().has_value()) << where();
      ASSERT_TRUE(writer_->rewind(shared).has_value()) << where();
    }
    for (std::size_t next = shared; next < goal.size(); ++next) {
      auto status = writer_->append(goal[next]);
      ASSERT_TRUE(status.has_value()) << status.error().message << where();
    }
    ASSERT_TRUE(writer_->commit().has_value()) << where();
    writer_.reset();
    ASSERT_TRUE(Writer::open(disk_, kFolder, kChain).has_value());  // nobody reads: it cuts
    auto differs = difference(world_.disks[number], disk_.contents());
    EXPECT_FALSE(differs.has_value()) << *differs << where();
  }

  static BlockHeight height(std::uint64_t number) {
    return BlockHeight(static_cast<std::uint32_t>(number));
  }
  Tip tip_at(std::uint64_t blocks) const {
    return blocks == 0 ? Tip{} : Tip{blocks, writer_->block_hash(height(blocks - 1))};
  }
  Tip tip() const { return tip_at(writer_->counts().blocks); }
  Tip committed() const { return tip_at(writer_->committed().blocks); }
  // One of the branches that the tip lies on.
  const std::vector<BlockRows>& branch_of(const Tip& tip) {
    std::vector<const std::vector<BlockRows>*> on;
    for (const auto& branch : world_.branches) {
      bool has = tip.blocks <= branch.size() &&
                 (tip.blocks == 0 || branch[tip.blocks - 1].hash == tip.hash);
      if (has) on.push_back(&branch);
    }
    CHECK(!on.empty());
    return *on[random_.below(on.size())];
  }

  void expect_allowed(const Tip& tip) const {
    EXPECT_TRUE(allowed_.contains(tip)) << "stands at " << tip.blocks << " blocks" << where();
  }
  bool failed(bool succeeded) {
    failures_ += succeeded ? 0 : 1;
    return !succeeded;
  }
  std::string where() const {
    std::string text = ", which may have";
    for (const Tip& tip : allowed_) text += fmt::format(" {}", tip.blocks);
    return text;
  }

  const World& world_;
  Random random_;
  FaultyFileSystem disk_;
  std::optional<Writer> writer_;
  std::optional<Ledger> reader_;
  std::set<Tip> allowed_;
  std::uint64_t restarts_ = 0;
  std::uint64_t failures_ = 0;
};

TEST(Crashes, a_thousand_random_mixtures__end_in_the_bytes_of_a_writer_that_nothing_stopped) {
  constexpr std::uint64_t kWorlds = 10;
  constexpr std::uint64_t kRounds = test::rounds(1000);
  std::uint64_t restarts = 0;
  std::uint64_t failures = 0;
  for (std::uint64_t number = 0; number < kWorlds; ++number) {
    World world(500 + number);
    for (std::uint64_t seed = number; seed < kRounds; seed += kWorlds) {
      Round round(world, seed);
      round.play();
      ASSERT_FALSE(HasFailure()) << "round " << seed;
      restarts += round.restarts();
      failures += round.failures();
    }
  }
  EXPECT_GT(restarts, kRounds / 2);
  EXPECT_GT(failures, kRounds / 2);
}

}  // namespace
}  // namespace tracehound::ledger
