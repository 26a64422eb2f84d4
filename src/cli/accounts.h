// What verbs share where the ledger is an account ledger.
#pragma once

#include <functional>
#include <string>

#include "cli/verb.h"
#include "ledger/accounts/ledger.h"

namespace tracehound::cli {

struct OpenAccounts {
  ledger::accounts::Ledger ledger;
};

bool has_accounts(const Context& context);
// answer(), for account ledgers.
Status answer_accounts(Context& context,
                       const std::function<Result<Answer>(const OpenAccounts&)>& work);

// Refuses an address whose capitals contradict its checksum, on chains that have one: with one
// character wrong it may be somebody else's.
Status check_spelling(const ledger::accounts::Ledger& ledger, std::string_view address);

// "1.5 ETH", "1.5 0xa0b8..." for a token without a symbol, base units where the decimals are not
// known.
std::string amount_text(const ledger::accounts::Asset& asset, const U256& amount);

// The account ledger's side of the verbs. `what` is tx, address, block or asset.
Status show_accounts(Context& context, const std::string& what, const std::vector<std::string>& ids,
                     const std::string& json, std::uint64_t page, bool all);
Status info_accounts(Context& context, const std::string& json);
Status check_accounts(Context& context);
Status rewind_accounts(Context& context, std::uint64_t number);

}  // namespace tracehound::cli
