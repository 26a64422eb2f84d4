// What chains know of addresses and this folder does not; whoever has both hands it over.
#pragma once

#include <functional>
#include <string>
#include <string_view>

namespace tracehound::tags {

struct AddressTest {
  // What is wrong with `address` as one of `chain` ("bitcoin:main"), in a clause; "" when nothing
  // is, or when nobody here knows the chain.
  std::function<std::string(std::string_view chain, std::string_view address)> fault;
  // The main chain whose addresses are written so, the checksum being right; "" for none.
  std::function<std::string(std::string_view address)> chain_of;
};

// "0x" and 40 hexadecimal digits, as Ethereum and the chains after it write addresses.
bool is_account_address(std::string_view text);
// Where a token is, by its address: OFAC lists USDT without saying on which chain. The network for
// a tag of that currency; "" where it is no such token, or the address does not tell.
std::string network_of_token(const AddressTest& test, std::string_view currency,
                             std::string_view address);

}  // namespace tracehound::tags
