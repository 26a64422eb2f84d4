// What a pack gets wrong, like a linter: what its reader complained of, and what a reader lets
// pass.
#pragma once

#include <cstdint>
#include <set>
#include <string>
#include <vector>

#include "tags/address_test.h"
#include "tags/pack.h"

namespace tracehound::tags {

struct Findings {
  std::uint64_t count = 0;
  std::vector<Complaint> list;  // at most kMaxComplaints, by line
};

// Looked for, beside the reader's complaints (fields that are missing, wrong or given twice):
//   an address that is none of its chain: wrong checksum, another network's
//   the same tag twice; tags of one address that name different actors
//   no title, creator, source or lastmod; a lastmod that is no date
//   nothing that can be used
//   an actor that none of `actors` is, where there are any
Findings check_pack(const TagPack& pack, const AddressTest& test,
                    const std::set<std::string>& actors);

// Tags of addresses that are none of their chain; check_pack() names each.
std::uint64_t malformed_addresses(const TagPack& pack, const AddressTest& test);

}  // namespace tracehound::tags
