#include "ledger/subsidy.h"

#include <algorithm>
#include <array>

namespace tracehound::ledger {

namespace {

// 50 coins at first on every one of them.
constexpr Amount kFirst = 5'000'000'000;

struct Schedule {
  std::string_view chain;
  std::uint32_t halving_interval;  // in blocks
};
constexpr std::array<Schedule, 8> kSchedules = {{
    {"bitcoin:main", 210'000},
    {"bitcoin:test", 210'000},
    {"bitcoin:testnet4", 210'000},
    {"bitcoin:signet", 210'000},
    {"bitcoin:regtest", 150},
    {"litecoin:main", 840'000},
    {"litecoin:test", 840'000},
    {"litecoin:regtest", 150},
}};

}  // namespace

std::optional<Amount> subsidy(std::string_view chain, BlockHeight height) {
  const auto* schedule = std::ranges::find(kSchedules, chain, &Schedule::chain);
  if (schedule == kSchedules.end()) return std::nullopt;
  std::uint32_t halvings = height.number() / schedule->halving_interval;
  return halvings < 64 ? kFirst >> halvings : 0;
}

}  // namespace tracehound::ledger
