#include "ledger/part.h"

#include <gtest/gtest.h>

namespace tracehound::ledger {
namespace {

Hash256 id(Byte number) {
  Hash256 hash;
  hash.bytes.fill(number);
  return hash;
}

// Transactions in chain order, each in a block of its own unless told otherwise.
struct Builder {
  PartOfChain part;
  Bytes headers;

  explicit Builder(std::uint32_t blocks) : headers(std::size_t{blocks} * 80) {
    part.chain = "bitcoin:main";
    for (std::uint32_t i = 0; i < blocks; ++i) store_le(headers.data() + i * 80 + 68, 1000 + i);
    part.headers = headers;
  }
  void add(Byte number, std::uint32_t height, std::vector<Outpoint> inputs,
           std::vector<Amount> values) {
    part.rows.transactions.push_back({id(number), 0, static_cast<std::uint32_t>(inputs.size()),
                                      static_cast<std::uint32_t>(values.size())});
    part.heights.push_back(height);
    part.coinbase.push_back(inputs.empty());
    part.rows.inputs.insert(part.rows.inputs.end(), inputs.begin(), inputs.end());
    for (Amount value : values) {
      OutputRow output;
      output.value = value;
      output.payload_size = 1;
      output.payload_start = static_cast<std::uint32_t>(part.rows.payloads.size());
      part.rows.payloads.push_back(static_cast<Byte>(value));
      part.rows.outputs.push_back(output);
    }
  }
};

TEST(PartLedger, some_transactions_of_a_chain__keep_their_heights_times_and_spends) {
  Builder chain(9);
  chain.add(1, 2, {}, {50, 7});
  chain.add(2, 5, {{id(1), 0}}, {30, 7});
  chain.add(3, 5, {{id(2), 1}, {id(99), 0}}, {6});
  auto made = assemble(chain.part).value();
  const Ledger& ledger = made.ledger;
  auto tx = [&](Byte number) { return ledger.find_transaction(id(number)).value(); };
  EXPECT_TRUE(made.complete[tx(1).number()] && made.complete[tx(2).number()]);
  EXPECT_FALSE(made.complete[tx(3).number()]);
  EXPECT_EQ(ledger.tip(), BlockHeight(8));
  EXPECT_EQ(ledger.height(tx(1)), BlockHeight(2));
  EXPECT_EQ(ledger.height(tx(3)), BlockHeight(5));
  EXPECT_EQ(ledger.time(tx(2)), 1005U);
  EXPECT_EQ(ledger.transactions(BlockHeight(5)).first, tx(2));
  EXPECT_EQ(ledger.find_transaction(id(99)), std::nullopt);
  CoinId coin = ledger.find_coin({id(1), 0}).value();
  EXPECT_EQ(ledger.spender(coin), tx(2));
  EXPECT_EQ(ledger.spender(ledger.find_coin({id(1), 1}).value()), std::nullopt);
  EXPECT_EQ(ledger.input_count(tx(3)), 1U);
  EXPECT_EQ(ledger.block_at(1006), BlockHeight(6));
  auto seven = ledger.find_address(AddressKind::other, Bytes{7}).value();
  EXPECT_EQ(ledger.coins_of(seven).size(), 2U);
  EXPECT_EQ(ledger.totals(seven).received, 14U);
}

TEST(PartLedger, headers_that_begin_later__stand_at_their_heights) {
  Builder chain(3);
  chain.part.first_height = 100;
  chain.add(1, 102, {}, {50});
  auto made = assemble(chain.part).value();
  EXPECT_EQ(made.ledger.tip(), BlockHeight(102));
  EXPECT_EQ(made.ledger.height(made.ledger.find_transaction(id(1)).value()), BlockHeight(102));
  EXPECT_EQ(made.ledger.block_time(BlockHeight(101)), 1001U);
}

TEST(PartLedger, a_coinbase_of_an_earlier_ones_id__takes_the_place_of_its_coins) {
  Builder chain(3);
  chain.add(1, 0, {}, {50});
  chain.add(1, 2, {}, {50});
  auto made = assemble(chain.part).value();
  EXPECT_TRUE(made.ledger.is_replaced(CoinId(0)));
  EXPECT_EQ(made.ledger.height(made.ledger.find_transaction(id(1)).value()), BlockHeight(2));
}

TEST(PartLedger, what_no_chain_holds__is_refused_and_named) {
  auto wrong = [](auto build) {
    Builder chain(5);
    chain.add(1, 0, {}, {50, 7});
    build(chain);
    auto made = assemble(chain.part);
    return made ? std::string("nothing") : made.error().message;
  };
  std::string two = id(2).text(), three = id(3).text();
  EXPECT_EQ(wrong([](Builder& chain) { chain.add(2, 1, {{id(1), 0}}, {51}); }),
            "transaction " + two + " pays out 51, more than the 50 it takes in");
  EXPECT_EQ(wrong([](Builder& chain) { chain.add(2, 1, {{id(1), 2}}, {1}); }),
            "transaction " + two + " spends in input 0 output 2 of " + id(1).text() +
                ", which has none of that number");
  EXPECT_EQ(wrong([](Builder& chain) {
              chain.add(2, 1, {{id(1), 0}}, {1});
              chain.add(3, 2, {{id(1), 1}, {id(1), 0}}, {1});
            }),
            "transaction " + three + " spends in input 1 output 0 of " + id(1).text() + ", which " +
                two + " spends too");
  EXPECT_EQ(
      wrong([](Builder& chain) {
        chain.add(3, 1, {{id(2), 0}}, {1});
        chain.add(2, 2, {{id(1), 0}}, {1});
      }),
      "transaction " + three + " spends in input 0 a coin of " + two + ", which comes after it");
}

}  // namespace
}  // namespace tracehound::ledger
