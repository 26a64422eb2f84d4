// Making a bundle of a trace on an account ledger: every transfer that it rests on.
#pragma once

#include <optional>
#include <span>
#include <string>
#include <vector>

#include "base/bytes.h"
#include "base/result.h"
#include "evidence/accounts/asked_events.h"
#include "evidence/accounts/statement.h"
#include "evidence/bundle.h"
#include "evidence/statement.h"
#include "ledger/accounts/ledger.h"
#include "tags/store.h"
#include "trace/accounts/ledger_events.h"
#include "trace/accounts/trace.h"

namespace tracehound::evidence::accounts {

// An account that a list names, as a tag of that list.
struct ListedAccount {
  AccountId account;
  UsedTag tag;  // its `service` and `category` are what the trace calls it
};

struct Inquiry {
  const ledger::accounts::Ledger& ledger;
  const trace::accounts::LedgerEvents& events;  // of that ledger, with the prices
  const Bytes& incident;                        // the file as it is
  std::string engine;                           // "tracehound 0.1.0"
  Asked asked;
  ledger::accounts::BlockId tip;  // the last that counts; how.end is behind it
  std::vector<trace::accounts::Seed> seeds;
  std::vector<trace::MethodKind> methods;
  const trace::accounts::Stops& stops;
  std::span<const ListedAccount> listed;
  tags::TagStore& store;
  std::vector<trace::accounts::Price> prices;
  const trace::accounts::Options& how;
};

// The same bytes from the same ledger up to its tip, incident and question, on any machine.
// Errors: what trace::accounts::run() finds; no seed is there by the tip; names that are no UTF-8
// (bad_input). A bundle that does not give the ledger's own result is an error, never a bundle.
Result<Files> make_bundle(const Inquiry& inquiry);

// README.txt: what a bundle is and what it cannot prove.
std::string readme_text(const Statement& statement);

}  // namespace tracehound::evidence::accounts
