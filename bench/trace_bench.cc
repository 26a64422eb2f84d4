// How many tainted transactions a second does a trace walk, by each method and by all in one pass;
// and does a small theft cost the same on a small chain and on a large one?
//
// Simulated chains of TRACEHOUND_BENCH_MB megabytes and of a tenth of that, ingested; and for the
// small theft one more, if TRACEHOUND_BENCH_LARGEST_MB says of what size. The large theft takes the
// 200 oldest coins and spreads through most of the chain; the small one takes one coin from which
// haircut touches about 1,000 transactions. Napkin: a touched transaction reads about 2 inputs and
// 2 outputs at 6 cache lines that are not at hand, overlapping: 60 to 100 ns, 10 to 16 million a
// second. The floor keeps the whole chain in arrays, goes through all of it in order and shares out
// in floating point; `floors`: a trace's time over that of floors run in turn with it.
// peak_bytes_per_coin: the most memory a trace holds at one time, over the coins it lists at its
// end. `touched` of all methods together is the sum over them; share_of_alone is their processor
// time in one pass over that of each alone, in percent.
//
//   TRACEHOUND_BENCH_MB=1000 script/bench trace      # the size of the larger chain
//   # the small theft at 100 MB, 1 GB and 4 GB, with the time of each touched transaction:
//   TRACEHOUND_BENCH_MB=1000 TRACEHOUND_BENCH_LARGEST_MB=4000 script/bench trace
//       --benchmark_filter=small_theft
#include <benchmark/benchmark.h>
#include <fmt/format.h>
#include <malloc.h>

#include <array>
#include <atomic>
#include <cstdlib>
#include <ctime>
#include <new>

#include "base/check.h"
#include "chains/bitcoin/ingest.h"
#include "simulated_chain.h"
#include "trace/trace.h"

// Heap bytes in use, and the most there were since the last reset. Not inlined:
// the compiler would see malloc() behind new and warn of every delete.
static std::atomic<std::size_t> bytes_now = 0;
static std::atomic<std::size_t> bytes_peak = 0;

[[gnu::noinline]] void* operator new(std::size_t size) {
  void* memory = std::malloc(size);
  CHECK(memory);
  std::size_t now = bytes_now += malloc_usable_size(memory);
  if (now > bytes_peak) bytes_peak = now;
  return memory;
}
[[gnu::noinline]] void operator delete(void* memory) noexcept {
  bytes_now -= malloc_usable_size(memory);
  std::free(memory);
}
void operator delete(void* memory, std::size_t) noexcept { operator delete(memory); }
[[gnu::noinline]] void* operator new(std::size_t size, std::align_val_t alignment) {
  auto to = static_cast<std::size_t>(alignment);
  void* memory = std::aligned_alloc(to, (size + to - 1) / to * to);
  CHECK(memory);
  std::size_t now = bytes_now += malloc_usable_size(memory);
  if (now > bytes_peak) bytes_peak = now;
  return memory;
}
[[gnu::noinline]] void operator delete(void* memory, std::align_val_t) noexcept {
  operator delete(memory);
}
void operator delete(void* memory, std::size_t, std::align_val_t) noexcept {
  operator delete(memory);
}

namespace tracehound {
namespace {

using trace::MethodKind;

constexpr std::array kAll = {MethodKind::poison,   MethodKind::haircut, MethodKind::fifo,
                             MethodKind::lifo,     MethodKind::tiho,    MethodKind::tilo,
                             MethodKind::seniority};
constexpr std::uint64_t kLargeTheft = 200;  // coins

std::vector<trace::Seed> large_theft(const ledger::Ledger& ledger) {
  std::vector<trace::Seed> seeds;
  for (CoinId coin(0); seeds.size() < kLargeTheft; coin = coin.next()) {
    if (ledger.value(coin) > 0) seeds.push_back({coin, 0, ledger.value(coin)});
  }
  return seeds;
}

// The first coin, going back from the tip, from which haircut touches about
// 1,000 transactions.
std::vector<trace::Seed> small_theft(const ledger::Ledger& ledger) {
  for (std::uint64_t back = 1000; back < ledger.counts().coins; back += back / 50) {
    CoinId coin(ledger.counts().coins - back);
    if (ledger.value(coin) == 0) continue;
    std::vector<trace::Seed> seeds = {{coin, 0, ledger.value(coin)}};
    auto trace = trace::run(ledger, seeds, MethodKind::haircut, {});
    CHECK(trace.has_value());
    if (trace->transactions_touched >= 800 && trace->transactions_touched <= 1200) return seeds;
  }
  CHECK(!"some coin touches about 1,000 transactions");
  return {};
}

class World {
 public:
  explicit World(std::uint64_t megabytes) : folder_(fmt::format("trace_bench_{}", megabytes)) {
    constexpr std::uint64_t kBytesPerBlock = 1'180'000;  // at 3,000 transactions
    make_chain(folder_.path() + "/world",
               static_cast<std::uint32_t>(160 + megabytes * 1'000'000 / kBytesPerBlock), 3000);
    std::string path = folder_.path() + "/ledger";
    CHECK(chains::bitcoin::ingest_blocks(posix_files(), folder_.path() + "/world/blocks",
                                         *chains::bitcoin::find_network("regtest"), path,
                                         {.progress = false})
              .has_value());
    ledger_.push_back(ledger::Ledger::open(posix_files(), path).value());
    large = large_theft(ledger());
    small = small_theft(ledger());
  }
  const ledger::Ledger& ledger() const { return ledger_.front(); }

  std::vector<trace::Seed> large;
  std::vector<trace::Seed> small;

 private:
  TemporaryFolder folder_;
  std::vector<ledger::Ledger> ledger_;  // one
};

std::uint64_t megabytes() { return wanted("TRACEHOUND_BENCH_MB", 100); }
const World& large_world() {
  static World world(megabytes());
  return world;
}
const World& small_world() {
  static World world(std::max<std::uint64_t>(1, megabytes() / 10));
  return world;
}

const World& largest_world() {
  static World world(wanted("TRACEHOUND_BENCH_LARGEST_MB", 0));
  return world;
}

// The chain as plain arrays.
struct Arrays {
  std::vector<std::uint64_t> first_input;
  std::vector<std::uint64_t> first_coin;
  std::vector<std::uint64_t> inputs;
  std::vector<Amount> values;
};

Arrays arrays_of(const ledger::Ledger& ledger) {
  Arrays arrays;
  for (std::uint32_t row = 0; row < ledger.counts().transactions; ++row) {
    TxId tx(row);
    arrays.first_input.push_back(arrays.inputs.size());
    arrays.first_coin.push_back(ledger.outputs(tx).first.number());
    for (std::uint64_t i = 0; i < ledger.input_count(tx); ++i) {
      arrays.inputs.push_back(ledger.input(tx, i).number());
    }
  }
  arrays.first_input.push_back(arrays.inputs.size());
  arrays.first_coin.push_back(ledger.counts().coins);
  for (std::uint64_t coin = 0; coin < ledger.counts().coins; ++coin) {
    arrays.values.push_back(ledger.value(CoinId(coin)));
  }
  return arrays;
}

// Shares out the large theft in floating point, over all of the chain. How many it touched.
std::uint64_t large_floor() {
  static const Arrays arrays = arrays_of(large_world().ledger());
  std::vector<double> taint(arrays.values.size());
  for (const trace::Seed& seed : large_world().large) {
    taint[seed.coin.number()] = static_cast<double>(seed.end);
  }
  std::uint64_t touched = 0;
  for (std::size_t tx = 0; tx + 1 < arrays.first_coin.size(); ++tx) {
    double total = 0;
    double tainted = 0;
    for (std::uint64_t i = arrays.first_input[tx]; i < arrays.first_input[tx + 1]; ++i) {
      total += static_cast<double>(arrays.values[arrays.inputs[i]]);
      tainted += taint[arrays.inputs[i]];
    }
    if (tainted < 1) continue;
    ++touched;
    for (std::uint64_t c = arrays.first_coin[tx]; c < arrays.first_coin[tx + 1]; ++c) {
      taint[c] = tainted * static_cast<double>(arrays.values[c]) / total;
    }
  }
  benchmark::DoNotOptimize(taint.data());
  return touched;
}

double processor_seconds() {
  timespec now{};
  clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &now);
  return static_cast<double>(now.tv_sec) + static_cast<double>(now.tv_nsec) * 1e-9;
}

void measure(benchmark::State& state, const World& world, const std::vector<trace::Seed>& seeds,
             std::span<const MethodKind> methods, const trace::Options& options = {}) {
  std::uint64_t touched = 0;
  std::size_t landed = 0;
  std::size_t before = bytes_now;
  bytes_peak = before;
  for (auto _ : state) {
    auto traces = trace::run(world.ledger(), seeds, methods, {}, options);
    CHECK(traces.has_value());
    touched = 0;
    landed = 0;
    for (const trace::Trace& trace : *traces) {
      touched += trace.transactions_touched;
      landed += trace.destinations.front().coins.size();
    }
  }
  state.SetItemsProcessed(state.iterations() * static_cast<std::int64_t>(touched));
  state.counters["touched"] = static_cast<double>(touched);
  state.counters["held_coins"] = static_cast<double>(landed);
  state.counters["peak_bytes_per_coin"] =
      static_cast<double>(bytes_peak - before) / static_cast<double>(landed);
}

// In turn with the floor: the machine's memory is not equally fast at all times.
void large_by(benchmark::State& state, MethodKind method) {
  constexpr int kTurns = 5;
  double traces = 0;
  double floors = 0;
  large_floor();
  for (int turn = 0; turn < kTurns; ++turn) {
    double start = processor_seconds();
    CHECK(trace::run(large_world().ledger(), large_world().large, method, {}).has_value());
    double between = processor_seconds();
    large_floor();
    traces += between - start;
    floors += processor_seconds() - between;
  }
  measure(state, large_world(), large_world().large, {&method, 1});
  state.counters["floors"] = traces / floors;
}
BENCHMARK_CAPTURE(large_by, haircut, MethodKind::haircut)->Unit(benchmark::kMillisecond);
BENCHMARK_CAPTURE(large_by, fifo, MethodKind::fifo)->Unit(benchmark::kMillisecond);
BENCHMARK_CAPTURE(large_by, lifo, MethodKind::lifo)->Unit(benchmark::kMillisecond);
BENCHMARK_CAPTURE(large_by, tiho, MethodKind::tiho)->Unit(benchmark::kMillisecond);
BENCHMARK_CAPTURE(large_by, tilo, MethodKind::tilo)->Unit(benchmark::kMillisecond);
BENCHMARK_CAPTURE(large_by, seniority, MethodKind::seniority)->Unit(benchmark::kMillisecond);
BENCHMARK_CAPTURE(large_by, poison, MethodKind::poison)->Unit(benchmark::kMillisecond);

void large_by_all_methods(benchmark::State& state) {
  const World& world = large_world();
  double alone = 0;
  for (MethodKind method : kAll) {
    double start = processor_seconds();
    CHECK(trace::run(world.ledger(), world.large, method, {}).has_value());
    alone += processor_seconds() - start;
  }
  double start = processor_seconds();
  measure(state, world, world.large, kAll);
  double together = (processor_seconds() - start) / static_cast<double>(state.iterations());
  state.counters["share_of_alone"] = 100 * together / alone;
}
BENCHMARK(large_by_all_methods)->Unit(benchmark::kMillisecond);

void large_by_haircut_through_miners(benchmark::State& state) {
  MethodKind method = MethodKind::haircut;
  trace::Options options;
  options.fees = trace::FeeRule::miner;
  measure(state, large_world(), large_world().large, {&method, 1}, options);
}
BENCHMARK(large_by_haircut_through_miners)->Unit(benchmark::kMillisecond);

void small_theft_by(benchmark::State& state, const World& (*world)(), MethodKind method) {
  if (world == largest_world && wanted("TRACEHOUND_BENCH_LARGEST_MB", 0) == 0) {
    return state.SkipWithError("TRACEHOUND_BENCH_LARGEST_MB is not set");
  }
  measure(state, world(), world().small, {&method, 1});
  state.counters["chain_transactions"] =
      static_cast<double>(world().ledger().counts().transactions);
}
BENCHMARK_CAPTURE(small_theft_by, haircut_on_the_large_chain, large_world, MethodKind::haircut)
    ->Unit(benchmark::kMicrosecond);
BENCHMARK_CAPTURE(small_theft_by, haircut_on_a_tenth_of_it, small_world, MethodKind::haircut)
    ->Unit(benchmark::kMicrosecond);
BENCHMARK_CAPTURE(small_theft_by, haircut_on_the_largest_chain, largest_world, MethodKind::haircut)
    ->Unit(benchmark::kMicrosecond);
BENCHMARK_CAPTURE(small_theft_by, fifo_on_the_large_chain, large_world, MethodKind::fifo)
    ->Unit(benchmark::kMicrosecond);

void floor_of_doubles(benchmark::State& state) {
  large_floor();  // the arrays are made
  std::uint64_t touched = 0;
  for (auto _ : state) touched = large_floor();
  state.SetItemsProcessed(state.iterations() * static_cast<std::int64_t>(touched));
  state.counters["touched"] = static_cast<double>(touched);
}
BENCHMARK(floor_of_doubles)->Name("floor: doubles in memory")->Unit(benchmark::kMillisecond);

}  // namespace
}  // namespace tracehound
