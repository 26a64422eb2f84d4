// The list `actors` of a pack (tagpack.h): who the ids in tags' field `actor` are.
#pragma once

#include "base/result.h"
#include "tags/pack.h"
#include "tags/yaml_reader.h"

namespace tracehound::tags {

// Reads the list that `first` begins, to its end. An actor without an id, or with one a second
// time, is skipped; a field that cannot be used is left empty, each with a complaint. Errors
// (bad_input): not YAML, not a list.
Status read_actors(YamlReader& yaml, const YamlEvent& first, PackBuilder& builder);

}  // namespace tracehound::tags
