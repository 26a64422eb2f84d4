#include "ledger/certain.h"

#include <gtest/gtest.h>

#include "ledger/writer.h"
#include "support/faulty_file_system.h"
#include "support/random_blocks.h"
#include "unit/ledger/disks.h"

namespace tracehound::ledger {
namespace {

struct Snapshot {
  Ledger ledger;
};

class ReadCertain : public testing::Test {
 protected:
  ReadCertain() : maker_(1), writer_(*Writer::open(disk_, kFolder, kChain)) {
    for (int i = 0; i < 9; ++i) EXPECT_TRUE(writer_.append(maker_.random_block(2)));
    EXPECT_TRUE(writer_.commit());
  }

  auto open() {
    return [this]() -> Result<Snapshot> {
      ++opened_;
      TRY_ASSIGN(Ledger ledger, Ledger::open(disk_, kFolder));
      return Snapshot{std::move(ledger)};
    };
  }
  void go_back() { EXPECT_TRUE(writer_.rewind(writer_.committed().blocks - 1)); }

  test::FaultyFileSystem disk_;
  test::BlockMaker maker_;
  Writer writer_;
  int opened_ = 0;
};

TEST_F(ReadCertain, nothing_is_taken_back__the_work_is_done_once) {
  auto blocks = read_certain(disk_, open(), [&](Snapshot& snapshot) -> Result<std::uint64_t> {
    EXPECT_TRUE(writer_.append(maker_.random_block(2)));  // growing is no going back
    EXPECT_TRUE(writer_.commit());
    return snapshot.ledger.counts().blocks;
  });
  EXPECT_EQ(blocks, 9U);
  EXPECT_EQ(opened_, 1);
}

TEST_F(ReadCertain, blocks_are_taken_back_meanwhile__the_answer_is_of_a_later_snapshot) {
  int work = 0;
  auto blocks = read_certain(disk_, open(), [&](Snapshot& snapshot) -> Result<std::uint64_t> {
    if (++work <= 3) go_back();
    return snapshot.ledger.counts().blocks;
  });
  EXPECT_EQ(blocks, 6U);
  EXPECT_EQ(work, 4);
}

TEST_F(ReadCertain, a_failure_over_rows_that_were_taken_back__is_no_failure) {
  int work = 0;
  auto read = read_certain(disk_, open(), [&](Snapshot&) -> Result<int> {
    if (++work > 1) return work;
    go_back();
    return machine_error("the ledger contradicts itself");
  });
  EXPECT_EQ(read, 2);
}

TEST_F(ReadCertain, a_failure_over_rows_that_hold__is_the_answer) {
  auto read = read_certain(disk_, open(), [&](Snapshot&) -> Result<int> {
    return fail(ErrorKind::no, "the ledger has no such thing");
  });
  ASSERT_FALSE(read.has_value());
  EXPECT_EQ(read.error().kind, ErrorKind::no);
  EXPECT_EQ(opened_, 1);
}

TEST_F(ReadCertain, taken_back_every_time__is_given_up) {
  auto read = read_certain(disk_, open(), [&](Snapshot&) -> Result<int> {
    go_back();
    return 1;
  });
  ASSERT_FALSE(read.has_value());
  EXPECT_EQ(read.error().kind, ErrorKind::machine);
  EXPECT_EQ(read.error().message,
            "another process takes blocks back from the ledger in ledger faster than they can be "
            "read; run the command again when it is done");
  EXPECT_EQ(opened_, kSnapshotTries);
}

}  // namespace
}  // namespace tracehound::ledger
