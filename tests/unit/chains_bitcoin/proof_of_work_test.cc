#include "chains/bitcoin/proof_of_work.h"

#include <fmt/format.h>
#include <gtest/gtest.h>

#include <string>

#include "chains/bitcoin/block.h"
#include "unit/chains_bitcoin/samples.h"

namespace tracehound::chains::bitcoin {
namespace {

using test::network_named;

TEST(ProofOfWork, proof_of_work_of_every_genesis__holds_on_its_own_network) {
  for (const auto& genesis : test::kGenesisBlocks) {
    auto status = check_proof_of_work(network_named(genesis.network), genesis.header());
    EXPECT_TRUE(status.has_value()) << genesis.network << ": " << status.error().message;
  }
}

TEST(ProofOfWork, proof_of_work__is_lost_with_any_byte_changed) {
  Bytes header = test::kGenesisBlocks[0].header();
  header[79] ^= 1;
  auto status = check_proof_of_work(network_named("main"), header);
  ASSERT_FALSE(status.has_value());
  EXPECT_EQ(status.error().kind, ErrorKind::bad_input);
  EXPECT_TRUE(status.error().message.starts_with("lacks its proof of work: hash "));
  EXPECT_TRUE(status.error().message.ends_with("is above the target of bits 1d00ffff"));
}

// Litecoin's block id is far above its target; its scrypt hash is not. Without scrypt, no block of
// Litecoin would pass, and with it, none of Bitcoin's does.
TEST(ProofOfWork, litecoins_proof_of_work__is_scrypt_and_not_the_block_id) {
  Network litecoin = network_named("litecoin");
  Bytes header = test::kGenesisBlocks[5].header();
  EXPECT_TRUE(check_proof_of_work(litecoin, header).has_value());
  litecoin.proof_of_work = ProofOfWork::sha256d;
  EXPECT_FALSE(check_proof_of_work(litecoin, header).has_value());
  Network bitcoin = network_named("main");
  bitcoin.proof_of_work = ProofOfWork::scrypt;
  auto status = check_proof_of_work(bitcoin, test::kGenesisBlocks[0].header());
  ASSERT_FALSE(status.has_value());
}

// Real retargets: of Bitcoin's block 32,256, the first that changed; the least; and at both bounds.
TEST(ProofOfWork, retarget__is_as_the_chain_had_it) {
  const Network& main = network_named("main");
  const std::uint32_t due = retarget_seconds(main);
  EXPECT_EQ(retarget(main, due, 0x1D00FFFF, 1262152739 - 1261130161), 0x1D00D86AU);
  EXPECT_EQ(retarget(main, due, 0x1D00FFFF, 1233061996 - 1231006505), 0x1D00FFFFU);
  EXPECT_EQ(retarget(main, due, 0x1C05A3F4, 1279297671 - 1279008237), 0x1C0168FDU);
  EXPECT_EQ(retarget(main, due, 0x1C387F6F, 1269211443 - 1263163443), 0x1D00E1FDU);
  EXPECT_EQ(retarget(main, due, 0x1D00FFFF, -1), 0x1C3FFFC0U);
  EXPECT_EQ(retarget(main, due, 0x207FFFFF, 1), 0x1C3FFFC0U)
      << "of what is too easy, as of the easiest";
  EXPECT_EQ(retarget_from(main, 4032), 2016U);
  for (const Network& network : networks()) {
    bool is_main = network.name == "main" || network.name == "litecoin";
    EXPECT_EQ(retarget_seconds(network) > 0, is_main) << network.name;
  }
  EXPECT_EQ(retarget_from(network_named("litecoin"), 2016), 0U);
  EXPECT_EQ(retarget_from(network_named("litecoin"), 4032), 2015U);
}

TEST(ProofOfWork, target_easier_than_the_network_allows__is_refused) {
  auto message = [](std::string_view network, std::uint32_t bits) {
    Bytes header(kHeaderSize, 0);
    store_le(header.data() + 72, bits);
    auto status = check_proof_of_work(network_named(network), header);
    return status ? std::string() : status.error().message;
  };
  EXPECT_EQ(message("main", 0x207FFFFF), "has bits 207fffff, easier than main allows (1d00ffff)");
  EXPECT_EQ(message("main", 0x1D010000), "has bits 1d010000, easier than main allows (1d00ffff)");
  EXPECT_EQ(message("signet", 0x1E0377AF),
            "has bits 1e0377af, easier than signet allows (1e0377ae)");
  EXPECT_EQ(message("litecoin", 0x1E100000),
            "has bits 1e100000, easier than litecoin allows (1e0fffff)");
  EXPECT_EQ(message("regtest", 0x21008000),
            "has bits 21008000, easier than regtest allows (207fffff)");
}

TEST(ProofOfWork, bits_that_are_no_target__are_refused_and_are_no_work) {
  for (std::uint32_t bits :
       {0x00000000U, 0x1D000000U, 0x04923456U, 0x1D80FFFFU, 0x01003456U, 0x02000056U, 0x22000100U,
        0x23000001U, 0x21010000U, 0xFF123456U, 0x207FFFFFU | 0x00800000U}) {
    Bytes header(kHeaderSize, 0);
    store_le(header.data() + 72, bits);
    auto status = check_proof_of_work(network_named("regtest"), header);
    ASSERT_FALSE(status.has_value());
    EXPECT_EQ(status.error().message, fmt::format("has bits {:08x}, which are no target", bits));
    EXPECT_EQ(work_of_bits(bits), Work{}) << bits;
  }
}

// 2^256 / (target + 1), by Python's integers.
TEST(ProofOfWork, work_of_bits__is_exact) {
  auto work = [](std::uint32_t bits) { return work_of_bits(bits).limbs; };
  using Limbs = std::array<std::uint64_t, 4>;
  EXPECT_EQ(work(0x1D00FFFF), (Limbs{0x1'0001'0001, 0, 0, 0}));
  EXPECT_EQ(work(0x207FFFFF), (Limbs{2, 0, 0, 0}));
  EXPECT_EQ(work(0x1E0FFFF0), (Limbs{0x10'0010, 0, 0, 0}));
  EXPECT_EQ(work(0x1B0404CB), (Limbs{0x3FB3'AB76'4C00, 0, 0, 0}));
  EXPECT_EQ(work(0x1E0377AE), (Limbs{0x49D414, 0, 0, 0}));
  EXPECT_EQ(work(0x1703A30C), (Limbs{0xBB9E'FDAC'FCF2'0407, 0x4663, 0, 0}));
  // The smallest targets: 1, 2 and 0x1234 in the short forms.
  EXPECT_EQ(work(0x01010000), (Limbs{0, 0, 0, std::uint64_t{1} << 63}));
  EXPECT_EQ(work(0x03000002), (Limbs{0x5555'5555'5555'5555, 0x5555'5555'5555'5555,
                                     0x5555'5555'5555'5555, 0x5555'5555'5555'5555}));
  EXPECT_EQ(work(0x02123456), work(0x03001234));
  // And the largest: 0xff00...00.
  EXPECT_EQ(work(0x220000FF), (Limbs{1, 0, 0, 0}));
}

TEST(ProofOfWork, work_sums__carry_from_limb_to_limb_and_compare_from_the_top) {
  constexpr std::uint64_t kAll = ~std::uint64_t{0};
  Work sum{{kAll, kAll, 0, 0}};
  sum += Work{{1, 0, 0, 0}};
  EXPECT_EQ(sum, (Work{{0, 0, 1, 0}}));
  sum += Work{{kAll, kAll, kAll, 0}};
  EXPECT_EQ(sum, (Work{{kAll, kAll, 0, 1}}));
  EXPECT_LT((Work{{kAll, kAll, kAll, 0}}), (Work{{0, 0, 0, 1}}));
  EXPECT_GT((Work{{0, 1, 0, 0}}), (Work{{kAll, 0, 0, 0}}));
  EXPECT_EQ((Work{{3, 2, 1, 0}} <=> Work{{3, 2, 1, 0}}), std::strong_ordering::equal);
}

// litecoind 0.21.2 gives chainwork 0x39c at height 461 of a regtest chain.
TEST(ProofOfWork, work_of_a_chain__is_the_nodes_chainwork) {
  Work chain;
  for (int height = 0; height <= 461; ++height) chain += work_of_bits(0x207FFFFF);
  EXPECT_EQ(chain, (Work{{0x39C, 0, 0, 0}}));
}

}  // namespace
}  // namespace tracehound::chains::bitcoin
