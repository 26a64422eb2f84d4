// Reading the chain's serialisation: a ByteReader that knows Bitcoin's variable-length numbers and
// remembers why its first read failed, so that hot loops need no error objects.
#pragma once

#include <string>

#include "base/bytes.h"

namespace tracehound::chains::bitcoin {

class WireReader {
 public:
  explicit WireReader(ByteReader& reader) : reader_(reader) {}

  bool ok() const { return reader_.ok(); }
  std::size_t position() const { return reader_.position(); }
  std::size_t remaining() const { return reader_.remaining(); }

  template <typename Number>
  Number number() {
    return reader_.number<Number>();
  }
  ByteView take(std::uint64_t size) { return reader_.take(size); }

  // 1, 3, 5 or 9 bytes. A number not in its shortest form fails the reader.
  std::uint64_t compact_size() {
    Byte first = number<Byte>();
    return first < 0xFD ? first : long_compact_size(first);
  }

  // A number of things that take at least `least_size` bytes each. More than the bytes left can
  // hold fails the reader, so a caller may allocate for what this gives (0 after a failure).
  std::uint64_t count(std::size_t least_size);

  // Bytes that follow their own length. A length beyond the end fails the reader.
  ByteView counted_bytes() {
    std::size_t start = position();
    std::uint64_t size = compact_size();
    if (size > remaining()) {
      fail(Fault::length, start, size);
      return {};
    }
    return take(size);
  }

  // Why the first failing read failed, and at which byte: a clause such as "ends early at byte 9".
  // REQUIRES: !ok().
  std::string fault() const;

 private:
  enum class Fault : Byte { end, form, count, length };

  std::uint64_t long_compact_size(Byte first);
  void fail(Fault fault, std::size_t at, std::uint64_t number);

  ByteReader& reader_;
  Fault fault_ = Fault::end;
  std::size_t fault_at_ = 0;
  std::uint64_t fault_number_ = 0;
};

}  // namespace tracehound::chains::bitcoin
