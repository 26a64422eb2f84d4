#include "unit/chains_bitcoin/blocks_folder.h"

#include "ledger/check.h"

namespace tracehound::chains::bitcoin {

namespace {

void write(FileSystem& disk, const std::string& path, ByteView bytes) {
  ASSERT_TRUE(disk.make_folder(folder_of(path)).has_value());
  ASSERT_TRUE(replace_file(disk, path, bytes).has_value());
}

// Small batches and commits, so that a test chain passes through several.
IngestOptions small_steps(IngestOptions options) {
  options.progress = false;
  if (options.commit_bytes == IngestOptions{}.commit_bytes) options.commit_bytes = 3000;
  return options;
}

}  // namespace

std::optional<Bytes> shared_data(const std::string& name) {
  auto bytes = read_file(posix_files(), TRACEHOUND_ROOT "/../shared/data/bitcoin/" + name);
  if (!bytes) return std::nullopt;
  return std::move(*bytes);
}

Bytes keyed(Bytes bytes, const Bytes& key) {
  for (std::size_t i = 0; i < bytes.size(); ++i) bytes[i] ^= key[i % key.size()];
  return bytes;
}

LedgerFiles ledger_files(const test::FaultyFileSystem& disk) {
  LedgerFiles all = disk.contents();
  std::erase_if(all, [](const auto& file) {
    bool is_side_file = false;  // ledger/side_files.h: no part of the ledger
    for (const char* name : {"/lock", "/readers", "/rewinds", "/writing"}) {
      is_side_file = is_side_file || file.first == std::string(kLedger) + name;
    }
    return is_side_file || !file.first.starts_with(std::string(kLedger) + "/");
  });
  return all;
}

LedgerFiles ledger_of(const std::vector<Bytes>& blocks, const std::string& network) {
  test::FaultyFileSystem disk;
  const Network& of = *find_network(network);
  write(disk, std::string(kBlocks) + "/blk00000.dat", test::records(blocks, of.magic));
  auto report = ingest_blocks(disk, kBlocks, of, kLedger, {.progress = false});
  EXPECT_TRUE(report.has_value()) << report.error().message;
  return ledger_files(disk);
}

void BlocksFolder::put(const std::string& name, ByteView bytes) { write(disk, path(name), bytes); }

void BlocksFolder::remove(const std::string& name) {
  ASSERT_TRUE(disk.remove(path(name)).has_value());
}

Result<IngestReport> BlocksFolder::ingest(IngestOptions options) {
  return ingest_blocks(disk, kBlocks, *find_network(network), kLedger, small_steps(options));
}

Result<IngestReport> BlocksFolder::ingest_to(std::uint32_t height) {
  return ingest({.to = BlockHeight(height)});
}

IngestReport BlocksFolder::ingested(IngestOptions options) {
  auto report = ingest(options);
  EXPECT_TRUE(report.has_value()) << report.error().message;
  return report ? *report : IngestReport{};
}

IngestReport BlocksFolder::ingested_to(std::uint32_t height) {
  return ingested({.to = BlockHeight(height)});
}

std::string BlocksFolder::refused(IngestOptions options) {
  LedgerFiles before = ledger_files(disk);
  auto report = ingest(options);
  EXPECT_TRUE(before == ledger_files(disk)) << "the ledger's files changed";
  if (report) {
    ADD_FAILURE() << "not refused: " << report->blocks_added << " blocks were added";
    return "";
  }
  EXPECT_EQ(report.error().kind, ErrorKind::bad_input) << report.error().message;
  return report.error().message;
}

ledger::Ledger BlocksFolder::open() {
  auto ledger = ledger::Ledger::open(disk, kLedger);
  EXPECT_TRUE(ledger.has_value()) << ledger.error().message;
  auto check = ledger::check_ledger(*ledger);
  EXPECT_TRUE(check.clean()) << check.findings.front();
  return std::move(*ledger);
}

void BlocksFolder::expect_ledger(const LedgerFiles& expected) {
  LedgerFiles found = ledger_files(disk);
  for (const auto& [path, bytes] : expected) {
    EXPECT_TRUE(found.contains(path)) << path << " is missing";
    EXPECT_TRUE(!found.contains(path) || found[path] == bytes) << path << " differs";
  }
  for (const auto& [path, bytes] : found) {
    EXPECT_TRUE(expected.contains(path)) << path << " should not be there";
  }
}

}  // namespace tracehound::chains::bitcoin
