// What a bundle's bytes prove by themselves: a chain of headers with its work, and transactions
// that its blocks hold.
#pragma once

#include <cstdint>
#include <span>
#include <string>
#include <vector>

#include "base/bytes.h"
#include "chains/bitcoin/network.h"
#include "chains/bitcoin/proof_of_work.h"
#include "evidence/bundle.h"
#include "evidence/records.h"
#include "evidence/statement.h"
#include "ledger/part.h"

namespace tracehound::evidence {

// Headers are 80 bytes each, each names the one before it, each has its work; the first is the
// network's genesis block where it is of height 0; the last is the stated tip, at its height. On
// the main networks each is as hard as the rules ask, as far as the headers before it say. Adds
// what does not hold. Gives the work of all together.
chains::bitcoin::Work check_headers(const chains::bitcoin::Network& network,
                                    const Statement& statement, ByteView headers,
                                    std::vector<Finding>& findings);
// The same, with the seconds in which blocks are due (bitcoin::retarget_seconds()).
chains::bitcoin::Work check_headers(const chains::bitcoin::Network& network, std::uint32_t due,
                                    const Statement& statement, ByteView headers,
                                    std::vector<Finding>& findings);

// The transactions of the records, parsed, each proven to stand in its block by its branch. Adds
// what does not hold; a transaction that cannot be read ends it, as nothing can be traced then.
// Nothing is proven where it gives no part.
struct ProvenPart {
  ledger::PartOfChain part;
  bool readable = false;
};
// The views in `headers` must outlive what it gives.
ProvenPart prove(const chains::bitcoin::Network& network, const Statement& statement,
                 ByteView headers, std::span<const Record> records, std::vector<Finding>& findings);

// The blocks at these heights are whole: the records hold every one of their transactions.
void check_whole(std::span<const std::uint32_t> heights, const ledger::PartOfChain& part,
                 std::span<const Record> records, std::vector<Finding>& findings);

}  // namespace tracehound::evidence
