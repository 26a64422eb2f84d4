// Which addresses the ledger's columns show to be in one hand: those that spend together, by the
// multi-input rule, and wrappers with what they wrap (ledger/wrappers.h).
//
// Whoever signs for the coins of two addresses in one transaction holds the keys of both. A
// CoinJoin breaks that, so transactions for which `JoinsNobody` holds say nothing. (Nakamoto 2008,
// section 10; Meiklejohn and others 2013.)
//
// Coins that anyone can spend need no key, and so tell of none: strangers spend pay-to-anchor
// outputs and OP_TRUE to raise a fee. An input counts if its script names a key or commits to a
// script that may ask for one; unknown witness programs and other scripts join nobody.
#pragma once

#include <cstdint>
#include <functional>
#include <span>
#include <vector>

#include "base/ids.h"
#include "clusters/evidence.h"
#include "clusters/union_find.h"
#include "ledger/ledger.h"

namespace tracehound::clusters {

// Of a transaction in which two addresses or more spend: whether that says nothing all the same.
// REQUIRES of what is given for it: thread-safe; the answer depends on the transaction and those
// before it alone, so that a chain that grows changes none. Empty: never.
using JoinsNobody = std::function<bool(const ledger::Ledger&, TxId)>;

// Whether spending from there takes a key, as far as the script's kind tells.
bool names_a_key(ledger::ScriptKind script);
bool names_a_key(ledger::AddressKind address);

// What these transactions show, in chain order: of each its co-spends in the order of its inputs,
// an address that spends twice perhaps twice; then the wrappers that it was the first to show, a
// CoinJoin's too. Reads side by side; `take` is called with one part after the other, one at a
// time, and ends it by false. REQUIRES: the ledger has them.
//
// Where `take` joins in `joined` what it is given, links whose ends are one in it already are left
// out, and `joins_nobody` is not asked of a transaction that has no others. What `joined` holds
// while a part is read are links of parts before it and nothing else, though perhaps not yet all of
// them: so what is left out is what `take` would have found joined, and no more.
void for_each_link(const ledger::Ledger& ledger, IdRange<TxId> transactions,
                   const JoinsNobody& joins_nobody,
                   const std::function<bool(std::span<const Edge>)>& take,
                   UnionFind* joined = nullptr);

// The transaction that an input is of. REQUIRES: input < counts().inputs.
TxId transaction_of_input(const ledger::Ledger& ledger, std::uint64_t input);

// The addresses with keys that spend in it, each once, in the order of its inputs.
std::vector<AddressId> spending_addresses(const ledger::Ledger& ledger, TxId tx);

}  // namespace tracehound::clusters
