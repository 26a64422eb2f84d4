// Seeds on account chains as a user names them.
#pragma once

#include <optional>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "ledger/accounts/ledger.h"
#include "trace/accounts/result.h"
#include "trace/address_seeds.h"

namespace tracehound::trace::accounts {

// `TXID:POSITION`, all that the transfer moves, or `TXID:POSITION[a,b)`, units a to b-1 of it.
// The position is the source's own (a log's index, a list's row).
// Errors (bad_input), naming the text: not of the form; no such transaction or transfer; one that
// moves nothing; a range that is empty or past it.
Result<Seed> resolve_seed(const ledger::accounts::Ledger& ledger, std::string_view text,
                          Label label);

// The transaction that a text of that form names, with or without a ledger; nothing for another.
std::optional<std::string_view> transaction_of_seed(std::string_view text);

// Every transfer to (or by) the account, in the blocks from `since` to `until`, but those that move
// nothing and those to itself.
struct AccountAsk {
  AccountId account;
  bool sent = false;
  std::optional<AssetId> asset;
  Received when;
};
std::vector<Seed> seeds_of_account(const ledger::accounts::Ledger& ledger, const AccountAsk& ask,
                                   Label label);

// The transaction after the last one that a trace that ends at the moment still knows.
// Errors (bad_input): a block past the tip; a moment before the first block.
Result<TxId> end_of(const ledger::accounts::Ledger& ledger, const Moment& moment);
// The first transaction of that moment or later.
// Error (bad_input): a moment past the tip.
Result<TxId> begin_of(const ledger::accounts::Ledger& ledger, const Moment& moment);

}  // namespace tracehound::trace::accounts
