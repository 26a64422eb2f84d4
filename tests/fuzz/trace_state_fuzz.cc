// A saved trace with other numbers in it and its checksum made right again: going on from it ends
// in an answer or in one sentence that says it is bad input. The input is a list of changes: where,
// how many bytes, those bytes.
#include <algorithm>

#include "base/check.h"
#include "support/sample_account_trace.h"

namespace tracehound::trace::accounts {
namespace {

const Bytes& saved() {
  static const Bytes state = SampleTrace().run()->state;
  return state;
}

const SampleTrace& grown() {
  static const SampleTrace sample = [] {
    SampleTrace later;
    later.grow();
    return later;
  }();
  return sample;
}

// The first bits of `how` say whether bytes are put over what is there, put in, or taken out.
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

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  ByteReader reader(ByteView(data, size));
  Bytes state = saved();
  while (reader.remaining() > 0 && reader.ok()) change(state, reader);
  if (state.size() < sizeof(std::uint64_t)) return 0;
  auto result = grown().run(with_right_checksum(std::move(state)));
  CHECK(result || result.error().kind == ErrorKind::bad_input);
  if (!result || result->state.empty()) return 0;
  auto again = grown().run(result->state);
  CHECK(again && again->state == result->state);
  return 0;
}

}  // namespace tracehound::trace::accounts
