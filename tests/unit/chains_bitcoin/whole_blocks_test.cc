// Two whole blocks of the main chain, with the coins they spend: one of 2015 and one of 2024.
#include <fmt/format.h>
#include <gtest/gtest.h>
#include <simdjson.h>

#include <algorithm>
#include <cstdio>
#include <filesystem>
#include <map>
#include <string>
#include <vector>

#include "chains/bitcoin/address.h"
#include "chains/bitcoin/block.h"
#include "chains/bitcoin/script.h"
#include "unit/chains_bitcoin/samples.h"

namespace tracehound::chains::bitcoin {
namespace {

using ledger::BlockRows;
using test::bytes_of_hex;
using test::hash_of;
using test::network_named;

Result<BlockRows> decode(ByteView bytes) {
  return decode_block(network_named("main"), bytes, thread_hasher());
}

struct Coin {
  Amount value;
  Bytes script;
};

struct WholeBlock {
  Bytes raw;
  std::vector<Coin> spent;  // in the order of the block's inputs
};

Bytes unpack(const std::string& path) {
  std::string command = "zstdcat '" + path + "'";
  std::FILE* pipe = ::popen(command.c_str(), "r");
  if (pipe == nullptr) return {};
  Bytes bytes;
  std::array<Byte, 65536> buffer;
  while (std::size_t size = std::fread(buffer.data(), 1, buffer.size(), pipe)) {
    bytes.insert(bytes.end(), buffer.begin(), buffer.begin() + static_cast<long>(size));
  }
  return ::pclose(pipe) == 0 ? bytes : Bytes{};
}

std::vector<Coin> parse_coins(const Bytes& json) {
  simdjson::ondemand::parser parser;
  simdjson::padded_string padded(reinterpret_cast<const char*>(json.data()), json.size());
  auto document = parser.iterate(padded);
  std::vector<Coin> coins;
  for (auto entry : document.get_array()) {
    auto output = entry["txout"].get_object();
    Coin coin;
    coin.value = output["value"].get_uint64();
    coin.script = bytes_of_hex(std::string_view(output["script_pubkey"]));
    coins.push_back(std::move(coin));
  }
  return coins;
}

class WholeBlocks : public testing::TestWithParam<int> {
 protected:
  void SetUp() override {
    std::string folder =
        fmt::format("{}/../shared/data/bitcoin/block-{}", TRACEHOUND_ROOT, GetParam());
    if (!std::filesystem::exists(folder)) {
      GTEST_SKIP() << "no " << folder << ": the shared test data is not here";
    }
    block_.raw = unpack(folder + "/raw.zst");
    Bytes coins = unpack(folder + "/spent_utxos.zst");
    if (block_.raw.empty() || coins.empty()) GTEST_SKIP() << "zstdcat is not installed";
    block_.spent = parse_coins(coins);
  }

  BlockRows rows() const {
    auto rows = decode(block_.raw);
    CHECK(rows.has_value());
    return *rows;
  }

  WholeBlock block_;
};

constexpr std::array<std::string_view, ledger::kScriptKinds> kScriptNames = {
    "pubkey",  "pubkey_hash",   "script_hash", "witness_pubkey_hash", "witness_script_hash",
    "taproot", "witness_other", "multisig",    "op_return",           "other",
};

// All that rows hold of a block, a line each: transactions, inputs, outputs with their addresses.
std::string listing(const BlockRows& rows) {
  std::string text;
  std::size_t input = 0;
  std::size_t output = 0;
  for (const auto& tx : rows.transactions) {
    auto flag = [&](std::uint32_t bit) { return (tx.shape & bit) != 0 ? 1 : 0; };
    text += fmt::format("tx {} {} {}{}{}{}\n", tx.txid.text(),
                        tx.shape & ledger::shape::kWeightMask, flag(ledger::shape::kLocktime),
                        flag(ledger::shape::kReplaceable), flag(ledger::shape::kWitness),
                        (tx.shape & ledger::shape::kVersionMask) >> ledger::shape::kVersionShift);
    for (std::uint32_t i = 0; i < tx.inputs; ++i, ++input) {
      text += fmt::format("in {}:{}\n", rows.inputs[input].txid.text(), rows.inputs[input].index);
    }
    for (std::uint32_t i = 0; i < tx.outputs; ++i, ++output) {
      const auto& row = rows.outputs[output];
      text += fmt::format("out {} {} {} {}\n", i, row.value,
                          kScriptNames[static_cast<std::size_t>(row.script)],
                          address_text(network_named("main"), row.address_kind, rows.payload(row)));
    }
  }
  CHECK(input == rows.inputs.size() && output == rows.outputs.size());
  return text;
}

// What an independent reader made of the block: transactions, txids and the addresses of P2PKH,
// P2SH, P2WPKH, P2WSH and P2TR by embit 0.8 (a Python library), the rest by its script's hash.
// The listing's SHA-256 stands for its 22,090 and 23,163 lines.
struct Known {
  std::string_view hash;
  std::size_t transactions;
  std::size_t inputs;
  std::size_t outputs;
  Amount fees;
  std::map<std::string_view, int> scripts;
  std::string_view listing;
};
const std::map<int, Known> kKnown = {
    {367891,
     {"000000000000000012ea0ca9579299ec120e3f57e7c309216884872592b29970",
      420,
      20'817,
      853,
      14'001'930,
      {{"pubkey_hash", 838}, {"op_return", 1}, {"script_hash", 14}},
      "1635c08db54e65cba7b5a9823997225bf8b8d8bf16e230cc436991dcc1a39d8f"}},
    {866342,
     {"000000000000000000014ce9ba7c6760053c3c82ce6ab43d60afb101d3c8f1f1",
      4'864,
      7'972,
      10'327,
      5'026'183,
      {{"pubkey_hash", 204},
       {"op_return", 3'971},
       {"script_hash", 210},
       {"witness_pubkey_hash", 3'113},
       {"witness_script_hash", 72},
       {"taproot", 2'757}},
      "972df3e7165e50da9ac1bc30b4e3f52da0c6cb06fe14c0eb6c54455df7bcd701"}},
};

TEST_P(WholeBlocks, every_row__is_what_an_independent_reader_finds) {
  const Known& known = kKnown.at(GetParam());
  BlockRows rows = this->rows();
  EXPECT_EQ(rows.hash, hash_of(known.hash));
  EXPECT_EQ(rows.transactions.size(), known.transactions);
  EXPECT_EQ(rows.inputs.size(), known.inputs);
  EXPECT_EQ(rows.outputs.size(), known.outputs);
  std::map<std::string_view, int> scripts;
  for (const auto& output : rows.outputs) {
    ++scripts[kScriptNames[static_cast<std::size_t>(output.script)]];
  }
  EXPECT_EQ(scripts, known.scripts);
  std::string text = listing(rows);
  EXPECT_EQ(to_hex(thread_hasher().sha256(as_bytes(text)).view()), known.listing)
      << text.substr(0, 2'000);
}

TEST_P(WholeBlocks, fees_from_the_given_coins__sum_to_the_known_figure) {
  const Known& known = kKnown.at(GetParam());
  BlockRows rows = this->rows();
  ASSERT_EQ(block_.spent.size(), rows.inputs.size());
  std::size_t input = 0;
  std::size_t output = 0;
  Amount fees = 0;
  Amount claimed = 0;
  for (std::size_t i = 0; i < rows.transactions.size(); ++i) {
    Amount in = 0;
    Amount out = 0;
    for (std::uint32_t n = 0; n < rows.transactions[i].inputs; ++n)
      in += block_.spent[input++].value;
    for (std::uint32_t n = 0; n < rows.transactions[i].outputs; ++n) {
      out += rows.outputs[output++].value;
    }
    if (i == 0) {
      claimed = out;
      continue;
    }
    ASSERT_GE(in, out) << "transaction " << i;
    fees += in - out;
  }
  EXPECT_EQ(fees, known.fees);
  Amount created = subsidy(network_named("main"), BlockHeight(GetParam()));
  EXPECT_EQ(claimed, created + fees);
}

TEST_P(WholeBlocks, coins_made_and_spent_inside__are_the_given_ones) {
  BlockRows rows = this->rows();
  ASSERT_EQ(block_.spent.size(), rows.inputs.size());
  std::map<ledger::Outpoint, std::size_t> made;
  std::size_t output = 0;
  for (const auto& tx : rows.transactions) {
    for (std::uint32_t n = 0; n < tx.outputs; ++n) made[{tx.txid, n}] = output++;
  }
  int inside = 0;
  for (std::size_t i = 0; i < rows.inputs.size(); ++i) {
    auto found = made.find(rows.inputs[i]);
    if (found == made.end()) continue;
    ++inside;
    const auto& row = rows.outputs[found->second];
    ScriptClass given = classify_script(block_.spent[i].script, thread_hasher());
    EXPECT_EQ(row.value, block_.spent[i].value);
    EXPECT_EQ(row.script, given.script);
    EXPECT_EQ(to_hex(rows.payload(row)), to_hex(given.payload_view()));
  }
  EXPECT_EQ(inside, GetParam() == 367891 ? 19 : 4'036);
}

TEST_P(WholeBlocks, address_of_every_coin__reads_back_from_its_text) {
  BlockRows rows = this->rows();
  const Network& main = network_named("main");
  auto check = [&](ledger::AddressKind kind, ByteView payload) {
    std::string text = address_text(main, kind, payload);
    auto parsed = parse_address(main, text);
    ASSERT_TRUE(parsed.has_value()) << parsed.error().message;
    EXPECT_EQ(parsed->kind, kind) << text;
    EXPECT_TRUE(std::ranges::equal(parsed->payload, payload)) << text;
  };
  for (const auto& output : rows.outputs) check(output.address_kind, rows.payload(output));
  for (const Coin& coin : block_.spent) {
    ScriptClass paid = classify_script(coin.script, thread_hasher());
    check(paid.address, paid.payload_view());
  }
}

TEST_P(WholeBlocks, proof_of_work__holds) {
  EXPECT_TRUE(check_proof_of_work(network_named("main"), ByteView(block_.raw).first(kHeaderSize))
                  .has_value());
}

// But for what witnesses show of scripts' hashes.
bool same_rows(const BlockRows& a, const BlockRows& b) {
  auto same_tx = [](const ledger::TxRow& x, const ledger::TxRow& y) {
    return x.txid == y.txid && x.shape == y.shape && x.inputs == y.inputs && x.outputs == y.outputs;
  };
  auto same_output = [&](const ledger::OutputRow& x, const ledger::OutputRow& y) {
    return x.value == y.value && x.script == y.script && x.address_kind == y.address_kind &&
           std::ranges::equal(a.payload(x), b.payload(y));
  };
  return std::ranges::equal(a.transactions, b.transactions, same_tx) && a.inputs == b.inputs &&
         std::ranges::equal(a.outputs, b.outputs, same_output);
}

// A flipped bit is found by the parser or by the merkle root, unless it lies in what no txid
// covers: the witnesses. There it can only hide what an input shows, for what is shown has the hash
// that the coin names.
TEST_P(WholeBlocks, flipped_bit_outside_the_witnesses__is_always_found) {
  Bytes raw = block_.raw;
  const BlockRows whole = this->rows();
  for (std::size_t i = 36; i < raw.size(); i += raw.size() / 50) {
    if (i >= 68 && i < kHeaderSize) continue;
    raw[i] ^= 0x10;
    auto rows = decode(raw);
    if (rows) {
      EXPECT_TRUE(same_rows(*rows, whole)) << "byte " << i;
      EXPECT_EQ(GetParam(), 866342) << "byte " << i << " is in no witness";
    }
    raw[i] ^= 0x10;
  }
}

INSTANTIATE_TEST_SUITE_P(Main, WholeBlocks, testing::Values(367891, 866342));

}  // namespace
}  // namespace tracehound::chains::bitcoin
