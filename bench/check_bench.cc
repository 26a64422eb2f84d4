// Does re-reading and checking a whole ledger keep up with 500 MB/s?
// Floor: the same bytes, columns and runs, once through XXH3 on the same threads; nobody can check
// bytes without reading them. Napkin, for each transaction of 160 ledger bytes: its checksum 0.01
// us; two SHA-256 of 64 bytes in its merkle tree 0.1 us; some 9 index entries and 2 inputs, each a
// look at a row far away, fetched in time for 10 ns or so, 0.1 us. So about 0.2 us, or 800 MB/s a
// core once everything lies in memory.
//
//   TRACEHOUND_BENCH_MB=1000 script/bench check       # the size of the simulated chain; default
//   100
#include <benchmark/benchmark.h>
#include <fmt/format.h>

#include "base/check.h"
#include "base/parallel.h"
#include "chains/bitcoin/ingest.h"
#include "ledger/check.h"
#include "ledger/ledger.h"
#include "ledger/runs.h"
#include "simulated_chain.h"

namespace tracehound {
namespace {

namespace bitcoin = chains::bitcoin;

// A simulated chain's ledger, made once a run in a temporary folder and removed at the end.
struct World {
  TemporaryFolder folder{"check_bench"};
  std::vector<ledger::Ledger> open;  // one

  World() {
    make_chain(folder.path() + "/world");
    bitcoin::IngestOptions ingest;
    ingest.progress = false;
    CHECK(bitcoin::ingest_blocks(posix_files(), folder.path() + "/world/blocks",
                                 *bitcoin::find_network("regtest"), folder.path() + "/ledger",
                                 ingest)
              .has_value());
    auto ledger = ledger::Ledger::open(posix_files(), folder.path() + "/ledger");
    CHECK(ledger.has_value());
    open.push_back(std::move(*ledger));
  }
};

const ledger::Ledger& the_ledger() {
  static World world;
  return world.open.front();
}

void count(benchmark::State& state) {
  state.SetBytesProcessed(state.iterations() *
                          static_cast<std::int64_t>(ledger::bytes_to_check(the_ledger())));
}

void floor(benchmark::State& state) {
  const ledger::Ledger& ledger = the_ledger();
  ThreadLimit threads(static_cast<unsigned>(state.range(0)));
  constexpr std::size_t kPiece = 1U << 20;
  std::vector<ByteView> pieces;
  auto cut = [&](ByteView bytes) {
    for (; bytes.size() > kPiece; bytes = bytes.subspan(kPiece)) {
      pieces.push_back(bytes.first(kPiece));
    }
    pieces.push_back(bytes);
  };
  for (const auto& spec : ledger::kColumns) cut(ledger.column(spec.column));
  for (const auto& spec : ledger::kIndexes) {
    for (const auto& run : ledger.index(spec.index).runs()) cut(run.bytes());
  }
  for (auto _ : state) {
    parallel_for(pieces.size(), [&](std::size_t i) { benchmark::DoNotOptimize(xxh3(pieces[i])); });
  }
  count(state);
}
BENCHMARK(floor)->ArgName("threads")->Arg(1)->Arg(2)->UseRealTime()->Unit(benchmark::kMillisecond);

void check(benchmark::State& state) {
  const ledger::Ledger& ledger = the_ledger();
  ThreadLimit threads(static_cast<unsigned>(state.range(0)));
  for (auto _ : state) {
    ledger::CheckReport report = ledger::check_ledger(ledger);
    CHECK(report.clean() && report.bytes_read == ledger::bytes_to_check(ledger));
  }
  count(state);
}
BENCHMARK(check)->ArgName("threads")->Arg(1)->Arg(2)->UseRealTime()->Unit(benchmark::kMillisecond);

}  // namespace
}  // namespace tracehound
