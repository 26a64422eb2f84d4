// Joining by guesses of change, with brakes.
//
// A transaction with a guessed change output says two things: the payer has the change, and whoever
// was paid is somebody else. The first joins two sets; the second forbids to join two. One wrong
// guess of the first kind is how clusterings collapse: two services become one, and each later
// guess is about the whole of both. So unions are tried by falling confidence, and one that would
// put the two sides of a payment into one set is refused and listed.
//
//   t1 spends a, change c, pays s      joins a-c, forbids {a, c} and {s}
//   t2 spends c, "change" s, pays u    would join c-s: refused, against t1
//
// Multi-input evidence stands before all guesses and over them: where it has joined two sides of a
// payment, somebody paid himself, and nothing is forbidden. Nor is anything joined or forbidden by
// coins that anyone can spend (co_spends.h): they are nobody's.
//
// Each set knows the sets it must not join, and where two sets become one, the shorter list goes
// into the longer (and with it the entries of the other side), so all of it costs about
// n log n for n payments. In memory at once: 8 bytes a guess and about 100 a forbidden pair.
//
// Source: constrained clustering as in Moeser and Narayanan, "Resurrecting Address Clustering in
// Bitcoin" (FC 2022), who take a threshold where this takes an order.
#pragma once

#include <vector>

#include "clusters/build.h"
#include "clusters/evidence.h"
#include "clusters/union_find.h"
#include "ledger/ledger.h"

namespace tracehound::clusters {

struct Refusal {
  Edge edge;
  TxId against;  // the first transaction whose payment forbids it
};

struct ChangeUnions {
  std::vector<Edge> joined;      // in the order they were tried: by falling confidence, then chain
  std::vector<Refusal> refused;  // likewise
};

// Joins `sets`, which multi-input has joined, by what rules.find_change says of these transactions.
ChangeUnions join_by_change(const ledger::Ledger& ledger, IdRange<TxId> transactions,
                            const Rules& rules, UnionFind& sets);

}  // namespace tracehound::clusters
