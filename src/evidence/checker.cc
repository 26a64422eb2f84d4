#include "evidence/checker.h"

#include <fmt/format.h>

#include <algorithm>
#include <functional>
#include <set>
#include <utility>

#include "evidence/attribution.h"
#include "tags/codes.h"
#include "tags/services.h"

namespace tracehound::evidence {

using trace::DestinationKind;

Checker::Checker(OpenBundle bundle, std::vector<Finding>& findings)
    : bundle_(std::move(bundle)), findings_(findings) {
  findings_.insert(findings_.end(), bundle_.findings.begin(), bundle_.findings.end());
}

void Checker::wrong(std::string_view file, std::string item, std::string why) {
  findings_.push_back({std::string(file), std::move(item), std::move(why)});
}

void Checker::compare(std::string_view name, std::string_view expected) {
  if (!bundle_.has(name)) return;
  if (auto difference = difference_of(bundle_.text(name), expected)) {
    wrong(name, difference->item, difference->why);
  }
}

void Checker::check_readme(std::string_view expected) {
  if (!bundle_.has(kReadme) || bundle_.text(kReadme) == expected) return;
  wrong(kReadme, "", "is not what this version says of such a bundle");
}

std::optional<std::vector<UsedTag>> Checker::tags() {
  if (!bundle_.has(kTags)) return std::nullopt;
  auto tags = parse_tags(bundle_.text(kTags));
  if (tags) return std::move(*tags);
  wrong(kTags, "", tags.error().message);
  return std::nullopt;
}

std::optional<incidents::Incident> Checker::incident() {
  if (!bundle_.has(kIncident)) return std::nullopt;
  auto incident = incidents::parse_incident(bundle_.bytes(kIncident), std::string(kIncident));
  if (incident) return std::move(*incident);
  wrong(kIncident, "", incident.error().message);
  return std::nullopt;
}

void check_places(Checker& checker, std::span<const StatedPlace> places,
                  std::span<const trace::Service> services, std::span<const std::string> stop_at,
                  std::span<const UsedTag> tags) {
  auto wrong = [&](std::string item, std::string why) {
    checker.wrong(kStatement, std::move(item), std::move(why));
  };
  std::set<std::uint32_t> used_services, listed, used_tags;
  for (std::size_t i = 0; i < places.size(); ++i) {
    if (i > 0 && places[i - 1].holder >= places[i].holder) {
      wrong(fmt::format("stop {}", places[i].holder), "stands out of order, or twice");
    }
    if (places[i].service) used_services.insert(*places[i].service);
    if (!std::ranges::is_sorted(places[i].tags, std::less_equal())) {
      wrong(fmt::format("stop {}", places[i].holder), "names its tags out of order, or twice");
    }
    for (std::uint32_t tag : places[i].tags) {
      used_tags.insert(tag);
      bool by_list = tag < tags.size() && tags[tag].tag_type == kListed;
      if (by_list && places[i].service) listed.insert(*places[i].service);
    }
  }
  for (std::uint32_t i = 0; i < services.size(); ++i) {
    std::string item = fmt::format("service {}", services[i].name);
    if (!used_services.contains(i)) wrong(item, "is no stop's");
    bool asked =
        listed.contains(i) || std::ranges::find(stop_at, services[i].category) != stop_at.end();
    if (!asked) wrong(item, fmt::format("is a {}, where it was not to stop", services[i].category));
  }
  for (std::uint32_t i = 0; i < tags.size(); ++i) {
    if (!used_tags.contains(i)) checker.wrong(kTags, fmt::format("tag {}", i), "is no stop's");
  }
}

std::string wrong_with_place(const StatedPlace& place, std::span<const trace::Service> services) {
  if (place.kind == DestinationKind::burned) {
    return place.service || !place.tags.empty() ? "is burned, and yet some service's" : "";
  }
  if (!place.service || *place.service >= services.size()) return "is of no service";
  const trace::Service& service = services[*place.service];
  bool bridge = service.category == "defi_bridge";
  if (bridge != (place.kind == DestinationKind::crossed)) {
    return fmt::format("is not what becomes of units at a {}", service.category);
  }
  return place.tags.empty() ? "has no tag that says so" : "";
}

std::string wrong_with_tag(std::span<const UsedTag> tags, std::uint32_t number,
                           std::string_view holder, const trace::Service& service) {
  if (number >= tags.size()) {
    return fmt::format("has tag {}, and there are {}", number, tags.size());
  }
  const UsedTag& tag = tags[number];
  std::string name = fmt::format("its tag {} ", number);
  if (tags::normal_subject(tag.address) != tags::normal_subject(holder)) {
    return name + "is of another address";
  }
  if (tag.service != service.name) return name + fmt::format("names {}", tag.service);
  bool listed = tag.tag_type == kListed;
  if (listed ? tag.category != service.category : !says(tag, service)) {
    return name + fmt::format("does not say {}", service.category);
  }
  tags::Attribution said;
  said.abuse = tag.abuse;
  said.tag_type = listed ? "" : tag.tag_type;
  return tags::names_holder(said) ? "" : name + "does not say whose the address is";
}

void check_day(Checker& checker, std::string_view as_of, std::uint64_t tip_height,
               std::uint32_t tip_time) {
  if (as_of.empty()) return;
  auto moment = trace::parse_moment(as_of, trace::SpanEnd::last);
  bool holds =
      moment && (moment->height ? tip_height <= *moment->height : tip_time <= *moment->time);
  if (!holds) {
    checker.wrong(kStatement, "as_of", "is not a day whose last block could be the tip");
  }
}

}  // namespace tracehound::evidence
