// Traces that go on through unconfirmed transactions.
#include <fmt/format.h>
#include <gtest/gtest.h>

#include "support/random_blocks.h"
#include "support/random_chain.h"
#include "support/rounds.h"
#include "unit/trace/trace_text.h"

namespace tracehound::trace {
namespace {

using test::Random;
using test::ToyChain;
using Lines = std::vector<std::string>;

TEST(UnconfirmedTrace, goes_on_through_unconfirmed_hops_and_ends_in_their_coins) {
  ToyChain chain(R"(
    block
      mine a: 100 60
    block
      tx t: a:0 -> 90 10
    mempool
      tx u: t:0 a:1 -> 100@shop 45
      tx v: u:1 -> 40
  )");
  auto trace = test::trace_of(chain, "a:0", MethodKind::fifo, "shop=Shop");
  EXPECT_EQ(lines_of_trace(chain, trace),
            (Lines{"seed a:0 claimed 100 effective 100 label 1", "held t:1 10 hops 1 label 1",
                   "service Shop u:0 90 hops 2 label 1"}));
  trace = test::trace_of(chain, "a:0", MethodKind::haircut, "shop=Shop");
  EXPECT_EQ(trace.total, 100U);
  EXPECT_EQ(trace.transactions_touched, 3U);
}

TEST(UnconfirmedTrace, a_seed_may_be_unconfirmed) {
  ToyChain chain("block\n mine a: 100\nmempool\n tx u: a:0 -> 70 30\n tx v: u:0 -> 69\n");
  EXPECT_EQ(lines_of_trace(chain, test::trace_of(chain, "u:0", MethodKind::fifo)),
            (Lines{"seed u:0 claimed 70 effective 70 label 1", "held v:0 69 hops 1 label 1",
                   "fees 1 label 1"}));
}

// The chain as it is, and with the transactions of its last block unconfirmed. Where that block is
// split, its coinbase stays below: nothing can spend an unconfirmed one.
std::string split(const std::string& text, std::string_view word) {
  std::size_t mine = text.rfind("\n  mine ");
  std::size_t end = text.find('\n', mine + 1);
  return text.substr(0, end + 1) + std::string(word) + text.substr(end);
}

TEST(UnconfirmedTrace, on_random_chains__is_as_if_a_block_had_confirmed_them) {
  std::uint64_t unconfirmed_landings = 0;
  for (std::uint64_t number = 0; number < test::rounds(300); ++number) {
    test::RandomChain random = test::random_chain(number);
    ToyChain whole(split(random.text, "block"));
    ToyChain part(split(random.text, "mempool"));
    ASSERT_EQ(part.ledger().unconfirmed()->left_out, 0U);
    ASSERT_EQ(part.ledger().counts().coins + 1, whole.ledger().counts().coins);
    Random chance(number);
    std::string seeds;
    for (int tries = 0; tries < 3; ++tries) {
      CoinId coin(chance.below(part.ledger().counts().coins));
      if (part.ledger().value(coin) == 0) continue;
      std::string name = part.coin_name(coin);
      if (seeds.find(name) == seeds.npos) seeds += fmt::format("{}={} ", name, tries + 1);
    }
    if (seeds.empty()) continue;
    for (MethodKind method : {MethodKind::poison, MethodKind::haircut, MethodKind::fifo}) {
      auto expected = test::trace_of(whole, seeds, method, random.services);
      auto found = test::trace_of(part, seeds, method, random.services);
      ASSERT_EQ(lines_of_trace(part, found), lines_of_trace(whole, expected))
          << number << " " << name_of(method) << " of " << seeds;
      EXPECT_EQ(found.transactions_touched, expected.transactions_touched);
      for (const Destination& destination : found.destinations) {
        for (const Landing& landing : destination.coins) {
          unconfirmed_landings += part.ledger().is_unconfirmed(landing.coin) ? 1 : 0;
        }
      }
    }
  }
  EXPECT_GT(unconfirmed_landings, test::rounds(300)) << "the mempools say something";
}

TEST(UnconfirmedTrace, balances_on_random_chains__are_as_if_a_block_had_confirmed_them) {
  for (std::uint64_t number = 0; number < test::rounds(100); ++number) {
    test::RandomChain random = test::random_chain(number);
    ToyChain whole(split(random.text, "block"));
    ToyChain part(split(random.text, "mempool"));
    const ledger::Ledger& ledger = part.ledger();
    for (std::uint32_t row = 0; row < ledger.counts().addresses; ++row) {
      AddressId address(row);
      auto other = whole.ledger().find_address(ledger.address_kind(address),
                                               ledger.address_payload(address));
      ASSERT_TRUE(other);
      EXPECT_EQ(ledger.totals(address), whole.ledger().totals(*other))
          << number << " " << part.address_name(address);
    }
  }
}

}  // namespace
}  // namespace tracehound::trace
