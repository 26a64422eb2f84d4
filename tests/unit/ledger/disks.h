// What tests of ledgers on a made-up disk share: which bytes of two disks must be the same.
#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "ledger/rows.h"
#include "support/faulty_file_system.h"

namespace tracehound::ledger {

inline constexpr const char* kFolder = "ledger";
inline constexpr const char* kChain = "bitcoin:test";

using DiskContents = std::map<std::string, Bytes>;

// What belongs to processes and not to the ledger (side_files.h).
bool is_side_file(const std::string& path);

// The disk of a ledger that took in these blocks at one go.
DiskContents contents_of_chain(const std::vector<BlockRows>& blocks);

// The first thing that differs, in words; nothing if all is the same. Side files do not count. With
// `longer_columns`, columns of `found` may go on behind what `expected` has: a writer does not cut
// them while a reader is open.
std::optional<std::string> difference(const DiskContents& expected, const DiskContents& found,
                                      bool longer_columns = false);

}  // namespace tracehound::ledger
