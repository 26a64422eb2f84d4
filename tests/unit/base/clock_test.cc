#include "base/clock.h"

#include <gtest/gtest.h>

#include <csignal>
#include <cstdlib>

namespace tracehound {
namespace {

TEST(Clock, a_signal_to_end__ends_the_wait_and_not_the_process) {
  auto clock = SystemClock::make();
  ASSERT_TRUE(clock.has_value());
  EXPECT_FALSE((*clock)->ended());
  Milliseconds before = (*clock)->now();
  (*clock)->sleep(Milliseconds(20));
  EXPECT_GE((*clock)->now() - before, Milliseconds(19));
  std::raise(SIGTERM);
  before = (*clock)->now();
  (*clock)->sleep(Milliseconds(60'000));
  EXPECT_LT((*clock)->now() - before, Milliseconds(10'000));
  EXPECT_TRUE((*clock)->ended());
  EXPECT_TRUE((*clock)->ended());  // and stays so
  EXPECT_GT((*clock)->unix_time(), 1'600'000'000U);
}

TEST(Clock, after_the_clock__signals_kill_again) {
  auto alive = [] {
    auto clock = SystemClock::make();
    std::raise(SIGINT);
    if (!(*clock)->ended()) std::_Exit(1);
  };
  alive();  // the signal that came does not kill once the clock is gone
  EXPECT_EXIT(
      {
        alive();
        std::raise(SIGINT);
      },
      testing::KilledBySignal(SIGINT), "");
}

}  // namespace
}  // namespace tracehound
