// Bytes: little-endian loads and stores, a bounds-checked reader, hexadecimal text.
#pragma once

#include <array>
#include <bit>
#include <cstddef>
#include <cstdint>
#include <cstring>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace tracehound {

static_assert(std::endian::native == std::endian::little,
              "the ledger is little-endian and read in place");

using Byte = std::uint8_t;
using ByteView = std::span<const Byte>;
using Bytes = std::vector<Byte>;

template <typename Number>
Number load_le(const Byte* from) {
  Number number;
  std::memcpy(&number, from, sizeof number);
  return number;
}

template <typename Number>
void store_le(Byte* to, Number number) {
  std::memcpy(to, &number, sizeof number);
}

// A 40-bit number as it lies in a column: 5 bytes, little-endian.
struct Uint40 {
  std::array<Byte, 5> bytes;

  static Uint40 of(std::uint64_t number) {
    Uint40 packed;
    std::memcpy(packed.bytes.data(), &number, 5);
    return packed;
  }
  std::uint64_t number() const {
    // In two loads of their own width: one wide load over them would wait for both to be stored.
    std::uint32_t low = 0;
    std::memcpy(&low, bytes.data(), sizeof low);
    return low | std::uint64_t{bytes[4]} << 32;
  }
};
static_assert(sizeof(Uint40) == 5);
inline constexpr std::uint64_t kUint40Max = (std::uint64_t{1} << 40) - 1;

// Reads outside bytes front to back. A read past the end marks the reader as failed and gives
// zeros, so a parser checks `ok()` where it decides, not at every field.
class ByteReader {
 public:
  explicit ByteReader(ByteView bytes) : bytes_(bytes) {}

  bool ok() const { return ok_; }
  std::size_t position() const { return position_; }
  std::size_t remaining() const { return bytes_.size() - position_; }

  template <typename Number>
  Number number() {
    if (!has(sizeof(Number))) return Number{};
    auto value = load_le<Number>(bytes_.data() + position_);
    position_ += sizeof(Number);
    return value;
  }
  ByteView take(std::uint64_t size) {
    if (!has(size)) return {};
    ByteView part = bytes_.subspan(position_, size);
    position_ += size;
    return part;
  }
  void fail() { ok_ = false; }

 private:
  bool has(std::uint64_t size) {
    if (!ok_ || size > remaining()) ok_ = false;
    return ok_;
  }

  ByteView bytes_;
  std::size_t position_ = 0;
  bool ok_ = true;
};

inline ByteView as_bytes(std::string_view text) {
  return {reinterpret_cast<const Byte*>(text.data()), text.size()};
}

// Lower-case hexadecimal, two digits a byte.
std::string to_hex(ByteView bytes);
// Nothing when the text has an odd length or a character that is no hexadecimal digit.
std::optional<Bytes> from_hex(std::string_view text);

}  // namespace tracehound
