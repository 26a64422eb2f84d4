// The manifest: the one small file that says what of a ledger is committed. Replaced whole by
// write-new, sync, rename; whatever the columns hold past its lengths does not exist.
#pragma once

#include <string>
#include <string_view>

#include "base/file.h"
#include "base/hash.h"
#include "base/result.h"
#include "ledger/schema.h"

namespace tracehound::ledger {

struct Manifest {
  std::uint32_t format = kFormatVersion;
  std::string chain;  // "bitcoin:main", ...
  Counts counts;
  Hash256 tip_hash;
  std::uint64_t checksum = 0;  // block.checksum of the tip: it covers every row before it

  friend bool operator==(const Manifest&, const Manifest&) = default;
};

std::string manifest_text(const Manifest& manifest);
// Errors (ErrorKind::machine): damaged, or of another format version (says which one wrote it).
Result<Manifest> parse_manifest(std::string_view text, const std::string& path);

std::string manifest_path(const std::string& folder);
Result<Manifest> read_manifest(FileSystem& files, const std::string& folder);

}  // namespace tracehound::ledger
