// The trace that a bundle of an account ledger states, run on the ledger of what it holds.
#pragma once

#include <optional>
#include <set>
#include <string>
#include <vector>

#include "base/result.h"
#include "evidence/accounts/asked_events.h"
#include "evidence/accounts/statement.h"
#include "incidents/account_seeds.h"
#include "incidents/incident.h"
#include "ledger/accounts/ledger.h"

namespace tracehound::evidence::accounts {

struct Rerun {
  std::vector<trace::accounts::Seed> seeds;
  std::string json;              // as `tracehound trace --json` writes it
  std::string csv;               // likewise
  std::set<AccountId> accounts;  // that carried taint
  SeenParties seen;              // who was asked about to say who swapped, in the stated order
  SeenParties stated_seen;       // who is stated
};

// Errors (bad_input): a clause about a field of the statement that names nothing; what
// trace::accounts::run() finds wrong.
Result<Rerun> rerun(const ledger::accounts::Ledger& ledger, const Statement& statement);

// The incident's seeds as the statement's `label_by` names them, before transaction `end` where a
// day was asked about. Errors (bad_input): as incidents::find_account_seeds().
Result<incidents::FoundAccountSeeds> seeds_of(const ledger::accounts::Ledger& ledger,
                                              const incidents::Incident& incident,
                                              const std::string& label_by, const std::string& file,
                                              std::optional<TxId> end = {});
std::vector<StatedSeed> stated(const ledger::accounts::Ledger& ledger,
                               const std::vector<trace::accounts::Seed>& seeds);

// What a bundle must hold: of the accounts that carried taint, every transaction before `end` that
// names them, and those of the seeds. Ascending.
std::vector<TxId> needed(const ledger::accounts::Ledger& ledger,
                         const std::set<AccountId>& accounts,
                         const std::vector<trace::accounts::Seed>& seeds, TxId end);

}  // namespace tracehound::evidence::accounts
