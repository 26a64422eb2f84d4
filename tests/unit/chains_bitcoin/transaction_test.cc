#include "chains/bitcoin/transaction.h"

#include <gtest/gtest.h>

#include <string>
#include <vector>

#include "unit/chains_bitcoin/samples.h"

namespace tracehound::chains::bitcoin {
namespace {

using ledger::BlockRows;
using test::bytes_of_hex;
using test::hash_of;
using test::network_named;

struct Parsed {
  Result<ParsedTransaction> result;
  BlockRows rows;
  std::size_t end;
};

Parsed parse(const Bytes& bytes, std::string_view network = "main") {
  BlockRows rows;
  ByteReader reader(bytes);
  auto result = parse_transaction(network_named(network), reader, thread_hasher(), rows);
  return {std::move(result), std::move(rows), reader.position()};
}

void expect_refused(const Bytes& bytes, std::string_view message,
                    std::string_view network = "main") {
  Parsed parsed = parse(bytes, network);
  ASSERT_FALSE(parsed.result.has_value()) << message;
  EXPECT_EQ(parsed.result.error().kind, ErrorKind::bad_input);
  EXPECT_EQ(parsed.result.error().message, message);
  EXPECT_TRUE(parsed.rows.transactions.empty());
  EXPECT_TRUE(parsed.rows.inputs.empty());
  EXPECT_TRUE(parsed.rows.outputs.empty());
  EXPECT_TRUE(parsed.rows.payloads.empty());
}

// Pieces of a small transaction: version 1, an input of byte 07s, outputs, locktime 0.
const std::string kVersion = "01000000";
const std::string kPrevious = std::string(64, '7') + "03000000";
const std::string kFinal = "ffffffff";
const std::string kNull = std::string(64, '0') + "ffffffff";
const std::string kOneInput = "01" + kPrevious + "00" + kFinal;
const std::string kOneOutput = "01" + std::string("e803000000000000") + "0151";
const std::string kLocktime = "00000000";

std::string value_hex(std::uint64_t value) {
  std::array<Byte, 8> bytes;
  store_le(bytes.data(), value);
  return to_hex(bytes);
}

TEST(Transaction, legacy_coinbase__has_no_input_row_and_the_known_txid) {
  Parsed parsed = parse(bytes_of_hex(test::kBitcoinGenesisCoinbase));
  ASSERT_TRUE(parsed.result.has_value()) << parsed.result.error().message;
  EXPECT_TRUE(parsed.result->coinbase);
  EXPECT_FALSE(parsed.result->hogex);
  EXPECT_EQ(parsed.end, 204U);
  ASSERT_EQ(parsed.rows.transactions.size(), 1U);
  const auto& row = parsed.rows.transactions[0];
  EXPECT_EQ(row.txid, hash_of("4a5e1e4baab89f3a32518a88c31bc87f618f76673e2cc77ab2127b7afdeda33b"));
  EXPECT_EQ(row.inputs, 0U);
  EXPECT_EQ(row.outputs, 1U);
  EXPECT_EQ(row.shape, 4 * 204U | 1U << ledger::shape::kVersionShift);
  EXPECT_TRUE(parsed.rows.inputs.empty());
  ASSERT_EQ(parsed.rows.outputs.size(), 1U);
  EXPECT_EQ(parsed.rows.outputs[0].value, 5'000'000'000U);
  EXPECT_EQ(parsed.rows.outputs[0].script, ledger::ScriptKind::pubkey);
  EXPECT_EQ(to_hex(parsed.rows.payload(parsed.rows.outputs[0])),
            "62e907b15cbf27d5425399ebf6f0fb50ebb88f18");  // 1A1zP1eP5QGefi2DMPTfTL5SLmv7DivfNa
}

TEST(Transaction, segwit_example_of_bip143__gives_every_field) {
  Bytes bytes = bytes_of_hex(test::kSegwitTransaction);
  Parsed parsed = parse(bytes);
  ASSERT_TRUE(parsed.result.has_value()) << parsed.result.error().message;
  EXPECT_FALSE(parsed.result->coinbase);
  EXPECT_EQ(parsed.end, bytes.size());
  const auto& row = parsed.rows.transactions.at(0);
  EXPECT_EQ(row.txid, hash_of("e8151a2af31c368a35053ddd4bdb285a8595c769a3ad83e0fa02314a602d4609"));
  EXPECT_EQ(row.inputs, 2U);
  EXPECT_EQ(row.outputs, 2U);
  // 343 bytes, of them 2 of marker and flag and 108 of witness; locktime 17; sequence 0xffffffee.
  EXPECT_EQ(row.shape & ledger::shape::kWeightMask, 3 * (343U - 110U) + 343U);
  EXPECT_EQ(row.shape & ~ledger::shape::kWeightMask,
            ledger::shape::kLocktime | ledger::shape::kReplaceable | ledger::shape::kWitness |
                1U << ledger::shape::kVersionShift);
  EXPECT_EQ(parsed.rows.inputs,
            (std::vector<ledger::Outpoint>{
                {hash_of("9f96ade4b41d5433f4eda31e1738ec2b36f6e7d1420d94a6af99801a88f7f7ff"), 0},
                {hash_of("8ac60eb9575db5b2d987e29f301b5b819ea83a5c6579d282d189cc04b8e151ef"), 1},
            }));
  ASSERT_EQ(parsed.rows.outputs.size(), 2U);
  EXPECT_EQ(parsed.rows.outputs[0].value, 112'340'000U);
  EXPECT_EQ(parsed.rows.outputs[1].value, 223'450'000U);
  EXPECT_EQ(to_hex(parsed.rows.payload(parsed.rows.outputs[0])),
            "8280b37df378db99f66f85c95a783a76ac7a6d59");
  EXPECT_EQ(to_hex(parsed.rows.payload(parsed.rows.outputs[1])),
            "3bde42dbee7e4dbe6a21b2d50ce2f0167faa8159");
}

TEST(Transaction, rows__are_appended_to_those_of_earlier_transactions) {
  Bytes bytes = bytes_of_hex(std::string(test::kBitcoinGenesisCoinbase) +
                             std::string(test::kSegwitTransaction) + "aabb");
  BlockRows rows;
  ByteReader reader(bytes);
  auto first = parse_transaction(network_named("main"), reader, thread_hasher(), rows);
  auto second = parse_transaction(network_named("main"), reader, thread_hasher(), rows);
  ASSERT_TRUE(first.has_value() && second.has_value());
  EXPECT_EQ(reader.remaining(), 2U);
  EXPECT_EQ(rows.transactions.size(), 2U);
  EXPECT_EQ(rows.inputs.size(), 2U);
  EXPECT_EQ(rows.outputs.size(), 3U);
  EXPECT_EQ(rows.payloads.size(), 60U);
  EXPECT_EQ(rows.transactions[1].txid,
            parse(bytes_of_hex(test::kSegwitTransaction)).rows.transactions[0].txid);
  EXPECT_EQ(to_hex(rows.payload(rows.outputs[2])), "3bde42dbee7e4dbe6a21b2d50ce2f0167faa8159");
}

TEST(Transaction, failed_parse__leaves_earlier_rows_as_they_were) {
  Bytes whole = bytes_of_hex(test::kSegwitTransaction);
  Parsed parsed = parse(whole);
  BlockRows rows = parsed.rows;
  Bytes cut(whole.begin(), whole.end() - 1);
  ByteReader reader(cut);
  EXPECT_FALSE(parse_transaction(network_named("main"), reader, thread_hasher(), rows).has_value());
  EXPECT_EQ(rows.transactions.size(), 1U);
  EXPECT_EQ(rows.inputs, parsed.rows.inputs);
  EXPECT_EQ(rows.outputs.size(), 2U);
  EXPECT_EQ(rows.payloads, parsed.rows.payloads);
}

TEST(Transaction, truncated_at_any_byte__is_refused_at_its_end) {
  for (std::string_view text : {test::kBitcoinGenesisCoinbase, test::kSegwitTransaction}) {
    Bytes whole = bytes_of_hex(text);
    for (std::size_t size = 0; size < whole.size(); ++size) {
      Parsed parsed = parse(Bytes(whole.begin(), whole.begin() + static_cast<long>(size)));
      ASSERT_FALSE(parsed.result.has_value()) << size;
      EXPECT_TRUE(parsed.rows.outputs.empty() && parsed.rows.inputs.empty());
      const std::string& message = parsed.result.error().message;
      EXPECT_TRUE(message.ends_with("ends early at byte " + std::to_string(size)) ||
                  message.ends_with("more than the bytes left can hold") ||
                  message.ends_with("more than the bytes left"))
          << size << ": " << message;
    }
  }
}

TEST(Transaction, version__is_kept_for_one_two_and_three) {
  auto shape_version = [](const std::string& version) {
    Parsed parsed = parse(bytes_of_hex(version + kOneInput + kOneOutput + kLocktime));
    EXPECT_TRUE(parsed.result.has_value());
    // Nothing stands above the version's two bits.
    return parsed.rows.transactions.at(0).shape >> ledger::shape::kVersionShift;
  };
  EXPECT_EQ(shape_version("00000000"), 0U);
  EXPECT_EQ(shape_version("01000000"), 1U);
  EXPECT_EQ(shape_version("02000000"), 2U);
  EXPECT_EQ(shape_version("03000000"), 3U);
  EXPECT_EQ(shape_version("04000000"), 0U);
  EXPECT_EQ(shape_version("01000001"), 0U);
  EXPECT_EQ(shape_version("ffffffff"), 0U);
}

TEST(Transaction, sequence_and_locktime__set_their_marks) {
  auto shape_of = [](const std::string& sequence, const std::string& locktime) {
    Parsed parsed =
        parse(bytes_of_hex(kVersion + "01" + kPrevious + "00" + sequence + kOneOutput + locktime));
    EXPECT_TRUE(parsed.result.has_value());
    return parsed.rows.transactions.at(0).shape &
           (ledger::shape::kReplaceable | ledger::shape::kLocktime);
  };
  EXPECT_EQ(shape_of("ffffffff", "00000000"), 0U);
  EXPECT_EQ(shape_of("feffffff", "00000000"), 0U);
  EXPECT_EQ(shape_of("fdffffff", "00000000"), ledger::shape::kReplaceable);
  EXPECT_EQ(shape_of("00000000", "00000000"), ledger::shape::kReplaceable);
  EXPECT_EQ(shape_of("feffffff", "01000000"), ledger::shape::kLocktime);
}

TEST(Transaction, weight_beyond_the_mask__is_the_largest_it_holds) {
  std::string big = "fe00001000" + std::string(2 << 20, '0');  // a script of 2^20 bytes
  Parsed parsed =
      parse(bytes_of_hex(kVersion + "01" + kPrevious + big + kFinal + kOneOutput + kLocktime));
  ASSERT_TRUE(parsed.result.has_value()) << parsed.result.error().message;
  EXPECT_EQ(parsed.rows.transactions[0].shape & ledger::shape::kWeightMask,
            ledger::shape::kWeightMask);
  EXPECT_EQ(parsed.rows.transactions[0].shape & ~ledger::shape::kWeightMask,
            1U << ledger::shape::kVersionShift);
}

TEST(Transaction, lengths_beyond_the_end__are_refused_at_once) {
  std::string head = kVersion + "01" + kPrevious;
  expect_refused(
      bytes_of_hex(head + "ff0000000000000080" + "00"),
      "input 0 has a length of 9223372036854775808 at byte 41, more than the bytes left");
  expect_refused(
      bytes_of_hex(head + "ffffffffffffffffff"),
      "input 0 has a length of 18446744073709551615 at byte 41, more than the bytes left");
  expect_refused(
      bytes_of_hex(kVersion + kOneInput + "01" + value_hex(1'000) + "ff0000000000000080" + "00"),
      "output 0 has a length of 9223372036854775808 at byte 55, more than the bytes left");
  expect_refused(
      bytes_of_hex(kVersion + "0001" + kOneInput + kOneOutput + "01" + "ff0000000000000080"),
      "witness 0 has a length of 9223372036854775808 at byte 60, more than the bytes left");
}

TEST(Transaction, counts_beyond_the_end__are_refused_before_anything_is_allocated) {
  std::string bomb = "ff0000000000000010";  // 2^60
  expect_refused(bytes_of_hex(kVersion + bomb + std::string(200, '0')),
                 "counts 1152921504606846976 at byte 4, more than the bytes left can hold");
  expect_refused(bytes_of_hex(kVersion + kOneInput + bomb + std::string(200, '0')),
                 "counts 1152921504606846976 at byte 46, more than the bytes left can hold");
  expect_refused(
      bytes_of_hex(kVersion + "0001" + kOneInput + kOneOutput + bomb + std::string(200, '0')),
      "witness 0 counts 1152921504606846976 at byte 59, more than the bytes left can hold");
  // Two inputs take 82 bytes at least.
  expect_refused(bytes_of_hex(kVersion + "02" + std::string(2 * 81, '0')),
                 "counts 2 at byte 4, more than the bytes left can hold");
}

TEST(Transaction, numbers_not_in_their_shortest_form__are_refused) {
  std::string rest = kPrevious + "00" + kFinal + kOneOutput + kLocktime;
  expect_refused(bytes_of_hex(kVersion + "fd0100" + rest),
                 "has the number 1 not in its shortest form at byte 4");
  expect_refused(bytes_of_hex(kVersion + "fdfc00" + rest),
                 "has the number 252 not in its shortest form at byte 4");
  expect_refused(bytes_of_hex(kVersion + "feffff0000" + rest),
                 "has the number 65535 not in its shortest form at byte 4");
  expect_refused(bytes_of_hex(kVersion + "ffffffffff00000000" + rest),
                 "has the number 4294967295 not in its shortest form at byte 4");
  expect_refused(
      bytes_of_hex(kVersion + "01" + kPrevious + "fd0000" + kFinal + kOneOutput + kLocktime),
      "input 0 has the number 0 not in its shortest form at byte 41");
  // 253 in three bytes is its shortest form.
  EXPECT_TRUE(parse(bytes_of_hex(kVersion + "01" + kPrevious + "fdfd00" + std::string(506, '0') +
                                 kFinal + kOneOutput + kLocktime))
                  .result.has_value());
}

TEST(Transaction, value_above_the_networks_money__is_refused_with_value_and_place) {
  auto pays = [](std::uint64_t value) {
    return bytes_of_hex(kVersion + kOneInput + "01" + value_hex(value) + "0151" + kLocktime);
  };
  EXPECT_TRUE(parse(pays(2'100'000'000'000'000)).result.has_value());
  expect_refused(pays(2'100'000'000'000'001),
                 "output 0 at byte 47 pays 2100000000000001, more than the 2100000000000000 there "
                 "can ever be");
  expect_refused(pays(0xFFFF'FFFF'FFFF'FFFF),
                 "output 0 at byte 47 pays 18446744073709551615, more than the 2100000000000000 "
                 "there can ever be");
  EXPECT_TRUE(parse(pays(2'100'000'000'000'001), "litecoin").result.has_value());
  EXPECT_FALSE(parse(pays(8'400'000'000'000'001), "litecoin").result.has_value());
}

TEST(Transaction, sum_above_the_networks_money__is_refused_with_sum_and_place) {
  auto pays = [](std::uint64_t first, std::uint64_t second) {
    return bytes_of_hex(kVersion + kOneInput + "02" + value_hex(first) + "0151" +
                        value_hex(second) + "00" + kLocktime);
  };
  EXPECT_TRUE(parse(pays(2'000'000'000'000'000, 100'000'000'000'000)).result.has_value());
  expect_refused(pays(2'100'000'000'000'000, 1),
                 "output 1 at byte 57 brings the sum of outputs to 2100000000000001, more than the "
                 "2100000000000000 there can ever be");
}

TEST(Transaction, no_inputs_or_no_outputs__is_refused) {
  expect_refused(bytes_of_hex(kVersion + "00" + kOneOutput + kLocktime),
                 "counts 232 at byte 6, more than the bytes left can hold");  // read as a flag 1
  expect_refused(bytes_of_hex(kVersion + "0000" + kLocktime), "has no inputs at byte 4");
  expect_refused(bytes_of_hex(kVersion + "000100" + kOneOutput + kLocktime),
                 "has no inputs at byte 6");
  expect_refused(bytes_of_hex(kVersion + kOneInput + "00" + kLocktime),
                 "has no outputs at byte 46");
}

TEST(Transaction, null_input__is_a_coinbase_alone_and_refused_beside_others) {
  EXPECT_TRUE(parse(bytes_of_hex(kVersion + "01" + kNull + "00" + kFinal + kOneOutput + kLocktime))
                  .result->coinbase);
  expect_refused(bytes_of_hex(kVersion + "02" + kPrevious + "00" + kFinal + kNull + "00" + kFinal +
                              kOneOutput + kLocktime),
                 "input 1 at byte 46 is null beside others");
  // Neither a zero txid nor the last index alone makes a null input.
  for (const std::string& place :
       {std::string(64, '0') + "00000000", std::string(64, '7') + "ffffffff"}) {
    Parsed parsed =
        parse(bytes_of_hex(kVersion + "01" + place + "00" + kFinal + kOneOutput + kLocktime));
    ASSERT_TRUE(parsed.result.has_value());
    EXPECT_FALSE(parsed.result->coinbase);
    EXPECT_EQ(parsed.rows.inputs.size(), 1U);
  }
}

TEST(Transaction, witness_flag_without_witness__is_refused) {
  expect_refused(bytes_of_hex(kVersion + "0001" + kOneInput + kOneOutput + "00" + kLocktime),
                 "has a witness flag but no witness at byte 59");
  EXPECT_TRUE(parse(bytes_of_hex(kVersion + "0001" + kOneInput + kOneOutput + "0100" + kLocktime))
                  .result.has_value());
}

TEST(Transaction, unknown_flags__are_refused) {
  std::string rest = kOneInput + kOneOutput + "00" + kLocktime;
  expect_refused(bytes_of_hex(kVersion + "0002" + rest), "has the unknown flag 0x02 at byte 5");
  expect_refused(bytes_of_hex(kVersion + "0003" + rest), "has the unknown flag 0x03 at byte 5");
  expect_refused(bytes_of_hex(kVersion + "0008" + rest), "has the unknown flag 0x08 at byte 5");
  expect_refused(bytes_of_hex(kVersion + "0010" + rest), "has the unknown flag 0x10 at byte 5",
                 "litecoin");
}

// From a chain that litecoind 0.21.2 made; txid, weight and values as its JSON gives them.
TEST(Transaction, hogex_of_litecoind__is_known_and_its_flag_is_outside_the_txid) {
  Bytes bytes = bytes_of_hex(
      "02000000000801dbfd37aad26e0345f7098534c58939ee19d02f02df2b06980fd58a759555e767000000000"
      "0ffffffff01bc3a51fd00000000225820d802fbc151c3ab1ba7bf6977154169558eff21c6fb6e5632d1fe1"
      "9f2739e3e100000000000");
  Parsed parsed = parse(bytes, "litecoin-regtest");
  ASSERT_TRUE(parsed.result.has_value()) << parsed.result.error().message;
  EXPECT_TRUE(parsed.result->hogex);
  EXPECT_FALSE(parsed.result->coinbase);
  EXPECT_EQ(parsed.end, bytes.size());
  const auto& row = parsed.rows.transactions.at(0);
  EXPECT_EQ(row.txid, hash_of("0ca17f2322ce712581e30935a74963153aedb2895ec81939fae8e052d0f89385"));
  EXPECT_EQ(row.shape, 376U | 2U << ledger::shape::kVersionShift);
  EXPECT_EQ(parsed.rows.inputs.at(0).txid,
            hash_of("67e75595758ad50f98062bdf022fd019ee3989c5348509f745036ed2aa37fddb"));
  EXPECT_EQ(parsed.rows.outputs.at(0).value, 4'249'959'100U);
  EXPECT_EQ(parsed.rows.outputs.at(0).script, ledger::ScriptKind::witness_other);
  EXPECT_EQ(to_hex(parsed.rows.payload(parsed.rows.outputs[0])),
            "08d802fbc151c3ab1ba7bf6977154169558eff21c6fb6e5632d1fe19f2739e3e10");
}

TEST(Transaction, mweb_flag_beside_the_witness_flag__is_read_past_both) {
  Bytes bytes =
      bytes_of_hex(kVersion + "0009" + kOneInput + kOneOutput + "0102aabb" + "00" + kLocktime);
  Parsed parsed = parse(bytes, "litecoin");
  ASSERT_TRUE(parsed.result.has_value()) << parsed.result.error().message;
  EXPECT_TRUE(parsed.result->hogex);
  EXPECT_EQ(parsed.end, bytes.size());
  Parsed plain = parse(bytes_of_hex(kVersion + kOneInput + kOneOutput + kLocktime));
  EXPECT_EQ(parsed.rows.transactions[0].txid, plain.rows.transactions[0].txid);
  // 61 stripped bytes; with marker, flag and witness 67.
  EXPECT_EQ(parsed.rows.transactions[0].shape & ledger::shape::kWeightMask, 3 * 61U + 67U);
}

TEST(Transaction, mweb_transaction_body__is_refused_since_no_block_may_hold_one) {
  expect_refused(bytes_of_hex(kVersion + "0008" + kOneInput + kOneOutput + "01" + kLocktime),
                 "carries an MWEB transaction at byte 59, which no block may hold", "litecoin");
  expect_refused(bytes_of_hex(kVersion + "0008" + kOneInput + kOneOutput), "ends early at byte 59",
                 "litecoin");
}

}  // namespace
}  // namespace tracehound::chains::bitcoin
