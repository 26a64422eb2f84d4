// After the head, record behind record, all numbers little-endian:
//   height 4 | position 4 | size of raw 4 | levels 1 | raw | 32 bytes a level
#include "evidence/records.h"

#include <fmt/format.h>

#include <algorithm>
#include <utility>

namespace tracehound::evidence {

namespace {

constexpr std::size_t kHash = 32;
constexpr unsigned kMostLevels = 32;

}  // namespace

std::vector<Hash256> Record::branch_hashes() const {
  std::vector<Hash256> hashes;
  for (std::size_t at = 0; at < branch.size(); at += kHash) {
    hashes.push_back(Hash256::from_bytes(branch.subspan(at, kHash)));
  }
  return hashes;
}

void add_record(Bytes& file, std::uint32_t height, std::uint32_t position, ByteView raw,
                std::span<const Hash256> branch) {
  std::array<Byte, 13> head{};
  store_le(head.data(), height);
  store_le(head.data() + 4, position);
  store_le(head.data() + 8, static_cast<std::uint32_t>(raw.size()));
  head[12] = static_cast<Byte>(branch.size());
  file.insert(file.end(), head.begin(), head.end());
  file.insert(file.end(), raw.begin(), raw.end());
  for (const Hash256& hash : branch) {
    file.insert(file.end(), hash.bytes.begin(), hash.bytes.end());
  }
}

Result<std::vector<Record>> read_records(ByteView file) {
  if (!std::ranges::equal(file.first(std::min(file.size(), kRecordsHead.size())),
                          as_bytes(kRecordsHead))) {
    return bad_input("does not begin with tracehound.tx/1");
  }
  ByteReader reader(file);
  reader.take(kRecordsHead.size());
  std::vector<Record> records;
  std::pair<std::uint32_t, std::uint32_t> before{};
  while (reader.remaining() > 0) {
    std::size_t at = reader.position();
    auto wrong = [&](std::string_view what) {
      return bad_input(fmt::format("record {} at byte {} {}", records.size(), at, what));
    };
    Record record;
    record.height = reader.number<std::uint32_t>();
    record.position = reader.number<std::uint32_t>();
    auto size = reader.number<std::uint32_t>();
    unsigned levels = reader.number<Byte>();
    record.raw = reader.take(size);
    record.branch = reader.take(levels * kHash);
    if (!reader.ok()) return wrong("goes on past the end of the file");
    if (levels > kMostLevels) return wrong("has a branch longer than any block's");
    std::pair place{record.height, record.position};
    if (!records.empty() && place <= before) {
      return wrong(fmt::format("is of height {}, position {}, and stands behind {}, {}",
                               place.first, place.second, before.first, before.second));
    }
    before = place;
    records.push_back(record);
  }
  return records;
}

}  // namespace tracehound::evidence
