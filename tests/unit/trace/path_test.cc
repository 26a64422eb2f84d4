#include "trace/path.h"

#include <gtest/gtest.h>

#include <algorithm>

#include "support/random_blocks.h"
#include "support/random_chain.h"
#include "support/rounds.h"
#include "unit/trace/trace_text.h"

namespace tracehound::trace {
namespace {

using test::ToyChain;

// The example of path.cc.
constexpr const char* kExample = R"(
block
  mine a: 100
block
  mine x: 60
  tx t: a:0 -> 60 40
  tx u: t:0 -> 60@way
  tx v: t:1 x:0 -> 100
block
  tx w: u:0 v:0 -> 160@end
  tx z: w:0 -> 160
)";

std::vector<CoinId> coins(const ToyChain& chain, std::string_view names) {
  std::vector<CoinId> found;
  for (const std::string& name : test::words_of(names)) found.push_back(chain.coin(name));
  return found;
}

std::string text_of(const ToyChain& chain, const Path& path) {
  std::string text = chain.coin_name(path.from) + " " + std::to_string(path.value);
  for (const PathStep& step : path.steps) {
    EXPECT_EQ(chain.ledger().creator(step.coin), step.transaction);
    text += ", " + chain.coin_name(step.coin) + " " + std::to_string(step.amount);
  }
  return text;
}

Paths find(const ToyChain& chain, std::string_view from, std::string_view to,
           const PathOptions& options = {}, std::string_view services = "") {
  auto paths = find_paths(chain.ledger(), coins(chain, from), coins(chain, to),
                          test::stops_of(chain, services), options);
  if (!paths) throw std::runtime_error(paths.error().message);
  return std::move(*paths);
}

TEST(Path, the_worked_example__the_strongest_comes_first) {
  ToyChain chain(kExample);
  Paths found = find(chain, "a:0", "w:0");
  ASSERT_EQ(found.paths.size(), 2);
  EXPECT_EQ(text_of(chain, found.paths[0]), "a:0 100, t:0 60, u:0 60, w:0 60");
  EXPECT_EQ(text_of(chain, found.paths[1]), "a:0 100, t:1 40, v:0 40, w:0 40");
  EXPECT_FALSE(found.cut);
  EXPECT_EQ(found.paths[0].amount(), 60);
  EXPECT_EQ(found.paths[0].to(), chain.coin("w:0"));
  EXPECT_EQ(find(chain, "a:0", "w:0", {.paths = 1}).paths.size(), 1);
}

TEST(Path, sets_of_coins__only_the_ends_of_a_path_lie_in_them) {
  ToyChain chain(kExample);
  Paths found = find(chain, "a:0 t:1", "w:0 z:0");
  ASSERT_EQ(found.paths.size(), 2);
  EXPECT_EQ(text_of(chain, found.paths[0]), "a:0 100, t:0 60, u:0 60, w:0 60");
  EXPECT_EQ(text_of(chain, found.paths[1]), "t:1 40, v:0 40, w:0 40");
}

TEST(Path, a_coin_of_both_sets__is_a_path_without_a_transaction) {
  ToyChain chain(kExample);
  Paths found = find(chain, "t:0", "t:0 w:0");
  ASSERT_EQ(found.paths.size(), 1);
  EXPECT_EQ(text_of(chain, found.paths[0]), "t:0 60");
  EXPECT_EQ(found.paths[0].amount(), 60);
}

TEST(Path, a_service_on_the_way__ends_the_path_but_may_be_its_end) {
  ToyChain chain(kExample);
  Paths found = find(chain, "a:0", "w:0", {}, "way=Shop end=Shop");
  ASSERT_EQ(found.paths.size(), 1);
  EXPECT_EQ(text_of(chain, found.paths[0]), "a:0 100, t:1 40, v:0 40, w:0 40");
  EXPECT_EQ(find(chain, "u:0", "w:0", {}, "way=Shop").paths.size(), 1);
}

TEST(Path, no_way_there__is_found_without_following_what_leads_elsewhere) {
  ToyChain chain(kExample);
  Paths found = find(chain, "w:0", "a:0");
  EXPECT_TRUE(found.paths.empty());
  EXPECT_FALSE(found.cut);
  EXPECT_EQ(find(chain, "a:0", "x:0").visits, 1);  // the maker of x:0
}

TEST(Path, the_bound_on_work__is_reported_and_what_was_found_is_the_strongest) {
  ToyChain chain(kExample);
  Paths found = find(chain, "a:0", "w:0", {.paths = 5, .work = 3});
  EXPECT_TRUE(found.cut);
  EXPECT_LE(found.visits, 3);
  Paths more = find(chain, "a:0", "z:0", {.paths = 1, .work = 7});
  EXPECT_TRUE(more.cut || more.paths.size() == 1);
}

TEST(Path, what_cannot_be_answered__is_refused) {
  ToyChain chain(kExample);
  std::vector<CoinId> none;
  std::vector<CoinId> one = {CoinId(0)};
  std::vector<CoinId> unknown = {CoinId(1000)};
  auto kind = [&](std::span<const CoinId> from, std::span<const CoinId> to, std::size_t paths) {
    auto found = find_paths(chain.ledger(), from, to, {}, {.paths = paths});
    return found ? std::optional<ErrorKind>() : found.error().kind;
  };
  EXPECT_EQ(kind(none, one, 1), ErrorKind::usage);
  EXPECT_EQ(kind(one, none, 1), ErrorKind::usage);
  EXPECT_EQ(kind(one, one, 0), ErrorKind::usage);
  EXPECT_EQ(kind(one, unknown, 1), ErrorKind::bad_input);
  EXPECT_EQ(kind(one, one, 1), std::nullopt);
}

// ---- against every path there is ----------------------------------------------------------------

class EveryPath {
 public:
  static constexpr std::size_t kMost = 20000;

  EveryPath(const ledger::Ledger& ledger, CoinId from, CoinId to)
      : ledger_(ledger), from_(from), to_(to) {
    follow(from, ledger.value(from));
    std::ranges::sort(amounts_, std::greater());
  }
  // Falling; nothing when there are too many to list.
  std::optional<std::vector<Amount>> amounts() const {
    return steps_ > kMost ? std::nullopt : std::optional(amounts_);
  }

 private:
  void follow(CoinId coin, Amount amount) {
    if (amount == 0 || ++steps_ > kMost) return;
    if (coin == to_) return amounts_.push_back(amount);
    auto spender = ledger_.spender(coin);
    if (!spender || ledger_.is_coinbase(*spender)) return;
    Amount total = 0;
    for (std::uint64_t i = 0; i < ledger_.input_count(*spender); ++i) {
      total += ledger_.value(ledger_.input(*spender, i));
    }
    for (CoinId next : ledger_.outputs(*spender)) {
      bool dead = ledger_.script(next) == ledger::ScriptKind::op_return && next != to_;
      if (!dead) follow(next, share(amount, ledger_.value(next), total));
    }
  }
  static Amount share(Amount amount, Amount value, Amount total) {
    __extension__ using Wide = unsigned __int128;
    return static_cast<Amount>(Wide{amount} * value / total);
  }

  const ledger::Ledger& ledger_;
  CoinId from_;
  CoinId to_;
  std::size_t steps_ = 0;
  std::vector<Amount> amounts_;
};

TEST(Path, on_random_chains__the_strongest_of_all_paths_are_found_whatever_the_work) {
  std::size_t compared = 0;
  for (std::uint64_t number = 0; number < test::rounds(200); ++number) {
    ToyChain chain(test::random_chain(number).text);
    test::Random random(number);
    const ledger::Ledger& ledger = chain.ledger();
    for (int tries = 0; tries < 20; ++tries) {
      CoinId from(random.below(ledger.counts().coins));
      CoinId to(from.number() + random.below(ledger.counts().coins - from.number()));
      auto all = EveryPath(ledger, from, to).amounts();
      if (!all || all->empty()) continue;
      std::size_t most = 1 + random.below(6);
      // With little work for ancestors the search goes without them.
      for (std::uint64_t work : {std::uint64_t{1000000}, 20 + random.below(100)}) {
        auto found = find_paths(ledger, {{from}}, {{to}}, {}, {.paths = most, .work = work});
        ASSERT_TRUE(found.has_value());
        std::vector<Amount> amounts;
        for (const Path& path : found->paths) amounts.push_back(path.amount());
        std::vector<Amount> expected(all->begin(),
                                     all->begin() + std::min<long>(most, std::ssize(*all)));
        if (found->cut) expected.resize(std::min(expected.size(), amounts.size()));
        EXPECT_EQ(amounts, expected) << "chain " << number << ", work " << work;
        compared += amounts.size();
      }
    }
  }
  EXPECT_GT(compared, test::rounds(500));
}

}  // namespace
}  // namespace tracehound::trace
