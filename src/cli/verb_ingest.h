// The parts of `ingest` that have files of their own.
#pragma once

#include "cli/verb.h"

namespace tracehound::cli {

// The file of DuckDB's library that the user names; "" where none is.
std::string duckdb_library();

void add_ingest_ethereum(CLI::App& ingest, Context& context);
void add_ingest_transfers(CLI::App& ingest, Context& context);

}  // namespace tracehound::cli
