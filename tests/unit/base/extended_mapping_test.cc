// A file's first bytes with room behind them, on the real disk and on the made-up one.
#include <gtest/gtest.h>
#include <unistd.h>

#include <algorithm>
#include <cstdlib>
#include <filesystem>

#include "base/file.h"
#include "support/faulty_file_system.h"

namespace tracehound {
namespace {

// A byte that tells its place.
Byte byte_at(std::size_t i) { return static_cast<Byte>(i * 7 + i / 256 + 1); }

class ExtendedMappings : public testing::TestWithParam<bool> {
 protected:
  ExtendedMappings() {
    std::string pattern = (std::filesystem::temp_directory_path() / "tracehound-XXXXXX").string();
    folder_ = ::mkdtemp(pattern.data());
    EXPECT_TRUE(files().make_folder(folder_));
  }
  ~ExtendedMappings() override { std::filesystem::remove_all(folder_); }

  FileSystem& files() { return GetParam() ? posix_files() : disk_; }
  std::string path() const { return folder_ + "/f"; }
  Bytes write(std::size_t size) {
    Bytes bytes(size);
    for (std::size_t i = 0; i < size; ++i) bytes[i] = byte_at(i);
    EXPECT_TRUE(replace_file(files(), path(), bytes));
    return bytes;
  }

  test::FaultyFileSystem disk_;
  std::string folder_;
};

TEST_P(ExtendedMappings, the_file_s_first_bytes_then_zeros__in_one_piece) {
  std::size_t page = static_cast<std::size_t>(::sysconf(_SC_PAGESIZE));
  Bytes all = write(3 * page + 100);
  // Nothing; within a page; on its edges; whole pages; all there is.
  for (std::size_t size : {std::size_t{0}, std::size_t{5}, page - 1, page, page + 1, 2 * page,
                           2 * page + 77, 3 * page + 100}) {
    for (std::size_t room : {std::size_t{0}, std::size_t{1}, std::size_t{300}, 2 * page}) {
      auto map = files().map_extended(path(), size, room);
      ASSERT_TRUE(map.has_value()) << map.error().message;
      ByteView bytes = (*map)->bytes();
      ASSERT_EQ(bytes.size(), size + room);
      EXPECT_TRUE(std::equal(bytes.begin(), bytes.begin() + static_cast<long>(size), all.begin()))
          << size << " + " << room;
      EXPECT_TRUE(std::ranges::all_of((*map)->room(), [](Byte byte) { return byte == 0; }))
          << size << " + " << room;
      EXPECT_EQ((*map)->room().size(), room);
    }
  }
}

TEST_P(ExtendedMappings, what_is_written_behind__is_seen_here_and_nowhere_else) {
  Bytes all = write(10'000);
  auto map = files().map_extended(path(), 5000, 6000);
  auto other = files().map_extended(path(), 5000, 6000);
  ASSERT_TRUE(map.has_value() && other.has_value());
  std::ranges::fill((*map)->room(), Byte{0xEE});
  EXPECT_EQ((*map)->bytes()[4999], all[4999]);
  EXPECT_EQ((*map)->bytes()[5000], 0xEE);
  EXPECT_EQ((*map)->bytes()[10'999], 0xEE);
  EXPECT_EQ((*other)->bytes()[5000], 0);
  EXPECT_EQ(*read_file(files(), path()), all);
}

TEST_P(ExtendedMappings, a_file_that_is_shorter_or_not_there__is_refused) {
  write(100);
  auto shorter = files().map_extended(path(), 101, 8);
  ASSERT_FALSE(shorter.has_value());
  EXPECT_EQ(shorter.error().message, path() + " ends before byte 101");
  EXPECT_EQ(shorter.error().kind, ErrorKind::machine);
  EXPECT_FALSE(files().map_extended(path() + "g", 0, 8).has_value());
}

INSTANTIATE_TEST_SUITE_P(Disks, ExtendedMappings, testing::Values(true, false),
                         [](const auto& disk) { return disk.param ? "real" : "made_up"; });

}  // namespace
}  // namespace tracehound
