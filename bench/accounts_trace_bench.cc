// How many transfers of an account ledger a second does a haircut trace take in, over the whole
// ledger, and what does a small theft cost on a small ledger and on a large one? And backward:
// where what the last hundredth of the transfers moved came from, and what one of them did?
//
// Simulated ledgers of TRACEHOUND_BENCH_TRANSFERS transfers (2,000,000; the figure is for
// 50,000,000) and of a tenth of that: one transfer a transaction, a fee each, a twelfth as many
// accounts of which a few are busy. The large theft is what the first hundredth of the transfers
// moved, which by haircut reaches nearly every account; the small one is one transfer late in the
// ledger. Napkin: a transfer of a tainted holder reads 90 bytes of columns and two holders at four
// cache lines that are not at hand, some 400 ns with a division of 512 bits by 256: 2 million a
// second. The floor goes through the same columns in order, keeps every balance in an array and
// shares out in floating point.
//
//   TRACEHOUND_BENCH_TRANSFERS=50000000 script/bench accounts_trace --benchmark_repetitions=1
#include <benchmark/benchmark.h>
#include <fmt/format.h>

#include <cstdlib>
#include <filesystem>
#include <memory>

#include "base/check.h"
#include "ledger/accounts/ledger.h"
#include "ledger/accounts/writer.h"
#include "trace/accounts/backward.h"
#include "trace/accounts/ledger_events.h"
#include "trace/accounts/trace.h"

namespace tracehound {
namespace {

using ledger::accounts::BlockRows;
using ledger::accounts::Ledger;
using trace::accounts::AccountId;
using trace::accounts::LedgerEvents;
using trace::accounts::Seed;
using trace::accounts::TransferId;

constexpr std::uint64_t kPerBlock = 200;

std::uint64_t large_size() {
  const char* asked = std::getenv("TRACEHOUND_BENCH_TRANSFERS");
  auto size = U256::from_text(asked ? asked : "2000000");
  CHECK(size && size->fits_64());
  return size->low();
}

// xorshift: the same ledger on every machine.
struct Dice {
  std::uint64_t state = 0x9E37'79B9'7F4A'7C15ULL;
  std::uint64_t roll() {
    state ^= state << 13;
    state ^= state >> 7;
    state ^= state << 17;
    return state;
  }
};

// The smaller of two draws: low numbers are busy.
std::uint64_t account(Dice& dice, std::uint64_t accounts) {
  return std::min(dice.roll() % accounts, dice.roll() % accounts);
}

void add_transaction(BlockRows& rows, Dice& dice, std::uint64_t number, std::uint64_t accounts) {
  auto& tx = rows.transactions.emplace_back();
  tx.id = rows.add_name(fmt::format("0x{:064x}", number));
  std::uint64_t from = account(dice, accounts);
  tx.payer = rows.add_name(fmt::format("0x{:040x}", from + 1));
  tx.fee = U256(dice.roll() % 1'000'000 + 21'000);
  tx.transfers = 1;
  auto& transfer = rows.transfers.emplace_back();
  transfer.from = tx.payer;
  transfer.to = rows.add_name(fmt::format("0x{:040x}", account(dice, accounts) + 1));
  transfer.amount = U256(dice.roll() % 1'000'000'000'000'000'000 + 1);
  transfer.kind = ledger::accounts::TransferKind::value;
}

struct World {
  std::unique_ptr<Ledger> ledger;
  std::unique_ptr<LedgerEvents> events;
};

World make_world(std::uint64_t transfers) {
  std::string folder = std::filesystem::temp_directory_path() /
                       fmt::format("tracehound_bench_accounts_{}", transfers);
  // One that an earlier run left half made is made anew.
  if (auto kept = Ledger::open(posix_files(), folder);
      !kept || kept->counts().transfers != transfers) {
    std::filesystem::remove_all(folder);
    ledger::accounts::Asset native{"ETH", "", 18, true};
    auto writer =
        ledger::accounts::Writer::open(posix_files(), folder, "ethereum:1", {.native = native});
    CHECK(writer);
    Dice dice;
    BlockRows rows;
    std::uint64_t accounts = transfers / 12 + 2;
    for (std::uint64_t number = 0; number < transfers;) {
      rows.clear();
      rows.block.number = number / kPerBlock + 1;
      rows.block.time = static_cast<std::uint32_t>(1'600'000'000 + rows.block.number * 12);
      rows.assets = {native};
      for (std::uint64_t i = 0; i < kPerBlock && number < transfers; ++i) {
        add_transaction(rows, dice, number++, accounts);
      }
      CHECK(writer->append(rows));
      if (number % 1'000'000 == 0) CHECK(writer->commit());
    }
    CHECK(writer->commit());
  }
  World world;
  auto ledger = Ledger::open(posix_files(), folder);
  CHECK(ledger);
  world.ledger = std::make_unique<Ledger>(std::move(*ledger));
  world.events = std::make_unique<LedgerEvents>(*world.ledger);
  return world;
}

const World& world(bool large) {
  static const World kLarge = make_world(large_size());
  static const World kSmall = make_world(large_size() / 10);
  return large ? kLarge : kSmall;
}

std::vector<Seed> seeds_of(const World& world, std::uint64_t first, std::uint64_t count) {
  std::vector<Seed> seeds;
  for (std::uint64_t i = first; seeds.size() < count; ++i) {
    auto row = world.events->row(TransferId(i));
    if (row.from == row.to || row.amount.is_zero()) continue;
    seeds.push_back({TransferId(i), U256(), row.amount, Label(1), {}});
  }
  return seeds;
}

void trace_over(benchmark::State& state, const World& world, const std::vector<Seed>& seeds,
                trace::MethodKind method, trace::Direction direction) {
  std::uint64_t touched = 0;
  for (auto _ : state) {
    auto traces = direction == trace::Direction::forward
                      ? trace::accounts::run(*world.events, seeds, std::span(&method, 1), {})
                      : trace::accounts::run_back(*world.events, seeds, std::span(&method, 1), {});
    CHECK(traces);
    touched = traces->front().transactions_touched;
  }
  double transfers = static_cast<double>(world.events->transactions());
  state.counters["touched"] = static_cast<double>(touched);
  state.counters["transfers_per_second"] = benchmark::Counter(
      transfers * static_cast<double>(state.iterations()), benchmark::Counter::kIsRate);
}

void large_theft_haircut(benchmark::State& state) {
  const World& large = world(true);
  trace_over(state, large, seeds_of(large, 0, large.events->transactions() / 100),
             trace::MethodKind::haircut, trace::Direction::forward);
}
BENCHMARK(large_theft_haircut)->Unit(benchmark::kMillisecond);

void small_theft(benchmark::State& state) {
  const World& ledger = world(state.range(0) != 0);
  trace_over(state, ledger, seeds_of(ledger, ledger.events->transactions() - 200, 1),
             trace::MethodKind::fifo, trace::Direction::forward);
}
BENCHMARK(small_theft)->ArgName("large")->Arg(0)->Arg(1)->Unit(benchmark::kMicrosecond);

void large_question_haircut(benchmark::State& state) {
  const World& large = world(true);
  std::uint64_t asked = large.events->transactions() / 100;
  trace_over(state, large, seeds_of(large, large.events->transactions() - asked, asked - 100),
             trace::MethodKind::haircut, trace::Direction::backward);
}
BENCHMARK(large_question_haircut)->Unit(benchmark::kMillisecond);

void small_question(benchmark::State& state) {
  const World& ledger = world(state.range(0) != 0);
  trace_over(state, ledger, seeds_of(ledger, ledger.events->transactions() - 200, 1),
             trace::MethodKind::fifo, trace::Direction::backward);
}
BENCHMARK(small_question)->ArgName("large")->Arg(0)->Arg(1)->Unit(benchmark::kMicrosecond);

void floor_over_the_columns(benchmark::State& state) {
  const Ledger& ledger = *world(true).ledger;
  auto froms = ledger.froms();
  auto tos = ledger.tos();
  auto amounts = ledger.amounts();
  for (auto _ : state) {
    std::vector<double> balance(ledger.counts().accounts);
    std::vector<double> tainted(ledger.counts().accounts);
    for (std::size_t i = 0; i < froms.size(); ++i) {
      auto amount = static_cast<double>(amounts[i].low());
      double& from = balance[froms[i].number()];
      double& stolen = tainted[froms[i].number()];
      from = std::max(from, amount);
      double moved = i < froms.size() / 100 ? amount : stolen * amount / from;
      from -= amount;
      stolen = std::max(0.0, stolen - moved);
      balance[tos[i].number()] += amount;
      tainted[tos[i].number()] += moved;
    }
    benchmark::DoNotOptimize(tainted.data());
  }
  state.counters["transfers_per_second"] = benchmark::Counter(
      static_cast<double>(froms.size()) * static_cast<double>(state.iterations()),
      benchmark::Counter::kIsRate);
}
BENCHMARK(floor_over_the_columns)->Unit(benchmark::kMillisecond);

}  // namespace
}  // namespace tracehound
