#include "trace/address_seeds.h"

#include <gtest/gtest.h>

#include "unit/trace/trace_text.h"

namespace tracehound::trace {
namespace {

using test::ToyChain;

const char* kChain = R"(
block
  mine a: 10@ann 20@bob
block
  tx t: a:1 -> 5@ann 0@ann 15@bob
block
  tx u: t:0 -> 5@ann
)";

std::vector<std::string> coins_of(const ToyChain& chain, const Received& when) {
  std::vector<std::string> names;
  for (const Seed& seed : seeds_of_address(chain.ledger(), chain.address("ann"), when, Label(7))) {
    EXPECT_EQ(seed.label, Label(7));
    EXPECT_EQ(seed.first, 0u);
    EXPECT_EQ(seed.end, chain.ledger().value(seed.coin));
    names.push_back(chain.coin_name(seed.coin));
  }
  return names;
}

TEST(AddressSeeds, without_a_span__every_coin_with_value_it_ever_received) {
  ToyChain chain(kChain);
  EXPECT_EQ(coins_of(chain, {}), (std::vector<std::string>{"a:0", "t:0", "u:0"}));
}

TEST(AddressSeeds, by_height__both_ends_are_included) {
  ToyChain chain(kChain);
  EXPECT_EQ(coins_of(chain, {.since = parse_moment("1", SpanEnd::first), .until = {}}),
            (std::vector<std::string>{"t:0", "u:0"}));
  EXPECT_EQ(coins_of(chain, {.since = {}, .until = parse_moment("1", SpanEnd::last)}),
            (std::vector<std::string>{"a:0", "t:0"}));
  EXPECT_EQ(coins_of(chain, {.since = parse_moment("3", SpanEnd::first), .until = {}}),
            (std::vector<std::string>{}));
}

TEST(AddressSeeds, by_time__a_day_counts_up_to_its_last_second) {
  ToyChain chain(kChain);
  std::uint32_t time = chain.ledger().block_time(BlockHeight(1));
  auto at = [](std::uint32_t seconds) { return Moment{.height = {}, .time = seconds}; };
  EXPECT_EQ(coins_of(chain, {.since = at(time), .until = at(time)}),
            (std::vector<std::string>{"t:0"}));
  EXPECT_EQ(parse_moment("2024-03-14", SpanEnd::first)->time, 1710374400u);
  EXPECT_EQ(parse_moment("2024-03-14", SpanEnd::last)->time, 1710374400u + 86399);
  EXPECT_EQ(parse_moment("2024-03-14T00:00:05Z", SpanEnd::last)->time, 1710374405u);
}

TEST(AddressSeeds, other_words__are_no_moment) {
  for (const char* text : {"", "-1", "99999999999", "yesterday", "2024-13-01", "1 "}) {
    EXPECT_FALSE(parse_moment(text, SpanEnd::first).has_value()) << text;
  }
}

TEST(AddressSeeds, block_of__a_height_that_is_there_or_the_last_block_by_that_time) {
  ToyChain chain(kChain);
  const ledger::Ledger& ledger = chain.ledger();
  EXPECT_EQ(block_of(ledger, {.height = 2, .time = {}}).value(), BlockHeight(2));
  EXPECT_FALSE(block_of(ledger, {.height = 3, .time = {}}).has_value());
  std::uint32_t time = ledger.block_time(BlockHeight(1));
  EXPECT_EQ(block_of(ledger, {.height = {}, .time = time}).value(), BlockHeight(1));
  EXPECT_FALSE(block_of(ledger, {.height = {}, .time = 5}).has_value());
}

}  // namespace
}  // namespace tracehound::trace
