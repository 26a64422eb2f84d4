#include "unit/ledger/disks.h"

#include <fmt/format.h>

#include <algorithm>

#include "base/check.h"
#include "ledger/writer.h"

namespace tracehound::ledger {

bool is_side_file(const std::string& path) {
  for (const char* name : {"/lock", "/readers", "/rewinds", "/writing"}) {
    if (path == std::string(kFolder) + name) return true;
  }
  return false;
}

DiskContents contents_of_chain(const std::vector<BlockRows>& blocks) {
  test::FaultyFileSystem disk;
  auto writer = Writer::open(disk, kFolder, kChain);
  CHECK(writer.has_value());
  for (const BlockRows& block : blocks) CHECK(writer->append(block).has_value());
  CHECK(writer->commit().has_value());
  return disk.contents();
}

std::optional<std::string> difference(const DiskContents& expected, const DiskContents& found,
                                      bool longer_columns) {
  for (const auto& [path, bytes] : expected) {
    if (is_side_file(path)) continue;
    auto other = found.find(path);
    if (other == found.end()) return path + " is missing";
    bool column = path.find("/columns/") != std::string::npos;
    std::size_t size = other->second.size();
    if (size != bytes.size() && !(longer_columns && column && size > bytes.size())) {
      return fmt::format("{} has {} bytes, not {}", path, size, bytes.size());
    }
    auto [at, unused] = std::ranges::mismatch(bytes, other->second);
    if (at != bytes.end()) return fmt::format("{} differs at {}", path, at - bytes.begin());
  }
  for (const auto& [path, bytes] : found) {
    if (!is_side_file(path) && !expected.contains(path)) return path + " should not be there";
  }
  return std::nullopt;
}

}  // namespace tracehound::ledger
