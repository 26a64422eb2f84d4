#include "trace/address_seeds.h"

#include <fmt/format.h>

#include <algorithm>
#include <charconv>

#include "base/text.h"

namespace tracehound::trace {

namespace {

constexpr std::uint32_t kLastSecondOfDay = 24 * 60 * 60 - 1;
constexpr std::uint64_t kPage = 4096;  // coins of an address looked at in one go

bool before(const ledger::Ledger& ledger, TxId tx, const Moment& moment) {
  if (moment.height) return ledger.height(tx).number() < *moment.height;
  return ledger.time(tx) < *moment.time;
}
bool after(const ledger::Ledger& ledger, TxId tx, const Moment& moment) {
  if (moment.height) return ledger.height(tx).number() > *moment.height;
  return ledger.time(tx) > *moment.time;
}

}  // namespace

std::optional<Moment> parse_moment(std::string_view text, SpanEnd end) {
  bool digits =
      !text.empty() && std::ranges::all_of(text, [](char c) { return c >= '0' && c <= '9'; });
  if (digits) {
    std::uint32_t height = 0;
    auto [stop, failure] = std::from_chars(text.data(), text.data() + text.size(), height);
    if (failure != std::errc{}) return std::nullopt;
    return Moment{.height = height, .time = std::nullopt};
  }
  auto time = parse_utc(text);
  if (!time) return std::nullopt;
  bool date_alone = text.find('T') == std::string_view::npos;
  bool room = *time <= 0xFFFF'FFFF - kLastSecondOfDay;
  if (end == SpanEnd::last && date_alone && room) *time += kLastSecondOfDay;
  return Moment{.height = std::nullopt, .time = time};
}

std::vector<Seed> seeds_of_address(const ledger::Ledger& ledger, AddressId address,
                                   const Received& when, Label label) {
  std::vector<Seed> seeds;
  for (std::uint64_t first = 0;; first += kPage) {
    std::vector<CoinId> coins = ledger.coins_of(address, first, kPage);
    for (CoinId coin : coins) {
      TxId tx = ledger.creator(coin);
      if (when.since && before(ledger, tx, *when.since)) continue;
      if (when.until && after(ledger, tx, *when.until)) continue;
      Amount value = ledger.value(coin);
      if (value > 0) seeds.push_back({coin, 0, value, label});
    }
    if (coins.size() < kPage) return seeds;
  }
}

Result<BlockHeight> block_of(const ledger::Ledger& ledger, const Moment& moment) {
  if (moment.height) {
    if (*moment.height <= ledger.tip().number()) return BlockHeight(*moment.height);
    return bad_input(fmt::format("there is no block {} yet: the ledger's tip is at height {}",
                                 *moment.height, ledger.tip().number()));
  }
  auto height = ledger.block_at(*moment.time);
  if (height) return *height;
  return bad_input(fmt::format("{} UTC is before the chain's first block, of {} UTC",
                               utc_text(*moment.time),
                               utc_text(ledger.block_time(BlockHeight(0)))));
}

}  // namespace tracehound::trace
