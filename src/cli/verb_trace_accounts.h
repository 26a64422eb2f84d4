// The parts of `tracehound trace` on an account ledger.
#pragma once

#include <string>
#include <vector>

#include "cli/verb_trace.h"
#include "incidents/report.h"
#include "ledger/accounts/ledger.h"
#include "trace/accounts/ledger_events.h"
#include "trace/accounts/names.h"
#include "trace/accounts/trace.h"

namespace tracehound::cli::tracing {

// What is to be traced, and under which names.
struct AccountCase {
  std::string name;
  std::vector<trace::accounts::Seed> seeds;
  std::vector<trace::accounts::Holding> holdings = {};
  std::vector<std::string> labels;          // [i] names Label(i + 1)
  std::vector<std::string> remarks;         // on what was asked and is not traced
  std::optional<std::uint64_t> as_of = {};  // the last block that counts, where it is not the tip
};
// Of an incident, what was there before transaction `end`, if that is given.
// Errors (bad_input): what is not in the ledger, or moved nothing then.
Result<AccountCase> resolve_on_accounts(const Question& question, const Options& options,
                                        const ledger::accounts::Ledger& ledger,
                                        std::optional<TxId> end = {});

// What a list or a tag says of an account.
struct KnownAccount {
  std::string account;
  std::string name;
  std::string category;
  std::optional<std::size_t> list;  // which of the lists; nothing for a tag
  std::uint32_t line = 0;           // in that list
  incidents::ServiceNote note;
};
struct AccountStops {
  trace::accounts::Stops stops;
  std::vector<KnownAccount> known;            // the first word about an account holds
  std::vector<incidents::ServiceNote> notes;  // of the first word about each service
  std::vector<std::string> remarks;
};
// What a list of --stop-at-addresses is called in what is written: no path of this machine.
std::string list_name(const std::string& path);
// What tags in the ledger name, the lists of --stop-at-addresses (their texts), --through, and the
// addresses that nobody can spend from. `tags_at`: by the tags of that moment.
Result<AccountStops> stops_on_accounts(const Options& options,
                                       const std::vector<std::string>& lists,
                                       const ledger::accounts::Ledger& ledger,
                                       std::optional<std::int64_t> tags_at = std::nullopt);
// The same as day_of(), of an account ledger.
struct AccountDay {
  std::optional<TxId> end;  // transactions from here on do not count
  ledger::accounts::BlockId tip;
  std::optional<std::int64_t> tags_at;
};
Result<AccountDay> account_day_of(const ledger::accounts::Ledger& ledger, const Options& options);
// Errors (usage): what traces on account ledgers do not have.
Status check_on_accounts(const Options& options, std::size_t methods);

// What --stop-at-addresses and --prices name, read.
struct AccountTexts {
  std::vector<std::string> stop_lists;
  std::string prices;
};
Result<AccountTexts> read_account_texts(Context& context, const Options& options);
Result<trace::accounts::Options> account_trace_options(const Options& options,
                                                       const AccountCase& what,
                                                       const ledger::accounts::Ledger& ledger,
                                                       const AccountDay& day);

// --prices, read; a remark on assets that the ledger does not have. Errors (bad_input), naming the
// line.
Result<std::vector<trace::accounts::Price>> read_prices(const std::string& text,
                                                        const ledger::accounts::Ledger& ledger,
                                                        std::vector<std::string>& remarks);

// REQUIRES: at least one trace; all from one run.
std::string accounts_table(const std::vector<trace::accounts::Trace>& traces,
                           const trace::accounts::Names& names, const AccountCase& what);

}  // namespace tracehound::cli::tracing
