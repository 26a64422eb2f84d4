// Base58 and Base58Check: the address form of before 2017.
#pragma once

#include <string>
#include <string_view>

#include "base/bytes.h"
#include "base/result.h"

namespace tracehound::chains::bitcoin {

// Each leading zero byte is a '1', the rest is one big number in 58 digits. Quadratic in the size.
std::string base58_encode(ByteView bytes);
// Errors (bad_input; a clause that follows "its text"): a character that is no digit; more than
// `size_max` bytes.
Result<Bytes> base58_decode(std::string_view text, std::size_t size_max);

// With the first four bytes of the SHA-256d behind.
std::string base58check_encode(ByteView bytes);
// The bytes without their checksum. `size_max` does not count it. Errors: also a wrong checksum.
Result<Bytes> base58check_decode(std::string_view text, std::size_t size_max);

}  // namespace tracehound::chains::bitcoin
