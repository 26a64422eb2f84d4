// What clusters were known at an earlier block.
#pragma once

#include <cstdint>

#include "base/huge_pages.h"
#include "base/result.h"
#include "clusters/clustering.h"
#include "ledger/ledger.h"

namespace tracehound::clusters {

// Clustering::of_all_addresses() by the transactions before that one alone.
// Errors: the files of the evidence are damaged. REQUIRES: rules().can_go_on().
Result<LargeVector<std::uint32_t>> clusters_before(const ledger::Ledger& ledger,
                                                   const Clustering& clustering, TxId before);

}  // namespace tracehound::clusters
