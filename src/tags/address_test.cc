#include "tags/address_test.h"

#include "tags/codes.h"

namespace tracehound::tags {

bool is_account_address(std::string_view text) {
  constexpr std::string_view kHex = "0123456789abcdefABCDEF";
  return text.size() == 42 && text.starts_with("0x") &&
         text.find_first_not_of(kHex, 2) == text.npos;
}

std::string network_of_token(const AddressTest& test, std::string_view currency,
                             std::string_view address) {
  if (currency != "USDT" && currency != "USDC") return "";
  if (is_account_address(address)) return "ETH";
  std::string chain = test.chain_of ? test.chain_of(address) : "";
  return chain.empty() ? "" : codes_of(chain).network;
}

}  // namespace tracehound::tags
