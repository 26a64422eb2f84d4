// How far is ingest from the least that anybody must do: map the files, parse, hash every
// transaction?
//
// Napkin: a transaction of 360 bytes takes two SHA-256 passes over its stripped part and one over
// 32 bytes, about 5 compressions of 64 bytes at some 40 ns (SHA-NI): 0.2 us, or 1.8 GB/s on one
// core; the call into the library costs as much again. Parsing is a walk over the bytes. Appending
// adds, per transaction, some 2.7 look-ups of spent coins and 2.7 of addresses at a cache miss or
// two each (100 ns), and 190 bytes written: about 1 us more.
//
//   TRACEHOUND_BENCH_MB=1000 script/bench ingest      # the size of the simulated chain; default
//   100
#include <benchmark/benchmark.h>
#include <fcntl.h>
#include <fmt/format.h>
#include <spawn.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

#include <charconv>
#include <chrono>
#include <cstdlib>
#include <filesystem>

#include "base/check.h"
#include "base/parallel.h"
#include "chains/bitcoin/block_tree.h"
#include "chains/bitcoin/record_scan.h"
#include "ledger/ledger.h"
#include "ledger/runs.h"
#include "synth/synth.h"

extern char** environ;

namespace tracehound {
namespace {

namespace bitcoin = chains::bitcoin;

constexpr std::uint32_t kTxsPerBlock = 3000;
constexpr std::uint64_t kBytesPerBlock = 1'180'000;  // at that many

// The simulated chain, made once a run in a temporary folder and removed at the end.
struct World {
  std::string folder;
  synth::SynthReport made;

  World() {
    const char* wanted = std::getenv("TRACEHOUND_BENCH_MB");
    std::uint64_t megabytes = 100;
    if (wanted != nullptr) {
      std::string_view text = wanted;
      auto [end, failure] = std::from_chars(text.data(), text.data() + text.size(), megabytes);
      CHECK(failure == std::errc{} && end == text.data() + text.size());
    }
    std::uint64_t bytes = megabytes * 1'000'000;
    folder = std::filesystem::temp_directory_path() / fmt::format("ingest_bench.{}", ::getpid());
    synth::SynthOptions options;
    options.out = folder + "/world";
    options.blocks = 160 + static_cast<std::uint32_t>(bytes / kBytesPerBlock);
    options.txs_per_block = kTxsPerBlock;
    options.theft = synth::Theft::none;
    options.progress = false;
    auto world = synth::make_world(posix_files(), options);
    CHECK(world.has_value());
    made = *world;
  }
  ~World() { std::filesystem::remove_all(folder); }
  std::string blocks() const { return folder + "/world/blocks"; }
  std::string ledger() const { return folder + "/ledger"; }
};

World& world() {
  static World made;
  return made;
}

void count(benchmark::State& state, double seconds) {
  state.SetIterationTime(seconds);
  state.counters["MB/s"] = static_cast<double>(world().made.block_bytes) / 1e6 / seconds;
  state.counters["tx/s"] = static_cast<double>(world().made.transactions) / seconds;
}

double since(std::chrono::steady_clock::time_point start) {
  return std::chrono::duration<double>(std::chrono::steady_clock::now() - start).count();
}

void floor(benchmark::State& state) {
  ThreadLimit threads(static_cast<unsigned>(state.range(0)));
  const auto& network = *bitcoin::find_network("regtest");
  world();
  for (auto _ : state) {
    auto start = std::chrono::steady_clock::now();
    auto files = bitcoin::BlockFiles::open(posix_files(), world().blocks());
    Progress silent("", "", 1, 1.0, false);
    auto scan = bitcoin::scan_records(*files, network, [](const Hash256&) { return true; }, silent);
    parallel_for(scan->blocks.size(), [&](std::size_t i) {
      Bytes scratch;
      auto rows = bitcoin::decode_block(network, files->read(scan->blocks[i].place, scratch),
                                        thread_hasher());
      CHECK(rows.has_value());
      benchmark::DoNotOptimize(rows->transactions.data());
    });
    count(state, since(start));
  }
}
BENCHMARK(floor)->ArgName("threads")->Arg(1)->Arg(2)->Iterations(1)->UseManualTime()->Unit(
    benchmark::kMillisecond);

// The program itself, from start to exit, with the system's own account of its memory.
rusage run_program(const std::string& threads) {
  std::string words[] = {TRACEHOUND_PROGRAM, "ingest",    "blocks",   world().blocks(),
                         "--network",        "regtest",   "--ledger", world().ledger(),
                         "--quiet",          "--threads", threads};
  std::vector<char*> arguments;
  for (std::string& word : words) arguments.push_back(word.data());
  arguments.push_back(nullptr);
  pid_t child = 0;
  CHECK(posix_spawn(&child, TRACEHOUND_PROGRAM, nullptr, nullptr, arguments.data(), environ) == 0);
  int status = 0;
  rusage usage{};
  ::wait4(child, &status, 0, &usage);
  CHECK(status == 0);
  return usage;
}

void ingest(benchmark::State& state) {
  world();
  for (auto _ : state) {
    std::filesystem::remove_all(world().ledger());
    auto start = std::chrono::steady_clock::now();
    rusage usage = run_program(std::to_string(state.range(0)));
    count(state, since(start));
    state.counters["peak_MB"] = static_cast<double>(usage.ru_maxrss) * 1024 / 1e6;
  }
  auto ledger = ledger::Ledger::open(posix_files(), world().ledger());
  std::uint64_t bytes = 0;
  for (const auto& spec : ledger::kColumns) bytes += ledger->column(spec.column).size();
  for (const auto& spec : ledger::kIndexes) {
    for (const auto& run : ledger->index(spec.index).runs()) bytes += run.bytes().size();
  }
  state.counters["bytes/coin"] =
      static_cast<double>(bytes) / static_cast<double>(ledger->counts().coins);
  state.counters["of_raw"] =
      static_cast<double>(bytes) / static_cast<double>(world().made.block_bytes);
}
BENCHMARK(ingest)->ArgName("threads")->Arg(1)->Arg(2)->Iterations(1)->UseManualTime()->Unit(
    benchmark::kMillisecond);

}  // namespace
}  // namespace tracehound
