// The checksum that Ethereum's addresses carry in their capitals (EIP-55): of the hexadecimal
// digits that are letters those are capitals whose digit in the Keccak-256 of the address, written
// in lower case, is 8 or more. An address in one case alone carries none. About one in 4,000 wrong
// addresses passes.
//
//   0x5aAeb6053F3E94C9b9A09f33669435E7Ef1BeAed
#pragma once

#include <string>
#include <string_view>

#include "base/bytes.h"
#include "base/hash.h"

namespace tracehound::chains::ethereum {

// Keccak as Ethereum uses it: as SHA3-256 before its padding was changed.
Hash256 keccak_256(ByteView bytes);

// The address with its capitals. REQUIRES: 0x and 40 hexadecimal digits.
std::string with_checksum(std::string_view address);

// Whether it is 0x and 40 hexadecimal digits of both cases, and not those of its checksum: a
// character is wrong, or the capitals are none of a checksum.
bool is_miswritten(std::string_view address);
// What is wrong with the capitals of an address of a chain, in a sentence that names it; "" when
// nothing is. Rootstock's two chains have capitals of their own (EIP-1191), and lists of transfers
// may say anything: there nothing is.
std::string fault_of_capitals(std::string_view chain, std::string_view address);

}  // namespace tracehound::chains::ethereum
