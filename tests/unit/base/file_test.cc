// The real file system, in folders of its own.
#include "base/file.h"

#include <gtest/gtest.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include <csignal>
#include <cstdlib>
#include <filesystem>
#include <string>

namespace tracehound {
namespace {

class Files : public testing::Test {
 protected:
  Files() {
    std::string pattern = (std::filesystem::temp_directory_path() / "tracehound-XXXXXX").string();
    folder_ = ::mkdtemp(pattern.data());
  }
  ~Files() override { std::filesystem::remove_all(folder_); }

  std::string path(std::string_view name) const { return folder_ + "/" + std::string(name); }
  std::string text(std::string_view name) {
    auto bytes = read_file(files_, path(name));
    return bytes ? std::string(bytes->begin(), bytes->end()) : bytes.error().message;
  }
  // Runs `body` in a process of its own, since limits and locks belong to processes; 0 is success.
  template <typename Body>
  int in_child(Body body) {
    pid_t child = ::fork();
    if (child == 0) ::_exit(body());
    int status = 0;
    ::waitpid(child, &status, 0);
    return WIFEXITED(status) ? WEXITSTATUS(status) : -1;
  }

  FileSystem& files_ = posix_files();
  std::string folder_;
};

TEST_F(Files, replace_file_leaves_the_new_bytes_and_nothing_else) {
  ASSERT_TRUE(replace_file(files_, path("f"), "old and long"));
  ASSERT_TRUE(replace_file(files_, path("f"), "new"));
  EXPECT_EQ(text("f"), "new");
  EXPECT_EQ(*files_.list(folder_), std::vector<std::string>{"f"});
}

TEST_F(Files, replace_file_over_a_leftover_of_a_killed_one__forgets_it) {
  ASSERT_TRUE(replace_file(files_, path("f.new"), "left by a process that was killed"));
  ASSERT_TRUE(replace_file(files_, path("f"), "new"));
  EXPECT_EQ(text("f"), "new");
  EXPECT_FALSE(files_.exists(path("f.new")));
}

TEST_F(Files, mapping_outlives_the_replaced_file) {
  ASSERT_TRUE(replace_file(files_, path("f"), "old"));
  auto mapping = files_.map(path("f"));
  ASSERT_TRUE(mapping);
  ASSERT_TRUE(replace_file(files_, path("f"), "new"));
  EXPECT_EQ((*mapping)->bytes()[0], 'o');
}

TEST_F(Files, empty_file_maps_to_no_bytes) {
  ASSERT_TRUE(replace_file(files_, path("f"), ""));
  auto mapping = files_.map(path("f"));
  ASSERT_TRUE(mapping);
  EXPECT_TRUE((*mapping)->bytes().empty());
}

TEST_F(Files, written_file_reads_back_in_every_way) {
  auto file = files_.open_write(path("f"));
  ASSERT_TRUE(file);
  ASSERT_TRUE((*file)->append(as_bytes("hello world")));
  ASSERT_TRUE((*file)->write_at(6, as_bytes("W")));
  ASSERT_TRUE((*file)->sync());
  EXPECT_EQ((*file)->size(), 11U);
  EXPECT_EQ(text("f"), "hello World");
  std::array<Byte, 5> part;
  ASSERT_TRUE((*file)->read_at(6, part));
  EXPECT_EQ(part[0], 'W');
  ASSERT_TRUE((*file)->truncate(5));
  ASSERT_TRUE((*file)->truncate(7));
  EXPECT_EQ(text("f"), std::string("hello\0\0", 7));
  auto again = files_.open_write(path("f"));
  ASSERT_TRUE(again);
  EXPECT_EQ((*again)->size(), 7U);
  ASSERT_TRUE((*again)->append(as_bytes("!")));
  EXPECT_EQ(text("f"), std::string("hello\0\0!", 8));
}

// Who reads a hole of a full disk in memory is killed.
TEST_F(Files, zeros_that_extend_a_file__have_room_on_the_disk) {
  constexpr std::uint64_t kSize = 1 << 20;
  auto file = files_.open_write(path("f"));
  ASSERT_TRUE(file);
  ASSERT_TRUE((*file)->append(as_bytes("x")));
  ASSERT_TRUE((*file)->truncate(kSize));
  EXPECT_EQ(text("f"), "x" + std::string(kSize - 1, '\0'));
  struct stat seen = {};
  ASSERT_EQ(::stat(path("f").c_str(), &seen), 0);
  EXPECT_GE(static_cast<std::uint64_t>(seen.st_blocks) * 512, kSize);
}

TEST_F(Files, read_past_the_end__names_the_file) {
  auto file = files_.open_write(path("f"));
  ASSERT_TRUE((*file)->append(as_bytes("abc")));
  std::array<Byte, 2> part;
  Status past = (*file)->read_at(2, part);
  ASSERT_FALSE(past);
  EXPECT_EQ(past.error().kind, ErrorKind::machine);
  EXPECT_NE(past.error().message.find(path("f")), std::string::npos) << past.error().message;
}

TEST_F(Files, list_is_sorted_and_leaves_folders_out) {
  ASSERT_TRUE(files_.make_folder(path("a/b/c")));
  ASSERT_TRUE(files_.make_folder(path("a")));  // there already: fine
  for (std::string_view name : {"z", "B", "a1", "a/inside"}) {
    ASSERT_TRUE(replace_file(files_, path(name), "x"));
  }
  EXPECT_EQ(*files_.list(folder_), (std::vector<std::string>{"B", "a1", "z"}));
  EXPECT_TRUE(files_.exists(path("a/b/c")));
  ASSERT_TRUE(files_.remove(path("z")));
  EXPECT_FALSE(files_.exists(path("z")));
}

TEST_F(Files, every_error_names_the_path_and_the_reason) {
  const std::string none = path("none");
  const std::string missing = "No such file or directory";
  auto expect = [&](const Status& status, const std::string& name, const std::string& reason) {
    ASSERT_FALSE(status) << name;
    EXPECT_EQ(status.error().kind, ErrorKind::machine);
    EXPECT_NE(status.error().message.find(name), std::string::npos) << status.error().message;
    EXPECT_NE(status.error().message.find(reason), std::string::npos) << status.error().message;
  };
  auto status_of = [](const auto& result) {
    return result ? Status() : Status(std::unexpect, result.error());
  };
  expect(status_of(files_.map(none)), none, missing);
  expect(status_of(files_.map(folder_)), folder_, "not a plain file");
  expect(status_of(files_.open_write(none + "/f")), none + "/f", missing);
  expect(status_of(files_.open_write(folder_)), folder_, "Is a directory");
  expect(status_of(files_.list(none)), none, missing);
  expect(status_of(files_.lock(none + "/lock")), none + "/lock", missing);
  expect(files_.rename(none, path("other")), none, missing);
  expect(files_.remove(none), none, missing);
  expect(files_.sync_folder(none), none, missing);
  expect(replace_file(files_, none + "/f", "x"), none + "/f", missing);
  ASSERT_TRUE(replace_file(files_, path("f"), "x"));
  expect(files_.make_folder(path("f/under")), path("f/under"), "Not a directory");
}

// /dev/full takes no byte, as a full disk does.
TEST_F(Files, full_disk__the_error_says_so_and_what_to_do) {
  auto file = files_.open_write("/dev/full");
  ASSERT_TRUE(file);
  Status status = (*file)->append(as_bytes("x"));
  ASSERT_FALSE(status);
  EXPECT_EQ(status.error().message,
            "cannot write /dev/full: No space left on device; free some space and run the command "
            "again");
}

// A limit of 4 KB a file for one process: the write gets part of the way, as on a filling disk.
TEST_F(Files, disk_fills_up_in_the_middle_of_replace_file__the_old_bytes_stay) {
  ASSERT_TRUE(replace_file(files_, path("f"), "old"));
  int outcome = in_child([&] {
    std::signal(SIGXFSZ, SIG_IGN);
    rlimit limit{4096, 4096};
    if (::setrlimit(RLIMIT_FSIZE, &limit) != 0) return 2;
    Status status = replace_file(files_, path("f"), std::string(10'000, 'n'));
    bool told = !status && status.error().message.find("File too large") != std::string::npos;
    return told ? 0 : 1;
  });
  EXPECT_EQ(outcome, 0);
  EXPECT_EQ(text("f"), "old");
  ASSERT_TRUE(replace_file(files_, path("f"), "new"));
  EXPECT_EQ(text("f"), "new");
}

TEST_F(Files, second_lock__is_refused_with_the_holders_process_id) {
  auto held = files_.lock(path("lock"));
  ASSERT_TRUE(held);
  std::string refusal = "(id " + std::to_string(::getpid()) + ")";
  auto second = files_.lock(path("lock"));
  ASSERT_FALSE(second);
  EXPECT_EQ(second.error().kind, ErrorKind::machine);
  EXPECT_NE(second.error().message.find(refusal), std::string::npos) << second.error().message;
  int outcome = in_child([&] {
    // An inherited descriptor shares the lock, so the child asks for it anew.
    auto theirs = files_.lock(path("lock"));
    return !theirs && theirs.error().message.find(refusal) != std::string::npos ? 0 : 1;
  });
  EXPECT_EQ(outcome, 0);
  held->reset();
  EXPECT_TRUE(files_.lock(path("lock")));
}

TEST_F(Files, lock_of_a_process_that_died__is_free) {
  int outcome = in_child([&] { return files_.lock(path("lock")) ? 0 : 1; });
  EXPECT_EQ(outcome, 0);
  EXPECT_TRUE(files_.lock(path("lock")));
}

TEST_F(Files, open_for_reading__gives_any_part_and_refuses_what_is_not_there) {
  Bytes bytes = {10, 11, 12, 13, 14};
  ASSERT_TRUE(replace_file(files_, path("bytes"), bytes));
  auto file = files_.open_read(path("bytes"));
  ASSERT_TRUE(file.has_value()) << file.error().message;
  EXPECT_EQ((*file)->size(), 5U);
  Bytes part(3);
  ASSERT_TRUE((*file)->read_at(1, part));
  EXPECT_EQ(part, (Bytes{11, 12, 13}));
  ASSERT_TRUE((*file)->read_at(5, {}));
  auto past = (*file)->read_at(3, part);
  ASSERT_FALSE(past.has_value());
  EXPECT_EQ(past.error().message, path("bytes") + " ends before byte 5");
  EXPECT_FALSE(files_.open_read(path("nothing")).has_value());
  auto folder = files_.open_read(path("."));
  ASSERT_FALSE(folder.has_value());
  EXPECT_EQ(folder.error().message, path(".") + " is not a plain file");
}

TEST(FolderOf, names_the_part_before_the_last_slash) {
  EXPECT_EQ(folder_of("a/b/c"), "a/b");
  EXPECT_EQ(folder_of("a"), ".");
  EXPECT_EQ(folder_of("/a"), "/");
}

}  // namespace
}  // namespace tracehound
