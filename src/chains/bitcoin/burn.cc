#include "chains/bitcoin/burn.h"

#include <array>
#include <string_view>

#include "base/check.h"
#include "chains/bitcoin/network.h"

namespace tracehound::chains::bitcoin {

namespace {
// As they read on Bitcoin's main network: twenty bytes of zero; the eater; and where Counterparty's
// first units were paid for with coins, January 2014.
constexpr std::array<std::string_view, 3> kKnown = {
    "1111111111111111111114oLvT2",
    "1BitcoinEaterAddressDontSendf59kuE",
    "1CounterpartyXXXXXXXXXXXXXXXUWLpVr",
};
}  // namespace

std::vector<ParsedAddress> burn_addresses() {
  const Network* main = find_network("main");
  CHECK(main != nullptr);
  std::vector<ParsedAddress> found;
  for (std::string_view text : kKnown) {
    auto parsed = parse_address(*main, text);
    CHECK(parsed.has_value());
    found.push_back(std::move(*parsed));
  }
  return found;
}

}  // namespace tracehound::chains::bitcoin
