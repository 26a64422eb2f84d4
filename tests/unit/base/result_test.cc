#include "base/result.h"

#include <gtest/gtest.h>

#include <memory>

#include "base/check.h"

namespace tracehound {
namespace {

Result<std::unique_ptr<int>> number_if(bool good) {
  if (!good) return bad_input("no number");
  return std::make_unique<int>(7);
}

Result<int> twice(bool good) {
  TRY_ASSIGN(auto number, number_if(good));
  TRY_ASSIGN(auto same_again, number_if(good));
  return *number + *same_again;
}

Status both(bool first, bool second) {
  TRY(number_if(first));
  TRY(number_if(second));
  return {};
}

TEST(Result, try_assign_binds_the_value_or_leaves_with_the_error) {
  EXPECT_EQ(*twice(true), 14);
  auto failed = twice(false);
  ASSERT_FALSE(failed);
  EXPECT_EQ(failed.error().message, "no number");
  EXPECT_EQ(failed.error().kind, ErrorKind::bad_input);
}

TEST(Result, try_leaves_at_the_first_error) {
  EXPECT_TRUE(both(true, true));
  EXPECT_FALSE(both(true, false));
  EXPECT_FALSE(both(false, true));
}

// The program promises these to scripts.
TEST(Result, kinds_of_error_are_the_exit_codes) {
  EXPECT_EQ(static_cast<int>(ErrorKind::no), 1);
  EXPECT_EQ(static_cast<int>(ErrorKind::usage), 2);
  EXPECT_EQ(static_cast<int>(ErrorKind::bad_input), 3);
  EXPECT_EQ(static_cast<int>(ErrorKind::machine), 4);
}

TEST(CheckDeathTest, failed_check_names_itself_and_its_place) {
  EXPECT_DEATH(CHECK(1 + 1 == 3), "CHECK\\(1 \\+ 1 == 3\\) failed at .*result_test.cc:");
  CHECK(1 + 1 == 2);
}

}  // namespace
}  // namespace tracehound
