#include "evidence/records.h"

#include <gtest/gtest.h>

namespace tracehound::evidence {
namespace {

Bytes head() { return {kRecordsHead.begin(), kRecordsHead.end()}; }

Bytes two_records() {
  Bytes file = head();
  Hash256 beside;
  beside.bytes.fill(7);
  add_record(file, 5, 0, Bytes{1, 2, 3}, {});
  add_record(file, 5, 2, Bytes{4}, std::vector<Hash256>{beside, Hash256{}});
  return file;
}

TEST(Records, written_and_read__are_the_same) {
  Bytes file = two_records();
  auto records = read_records(file).value();
  ASSERT_EQ(records.size(), 2U);
  EXPECT_EQ(records[0].height, 5U);
  EXPECT_EQ(to_hex(records[0].raw), "010203");
  EXPECT_TRUE(records[0].branch_hashes().empty());
  EXPECT_EQ(records[1].position, 2U);
  ASSERT_EQ(records[1].branch_hashes().size(), 2U);
  EXPECT_EQ(records[1].branch_hashes()[0].bytes[31], 7);
}

// As docs/evidence.md says it.
TEST(Records, the_bytes_of_one__are_those_of_the_document) {
  Bytes file = head();
  Hash256 beside;
  add_record(file, 0x0102, 3, Bytes{0xAA, 0xBB}, std::vector<Hash256>{beside});
  EXPECT_EQ(to_hex(file), to_hex(as_bytes("tracehound.tx/1\n")) + "02010000" + "03000000" +
                              "02000000" + "01" + "aabb" + std::string(64, '0'));
}

TEST(Records, a_file_cut_anywhere__is_refused_or_ends_after_a_record) {
  Bytes file = two_records();
  std::size_t after_first = kRecordsHead.size() + 13 + 3;
  for (std::size_t size = 0; size < file.size(); ++size) {
    bool whole = size == kRecordsHead.size() || size == after_first;
    EXPECT_EQ(read_records(ByteView(file).first(size)).has_value(), whole) << size;
  }
}

TEST(Records, a_place_twice_or_out_of_order__is_refused_with_its_byte) {
  Bytes file = head();
  add_record(file, 5, 1, Bytes{1}, {});
  add_record(file, 5, 1, Bytes{1}, {});
  auto read = read_records(file);
  ASSERT_FALSE(read);
  EXPECT_EQ(read.error().message,
            "record 1 at byte 30 is of height 5, position 1, and stands behind 5, 1");
}

TEST(Records, a_branch_longer_than_any_block_needs__is_refused) {
  Bytes file = head();
  add_record(file, 0, 0, Bytes{1}, std::vector<Hash256>(33));
  EXPECT_FALSE(read_records(file));
}

}  // namespace
}  // namespace tracehound::evidence
