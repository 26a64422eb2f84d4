// Why two addresses are in one cluster, and what the cluster would be without some of its evidence.
//
// The ledger's own index says in which transactions an address spends, and those say with whom. So
// a cluster can be walked without its evidence on disk: from address to transaction to address,
// nearest first. That finds the shortest chain of transactions between two addresses, and what
// holds together when a transaction, a rule, an address or all blocks after a height are taken
// away: the evidence on disk could not tell, since it leaves out what joins for a second time.
//
//   a --t1-- b --t2-- c          why a c:          t1, t2
//    \--------t3-----/           why a c, if t3:   t3
//                                without t1:       {a, b, c} still, by t3 and t2
//
// Wrappers and what they wrap are links that the ledger has an index of: seen in one transaction
// and in every later spend, so that taking that one away leaves them if there is another.
//
// Change guesses of a clustering that has them are links too; they are read from its evidence.
//
// Cost: about a microsecond for each input of the addresses that are walked. The walk stops at a
// number of transactions, and says so.
#pragma once

#include <cstdint>
#include <optional>
#include <unordered_map>
#include <unordered_set>
#include <vector>

#include "clusters/clustering.h"
#include "clusters/co_spends.h"
#include "clusters/evidence.h"
#include "ledger/ledger.h"

namespace tracehound::clusters {

// What of the chain and of the evidence is to be looked at.
struct View {
  std::optional<TxId> before;            // transactions before this one alone
  std::unordered_set<TxId> without;      // but these
  std::vector<std::uint8_t> not_rules;   // and nothing by these rules
  std::unordered_set<AddressId> absent;  // as if these addresses spent nothing
};

struct Links {
  std::unordered_map<AddressId, std::vector<Edge>> of;  // of both ends
};
// The evidence by change rules in a clustering; nothing without such rules.
Links change_links(const Clustering& clustering);

// Walks from one address. One at a time.
class Walk {
 public:
  // `budget` transactions at most; what is used is taken off, so that several walks can share one.
  // Keeps references to all but `joins_nobody`.
  Walk(const ledger::Ledger& ledger, const JoinsNobody& joins_nobody, const Links& links,
       const View& view, std::uint64_t& budget);

  // What is reached from `from`, in the order it is reached, `from` first; ends at `to`.
  void go(AddressId from, std::optional<AddressId> to = std::nullopt);

  // Whether an address is found; of several go()s in any.
  bool reached(AddressId address) const { return came_by_.contains(address); }
  // Of the last go().
  const std::vector<AddressId>& found() const { return found_; }
  // Whether the budget was enough.
  bool complete() const { return complete_; }
  // The edges from the last `from` to an address that was reached, in that order: as few as can be,
  // each one's second end the next one's first.
  std::vector<Edge> path(AddressId to) const;

 private:
  bool looks_at(TxId tx) const;
  bool uses(std::uint8_t rule) const;
  void visit(AddressId from, const Edge& edge);
  void go_through(AddressId address);
  void go_through(AddressId address, TxId tx);
  void go_through_wrappers(AddressId address);
  std::optional<TxId> shown_by(const ledger::Wrapper& wrapper) const;

  const ledger::Ledger& ledger_;
  JoinsNobody joins_nobody_;
  const Links& links_;
  const View& view_;
  std::uint64_t& budget_;
  bool multi_input_ = true;
  bool wrappers_ = true;
  bool complete_ = true;
  std::unordered_map<AddressId, Edge> came_by_;  // the edge that led to it; itself for a start
  std::unordered_set<TxId> seen_;
  std::vector<AddressId> found_;
};

// What a cluster falls into.
struct Pieces {
  // The piece of the address asked about first, then by size, the largest first, then by smallest
  // address. Each ascending.
  std::vector<std::vector<AddressId>> pieces;
  bool complete = true;      // else the budget ended it
  std::uint64_t walked = 0;  // transactions
};
// REQUIRES: `members` are the address's cluster, all of it.
Pieces pieces_of(const ledger::Ledger& ledger, const JoinsNobody& joins_nobody, const Links& links,
                 const View& view, AddressId address, std::vector<AddressId> members,
                 std::uint64_t budget);

}  // namespace tracehound::clusters
