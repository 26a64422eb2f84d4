// Whose a cluster is, from what is said of its addresses.
//
// A tag speaks of one address. What holds for an address holds for its cluster as far as the
// cluster is right, so the surest tag names it: one that was made for the cluster as a whole
// (is_cluster_definer) before one that was not, then by confidence, then the one that more
// addresses carry, then by name.
//
//   a: Alder Exchange, 50, definer     b: Alder Exchange, 20     c: a forum user, 5
//   the cluster: Alder Exchange
//
// Where two different actors are said with good reason to be in one cluster, either a tag is wrong
// or the cluster is. Nobody can tell from here, so the cluster has no name then, and the conflict
// is reported. A label without an actor ("on the OFAC list", "hot wallet 2") describes an address
// and contradicts nobody.
#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "base/ids.h"
#include "clusters/evidence.h"

namespace tracehound::clusters {

// From this confidence on a tag is strong: what services, authorities and investigators say, not
// what was read on a web page (the levels are the TagPack format's).
inline constexpr int kStrong = 50;

struct AddressTag {
  AddressId address;
  std::string actor;  // the actor's id, or "": then the label stands for it
  std::string label;
  std::string category;
  int level = 0;  // 0 to 100
  bool is_definer = false;
  std::string source;

  const std::string& who() const { return actor.empty() ? label : actor; }
};

// One actor as the tags of a cluster speak of it.
struct Claim {
  AddressTag best;  // its surest tag; of equal ones the one on the smallest address
  std::uint64_t addresses = 0;
  std::uint64_t tags = 0;
  bool strong_actor = false;  // a strong tag gives the actor's id
};

struct ClusterTag {
  std::vector<Claim> claims;  // by the order above, the surest first
  // Whether strong tags give two different actors.
  bool conflict() const;
  // Nothing without tags and in a conflict.
  const Claim* name() const { return claims.empty() || conflict() ? nullptr : &claims.front(); }
};

// `tags` in any order, of addresses of one cluster.
ClusterTag tag_of_cluster(std::span<const AddressTag> tags);

struct TaggedCluster {
  ClusterId cluster;
  ClusterTag tag;
};
// The tags of many clusters at once, by cluster; clusters[i] is that of tags[i].address.
std::vector<TaggedCluster> tags_of_clusters(std::span<const AddressTag> tags,
                                            std::span<const ClusterId> clusters);

}  // namespace tracehound::clusters
