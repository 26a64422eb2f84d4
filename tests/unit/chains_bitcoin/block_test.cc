#include "chains/bitcoin/block.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <string>
#include <vector>

#include "chains/bitcoin/address.h"
#include "unit/chains_bitcoin/samples.h"

namespace tracehound::chains::bitcoin {
namespace {

using ledger::BlockRows;
using test::bytes_of_hex;
using test::hash_of;
using test::network_named;

Result<BlockRows> decode(ByteView bytes, std::string_view network = "main") {
  return decode_block(network_named(network), bytes, thread_hasher());
}

void expect_refused(ByteView bytes, std::string_view message, std::string_view network = "main") {
  auto rows = decode(bytes, network);
  ASSERT_FALSE(rows.has_value()) << message;
  EXPECT_EQ(rows.error().kind, ErrorKind::bad_input);
  EXPECT_EQ(rows.error().message, message);
}

// A coinbase that pays `value` to OP_TRUE and can be told from others by its input script.
Bytes coinbase(Byte number, std::uint64_t value = 5'000'000'000) {
  Bytes bytes = bytes_of_hex("0100000001" + std::string(64, '0') + "ffffffff" + "01");
  bytes.push_back(number);
  Bytes rest = bytes_of_hex("ffffffff01");
  bytes.insert(bytes.end(), rest.begin(), rest.end());
  for (int shift = 0; shift < 64; shift += 8) bytes.push_back(static_cast<Byte>(value >> shift));
  rest = bytes_of_hex("015100000000");
  bytes.insert(bytes.end(), rest.begin(), rest.end());
  return bytes;
}

// A payment that spends output `index` of txid 0707...
Bytes payment(std::uint32_t index) {
  Bytes bytes = bytes_of_hex("0100000001" + std::string(64, '7'));
  for (int shift = 0; shift < 32; shift += 8) bytes.push_back(static_cast<Byte>(index >> shift));
  Bytes rest = bytes_of_hex("00ffffffff01e803000000000000015100000000");
  bytes.insert(bytes.end(), rest.begin(), rest.end());
  return bytes;
}

// The slow way to the root: a tree by halves, written from its definition.
Hash256 merkle_root(std::vector<Hash256> level) {
  if (level.size() == 1) return level[0];
  std::vector<Hash256> above;
  for (std::size_t i = 0; i < level.size(); i += 2) {
    Bytes pair(level[i].bytes.begin(), level[i].bytes.end());
    const Hash256& right = level[std::min(i + 1, level.size() - 1)];
    pair.insert(pair.end(), right.bytes.begin(), right.bytes.end());
    above.push_back(thread_hasher().sha256d(pair));
  }
  return merkle_root(above);
}

// A block of these transactions with the right merkle root. `root_of` limits which count in it.
Bytes block_of(const std::vector<Bytes>& transactions, std::size_t root_of = SIZE_MAX) {
  std::vector<Hash256> ids;
  for (const Bytes& transaction : transactions) {
    if (ids.size() < root_of) ids.push_back(thread_hasher().sha256d(transaction));
  }
  Bytes block(kHeaderSize, 0);
  std::ranges::copy(merkle_root(ids).bytes, block.begin() + 36);
  CHECK(transactions.size() < 0xFD);
  block.push_back(static_cast<Byte>(transactions.size()));
  for (const Bytes& transaction : transactions) {
    block.insert(block.end(), transaction.begin(), transaction.end());
  }
  return block;
}

TEST(Block, genesis_block_of_every_network__decodes) {
  for (const auto& genesis : test::kGenesisBlocks) {
    const Network& network = network_named(genesis.network);
    auto rows = decode(genesis.block(), genesis.network);
    ASSERT_TRUE(rows.has_value()) << genesis.network << ": " << rows.error().message;
    EXPECT_EQ(rows->hash, network.genesis);
    EXPECT_EQ(rows->previous_hash(), Hash256{});
    EXPECT_EQ(rows->transactions.size(), 1U);
    EXPECT_EQ(rows->outputs.at(0).value, subsidy(network, BlockHeight(0)));
    EXPECT_EQ(to_hex(rows->header), to_hex(genesis.header()));
  }
}

TEST(Block, genesis_coins__pay_the_addresses_known_for_them) {
  auto paid = [](std::size_t number) {
    const auto& genesis = test::kGenesisBlocks.at(number);
    auto rows = decode(genesis.block(), genesis.network);
    CHECK(rows.has_value());
    const auto& output = rows->outputs.at(0);
    return address_text(network_named(genesis.network), output.address_kind, rows->payload(output));
  };
  EXPECT_EQ(paid(0), "1A1zP1eP5QGefi2DMPTfTL5SLmv7DivfNa");
  EXPECT_EQ(paid(1), "mpXwg4jMtRhuSpVq4xS3HFHmCmWp9NyGKt");
  EXPECT_EQ(paid(2).substr(0, 7), "script:");                // 33 zero bytes are no key
  EXPECT_EQ(paid(7), "n194KCwPQJjti53z9gN6wh9wUChfVePEab");  // as litecoind prints that key
}

TEST(Block, header__gives_its_fields) {
  Bytes bytes = bytes_of_hex(test::kMwebBlock);
  Header header = parse_header(ByteView(bytes).first(kHeaderSize));
  EXPECT_EQ(header.hash,
            hash_of("f7491b246fc135a31b752703126e092c311e87c28dec56fde6bfc8eda6777ebb"));
  EXPECT_EQ(header.previous,
            hash_of("8c46d7a4f1f502397abbdc609a8752da8034505c64d66d9f4a700bad483ed28d"));
  EXPECT_EQ(header.merkle_root,
            hash_of("32857320234e9addd7d5eef736958e4e520491676e628f0952eb59930a7ed455"));
  EXPECT_EQ(header.time, 0x6B034614U);
  EXPECT_EQ(header.bits, 0x207FFFFFU);
}

TEST(Block, mweb_block_of_litecoind__decodes_past_its_extension_block) {
  auto rows = decode(bytes_of_hex(test::kMwebBlock), "litecoin-regtest");
  ASSERT_TRUE(rows.has_value()) << rows.error().message;
  EXPECT_EQ(rows->hash,
            hash_of("f7491b246fc135a31b752703126e092c311e87c28dec56fde6bfc8eda6777ebb"));
  ASSERT_EQ(rows->transactions.size(), 2U);
  EXPECT_EQ(rows->transactions[0].txid,
            hash_of("bb5766e5a22d6af24f4692ab03da9e99958ec83522d50506774c90e2f6501081"));
  EXPECT_EQ(rows->transactions[0].shape & ledger::shape::kWeightMask, 572U);
  EXPECT_EQ(rows->transactions[1].txid,
            hash_of("dd3f41bd184aca676b083012ee1b75355dddbcc8971950fb3060cdba2502499f"));
  EXPECT_EQ(rows->transactions[1].shape & ledger::shape::kWeightMask, 376U);
  ASSERT_EQ(rows->outputs.size(), 3U);
  EXPECT_EQ(rows->outputs[0].value, 1'250'000'000U);
  EXPECT_EQ(address_text(network_named("litecoin-regtest"), rows->outputs[0].address_kind,
                         rows->payload(rows->outputs[0])),
            "rltc1qyrvajm777y9mfl4x6m7edscnt38d33h3szsj22");
  EXPECT_EQ(rows->outputs[1].script, ledger::ScriptKind::op_return);
  EXPECT_EQ(rows->outputs[2].value, 4'249'959'100U);
}

TEST(Block, mweb_block_without_its_extension_block__is_refused) {
  Bytes bytes = bytes_of_hex(test::kMwebBlock);
  constexpr std::size_t kExtension = 348;  // 80 + 1 + 170 + 97
  expect_refused(ByteView(bytes).first(kExtension), "ends early at byte 348", "litecoin-regtest");
  expect_refused(ByteView(bytes).first(kExtension + 1), "has no extension block at byte 348",
                 "litecoin-regtest");
  bytes[kExtension] = 2;
  expect_refused(bytes, "has no extension block at byte 348", "litecoin-regtest");
  bytes[kExtension] = 0;
  expect_refused(bytes, "goes on for 167 bytes after its end at byte 349", "litecoin-regtest");
  EXPECT_TRUE(decode(ByteView(bytes).first(kExtension + 1), "litecoin-regtest").has_value());
  expect_refused(bytes, "transaction 1 has the unknown flag 0x08 at byte 256", "regtest");
}

TEST(Block, hogex_before_the_end__is_refused) {
  Bytes hogex = payment(1);
  Bytes marked(hogex.begin(), hogex.begin() + 4);
  marked.insert(marked.end(), {0, 8});
  marked.insert(marked.end(), hogex.begin() + 4, hogex.end() - 4);
  marked.insert(marked.end(), {0, 0, 0, 0, 0});
  expect_refused(block_of({coinbase(1), marked, payment(2)}),
                 "transaction 1 at byte 143 is a HogEx, which comes last", "litecoin");
}

TEST(Block, first_transaction__is_the_coinbase_and_no_other_is) {
  EXPECT_TRUE(decode(block_of({coinbase(1), payment(1)})).has_value());
  expect_refused(block_of({payment(1)}), "transaction 0 at byte 81 is no coinbase");
  expect_refused(block_of({coinbase(1), coinbase(2)}),
                 "transaction 1 at byte 143 is a second coinbase");
}

TEST(Block, merkle_root_of_any_number_of_transactions__is_checked) {
  std::vector<Bytes> transactions{coinbase(1)};
  for (std::uint32_t count = 1; count <= 40; ++count) {
    Bytes block = block_of(transactions);
    auto rows = decode(block);
    ASSERT_TRUE(rows.has_value()) << count << ": " << rows.error().message;
    EXPECT_EQ(rows->transactions.size(), count);
    block[50] ^= 1;
    auto refused = decode(block);
    ASSERT_FALSE(refused.has_value());
    EXPECT_TRUE(
        refused.error().message.starts_with("is damaged: its transactions have the merkle root "));
    transactions.push_back(payment(count));
  }
}

// CVE-2012-2459: with three transactions the last is hashed with itself, so a block that repeats
// it has the same root; with six, the last two are repeated.
TEST(Block, rows_used_again__hold_the_new_block_alone) {
  auto same = [](const BlockRows& a, const BlockRows& b) {
    return a.header == b.header && a.hash == b.hash && a.inputs == b.inputs &&
           a.payloads == b.payloads && a.outputs.size() == b.outputs.size() &&
           std::ranges::equal(a.transactions, b.transactions, {}, &ledger::TxRow::txid,
                              &ledger::TxRow::txid);
  };
  std::vector<Bytes> transactions = {coinbase(1)};
  BlockRows rows;
  for (std::uint32_t payments : {70U, 0U, 1U, 31U, 32U, 100U}) {  // around the batches of hashing
    transactions.resize(1);
    for (std::uint32_t i = 0; i < payments; ++i) transactions.push_back(payment(i));
    Bytes block = block_of(transactions);
    ASSERT_TRUE(decode_block(network_named("main"), block, thread_hasher(), rows));
    EXPECT_TRUE(same(rows, *decode(block))) << payments;
    EXPECT_EQ(rows.transactions.size(), 1 + payments);
    Bytes cut(block.begin(), block.end() - 1);
    EXPECT_FALSE(decode_block(network_named("main"), cut, thread_hasher(), rows));
  }
}

TEST(Block, repeated_tail_with_the_same_merkle_root__is_refused) {
  std::vector<Bytes> three{coinbase(1), payment(1), payment(2)};
  std::vector<Bytes> four = three;
  four.push_back(three[2]);
  EXPECT_EQ(to_hex(ByteView(block_of(four)).subspan(36, 32)),
            to_hex(ByteView(block_of(three)).subspan(36, 32)));
  EXPECT_TRUE(decode(block_of(three)).has_value());
  expect_refused(block_of(four), "repeats transactions at its end (CVE-2012-2459)");

  std::vector<Bytes> six{coinbase(1), payment(1), payment(2), payment(3), payment(4), payment(5)};
  std::vector<Bytes> eight = six;
  eight.insert(eight.end(), {six[4], six[5]});
  EXPECT_EQ(to_hex(ByteView(block_of(eight)).subspan(36, 32)),
            to_hex(ByteView(block_of(six)).subspan(36, 32)));
  EXPECT_TRUE(decode(block_of(six)).has_value());
  expect_refused(block_of(eight), "repeats transactions at its end (CVE-2012-2459)");
}

// Only hashes that a level pairs can hide a repetition; others are told by the root.
TEST(Block, equal_transactions_that_are_not_paired__are_not_that_attack) {
  EXPECT_TRUE(decode(block_of({coinbase(1), payment(1), payment(1), payment(2)})).has_value());
}

TEST(Block, bytes_after_the_last_transaction__are_refused) {
  Bytes block = block_of({coinbase(1)});
  block.push_back(0);
  expect_refused(block, "goes on for 1 byte after its end at byte 143");
}

TEST(Block, truncated_at_any_byte__is_refused) {
  Bytes block = block_of({coinbase(1), payment(1), bytes_of_hex(test::kSegwitTransaction)}, 2);
  for (std::size_t size = 0; size < block.size(); ++size) {
    auto rows = decode(ByteView(block).first(size));
    ASSERT_FALSE(rows.has_value()) << size;
    EXPECT_FALSE(rows.error().message.starts_with("is damaged")) << size;
  }
}

TEST(Block, errors__name_the_transaction_and_the_byte_in_the_block) {
  Bytes dear = coinbase(1, 2'100'000'000'000'001);
  expect_refused(block_of({dear}),
                 "transaction 0 output 0 at byte 129 pays 2100000000000001, more than the "
                 "2100000000000000 there can ever be");
  Bytes block = block_of({coinbase(1), payment(1)});
  block.pop_back();
  expect_refused(block, "transaction 1 ends early at byte 203");
  expect_refused({}, "ends early at byte 0");
  expect_refused(Bytes(kHeaderSize, 0), "ends early at byte 80");
}

TEST(Block, hostile_numbers_of_transactions__are_refused) {
  Bytes header(kHeaderSize, 0);
  auto with = [&](std::string_view tail) {
    Bytes block = header;
    Bytes rest = bytes_of_hex(tail);
    block.insert(block.end(), rest.begin(), rest.end());
    return block;
  };
  expect_refused(with("00"), "has no transactions at byte 80");
  expect_refused(with("ff0000000000000010" + std::string(400, '0')),
                 "counts 1152921504606846976 at byte 80, more than the bytes left can hold");
  expect_refused(with("fd0100" + std::string(400, '0')),
                 "has the number 1 not in its shortest form at byte 80");
  expect_refused(Bytes(kMaxBlockSize + 1, 0), "has 33554433 bytes, more than any block");
}

}  // namespace
}  // namespace tracehound::chains::bitcoin
