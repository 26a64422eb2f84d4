// The trace that a bundle states, run on the ledger of what the bundle holds.
#pragma once

#include <optional>
#include <span>
#include <string>
#include <vector>

#include "base/result.h"
#include "chains/bitcoin/network.h"
#include "evidence/statement.h"
#include "incidents/incident.h"
#include "incidents/incident_seeds.h"
#include "ledger/ledger.h"
#include "trace/result.h"
#include "trace/stops.h"

namespace tracehound::evidence {

// What makes a mix: the recognisers, by the transaction alone.
class RecognisedMixes final : public trace::MixTest {
 public:
  bool is_mix(const ledger::Ledger& ledger, TxId tx) const override;
  std::vector<trace::MixChange> changes(const ledger::Ledger& ledger, TxId tx) const override;
};

// What a statement says of the CoinJoins among these transactions, by the rule of mixes asked for.
std::vector<StatedMix> mixes_among(const ledger::Ledger& ledger, std::span<const TxId> transactions,
                                   const std::string& mix_rule);

struct Rerun {
  std::vector<trace::Trace> traces;  // with their parcels
  std::string json;                  // as `tracehound trace --json` writes it, but for `question`
  std::string csv;                   // likewise
};

// Errors (bad_input): a clause about a field of the statement that names nothing; what trace::run()
// finds wrong.
Result<Rerun> rerun(const ledger::Ledger& ledger, const chains::bitcoin::Network& network,
                    const Statement& statement);

// The incident's seeds as the statement's `label_by` names them, up to block `last` where a day was
// asked about. Errors (bad_input): as incidents::find_seeds().
Result<incidents::FoundSeeds> seeds_of(const ledger::Ledger& ledger,
                                       const incidents::Incident& incident,
                                       const std::string& label_by, const std::string& file,
                                       std::optional<BlockHeight> last = {});
std::vector<StatedSeed> stated(const ledger::Ledger& ledger, const std::vector<trace::Seed>& seeds);

}  // namespace tracehound::evidence
