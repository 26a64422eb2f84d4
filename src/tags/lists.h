// Lists without a structure of their own.
#pragma once

#include <functional>
#include <string>
#include <string_view>

#include "base/bytes.h"
#include "base/result.h"
#include "tags/address_test.h"
#include "tags/codes.h"
#include "tags/pack.h"

namespace tracehound::tags {

// One address a line; blank lines and those that begin with # are left out, and a line that holds
// anything else is skipped with a complaint. The currency is `more`'s, else what the file's name
// ends on: sanctioned_addresses_XBT.txt lists XBT. The label is `more`'s, else that name in words.
// Files named sanctioned_addresses_... hold what OFAC lists, the way a public extractor writes
// them: abuse `sanction`, confidence `authority_data`. Errors (bad_input): too large, no text, no
// address, no currency to be had.
Result<TagPack> parse_list(ByteView bytes, const std::string& name, const AddressTest& test,
                           const Fields& more);

// Any text, XML and CSV too: each word that is an address is a tag of the line it first stands on.
// Made for what gives addresses between other words: notices, court papers, unknown lists.
// Errors (bad_input): too large, no text.
Result<TagPack> parse_words(ByteView bytes, const std::string& name, const AddressTest& test,
                            const Fields& more, std::string recipe);

// Calls `visit` for each word of the text that is an address with a right checksum (the chains that
// `test` knows), or has Ethereum's form, with the codes of its chain.
void for_each_address_word(
    std::string_view text, const AddressTest& test,
    const std::function<void(std::string_view word, const ChainCodes& codes)>& visit);

// The file as UTF-8 text without its byte order mark. Errors (bad_input): too large, another
// coding.
Result<std::string_view> text_of(ByteView bytes, const std::string& name);

// "currency=XBT label=...": what `fields` gives, for PackInfo::recipe.
std::string recipe_of(std::string_view format, const Fields& fields);

}  // namespace tracehound::tags
