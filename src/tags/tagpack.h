// GraphSense TagPacks: YAML with a header and a list `tags`.
//
//   title: Hydra Market
//   creator: GraphSense Core Team
//   currency: BTC                  # any field of a tag may stand in the header;
//   label: Hydra Market            # a tag's own field wins
//   tags:
//   - address: 1BCWMwpR4M1nYUuuYe2bmzrNuwGoF9ZAbA
//   - address: 1MQBDeRWsiJBf7K1VGjJ7PWEL6GJXMfmLg
//     label: Hydra, second wallet
//
// Real packs are untidy, so the rule is: a file that is no YAML or no TagPack fails as a whole; in
// one that is, a tag that cannot be used (no address, no label, no currency, a field twice) is
// skipped, and an optional field that cannot be used is left empty, each with a complaint naming
// its line. Missing network: the currency. Missing or unknown confidence: `unknown`, 5, as the
// GraphSense tool does. A field given as null is given, and empty.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "base/bytes.h"
#include "base/file.h"
#include "base/result.h"
#include "tags/tag.h"

namespace tracehound::tags {

inline constexpr std::uint64_t kMaxPackBytes = std::uint64_t{200} << 20;  // the GraphSense tool's
inline constexpr std::size_t kMaxTextBytes = 64 << 10;                    // one text
inline constexpr std::size_t kMaxSubjectBytes = 512;                      // an address
inline constexpr std::size_t kMaxComplaints = 1000;                       // that are kept

struct Complaint {
  std::uint32_t line = 0;
  std::string text;
};

// A tag without what it shares with others of its pack.
struct PackTag {
  SubjectKind kind = SubjectKind::address;
  std::string subject;
  std::uint32_t line = 0;
  std::uint32_t attribution = 0;  // index into TagPack::attributions
};

struct TagPack {
  PackInfo info;
  std::vector<Attribution> attributions;
  std::vector<PackTag> tags;  // in the order of the file
  std::uint64_t skipped = 0;  // tags that could not be used

  std::uint64_t complaint_count = 0;
  std::vector<Complaint> complaints;  // at most kMaxComplaints of them, by line
};

// `name` stands for the file in messages and, without its folders, in PackInfo.
// Errors (bad_input): too large, not YAML (see yaml_reader.h), not a TagPack.
Result<TagPack> parse_tagpack(ByteView bytes, const std::string& name);

// The same for a file; one that cannot be opened is bad input too.
Result<TagPack> read_tagpack(FileSystem& files, const std::string& path);

}  // namespace tracehound::tags
