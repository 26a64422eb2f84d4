// GraphSense TagPacks and ActorPacks: YAML with a header and a list `tags` or `actors`, or both.
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
//   title: Actors
//   actors:
//   - id: binance
//     label: Binance
//     uri: www.binance.com
//     categories: [exchange]
//
// What is done with files that are not quite so: pack.h. A field given as null is given, and empty.
#pragma once

#include <cstdint>
#include <string>

#include "base/bytes.h"
#include "base/file.h"
#include "base/result.h"
#include "tags/pack.h"

namespace tracehound::tags {

inline constexpr std::uint64_t kMaxPackBytes = std::uint64_t{200} << 20;  // the GraphSense tool's

// `name` stands for the file in messages and, without its folders, in PackInfo. `more`: fields
// that hold where the pack leaves them open.
// Errors (bad_input): too large, not YAML (see yaml_reader.h), no pack.
Result<TagPack> parse_tagpack(ByteView bytes, const std::string& name, const Fields& more = {},
                              std::string recipe = "");

// The same for a file; one that cannot be opened is bad input too.
Result<TagPack> read_tagpack(FileSystem& files, const std::string& path);

}  // namespace tracehound::tags
