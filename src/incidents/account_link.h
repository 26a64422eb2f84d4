// Where the money of two incidents meets on an account chain. link.h says what a meeting is and
// what it is worth; here the place is a balance, an account's in one asset, instead of a coin.
//
// One trace with two labels, one an incident. A balance into which units of both came is a meeting,
// whether they came together or apart; it is a first meeting if none of what had come to it until
// then was out of a balance in which both had met before. Example: A's thief pays X, B's thief pays
// X, and X pays Y: X is a first meeting, Y a later one. Where units end (a service, a burn) is
// listed with the services alone. Swaps are netted as in any trace, so a pool is no meeting. A
// service that no tag names is traced through and gathers everybody's units: how much came into the
// account in all, which the ledger tells, says how little that means.
//
// Costs one trace, and memory by its parcels. Lists are cut to `most` rows, counted whole.
#pragma once

#include <array>
#include <cstdint>
#include <span>
#include <string>
#include <vector>

#include "base/result.h"
#include "base/u256.h"
#include "incidents/link.h"
#include "trace/accounts/events.h"
#include "trace/accounts/result.h"
#include "trace/accounts/stops.h"

namespace tracehound::incidents {

// Of the first incident and of the second, in one asset. What poison counts past 2^256 - 1 stays
// there.
using AccountPair = std::array<U256, 2>;

struct LinkedAsset {
  trace::accounts::AssetId asset;
  AccountPair claimed{};
  AccountPair effective{};  // less: units that were not there, or counted already
};
// A balance into which seeds brought the other incident's units too.
struct LinkedAccountSeed {
  trace::accounts::TransferId transfer;
  trace::accounts::HolderId holder;
  AccountPair claimed{};
  AccountPair effective{};
  U256 claimed_twice;     // units in seeds of both
  AccountPair arrived{};  // the incidents' units that the same transaction brought there
};
struct LinkedHolder {
  trace::accounts::HolderId holder;
  AccountPair amount{};  // that came in, or was laid there as a seed
  std::array<std::uint64_t, 2> movements{};
  TxId met;  // the first transaction by which both had come
  bool first = false;
  bool is_seed = false;  // of one of them
};
// A transaction that carried units of both in one asset.
struct LinkedMovement {
  TxId tx;
  trace::accounts::AssetId asset;
  AccountPair amount{};
};
struct LinkedAccountService {
  std::uint32_t service = 0;  // index into AccountLink::trace.services
  trace::accounts::AssetId asset;
  AccountPair amount{};
};

struct AccountLink {
  trace::accounts::Trace trace;                // labels 1 and 2 are the incidents; without parcels
  std::vector<LinkedAsset> assets;             // that were stolen, ascending
  Cut<LinkedAccountSeed> seeds;                // chain order
  Cut<LinkedHolder> first_meetings;            // by `met`, then holder
  Cut<LinkedHolder> accounts;                  // all of them, the same order
  Cut<LinkedMovement> transactions;            // chain order, then asset
  std::vector<LinkedAccountService> services;  // as the trace has them

  bool met() const { return seeds.all + accounts.all + transactions.all + services.size() > 0; }
};

struct AccountLinkOptions {
  trace::MethodKind method = trace::MethodKind::haircut;
  std::uint64_t most = 50;  // rows of a list
  std::array<std::string, 2> names = {};
  bool swaps = true;
};

// `seeds` of both, under kFirstLabel and the label after it. Errors: trace::accounts::run's.
Result<AccountLink> link_account_incidents(const trace::accounts::Events& events,
                                           std::span<const trace::accounts::Seed> seeds,
                                           const trace::accounts::Stops& stops,
                                           const AccountLinkOptions& options);

}  // namespace tracehound::incidents
