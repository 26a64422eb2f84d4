// How many transactions a second does one core look at for CoinJoins, over a whole ledger?
//
// Napkin: of a simulated chain's transactions two in three have two outputs and leave at a look at
// two 5-byte counts, some 20 ns. The others read their outputs, which lie in a row (13 bytes each
// in three columns), and leave unless two are equal: some 100 ns. One in a thousand has its inputs
// read, each a cache miss or two. Together well under the 333 ns that 3 million a second allow.
//
//   TRACEHOUND_BENCH_MB=1000 script/bench recognise      # the size of the simulated chain
#include <benchmark/benchmark.h>

#include "base/check.h"
#include "chains/bitcoin/ingest.h"
#include "clusters/change_rules.h"
#include "clusters/coinjoin.h"
#include "simulated_chain.h"

namespace tracehound {
namespace {

class World {
 public:
  World() {
    make_chain(folder_.path() + "/world");
    CHECK(chains::bitcoin::ingest_blocks(posix_files(), folder_.path() + "/world/blocks",
                                         *chains::bitcoin::find_network("regtest"),
                                         folder_.path() + "/ledger", {.progress = false})
              .has_value());
    ledger_.push_back(ledger::Ledger::open(posix_files(), folder_.path() + "/ledger").value());
  }
  const ledger::Ledger& ledger() const { return ledger_.front(); }
  std::uint32_t transactions() const {
    return static_cast<std::uint32_t>(ledger().counts().transactions);
  }

 private:
  TemporaryFolder folder_{"recognise_bench"};
  std::vector<ledger::Ledger> ledger_;  // one
};

World& world() {
  static World made;
  return made;
}

void count(benchmark::State& state) {
  state.SetItemsProcessed(static_cast<std::int64_t>(world().transactions()) * state.iterations());
}

void recognise_every_transaction(benchmark::State& state) {
  clusters::Recogniser recogniser(world().ledger());
  std::uint64_t found = 0;
  for (auto _ : state) {
    found = 0;
    for (std::uint32_t tx = 0; tx < world().transactions(); ++tx) {
      if (recogniser.alone(TxId(tx))) ++found;
    }
  }
  state.counters["found"] = static_cast<double>(found);
  count(state);
}
BENCHMARK(recognise_every_transaction)->Unit(benchmark::kMillisecond);

// What any rule has to read: how many inputs, and every output's value.
void floor_read_counts_and_output_values(benchmark::State& state) {
  const auto& ledger = world().ledger();
  for (auto _ : state) {
    Amount sum = 0;
    for (std::uint32_t tx = 0; tx < world().transactions(); ++tx) {
      sum += ledger.input_count(TxId(tx));
      for (CoinId coin : ledger.outputs(TxId(tx))) sum += ledger.value(coin);
    }
    benchmark::DoNotOptimize(sum);
  }
  count(state);
}
BENCHMARK(floor_read_counts_and_output_values)->Unit(benchmark::kMillisecond);

void guess_every_change(benchmark::State& state) {
  clusters::ChangeFinder finder(world().ledger());
  std::uint64_t found = 0;
  for (auto _ : state) {
    found = 0;
    for (std::uint32_t tx = 0; tx < world().transactions(); ++tx) {
      if (finder.change_of(TxId(tx), clusters::shown_rules())) ++found;
    }
  }
  state.counters["found"] = static_cast<double>(found);
  count(state);
}
BENCHMARK(guess_every_change)->Unit(benchmark::kMillisecond);

}  // namespace
}  // namespace tracehound
