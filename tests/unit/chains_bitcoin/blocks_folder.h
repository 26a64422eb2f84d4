// A blocks folder and a ledger on a disk in memory, for tests of the way from one to the other.
#pragma once

#include <gtest/gtest.h>

#include <map>
#include <optional>
#include <string>
#include <vector>

#include "chains/bitcoin/ingest.h"
#include "chains/bitcoin/network.h"
#include "ledger/ledger.h"
#include "support/faulty_file_system.h"
#include "support/regtest_chain.h"

namespace tracehound::chains::bitcoin {

inline constexpr const char* kBlocks = "blocks";
inline constexpr const char* kLedger = "ledger";

// The whole file of the shared data; nothing where it is absent.
std::optional<Bytes> shared_data(const std::string& name);

// A file's bytes with the key put on, as a node of version 28 or later writes them.
Bytes keyed(Bytes bytes, const Bytes& key);

// What a chain comes to when ingested into an empty ledger on another disk.
using LedgerFiles = std::map<std::string, Bytes>;
LedgerFiles ledger_files(const test::FaultyFileSystem& disk);
LedgerFiles ledger_of(const std::vector<Bytes>& blocks, const std::string& network = "regtest");

class BlocksFolder : public ::testing::Test {
 protected:
  // Replaces the file.
  void put(const std::string& name, ByteView bytes);
  void put_blocks(const std::string& name, const std::vector<Bytes>& blocks) {
    put(name, test::records(blocks));
  }
  Bytes get(const std::string& name) const { return disk.contents().at(path(name)); }
  void remove(const std::string& name);
  static std::string path(const std::string& name) { return std::string(kBlocks) + "/" + name; }

  Result<IngestReport> ingest(IngestOptions options = {});
  Result<IngestReport> ingest_to(std::uint32_t height);
  // The report; a failure of the test if there is none.
  IngestReport ingested(IngestOptions options = {});
  IngestReport ingested_to(std::uint32_t height);
  // The error's sentence; a failure of the test if there is none, if it is not bad input, or if
  // the ledger's files changed.
  std::string refused(IngestOptions options = {});

  ledger::Ledger open();
  void expect_ledger(const LedgerFiles& expected);

  test::FaultyFileSystem disk;
  std::string network = "regtest";
};

}  // namespace tracehound::chains::bitcoin
