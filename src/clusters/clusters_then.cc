#include "clusters/clusters_then.h"

#include "base/check.h"
#include "clusters/union_find.h"

namespace tracehound::clusters {

// Evidence lies in chain order, and an earlier union is never left out for a later one.
Result<LargeVector<std::uint32_t>> clusters_before(const ledger::Ledger& ledger,
                                                   const Clustering& clustering, TxId before) {
  CHECK(clustering.rules().can_go_on());
  UnionFind sets(ledger.manifest().counts.addresses);
  auto unite = [&](const Edge& edge) {
    if (edge.transaction >= before) return false;
    sets.unite(edge.first.number(), edge.second.number());
    return true;
  };
  if (const auto& stored = clustering.stored()) {
    for (Part part : {Part::edge_transaction, Part::edge_first, Part::edge_second}) {
      TRY(stored->check(part));
    }
    for (std::uint64_t row = 0; row < stored->facts().edges; ++row) {
      if (!unite(stored->edge(row))) break;
    }
  }
  for (const Edge& edge : clustering.edges_in_memory()) {
    if (!unite(edge)) break;
  }
  auto roots = sets.flatten();
  return LargeVector<std::uint32_t>(roots.begin(), roots.end());
}

}  // namespace tracehound::clusters
