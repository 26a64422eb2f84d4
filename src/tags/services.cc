#include "tags/services.h"

#include <algorithm>
#include <tuple>

#include "tags/actor_ids.h"
#include "tags/codes.h"

namespace tracehound::tags {

namespace {

struct Spelling {
  std::string_view spelling;
  std::string_view category;
};
// As categories and concepts stand in the public packs and actor packs and in the taxonomies of
// the GraphSense tool. Left out on purpose: coinjoin (addresses that took part in one belong to its
// users; CoinJoins are recognised by their transactions), service (says nothing of custody),
// miner, mining_service, organization, and DeFi protocols other than bridges (contracts that pay
// out traceably).
constexpr std::array<Spelling, 12> kSpellings = {{
    {"exchange", "exchange"},
    {"hosted_wallet", "hosted_wallet"},
    {"wallet_service", "hosted_wallet"},
    {"escrow_wallet", "hosted_wallet"},
    {"payment_processor", "payment_processor"},
    {"gambling", "gambling"},
    {"market", "market"},
    {"marketplace", "market"},
    {"mixing_service", "mixing_service"},
    {"mixer", "mixing_service"},
    {"defi_bridge", "defi_bridge"},
    {"bridge", "defi_bridge"},
}};

// The stop category of the tag among `categories`, or "".
std::string_view category_of(const Attribution& a, std::span<const std::string_view> categories) {
  if (!names_holder(a)) return "";
  auto wanted = [&](std::string_view spelling) -> std::string_view {
    std::string_view category = stop_category(spelling);
    return std::ranges::find(categories, category) != categories.end() ? category : "";
  };
  if (std::string_view category = wanted(a.category); !category.empty()) return category;
  for (const std::string& spelling : a.concepts) {
    if (std::string_view category = wanted(spelling); !category.empty()) return category;
  }
  return "";
}

// Chooses among the tags of one address as they come.
class Choice {
 public:
  // An actor's aliases are resolved where `actors` knows them.
  Choice(std::span<const std::string_view> categories, const ActorIds& actors)
      : categories_(categories), actors_(actors) {}

  void consider(const Attribution& a) {
    std::string_view category = category_of(a, categories_);
    if (category.empty()) return;
    bool better = !best_ || std::tuple(-a.confidence.level, a.label, a.actor, category) <
                                std::tuple(-best_->confidence.level, label_, actor_,
                                           std::string_view(best_->category));
    if (!better) return;
    label_ = a.label;
    actor_ = a.actor;
    best_ = Service{a.actor.empty() ? a.label : actors_.id(a.actor), std::string(category),
                    a.confidence, a.source};
  }

  std::optional<Service> take() { return std::exchange(best_, std::nullopt); }

 private:
  std::span<const std::string_view> categories_;
  const ActorIds& actors_;
  std::optional<Service> best_;
  std::string label_;
  std::string actor_;
};

}  // namespace

std::string_view stop_category(std::string_view spelling) {
  auto found = std::ranges::find(kSpellings, spelling, &Spelling::spelling);
  return found == kSpellings.end() ? "" : found->category;
}

bool names_holder(const Attribution& a) {
  return (a.abuse.empty() || a.abuse == "sanction") &&
         (a.tag_type.empty() || a.tag_type == "actor");
}

std::optional<Service> service_of(std::span<const Tag> tags,
                                  std::span<const std::string_view> categories) {
  const ActorIds none;
  Choice choice(categories, none);
  for (const Tag& tag : tags) choice.consider(tag.attribution);
  return choice.take();
}

Result<std::vector<ServiceAddress>> service_addresses(
    TagStore& store, std::string_view chain, std::span<const std::string_view> categories) {
  TRY_ASSIGN(ActorIds actors, ActorIds::of(store));
  std::string wanted = ledger_chain(chain);
  std::vector<ServiceAddress> found;
  Choice choice(categories, actors);
  std::string address;
  auto close = [&] {
    if (auto service = choice.take()) found.push_back({address, std::move(*service)});
  };
  TRY(store.for_each([&](const Tag& tag) {
    if (tag.kind != SubjectKind::address) return;
    if (tag.subject != address) {
      close();
      address = tag.subject;
    }
    const Attribution& a = tag.attribution;
    if (chain_of(a.currency, a.network) == wanted) choice.consider(a);
  }));
  close();
  return found;
}

}  // namespace tracehound::tags
