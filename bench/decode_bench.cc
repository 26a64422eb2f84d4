// How far is decoding blocks from hashing their bytes once?
//
// Decoding reads a block from its file, checks it and makes ledger rows of it: every transaction is
// hashed twice over, and the merkle tree once more. Napkin: the simulated transaction has 390
// bytes, 250 of them under its id: 4 or 5 compressions, 1 for the second hash, 3 for its share of
// the merkle tree, so 8.5 compressions or 540 bytes through SHA-256 for 390 of the file. At 43 ns a
// compression, one after another, that is 1.1 GB/s at most; two side by side take 25 ns each, 1.8
// GB/s. Parsing is a walk over bytes the hash has fetched. One thread; the floors read and hash the
// same bytes.
//
//   TRACEHOUND_BENCH_MB=1000 script/bench decode         # the size of the simulated chain (100)
//   TRACEHOUND_BENCH_BLOCKS=DIR script/bench decode      # a regtest folder that is there already
#include <benchmark/benchmark.h>
#include <fmt/format.h>

#include <cstdlib>

#include "base/check.h"
#include "chains/bitcoin/record_scan.h"
#include "simulated_chain.h"

namespace tracehound {
namespace {

namespace bitcoin = chains::bitcoin;

class Folder {
 public:
  Folder() {
    if (const char* given = std::getenv("TRACEHOUND_BENCH_BLOCKS")) {
      blocks_ = given;
    } else {
      make_chain(made_.path());
      blocks_ = made_.path() + "/blocks";
    }
    auto files = bitcoin::BlockFiles::open(posix_files(), blocks_);
    CHECK(files.has_value());
    files_ = std::move(*files);
    scan_ = scan();
  }
  const bitcoin::Network& network() const { return *bitcoin::find_network("regtest"); }
  const bitcoin::BlockFiles& files() const { return *files_; }
  const std::vector<bitcoin::FoundBlock>& blocks() const { return scan_.blocks; }
  bitcoin::RecordScan scan() const {
    Progress silent("", "", 1, 1.0, false);
    auto found =
        bitcoin::scan_records(*files_, network(), [](const Hash256&) { return false; }, silent);
    CHECK(found.has_value());
    return std::move(*found);
  }

 private:
  TemporaryFolder made_{"decode_bench"};
  std::string blocks_;
  std::optional<bitcoin::BlockFiles> files_;
  bitcoin::RecordScan scan_;
};

const Folder& folder() {
  static Folder opened;
  return opened;
}

// Runs `of_block` on every block's bytes, as they come from the file.
template <typename OfBlock>
void each_block(benchmark::State& state, OfBlock of_block) {
  Bytes scratch;
  std::uint64_t bytes = 0;
  folder();
  for (auto _ : state) {
    for (const auto& block : folder().blocks()) {
      auto loaded = folder().files().load(block.place, scratch);
      CHECK(loaded.has_value());
      of_block(*loaded);
      bytes += block.place.size;
    }
  }
  state.SetBytesProcessed(static_cast<std::int64_t>(bytes));
}

void read_only(benchmark::State& state) {
  Bytes copy;
  each_block(state, [&](ByteView bytes) {
    copy.assign(bytes.begin(), bytes.end());
    benchmark::DoNotOptimize(copy.data());
  });
}
BENCHMARK(read_only)->Name("floor: read and copy")->Unit(benchmark::kMillisecond);

void hash_once(benchmark::State& state) {
  each_block(state,
             [](ByteView bytes) { benchmark::DoNotOptimize(thread_hasher().sha256(bytes)); });
}
BENCHMARK(hash_once)->Name("floor: read and hash once")->Unit(benchmark::kMillisecond);

void decode(benchmark::State& state) {
  each_block(state, [](ByteView bytes) {
    auto rows = bitcoin::decode_block(folder().network(), bytes, thread_hasher());
    CHECK(rows.has_value());
    benchmark::DoNotOptimize(rows->transactions.data());
  });
}
BENCHMARK(decode)->Unit(benchmark::kMillisecond);

void scan(benchmark::State& state) {
  folder();
  for (auto _ : state) benchmark::DoNotOptimize(folder().scan().blocks.data());
  state.SetBytesProcessed(static_cast<std::int64_t>(folder().files().total_bytes()) *
                          state.iterations());
}
BENCHMARK(scan)->Unit(benchmark::kMillisecond);

}  // namespace
}  // namespace tracehound
