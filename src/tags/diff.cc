#include "tags/diff.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <map>
#include <set>
#include <utility>

namespace tracehound::tags {

namespace {

// Everything a tag says, in a line: its label and chain, then each field that is given.
std::string text_of(SubjectKind kind, const Attribution& a) {
  std::string text = fmt::format("{}{}, {} {}", kind == SubjectKind::transaction ? "tx: " : "",
                                 a.label, a.currency, a.network);
  auto add = [&](std::string_view name, std::string_view value) {
    if (!value.empty()) text += fmt::format(", {} {}", name, value);
  };
  add("actor", a.actor);
  add("category", a.category);
  add("abuse", a.abuse);
  add("concepts", fmt::format("{}", fmt::join(a.concepts, " ")));
  add("confidence", a.confidence.id);
  if (a.is_cluster_definer) text += ", cluster definer";
  add("source", a.source);
  add("lastmod", a.lastmod);
  add("type", a.tag_type);
  add("context", a.context);
  return text;
}

std::string text_of(const Actor& actor) {
  return fmt::format("{}, uri {}, categories {}, jurisdictions {}, aliases {}, context {}",
                     actor.label, actor.uri, fmt::join(actor.categories, " "),
                     fmt::join(actor.jurisdictions, " "), fmt::join(actor.aliases, " "),
                     actor.context);
}

// By whether it is an actor, then by name: what is said of it.
using Said = std::map<std::pair<bool, std::string>, std::set<std::string>>;

Said said_in(const TagPack& pack) {
  Said said;
  for (const PackTag& tag : pack.tags) {
    said[{false, tag.subject}].insert(text_of(tag.kind, pack.attributions[tag.attribution]));
  }
  for (const Actor& actor : pack.actors) said[{true, actor.id}].insert(text_of(actor));
  return said;
}

std::vector<std::string> listed(const std::set<std::string>& texts) {
  return {texts.begin(), texts.end()};
}

}  // namespace

std::vector<Change> changes(const TagPack& before, const TagPack& now) {
  Said old_said = said_in(before);
  Said new_said = said_in(now);
  std::vector<Change> found;
  auto old_one = old_said.begin();
  auto new_one = new_said.begin();
  while (old_one != old_said.end() || new_one != new_said.end()) {
    bool from_old = new_one == new_said.end() ||
                    (old_one != old_said.end() && old_one->first <= new_one->first);
    bool from_new = old_one == old_said.end() ||
                    (new_one != new_said.end() && new_one->first <= old_one->first);
    const auto& [is_actor, subject] = from_old ? old_one->first : new_one->first;
    if (from_old && from_new) {
      if (old_one->second != new_one->second) {
        found.push_back({ChangeKind::changed, is_actor, subject, listed(old_one->second),
                         listed(new_one->second)});
      }
    } else if (from_old) {
      found.push_back({ChangeKind::removed, is_actor, subject, listed(old_one->second), {}});
    } else {
      found.push_back({ChangeKind::added, is_actor, subject, {}, listed(new_one->second)});
    }
    if (from_old) ++old_one;
    if (from_new) ++new_one;
  }
  return found;
}

}  // namespace tracehound::tags
