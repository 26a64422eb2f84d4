// From the mempool file beside a ledger to unconfirmed transactions in a snapshot of it.
#pragma once

#include "base/file.h"
#include "base/result.h"
#include "chains/bitcoin/network.h"
#include "ledger/ledger.h"

namespace tracehound::chains::bitcoin {

// Lays the transactions of the ledger's mempool file over the snapshot (ledger/overlay.h). One that
// cannot be read is left out, as are those that do not go with the ledger.
// True when done; false, and nothing added, when the file is of another tip than the snapshot's:
// one of the two is newer.
// Errors (machine): there is no mempool file; it is damaged, or of another chain.
Result<bool> show_mempool(FileSystem& files, const Network& network, ledger::Ledger& ledger);

}  // namespace tracehound::chains::bitcoin
