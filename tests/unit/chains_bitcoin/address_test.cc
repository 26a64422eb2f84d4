#include "chains/bitcoin/address.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <cctype>
#include <string>
#include <vector>

#include "chains/bitcoin/base58.h"
#include "chains/bitcoin/script.h"
#include "unit/chains_bitcoin/samples.h"

namespace tracehound::chains::bitcoin {
namespace {

using ledger::AddressKind;
using test::bytes_of_hex;
using test::network_named;

struct Vector {
  std::string_view network;
  std::string_view text;
  std::string_view script;
};

std::string lower(std::string_view text) {
  std::string result(text);
  std::ranges::transform(result, result.begin(), [](unsigned char c) { return std::tolower(c); });
  return result;
}

// The text and the script lead to the same address, and the address back to the text.
void expect_same(const Vector& vector) {
  const Network& network = network_named(vector.network);
  auto parsed = parse_address(network, vector.text);
  ASSERT_TRUE(parsed.has_value()) << parsed.error().message;
  ScriptClass paid = classify_script(bytes_of_hex(vector.script), thread_hasher());
  EXPECT_EQ(parsed->kind, paid.address) << vector.text;
  EXPECT_EQ(to_hex(parsed->payload), to_hex(paid.payload_view())) << vector.text;
  bool mixed = std::ranges::any_of(vector.text, [](unsigned char c) { return std::islower(c); });
  EXPECT_EQ(address_text(network, parsed->kind, parsed->payload),
            mixed ? std::string(vector.text) : lower(vector.text));
}

// The address is refused with these words somewhere in the sentence.
void expect_refused(std::string_view network, std::string_view text, std::string_view words) {
  auto parsed = parse_address(network_named(network), text);
  ASSERT_FALSE(parsed.has_value()) << text;
  EXPECT_EQ(parsed.error().kind, ErrorKind::bad_input);
  EXPECT_NE(parsed.error().message.find(words), std::string::npos) << parsed.error().message;
  EXPECT_NE(parsed.error().message.find("is no address of " + std::string(network)),
            std::string::npos)
      << parsed.error().message;
}

// BIP 350's list, which keeps those of BIP 173 that still hold.
TEST(Address, bip350_valid_addresses__lead_to_their_scripts_and_back) {
  for (const Vector& vector : std::vector<Vector>{
           {"main", "BC1QW508D6QEJXTDG4Y5R3ZARVARY0C5XW7KV8F3T4",
            "0014751e76e8199196d454941c45d1b3a323f1433bd6"},
           {"test", "tb1qrp33g0q5c5txsp9arysrx4k6zdkfs4nce4xj0gdcccefvpysxf3q0sl5k7",
            "00201863143c14c5166804bd19203356da136c985678cd4d27a1b8c6329604903262"},
           {"main", "bc1pw508d6qejxtdg4y5r3zarvary0c5xw7kw508d6qejxtdg4y5r3zarvary0c5xw7kt5nd6y",
            "5128751e76e8199196d454941c45d1b3a323f1433bd6751e76e8199196d454941c45d1b3a323f1433bd6"},
           {"main", "BC1SW50QGDZ25J", "6002751e"},
           {"main", "bc1zw508d6qejxtdg4y5r3zarvaryvaxxpcs", "5210751e76e8199196d454941c45d1b3a323"},
           {"test", "tb1qqqqqp399et2xygdj5xreqhjjvcmzhxw4aywxecjdzew6hylgvsesrxh6hy",
            "0020000000c4a5cad46221b2a187905e5266362b99d5e91c6ce24d165dab93e86433"},
           {"test", "tb1pqqqqp399et2xygdj5xreqhjjvcmzhxw4aywxecjdzew6hylgvsesf3hn0c",
            "5120000000c4a5cad46221b2a187905e5266362b99d5e91c6ce24d165dab93e86433"},
           {"main", "bc1p0xlxvlhemja6c4dqv22uapctqupfhlxm9h8z3k2e72q4k9hcz7vqzk5jj0",
            "512079be667ef9dcbbac55a06295ce870b07029bfcdb2dce28d959f2815b16f81798"},
       }) {
    expect_same(vector);
  }
}

TEST(Address, bip350_invalid_addresses__are_refused_for_their_reason) {
  expect_refused("main", "tc1p0xlxvlhemja6c4dqv22uapctqupfhlxm9h8z3k2e72q4k9hcz7vq5zuyut",
                 "the prefix tc");
  std::string_view wrong_variant = "which ends with version 0";
  expect_refused("main", "bc1p0xlxvlhemja6c4dqv22uapctqupfhlxm9h8z3k2e72q4k9hcz7vqh2y7hd",
                 wrong_variant);
  expect_refused("test", "tb1z0xlxvlhemja6c4dqv22uapctqupfhlxm9h8z3k2e72q4k9hcz7vqglt7rf",
                 wrong_variant);
  expect_refused("main", "BC1S0XLXVLHEMJA6C4DQV22UAPCTQUPFHLXM9H8Z3K2E72Q4K9HCZ7VQ54WELL",
                 wrong_variant);
  wrong_variant = "which begins with version 1";
  expect_refused("main", "bc1qw508d6qejxtdg4y5r3zarvary0c5xw7kemeawh", wrong_variant);
  expect_refused("test", "tb1q0xlxvlhemja6c4dqv22uapctqupfhlxm9h8z3k2e72q4k9hcz7vq24jc47",
                 wrong_variant);
  expect_refused("main", "bc1p38j9r5y49hruaue7wxjce0updqjuyyx0kh56v8s25huc6995vvpql3jow4",
                 "not Bech32's at place 60");
  expect_refused("main", "BC130XLXVLHEMJA6C4DQV22UAPCTQUPFHLXM9H8Z3K2E72Q4K9HCZ7VQ7ZWS8R",
                 "unknown witness version 17");
  expect_refused("main", "bc1pw5dgrnzv", "has 1 byte");
  expect_refused("main",
                 "bc1p0xlxvlhemja6c4dqv22uapctqupfhlxm9h8z3k2e72q4k9hcz7v8n0nx0muaewav253zgeav",
                 "has 41 bytes");
  expect_refused("main", "BC1QR508D6QEJXTDG4Y5R3ZARVARYV98GJ9P", "has 16 bytes");
  expect_refused("test", "tb1p0xlxvlhemja6c4dqv22uapctqupfhlxm9h8z3k2e72q4k9hcz7vq47Zagq",
                 "mixes lower and upper case");
  expect_refused("main", "bc1p0xlxvlhemja6c4dqv22uapctqupfhlxm9h8z3k2e72q4k9hcz7v07qwwzcrf",
                 "bits over");
  expect_refused("test", "tb1p0xlxvlhemja6c4dqv22uapctqupfhlxm9h8z3k2e72q4k9hcz7vpggkg4j",
                 "bits over");
  expect_refused("main", "bc1gmk9yu", "no witness version");
}

TEST(Address, bip173_invalid_addresses__are_refused_for_their_reason) {
  expect_refused("main", "tc1qw508d6qejxtdg4y5r3zarvary0c5xw7kg3g4ty", "the prefix tc");
  expect_refused("main", "bc1qw508d6qejxtdg4y5r3zarvary0c5xw7kv8f3t5", "wrong checksum");
  expect_refused("main", "BC13W508D6QEJXTDG4Y5R3ZARVARY0C5XW7KN40WF2", "witness version 17");
  // Since BIP 350 the checksum of these is that of version 0.
  expect_refused("main", "bc1rw5uspcuh", "ends with version 0");
  expect_refused("main",
                 "bc10w508d6qejxtdg4y5r3zarvary0c5xw7kw508d6qejxtdg4y5r3zarvary0c5xw7kw5rljs90",
                 "ends with version 0");
  expect_refused("main", "bc1zw508d6qejxtdg4y5r3zarvaryvqyzf3du", "ends with version 0");
  expect_refused("main", "BC1SW50QA3JX3S", "ends with version 0");  // valid before BIP 350
  expect_refused("test", "tb1qrp33g0q5c5txsp9arysrx4k6zdkfs4nce4xj0gdcccefvpysxf3q0sL5k7",
                 "mixes lower and upper case");
  expect_refused("test", "tb1qrp33g0q5c5txsp9arysrx4k6zdkfs4nce4xj0gdcccefvpysxf3pjxtptv",
                 "bits over");
}

// Bitcoin Core's src/test/data/key_io_valid.json (addresses), and its signet and testnet4 kin.
TEST(Address, key_io_vectors_of_bitcoin_core__lead_to_their_scripts_and_back) {
  for (const Vector& vector : std::vector<Vector>{
           {"main", "1FsSia9rv4NeEwvJ2GvXrX7LyxYspbN2mo",
            "76a914a31c06bd463e3923bc1aadbde48b16976c08071788ac"},
           {"main", "36j4NfKv6Akva9amjWrLG6MuSQym1GuEmm",
            "a914373b819a068f32b7a6b38b6b38729647cfde01c287"},
           {"testnet4", "mzK2FFDEhxqHcmrJw1ysqFkVyhUULo45hZ",
            "76a914ce28b26c57472737f5c3561a1761185bd8589a4388ac"},
           {"testnet4", "2NC2hEhe28ULKAJkW5MjZ3jtTMJdvXmByvK",
            "a914ce0bba75891ff9ec60148d4bd4a09ee2dc5c933187"},
           {"signet", "mww4LvqtTMKvmeQvizPz2EQv26xTneWrbg",
            "76a914b4110ba93ac54afc14da3bdd19614774a2d55d2988ac"},
           {"signet", "2N1r7aC69VHeE7yQJPDLi9T1PYq4wnwvjuT",
            "a9145e5a35ab44b3efaea5129ba22b88ba3e2976614587"},
           {"regtest", "n4fajahJrAuKbN7uNsKjLjQkz9Qn5ewJXQ",
            "76a914fdeca3b08e38af53d7c4c60e3ad208ce5066441088ac"},
           {"regtest", "2MxFajLApXpYk4VodBSZSt7rw8y4ryABkfA",
            "a91436e9f191e0b75036a77f65e2eaa4752443233fbe87"},
           {"main", "bc1qyucykdlhp62tezs0hagqury402qwhk589q80tqs5myh3rxq34nwqhkdhv7",
            "002027304b37f70e94bc8a0fbf500e0c957a80ebda87280ef58214d92f119811acdc"},
           {"main", "bc1p83n3au0rjylefxq2nc2xh2y4jzz4pm6zxj4mw5pagdjjr2a9f36s6jjnnu",
            "51203c671ef1e3913f94980a9e146ba895908550ef4234abb7503d436521aba54c75"},
           {"main", "bc1z2rksukkjr8", "520250ed"},
           {"testnet4", "tb1rgv5m6uvdk3kc7qsuz0c79v88ycr5w4wa",
            "53104329bd718db46d8f021c13f1e2b0e726"},
           {"signet", "tb1rx9n9g37az8mu236e5jpxdt0m67y4fuq8rhs0ss3djnm0kscfrwvq0ntlyg",
            "532031665447dd11f7c54759a48266adfbd78954f0071de0f8422d94f6fb43091b98"},
           {"regtest", "bcrt1qdavt4j2sd7dlhqsavtnfxvzppw6k7qy97tmnu9",
            "00146f58bac9506f9bfb821d62e69330410bb56f0085"},
           {"regtest", "bcrt1pfwxjqvtt4tcxrtdluukfmy2dv7xd2qzdfy6kajv5nwn4yam3wxkq3553uh",
            "51204b8d20316baaf061adbfe72c9d914d678cd5004d49356ec9949ba752777171ac"},
           {"regtest",
            "bcrt1sx6p8njlx7h9mc2agz4yg82dzne23050ncq72cneeecez2pst8mahn8xecsf8g6hzx94420",
            "6028368279cbe6f5cbbc2ba8154883a9a29e5517d1f3c03cac4f39ce3225060b3efb799cd9c412746ae2"},
       }) {
    expect_same(vector);
  }
}

// What litecoind 0.21.2 prints for these scripts in regtest mode.
TEST(Address, litecoind_addresses__lead_to_their_scripts_and_back) {
  for (const Vector& vector : std::vector<Vector>{
           {"litecoin-regtest", "midSACfDe3qAxJZZXA9gkwBZgPqJJUpy1w",
            "76a914222222222222222222222222222222222222222288ac"},
           {"litecoin-regtest", "QPiTySrx1VGjcLAyDvVo4HksKfBJbX21RQ",
            "a914222222222222222222222222222222222222222287"},
           {"litecoin-regtest", "rltc1qyrvajm777y9mfl4x6m7edscnt38d33h3szsj22",
            "001420d9d96fdef10bb4fea6d6fd96c3135c4ed8c6f1"},
           {"litecoin-regtest", "rltc1pzyg3zyg3zyg3zyg3zyg3zyg3zyg3zyg3zyg3zyg3zyg3zyg3zygsg86zed",
            "51201111111111111111111111111111111111111111111111111111111111111111"},
           {"litecoin-regtest", "rltc1pfees06p8ul", "51024e73"},
           {"litecoin-regtest", "rltc1s424qvfmalt", "6002aaaa"},
       }) {
    expect_same(vector);
  }
}

TEST(Address, litecoins_older_script_prefix__is_read_and_not_written) {
  const Network& litecoin = network_named("litecoin");
  Bytes hash = bytes_of_hex("373b819a068f32b7a6b38b6b38729647cfde01c2");
  auto old = parse_address(litecoin, "36j4NfKv6Akva9amjWrLG6MuSQym1GuEmm");
  ASSERT_TRUE(old.has_value()) << old.error().message;
  EXPECT_EQ(old->kind, AddressKind::script_hash);
  EXPECT_EQ(old->payload, hash);
  std::string text = address_text(litecoin, old->kind, old->payload);
  EXPECT_EQ(text[0], 'M');
  auto again = parse_address(litecoin, text);
  ASSERT_TRUE(again.has_value()) << again.error().message;
  EXPECT_EQ(again->payload, hash);
}

// One of 48,778 key hashes of Litecoin is written like this: L, then t, c, 1 in some case.
TEST(Address, base58_that_begins_like_a_witness_address__is_base58) {
  const Network& litecoin = network_named("litecoin");
  Bytes hash = bytes_of_hex("5bed1b1e297333f6b0ce1637a36388581e27f6f8");
  std::string text = "LTc1o5VoJty8MKxff9pC7nQuYzp6r8rSqJ";
  auto parsed = parse_address(litecoin, text);
  ASSERT_TRUE(parsed.has_value()) << parsed.error().message;
  EXPECT_EQ(parsed->kind, AddressKind::pubkey_hash);
  EXPECT_EQ(address_text(litecoin, parsed->kind, parsed->payload), text);
  EXPECT_EQ(parsed->payload, hash);
  expect_refused("main", text, "it belongs to litecoin");
  expect_refused("litecoin", text.substr(0, 33) + "K", "mixes lower and upper case");
}

TEST(Address, another_networks_address__is_refused_with_that_networks_name) {
  expect_refused("test", "bc1qw508d6qejxtdg4y5r3zarvary0c5xw7kv8f3t4", "it belongs to main");
  expect_refused("main", "tb1qw508d6qejxtdg4y5r3zarvary0c5xw7kxpjzsx",
                 "it belongs to test or testnet4 or signet");
  expect_refused("main", "bcrt1qdavt4j2sd7dlhqsavtnfxvzppw6k7qy97tmnu9", "it belongs to regtest");
  expect_refused("regtest", "rltc1qyrvajm777y9mfl4x6m7edscnt38d33h3szsj22",
                 "it belongs to litecoin-regtest");
  expect_refused("litecoin", "1FsSia9rv4NeEwvJ2GvXrX7LyxYspbN2mo", "it belongs to main");
  expect_refused("regtest", "36j4NfKv6Akva9amjWrLG6MuSQym1GuEmm", "it belongs to main or litecoin");
  // A private key in WIF is no address.
  expect_refused("main", "5JuW2AMDYu4xVwRG9DZW18VbzQrGcd5RCgb99sS6ehJsNQXu5b9", "too long");
}

TEST(Address, damaged_base58__is_refused_for_its_reason) {
  expect_refused("main", "1FsSia9rv4NeEwvJ2GvXrX7LyxYspbN2mp", "wrong checksum");
  expect_refused("main", "1FsSia9rv4NeEwvJ2GvXrX7LyxYspbN2m0", "not Base58's at place 34");
  expect_refused("main", "1FsSia9rv4NeEwvJ2GvXrX7LyxYspbN2m", "wrong checksum");
  expect_refused("main", "11FsSia9rv4NeEwvJ2GvXrX7LyxYspbN2mo", "too long");
  expect_refused("main", "", "too short");
  expect_refused("main", "1", "too short");
  expect_refused("main", " 1FsSia9rv4NeEwvJ2GvXrX7LyxYspbN2mo", "at place 1");
  expect_refused("main", base58check_encode(bytes_of_hex("00" + std::string(38, '1'))),
                 "holds 20 bytes where an address has 21");
  expect_refused("main", base58check_encode(bytes_of_hex("77" + std::string(40, '1'))),
                 "no network has the prefix 119");
}

TEST(Address, text_in_an_error__is_cut_and_printable) {
  auto parsed = parse_address(network_named("main"), std::string(1'000'000, '\x01'));
  ASSERT_FALSE(parsed.has_value());
  EXPECT_LT(parsed.error().message.size(), 1'000U);
  EXPECT_TRUE(std::ranges::none_of(parsed.error().message,
                                   [](unsigned char c) { return std::iscntrl(c); }));
}

TEST(Address, scripts_without_a_standard_form__are_words_and_a_hash) {
  std::string hash = "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855";
  const Network& network = network_named("main");
  for (auto [kind, word] :
       std::vector<std::pair<AddressKind, std::string>>{{AddressKind::multisig, "multisig:"},
                                                        {AddressKind::op_return, "op_return:"},
                                                        {AddressKind::other, "script:"}}) {
    EXPECT_EQ(address_text(network, kind, bytes_of_hex(hash)), word + hash);
    auto parsed = parse_address(network, word + hash);
    ASSERT_TRUE(parsed.has_value()) << parsed.error().message;
    EXPECT_EQ(parsed->kind, kind);
    EXPECT_EQ(to_hex(parsed->payload), hash);
    expect_refused("main", word + hash.substr(2), "64 hexadecimal digits");
    expect_refused("main", word + hash + "00", "64 hexadecimal digits");
    expect_refused("main", word + "g" + hash.substr(1), "64 hexadecimal digits");
  }
}

TEST(Address, every_kind_on_every_network__reads_back_what_was_written) {
  struct Payload {
    AddressKind kind;
    std::string bytes;
  };
  std::string hash20(40, '7');
  std::string hash32(64, '8');
  for (const Network& network : networks()) {
    for (const auto& [kind, bytes] : std::vector<Payload>{
             {AddressKind::pubkey_hash, hash20},
             {AddressKind::script_hash, hash20},
             {AddressKind::witness_pubkey_hash, hash20},
             {AddressKind::witness_script_hash, hash32},
             {AddressKind::taproot, hash32},
             {AddressKind::witness_other, "014e73"},
             {AddressKind::witness_other, "02" + hash32},
             {AddressKind::witness_other, "10" + std::string(80, '9')},
             {AddressKind::multisig, hash32},
             {AddressKind::op_return, hash32},
             {AddressKind::other, hash32},
         }) {
      std::string text = address_text(network, kind, bytes_of_hex(bytes));
      auto parsed = parse_address(network, text);
      ASSERT_TRUE(parsed.has_value()) << parsed.error().message;
      EXPECT_EQ(parsed->kind, kind) << text;
      EXPECT_EQ(to_hex(parsed->payload), bytes) << text;
    }
  }
}

}  // namespace
}  // namespace tracehound::chains::bitcoin
