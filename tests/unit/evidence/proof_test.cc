#include "evidence/proof.h"

#include <gtest/gtest.h>

#include <functional>

#include "chains/bitcoin/block.h"
#include "chains/bitcoin/proof_of_work.h"

namespace tracehound::evidence {
namespace {

namespace bitcoin = chains::bitcoin;

const bitcoin::Network& network() { return *bitcoin::find_network("regtest"); }

// Headers from a checkpoint on, 300 seconds apart, each with work and on the one before it.
Bytes headers_with(std::uint32_t count, const std::function<std::uint32_t(std::uint32_t)>& bits) {
  Bytes all;
  Hash256 before{};
  for (std::uint32_t i = 0; i < count; ++i) {
    Bytes header(bitcoin::kHeaderSize, 0);
    std::ranges::copy(before.bytes, header.begin() + 4);
    store_le(header.data() + 68, 1'700'000'000 + 300 * i);
    store_le(header.data() + 72, bits(i));
    std::uint32_t nonce = 0;
    do {
      store_le(header.data() + 76, ++nonce);
    } while (!bitcoin::check_proof_of_work(network(), header));
    before = bitcoin::parse_header(header).hash;
    all.insert(all.end(), header.begin(), header.end());
  }
  return all;
}

std::string finding_of(const Bytes& headers, std::uint32_t first) {
  Statement statement;
  statement.first_header = first;
  statement.tip = first + static_cast<std::uint32_t>(headers.size() / bitcoin::kHeaderSize) - 1;
  statement.tip_hash = bitcoin::parse_header(ByteView(headers).last(bitcoin::kHeaderSize)).hash;
  std::vector<Finding> findings;
  std::uint32_t due = bitcoin::retarget_seconds(*bitcoin::find_network("main"));
  check_headers(network(), due, statement, headers, findings);
  EXPECT_LE(findings.size(), 1U);
  return findings.empty() ? "" : findings.front().text();
}

TEST(CheckHeaders, a_block_easier_than_those_before_it__is_told) {
  Bytes headers = headers_with(4, [](std::uint32_t i) { return i < 3 ? 0x207FFFFEU : 0x207FFFFF; });
  EXPECT_EQ(finding_of(headers, 10),
            "headers.bin: height 13: has bits 207fffff, and regtest asks for 207ffffe there");
  headers.resize(3 * bitcoin::kHeaderSize);
  EXPECT_EQ(finding_of(headers, 10), "");
}

TEST(CheckHeaders, after_2016_blocks__the_target_is_the_one_that_is_due) {
  Bytes kept = headers_with(2017, [](std::uint32_t) { return 0x207FFFFFU; });
  EXPECT_EQ(finding_of(kept, 2016),
            "headers.bin: height 4032: has bits 207fffff, and regtest asks for 203ff7de there");
  EXPECT_EQ(finding_of(kept, 2017), "") << "where it is due, the first of them is not here";
  Bytes due =
      headers_with(2017, [](std::uint32_t i) { return i < 2016 ? 0x207FFFFFU : 0x203FF7DE; });
  EXPECT_EQ(finding_of(due, 2016), "");
}

}  // namespace
}  // namespace tracehound::evidence
