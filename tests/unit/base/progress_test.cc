#include "base/progress.h"

#include <gtest/gtest.h>
#include <pty.h>
#include <unistd.h>

#include <string>
#include <thread>

namespace tracehound {
namespace {

void work_for_a_while(bool shown) {
  Progress progress("reading blocks", "MB", 4'000'000, 1e6, shown);
  for (int i = 1; i <= 3; ++i) {
    std::this_thread::sleep_for(std::chrono::milliseconds(210));
    progress.update(static_cast<std::uint64_t>(i) * 1'000'000);
  }
}

// What `body` writes when stderr is a terminal.
template <typename Body>
std::string on_a_terminal(Body body) {
  int terminal = -1;
  int program = -1;
  if (::openpty(&terminal, &program, nullptr, nullptr, nullptr) != 0) return "no terminal";
  int before = ::dup(STDERR_FILENO);
  ::dup2(program, STDERR_FILENO);
  body();
  ::write(STDERR_FILENO, "\n", 1);  // ends what the loop below reads
  ::dup2(before, STDERR_FILENO);
  std::string text;
  while (!text.ends_with('\n')) {  // the terminal hands over as much as it has so far
    char part[256];
    ssize_t size = ::read(terminal, part, sizeof part);
    if (size <= 0) break;
    text.append(part, static_cast<std::size_t>(size));
  }
  for (int descriptor : {terminal, program, before}) ::close(descriptor);
  return text;
}

TEST(Progress, stderr_is_no_terminal__nothing_is_written) {
  testing::internal::CaptureStderr();
  work_for_a_while(true);
  EXPECT_EQ(testing::internal::GetCapturedStderr(), "");
}

TEST(Progress, stderr_is_a_terminal__says_what_and_how_far_and_leaves_a_clean_line) {
  std::string text = on_a_terminal([] { work_for_a_while(true); });
  EXPECT_NE(text.find("reading blocks: 2 of 4 MB, "), std::string::npos) << text;
  EXPECT_NE(text.find(" MB/s, "), std::string::npos) << text;
  EXPECT_NE(text.find(" s left"), std::string::npos) << text;
  EXPECT_TRUE(text.ends_with("\r\x1b[K\r\n")) << text;
}

TEST(Progress, not_wanted__nothing_is_written_even_to_a_terminal) {
  EXPECT_EQ(on_a_terminal([] { work_for_a_while(false); }), "\r\n");
}

TEST(Progress, short_work__never_draws) {
  EXPECT_EQ(on_a_terminal([] { Progress("a", "b", 2).update(1); }), "\r\n");
}

}  // namespace
}  // namespace tracehound
