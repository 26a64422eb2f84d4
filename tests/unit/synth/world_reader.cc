#include "unit/synth/world_reader.h"

#include <fmt/format.h>
#include <gtest/gtest.h>

#include <set>

#include "chains/bitcoin/address.h"
#include "chains/bitcoin/block.h"
#include "chains/bitcoin/network.h"

namespace tracehound::test {

namespace {

namespace bitcoin = chains::bitcoin;

constexpr std::uint32_t kMaturity = 100;
constexpr std::uint64_t kWeightMax = 4'000'000;

class Auditor {
 public:
  explicit Auditor(const bitcoin::Network& network) : network_(network) {}

  void add_block(const ledger::BlockRows& block, ByteView bytes) {
    auto height = static_cast<std::uint32_t>(world_.times.size());
    std::uint32_t time = ledger::header_time(block.header);
    if (height > 0 && time <= world_.times.back()) fault(height, "time does not rise");
    world_.times.push_back(time);
    world_.transactions.push_back(block.transactions.size());

    std::size_t input = 0;
    std::size_t output = 0;
    std::uint64_t weight = 4 * (bitcoin::kHeaderSize + 3);
    Amount claimed = 0;
    Amount fees = 0;
    std::set<Hash256> txids;
    for (std::size_t i = 0; i < block.transactions.size(); ++i) {
      const ledger::TxRow& tx = block.transactions[i];
      weight += tx.shape & ledger::shape::kWeightMask;
      if (!txids.insert(tx.txid).second) fault(height, "a txid twice in the block");
      Amount in = 0;
      for (std::uint32_t k = 0; k < tx.inputs; ++k) in += spend(block.inputs[input++], height);
      Amount out = 0;
      for (std::uint32_t k = 0; k < tx.outputs; ++k) {
        const ledger::OutputRow& row = block.outputs[output++];
        out += row.value;
        add_coin({tx.txid, k}, block, row, height, i == 0);
      }
      if (i == 0) {
        claimed = out;
      } else {
        if (out > in) fault(height, fmt::format("transaction {} pays out more than comes in", i));
        fees += in - out;
      }
    }
    if (weight > kWeightMax) fault(height, fmt::format("weighs {}", weight));
    world_.weights.push_back(weight);
    Amount due = bitcoin::subsidy(network_, BlockHeight(height)) + fees;
    if (claimed != due) fault(height, fmt::format("claims {} where {} is due", claimed, due));
    if (height > 0) check_height(bytes, height);
  }

  AuditedWorld take() { return std::move(world_); }

 private:
  void fault(std::uint32_t height, const std::string& what) {
    if (world_.faults.size() < 20)
      world_.faults.push_back(fmt::format("block {}: {}", height, what));
  }

  Amount spend(const ledger::Outpoint& outpoint, std::uint32_t height) {
    auto found = world_.coins.find(outpoint);
    if (found == world_.coins.end()) {
      fault(height, "spends an unknown coin");
      return 0;
    }
    AuditedCoin& coin = found->second;
    if (coin.spent) fault(height, "spends a coin a second time");
    if (coin.coinbase && height < coin.height + kMaturity) fault(height, "spends a young coinbase");
    if (coin.coinbase && coin.height == 0) fault(height, "spends the genesis coin");
    coin.spent = true;
    return coin.value;
  }

  void add_coin(const ledger::Outpoint& outpoint, const ledger::BlockRows& block,
                const ledger::OutputRow& row, std::uint32_t height, bool coinbase) {
    AuditedCoin coin{
        .value = row.value,
        .height = height,
        .coinbase = coinbase,
        .address = bitcoin::address_text(network_, row.address_kind, block.payload(row)),
        .spent = false};
    if (!world_.coins.emplace(outpoint, coin).second) fault(height, "makes the same coin again");
    world_.outputs[outpoint.txid].push_back(row.value);
  }

  // BIP 34 by its own words: the coinbase script begins with the height.
  void check_height(ByteView bytes, std::uint32_t height) {
    Bytes expected;
    if (height <= 16) {
      expected.push_back(static_cast<Byte>(0x50 + height));
    } else {
      expected.push_back(height < 0x80 ? 1 : height < 0x8000 ? 2 : 3);
      for (int i = 0; i < expected[0]; ++i)
        expected.push_back(static_cast<Byte>(height >> (8 * i)));
    }
    // Count (1 or 3 bytes), version, marker and flag, input count, null coin, script length.
    std::size_t count_size = bytes[bitcoin::kHeaderSize] < 0xFD ? 1 : 3;
    std::size_t script = bitcoin::kHeaderSize + count_size + 4 + 2 + 1 + 36 + 1;
    ByteView found = bytes.subspan(script, expected.size());
    if (!std::equal(found.begin(), found.end(), expected.begin())) {
      fault(height, "the coinbase does not name its height");
    }
  }

  const bitcoin::Network& network_;
  AuditedWorld world_;
};

}  // namespace

synth::SynthReport make(FaultyFileSystem& disk, const synth::SynthOptions& options) {
  synth::SynthOptions own = options;
  own.out = "/world";
  own.progress = false;
  auto report = synth::make_world(disk, own);
  if (report) return *report;
  ADD_FAILURE() << report.error().message;
  return {};
}

// Calls take(block) for every record of the block files, in the order they lie there.
template <typename Take>
void for_each_record(FaultyFileSystem& disk, const bitcoin::Network& network, Take take) {
  auto names = disk.list("/world/blocks");
  ASSERT_TRUE(names.has_value()) << names.error().message;
  for (std::size_t i = 0; i < names->size(); ++i) {
    ASSERT_EQ((*names)[i], fmt::format("blk{:05}.dat", i));
    auto file = disk.map("/world/blocks/" + (*names)[i]);
    ASSERT_TRUE(file.has_value()) << file.error().message;
    ByteReader reader((*file)->bytes());
    while (reader.remaining() > 0) {
      ASSERT_EQ(reader.number<std::uint32_t>(), network.magic);
      ByteView block = reader.take(reader.number<std::uint32_t>());
      ASSERT_TRUE(reader.ok()) << "a record reaches past the end of " << (*names)[i];
      take(block);
    }
  }
}

AuditedWorld audit(FaultyFileSystem& disk) {
  const bitcoin::Network& network = *bitcoin::find_network("regtest");
  Auditor auditor(network);
  Hasher hasher;
  Hash256 tip;
  for_each_record(disk, network, [&](ByteView bytes) {
    bitcoin::Header header = bitcoin::parse_header(bytes.first(bitcoin::kHeaderSize));
    EXPECT_EQ(header.previous, tip);
    if (tip == Hash256{}) {
      EXPECT_EQ(header.hash, network.genesis);
    }
    tip = header.hash;
    EXPECT_EQ(header.bits, network.easiest_bits);
    EXPECT_TRUE(bitcoin::check_proof_of_work(network, bytes.first(bitcoin::kHeaderSize)));
    auto block = bitcoin::decode_block(network, bytes, hasher);
    ASSERT_TRUE(block.has_value()) << block.error().message;
    auditor.add_block(*block, bytes);
  });
  return auditor.take();
}

std::string text_of(FaultyFileSystem& disk, const std::string& path) {
  auto bytes = read_file(disk, path);
  EXPECT_TRUE(bytes.has_value()) << bytes.error().message;
  return bytes ? std::string(bytes->begin(), bytes->end()) : std::string();
}

}  // namespace tracehound::test
