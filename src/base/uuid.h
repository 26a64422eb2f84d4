// Name-based UUIDs (RFC 9562, version 5): the same name gives the same id, for documents that other
// programs join by id.
#pragma once

#include <array>
#include <string>
#include <string_view>

#include "base/bytes.h"

namespace tracehound {

using Uuid = std::array<Byte, 16>;

// REQUIRES: the form that uuid_text() writes.
Uuid uuid_from_text(std::string_view text);
// "d0e6997e-78da-4815-a6a1-cfc1c1cb8a46".
std::string uuid_text(const Uuid& uuid);
// Of `name` in that space of names.
Uuid uuid5(const Uuid& space, std::string_view name);

}  // namespace tracehound
