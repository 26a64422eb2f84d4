#include "chains/ethereum/checksum.h"

#include <gtest/gtest.h>

#include <string>

namespace tracehound::chains::ethereum {
namespace {

std::string keccak(std::string_view text) { return to_hex(keccak_256(as_bytes(text)).view()); }

TEST(keccak, published_values__of_no_block_one_and_several) {
  EXPECT_EQ(keccak(""), "c5d2460186f7233c927e7db2dcc703c0e500b653ca82273b7bfad8045d85a470");
  EXPECT_EQ(keccak("abc"), "4e03657aea45a94fc7d47ba826c8d667c0d1e6e33a64a036ec44f58fa12d6c45");
  EXPECT_EQ(keccak("Transfer(address,address,uint256)"),
            "ddf252ad1be2c89b69c2b068fc378daa952ba7f163c4a11628f55a4df523b3ef");
  EXPECT_EQ(keccak(std::string(135, 'a')),
            "34367dc248bbd832f4e3e69dfaac2f92638bd0bbd18f2912ba4ef454919cf446");
  EXPECT_EQ(keccak(std::string(136, 'a')),
            "a6c4d403279fe3e0af03729caada8374b5ca54d8065329a3ebcaeb4b60aa386e");
  EXPECT_EQ(keccak(std::string(200, '\xa3')),
            "3a57666b048777f2c953dc4456f45a2588e1cb6f2da760122d530ac2ce607d4a");
}

TEST(address_checksum, the_standard_s_own_examples__hold_and_one_other_capital_does_not) {
  for (std::string address :
       {"0x52908400098527886E0F7030069857D2E4169EE7", "0xde709f2102306220921060314715629080e2fb77",
        "0x5aAeb6053F3E94C9b9A09f33669435E7Ef1BeAed", "0xfB6916095ca1df60bB79Ce92cE3Ea74c37c5d359",
        "0xdbF03B407c01E7cD3CBea99509d93f8DDDC8C6FB",
        "0xD1220A0cf47c7B9Be7A2E6BA89F429762e7b9aDb"}) {
    EXPECT_EQ(with_checksum(address), address);
    EXPECT_FALSE(is_miswritten(address)) << address;
  }
  EXPECT_TRUE(is_miswritten("0x5AAeb6053F3E94C9b9A09f33669435E7Ef1BeAed"));
  EXPECT_TRUE(is_miswritten("0x5aAeb6053F3E94C9b9A09f33669435E7Ef1BeAec"));
}

TEST(address_checksum, one_case_alone_or_no_address__says_nothing) {
  EXPECT_FALSE(is_miswritten("0x5aaeb6053f3e94c9b9a09f33669435e7ef1beaed"));
  EXPECT_FALSE(is_miswritten("0x5AAEB6053F3E94C9B9A09F33669435E7EF1BEAED"));
  EXPECT_FALSE(is_miswritten("0x5aAeb6053F3E94C9b9A09f33669435E7Ef1BeA"));
  EXPECT_FALSE(is_miswritten("0x5aAeb6053F3E94C9b9A09f33669435E7Ef1BeAeg"));
  EXPECT_FALSE(is_miswritten(""));
}

TEST(address_checksum, chains_with_capitals_of_their_own__find_no_fault) {
  constexpr std::string_view kWrong = "0x5AAeb6053F3E94C9b9A09f33669435E7Ef1BeAed";
  for (std::string_view chain : {"ethereum:1", "ethereum:56", "ethereum:main", "bsc:main"}) {
    EXPECT_NE(fault_of_capitals(chain, kWrong), "") << chain;
    EXPECT_EQ(fault_of_capitals(chain, with_checksum(kWrong)), "") << chain;
  }
  for (std::string_view chain : {"ethereum:30", "ethereum:31", "transfers:toy"}) {
    EXPECT_EQ(fault_of_capitals(chain, kWrong), "") << chain;
  }
}

}  // namespace
}  // namespace tracehound::chains::ethereum
