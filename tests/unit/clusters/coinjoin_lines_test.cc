#include "clusters/coinjoin_lines.h"

#include <fmt/format.h>
#include <gtest/gtest.h>

namespace tracehound::clusters {
namespace {

using ledger::ScriptKind;

std::string txid(char digit) { return std::string(64, digit); }

std::string line(char id, const std::string& inputs, const std::string& outputs) {
  return fmt::format("{}:::{}:::7:::1710119889:::{}:::{}", txid(id), txid('0'), inputs, outputs);
}
std::string input(char from, int number, int value, int script) {
  return fmt::format("{}-{}-{}+0014{:040}+TxWitnessV0Keyhash", txid(from), number, value, script);
}
std::string output(int value, int script) {
  return fmt::format("{}+0014{:040}+TxWitnessV0Keyhash", value, script);
}

// What is wrong with a text.
std::string problem(const std::string& text) {
  auto read = parse_transaction_lines(text, "f");
  return read ? "" : read.error().message;
}

TEST(TransactionLines, one_transaction__whole) {
  std::string text =
      "\xEF\xBB\xBF" +
      line('a', input('b', 3, 5000, 1) + "}{" + input('c', 0, 6000, 1),
           output(9000, 2) + "}{1000+76a91400" + std::string(38, '0') + "88ac+TxPubkeyhash") +
      "\r\n\n";
  auto read = parse_transaction_lines(text, "f");
  ASSERT_TRUE(read.has_value()) << read.error().message;
  ASSERT_EQ(read->size(), 1U);
  const TransactionLine& found = read->front();
  EXPECT_EQ(found.txid.text(), txid('a'));
  EXPECT_EQ(found.time, 1'710'119'889U);
  ASSERT_EQ(found.inputs.size(), 2U);
  EXPECT_EQ(found.inputs[0].value, 5000U);
  EXPECT_EQ(found.inputs[0].address, found.inputs[1].address);
  EXPECT_EQ(found.spends[0].txid.text(), txid('b'));
  EXPECT_EQ(found.spends[0].index, 3U);
  ASSERT_EQ(found.outputs.size(), 2U);
  EXPECT_NE(found.outputs[0].address, found.inputs[0].address);
  EXPECT_EQ(found.outputs[0].script, ScriptKind::witness_pubkey_hash);
  EXPECT_EQ(found.outputs[1].script, ScriptKind::pubkey_hash);
}

TEST(TransactionLines, script_that_the_format_calls_unknown__taproot_by_its_bytes) {
  auto kind = [](const std::string& script, const std::string& name) {
    auto read =
        parse_transaction_lines(line('a', input('b', 0, 5000, 1), "5+" + script + "+" + name), "f");
    return read->front().outputs.front().script;
  };
  EXPECT_EQ(kind("5120" + std::string(64, '7'), "Unknown"), ScriptKind::taproot);
  EXPECT_EQ(kind("5120" + std::string(62, '7'), "Unknown"), ScriptKind::other);
  EXPECT_EQ(kind("6a00", "TxNullData"), ScriptKind::op_return);
  EXPECT_EQ(kind("00", "TxWitnessV0Scripthash"), ScriptKind::witness_script_hash);
  EXPECT_EQ(kind("00", "TxWitnessV1Taproot"), ScriptKind::taproot);
}

TEST(TransactionLines, files_end_to_end__a_byte_order_mark_begins_a_line) {
  std::string one = line('a', input('b', 0, 5000, 1), output(4000, 2));
  std::string other = "\xEF\xBB\xBF" + line('c', input('d', 0, 5000, 1), output(4000, 2));
  auto read = parse_transaction_lines(other + one + other + "\r\n" + other, "f");
  EXPECT_FALSE(read.has_value());  // `one` begins nowhere
  read = parse_transaction_lines(one + other + "\r\n" + other, "f");
  ASSERT_TRUE(read.has_value()) << read.error().message;
  ASSERT_EQ(read->size(), 3U);
  EXPECT_EQ((*read)[1].txid.text(), txid('c'));
}

TEST(TransactionLines, damaged__named_by_line_and_part) {
  std::string good = line('a', input('b', 0, 5000, 1), output(4000, 2)) + "\n";
  EXPECT_EQ(problem(good), "");
  EXPECT_EQ(problem(""), "");
  EXPECT_EQ(problem(good + "nonsense\n"),
            "f, line 2: 1 field where six are expected, with ':::' between them; a line is "
            "TXID:::BLOCK:::INDEX:::TIME:::INPUTS:::OUTPUTS");
  EXPECT_NE(problem(line('x', input('b', 0, 5000, 1), output(4000, 2))).find("the txid is 'xxx"),
            std::string::npos);
  EXPECT_NE(problem(line('a', "1-2", output(4000, 2))).find("an input is '1-2'"),
            std::string::npos);
  EXPECT_NE(problem(line('a', input('b', 0, 5000, 1), "-4+00+Unknown"))
                .find("an output is '-4+00+Unknown'"),
            std::string::npos);
  EXPECT_NE(problem(line('a', input('b', 0, 5000, 1), "")).find("an output is ''"),
            std::string::npos);
  EXPECT_NE(problem(line('a', input('b', 0, 5000, 1), "4+00+TxWitnesV0Keyhash"))
                .find("an output is '4+00+TxWitnesV0Keyhash', whose kind 'TxWitnesV0Keyhash' is "
                      "unknown; a line is"),
            std::string::npos);
  EXPECT_NE(problem(line('a', "", output(4000, 2))).find("an input is ''"), std::string::npos);
}

TEST(TransactionLines, a_part_of_a_million_bytes__is_named_by_its_beginning) {
  std::string endless(1'000'000, 'x');
  for (const std::string& out : {endless, "5+00+" + endless}) {
    auto read = parse_transaction_lines(line('a', input('b', 0, 5000, 1), out), "f");
    ASSERT_FALSE(read.has_value());
    EXPECT_LT(read.error().message.size(), 1000U);
  }
}

TEST(TransactionLines, more_than_all_money__refused) {
  std::string all = "2100000000000000+00+Unknown";
  EXPECT_EQ(problem(line('a', input('b', 0, 5000, 1), all)), "");
  EXPECT_NE(problem(line('a', input('b', 0, 5000, 1), all + "}{1+00+Unknown")).find("21 million"),
            std::string::npos);
  EXPECT_NE(
      problem(line('a', input('b', 0, 5000, 1), "2100000000000001+00+Unknown")).find("an output"),
      std::string::npos);
}

TEST(TransactionLines, a_mix_and_its_neighbours__lineage_is_found_among_the_lines) {
  // Mixes e and f bring three remixers, Tx0 d two entrants.
  auto outputs = [](int first) {
    std::string text;
    for (int i = 0; i < 5; ++i) text += (i == 0 ? "" : "}{") + output(1'000'000, first + i);
    return text;
  };
  auto inputs = [](char remixed, char entered) {
    std::string text;
    for (int i = 0; i < 3; ++i) text += input(remixed, i, 1000000, 100 + i) + "}{";
    return text + input(entered, 2, 1'005'000, 103) + "}{" + input(entered, 3, 1'005'000, 104);
  };
  std::string lines = line('e', inputs('1', '2'), outputs(200)) + "\n" +
                      line('d', input('3', 0, 9000000, 1),
                           "0+6a00+TxNullData}{" + output(50'000, 2) + "}{" + output(1'005'000, 3) +
                               "}{" + output(1'005'000, 4)) +
                      "\n" + line('f', inputs('e', 'd'), outputs(300)) + "\n";
  auto read = parse_transaction_lines(lines, "f");
  ASSERT_TRUE(read.has_value()) << read.error().message;
  auto found = recognise_lines(*read);
  ASSERT_EQ(found.size(), 3U);
  ASSERT_TRUE(found[0] && found[1] && found[2]);
  EXPECT_EQ(found[0]->protocol, Protocol::whirlpool);
  EXPECT_EQ(found[0]->confidence, 90);  // where it comes from is not among the lines
  EXPECT_EQ(found[1]->protocol, Protocol::whirlpool_tx0);
  EXPECT_EQ(found[1]->confidence, 95);
  EXPECT_EQ(found[2]->protocol, Protocol::whirlpool);
  EXPECT_EQ(found[2]->confidence, 95);
}

}  // namespace
}  // namespace tracehound::clusters
