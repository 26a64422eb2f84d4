#include "trace/seeds.h"

#include <fmt/format.h>

#include <algorithm>
#include <charconv>
#include <map>

namespace tracehound::trace {

namespace {

constexpr std::string_view kForm = "write TXID:VOUT, or TXID:VOUT[a,b) for units a to b-1";

std::optional<std::uint64_t> number_in(std::string_view text) {
  std::uint64_t number = 0;
  auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), number);
  if (error != std::errc() || end != text.data() + text.size()) return std::nullopt;
  return number;
}

std::unexpected<Error> bad_seed(std::string_view text, std::string_view why) {
  return bad_input(fmt::format("seed '{}': {}", text, why));
}

// Why the seed's range does not fit a coin of this value; empty when it does.
std::string range_fault(const Seed& seed, Amount value) {
  if (value == 0) return "the coin has no value, so there is nothing to follow";
  if (seed.first >= seed.end) {
    return fmt::format("the range [{},{}) is empty; its end must be above its start", seed.first,
                       seed.end);
  }
  if (seed.end > value) {
    return fmt::format(
        "the range [{},{}) goes past the coin's value of {}; end it at {} or below, "
        "or name the whole coin without a range",
        seed.first, seed.end, value, value);
  }
  return {};
}

std::string text_of(const ledger::Ledger& ledger, const Seed& seed) {
  ledger::Outpoint outpoint = ledger.outpoint(seed.coin);
  return fmt::format("{}:{}[{},{})", outpoint.txid.text(), outpoint.index, seed.first, seed.end);
}

}  // namespace

Result<SeedText> parse_seed(std::string_view text) {
  std::size_t colon = text.find(':');
  if (colon == std::string_view::npos) {
    return bad_seed(text, fmt::format("there is no ':' after the txid; {}", kForm));
  }
  SeedText seed;
  auto txid = Hash256::from_text(text.substr(0, colon));
  if (!txid) {
    return bad_seed(text, fmt::format("'{}' is not a txid of 64 hexadecimal digits; {}",
                                      text.substr(0, colon), kForm));
  }
  seed.outpoint.txid = *txid;
  std::size_t bracket = std::min(text.find('[', colon), text.size());
  std::string_view output = text.substr(colon + 1, bracket - colon - 1);
  auto index = number_in(output);
  if (!index || *index > 0xFFFF'FFFF) {
    return bad_seed(text, fmt::format("'{}' is not an output number; {}", output, kForm));
  }
  seed.outpoint.index = static_cast<std::uint32_t>(*index);
  if (bracket == text.size()) return seed;

  std::string_view range = text.substr(bracket + 1);
  std::size_t comma = range.find(',');
  if (comma != std::string_view::npos && range.ends_with(')')) {
    seed.first = number_in(range.substr(0, comma));
    seed.end = number_in(range.substr(comma + 1, range.size() - comma - 2));
  }
  if (!seed.first || !seed.end) {
    return bad_seed(text, fmt::format("'[{}' is not a range; {}", range, kForm));
  }
  return seed;
}

Result<Seed> resolve_seed(const ledger::Ledger& ledger, std::string_view text, Label label) {
  TRY_ASSIGN(SeedText parsed, parse_seed(text));
  auto tx = ledger.find_transaction(parsed.outpoint.txid);
  if (!tx) {
    return bad_seed(text, fmt::format("the ledger has no such transaction up to its tip at height "
                                      "{}; check the txid or ingest further",
                                      ledger.tip().number()));
  }
  auto coins = ledger.outputs(*tx);
  if (parsed.outpoint.index >= coins.size()) {
    return bad_seed(text, coins.size() == 1
                              ? "the transaction has one output only; name it as :0"
                              : fmt::format("the transaction has {} outputs; name one of "
                                            "them, :0 to :{}",
                                            coins.size(), coins.size() - 1));
  }
  Seed seed{.coin = CoinId(coins.first.number() + parsed.outpoint.index), .label = label};
  Amount value = ledger.value(seed.coin);
  seed.first = parsed.first.value_or(0);
  seed.end = parsed.end.value_or(value);
  if (std::string fault = range_fault(seed, value); !fault.empty()) return bad_seed(text, fault);
  return seed;
}

Result<std::vector<Seed>> resolve_seeds(const ledger::Ledger& ledger,
                                        std::span<const std::string> texts, Label label) {
  std::vector<Seed> seeds;
  for (const std::string& text : texts) {
    TRY_ASSIGN(Seed seed, resolve_seed(ledger, text, label));
    seeds.push_back(seed);
  }
  TRY(check_seeds(ledger, seeds));
  return seeds;
}

Status check_seeds(const ledger::Ledger& ledger, std::span<const Seed> seeds) {
  if (seeds.empty()) return bad_input("there is no seed to trace; name a stolen coin");
  std::vector<Seed> sorted(seeds.begin(), seeds.end());
  std::ranges::sort(sorted);
  const Seed* before = nullptr;
  for (const Seed& seed : sorted) {
    if (seed.coin.number() >= ledger.counts().coins) {
      return bad_input(fmt::format("seed coin {}: the ledger has {} coins", seed.coin.number(),
                                   ledger.counts().coins));
    }
    if (seed.label == kClean) {
      return bad_seed(text_of(ledger, seed), "label 0 means clean; number incidents from 1");
    }
    if (std::string fault = range_fault(seed, ledger.value(seed.coin)); !fault.empty()) {
      return bad_seed(text_of(ledger, seed), fault);
    }
    if (before && before->coin == seed.coin && before->label == seed.label &&
        before->end > seed.first) {
      return bad_seed(text_of(ledger, seed),
                      fmt::format("it overlaps {} of the same incident; claim every unit once",
                                  text_of(ledger, *before)));
    }
    before = &seed;
  }
  return {};
}

// ---- seeds over taint ---------------------------------------------------------------------------

namespace {

// A stretch of the coin's units while seeds are laid.
struct Stretch {
  Amount length;
  Label label;
  std::uint32_t hops;
  bool taken;  // not clean before the seed at hand: no seed may have it
};

std::vector<Stretch> stretches_of(Amount value, RunView arrived, Arrived then) {
  std::vector<Stretch> stretches;
  Amount left = value;
  for (const Run& run : arrived) {
    // Under poison the lengths of several labels may exceed the value: then no unit is clean.
    bool tainted = run.label != kClean;
    bool kept = tainted && then == Arrived::stays;
    stretches.push_back({run.length, kept ? run.label : kClean, kept ? run.hops : 0, tainted});
    left -= std::min(left, run.length);
  }
  if (left > 0) stretches.push_back({left, kClean, 0, false});
  return stretches;
}

// Gives the seed the clean units of its range; says how many.
Amount lay_seed(std::vector<Stretch>& stretches, const Seed& seed) {
  std::vector<Stretch> now;
  Amount effective = 0;
  Amount begin = 0;
  for (const Stretch& stretch : stretches) {
    Amount end = begin + stretch.length;
    Amount from = std::clamp(seed.first, begin, end);
    Amount to = std::clamp(seed.end, begin, end);
    if (stretch.taken || from == to) {
      now.push_back(stretch);
    } else {
      if (begin < from) now.push_back({from - begin, kClean, 0, false});
      now.push_back({to - from, seed.label, 0, true});
      if (to < end) now.push_back({end - to, kClean, 0, false});
      effective += to - from;
    }
    begin = end;
  }
  stretches = std::move(now);
  return effective;
}

// The stretches as runs; every label gets the fewest hops any of its stretches has.
std::vector<Run> runs_of(const std::vector<Stretch>& stretches, bool ordered) {
  std::vector<Run> runs;
  if (ordered) {
    for (const Stretch& stretch : stretches) append_run(runs, 0, stretch.length, stretch.label);
    trim_clean_end(runs, 0);
  } else {
    LabelSums sums;
    for (const Stretch& stretch : stretches) {
      if (stretch.label != kClean) sums.add(stretch.label, stretch.length);
    }
    for (const LabelAmount& sum : sums.all()) append_run(runs, 0, sum.amount, sum.label);
  }
  std::map<Label, std::uint32_t> fewest;
  for (const Stretch& stretch : stretches) {
    auto [entry, fresh] = fewest.try_emplace(stretch.label, stretch.hops);
    entry->second = std::min(entry->second, stretch.hops);
  }
  for (Run& run : runs) run.hops = fewest[run.label];
  return runs;
}

}  // namespace

SeededCoin lay_seeds(Amount value, RunView arrived, Arrived then, std::span<const Seed> seeds,
                     bool ordered) {
  std::vector<Stretch> stretches = stretches_of(value, arrived, then);
  SeededCoin coin;
  for (const Seed& seed : seeds) coin.effective.push_back(lay_seed(stretches, seed));
  coin.runs = runs_of(stretches, ordered);
  return coin;
}

}  // namespace tracehound::trace
