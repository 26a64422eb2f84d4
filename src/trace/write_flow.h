// How the units got where they are, as text and as columns for other programs.
#pragma once

#include <string>
#include <vector>

#include "base/bytes.h"
#include "ledger/ledger.h"
#include "trace/flow.h"
#include "trace/result.h"
#include "trace/write.h"

namespace tracehound::trace {

// REQUIRES, of all: the trace was made with Options::parcels, and on this ledger.

// Every parcel, a row each, in chain order: transaction, height, time_utc, from, from_address, to,
// to_address (empty for fees), amount, label, hop, notation. Form as to_csv(); `change` is of `to`.
std::string flow_to_csv(const Trace& trace, const ledger::Ledger& ledger,
                        const AddressText& address, const ChangeOf& change = {});
// The same as schema `tracehound.flow/1`.
std::string flow_to_json(const Trace& trace, const ledger::Ledger& ledger,
                         const AddressText& address, const ChangeOf& change = {});

// The same as columns: one file of fixed-width little-endian rows each, without header, and
// `schema.json` (`tracehound.flow.columns/1`), which gives their names, types and row count. They
// open as numpy.memmap and become Arrow or Parquet without a guess at types (docs/decisions/0052).
struct NamedFile {
  std::string name;
  Bytes bytes;
};
std::vector<NamedFile> flow_to_columns(const Trace& trace, const ledger::Ledger& ledger);

// The graph as GraphML, for networkx, Gephi and their kin. Amounts are longs in the smallest unit.
std::string to_graphml(const FlowGraph& graph, const Trace& trace, const ledger::Ledger& ledger,
                       const AddressText& address);

}  // namespace tracehound::trace
