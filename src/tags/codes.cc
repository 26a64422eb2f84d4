#include "tags/codes.h"

#include <algorithm>
#include <array>

namespace tracehound::tags {

namespace {

struct Coin {
  std::string_view chain;  // the part before the colon
  std::string_view code;
  std::string_view iso_code;  // as OFAC and currency tables write it
};
constexpr std::array<Coin, 14> kCoins = {{
    {"bitcoin", "BTC", "XBT"},
    {"litecoin", "LTC", "LTC"},
    {"ethereum", "ETH", "ETH"},
    {"bsc", "BSC", "BNB"},
    {"polygon", "POL", "MATIC"},
    {"arbitrum", "ARB", "ARBITRUM"},
    {"optimism", "OP", "OPTIMISM"},
    {"avalanche", "AVAX", "AVAX"},
    {"base", "BASE", "BASE"},
    {"fantom", "FTM", "FTM"},
    {"tron", "TRX", "TRX"},
    {"xrp", "XRP", "XRP"},
    {"eos", "EOS", "EOS"},
    {"solana", "SOL", "SOL"},
}};

// Other names under which ledgers keep a chain (ledger_chain).
struct ChainName {
  std::string_view spelling;
  std::string_view chain;
};
constexpr std::array<ChainName, 9> kChainNames = {{
    {"ethereum:1", "ethereum:main"},
    {"ethereum:56", "bsc:main"},
    {"ethereum:137", "polygon:main"},
    {"ethereum:42161", "arbitrum:main"},
    {"ethereum:10", "optimism:main"},
    {"ethereum:43114", "avalanche:main"},
    {"ethereum:8453", "base:main"},
    {"ethereum:250", "fantom:main"},
    {"transfers:ripple", "xrp:main"},
}};

struct NetworkName {
  std::string_view spelling;
  std::string_view name;  // the part after the colon
};
constexpr std::array<NetworkName, 7> kNetworks = {{
    {"main", "main"},
    {"mainnet", "main"},
    {"test", "test"},
    {"testnet", "test"},
    {"testnet4", "testnet4"},
    {"signet", "signet"},
    {"regtest", "regtest"},
}};

constexpr std::array<std::string_view, 6> kBech32Openings = {"bc1",  "tb1",   "bcrt1",
                                                             "ltc1", "tltc1", "rltc1"};

char lower(char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c; }

std::string lower(std::string_view text) {
  std::string small(text);
  std::ranges::transform(small, small.begin(), [](char c) { return lower(c); });
  return small;
}

// REQUIRES: `name` in lower case.
const Coin* coin_of(std::string_view name) {
  for (const Coin& coin : kCoins) {
    if (name == coin.chain || name == lower(coin.code) || name == lower(coin.iso_code)) {
      return &coin;
    }
  }
  return nullptr;
}

std::string_view network_of(std::string_view spelling) {
  auto found = std::ranges::find(kNetworks, spelling, &NetworkName::spelling);
  return found == kNetworks.end() ? "" : found->name;
}

std::string joined(const Coin& coin, std::string_view network) {
  return std::string(coin.chain) + ":" + std::string(network);
}

// What a tag says that names its chain as account ledgers do; "" for other texts.
std::string chain_named(std::string_view network) {
  std::string name = lower(network);
  for (std::string_view kind : {"ethereum:", "transfers:"}) {
    if (name.starts_with(kind) && name.size() > kind.size()) return ledger_chain(name);
  }
  return "";
}

}  // namespace

std::string chain_of(std::string_view currency, std::string_view network) {
  std::string net = lower(network);
  if (const Coin* coin = coin_of(net)) return joined(*coin, "main");
  // "regtest" takes its coin from the currency; "litecoin-regtest", "litecoin:regtest" name it.
  std::string coin_code = lower(currency);
  if (auto cut = net.find_first_of(":-"); cut != net.npos) {
    coin_code = net.substr(0, cut);
    net = net.substr(cut + 1);
  }
  const Coin* coin = coin_of(coin_code);
  std::string_view name = network_of(net);
  if (coin == nullptr || name.empty()) return chain_named(network);
  return joined(*coin, name);
}

std::string ledger_chain(std::string_view given) {
  std::string name = lower(given);
  auto known = std::ranges::find(kChainNames, name, &ChainName::spelling);
  if (known != kChainNames.end()) return std::string(known->chain);
  constexpr std::string_view kTransfers = "transfers:";
  if (name.starts_with(kTransfers)) {
    if (const Coin* coin = coin_of(std::string_view(name).substr(kTransfers.size()))) {
      return joined(*coin, "main");
    }
  }
  return name;
}

ChainCodes codes_of(std::string_view chain) {
  for (const Coin& coin : kCoins) {
    if (!chain.starts_with(std::string(coin.chain) + ":")) continue;
    std::string_view network = chain.substr(coin.chain.size() + 1);
    return {std::string(coin.code), std::string(network == "main" ? coin.code : network)};
  }
  return {};
}

std::string normal_subject(std::string_view text) {
  std::string small = lower(text);
  bool one_case = std::ranges::none_of(text, [](char c) { return c >= 'a' && c <= 'z'; });
  bool bech32 = std::ranges::any_of(
      kBech32Openings, [&](std::string_view opening) { return small.starts_with(opening); });
  if (one_case && bech32) return small;
  bool prefixed = small.starts_with("0x");
  std::string_view digits = std::string_view(small).substr(prefixed ? 2 : 0);
  bool size_fits = digits.size() == 64 || (digits.size() == 40 && prefixed);
  bool hexadecimal = digits.find_first_not_of("0123456789abcdef") == digits.npos;
  return size_fits && hexadecimal ? small : std::string(text);
}

}  // namespace tracehound::tags
