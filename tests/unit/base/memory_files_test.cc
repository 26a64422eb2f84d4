#include "base/memory_files.h"

#include <gtest/gtest.h>

namespace tracehound {
namespace {

std::string text(const Mapping& mapping) {
  return {reinterpret_cast<const char*>(mapping.bytes().data()), mapping.bytes().size()};
}

TEST(MemoryFiles, a_file_written_behind_a_mapping__the_mapping_stays_as_it_was) {
  MemoryFiles files;
  auto file = files.open_write("a/b").value();
  ASSERT_TRUE(file->append(as_bytes("first")));
  auto before = files.map("a/b").value();
  ASSERT_TRUE(file->append(as_bytes(" second")));
  ASSERT_TRUE(file->write_at(0, as_bytes("F")));
  EXPECT_EQ(text(*before), "first");
  EXPECT_EQ(text(*files.map("a/b").value()), "First second");
}

TEST(MemoryFiles, renamed_and_removed__found_under_the_new_name_alone) {
  MemoryFiles files;
  ASSERT_TRUE(replace_file(files, "a/b", "x"));
  ASSERT_TRUE(replace_file(files, "a/c/d", "y"));
  ASSERT_TRUE(files.rename("a/b", "a/e"));
  EXPECT_EQ(files.list("a").value(), std::vector<std::string>{"e"});
  EXPECT_FALSE(files.exists("a/b"));
  ASSERT_TRUE(files.remove("a/e"));
  EXPECT_FALSE(files.map("a/e"));
  EXPECT_FALSE(files.remove("a/e"));
}

TEST(MemoryFiles, a_read_past_the_end__fails) {
  MemoryFiles files;
  ASSERT_TRUE(replace_file(files, "a", "abc"));
  auto file = files.open_read("a").value();
  Byte into[2];
  EXPECT_TRUE(file->read_at(1, into));
  EXPECT_FALSE(file->read_at(2, into));
}

}  // namespace
}  // namespace tracehound
