// Traces on account chains as text for other programs: the same trace gives the same bytes.
#pragma once

#include <span>
#include <string>

#include "trace/accounts/names.h"
#include "trace/accounts/result.h"

namespace tracehound::trace::accounts {

// Schema `tracehound.trace/1` with "ledger": "account", or of several `tracehound.traces/1`
// (docs/tracing.md). Sums of a method that does not conserve are null.
// REQUIRES, of all: at least one trace; all from one run on that ledger.
std::string to_json(std::span<const Trace> traces, const Names& names);

// One row per holder, transaction and label where units stand, and one per label for fees. Form as
// trace::to_csv().
std::string to_csv(std::span<const Trace> traces, const Names& names);

std::string_view parcel_text(ParcelKind kind);

// Every movement of tainted units, a row each, in chain order; a swap is one row with what was paid
// and what came back. REQUIRES: made with Options::parcels.
std::string flow_to_csv(const Trace& trace, const Names& names);
// The same as schema `tracehound.flow/1`.
std::string flow_to_json(const Trace& trace, const Names& names);

// Accounts as nodes, what moved between two in one asset (or, in a swap, two) as edges; amounts are
// decimal strings in base units. REQUIRES: made with Options::parcels.
std::string to_graphml(const Trace& trace, const Names& names);

}  // namespace tracehound::trace::accounts
