// The parts: chance, scripts, coin choice, the thief's books.
#include <gtest/gtest.h>

#include "chains/bitcoin/script.h"
#include "synth/block_builder.h"
#include "synth/prng.h"
#include "synth/scripts.h"
#include "synth/thief_books.h"
#include "synth/wallet.h"
#include "synth/world.h"

namespace tracehound::synth {
namespace {

TEST(SynthPrng, published_numbers__come_out) {
  // splitmix64 from 1234567 and xoshiro256** seeded by splitmix64 from 0, as their authors' code
  // gives them.
  EXPECT_EQ(mix64(1234567), 6457827717110365317u);
  Prng prng(0);
  EXPECT_EQ(prng.next(), 0x99EC'5F36'CB75'F2B4u);
  EXPECT_EQ(prng.next(), 0xBF6E'1F78'4956'452Au);
  EXPECT_EQ(prng.next(), 0x1A5F'849D'4933'E6E0u);
}

TEST(SynthPrng, every_draw__lies_in_its_range_and_reaches_both_ends) {
  Prng prng(5);
  std::array<int, 3> seen{};
  for (int i = 0; i < 1000; ++i) ++seen[prng.between(7, 9) - 7];
  for (int count : seen) EXPECT_GT(count, 250);
  for (int i = 0; i < 1000; ++i) {
    std::uint64_t number = prng.log_uniform(600, 70'000);
    EXPECT_GE(number, 600u);
    EXPECT_LE(number, 70'000u);
  }
  EXPECT_EQ(prng.log_uniform(1, 1), 1u);
  EXPECT_EQ(prng.below(1), 0u);
}

constexpr std::array<Form, 7> kForms = {Form::pubkey,      Form::pubkey_hash,    Form::nested,
                                        Form::witness_key, Form::witness_script, Form::taproot,
                                        Form::multisig};

TEST(SynthScripts, each_form__is_read_back_as_the_same_address) {
  constexpr std::array<ledger::ScriptKind, 7> kExpected = {ledger::ScriptKind::pubkey,
                                                           ledger::ScriptKind::pubkey_hash,
                                                           ledger::ScriptKind::script_hash,
                                                           ledger::ScriptKind::witness_pubkey_hash,
                                                           ledger::ScriptKind::witness_script_hash,
                                                           ledger::ScriptKind::taproot,
                                                           ledger::ScriptKind::multisig};
  AddressBook book(3);
  Hasher hasher;
  for (std::size_t i = 0; i < kForms.size(); ++i) {
    AddressNo address = book.make(kForms[i], WalletNo(9));
    std::array<Byte, kOutputScriptMax> script;
    std::size_t size = write_output_script(book, address, script.data());
    ASSERT_LE(size, script.size());
    auto is = chains::bitcoin::classify_script(ByteView(script).first(size), hasher);
    EXPECT_EQ(is.script, kExpected[i]);
    EXPECT_EQ(is.address, book.kind(address));
    ByteView payload = book.payload(address);
    EXPECT_TRUE(std::equal(payload.begin(), payload.end(), is.payload_view().begin(),
                           is.payload_view().end()));
    EXPECT_EQ(output_weight(kForms[i]), 4 * (8 + 1 + size));
    EXPECT_EQ(book.wallet(address), WalletNo(9));
  }
}

TEST(SynthScripts, unlocking_data__weighs_what_wallets_reckon_with_or_a_little_less) {
  AddressBook book(3);
  Prng prng(3);
  for (Form form : kForms) {
    AddressNo address = book.make(form, WalletNo(0));
    std::uint64_t most = 0;
    for (int i = 0; i < 50; ++i) {
      std::array<Byte, 300> bytes;
      std::size_t sig = write_script_sig(book, address, prng, bytes.data());
      ASSERT_LE(sig, kScriptSigMax);
      std::size_t witness = write_witness(book, address, prng, bytes.data());
      ASSERT_LE(witness, kWitnessMax);
      EXPECT_EQ(witness > 1, has_witness(form));
      most = std::max<std::uint64_t>(most, 4 * (32 + 4 + 1 + sig + 4) + witness);
    }
    EXPECT_EQ(most, input_weight(form)) << static_cast<int>(form);
  }
}

TEST(SynthScripts, spend_of_a_key_hash__shows_the_key_that_hashes_to_the_address) {
  AddressBook book(8);
  Prng prng(8);
  AddressNo address = book.make(Form::pubkey_hash, WalletNo(0));
  std::array<Byte, kScriptSigMax> bytes;
  std::size_t size = write_script_sig(book, address, prng, bytes.data());
  ByteView key = ByteView(bytes).subspan(size - kKeySize, kKeySize);
  Hash160 hash = thread_hasher().hash160(key);
  ByteView payload = book.payload(address);
  EXPECT_TRUE(std::equal(payload.begin(), payload.end(), hash.bytes.begin(), hash.bytes.end()));
}

TEST(SynthGenesis, record__hashes_to_the_networks_genesis_block) {
  Bytes record = genesis_record();
  Hash256 hash = thread_hasher().sha256d(ByteView(record).subspan(8, 80));
  EXPECT_EQ(hash.text(), "0f9188f13cb7b2c71f2a335e3a4fc328bf5beb436012afca590b1a11466e2206");
  EXPECT_EQ(record.size(), 8u + 285u);
}

// A wallet with coins of these values, in this order of age.
struct Purse {
  CoinPool pool;
  Prng prng{1};
  Wallet wallet{OwnerNo(0), Role::own, Delivery::confirmed};

  explicit Purse(std::initializer_list<Amount> values) {
    for (Amount value : values) wallet.add(pool.add({{}, 0, AddressNo(0), value}), value);
  }
  Amount take(CoinChoice choice, Amount needed = 0) {
    return pool[wallet.take(choice, needed, pool, prng)].value;
  }
};

TEST(SynthWallet, each_habit__takes_the_coin_it_is_named_for) {
  EXPECT_EQ(Purse({5, 9, 7}).take(CoinChoice::oldest), 5u);
  EXPECT_EQ(Purse({5, 9, 7}).take(CoinChoice::largest), 9u);
  EXPECT_EQ(Purse({5, 9, 7}).take(CoinChoice::smallest_fit, 6), 7u);
  EXPECT_EQ(Purse({5, 9, 7}).take(CoinChoice::smallest_fit, 5), 5u);
  EXPECT_EQ(Purse({5, 9, 7}).take(CoinChoice::smallest_fit, 20), 9u);  // none fits
}

TEST(SynthWallet, taken_empty_by_any_habit__each_coin_comes_once) {
  for (CoinChoice choice :
       {CoinChoice::oldest, CoinChoice::largest, CoinChoice::smallest_fit, CoinChoice::random}) {
    Purse purse({});
    Amount sum = 0;
    for (Amount value = 1; value <= 200; ++value) {
      purse.wallet.add(purse.pool.add({{}, 0, AddressNo(0), value}), value);
    }
    for (int i = 0; i < 200; ++i) sum += purse.take(choice, 3);
    EXPECT_EQ(sum, 200u * 201 / 2);
    EXPECT_TRUE(purse.wallet.empty());
    EXPECT_EQ(purse.wallet.balance(), 0u);
  }
}

TEST(SynthBooks, coins_merged_and_paid_out__are_booked_front_first_and_balance) {
  World world(1);
  WalletNo wallet =
      world.add_wallet(world.add_owner(OwnerKind::thief, "thief"), Role::own, Delivery::by_hand);
  OwnerNo shop = world.add_owner(OwnerKind::exchange, "shop", "shop");
  AddressNo own = world.new_address(Form::witness_key, wallet);

  // Three coins of 30, 20 and 10 that the thief has come by, then one transaction 60 -> 35 + 22.
  std::vector<Bytes> records;
  Bytes record;
  for (std::uint32_t height = 1; height <= 101; ++height) {
    world.start_block(height);
    if (height == 101) break;
    record.clear();
    std::vector<Output> payout = {{own, 30}, {own, 20}, {own, 10}};
    payout.push_back({own, world.reward() - 60});
    // Coins below a thousand satoshi are never delivered, so they are made large here.
    for (int i = 0; i < 3; ++i) {
      payout[3].value -= payout[static_cast<std::size_t>(i)].value * 9999;
      payout[static_cast<std::size_t>(i)].value *= 10'000;
    }
    world.end_block("/test/", payout, record);
  }
  ThiefBooks books(world);
  Draft& draft = world.draft();
  std::vector<Loot> loot;
  for (int i = 0; i < 3; ++i) {
    world.take(draft, wallet, CoinChoice::oldest);
    loot.push_back(books.steal(draft.inputs.back(), shop));
  }
  ASSERT_EQ(books.stolen(), 600'000u);
  EXPECT_FALSE(books.balances());
  draft.outputs = {{own, 350'000}, {own, 220'000}};
  auto made = world.post(draft);
  std::vector<Landing> out = {{made[0], false, shop}, {made[1], true, {}}};
  std::vector<Loot> left = books.settle(loot, out);
  ASSERT_EQ(left.size(), 1u);
  books.hold(left[0]);

  ASSERT_EQ(books.dispositions().size(), 2u);
  const auto& deposit = books.dispositions()[0].parcels;
  ASSERT_EQ(deposit.size(), 2u);
  EXPECT_EQ(deposit[0].amount, 300'000u);
  EXPECT_EQ(deposit[1].amount, 50'000u);
  const auto& held = books.dispositions()[1].parcels;
  ASSERT_EQ(held.size(), 2u);
  EXPECT_EQ(held[0].seed, 1u);
  EXPECT_EQ(held[0].amount, 150'000u);
  EXPECT_EQ(held[1].amount, 70'000u);
  ASSERT_EQ(books.fees().size(), 1u);
  EXPECT_EQ(books.fees()[0].amount, 30'000u);
  EXPECT_TRUE(books.balances());
}

}  // namespace
}  // namespace tracehound::synth
