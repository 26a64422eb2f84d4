// Which wrappers spends show, from a transaction's bytes to the ledger's rows.
#include <gtest/gtest.h>

#include <algorithm>
#include <string>
#include <vector>

#include "chains/bitcoin/starting_point.h"
#include "chains/bitcoin/transaction.h"
#include "ledger/check.h"
#include "ledger/writer.h"
#include "support/faulty_file_system.h"
#include "support/random_blocks.h"
#include "unit/chains_bitcoin/samples.h"

namespace tracehound::chains::bitcoin {
namespace {

using ledger::AddressKind;
using ledger::BlockRows;
using ledger::WrapperRow;
using test::bytes_of_hex;
using test::network_named;

const std::string kKey = "02" + std::string(64, 'a');
const std::string kSignature = "3006020101020101" + std::string("01");   // DER, and what it signs
const std::string kMultisig = "51" + std::string("21") + kKey + "51ae";  // one key of one

std::string push(const std::string& hex) {
  std::size_t size = hex.size() / 2;
  EXPECT_LT(size, 76U);
  Byte length[] = {static_cast<Byte>(size)};
  return to_hex(length) + hex;
}
std::string sha256_hex(const std::string& hex) {
  return to_hex(thread_hasher().sha256(bytes_of_hex(hex)).view());
}
std::string hash160_hex(const std::string& hex) {
  return to_hex(thread_hasher().hash160(bytes_of_hex(hex)).view());
}

struct In {
  std::string script;
  std::vector<std::string> witness = {};
};

// A transaction with these inputs and one output.
BlockRows rows_of(const std::vector<In>& inputs) {
  bool flag = std::ranges::any_of(inputs, [](const In& in) { return !in.witness.empty(); });
  std::string hex = flag ? "010000000001" : "01000000";
  Byte count[] = {static_cast<Byte>(inputs.size())};
  hex += to_hex(count);
  for (const In& in : inputs) {
    hex += std::string(64, '7') + "00000000" + push(in.script) + "ffffffff";
  }
  hex += "01e8030000000000000151";
  for (const In& in : inputs) {
    if (!flag) break;
    Byte items[] = {static_cast<Byte>(in.witness.size())};
    hex += to_hex(items);
    for (const std::string& item : in.witness) hex += push(item);
  }
  Bytes bytes = bytes_of_hex(hex + "00000000");
  ByteReader reader(bytes);
  BlockRows rows;
  auto parsed = parse_transaction(network_named("main"), reader, thread_hasher(), rows);
  EXPECT_TRUE(parsed.has_value()) << parsed.error().message;
  return rows;
}

std::string text_of(const BlockRows& rows, const WrapperRow& row) {
  std::string text =
      std::to_string(row.input) + ": " + std::to_string(static_cast<int>(row.wrapper_kind)) + " " +
      to_hex(rows.wrapper_payload(row)) + " wraps " +
      std::to_string(static_cast<int>(row.address_kind)) + " " + to_hex(rows.payload(row));
  if (row.inside != WrapperRow::kNone) text += " inside row " + std::to_string(row.inside);
  EXPECT_EQ(row.transaction, 0U);
  return text;
}

std::vector<std::string> shown(const std::vector<In>& inputs) {
  BlockRows rows = rows_of(inputs);
  std::vector<std::string> texts;
  for (const WrapperRow& row : rows.wrappers) texts.push_back(text_of(rows, row));
  return texts;
}

using Texts = std::vector<std::string>;

// The signed transaction of BIP 143's example "P2SH-P2WPKH", whose coin pays a914 4733...2023 87.
TEST(Wrappers, a_nested_key_as_bip143_has_it__is_shown_by_the_input_script) {
  Bytes bytes = bytes_of_hex(
      "01000000000101db6b1b20aa0fd7b23880be2ecbd4a98130974cf4748fb66092ac4d3ceb1a547701000000171600"
      "1479091972186c449eb1ded22b78e40d009bdf0089feffffff02b8b4eb0b000000001976a914a457b684d7f0d539"
      "a46a45bbc043f35b59d0d96388ac0008af2f000000001976a914fd270b1ee6abcaea97fea7ad0402e8bd8ad6d77c"
      "88ac02473044022047ac8e878352d3ebbde1c94ce3a10d057c24175747116f8288e5d794d12d482f0220217f36a4"
      "85cae903c713331d877c1f64677e3622ad4010726870540656fe9dcb012103ad1d8e89212f0b92c74d23bb710c00"
      "662ad1470198ac48c43f7d6f93a2a2687392040000");
  ByteReader reader(bytes);
  BlockRows rows;
  ASSERT_TRUE(parse_transaction(network_named("main"), reader, thread_hasher(), rows).has_value());
  ASSERT_EQ(rows.wrappers.size(), 1U);
  EXPECT_EQ(text_of(rows, rows.wrappers[0]),
            "0: 1 4733f37cf4db86fbc2efed2500b4f4e49f312023 wraps 2 "
            "79091972186c449eb1ded22b78e40d009bdf0089");
  EXPECT_FALSE(rows.wrappers[0].wraps_a_wrapper);
  // Its outputs' payloads stand where they should, behind those of the wrapper.
  EXPECT_EQ(to_hex(rows.payload(rows.outputs[1])), "fd270b1ee6abcaea97fea7ad0402e8bd8ad6d77c");
}

TEST(Wrappers, scripts_that_need_keys__each_with_what_it_is_by_itself) {
  std::string hash_kind = "76a914" + hash160_hex(kKey) + "88ac";
  EXPECT_EQ(shown({{"00" + push(kSignature) + push(kMultisig)}}),
            Texts{"0: 1 " + hash160_hex(kMultisig) + " wraps 6 " + sha256_hex(kMultisig)});
  EXPECT_EQ(shown({{"", {"", kSignature, kMultisig}}}),
            Texts{"0: 3 " + sha256_hex(kMultisig) + " wraps 6 " + sha256_hex(kMultisig)});
  EXPECT_EQ(shown({{push(kSignature) + push(kKey) + push(hash_kind)}}),
            Texts{"0: 1 " + hash160_hex(hash_kind) + " wraps 0 " + hash160_hex(kKey)});
  EXPECT_EQ(shown({{"", {kSignature, "21" + kKey + "ac"}}}),
            Texts{"0: 3 " + sha256_hex("21" + kKey + "ac") + " wraps 0 " + hash160_hex(kKey)});
}

TEST(Wrappers, a_script_in_a_witness_program_in_a_script__makes_two_rows) {
  std::string program = "0020" + sha256_hex(kMultisig);
  std::string nested_key = "0014" + hash160_hex(kKey);
  In twice{push(program), {"", kSignature, kMultisig}};
  In once{push(nested_key), {kSignature, kKey}};
  In native{"", {"", kSignature, kMultisig}};
  auto rows = rows_of({once, twice, native, twice});
  ASSERT_EQ(rows.wrappers.size(), 6U);
  EXPECT_FALSE(rows.wrappers[0].wraps_a_wrapper);
  EXPECT_TRUE(rows.wrappers[1].wraps_a_wrapper && rows.wrappers[2].wraps_a_wrapper);
  std::string inner = " 3 " + sha256_hex(kMultisig) + " wraps 6 " + sha256_hex(kMultisig);
  std::string outer = " 1 " + hash160_hex(program) + " wraps 3 " + sha256_hex(kMultisig);
  EXPECT_EQ(shown({once, twice, native, twice}),
            (Texts{"0: 1 " + hash160_hex(nested_key) + " wraps 2 " + hash160_hex(kKey),
                   "1:" + outer, "3:" + outer, "1:" + inner + " inside row 1", "2:" + inner,
                   "3:" + inner + " inside row 2"}));
  // The witness shows some other script than the program is of: the program alone is shown.
  EXPECT_EQ(shown({{push(program), {kSignature, "21" + kKey + "ac"}}}), Texts{"0:" + outer});
}

TEST(Wrappers, what_shows_no_script_that_needs_a_key__makes_no_row) {
  std::string hash_lock = "a914" + std::string(40, '5') + "87";
  std::string taproot = "5120" + std::string(64, '6');
  std::string control = "c0" + std::string(64, '4');
  std::vector<In> silent = {
      {push(kSignature) + push(kKey)},                     // pay-to-pubkey-hash
      {push(kSignature)},                                  // pay-to-pubkey
      {"00" + push(kSignature)},                           // bare multisig
      {"", {kSignature, kKey}},                            // witness key hash
      {"", {std::string(128, '9')}},                       // taproot by its key
      {"", {kSignature, "21" + kKey + "ac", control}},     // taproot by a script
      {"", {kSignature, kMultisig, "50" + kKey}},          // taproot with an annex
      {push("51")},                                        // anyone can spend
      {"", {"51"}},                                        //
      {push(kKey) + push(hash_lock)},                      // a riddle, in either kind
      {"", {kKey, hash_lock}},                             //
      {push(taproot)},                                     // no program inside a script
      {"", {kSignature, "0014" + hash160_hex(kKey)}},      // nor inside a witness
      {"", {kSignature, "0020" + sha256_hex(kMultisig)}},  //
      {push(kSignature) + "93" + push(kMultisig)},         // not pushes alone
      {push(kSignature) + push(kMultisig) + "00"},         // an empty script
      {"51" + push(kSignature) + "4cff"},                  // a push past the end
      {"", {kSignature, ""}},
  };
  for (std::size_t i = 0; i < silent.size(); ++i) {
    // A witness of some sort is there for every transaction with the flag.
    EXPECT_EQ(shown({silent[i], {"", {kSignature, kKey}}}), Texts{}) << i;
  }
}

// A block taken back and put on again from the ledger's own rows leaves no trace: of random chains
// whose wrappers are shown once, twice, inside one another and in blocks that go.
TEST(Wrappers, blocks_taken_back_and_restored__are_the_same_bytes) {
  for (std::uint64_t seed = 0; seed < 12; ++seed) {
    test::BlockMaker maker(seed);
    test::FaultyFileSystem disk;
    auto writer = ledger::Writer::open(disk, "L", "toy:test");
    ASSERT_TRUE(writer.has_value());
    for (int i = 0; i < 14; ++i) {
      ASSERT_TRUE(writer->append(maker.random_block(6)).has_value());
      ASSERT_TRUE(writer->commit().has_value());
    }
    auto before = disk.contents();
    {
      auto ledger = ledger::Ledger::open(disk, "L");
      ASSERT_TRUE(ledger.has_value());
      EXPECT_GT(ledger->counts().wrappers, 5U);
      EXPECT_TRUE(ledger::check_ledger(*ledger).clean());
    }
    StartingPoint start(disk, "L", 14);
    ASSERT_TRUE(start.before_rewind(3 + seed % 5).has_value());
    ASSERT_TRUE(writer->rewind(3 + seed % 5).has_value());
    ASSERT_TRUE(start.restore(*writer).has_value());
    for (const auto& [path, bytes] : disk.contents()) {
      bool rows = path.starts_with("L/columns") || path.starts_with("L/runs");
      if (!rows && path != "L/manifest") continue;
      EXPECT_EQ(bytes, before[path]) << path << " of " << seed;
    }
  }
}

}  // namespace
}  // namespace tracehound::chains::bitcoin
