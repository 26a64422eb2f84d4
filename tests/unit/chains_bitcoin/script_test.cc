#include "chains/bitcoin/script.h"

#include <gtest/gtest.h>

#include <string>
#include <vector>

#include "unit/chains_bitcoin/samples.h"

namespace tracehound::chains::bitcoin {
namespace {

using ledger::AddressKind;
using ledger::ScriptKind;
using test::bytes_of_hex;

// Keys of a regtest wallet of litecoind, and the one of Litecoin's genesis block.
const std::string kKey = "0312d46b636861baf86b8063d14e53acfbf741295104e557eacc31cdae3911a987";
const std::string kKey2 = "02833f4c33edef020558f741fc4f204cf0a3513d1a022d7725b5eb7968f6db315f";
const std::string kLongKey =
    "040184710fa689ad5023690c80f3a49c8f13f8d45b8c857fbcbc8bc4a8e4d3eb4b10f4d4604fa08dce601aaf0f4702"
    "16fe1b51850b4acf21b179c45070ac7b03a9";

std::string repeat(std::string_view piece, int times) {
  std::string text;
  for (int i = 0; i < times; ++i) text += piece;
  return text;
}
const std::string kHash20 = repeat("22", 20);
const std::string kHash32 = repeat("11", 32);

ScriptClass classify(const std::string& hex) {
  return classify_script(bytes_of_hex(hex), thread_hasher());
}

std::string payload(const ScriptClass& script) { return to_hex(script.payload_view()); }

// The class and address kind go together for all but pay-to-pubkey.
void expect(const std::string& hex, ScriptKind script, AddressKind address,
            const std::string& holds) {
  ScriptClass found = classify(hex);
  EXPECT_EQ(found.script, script) << hex;
  EXPECT_EQ(found.address, address) << hex;
  EXPECT_EQ(payload(found), holds) << hex;
}

std::string sha256(const std::string& hex) {
  return to_hex(thread_hasher().sha256(bytes_of_hex(hex)).view());
}
std::string hash160(const std::string& hex) {
  return to_hex(thread_hasher().hash160(bytes_of_hex(hex)).view());
}
void expect_other(const std::string& hex) {
  expect(hex, ScriptKind::other, AddressKind::other, sha256(hex));
}
void expect_multisig(const std::string& hex) {
  expect(hex, ScriptKind::multisig, AddressKind::multisig, sha256(hex));
}

TEST(Script, key_hash_script_hash_and_witness_programs__pay_the_bytes_they_carry) {
  expect("76a914" + kHash20 + "88ac", ScriptKind::pubkey_hash, AddressKind::pubkey_hash, kHash20);
  expect("a914" + kHash20 + "87", ScriptKind::script_hash, AddressKind::script_hash, kHash20);
  expect("0014" + kHash20, ScriptKind::witness_pubkey_hash, AddressKind::witness_pubkey_hash,
         kHash20);
  expect("0020" + kHash32, ScriptKind::witness_script_hash, AddressKind::witness_script_hash,
         kHash32);
  expect("5120" + kHash32, ScriptKind::taproot, AddressKind::taproot, kHash32);
}

TEST(Script, later_witness_versions__pay_the_version_and_the_program) {
  auto witness = [](const std::string& script, const std::string& holds) {
    expect(script, ScriptKind::witness_other, AddressKind::witness_other, holds);
  };
  witness("51024e73", "014e73");  // pay-to-anchor
  witness("5102aaaa", "01aaaa");
  witness("511f" + repeat("11", 31), "01" + repeat("11", 31));
  witness("5220" + kHash32, "02" + kHash32);
  witness("6002aaaa", "10aaaa");
  witness("6028" + repeat("33", 40), "10" + repeat("33", 40));
  witness("5820" + kHash32, "08" + kHash32);  // Litecoin's HogEx output
  witness("5920" + kHash32, "09" + kHash32);  // and its peg-in
}

TEST(Script, misshapen_witness_programs__are_other) {
  expect_other("0016" + repeat("22", 22));  // version 0 has 20 or 32 bytes
  expect_other("0002aaaa");
  expect_other("0028" + repeat("33", 40));
  expect_other("5120" + kHash32 + "00");  // bytes after the program
  expect_other("5121" + kHash32);         // and too few
  expect_other("510133");                 // 1 and 41 bytes
  expect_other("6029" + repeat("33", 41));
  expect_other("4f20" + kHash32);  // OP_1NEGATE is no version
  expect_other("5020" + kHash32);
  expect_other("6120" + kHash32);
  expect_other("514c20" + kHash32);  // the program is one plain push
}

TEST(Script, pay_to_pubkey__has_the_address_of_the_keys_bytes_as_they_stand) {
  auto pubkey = [](const std::string& script, const std::string& key) {
    expect(script, ScriptKind::pubkey, AddressKind::pubkey_hash, hash160(key));
  };
  pubkey("21" + kKey + "ac", kKey);
  pubkey("41" + kLongKey + "ac", kLongKey);
  // Block 1 of the main chain: 12c6DSiU4Rq3P4ZxziKxzrL5LmMBrzjrJX.
  expect(
      "410496b538e853519c726a2c91e61ec11600ae1390813a627c66fb8be7947be63c52da7589379515d4e0a604f814"
      "1"
      "781e62294721166bf621e73a82cbf2342c858eeac",
      ScriptKind::pubkey, AddressKind::pubkey_hash, "119b098e2e980a229e139a9ed01a469e518e6f26");
  for (std::string_view first : {"06", "07"}) {  // hybrid keys
    std::string key = std::string(first) + kLongKey.substr(2);
    pubkey("41" + key + "ac", key);
  }
}

TEST(Script, pushes_that_are_no_key__are_other) {
  for (std::string_view first : {"00", "02", "03", "05", "08"}) {
    expect_other("41" + std::string(first) + kLongKey.substr(2) + "ac");
  }
  for (std::string_view first : {"00", "01", "04", "05", "06"}) {
    expect_other("21" + std::string(first) + kKey.substr(2) + "ac");
  }
  expect_other("21" + repeat("00", 33) + "ac");  // testnet4's genesis output
  expect_other("4c21" + kKey + "ac");
  expect_other("21" + kKey + "ad");
  expect_other("20" + kKey + "ac");
  expect_other("21" + kKey + "acac");
}

TEST(Script, bare_multisig__is_recognised_up_to_twenty_keys) {
  expect_multisig("5121" + kKey + "51ae");
  expect_multisig("5221" + kKey + "21" + kKey2 + "52ae");
  expect_multisig("5121" + kKey + "41" + kLongKey + "52ae");
  expect_multisig("51" + repeat("21" + kKey, 16) + "60ae");
  expect_multisig("60" + repeat("21" + kKey, 16) + "60ae");
  expect_multisig("51" + repeat("21" + kKey, 17) + "0111ae");  // 17 and more are pushed bytes
  expect_multisig("0111" + repeat("21" + kKey, 17) + "0111ae");
  expect_multisig("0114" + repeat("21" + kKey, 20) + "0114ae");
}

TEST(Script, keys_of_a_multisig__may_be_pushed_in_any_way) {
  expect_multisig("514c21" + kKey + "51ae");
  expect_multisig("514d2100" + kKey + "51ae");
  expect_multisig("514e21000000" + kKey + "51ae");
}

TEST(Script, near_multisigs__are_other) {
  expect_other("5221" + kKey + "51ae");                       // 2 of 1
  expect_other("5121" + kKey + "52ae");                       // a key short
  expect_other("5121" + kKey + "21" + kKey2 + "51ae");        // a key over
  expect_other("0021" + kKey + "51ae");                       // 0 of 1
  expect_other("5021" + kKey + "51ae");                       // OP_RESERVED
  expect_other("010121" + kKey + "51ae");                     // 1 not in its shortest form
  expect_other("51" + repeat("21" + kKey, 16) + "0110ae");    // nor 16
  expect_other("51" + repeat("21" + kKey, 17) + "4c0111ae");  // nor 17
  expect_other("51" + repeat("21" + kKey, 17) + "021100ae");  // nor so
  expect_other("51" + repeat("21" + kKey, 21) + "0115ae");    // 21 keys
  expect_other("5121" + kKey + "51aeae");                     // an operation over
  expect_other("5121" + kKey + "51" + "61ae");                // one between
  expect_other("5121" + kKey + "51af");                       // OP_CHECKMULTISIGVERIFY
  expect_other("5121" + kKey + "5121");                       // no end
  expect_other("5121" + repeat("05", 33) + "51ae");           // no key
  expect_other("5151ae");                                     // no keys at all
  expect_other("51ae");                                       // no number of keys
  expect_other("5121" + kKey + "22" + kKey2 + "ae");          // a push that swallows the end
  expect_other("514effffffffae");                             // a push past the end
  expect_other("514dae");                                     // half a push
}

TEST(Script, anything_that_begins_with_op_return__cannot_be_spent) {
  for (const std::string& script :
       {std::string("6a"), std::string("6a01"), std::string("6a04deadbeef"), std::string("6aac"),
        std::string("6a4c"), "6a24aa21a9ed" + kHash32, "6a" + repeat("00", 100'000)}) {
    expect(script, ScriptKind::op_return, AddressKind::op_return, sha256(script));
  }
}

TEST(Script, everything_else__has_the_scripts_hash) {
  expect("", ScriptKind::other, AddressKind::other,
         "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855");
  expect_other("51");
  expect_other("ac");
  expect_other("ae");
  expect_other("ff");
  expect_other("00");
  expect_other("4effffffff");
  expect_other("76a94c14" + kHash20 + "88ac");
  expect_other("76a914" + kHash20 + "88acac");
  expect_other("76a914" + kHash20 + "88ad");
  expect_other("76a913" + kHash20 + "88ac");
  expect_other("a914" + kHash20 + "88");
  expect_other("a913" + kHash20 + "87");
  expect_other("a914" + kHash20 + "8787");
  expect_other(repeat("51", 10'001));
}

}  // namespace
}  // namespace tracehound::chains::bitcoin
