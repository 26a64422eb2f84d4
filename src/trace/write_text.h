// What the writers of traces share: how coins, times and texts from outside stand in a file.
#pragma once

#include <string>
#include <string_view>

#include "ledger/ledger.h"

namespace tracehound::trace {

// "txid:vout".
std::string coin_text(const ledger::Ledger& ledger, CoinId coin);

// A text from outside as a CSV field: quoted where it must be, and with a leading apostrophe where
// a spreadsheet would run it as a formula.
std::string csv_field(std::string text);

// A text from outside for XML: escaped, and without what XML 1.0 does not allow.
std::string xml_text(std::string_view outside);

// "2024-03-14T09:26:53Z"
std::string iso_time(std::uint32_t seconds);

}  // namespace tracehound::trace
