// A saved trace with other numbers in it and its checksum made right again: going on from it ends
// in an answer or in one sentence that says it is bad input. The first byte of the input says of
// which kind of ledger it is; the rest is a list of changes: where, how many bytes, those bytes.
#include <algorithm>

#include "base/check.h"
#include "support/sample_account_trace.h"
#include "support/toy_chain.h"
#include "trace/trace.h"

namespace tracehound::trace {
namespace {

// The last bits of `how` say whether bytes are put over what is there, put in, or taken out.
void change(Bytes& state, ByteReader& reader) {
  std::size_t at = reader.number<std::uint16_t>() % state.size();
  Byte how = reader.number<Byte>();
  auto place = state.begin() + static_cast<std::ptrdiff_t>(at);
  if (how % 8 == 0) {
    state.erase(place, place + static_cast<std::ptrdiff_t>(
                                   std::min<std::size_t>(how >> 3, state.size() - at - 1)));
    return;
  }
  ByteView bytes = reader.take(std::min<std::size_t>(how >> 3, reader.remaining()));
  if (how % 8 == 1) {
    state.insert(place, bytes.begin(), bytes.end());
  } else {
    std::ranges::copy(bytes.first(std::min(bytes.size(), state.size() - at)), place);
  }
}

// `run` goes on from a state to the ledger's end.
template <typename Run>
void try_it(Bytes state, ByteReader& reader, Run run) {
  while (reader.remaining() > 0 && reader.ok()) change(state, reader);
  if (state.size() < sizeof(std::uint64_t)) return;
  auto result = run(accounts::with_right_checksum(std::move(state)));
  CHECK(result || result.error().kind == ErrorKind::bad_input);
  if (!result || result->state.empty()) return;
  auto again = run(result->state);
  CHECK(again && again->state == result->state);
}

void try_accounts(ByteReader& reader) {
  static const Bytes saved = accounts::SampleTrace().run()->state;
  static const accounts::SampleTrace grown = [] {
    accounts::SampleTrace later;
    later.grow();
    return later;
  }();
  try_it(saved, reader, [](const Bytes& state) { return grown.run(state); });
}

// Runs of several labels in one coin, fees, coins that are spent later and coins that are not.
Result<Resumable> run_on_coins(std::optional<BlockHeight> until, const Bytes& state) {
  static const test::ToyChain chain(
      "block\n mine a: 30 70 20\n"
      "block\n tx t: a:0 a:1 -> 50@bob 20@shop 22\n"
      "block\n tx u: t:0 a:2 -> 33 9@bob 0!\n tx v: t:2 -> 7 8 5\n"
      "block\n tx w: u:0 v:1 -> 20@bob 18\n"
      "block\n tx x: w:0 u:1 v:0 -> 30 3@shop\n",
      "bitcoin:regtest");
  static const std::vector<Seed> seeds = {{chain.coin("a:0"), 5, 25, Label(1)},
                                          {chain.coin("a:1"), 0, 30, Label(2)},
                                          {chain.coin("a:2"), 1, 7, Label(3)}};
  constexpr MethodKind kMethods[] = {MethodKind::fifo, MethodKind::lifo, MethodKind::haircut,
                                     MethodKind::poison, MethodKind::tilo};
  Options options{.parcels = true};
  options.as_of = until;
  return run_on(chain.ledger(), seeds, kMethods, Stops(), options, state);
}

void try_coins(ByteReader& reader) {
  static const Bytes saved = run_on_coins(BlockHeight(2), {})->state;
  try_it(saved, reader, [](const Bytes& state) { return run_on_coins(std::nullopt, state); });
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  ByteReader reader(ByteView(data, size));
  reader.number<Byte>() % 2 == 0 ? try_accounts(reader) : try_coins(reader);
  return 0;
}

}  // namespace tracehound::trace
