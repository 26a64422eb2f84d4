// Making rows durable. What a commit writes, in this order: the sealed rows behind the committed
// ones; the spends, in place; the index runs; all of it synced; then the manifest, replaced.
//
// Why a kill at any moment is harmless: before the manifest is replaced, readers use the old
// lengths, under which the new rows do not exist and a spender that points past the old
// transaction count reads as none. After it, everything it names is durable. What a killed writer
// left behind (longer files, spenders past the end, runs nobody names) is cleared by the next
// writer before it appends.
#pragma once

#include <string>
#include <vector>

#include "base/file.h"
#include "base/result.h"
#include "ledger/columns.h"
#include "ledger/manifest.h"
#include "ledger/resolver.h"

namespace tracehound::ledger {

// Its own thread may write it: it reads `columns` up to the sealed rows and nothing else that
// changes. `spends`: of coins whose spender is in no sealed row; it sorts them.
Status write_commit(FileSystem& files, const std::string& folder, const Columns& columns,
                    const Counts& before, const Manifest& after, std::vector<Spend>& spends);

// The end of every commit, of other kinds of ledgers too: all that was written lasts, then the
// manifest. `first`: there was none before.
Status publish(FileSystem& files, const std::string& folder, bool first,
               const std::string& manifest);

// Sets the spender of each of these committed coins. Sorts `spends`. Syncs.
Status patch_spenders(FileSystem& files, const Columns& columns, std::vector<Spend>& spends);

// Writes the index runs of `now` rows where those of `had` lie; makes their names durable.
Status write_indexes(FileSystem& files, const std::string& folder, const Columns& columns,
                     const Counts& had, const Manifest& now);

}  // namespace tracehound::ledger
