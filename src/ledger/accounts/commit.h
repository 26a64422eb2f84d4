// Making rows durable, in the order of a coin ledger's commit (ledger/commit.h): the sealed rows
// behind the committed ones, the index runs, all of it synced, then the manifest, replaced. No row
// is ever written in place, so what a kill leaves behind is longer files and runs nobody names.
#pragma once

#include <cstdint>
#include <span>
#include <string>

#include "base/file.h"
#include "ledger/accounts/columns.h"
#include "ledger/accounts/manifest.h"

namespace tracehound::ledger::accounts {

// Its own thread may write it: it reads `columns` up to the sealed rows. `tx_keys`: see below.
Status write_commit(FileSystem& files, const std::string& folder, const Columns& columns,
                    const Counts& before, const Manifest& after,
                    std::span<const std::uint64_t> tx_keys);

// Writes the index runs of `now` rows where those of `had` lie; makes their names durable.
// `tx_keys`: name_key of each new transaction's id; none, and they are made of the ids.
Status write_indexes(FileSystem& files, const std::string& folder, const Columns& columns,
                     const Counts& had, const Counts& now,
                     std::span<const std::uint64_t> tx_keys = {});

}  // namespace tracehound::ledger::accounts
