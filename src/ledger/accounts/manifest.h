// The manifest of an account ledger: the one small file that says what is committed. Replaced whole
// by write-new, sync, rename, as a coin ledger's (ledger/manifest.h).
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "base/file.h"
#include "base/hash.h"
#include "base/result.h"
#include "ledger/accounts/schema.h"

namespace tracehound::ledger::accounts {

struct Manifest {
  std::uint32_t format = kFormatVersion;
  std::string chain;        // "ethereum:1", "transfers:ripple", ...
  bool has_native = false;  // asset 0 is the chain's native asset, in which fees are paid
  Counts counts;
  std::uint64_t tip_number = 0;  // the last block's
  Hash256 tip_hash;              // zeros where a list has none
  std::uint64_t checksum = 0;    // block.checksum of the tip: it covers every row before it

  friend bool operator==(const Manifest&, const Manifest&) = default;
};

std::string manifest_text(const Manifest& manifest);
// Errors (ErrorKind::machine): damaged; of another format version; a coin ledger's.
Result<Manifest> parse_manifest(std::string_view text, const std::string& path);
// Errors: there is no ledger in the folder; those of parse_manifest().
Result<Manifest> read_manifest(FileSystem& files, const std::string& folder);

}  // namespace tracehound::ledger::accounts
