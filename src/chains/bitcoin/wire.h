// Reading the chain's serialisation: bytes front to back, with Bitcoin's variable-length numbers.
// A failed read marks the reader, gives zeros, and the reader remembers why, so that hot loops need
// no error objects and a parser checks `ok()` where it decides.
//
// A loop works on a copy of its own and puts it back at the end: a copy whose address nobody has
// stays in registers while rows are written.
#pragma once

#include <string>

#include "base/bytes.h"

namespace tracehound::chains::bitcoin {

class WireReader {
 public:
  // Positions count from the first of `bytes`; reading begins at `position`.
  explicit WireReader(ByteView bytes, std::size_t position = 0)
      : begin_(bytes.data()), at_(begin_ + position), end_(begin_ + bytes.size()) {}

  bool ok() const { return fault_ == Fault::none; }
  std::size_t position() const { return static_cast<std::size_t>(at_ - begin_); }
  std::size_t remaining() const { return static_cast<std::size_t>(end_ - at_); }
  // What was read between two positions.
  ByteView between(std::size_t from, std::size_t to) const { return {begin_ + from, begin_ + to}; }
  // The next byte, which stays unread; 1 at the end.
  Byte peek() const { return ok() && remaining() > 0 ? *at_ : 1; }

  template <typename Number>
  Number number() {
    if (!has(sizeof(Number))) return Number{};
    auto value = load_le<Number>(at_);
    at_ += sizeof(Number);
    return value;
  }
  ByteView take(std::uint64_t size) {
    if (!has(size)) return {};
    ByteView part(at_, size);
    at_ += size;
    return part;
  }

  // 1, 3, 5 or 9 bytes. A number not in its shortest form fails the reader.
  std::uint64_t compact_size() {
    Byte first = number<Byte>();
    return first < 0xFD ? first : long_compact_size(first);
  }

  // A number of things that take at least `least_size` bytes each. More than the bytes left can
  // hold fails the reader, so a caller may allocate for what this gives (0 after a failure).
  std::uint64_t count(std::size_t least_size) {
    std::size_t start = position();
    std::uint64_t number = compact_size();
    if (number <= remaining() && number * least_size <= remaining()) [[likely]]
      return number;
    fail(Fault::count, start, number);
    return 0;
  }

  // Bytes that follow their own length. A length beyond the end fails the reader.
  ByteView counted_bytes() {
    std::size_t start = position();
    std::uint64_t size = compact_size();
    if (size > remaining()) [[unlikely]] {
      fail(Fault::length, start, size);
      return {};
    }
    return take(size);
  }

  // Why the first failing read failed, and at which byte: a clause such as "ends early at byte 9".
  // REQUIRES: !ok().
  std::string fault() const;

 private:
  enum class Fault : Byte { none, end, form, count, length };

  bool has(std::uint64_t size) {
    if (ok() && size <= remaining()) [[likely]]
      return true;
    fail(Fault::end, 0, 0);
    return false;
  }
  void fail(Fault fault, std::size_t at, std::uint64_t number) {
    if (!ok()) return;
    fault_ = fault;
    fault_at_ = at;
    fault_number_ = number;
  }
  std::uint64_t long_compact_size(Byte first) {
    std::size_t start = position() - 1;
    std::uint64_t number = 0;
    std::uint64_t least = 0;  // a smaller number has a shorter form
    if (first == 0xFD) {
      number = this->number<std::uint16_t>();
      least = 0xFD;
    } else if (first == 0xFE) {
      number = this->number<std::uint32_t>();
      least = std::uint64_t{1} << 16;
    } else {
      number = this->number<std::uint64_t>();
      least = std::uint64_t{1} << 32;
    }
    if (number < least) fail(Fault::form, start, number);
    return ok() ? number : 0;
  }

  const Byte* begin_;
  const Byte* at_;
  const Byte* end_;
  Fault fault_ = Fault::none;
  std::size_t fault_at_ = 0;
  std::uint64_t fault_number_ = 0;
};

}  // namespace tracehound::chains::bitcoin
