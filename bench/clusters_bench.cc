// How long do clusters with all their evidence take, beside a bare union-find in memory?
//
// Napkin: of a 4 GB chain's 25 million inputs, two thirds belong to transactions with several. The
// floor has each input's address in one array and walks it: a union a co-spend, in memory that is
// mostly at hand since neighbours in time are neighbours in number: 10 to 20 ns, and two threads
// share it. A build must first find each input's address through its coin (a cache miss each, asked
// for ahead), and the roots of both ends, on all threads; joins what is left of that on one while
// the others read on; and in the end sorts addresses by cluster while the evidence is synced: 14
// bytes a union and 8 an address. At most four times the floor, recognisers and all.
//
//   TRACEHOUND_BENCH_MB=4000 script/bench clusters      # the size of the simulated chain
//
// A chain of N MB takes 1.8 N MB below $TMPDIR while this runs, its ledger and all.
#include <benchmark/benchmark.h>
#include <fmt/format.h>
#include <malloc.h>

#include <algorithm>
#include <atomic>
#include <charconv>
#include <chrono>
#include <filesystem>
#include <fstream>
#include <numeric>
#include <string>
#include <thread>

#include "base/check.h"
#include "base/parallel.h"
#include "chains/bitcoin/ingest.h"
#include "clusters/build.h"
#include "clusters/clustering.h"
#include "clusters/rules.h"
#include "clusters/union_find.h"
#include "ledger/ledger.h"
#include "simulated_chain.h"

namespace tracehound {
namespace {

using clusters::Rules;

class World {
 public:
  World() {
    make_chain(folder_.path() + "/world");
    CHECK(chains::bitcoin::ingest_blocks(posix_files(), folder_.path() + "/world/blocks",
                                         *chains::bitcoin::find_network("regtest"), ledger_folder(),
                                         {.progress = false})
              .has_value());
    ledger_.push_back(ledger::Ledger::open(posix_files(), ledger_folder()).value());
    std::uint64_t inputs = ledger().counts().inputs;
    addresses.reserve(inputs);
    for (std::uint32_t tx = 0; tx < ledger().counts().transactions; ++tx) {
      first.push_back(addresses.size());
      for (std::uint64_t i = 0; i < ledger().input_count(TxId(tx)); ++i) {
        addresses.push_back(ledger().address(ledger().input(TxId(tx), i)).number());
      }
    }
    first.push_back(addresses.size());
  }

  const ledger::Ledger& ledger() const { return ledger_.front(); }
  std::string ledger_folder() const { return folder_.path() + "/ledger"; }
  void forget_clusters() const {
    std::filesystem::remove_all(clusters::clusters_folder(ledger_folder()));
  }

  // Each input's address, and each transaction's first input.
  std::vector<std::uint32_t> addresses;
  std::vector<std::uint64_t> first;

 private:
  TemporaryFolder folder_{"clusters_bench"};
  std::vector<ledger::Ledger> ledger_;  // one
};

World& world() {
  static World made;
  return made;
}

void note_size(benchmark::State& state) {
  state.counters["transactions"] = static_cast<double>(world().ledger().counts().transactions);
  state.counters["inputs"] = static_cast<double>(world().ledger().counts().inputs);
  state.counters["addresses"] = static_cast<double>(world().ledger().counts().addresses);
}

void floor_union_find_one_thread(benchmark::State& state) {
  const World& chain = world();
  ThreadLimit one(1);
  for (auto _ : state) {
    clusters::UnionFind sets(chain.ledger().counts().addresses);
    for (std::size_t tx = 0; tx + 1 < chain.first.size(); ++tx) {
      for (std::uint64_t i = chain.first[tx] + 1; i < chain.first[tx + 1]; ++i) {
        sets.unite(chain.addresses[chain.first[tx]], chain.addresses[i]);
      }
    }
    benchmark::DoNotOptimize(sets.flatten().data());
  }
  note_size(state);
}
BENCHMARK(floor_union_find_one_thread)->Unit(benchmark::kMillisecond)->UseRealTime();

// The same from all threads at once: parents are only ever made smaller.
class SharedSets {
 public:
  explicit SharedSets(std::uint64_t count) : parent_(count) {
    std::iota(parent_.begin(), parent_.end(), 0U);
  }
  void unite(std::uint32_t one, std::uint32_t other) {
    while (true) {
      one = find(one);
      other = find(other);
      if (one == other) return;
      if (one > other) std::swap(one, other);
      std::uint32_t expected = other;
      if (at(other).compare_exchange_strong(expected, one, std::memory_order_relaxed)) return;
    }
  }
  std::uint32_t find(std::uint32_t number) {
    while (true) {
      std::uint32_t parent = at(number).load(std::memory_order_relaxed);
      if (parent == number) return number;
      std::uint32_t above = at(parent).load(std::memory_order_relaxed);
      if (above != parent) {
        at(number).compare_exchange_weak(parent, above, std::memory_order_relaxed);
      }
      number = above;
    }
  }

 private:
  std::atomic_ref<std::uint32_t> at(std::uint32_t number) {
    return std::atomic_ref<std::uint32_t>(parent_[number]);
  }
  LargeVector<std::uint32_t> parent_;
};

void floor_union_find_all_threads(benchmark::State& state) {
  const World& chain = world();
  constexpr std::size_t kPart = 1U << 14;
  std::size_t transactions = chain.first.size() - 1;
  for (auto _ : state) {
    SharedSets sets(chain.ledger().counts().addresses);
    parallel_for((transactions + kPart - 1) / kPart, [&](std::size_t part) {
      std::size_t end = std::min(transactions, (part + 1) * kPart);
      for (std::size_t tx = part * kPart; tx < end; ++tx) {
        for (std::uint64_t i = chain.first[tx] + 1; i < chain.first[tx + 1]; ++i) {
          sets.unite(chain.addresses[chain.first[tx]], chain.addresses[i]);
        }
      }
    });
    benchmark::DoNotOptimize(sets.find(1));
  }
  note_size(state);
}
BENCHMARK(floor_union_find_all_threads)->Unit(benchmark::kMillisecond)->UseRealTime();

void build(benchmark::State& state, const Rules& rules) {
  for (auto _ : state) {
    state.PauseTiming();
    world().forget_clusters();
    state.ResumeTiming();
    auto report = clusters::build_clusters(posix_files(), world().ledger(), rules);
    CHECK(report.has_value());
    state.counters["unions"] = static_cast<double>(report->facts.edges);
  }
  note_size(state);
}

// Synced, as always.
void build_without_recognisers(benchmark::State& state) { build(state, Rules{}); }
BENCHMARK(build_without_recognisers)->Unit(benchmark::kMillisecond)->UseRealTime();

void build_coinjoins_left_out(benchmark::State& state) { build(state, clusters::default_rules()); }
BENCHMARK(build_coinjoins_left_out)->Unit(benchmark::kMillisecond)->UseRealTime();

// In bytes, without what is mapped of files.
std::uint64_t memory_in_use() {
  std::ifstream status("/proc/self/status");
  for (std::string line; std::getline(status, line);) {
    std::size_t digits = line.find_first_of("0123456789");
    if (!line.starts_with("RssAnon:") || digits == std::string::npos) continue;
    std::uint64_t kilobytes = 0;
    std::from_chars(line.data() + digits, line.data() + line.size(), kilobytes);
    return kilobytes * 1024;
  }
  return 0;
}

// Asked: 8 bytes an address while a build runs. Besides, it has buffers and parts that wait to be
// joined, which do not grow with the chain.
void memory_of_a_build(benchmark::State& state) {
  constexpr std::uint64_t kBuffers = 32'000'000;
  Rules rules = clusters::default_rules();
  std::uint64_t addresses = world().ledger().counts().addresses;
  for (auto _ : state) {
    world().forget_clusters();
    ::malloc_trim(0);  // or a build takes what was freed before it
    std::uint64_t before = memory_in_use();
    std::uint64_t most = before;
    std::atomic<bool> building = true;
    {
      Background watch([&] {
        for (; building; std::this_thread::sleep_for(std::chrono::milliseconds(1))) {
          most = std::max(most, memory_in_use());
        }
      });
      CHECK(clusters::build_clusters(posix_files(), world().ledger(), rules).has_value());
      building = false;
    }
    CHECK(before > 0 && most - before <= 8 * addresses + kBuffers);
    state.counters["bytes_an_address"] =
        static_cast<double>(most - before) / static_cast<double>(addresses);
  }
  note_size(state);
}
BENCHMARK(memory_of_a_build)->Unit(benchmark::kMillisecond)->UseRealTime();

// What a command that reads clusters pays before it can begin.
void open_to_read(benchmark::State& state) {
  Rules rules = clusters::default_rules();
  world().forget_clusters();
  CHECK(clusters::build_clusters(posix_files(), world().ledger(), rules).has_value());
  for (auto _ : state) {
    auto clustering =
        clusters::Clustering::open(posix_files(), world().ledger(), clusters::kDefaultName, rules);
    CHECK(clustering.has_value());
  }
}
BENCHMARK(open_to_read)->Unit(benchmark::kMillisecond)->UseRealTime();

void cluster_of_any_address(benchmark::State& state) {
  auto clustering = clusters::Clustering::open(posix_files(), world().ledger(),
                                               clusters::kDefaultName, clusters::default_rules());
  CHECK(clustering.has_value());
  std::uint64_t random = 1;
  for (auto _ : state) {
    random = random * 6364136223846793005 + 1442695040888963407;
    AddressId address(
        static_cast<std::uint32_t>((random >> 20) % world().ledger().counts().addresses));
    benchmark::DoNotOptimize(clustering->cluster_of(address));
  }
}
BENCHMARK(cluster_of_any_address)->Unit(benchmark::kNanosecond);

}  // namespace
}  // namespace tracehound
