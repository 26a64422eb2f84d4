// What the verbs about clusters share, and what `trace` needs of them.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "base/huge_pages.h"
#include "cli/verb.h"
#include "clusters/cluster_tags.h"
#include "clusters/clustering.h"
#include "clusters/rules.h"

namespace tracehound::cli {

// A clustering with the rules that it was built by.
struct OpenClustering {
  clusters::Rules rules;
  clusters::Clustering clustering;
};
// The one of that name, as of the ledger's tip. Errors: as Clustering::open; there is none.
Result<OpenClustering> open_clustering(Context& context, const OpenLedger& open,
                                       const std::string& name);

// Errors: no address of this network; `no` where the ledger has not got it.
Result<AddressId> known_address(const OpenLedger& open, const std::string& text);
// The last block of a HEIGHT or DATE (2016-08-02, 2016-08-02T14:30:00Z). Errors: `usage` for
// neither; `no` where the ledger has no such block.
Result<BlockHeight> block_of(const ledger::Ledger& ledger, const std::string& text);
// --at, --name.
void add_at(CLI::App& command, std::string& at);
// Errors (usage): the clustering has change rules, so no block's past can be read off it.
Status check_at(const OpenClustering& clustering, const std::string& name, const std::string& at);
void add_name(CLI::App& command, std::string& name);

// What tags say of these addresses: whose they are, not what was done there or said of them. Actors
// are named by their ids, where tags have an alias.
Result<std::vector<clusters::AddressTag>> tags_of(const OpenLedger& open,
                                                  const std::vector<AddressId>& addresses);
// What counts of what is known today: all of it, unless it is to be as it was.
struct Belief {
  std::optional<std::int64_t> tags_at;  // tags that were believed then, seconds since 1970
  std::optional<BlockHeight> last;      // blocks up to that one
};
// Of every address that the ledger has.
Result<std::vector<clusters::AddressTag>> tags_of_all(const OpenLedger& open,
                                                      const Belief& belief = {});

// The id of the actor that has this alias; itself where none has.
Result<std::string> actor_id(const OpenLedger& open, const std::string& actor);

// For trace::StopRules::cluster_of_address: of each address its cluster, by multi-input, CoinJoins
// left out. A cluster in which strong tags name different actors stands for none of them: its
// addresses are left alone, and the conflict is listed.
struct ClustersForStops {
  LargeVector<std::uint32_t> cluster_of_address;
  std::vector<clusters::TaggedCluster> conflicts;  // by cluster
};
Result<ClustersForStops> clusters_for_stops(Context& context, const OpenLedger& open,
                                            const Belief& belief = {});
// "the cluster of 1Abc... is said to be that of Alder (70 of 100, at 1Def...) and Birch (...)".
std::string conflict_text(const OpenLedger& open, const clusters::TaggedCluster& cluster);

// Brings the default clustering up to date where somebody has built it, and does nothing otherwise.
// For the end of commands that add blocks.
Status update_clusters(Context& context);
// Builds, and says on standard error what a reader of its result should know.
Result<clusters::BuildReport> build_and_remark(Context& context, const std::string& name,
                                               const clusters::Rules& rules, bool progress);

// The parts of the verb.
void add_cluster_build(CLI::App& group, Context& context);
void add_cluster_deposits(CLI::App& group, Context& context);
void add_cluster_show(CLI::App& group, Context& context);
void add_cluster_why(CLI::App& group, Context& context);
void add_cluster_without(CLI::App& group, Context& context);

}  // namespace tracehound::cli
