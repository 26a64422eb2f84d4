// One actor, whichever of its names a tag uses.
#pragma once

#include <functional>
#include <map>
#include <string>

#include "base/result.h"
#include "tags/store.h"

namespace tracehound::tags {

// The ids of the actors that packs describe. Ids that one of them calls aliases are that actor's.
class ActorIds {
 public:
  // None: every name stands for itself.
  ActorIds() = default;
  // Of the actors in the store. Errors: the store's.
  static Result<ActorIds> of(TagStore& store);

  // The actor's id; the name itself where it is no alias.
  const std::string& id(const std::string& name) const;

 private:
  std::map<std::string, std::string, std::less<>> by_alias_;
};

}  // namespace tracehound::tags
