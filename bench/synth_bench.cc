// How fast is a simulated world made, and how much of that is writing its files?
//
// Napkin: a transaction of 385 bytes takes some 100 bytes of random keys and signatures an input
// (xoshiro, 1 ns per 8 bytes), two double SHA-256 (txid and wtxid: 13 compressions of 64 bytes at
// 40 ns with SHA-NI, twice that with the library's calls), and a score of random accesses to
// wallets and coins (50 ns each): about 3 us, or 130 MB/s on one core. The floor writes the same
// bytes to as many files and makes them durable. MB/s counts block files only, in processor time:
// the wall clock is the line's own.
//
//   TRACEHOUND_BENCH_MB=200 script/bench synth      # the size of the simulated chain; default 150
#include <benchmark/benchmark.h>
#include <fmt/format.h>

#include <algorithm>
#include <cstdlib>
#include <ctime>
#include <filesystem>

#include "base/check.h"
#include "simulated_chain.h"

namespace tracehound {
namespace {

constexpr std::uint32_t kTxsPerBlock = 3000;
constexpr std::uint64_t kBytesPerBlock = 1'080'000;  // at that many
constexpr std::uint32_t kBlocksBefore = 100;         // that hold a coinbase only

synth::SynthReport make_world(const std::string& out) {
  synth::SynthOptions options;
  options.out = out;
  auto blocks =
      static_cast<std::uint32_t>(wanted("TRACEHOUND_BENCH_MB", 150) * 1'000'000 / kBytesPerBlock);
  options.blocks = std::max(kBlocksBefore + blocks, synth::kBlocksMinForTheft);
  options.txs_per_block = kTxsPerBlock;
  options.progress = false;
  auto made = synth::make_world(posix_files(), options);
  CHECK(made.has_value());
  return *made;
}

class Rates {
 public:
  void start() { began_ = std::clock(); }
  void stop(std::uint64_t bytes) {
    seconds_ += static_cast<double>(std::clock() - began_) / CLOCKS_PER_SEC;
    bytes_ += bytes;
  }
  void show(benchmark::State& state) const {
    state.counters["MB"] =
        static_cast<double>(bytes_) / 1e6 / static_cast<double>(state.iterations());
    state.counters["MB_per_cpu_s"] = static_cast<double>(bytes_) / 1e6 / seconds_;
    state.SetBytesProcessed(static_cast<std::int64_t>(bytes_));
  }

 private:
  std::clock_t began_ = 0;
  double seconds_ = 0;
  std::uint64_t bytes_ = 0;
};

void world(benchmark::State& state) {
  TemporaryFolder folder("synth_bench");
  Rates rates;
  for (auto _ : state) {
    rates.start();
    auto made = make_world(folder.path());
    rates.stop(made.block_bytes);
    state.PauseTiming();
    std::filesystem::remove_all(folder.path());
    state.ResumeTiming();
  }
  rates.show(state);
}
BENCHMARK(world)->Unit(benchmark::kMillisecond)->UseRealTime()->Iterations(1);

void floor_write_the_same_bytes(benchmark::State& state) {
  TemporaryFolder folder("synth_bench");
  auto made = make_world(folder.path());
  std::vector<Bytes> contents;
  for (const auto& entry : std::filesystem::recursive_directory_iterator(folder.path())) {
    if (entry.is_regular_file()) contents.push_back(*read_file(posix_files(), entry.path()));
  }
  Rates rates;
  for (auto _ : state) {
    rates.start();
    for (std::size_t i = 0; i < contents.size(); ++i) {
      auto file = posix_files().open_write(fmt::format("{}/{}", folder.path(), i));
      CHECK(file && (*file)->append(contents[i]) && (*file)->sync());
    }
    rates.stop(made.block_bytes);
  }
  rates.show(state);
}
BENCHMARK(floor_write_the_same_bytes)->Unit(benchmark::kMillisecond)->UseRealTime()->Iterations(1);

}  // namespace
}  // namespace tracehound
