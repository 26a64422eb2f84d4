// Does hashing a transaction cost what the processor's SHA-256 costs, and nothing on top?
// Every byte of a chain is hashed twice, so the floor of all ingest is this. Napkin: a 250-byte
// message pads to 5 blocks of 64 and its digest to 1 more. SHA-NI needs 32 steps of 4 cycles for a
// block, 40 ns at 3.2 GHz, so 0.24 us; two messages side by side fill each other's waits, down to
// 20 ns a block and 0.12 us a message. The floor is one long message; "alone" is one message after
// another, "many" two at a time, "tree" a level of a merkle tree (64-byte messages).
#include <benchmark/benchmark.h>

#include <vector>

#include "base/hash.h"

namespace tracehound {
namespace {

const Sha256Kernel* kernel(benchmark::State& state, std::int64_t number) {
  const Sha256Kernel* chosen = number == 0 ? &openssl_sha256() : sha_ni_sha256();
  if (chosen == nullptr) {
    state.SkipWithError("this processor lacks SHA-NI");
  } else {
    state.SetLabel(std::string(chosen->name));
  }
  return chosen;
}

void alone(benchmark::State& state) {
  const Sha256Kernel* by = kernel(state, state.range(0));
  if (by == nullptr) return;
  Bytes message(static_cast<std::size_t>(state.range(1)), Byte{0x5A});
  Hasher hasher(*by);
  for (auto _ : state) benchmark::DoNotOptimize(hasher.sha256d(message));
  state.SetItemsProcessed(state.iterations());
}
BENCHMARK(alone)->ArgNames({"", "bytes"})->ArgsProduct({{0, 1}, {80, 250, 1000}});

void many(benchmark::State& state) {
  const Sha256Kernel* by = kernel(state, state.range(0));
  if (by == nullptr) return;
  constexpr std::size_t kMessages = 64;
  Bytes message(static_cast<std::size_t>(state.range(1)), Byte{0x5A});
  std::vector<Hash256> hashes(kMessages);
  std::vector<HashTask> tasks;
  for (Hash256& hash : hashes) tasks.push_back({{message, {}, {}}, &hash});
  Hasher hasher(*by);
  for (auto _ : state) {
    hasher.sha256d_each(tasks);
    benchmark::DoNotOptimize(hashes.data());
  }
  state.SetItemsProcessed(state.iterations() * static_cast<std::int64_t>(kMessages));
}
BENCHMARK(many)->ArgNames({"", "bytes"})->ArgsProduct({{0, 1}, {80, 250, 1000}});

void tree(benchmark::State& state) {
  const Sha256Kernel* by = kernel(state, state.range(0));
  if (by == nullptr) return;
  std::vector<Hash256> hashes(128);
  Hasher hasher(*by);
  for (auto _ : state) {
    hasher.sha256d_neighbours(hashes);
    benchmark::DoNotOptimize(hashes.data());
  }
  state.SetItemsProcessed(state.iterations() * static_cast<std::int64_t>(hashes.size() / 2));
}
BENCHMARK(tree)->ArgName("")->Arg(0)->Arg(1);

void one_megabyte(benchmark::State& state) {
  const Sha256Kernel* by = kernel(state, state.range(0));
  if (by == nullptr) return;
  Bytes message(1'000'000, Byte{0x5A});
  Hasher hasher(*by);
  for (auto _ : state) benchmark::DoNotOptimize(hasher.sha256(message));
  state.SetBytesProcessed(state.iterations() * static_cast<std::int64_t>(message.size()));
}
BENCHMARK(one_megabyte)->Name("floor: sha256 of 1 MB")->ArgName("")->Arg(0)->Arg(1);

}  // namespace
}  // namespace tracehound
