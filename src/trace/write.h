// A trace as text for other programs: the same trace gives the same bytes.
#pragma once

#include <functional>
#include <string>

#include "ledger/ledger.h"
#include "trace/result.h"

namespace tracehound::trace {

// How an address is written on its chain; this folder knows no chain.
using AddressText = std::function<std::string(AddressId)>;

// Schema `tracehound.trace/1`. Sums of a method that does not conserve (poison) are null: it
// reports which coins it reaches, not how much.
std::string to_json(const Trace& trace, const ledger::Ledger& ledger, const AddressText& address);

// One row per coin and label where taint rests, and one per label for fees, so that the column
// `amount` of a conserving method sums to the stolen total. RFC 4180, lines end in CR LF. Texts
// from outside that a spreadsheet would run as a formula get a leading apostrophe.
std::string to_csv(const Trace& trace, const ledger::Ledger& ledger, const AddressText& address);

}  // namespace tracehound::trace
