// The tables that ethereum-etl, cryo and public data sets write, as CSV, JSON lines or Parquet:
// blocks, transactions, receipts, logs, token_transfers, traces, tokens. A file's name says which
// it is. Receipts may stand in a table of their own or in the transactions'. All of a call's files
// are read into memory: a longer chain is taken in by ranges of blocks, one call after the other.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "base/file.h"
#include "base/result.h"
#include "ledger/accounts/schema.h"

namespace tracehound::chains::ethereum {

struct EtlOptions {
  std::uint64_t chain_id = 1;
  std::vector<std::string> wrappers;  // more contracts that wrap the native asset, lower case
  std::string duckdb;                 // see transfers::DuckDb::open
  std::uint64_t memory_bytes = std::uint64_t{1} << 30;
};

struct EtlReport {
  std::uint64_t blocks_added = 0;
  bool has_fees = false;    // gas used was given
  bool has_logs = false;    // else tokens are from token_transfers, and nothing is wrapped
  bool has_traces = false;  // else what contracts sent on in the native asset is missing
  std::string chain;
  std::uint64_t tip = 0;
  ledger::accounts::Counts counts;
};

// Adds the files' blocks behind those of the ledger, or makes it. After a failure it is as it was.
// Errors (bad_input, with file and line): no such table or column; a value that is none; a
// transaction of no block, a log of no transaction; a row that is there twice; blocks that do not
// go on where the ledger ends.
Result<EtlReport> ingest_etl(FileSystem& files, const std::string& folder,
                             const std::vector<std::string>& paths, const EtlOptions& options);

}  // namespace tracehound::chains::ethereum
