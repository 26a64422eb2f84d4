// What the shape of a transaction gives away, for people who look at it: a CoinJoin or the like,
// and a guess at its change. Facts of the ledger stand apart from these.
#pragma once

#include <string>

#include "base/ids.h"
#include "base/json.h"
#include "ledger/ledger.h"

namespace tracehound::cli {

// Lines "recognised ..." and "change ..."; none where there is nothing to say.
std::string shape_lines(const ledger::Ledger& ledger, TxId tx);
// Of a coin in few words: what its transaction is recognised as, or that it is guessed to be the
// change there; "" where neither is.
std::string coin_shape(const ledger::Ledger& ledger, CoinId coin);
// The same as fields "recognised" and "change" of the object that is open; left out likewise.
void shape_json(const ledger::Ledger& ledger, TxId tx, JsonWriter& json);

}  // namespace tracehound::cli
