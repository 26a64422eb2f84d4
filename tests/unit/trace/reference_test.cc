// The program against the slow second opinion in tests/reference, to the unit, on random chains:
// every method, both directions and both fee rules, with overlapping seeds, stops and cuts.
#include <fmt/format.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <set>

#include "support/random_chain.h"
#include "support/rounds.h"
#include "unit/trace/reference_cases.h"

namespace tracehound::trace {
namespace {

using test::Random;
using test::ReferenceCase;
using test::ToyChain;

constexpr std::uint64_t kChains = test::rounds(500);
constexpr std::uint64_t kChainsBackward = kChains / 5 * 2;
const std::vector<MethodKind> kForward = {
    MethodKind::poison, MethodKind::haircut, MethodKind::fifo,     MethodKind::lifo,
    MethodKind::tiho,   MethodKind::tilo,    MethodKind::seniority};
const std::vector<MethodKind> kBackward = {MethodKind::haircut, MethodKind::fifo, MethodKind::lifo};

std::pair<BlockHeight, BlockHeight> heights_of(const ToyChain& chain,
                                               const std::vector<Seed>& seeds) {
  auto by_coin = std::ranges::minmax(seeds, {}, &Seed::coin);
  const ledger::Ledger& ledger = chain.ledger();
  return {ledger.height(ledger.creator(by_coin.min.coin)),
          ledger.height(ledger.creator(by_coin.max.coin))};
}

// In a third of the cases, limits that some seeds' taint runs into.
Cuts random_cuts(const ReferenceCase& asked, Random& random) {
  Cuts cuts;
  if (random.below(3) > 0) return cuts;
  auto [first, last] = heights_of(*asked.chain, asked.seeds);
  std::uint64_t kinds = 1 + random.below(7);
  if (kinds & 1) cuts.min_amount = random.below(asked.seeds[0].claimed() / 4 + 2);
  if (kinds & 2) cuts.max_hops = static_cast<std::uint32_t>(random.below(5));
  if (kinds & 4) {
    auto off = static_cast<std::uint32_t>(random.below(6));
    bool back = asked.direction == Direction::backward;
    cuts.until =
        BlockHeight(back ? first.number() - std::min(first.number(), off) : last.number() + off);
  }
  return cuts;
}

// Of some inputs of a mix, an output of less value, as if it were known to be the change.
void add_changes(ReferenceCase& asked, TxId tx, Random& random) {
  const ledger::Ledger& ledger = asked.chain->ledger();
  IdRange<CoinId> outputs = ledger.outputs(tx);
  std::set<std::uint32_t> taken;
  for (std::uint32_t input = 0; input < ledger.input_count(tx); ++input) {
    auto output = static_cast<std::uint32_t>(random.below(outputs.size()));
    Amount value = ledger.value(CoinId(outputs.first.number() + output));
    if (random.below(3) == 0 || value >= ledger.value(ledger.input(tx, input))) continue;
    if (taken.insert(output).second) asked.changes[tx].push_back({input, output});
  }
}

// Services, some of them bridges; burn addresses; mixes.
void add_stops(ReferenceCase& asked, const std::string& services, Random& random) {
  bool bridges = random.below(2) == 0;
  for (const std::string& word : test::words_of(services)) {
    (bridges && word.ends_with("1") ? asked.bridges : asked.services) += word + " ";
  }
  const ledger::Ledger& ledger = asked.chain->ledger();
  std::string burned = random.below(4) == 0 ? "t7:0" : "";
  auto transactions = static_cast<std::uint32_t>(ledger.counts().transactions);
  bool mixes = random.below(3) == 0;
  for (std::uint32_t row = 0; row < transactions; ++row) {
    TxId tx(row);
    for (CoinId coin : ledger.outputs(tx)) {
      AddressId address = ledger.address(coin);
      if (asked.chain->address_name(address) == burned) asked.burn.push_back(address);
    }
    if (mixes && !ledger.is_coinbase(tx) && random.below(6) == 0) asked.mixes.push_back(tx);
  }
  bool forward = asked.direction == Direction::forward;
  asked.mix_rule = static_cast<MixRule>(random.below(forward ? 3 : 2));
  for (TxId tx : asked.mixes) add_changes(asked, tx, random);
}

// The program's answers beside the questions to the reference.
struct Session {
  JsonWriter questions{0};
  std::vector<std::string> answers;
  std::vector<std::string> where;  // of each answer
  std::uint64_t cases = 0;
  std::size_t landings = 0;

  void ask(const ReferenceCase& asked, std::uint64_t chain) {
    test::write_case(questions, asked);
    auto lines = test::lines_of_case(asked);
    std::string place = fmt::format("chain {}, {}, fees to {}", chain, name_of(asked.direction),
                                    name_of(asked.options.fees));
    ASSERT_TRUE(lines.has_value()) << place << ": " << lines.error().message;
    for (std::size_t i = 0; i < asked.methods.size(); ++i) {
      add(fmt::format("case {} {}", cases, name_of(asked.methods[i])), place);
      landings += (*lines)[i].size();
      for (std::string& line : (*lines)[i]) {
        add(std::move(line), place + ", " + std::string(name_of(asked.methods[i])));
      }
    }
    ++cases;
  }
  void add(std::string answer, std::string place) {
    answers.push_back(std::move(answer));
    where.push_back(std::move(place));
  }
};

void ask_about(Session& session, std::uint64_t number, Direction direction, FeeRule fees) {
  // Where fees flow on, coinbases must be mined by the rules; elsewhere they may be anything.
  bool mined = fees == FeeRule::miner;
  auto random_chain = mined ? test::random_mined_chain(number) : test::random_chain(number);
  ToyChain chain(random_chain.text, mined ? "bitcoin:regtest" : "toy:test");
  Random random(number);
  ReferenceCase asked;
  asked.chain = &chain;
  asked.direction = direction;
  asked.methods = direction == Direction::forward ? kForward : kBackward;
  asked.options.fees = fees;
  asked.seeds = test::random_seeds(chain, random);
  add_stops(asked, random_chain.services, random);
  asked.options.cuts = random_cuts(asked, random);
  session.ask(asked, number);
}

void agree(Direction direction, FeeRule fees, std::uint64_t chains, std::size_t lines_expected) {
  Session session;
  session.questions.open_list();
  for (std::uint64_t number = 0; number < chains; ++number) {
    ASSERT_NO_FATAL_FAILURE(ask_about(session, number, direction, fees));
  }
  session.questions.close_list();
  auto reference = test::ask_reference(session.questions.take());
  for (std::size_t i = 0; i < std::min(session.answers.size(), reference.size()); ++i) {
    ASSERT_EQ(session.answers[i], reference[i]) << session.where[i];
  }
  EXPECT_EQ(session.answers.size(), reference.size());
  EXPECT_GT(session.landings, lines_expected) << "the chains say something";
}

TEST(Reference, forward_traces_of_random_chains__every_coin_agrees_to_the_unit) {
  agree(Direction::forward, FeeRule::sink, kChains, 50 * kChains);
}

TEST(Reference, fees_that_flow_to_miners__every_coin_agrees_to_the_unit) {
  agree(Direction::forward, FeeRule::miner, kChains, 50 * kChains);
}

TEST(Reference, backward_traces__every_coin_agrees_to_the_unit) {
  agree(Direction::backward, FeeRule::sink, kChainsBackward, 10 * kChainsBackward);
}

TEST(Reference, backward_traces_through_fees__every_coin_agrees_to_the_unit) {
  agree(Direction::backward, FeeRule::miner, kChainsBackward, 10 * kChainsBackward);
}

}  // namespace
}  // namespace tracehound::trace
