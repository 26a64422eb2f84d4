#include "clusters/cluster_tags.h"

#include <algorithm>
#include <map>
#include <set>
#include <tuple>

#include "base/check.h"

namespace tracehound::clusters {

namespace {

// Smaller is surer.
auto rank(const AddressTag& tag) { return std::tuple(!tag.is_definer, -tag.level); }

bool surer(const AddressTag& one, const AddressTag& other) {
  auto key = [](const AddressTag& tag) {
    return std::tuple_cat(rank(tag), std::tie(tag.address, tag.label, tag.category, tag.source));
  };
  return key(one) < key(other);
}

bool surer_claim(const Claim& one, const Claim& other) {
  auto key = [](const Claim& claim) {
    return std::tuple_cat(rank(claim.best),
                          std::tuple(~claim.addresses, std::string_view(claim.best.who())));
  };
  return key(one) < key(other);
}

}  // namespace

bool ClusterTag::conflict() const {
  return std::ranges::count_if(claims, &Claim::strong_actor) > 1;
}

ClusterTag tag_of_cluster(std::span<const AddressTag> tags) {
  std::map<std::string_view, Claim> by_actor;
  std::set<std::pair<std::string_view, AddressId>> seen;
  for (const AddressTag& tag : tags) {
    auto [place, fresh] = by_actor.try_emplace(tag.who());
    Claim& claim = place->second;
    if (fresh || surer(tag, claim.best)) claim.best = tag;
    ++claim.tags;
    claim.strong_actor = claim.strong_actor || (!tag.actor.empty() && tag.level >= kStrong);
    if (seen.emplace(tag.who(), tag.address).second) ++claim.addresses;
  }
  ClusterTag cluster;
  for (auto& [_, claim] : by_actor) cluster.claims.push_back(std::move(claim));
  std::ranges::sort(cluster.claims, surer_claim);
  return cluster;
}

std::vector<TaggedCluster> tags_of_clusters(std::span<const AddressTag> tags,
                                            std::span<const ClusterId> clusters) {
  CHECK(tags.size() == clusters.size());
  std::map<ClusterId, std::vector<AddressTag>> by_cluster;
  for (std::size_t i = 0; i < tags.size(); ++i) by_cluster[clusters[i]].push_back(tags[i]);
  std::vector<TaggedCluster> tagged;
  for (const auto& [cluster, own] : by_cluster) tagged.push_back({cluster, tag_of_cluster(own)});
  return tagged;
}

}  // namespace tracehound::clusters
