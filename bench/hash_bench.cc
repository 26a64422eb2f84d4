// Does hashing a transaction cost what OpenSSL's SHA-256 costs, and nothing on top?
// Every byte of a chain is hashed twice, so the floor of all ingest is this. Napkin: SHA-NI takes
// about 0.75 ns a byte; a 250-byte message pads to 5 blocks of 64 and its digest to 1 more, so 384
// bytes, 0.28 us, 3.5 million transactions a second and core. The floor is one long message.
#include <benchmark/benchmark.h>

#include "base/hash.h"

namespace tracehound {
namespace {

void sha256d_of_messages(benchmark::State& state) {
  Bytes message(static_cast<std::size_t>(state.range(0)), Byte{0x5A});
  Hasher hasher;
  for (auto _ : state) benchmark::DoNotOptimize(hasher.sha256d(message));
  state.SetItemsProcessed(state.iterations());
  state.SetBytesProcessed(state.iterations() * state.range(0));
}
BENCHMARK(sha256d_of_messages)->Name("sha256d/bytes")->Arg(80)->Arg(250)->Arg(1000);

void sha256_of_one_megabyte(benchmark::State& state) {
  Bytes message(1'000'000, Byte{0x5A});
  Hasher hasher;
  for (auto _ : state) benchmark::DoNotOptimize(hasher.sha256(message));
  state.SetBytesProcessed(state.iterations() * static_cast<std::int64_t>(message.size()));
}
BENCHMARK(sha256_of_one_megabyte)->Name("floor: sha256 of 1 MB");

}  // namespace
}  // namespace tracehound
