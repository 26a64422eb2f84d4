// What changed from one version of a pack to another.
#pragma once

#include <string>
#include <vector>

#include "tags/pack.h"

namespace tracehound::tags {

enum class ChangeKind : char { added = '+', removed = '-', changed = '~' };

// A subject of which the packs do not say the same, or an actor whom they do not describe alike.
// Lines, sources' order and repetitions do not matter.
struct Change {
  ChangeKind kind;
  bool is_actor = false;
  std::string subject;              // or the actor's id
  std::vector<std::string> before;  // one text a tag; empty when added
  std::vector<std::string> now;     // empty when removed
};

// Subjects, then actors, each in the order of their text.
std::vector<Change> changes(const TagPack& before, const TagPack& now);

}  // namespace tracehound::tags
