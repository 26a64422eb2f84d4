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
