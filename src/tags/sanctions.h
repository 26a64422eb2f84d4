// The sanctions lists of the UK, the EU and the UN, as they are published in XML.
#pragma once

#include <string>

#include "base/bytes.h"
#include "base/result.h"
#include "tags/address_test.h"
#include "tags/pack.h"

namespace tracehound::tags {

// Whether the XML's outermost element is that of one of these lists, as far as its beginning tells.
bool is_sanctions_list(ByteView bytes);

// Each word of an entry, wherever in it, that is an address (for_each_address_word) is a tag that
// names the entry: "UK Sanctions List: NAME", with the list's reference to it in `context`, abuse
// `sanction`, confidence `authority_data`. None of these lists has a field for addresses: where
// they give any, these stand in remarks and in identification numbers.
// Errors (bad_input): too large, no such list, without an entry, not well-formed.
Result<TagPack> parse_sanctions(ByteView bytes, const std::string& name, const AddressTest& test,
                                const Fields& more, std::string recipe);

}  // namespace tracehound::tags
