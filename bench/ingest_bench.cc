// How far is ingest from the least that anybody must do to know a chain: map the files, parse, hash
// every transaction, find every spent coin, give every address its number and join those that spend
// together, all in memory, and write nothing?
//
// Napkin: a transaction of 360 bytes takes two SHA-256 passes over its stripped part and one over
// 32 bytes, about 8 compressions of 64 bytes at some 40 ns (SHA-NI): 0.3 us, or 1.2 GB/s on one
// core. Parsing is a walk over the bytes. It has some 1.8 spent coins and 2.2 addresses, a cache
// miss or two each: 0.3 us with the misses overlapped. Ingest adds 160 bytes of rows a transaction,
// sorting and writing the index entries (about 11 of some 10 bytes), and the disk.
//
//   TRACEHOUND_BENCH_MB=1000 script/bench ingest      # the size of the simulated chain; default
//   100
//   TRACEHOUND_BENCH_MEMORY=2G ...                    # gives it to ingest as --memory
#include <benchmark/benchmark.h>
#include <fcntl.h>
#include <fmt/format.h>
#include <spawn.h>
#include <sys/resource.h>
#include <sys/wait.h>

#include <chrono>
#include <cstdlib>
#include <filesystem>

#include "base/check.h"
#include "base/parallel.h"
#include "chains/bitcoin/block_tree.h"
#include "chains/bitcoin/record_scan.h"
#include "ledger/interner.h"
#include "ledger/ledger.h"
#include "ledger/resolver.h"
#include "ledger/runs.h"
#include "simulated_chain.h"

extern char** environ;

namespace tracehound {
namespace {

namespace bitcoin = chains::bitcoin;

// The simulated chain, made once a run in a temporary folder and removed at the end.
struct World {
  TemporaryFolder folder{"ingest_bench"};
  synth::SynthReport made = make_chain(folder.path() + "/world");

  std::string blocks() const { return folder.path() + "/world/blocks"; }
  std::string ledger() const { return folder.path() + "/ledger"; }
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

// Joins addresses that spend together; path halving.
class Clusters {
 public:
  std::uint32_t root(std::uint32_t address) {
    while (parents_.size() <= address)
      parents_.push_back(static_cast<std::uint32_t>(parents_.size()));
    while (parents_[address] != address) {
      address = parents_[address] = parents_[parents_[address]];
    }
    return address;
  }
  void join(std::uint32_t one, std::uint32_t other) {
    one = root(one);
    other = root(other);
    parents_[std::max(one, other)] = std::min(one, other);
  }

 private:
  std::vector<std::uint32_t> parents_;
};

// The chain in memory: coins by outpoint, addresses by payload, clusters by address.
class InMemory {
 public:
  InMemory() {
    resolver_.reset({}, nullptr, kNoLimit);
    interner_.reset({}, nullptr, kNoLimit);
  }
  void add(const ledger::BlockRows& block) {
    resolver_.resolve(block, counts_, resolved_);
    interner_.intern(block, counts_, ids_);
    for (AddressId id : ids_) addresses_.push_back(id.number());
    std::size_t input = 0;
    for (const ledger::TxRow& tx : block.transactions) {
      for (std::uint32_t i = 0; i < tx.inputs; ++i, ++input) {
        CHECK(resolved_.inputs[input].has_value());
        if (i == 0) continue;
        clusters_.join(addresses_[resolved_.inputs[input]->coin.number()],
                       addresses_[resolved_.inputs[input - 1]->coin.number()]);
      }
    }
    counts_.coins += block.outputs.size();
    counts_.transactions += block.transactions.size();
    ++counts_.blocks;
  }

 private:
  static constexpr std::uint64_t kNoLimit = std::uint64_t{1} << 40;
  ledger::Columns columns_{""};
  ledger::Resolver resolver_{columns_};
  ledger::Interner interner_{columns_};
  ledger::Counts counts_;
  ledger::Resolved resolved_;
  std::vector<AddressId> ids_;
  std::vector<std::uint32_t> addresses_;  // by coin
  Clusters clusters_;
};

void floor(benchmark::State& state) {
  ThreadLimit threads(static_cast<unsigned>(state.range(0)));
  const auto& network = *bitcoin::find_network("regtest");
  world();
  for (auto _ : state) {
    auto start = std::chrono::steady_clock::now();
    auto files = bitcoin::BlockFiles::open(posix_files(), world().blocks());
    Progress silent("", "", 1, 1.0, false);
    auto scan = bitcoin::scan_records(*files, network, [](const Hash256&) { return true; }, silent);
    // The simulated chain lies in its files in chain order.
    InMemory chain;
    std::vector<ledger::BlockRows> slots(16);
    pipeline(
        scan->blocks.size(), slots.size(),
        [&](std::size_t i) {
          thread_local Bytes scratch;
          auto bytes = files->load(scan->blocks[i].place, scratch);
          CHECK(bytes.has_value() &&
                bitcoin::decode_block(network, *bytes, thread_hasher(), slots[i % slots.size()]));
        },
        [&](std::size_t i) {
          chain.add(slots[i % slots.size()]);
          return true;
        });
    count(state, since(start));
  }
}
BENCHMARK(floor)->ArgName("threads")->Arg(1)->Arg(2)->Iterations(1)->UseManualTime()->Unit(
    benchmark::kMillisecond);

std::string memory() {
  const char* wanted = std::getenv("TRACEHOUND_BENCH_MEMORY");
  return wanted != nullptr ? wanted : "8G";
}

// The program itself, from start to exit, with the system's own account of its memory.
rusage run_program(const std::string& threads) {
  std::string words[] = {TRACEHOUND_PROGRAM,
                         "ingest",
                         "blocks",
                         world().blocks(),
                         "--network",
                         "regtest",
                         "--ledger",
                         world().ledger(),
                         "--quiet",
                         "--threads",
                         threads,
                         "--memory",
                         memory()};
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
