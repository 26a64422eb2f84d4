#include "clusters/coinjoin.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <map>
#include <numeric>

#include "clusters/coinjoin_scan.h"
#include "shaped_chain.h"

namespace tracehound::clusters {
namespace {

using ledger::ScriptKind;

// A transaction by hand.
struct Made {
  std::vector<ViewedCoin> in;
  std::vector<ViewedCoin> out;
  bool inputs_known = true;

  Made(const std::vector<Amount>& inputs, const std::vector<Amount>& outputs)
      : in(coins_of(inputs, 1000)), out(coins_of(outputs, 0)) {}
  std::optional<Recognised> look() const {
    return recognise({.inputs = in, .outputs = out, .inputs_known = inputs_known});
  }
  std::string_view name() const {
    auto found = look();
    return found ? name_of(found->protocol) : "nothing";
  }
};

std::vector<Amount> times(std::size_t count, Amount value) { return std::vector(count, value); }

std::vector<Amount> operator+(std::vector<Amount> a, const std::vector<Amount>& b) {
  a.insert(a.end(), b.begin(), b.end());
  return a;
}

// ---- Whirlpool ----------------------------------------------------------------------------------

Made whirlpool(std::size_t remixers, std::size_t entrants, Amount premium = 5000,
               Amount pool = 1'000'000) {
  return {times(remixers, pool) + times(entrants, pool + premium),
          times(remixers + entrants, pool)};
}

TEST(Whirlpool, five_to_ten_people__a_mix) {
  EXPECT_EQ(whirlpool(2, 2).name(), "nothing");
  EXPECT_EQ(whirlpool(3, 2).name(), "whirlpool");
  EXPECT_EQ(whirlpool(7, 3).name(), "whirlpool");
  EXPECT_NE(whirlpool(8, 3).name(), "whirlpool");
  auto found = whirlpool(6, 2).look();
  ASSERT_TRUE(found);
  EXPECT_EQ(found->anonymity_set, 8U);
  EXPECT_EQ(found->denomination, 1'000'000U);
  EXPECT_EQ(found->confidence, 90);
}

TEST(Whirlpool, premium_beyond_what_miners_are_paid__no_mix) {
  EXPECT_EQ(whirlpool(3, 2, 110'000).name(), "whirlpool");
  EXPECT_NE(whirlpool(3, 2, 110'001).name(), "whirlpool");
}

TEST(Whirlpool, nobody_remixes__no_mix) { EXPECT_NE(whirlpool(0, 5).name(), "whirlpool"); }

TEST(Whirlpool, an_output_of_another_kind__still_a_mix) {
  Made made = whirlpool(3, 2);
  made.out[4].script = ScriptKind::witness_script_hash;
  auto found = made.look();
  ASSERT_TRUE(found);
  EXPECT_EQ(found->protocol, Protocol::whirlpool);
  EXPECT_LT(found->confidence, 90);
}

TEST(Whirlpool, an_input_of_another_kind_or_an_address_twice__no_mix) {
  Made kind = whirlpool(3, 2);
  kind.in[0].script = ScriptKind::pubkey_hash;
  EXPECT_NE(kind.name(), "whirlpool");
  Made in_twice = whirlpool(3, 2);
  in_twice.in[0].address = in_twice.in[1].address;
  EXPECT_NE(in_twice.name(), "whirlpool");
  Made out_twice = whirlpool(3, 2);
  out_twice.out[0].address = out_twice.out[1].address;
  EXPECT_NE(out_twice.name(), "whirlpool");
}

TEST(Whirlpool, a_pool_nobody_listed__less_sure) {
  auto found = whirlpool(3, 2, 5000, 2'500'000).look();
  ASSERT_TRUE(found);
  EXPECT_EQ(found->protocol, Protocol::whirlpool);
  EXPECT_EQ(found->confidence, 60);
  EXPECT_NE(whirlpool(3, 2, 5000, 49'999).name(), "whirlpool");
}

TEST(Whirlpool, every_input_from_where_it_must_come__surer) {
  Made made = whirlpool(3, 2);
  auto alone = made.look();
  ASSERT_TRUE(alone);
  std::vector<std::optional<Protocol>> parents = {Protocol::whirlpool, Protocol::whirlpool,
                                                  Protocol::whirlpool, Protocol::whirlpool_tx0,
                                                  Protocol::whirlpool_tx0};
  TransactionView view{.inputs = made.in, .outputs = made.out};
  EXPECT_EQ(with_lineage(*alone, view, {.parents = parents, .spenders = {}}).confidence, 95);
  parents[3] = Protocol::whirlpool;  // a premium without a Tx0
  EXPECT_EQ(with_lineage(*alone, view, {.parents = parents, .spenders = {}}).confidence, 90);
}

Made tx0(std::size_t premixes, Amount premix, Amount fee, const std::vector<Amount>& more = {}) {
  Made made({100'000'000}, std::vector<Amount>{0, fee} + more + times(premixes, premix));
  made.out[0].script = ScriptKind::op_return;
  return made;
}

TEST(WhirlpoolTx0, op_return_fee_premixes_and_a_change__recognised_and_no_coinjoin) {
  Made made = tx0(4, 1'006'050, 50'000, {313'780});
  ASSERT_EQ(made.name(), "whirlpool_tx0");
  EXPECT_FALSE(is_coinjoin(made.look()->protocol));
  EXPECT_EQ(made.look()->denomination, 1'000'000U);
  EXPECT_EQ(tx0(1, 103'937, 4'225, {5'000}).name(), "whirlpool_tx0");
}

TEST(WhirlpoolTx0, fee_at_a_discount__recognised) {
  EXPECT_EQ(tx0(4, 106'352, 2'524, {67'648}).name(), "whirlpool_tx0");
  EXPECT_EQ(tx0(4, 106'352, 1'250, {67'648}).name(), "whirlpool_tx0");
  EXPECT_NE(tx0(4, 106'352, 1'249, {67'648}).name(), "whirlpool_tx0");
  EXPECT_EQ(tx0(4, 106'352, 15'000, {67'648}).name(), "whirlpool_tx0");
  EXPECT_NE(tx0(4, 106'352, 15'001, {67'648}).name(), "whirlpool_tx0");
}

TEST(WhirlpoolTx0, without_op_return_or_with_more_besides__no_tx0) {
  Made bare = tx0(4, 1'006'050, 50'000, {313'780});
  bare.out[0].script = ScriptKind::witness_pubkey_hash;
  EXPECT_NE(bare.name(), "whirlpool_tx0");
  EXPECT_NE(tx0(4, 1'006'050, 50'000, {313'780, 41'000}).name(), "whirlpool_tx0");
  EXPECT_NE(tx0(4, 1'000'099, 50'000).name(), "whirlpool_tx0");
  EXPECT_EQ(tx0(4, 1'000'100, 50'000).name(), "whirlpool_tx0");
}

TEST(WhirlpoolTx0, premix_goes_back_to_where_it_came_from__a_token_s_mint) {
  Made mint({127'536}, {0, 546, 1'500, 121'743});
  mint.out[0].script = ScriptKind::op_return;
  EXPECT_EQ(mint.name(), "whirlpool_tx0");
  mint.out[3].address = mint.in[0].address;
  EXPECT_EQ(mint.name(), "nothing");
}

TEST(WhirlpoolTx0, premix_goes_into_a_mix__surer) {
  Made made = tx0(1, 1'006'050, 50'000);
  auto alone = made.look();
  ASSERT_TRUE(alone);
  std::vector<std::optional<Protocol>> spenders(made.out.size());
  TransactionView view{.inputs = made.in, .outputs = made.out};
  EXPECT_EQ(with_lineage(*alone, view, {.parents = {}, .spenders = spenders}), *alone);
  spenders.back() = Protocol::whirlpool;
  EXPECT_EQ(with_lineage(*alone, view, {.parents = {}, .spenders = spenders}).confidence, 95);
}

// ---- Wasabi -------------------------------------------------------------------------------------

Made wasabi2_round() {
  return {{8'000'000, 5'000'000, 2'000'000, 1'000'000, 900'000},
          times(3, 2'097'152) + times(3, 531'441) + times(2, 354'294) + times(2, 100'000) +
              std::vector<Amount>{77'777}};
}

TEST(Wasabi2, small_round_of_uneven_denominations__recognised) {
  Made made = wasabi2_round();
  ASSERT_EQ(made.name(), "wasabi2");
  EXPECT_TRUE(is_coinjoin(made.look()->protocol));
  EXPECT_EQ(made.look()->anonymity_set, 3U);
  EXPECT_EQ(made.look()->denomination, 2'097'152U);
}

TEST(Wasabi2, only_two_uneven_denominations__a_payout_may_have_them) {
  Made made = wasabi2_round();
  for (ViewedCoin& coin : made.out) {
    if (coin.value == 354'294) coin.value = 200'000;
  }
  EXPECT_NE(made.name(), "wasabi2");
}

TEST(Wasabi2, few_people_few_outputs_an_address_twice_an_old_script__not_recognised) {
  Made few = wasabi2_round();
  few.in.pop_back();
  EXPECT_NE(few.name(), "wasabi2");
  Made nine = wasabi2_round();
  nine.out.resize(9);
  EXPECT_NE(nine.name(), "wasabi2");
  Made twice = wasabi2_round();
  twice.out[0].address = twice.out[1].address;
  EXPECT_NE(twice.name(), "wasabi2");
  Made old = wasabi2_round();
  old.out[0].script = ScriptKind::pubkey_hash;
  EXPECT_NE(old.name(), "wasabi2");
  Made one_owner = wasabi2_round();
  for (ViewedCoin& coin : one_owner.in) coin.address = 1;
  EXPECT_NE(one_owner.name(), "wasabi2");
}

TEST(Wasabi2, half_of_the_outputs_are_change__not_recognised) {
  Made made = wasabi2_round();
  for (Amount change = 10'001; change < 10'010; ++change) {
    made.out.push_back({change, static_cast<std::uint32_t>(change), made.out[0].script});
  }
  EXPECT_EQ(made.out.size(), 20U);
  EXPECT_NE(made.name(), "wasabi2");
  made.out.pop_back();
  EXPECT_EQ(made.name(), "wasabi2");
}

TEST(Wasabi2, raw_transaction__told_by_its_outputs) {
  Made made = wasabi2_round();
  made.in.assign(5, {});
  made.inputs_known = false;
  EXPECT_EQ(made.name(), "wasabi2");
}

std::vector<Amount> rising(std::size_t count, Amount first, Amount step) {
  std::vector<Amount> values;
  for (std::size_t i = 0; i < count; ++i) values.push_back(first + i * step);
  return values;
}

// Each brings d and a change; the taker pays 5000.
Made joinmarket(std::size_t people, Amount d, bool sweep = false) {
  std::vector<Amount> changes = rising(people, 400'000, 12'345);
  if (sweep) changes.back() = 0;
  std::vector<Amount> inputs;
  for (Amount change : changes) inputs.push_back(d + change);
  inputs.back() += 5000;
  if (sweep) changes.pop_back();
  std::ranges::reverse(inputs);  // or they would be in order, which a shuffle never leaves
  return {inputs, times(people, d) + changes};
}

Made wasabi1_round(std::size_t people, std::size_t doubles, Amount base = 10'985'727) {
  return {rising(people, 44'000'000, 77'777),
          times(people, base) + times(doubles, 2 * base) + rising(people, 600'000, 31'337)};
}

TEST(Wasabi1, many_of_a_tenth_and_some_of_twice_that__recognised) {
  EXPECT_EQ(wasabi1_round(10, 2).name(), "wasabi1");
  EXPECT_EQ(wasabi1_round(50, 9).name(), "wasabi1");
  EXPECT_EQ(wasabi1_round(50, 9).look()->anonymity_set, 50U);
  EXPECT_NE(wasabi1_round(9, 2).name(), "wasabi1");
}

// As the coordinator sorts it.
Made in_order(Made made) {
  std::ranges::sort(made.in, {}, &ViewedCoin::value);
  std::ranges::sort(made.out, {}, &ViewedCoin::value);
  return made;
}

TEST(Wasabi1, both_sides_in_order__a_round_of_three_and_more) {
  EXPECT_EQ(in_order(wasabi1_round(3, 0, 43'000'000)).name(), "equal_outputs");
  Made small{{11'100'000, 11'500'000, 14'000'000, 600'000, 700'000},
             times(3, 10'985'727) + std::vector<Amount>{33'000, 100'000, 1'100'000, 3'700'000}};
  EXPECT_NE(small.name(), "wasabi1");
  EXPECT_EQ(in_order(small).name(), "wasabi1");
  EXPECT_EQ(in_order(small).look()->confidence, 75);
  Made two = in_order(small);
  two.out[4].value -= 1;
  EXPECT_NE(two.name(), "wasabi1");
  EXPECT_EQ(in_order(wasabi1_round(9, 2)).name(), "wasabi1");
  EXPECT_EQ(in_order(wasabi1_round(50, 9)).look()->confidence, 90);
}

TEST(Wasabi1, one_side_out_of_order__by_its_size_and_levels_as_without_any) {
  Made inputs = in_order(joinmarket(12, 10'000'000));
  ASSERT_EQ(inputs.name(), "wasabi1");
  std::swap(inputs.in[3].value, inputs.in[4].value);
  EXPECT_EQ(inputs.name(), "joinmarket");
  Made outputs = in_order(joinmarket(12, 10'000'000));
  std::swap(outputs.out[0].value, outputs.out[1].value);
  EXPECT_EQ(outputs.name(), "joinmarket");
}

TEST(Wasabi1, in_order_but_one_large_coin_pays_for_all__not_recognised) {
  EXPECT_EQ(in_order({{1'000'000, 1'000'000, 1'000'000, 100'000'000},
                      times(3, 10'000'000) + std::vector<Amount>{50'000, 72'900'000}})
                .name(),
            "nothing");
}

TEST(Wasabi1, raw_transaction__its_order_is_half_known_and_not_enough) {
  Made made = in_order(joinmarket(12, 10'000'000));
  made.inputs_known = false;
  EXPECT_EQ(made.name(), "nothing");
}

TEST(Wasabi1, base_out_of_reach__not_recognised) {
  EXPECT_EQ(wasabi1_round(12, 3, 8'000'000).name(), "wasabi1");
  EXPECT_NE(wasabi1_round(12, 3, 7'999'999).name(), "wasabi1");
  EXPECT_EQ(wasabi1_round(12, 3, 12'000'000).name(), "wasabi1");
  EXPECT_NE(wasabi1_round(12, 3, 12'000'001).name(), "wasabi1");
}

TEST(Wasabi1, a_tenth_in_joinmarket_s_shape__joinmarket_until_too_many_sit_in_it) {
  EXPECT_EQ(joinmarket(12, 10'985'727).name(), "joinmarket");
  EXPECT_EQ(joinmarket(24, 10'985'727).name(), "joinmarket");
  EXPECT_EQ(joinmarket(25, 10'985'727).name(), "wasabi1");
}

TEST(Wasabi1, inputs_that_cannot_pay_for_all__not_recognised) {
  Made made = wasabi1_round(12, 2);
  for (std::size_t i = 1; i < made.in.size(); ++i) made.in[i].value = 1'000'000;
  made.in[0].value = 500'000'000;
  EXPECT_EQ(made.name(), "nothing");
}

// ---- JoinMarket and the like --------------------------------------------------------------------

TEST(JoinMarket, a_change_for_each_or_for_all_but_the_taker__recognised) {
  EXPECT_EQ(joinmarket(5, 2'345'678).name(), "joinmarket");
  EXPECT_EQ(joinmarket(5, 2'345'678, true).name(), "joinmarket");
  EXPECT_EQ(joinmarket(16, 2'345'678).name(), "joinmarket");
  EXPECT_EQ(joinmarket(5, 2'345'678).look()->anonymity_set, 5U);
}

TEST(JoinMarket, both_sides_in_order__no_joinmarket_for_it_shuffles) {
  EXPECT_EQ(in_order(joinmarket(5, 2'345'678)).name(), "equal_outputs");
}

// Five people's inputs with this much above d, and what changes they get.
Made five(const std::vector<Amount>& above, const std::vector<Amount>& changes) {
  Made made(above, times(5, 2'345'678) + changes);
  for (ViewedCoin& coin : made.in) coin.value += 2'345'678;
  std::ranges::reverse(made.in);
  return made;
}

TEST(JoinMarket, changes_that_nobody_s_inputs_make_up__nothing) {
  std::vector<Amount> above = {100'000, 200'000, 300'000, 400'000, 1'005'000};
  EXPECT_EQ(five(above, {100'000, 200'000, 300'000, 400'000, 1'000'000}).name(), "joinmarket");
  EXPECT_EQ(five(above, {100'000, 350'000, 150'000, 400'000, 1'000'000}).name(), "nothing");
  // The second's 150,000 cannot be earned, nor can the third have paid them.
  EXPECT_EQ(five(above, {223'000, 200'000, 300'000, 400'000, 877'000}).name(), "nothing");
}

TEST(JoinMarket, makers_earn_a_hundredth__and_no_more) {
  std::vector<Amount> above = {100'000, 200'000, 300'000, 400'000, 1'100'000};
  Amount most = 23'456;
  EXPECT_EQ(five(above, {100'000 + most, 200'000, 300'000, 400'000, 1'070'000}).name(),
            "joinmarket");
  EXPECT_EQ(five(above, {100'001 + most, 200'000, 300'000, 400'000, 1'070'000}).name(), "nothing");
}

TEST(JoinMarket, inputs_in_groups_and_a_taker_without_change__recognised) {
  Made made =
      five({100'000, 200'000, 300'000, 400'000, 5'000}, {150'000, 200'000, 300'000, 400'000});
  made.in.push_back({50'000, 77, made.in[0].script});
  EXPECT_EQ(made.name(), "joinmarket");
  made.in.back().value = 20'000;
  EXPECT_EQ(made.name(), "nothing");
}

TEST(JoinMarket, fewer_than_four_makers__some_equal_outputs) {
  EXPECT_EQ(joinmarket(4, 2'345'678).name(), "equal_outputs");
  EXPECT_EQ(joinmarket(3, 2'345'678).name(), "equal_outputs");
}

TEST(JoinMarket, two_people__never) {
  EXPECT_EQ(joinmarket(2, 2'345'678).name(), "stonewall");
  EXPECT_EQ(joinmarket(2, 2'345'678, true).name(), "stonewall");
}

TEST(JoinMarket, below_what_makers_offer__no_joinmarket) {
  EXPECT_EQ(joinmarket(5, 100'000).name(), "joinmarket");
  EXPECT_NE(joinmarket(5, 99'999).name(), "joinmarket");
  EXPECT_EQ(joinmarket(5, 10'000).name(), "nothing");  // postage
}

TEST(JoinMarket, addresses_of_two_kinds__only_the_taker_may_pay_one) {
  Made one = joinmarket(5, 2'345'678);
  one.out[0].script = ScriptKind::script_hash;
  EXPECT_EQ(one.name(), "joinmarket");
  Made two = one;
  two.out[1].script = ScriptKind::script_hash;
  EXPECT_EQ(two.name(), "equal_outputs");
  Made in = joinmarket(5, 2'345'678);
  in.in[0].script = ScriptKind::pubkey_hash;
  EXPECT_EQ(in.name(), "equal_outputs");
}

TEST(JoinMarket, two_changes_the_same__still_joinmarket_and_three_are_not) {
  auto with_same = [](std::size_t same) {
    Made made = joinmarket(6, 2'345'678);
    for (std::size_t i = 1; i < same; ++i) {
      made.in[i].value = made.in[0].value;
      made.out[6 + i].value = made.out[6].value;
    }
    return made;
  };
  EXPECT_EQ(with_same(2).name(), "joinmarket");
  EXPECT_EQ(with_same(3).name(), "nothing");
}

TEST(JoinMarket, an_op_return__no_coinjoin) {
  Made made = joinmarket(5, 2'345'678);
  made.out.push_back({0, 99, ScriptKind::op_return});
  EXPECT_EQ(made.name(), "nothing");
}

TEST(EqualOutputs, one_payer_s_coins__no_coinjoin) {
  // Five equal payments and five others out of one large coin and some small ones.
  Made payout({100'000'000, 50'000, 40'000, 30'000, 20'000},
              times(5, 2'345'678) + rising(5, 400'000, 12'345));
  EXPECT_EQ(payout.name(), "nothing");
}

TEST(EqualOutputs, fewer_addresses_than_people__no_coinjoin) {
  Made made = joinmarket(5, 2'345'678);
  made.in[0].address = made.in[1].address;
  EXPECT_EQ(made.name(), "nothing");
}

TEST(EqualOutputs, no_inputs_make_up_the_largest_change__no_coinjoin) {
  // 71 + 67 and 66 million: nobody could have brought 142,608,410 and 141,000.
  Made made({71'871'590, 67'527'861, 66'717'316},
            times(3, 141'000) + std::vector<Amount>{142'608'410, 63'002'178});
  EXPECT_EQ(made.name(), "nothing");
}

TEST(EqualOutputs, coins_of_one_size_moved_on_alone__no_coinjoin) {
  Made made(times(8, 1'000'000), times(7, 1'000'000) + std::vector<Amount>{982'152});
  EXPECT_EQ(made.name(), "nothing");
}

TEST(Stonewall, inputs_in_two_groups_that_each_pay__recognised_and_no_coinjoin) {
  // 5.0 + 4.7 million pay 380,278 each, with the changes to the satoshi.
  Made made({5'000'000, 1'000'000}, {380'278, 380'278, 618'102, 4'618'102});
  ASSERT_EQ(made.name(), "stonewall");
  EXPECT_FALSE(is_coinjoin(made.look()->protocol));
}

TEST(Stonewall, groups_that_do_not_come_out_even__nothing) {
  Made made({3'000'000, 3'000'000}, {380'278, 380'278, 618'102, 4'618'102});
  EXPECT_EQ(made.name(), "nothing");
  Made one_address({5'000'000, 1'000'000}, {380'278, 380'278, 618'102, 4'618'102});
  one_address.in[0].address = one_address.in[1].address;
  EXPECT_EQ(one_address.name(), "nothing");
  EXPECT_EQ(Made({5'000'000, 1'000'000}, {380'278, 380'279, 618'102, 4'618'102}).name(), "nothing");
}

TEST(ChipSplit, all_outputs_are_chips__recognised) {
  EXPECT_EQ(Made({307'200'000}, {204'800'000, 51'200'000, 25'600'000, 25'500'000}).name(),
            "nothing");
  Made split({307'300'000}, {204'800'000, 51'200'000, 25'600'000, 25'600'000});
  ASSERT_EQ(split.name(), "chip_split");
  EXPECT_FALSE(is_coinjoin(split.look()->protocol));
  EXPECT_EQ(Made({307'300'000}, {204'800'000, 51'200'000, 25'600'000}).name(), "nothing");
}

TEST(ChipSplit, one_size_only__ten_of_them_or_nothing) {
  EXPECT_EQ(Made({1'000'000}, times(9, 100'000)).name(), "nothing");
  EXPECT_EQ(Made({1'100'000}, times(10, 100'000)).name(), "chip_split");
  EXPECT_EQ(Made({1'100'000}, times(10, 50'000)).name(), "nothing");
}

TEST(Recognise, everyday_transactions__nothing) {
  EXPECT_EQ(Made({5'000'000}, {1'000'000, 3'999'000}).name(), "nothing");
  EXPECT_EQ(Made({5'000'000, 70'000}, {1'000'000, 3'999'000, 60'000}).name(), "nothing");
  EXPECT_EQ(Made({5'000'000}, rising(40, 10'000, 17)).name(), "nothing");
  EXPECT_EQ(Made({}, {5'000'000'000, 0, 0}).name(), "nothing");  // a coinbase
  EXPECT_EQ(Made({50}, {}).name(), "nothing");
}

TEST(Recognise, names__there_and_back) {
  for (std::size_t i = 0; i < kProtocols; ++i) {
    auto protocol = static_cast<Protocol>(i);
    EXPECT_EQ(protocol_named(name_of(protocol)), protocol);
  }
  EXPECT_FALSE(protocol_named("tumbler"));
}

TEST(Recognise, reason__has_its_figures) {
  EXPECT_EQ(reason(*whirlpool(6, 2).look()),
            "all inputs are a Whirlpool pool's denomination or a little above it, all outputs are "
            "exactly it: 8 in, 8 out, 8 alike of 0.01000000");
}

// ---- a ledger -----------------------------------------------------------------------------------

// Coinbases of two transactions' inputs, then the transactions, all in a chain of two blocks.
ShapedChain chain_of(const std::vector<Made>& all) {
  ShapedBlock first;
  ShapedBlock second;
  ShapedTransaction mint{.in = {}, .out = {}};
  std::uint32_t addresses = 0;
  ShapedTransaction reward{.in = {}, .out = {{1, 1'000'000}}};
  std::vector<ShapedTransaction> made;
  std::uint32_t coin = 0;
  for (const Made& one : all) {
    ShapedTransaction transaction;
    for (const ViewedCoin& input : one.in) {
      mint.out.push_back({input.value, addresses + input.address, input.script});
      transaction.in.push_back({0, coin++});
    }
    for (const ViewedCoin& output : one.out) {
      transaction.out.push_back({output.value, addresses + output.address, output.script});
    }
    addresses += 10'000;
    made.push_back(transaction);
  }
  first.push_back(mint);
  second.push_back(reward);
  second.insert(second.end(), made.begin(), made.end());
  return ShapedChain({first, second});
}

TEST(Recogniser, a_ledger_s_transactions__the_same_as_by_hand) {
  std::vector<Made> all = {whirlpool(6, 2),
                           tx0(4, 1'006'050, 50'000, {313'780}),
                           wasabi2_round(),
                           wasabi1_round(30, 5),
                           joinmarket(7, 2'345'678),
                           joinmarket(3, 2'345'678),
                           Made({5'000'000, 1'000'000}, {380'278, 380'278, 618'102, 4'618'102}),
                           Made({307'300'000}, {204'800'000, 51'200'000, 25'600'000, 25'600'000}),
                           Made({5'000'000}, {1'000'000, 3'999'000}),
                           Made({5'000'000}, {1'000'000, 1'000'000, 2'999'000})};
  ShapedChain chain = chain_of(all);
  Recogniser recogniser(chain.ledger());
  std::vector<FoundTransaction> expected;
  for (std::uint32_t i = 0; i < all.size(); ++i) {
    TxId tx(i + 2);
    auto by_hand = all[i].look();
    EXPECT_EQ(recogniser.alone(tx), by_hand) << i;
    EXPECT_EQ(is_coinjoin(chain.ledger(), tx), by_hand && is_coinjoin(by_hand->protocol)) << i;
    if (by_hand) expected.push_back({tx, *by_hand});
  }
  EXPECT_EQ(expected.size(), 8U);
  auto found = find_recognised(chain.ledger(), {TxId(0), TxId(12)});
  ASSERT_EQ(found.size(), expected.size());
  for (std::size_t i = 0; i < found.size(); ++i) {
    EXPECT_EQ(found[i].tx, expected[i].tx);
    EXPECT_EQ(found[i].recognised, expected[i].recognised);
  }
}

TEST(Recogniser, a_mix_after_its_tx0_and_another_mix__both_surer) {
  Made before = whirlpool(3, 2);
  Made start = tx0(2, 1'005'000, 50'000);
  ShapedChain alone = chain_of({before, start});
  // Three coins of the mix, two of the Tx0.
  ShapedBlock first{{.in = {}, .out = {}}};
  ShapedBlock second{{.in = {}, .out = {{1, 1}}}, {.in = {}, .out = {}}, {.in = {}, .out = {}}};
  std::uint32_t coin = 0;
  for (std::size_t i = 0; i < 2; ++i) {
    const Made& made = i == 0 ? before : start;
    auto base = static_cast<std::uint32_t>(i) * 10'000;
    for (const ViewedCoin& input : made.in) {
      first[0].out.push_back({input.value, base + input.address, input.script});
      second[i + 1].in.push_back({0, coin++});
    }
    for (const ViewedCoin& output : made.out) {
      second[i + 1].out.push_back({output.value, base + output.address, output.script});
    }
  }
  ShapedTransaction mix{.in = {{2, 0}, {2, 1}, {2, 2}, {3, 2}, {3, 3}}, .out = {}};
  for (std::uint32_t i = 0; i < 5; ++i) mix.out.push_back({1'000'000, 50'000 + i});
  second.push_back(mix);
  ShapedChain chain({first, second});
  Recogniser recogniser(chain.ledger());
  EXPECT_EQ(recogniser.alone(TxId(4))->confidence, 90);
  EXPECT_EQ(recogniser.look(TxId(4))->confidence, 95);
  EXPECT_EQ(recogniser.look(TxId(3))->protocol, Protocol::whirlpool_tx0);
  EXPECT_EQ(recogniser.look(TxId(3))->confidence, 95);
  EXPECT_EQ(Recogniser(alone.ledger()).look(TxId(3))->confidence, 80);
}

}  // namespace
}  // namespace tracehound::clusters
