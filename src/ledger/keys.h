// Where things lie and what they are indexed by: shared by reader, writer and check.
#pragma once

#include <string>
#include <string_view>

#include "base/bytes.h"
#include "base/hash.h"
#include "ledger/schema.h"

namespace tracehound::ledger {

inline std::string columns_folder(const std::string& folder) { return folder + "/columns"; }

inline std::string column_path(const std::string& folder, std::string_view file) {
  return columns_folder(folder) + "/" + std::string(file);
}

// The address index's key.
inline std::uint64_t address_key(AddressKind kind, ByteView payload) {
  return xxh3(payload, static_cast<std::uint64_t>(kind));
}

}  // namespace tracehound::ledger
