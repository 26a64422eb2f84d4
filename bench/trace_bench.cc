// How many tainted transactions a second does a trace walk, and what does a small theft cost?
// A chain of 1,000,000 transactions (TRACE_BENCH_TRANSACTIONS for another number) in a temporary
// ledger. The large theft takes the 200 oldest coins and spreads through most of the chain; the
// small one takes one coin from which haircut touches about 1,000 transactions. Napkin: a touched
// transaction reads about 2 inputs and 2 outputs at 6 cache lines that are not at hand,
// overlapping: 60 to 100 ns, 10 to 16 million a second. The floor keeps the whole chain in arrays,
// goes through all of it in order and shares out in floating point. peak_bytes_per_coin: the most
// memory a trace holds at one time, over the coins it lists at its end.
#include <benchmark/benchmark.h>
#include <fmt/format.h>
#include <malloc.h>
#include <unistd.h>

#include <atomic>
#include <charconv>
#include <cstdlib>
#include <cstring>
#include <filesystem>
#include <new>

#include "base/check.h"
#include "ledger/writer.h"
#include "trace/trace.h"

// Heap bytes in use, and the most there were since the last reset. Not inlined: the compiler would
// see malloc() behind new and warn of every delete.
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

namespace tracehound {
namespace {

using trace::MethodKind;

std::uint64_t transactions_wanted() {
  std::uint64_t number = 1'000'000;
  if (const char* text = std::getenv("TRACE_BENCH_TRANSACTIONS")) {
    std::from_chars(text, text + std::strlen(text), number);
  }
  return number;
}

// splitmix64.
class Random {
 public:
  std::uint64_t below(std::uint64_t limit) {
    std::uint64_t z = (state_ += 0x9E37'79B9'7F4A'7C15ULL);
    z = (z ^ (z >> 30)) * 0xBF58'476D'1CE4'E5B9ULL;
    z = (z ^ (z >> 27)) * 0x94D0'49BB'1331'11EBULL;
    return (z ^ (z >> 31)) % limit;
  }

 private:
  std::uint64_t state_ = 1;
};

// Blocks of 2,000 transactions with 1 to 3 inputs and 1 to 4 outputs; half the inputs are among the
// newest 4,096 coins, the others anywhere.
class ChainMaker {
 public:
  ChainMaker(const std::string& folder, std::uint64_t transactions)
      : writer_(*ledger::Writer::open(posix_files(), folder, "bench:main")) {
    add_coinbase(400);
    finish_block();
    for (std::uint64_t made = 0; made < transactions;) {
      add_coinbase(4);
      for (int i = 0; i < 2000 && made < transactions; ++i, ++made) add_payment();
      finish_block();
    }
    CHECK(writer_.commit().has_value());
  }

 private:
  struct Coin {
    ledger::Outpoint outpoint;
    Amount value;
  };

  void add_output(const Hash256& txid, std::uint32_t index, Amount value) {
    ledger::OutputRow row;
    row.value = value;
    row.script = ledger::ScriptKind::pubkey_hash;
    row.address_kind = ledger::AddressKind::pubkey_hash;
    row.payload_start = static_cast<std::uint32_t>(block_.payloads.size());
    row.payload_size = 20;
    block_.payloads.resize(block_.payloads.size() + 20);
    store_le(block_.payloads.data() + row.payload_start, random_.below(1U << 20));
    block_.outputs.push_back(row);
    unspent_.push_back({{txid, index}, value});
  }

  Hash256 next_txid() {
    std::uint64_t number = txids_++;
    return thread_hasher().sha256d({reinterpret_cast<const Byte*>(&number), sizeof number});
  }

  void add_coinbase(std::uint32_t outputs) {
    Hash256 txid = next_txid();
    block_.transactions.push_back({txid, 0, 0, outputs});
    for (std::uint32_t i = 0; i < outputs; ++i) add_output(txid, i, 1'250'000'000);
  }

  void add_payment() {
    Hash256 txid = next_txid();
    auto inputs = static_cast<std::uint32_t>(1 + random_.below(3));
    Amount left = 0;
    for (std::uint32_t i = 0; i < inputs; ++i) {
      std::uint64_t near = std::min<std::uint64_t>(unspent_.size(), 4096);
      bool young = random_.below(2) == 0;
      std::uint64_t at =
          young ? unspent_.size() - 1 - random_.below(near) : random_.below(unspent_.size());
      block_.inputs.push_back(unspent_[at].outpoint);
      left += unspent_[at].value;
      unspent_[at] = unspent_.back();
      unspent_.pop_back();
    }
    auto outputs = static_cast<std::uint32_t>(1 + random_.below(4));
    block_.transactions.push_back({txid, 0, inputs, outputs});
    left -= std::min<Amount>(left, 2000);
    for (std::uint32_t i = 0; i < outputs; ++i) {
      Amount value = i + 1 == outputs ? left : random_.below(left + 1);
      add_output(txid, i, value);
      left -= value;
    }
  }

  void finish_block() {
    if (auto tip = writer_.tip_hash()) std::ranges::copy(tip->bytes, block_.header.begin() + 4);
    block_.hash = thread_hasher().sha256d(block_.header);
    CHECK(writer_.append(block_).has_value());
    block_ = {};
  }

  ledger::Writer writer_;
  ledger::BlockRows block_;
  Random random_;
  std::uint64_t txids_ = 0;
  std::vector<Coin> unspent_;
};

// The chain, made once and removed when the program ends.
class Bench {
 public:
  static const ledger::Ledger& ledger() {
    static Bench bench;
    return bench.ledger_.front();
  }

 private:
  Bench()
      : folder_(std::filesystem::temp_directory_path() / fmt::format("trace_bench_{}", getpid())) {
    ChainMaker(folder_, transactions_wanted());
    ledger_.push_back(*ledger::Ledger::open(posix_files(), folder_));
  }
  ~Bench() { std::filesystem::remove_all(folder_); }

  std::string folder_;
  std::vector<ledger::Ledger> ledger_;
};

constexpr std::uint64_t kLargeTheft = 200;

std::vector<trace::Seed> large_theft() {
  const ledger::Ledger& ledger = Bench::ledger();
  std::vector<trace::Seed> seeds;
  for (std::uint64_t i = 0; i < kLargeTheft; ++i) {
    seeds.push_back({CoinId(i), 0, ledger.value(CoinId(i))});
  }
  return seeds;
}

// The first coin, going back from the tip, from which haircut touches about 1,000 transactions.
std::vector<trace::Seed> small_theft() {
  const ledger::Ledger& ledger = Bench::ledger();
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

void run_trace(benchmark::State& state, MethodKind method, std::vector<trace::Seed> (*theft)()) {
  const ledger::Ledger& ledger = Bench::ledger();
  std::vector<trace::Seed> seeds = theft();
  std::uint64_t touched = 0;
  std::size_t landed = 0;
  std::size_t before = bytes_now;
  bytes_peak = before;
  for (auto _ : state) {
    auto trace = trace::run(ledger, seeds, method, {});
    CHECK(trace.has_value());
    touched = trace->transactions_touched;
    landed = trace->destinations.front().coins.size();
  }
  state.SetItemsProcessed(state.iterations() * static_cast<std::int64_t>(touched));
  state.counters["touched"] = static_cast<double>(touched);
  state.counters["held_coins"] = static_cast<double>(landed);
  state.counters["peak_bytes_per_coin"] =
      static_cast<double>(bytes_peak - before) / static_cast<double>(landed);
}
BENCHMARK_CAPTURE(run_trace, large_haircut, MethodKind::haircut, large_theft)
    ->Unit(benchmark::kMillisecond);
BENCHMARK_CAPTURE(run_trace, large_fifo, MethodKind::fifo, large_theft)
    ->Unit(benchmark::kMillisecond);
BENCHMARK_CAPTURE(run_trace, large_poison, MethodKind::poison, large_theft)
    ->Unit(benchmark::kMillisecond);
BENCHMARK_CAPTURE(run_trace, small_haircut, MethodKind::haircut, small_theft)
    ->Unit(benchmark::kMicrosecond);
BENCHMARK_CAPTURE(run_trace, small_fifo, MethodKind::fifo, small_theft)
    ->Unit(benchmark::kMicrosecond);

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

void floating_shares_in_memory(benchmark::State& state) {
  Arrays arrays = arrays_of(Bench::ledger());
  std::uint64_t touched = 0;
  for (auto _ : state) {
    std::vector<double> taint(arrays.values.size());
    for (std::size_t coin = 0; coin < kLargeTheft; ++coin) {
      taint[coin] = static_cast<double>(arrays.values[coin]);
    }
    touched = 0;
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
  }
  state.SetItemsProcessed(state.iterations() * static_cast<std::int64_t>(touched));
  state.counters["touched"] = static_cast<double>(touched);
}
BENCHMARK(floating_shares_in_memory)
    ->Name("floor: doubles in memory")
    ->Unit(benchmark::kMillisecond);

}  // namespace
}  // namespace tracehound
