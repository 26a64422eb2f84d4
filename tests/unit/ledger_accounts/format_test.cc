// The format is a promise: the worked example of docs/format-accounts.md is read from the document
// and compared with the bytes that the writer puts on disk.
#include <gtest/gtest.h>

#include <fstream>

#include "ledger/accounts/check.h"
#include "ledger/accounts/writer.h"
#include "support/faulty_file_system.h"

namespace tracehound::ledger::accounts {
namespace {

using test::FaultyFileSystem;

// Block 100: alice's key pays 2.5 ETH to a contract, for a fee. Block 102: the contract pays a
// token on to "bob", and a transaction fails.
void write_example(FileSystem& disk) {
  std::string alice = "0x" + std::string(40, 'a');
  std::string contract = "0x" + std::string(40, 'c');
  auto writer = Writer::open(disk, "L", "ethereum:31337", {.native = Asset{"ETH", "", 18, true}});
  ASSERT_TRUE(writer.has_value());
  BlockRows block;
  block.block = {100, 1'700'000'000, Hash256()};
  block.block.hash->bytes.fill(0x11);
  block.assets = {{"ETH", "", 18, true}};
  block.transactions.push_back(
      {block.add_name("0x" + std::string(64, '1')), block.add_name(alice), U256(21'000), false, 1});
  block.transfers.push_back({block.add_name(alice),
                             block.add_name(contract),
                             0,
                             0,
                             TransferKind::value,
                             U256(2'500'000'000'000'000'000),
                             {}});
  ASSERT_TRUE(writer->append(block).has_value());
  block.clear();
  block.block = {102, 1'700'000'024, Hash256()};
  block.block.hash->bytes.fill(0x22);
  block.assets = {{"TOK", contract, 0, false}};
  block.transactions.push_back(
      {block.add_name("0x" + std::string(64, '2')), block.add_name(alice), U256(50'000), false, 1});
  block.transfers.push_back({block.add_name(contract), block.add_name("bob"), 0, 3,
                             TransferKind::token, kU256Max, 1'500'000});
  block.transactions.push_back({block.add_name("tx"), NameRef(), U256(), true, 0});
  ASSERT_TRUE(writer->append(block).has_value());
  ASSERT_TRUE(writer->commit().has_value());
}

// Files as the document shows them: `path: hex`, 24 bytes a line.
std::string as_documented(const std::map<std::string, Bytes>& files) {
  std::string text;
  for (const auto& [path, bytes] : files) {
    if (path == "L/lock" || path == "L/readers" || path == "L/manifest") continue;
    text += path.substr(2) + ":";
    for (std::size_t i = 0; i < bytes.size(); ++i) {
      if (i % 24 == 0) text += i == 0 && bytes.size() <= 24 ? "" : "\n ";
      text += " " + to_hex(ByteView(bytes).subspan(i, 1));
    }
    text += "\n";
  }
  return text;
}

std::string fenced(const std::string& language) {
  std::ifstream document(TRACEHOUND_ROOT "/docs/format-accounts.md");
  std::string text;
  bool inside = false;
  for (std::string line; std::getline(document, line);) {
    if (inside && line == "```") inside = false;
    if (inside) text += line + "\n";
    if (line == "```" + language) inside = true;
  }
  return text;
}

TEST(account_format, the_documents_worked_example__is_what_the_writer_writes) {
  FaultyFileSystem disk;
  write_example(disk);
  auto files = disk.contents();
  EXPECT_EQ(as_documented(files), fenced("hexdump"));
  Bytes manifest = files["L/manifest"];
  EXPECT_EQ(std::string(manifest.begin(), manifest.end()), fenced("manifest"));
}

TEST(account_format, the_worked_example__is_a_sound_ledger) {
  FaultyFileSystem disk;
  write_example(disk);
  auto ledger = Ledger::open(disk, "L");
  ASSERT_TRUE(ledger.has_value());
  EXPECT_TRUE(check_ledger(*ledger).clean());
}

TEST(account_check, any_byte_changed__is_found) {
  FaultyFileSystem disk;
  write_example(disk);
  for (const auto& [path, bytes] : disk.contents()) {
    if (!path.starts_with("L/columns/") && !path.starts_with("L/runs/")) continue;
    for (std::size_t at = 0; at < bytes.size(); at += 3) {
      auto file = disk.open_write(path);
      ASSERT_TRUE(file.has_value());
      Byte changed = bytes[at] ^ 0x40;
      ASSERT_TRUE((*file)->write_at(at, ByteView(&changed, 1)).has_value());
      auto ledger = Ledger::open(disk, "L");
      ASSERT_TRUE(ledger.has_value());
      EXPECT_FALSE(check_ledger(*ledger).clean()) << path << " byte " << at;
      ASSERT_TRUE((*file)->write_at(at, ByteView(&bytes[at], 1)).has_value());
    }
  }
}

}  // namespace
}  // namespace tracehound::ledger::accounts
