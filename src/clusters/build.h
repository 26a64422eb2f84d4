// Makes a clustering on disk, or brings one up to date.
#pragma once

#include <cstdint>
#include <functional>
#include <optional>
#include <string>

#include "base/file.h"
#include "base/result.h"
#include "clusters/co_spends.h"
#include "clusters/store.h"
#include "ledger/ledger.h"

namespace tracehound::clusters {

// What a change rule says of one transaction: its inputs' owner has this output too.
struct ChangeLink {
  std::uint32_t output = 0;
  std::uint8_t rule = 0;  // in RuleNames::rules; kFirstChangeRule or more
  std::uint8_t confidence = 0;
};
using FindChange = std::function<std::optional<ChangeLink>(const ledger::Ledger&, TxId)>;

struct Rules {
  RuleNames names;
  JoinsNobody joins_nobody;  // what names.left_out says
  FindChange find_change;    // REQUIRED where there are change rules; thread-safe
};

struct BuildOptions {
  std::string name = kDefaultName;
  // Told now and then how many transactions of the ledger are done.
  std::function<void(std::uint64_t)> on_transactions = {};
};

struct BuildReport {
  Facts facts;
  std::optional<Facts> before;     // what was there, if it could be read
  std::uint64_t edges_kept = 0;    // of those
  std::uint64_t transactions = 0;  // that were looked at
  bool unchanged = false;          // it was up to date
  std::string damage;              // why what was there could not be gone on from: one sentence

  // Whether the largest cluster's share of all addresses is more than twice what it was: the mark
  // of a rule that has begun to join strangers. Clusters of fewer than `least` raise no alarm.
  bool largest_leapt(std::uint64_t least = 100) const;
  // Whether it has more than a tenth of all addresses, and at least `least`: so also on a first
  // build. Not said again of a clustering that was up to date.
  bool largest_is_huge(std::uint64_t least = 10'000) const;
};

// Covers all of the ledger's confirmed blocks but the last kBuried. Goes on from what is there
// where it can: takes back what the ledger has taken back, adds what is new, and reads no other
// transaction. The files are the same as if it had begun anew. With change rules it begins anew
// whenever there are new blocks. Damage to what is there costs time only.
// Memory: 8 bytes an address; with change rules, that and what they find.
// Errors (machine): another build of that name is at work; the disk's.
Result<BuildReport> build_clusters(FileSystem& files, const ledger::Ledger& ledger,
                                   const Rules& rules, const BuildOptions& options = {});

}  // namespace tracehound::clusters
