#include "ledger/subsidy.h"

#include <gtest/gtest.h>

namespace tracehound::ledger {
namespace {

Amount at(std::string_view chain, std::uint32_t height) {
  return subsidy(chain, BlockHeight(height)).value();
}

TEST(Subsidy, halves_by_the_chains_schedule) {
  EXPECT_EQ(at("bitcoin:main", 0), 5'000'000'000);
  EXPECT_EQ(at("bitcoin:main", 209'999), 5'000'000'000);
  EXPECT_EQ(at("bitcoin:main", 210'000), 2'500'000'000);
  EXPECT_EQ(at("bitcoin:main", 866'342), 312'500'000);
  EXPECT_EQ(at("bitcoin:main", 6'929'999), 1);
  EXPECT_EQ(at("bitcoin:main", 6'930'000), 0);
  EXPECT_EQ(at("bitcoin:main", 0xFFFF'FFFF), 0);
  EXPECT_EQ(at("bitcoin:test", 210'000), 2'500'000'000);
  EXPECT_EQ(at("bitcoin:regtest", 149), 5'000'000'000);
  EXPECT_EQ(at("bitcoin:regtest", 150), 2'500'000'000);
  EXPECT_EQ(at("bitcoin:regtest", 150 * 64), 0);
  EXPECT_EQ(at("litecoin:main", 839'999), 5'000'000'000);
  EXPECT_EQ(at("litecoin:main", 840'000), 2'500'000'000);
  EXPECT_EQ(at("litecoin:regtest", 433), 1'250'000'000);  // as litecoind 0.21.2 mined it
}

TEST(Subsidy, sum_of_all__is_the_known_figure) {
  auto sum = [](std::string_view chain, std::uint32_t interval) {
    Amount total = 0;
    for (std::uint32_t era = 0; era < 64; ++era) total += interval * at(chain, era * interval);
    return total;
  };
  EXPECT_EQ(sum("bitcoin:main", 210'000), 2'099'999'997'690'000);  // just below 21 million coins
  EXPECT_EQ(sum("litecoin:main", 840'000), 8'399'999'990'760'000);
}

TEST(Subsidy, chain_without_a_known_schedule__nothing_is_said) {
  EXPECT_EQ(subsidy("toy:test", BlockHeight(0)), std::nullopt);
  EXPECT_EQ(subsidy("", BlockHeight(0)), std::nullopt);
}

}  // namespace
}  // namespace tracehound::ledger
