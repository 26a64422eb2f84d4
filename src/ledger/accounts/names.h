// How names are packed: the forms that most chains use take half the bytes of their text.
#pragma once

#include <array>
#include <string>
#include <string_view>

#include "base/bytes.h"
#include "base/hash.h"
#include "ledger/accounts/schema.h"

namespace tracehound::ledger::accounts {

// A name as it lies in the ledger. A name of kind text points into the text it was made of.
class PackedName {
 public:
  explicit PackedName(std::string_view text);

  NameKind kind() const { return kind_; }
  ByteView payload() const {
    return kind_ == NameKind::text ? as_bytes(text_) : ByteView(bytes_).first(size_);
  }

 private:
  NameKind kind_ = NameKind::text;
  std::size_t size_ = 0;
  std::array<Byte, 32> bytes_;
  std::string_view text_;
};

// Hexadecimal digits of names that begin with "0x" come back in lower case.
std::string name_text(NameKind kind, ByteView payload);

// The key of the name in its index.
inline std::uint64_t name_key(NameKind kind, ByteView payload) {
  return xxh3(payload, static_cast<std::uint64_t>(kind));
}

}  // namespace tracehound::ledger::accounts
