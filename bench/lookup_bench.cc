// How long does one look-up take: a txid, an address, the first page and the totals of the busiest
// address, a block by its time? Warm, and with nothing in the system's cache.
//
// Napkin: a look-up asks every run of an index, a dozen at 1 GB, for a fence; of hashes, two or
// three of them for entries. All runs are asked in step, so the misses of one step overlap: some
// 400 ns. Cold, every miss is a page from the disk, and those of one step are loaded side by side:
// a trip for the fences, one for the entries and one for the row itself, and some of the disk's
// time for each page. A scan of all values runs at memory speed: the column is an array.
//
//   TRACEHOUND_BENCH_MB=1000 script/bench lookup      # the size of the simulated chain
#include <benchmark/benchmark.h>
#include <fcntl.h>
#include <fmt/format.h>
#include <sys/mman.h>
#include <sys/resource.h>
#include <unistd.h>

#include <algorithm>
#include <filesystem>
#include <numeric>

#include "base/check.h"
#include "base/will_need.h"
#include "chains/bitcoin/ingest.h"
#include "ledger/ledger.h"
#include "ledger/runs.h"
#include "simulated_chain.h"

namespace tracehound {
namespace {

constexpr std::size_t kSamples = 100'000;

class World {
 public:
  World() {
    make_chain(folder_.path() + "/world");
    CHECK(chains::bitcoin::ingest_blocks(posix_files(), folder_.path() + "/world/blocks",
                                         *chains::bitcoin::find_network("regtest"), ledger_folder(),
                                         {.progress = false})
              .has_value());
    ledger_.push_back(ledger::Ledger::open(posix_files(), ledger_folder()).value());
    choose();
  }

  const ledger::Ledger& ledger() const { return ledger_.front(); }
  std::string ledger_folder() const { return folder_.path() + "/ledger"; }

  std::vector<Hash256> txids;
  std::vector<AddressId> addresses;
  std::vector<std::pair<ledger::AddressKind, Bytes>> names;  // theirs
  AddressId busiest;
  std::uint64_t busiest_coins = 0;

 private:
  void choose() {
    std::uint64_t random = 1;
    auto next = [&] { return random = random * 6364136223846793005 + 1442695040888963407; };
    const auto& counts = ledger().counts();
    for (std::size_t i = 0; i < kSamples; ++i) {
      txids.push_back(
          ledger().txid(TxId(static_cast<std::uint32_t>((next() >> 20) % counts.transactions))));
      addresses.push_back(AddressId(static_cast<std::uint32_t>((next() >> 20) % counts.addresses)));
      ByteView payload = ledger().address_payload(addresses.back());
      names.emplace_back(ledger().address_kind(addresses.back()),
                         Bytes(payload.begin(), payload.end()));
    }
    std::vector<std::uint32_t> coins(counts.addresses);
    for (std::uint64_t coin = 0; coin < counts.coins; ++coin) {
      ++coins[ledger().address(CoinId(coin)).number()];
    }
    auto most = std::ranges::max_element(coins);
    busiest = AddressId(static_cast<std::uint32_t>(most - coins.begin()));
    busiest_coins = *most;
  }

  TemporaryFolder folder_{"lookup_bench"};
  std::vector<ledger::Ledger> ledger_;  // one
};

World& world() {
  static World made;
  return made;
}

void txid_warm(benchmark::State& state) {
  const auto& ledger = world().ledger();
  std::size_t i = 0;
  for (auto _ : state) {
    benchmark::DoNotOptimize(ledger.find_transaction(world().txids[i++ % kSamples]));
  }
  state.counters["runs"] = static_cast<double>(ledger.index(ledger::Index::txid).runs().size());
}
BENCHMARK(txid_warm)->Unit(benchmark::kNanosecond);

void address_warm(benchmark::State& state) {
  const auto& ledger = world().ledger();
  std::size_t i = 0;
  for (auto _ : state) {
    const auto& [kind, payload] = world().names[i++ % kSamples];
    benchmark::DoNotOptimize(ledger.find_address(kind, payload));
  }
}
BENCHMARK(address_warm)->Unit(benchmark::kNanosecond);

void coins_of_address_warm(benchmark::State& state) {
  const auto& ledger = world().ledger();
  std::size_t i = 0;
  for (auto _ : state) {
    benchmark::DoNotOptimize(ledger.coins_of(world().addresses[i++ % kSamples], 0, 50));
  }
}
BENCHMARK(coins_of_address_warm)->Unit(benchmark::kNanosecond);

void block_by_time_warm(benchmark::State& state) {
  const auto& ledger = world().ledger();
  std::uint32_t first = ledger.block_time(BlockHeight(0));
  std::uint32_t span = ledger.block_time(ledger.tip()) - first;
  std::uint32_t step = 0;
  for (auto _ : state) {
    step += 7919;
    benchmark::DoNotOptimize(ledger.block_at(first + step % span));
  }
}
BENCHMARK(block_by_time_warm)->Unit(benchmark::kNanosecond);

// The memory's own answer time: each read waits for the one before.
void floor_one_cache_miss(benchmark::State& state) {
  std::vector<std::uint64_t> next(std::size_t{1} << 24);
  std::iota(next.begin(), next.end(), std::uint64_t{0});
  std::uint64_t random = 7;
  for (std::size_t i = next.size() - 1; i > 0; --i) {  // one cycle through all (Sattolo)
    random = random * 6364136223846793005 + 1442695040888963407;
    std::swap(next[i], next[(random >> 20) % i]);
  }
  std::uint64_t at = 0;
  for (auto _ : state) benchmark::DoNotOptimize(at = next[at]);
}
BENCHMARK(floor_one_cache_miss)->Unit(benchmark::kNanosecond);

void busiest_address_first_page(benchmark::State& state) {
  const auto& ledger = world().ledger();
  for (auto _ : state) {
    benchmark::DoNotOptimize(ledger.totals(world().busiest));
    auto page = ledger.coins_of(world().busiest, 0, 50);
    for (CoinId coin : page) {
      benchmark::DoNotOptimize(ledger.value(coin));
      benchmark::DoNotOptimize(ledger.outpoint(coin));
      benchmark::DoNotOptimize(ledger.spender(coin));
    }
  }
  state.counters["coins"] = static_cast<double>(world().busiest_coins);
}
BENCHMARK(busiest_address_first_page)->Unit(benchmark::kMicrosecond);

// Throws a file's pages out of the system's cache, as far as it lets go of them.
void drop_file(const std::string& path) {
  int file = ::open(path.c_str(), O_RDONLY | O_CLOEXEC);
  CHECK(file >= 0);
  ::posix_fadvise(file, 0, 0, POSIX_FADV_DONTNEED);
  ::close(file);
}

void drop_cache(const std::string& folder) {
  for (const auto& entry : std::filesystem::recursive_directory_iterator(folder)) {
    if (entry.is_regular_file()) drop_file(entry.path());
  }
}

// How often this process has waited, for the disk that is: it waits for nothing else here.
long waits_so_far() {
  rusage use{};
  CHECK(::getrusage(RUSAGE_SELF, &use) == 0);
  return use.ru_nvcsw;
}

// look(ledger, i) with nothing of the ledger in the system's cache, each time. What else runs on
// the machine changes the time and not the number of waits.
template <typename Look>
void cold(benchmark::State& state, Look look) {
  std::size_t i = 0;
  long waits = 0;
  std::string copy = world().ledger_folder() + ".cold";  // the other one is mapped and stays warm
  std::filesystem::copy(world().ledger_folder(), copy, std::filesystem::copy_options::recursive);
  ::sync();
  for (auto _ : state) {
    state.PauseTiming();
    drop_cache(copy);
    {
      auto ledger = ledger::Ledger::open(posix_files(), copy);
      CHECK(ledger.has_value());
      long waits_before = waits_so_far();
      state.ResumeTiming();
      look(*ledger, i++ % kSamples);
      state.PauseTiming();
      waits += waits_so_far() - waits_before;
    }
    state.ResumeTiming();
  }
  std::filesystem::remove_all(copy);
  state.counters["waits"] =
      benchmark::Counter(static_cast<double>(waits), benchmark::Counter::kAvgIterations);
}

void txid_cold(benchmark::State& state) {
  cold(state, [](const ledger::Ledger& ledger, std::size_t i) {
    benchmark::DoNotOptimize(ledger.find_transaction(world().txids[i]));
  });
}
BENCHMARK(txid_cold)->Iterations(50)->Unit(benchmark::kMicrosecond)->UseRealTime();

void address_cold(benchmark::State& state) {
  cold(state, [](const ledger::Ledger& ledger, std::size_t i) {
    const auto& [kind, payload] = world().names[i];
    benchmark::DoNotOptimize(ledger.find_address(kind, payload));
  });
}
BENCHMARK(address_cold)->Iterations(50)->Unit(benchmark::kMicrosecond)->UseRealTime();

void coins_of_address_cold(benchmark::State& state) {
  cold(state, [](const ledger::Ledger& ledger, std::size_t i) {
    benchmark::DoNotOptimize(ledger.coins_of(world().addresses[i], 0, 50));
  });
}
BENCHMARK(coins_of_address_cold)->Iterations(50)->Unit(benchmark::kMicrosecond)->UseRealTime();

// What the disk takes for so many pages here and there, asked for side by side: what a cold look-up
// cannot do without.
void floor_cold_pages(benchmark::State& state) {
  std::string copy = world().ledger_folder() + ".pages";
  std::filesystem::copy_file(world().ledger_folder() + "/columns/coin.value", copy);
  ::sync();
  auto map = posix_files().map(copy).value();
  map->expect_random_reads();
  constexpr std::uint64_t kPage = 4096;
  std::uint64_t pages = map->bytes().size() / kPage;
  std::uint64_t at = 1;
  std::vector<ByteView> wanted(static_cast<std::size_t>(state.range(0)));
  for (auto _ : state) {
    state.PauseTiming();
    ::madvise(const_cast<Byte*>(map->bytes().data()), map->bytes().size(), MADV_DONTNEED);
    drop_file(copy);
    for (ByteView& page : wanted) {
      at = (at * 7919 + 13) % pages;
      page = map->bytes().subspan(at * kPage, kPage);
    }
    state.ResumeTiming();
    for (ByteView page : wanted) will_need(page);
    // DoNotOptimize() alone is content with the byte's address, and reads nothing.
    for (ByteView page : wanted) static_cast<void>(*const_cast<volatile const Byte*>(page.data()));
  }
  std::filesystem::remove(copy);
}
BENCHMARK(floor_cold_pages)
    ->Arg(1)
    ->Arg(4)
    ->Arg(8)
    ->Arg(16)
    ->Iterations(200)
    ->Unit(benchmark::kMicrosecond)
    ->UseRealTime();

void scan_of_all_values(benchmark::State& state) {
  ByteView values = world().ledger().column(ledger::Column::coin_value);
  for (auto _ : state) {
    Amount total = 0;
    for (std::size_t at = 0; at < values.size(); at += sizeof(Amount)) {
      total += load_le<Amount>(values.data() + at);
    }
    benchmark::DoNotOptimize(total);
  }
  state.SetBytesProcessed(static_cast<std::int64_t>(values.size() * state.iterations()));
}
BENCHMARK(scan_of_all_values)->Unit(benchmark::kMillisecond);

void floor_sum_of_as_much_memory(benchmark::State& state) {
  ByteView values = world().ledger().column(ledger::Column::coin_value);
  std::vector<Amount> memory(values.size() / sizeof(Amount), 3);
  for (auto _ : state) {
    benchmark::DoNotOptimize(std::accumulate(memory.begin(), memory.end(), Amount{0}));
  }
  state.SetBytesProcessed(static_cast<std::int64_t>(values.size() * state.iterations()));
}
BENCHMARK(floor_sum_of_as_much_memory)->Unit(benchmark::kMillisecond);

}  // namespace
}  // namespace tracehound
