// Addresses that nobody can have a key to.
#pragma once

#include <vector>

#include "chains/bitcoin/address.h"

namespace tracehound::chains::bitcoin {

// Hashes that are plainly no key's: all zeros, and texts that were chosen for how they read. On
// every network of the family, for a hash has no network. What is paid there is burned. Not
// complete: an address is listed where it is publicly known for it.
std::vector<ParsedAddress> burn_addresses();

}  // namespace tracehound::chains::bitcoin
