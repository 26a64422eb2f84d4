// transactions.bin: raw transactions with their Merkle branches.
#pragma once

#include <cstdint>
#include <span>
#include <string_view>
#include <vector>

#include "base/bytes.h"
#include "base/hash.h"
#include "base/result.h"

namespace tracehound::evidence {

inline constexpr std::string_view kRecordsHead = "tracehound.tx/1\n";

// One transaction as it stands in the file, which holds the views.
struct Record {
  std::uint32_t height = 0;
  std::uint32_t position = 0;  // in its block
  ByteView raw;                // as mined, witness and all
  ByteView branch;             // 32 bytes a level, from the leaves up

  std::vector<Hash256> branch_hashes() const;
};

// Adds a record behind `file`, which begins with kRecordsHead.
void add_record(Bytes& file, std::uint32_t height, std::uint32_t position, ByteView raw,
                std::span<const Hash256> branch);

// All records, in ascending order of height and position, each place once.
// Errors (bad_input), a clause that names record and byte.
Result<std::vector<Record>> read_records(ByteView file);

}  // namespace tracehound::evidence
