#include "tags/contradictions.h"

#include <fmt/format.h>

#include <algorithm>
#include <map>
#include <tuple>
#include <utility>

#include "tags/actor_ids.h"
#include "tags/codes.h"
#include "tags/services.h"

namespace tracehound::tags {

namespace {

// The claims on one subject, as its tags come.
class Claims {
 public:
  explicit Claims(const ActorIds& actors) : actors_(actors) {}

  void consider(const Tag& tag) {
    const Attribution& a = tag.attribution;
    if (a.actor.empty() || !names_holder(a)) return;
    std::string chain = chain_of(a.currency, a.network);
    Contradiction& of_chain = by_chain_[chain.empty() ? a.network + "\n" + a.currency : chain];
    of_chain.currency = a.currency;
    of_chain.network = a.network;
    const std::string& actor = actors_.id(a.actor);
    Claim claim{actor, a.confidence, tag.pack.file, tag.line, tag.pack.sha256};
    auto same = std::ranges::find(of_chain.claims, actor, &Claim::actor);
    if (same == of_chain.claims.end()) {
      of_chain.claims.push_back(std::move(claim));
    } else if (same->confidence.level < claim.confidence.level) {
      *same = std::move(claim);
    }
  }

  void close(const std::string& subject, std::vector<Contradiction>& found) {
    for (auto& [chain, one] : by_chain_) {
      if (one.claims.size() < 2) continue;
      std::ranges::sort(one.claims, {}, [](const Claim& claim) {
        return std::tuple(-claim.confidence.level, std::string_view(claim.actor));
      });
      one.subject = subject;
      found.push_back(std::move(one));
    }
    by_chain_.clear();
  }

 private:
  const ActorIds& actors_;
  std::map<std::string, Contradiction> by_chain_;
};

}  // namespace

Result<std::vector<Contradiction>> contradictions(TagStore& store) {
  TRY_ASSIGN(ActorIds actors, ActorIds::of(store));
  Claims claims(actors);
  std::vector<Contradiction> found;
  std::string subject;
  TRY(store.for_each([&](const Tag& tag) {
    if (tag.subject != subject) {
      claims.close(subject, found);
      subject = tag.subject;
    }
    claims.consider(tag);
  }));
  claims.close(subject, found);
  return found;
}

Result<std::vector<Contradiction>> contradictions_in(TagStore& store, std::span<const Tag> tags) {
  std::vector<Contradiction> found;
  if (tags.size() < 2) return found;
  TRY_ASSIGN(ActorIds actors, ActorIds::of(store));
  Claims claims(actors);
  for (const Tag& tag : tags) claims.consider(tag);
  claims.close(tags.front().subject, found);
  return found;
}

std::string text_of(const Contradiction& contradiction) {
  std::string text = fmt::format("{} ({} {}) is said to be", contradiction.subject,
                                 contradiction.currency, contradiction.network);
  std::string_view before = " ";
  for (const Claim& claim : contradiction.claims) {
    text += fmt::format("{}{}'s ({}, {}:{})", before, claim.actor, claim.confidence.id, claim.file,
                        claim.line);
    before = " and ";
  }
  return text;
}

}  // namespace tracehound::tags
