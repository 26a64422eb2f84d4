// A walk over an account ledger as bytes: the balances that carry taint, and the books so far. The
// rest a walk needs, the ledger's rows say again.
#pragma once

#include <vector>

#include "base/bytes.h"
#include "base/result.h"
#include "trace/accounts/found.h"
#include "trace/accounts/holders.h"
#include "trace/state_file.h"

namespace tracehound::trace::accounts {

struct SavedWalk {
  TxId end;                  // transactions from here on were not looked at
  std::vector<Found> found;  // by lane; what is held lies in the holders
  std::vector<SavedHolder> holders;
};

// Equal walks give equal bytes, whatever pieces they were walked in.
Bytes write_state(const WalkRequest& request, const SavedWalk& walk);

// Errors (bad_input): open_state()'s and check_same()'s; it names what the ledger and the stops do
// not have, or units that no walk leaves. REQUIRES: 0 < up_to <= the ledger's transactions.
Result<SavedWalk> read_state(ByteView state, const WalkRequest& request, TxId up_to);

}  // namespace tracehound::trace::accounts
