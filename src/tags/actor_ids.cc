#include "tags/actor_ids.h"

namespace tracehound::tags {

Result<ActorIds> ActorIds::of(TagStore& store) {
  TRY_ASSIGN(std::vector<Actor> actors, store.actors());
  ActorIds ids;
  for (const Actor& actor : actors) {
    for (const std::string& alias : actor.aliases) ids.by_alias_.emplace(alias, actor.id);
  }
  for (const Actor& actor : actors) ids.by_alias_.erase(actor.id);  // an id of its own is no alias
  return ids;
}

const std::string& ActorIds::id(const std::string& name) const {
  auto found = by_alias_.find(name);
  return found == by_alias_.end() ? name : found->second;
}

}  // namespace tracehound::tags
