// How names are packed: the forms that most chains use take half the bytes of their text.
#pragma once

#include <algorithm>
#include <array>
#include <string>
#include <string_view>
#include <tuple>

#include "base/bytes.h"
#include "base/hash.h"
#include "ledger/accounts/schema.h"

namespace tracehound::ledger::accounts {

inline constexpr std::size_t kMostPackedBytes = 32;

// Bytes of a name of that kind in the ledger. REQUIRES: it is no text.
constexpr std::size_t packed_size(NameKind kind) { return kind == NameKind::address ? 20 : 32; }
// The kind of a name. `into`, of kMostPackedBytes, has its bytes then, unless it is a text.
NameKind pack_name(std::string_view text, Byte* into);

// A name as it lies in the ledger. A name of kind text points into the text it was made of.
class PackedName {
 public:
  explicit PackedName(std::string_view text) : kind_(pack_name(text, bytes_.data())), text_(text) {}

  NameKind kind() const { return kind_; }
  ByteView payload() const {
    return kind_ == NameKind::text ? as_bytes(text_) : ByteView(bytes_).first(packed_size(kind_));
  }

 private:
  std::array<Byte, kMostPackedBytes> bytes_;
  NameKind kind_;
  std::string_view text_;
};

// Hexadecimal digits of names that begin with "0x" come back in lower case.
std::string name_text(NameKind kind, ByteView payload);

// A name as the ledger writes it: what is the same in upper and lower case is in lower case.
std::string name_as_written(std::string_view text);

// The key of the name in its index.
inline std::uint64_t name_key(NameKind kind, ByteView payload) {
  return xxh3(payload, static_cast<std::uint64_t>(kind));
}

// A packed name with the key it is found under, made where there is time, so that who gives out ids
// only compares. Points to its bytes. The empty one is nobody's.
struct KeyedName {
  std::uint64_t key = 0;
  const Byte* bytes = nullptr;
  std::uint8_t size = 0;
  NameKind kind = NameKind::text;

  bool empty() const { return size == 0; }
  ByteView payload() const { return {bytes, size}; }
  std::string text() const { return name_text(kind, payload()); }
  friend bool operator==(const KeyedName& a, const KeyedName& b) {
    return a.key == b.key && a.kind == b.kind && std::ranges::equal(a.payload(), b.payload());
  }
  // An order, of no meaning.
  friend bool operator<(const KeyedName& a, const KeyedName& b) {
    if (a.key != b.key || a.kind != b.kind) {
      return std::tie(a.key, a.kind) < std::tie(b.key, b.kind);
    }
    return std::ranges::lexicographical_compare(a.payload(), b.payload());
  }
};

}  // namespace tracehound::ledger::accounts
