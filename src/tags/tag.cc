#include "tags/tag.h"

#include <algorithm>

namespace tracehound::tags {

std::optional<Confidence> confidence_named(std::string_view id) {
  auto found = std::ranges::find(kConfidences, id, &Confidence::id);
  if (found == kConfidences.end()) return std::nullopt;
  return *found;
}

bool operator==(const Attribution& a, const Attribution& b) {
  auto all = [](const Attribution& x) {
    return std::tie(x.label, x.actor, x.category, x.abuse, x.concepts, x.confidence.id,
                    x.is_cluster_definer, x.currency, x.network, x.source, x.lastmod, x.tag_type,
                    x.context);
  };
  return all(a) == all(b);
}

std::string sha256_text(const Hash256& sha256) { return to_hex(sha256.view()); }

}  // namespace tracehound::tags
