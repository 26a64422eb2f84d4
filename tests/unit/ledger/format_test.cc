// The format is a promise: the worked example of docs/format.md is read from the document and
// compared with the bytes that the writer puts on disk.
#include <gtest/gtest.h>

#include <fstream>
#include <sstream>

#include "base/merkle.h"
#include "ledger/check.h"
#include "ledger/ledger.h"
#include "ledger/writer.h"
#include "support/faulty_file_system.h"

namespace tracehound::ledger {
namespace {

using test::FaultyFileSystem;

struct ExampleTx {
  Byte txid;  // repeated 32 times
  std::vector<Outpoint> inputs;
  struct Output {
    Amount value;
    ScriptKind script;
    AddressKind kind;
    Bytes payload;
  };
  std::vector<Output> outputs;
};

Hash256 filled(Byte byte) {
  Hash256 hash;
  hash.bytes.fill(byte);
  return hash;
}

BlockRows example_block(const Hash256& previous, std::uint32_t time,
                        const std::vector<ExampleTx>& transactions) {
  BlockRows block;
  store_le<std::uint32_t>(block.header.data(), 1);
  std::copy(previous.bytes.begin(), previous.bytes.end(), block.header.begin() + 4);
  std::vector<Hash256> txids;
  for (const ExampleTx& tx : transactions) txids.push_back(filled(tx.txid));
  Hash256 root = merkle_root(txids, thread_hasher()).root;
  std::copy(root.bytes.begin(), root.bytes.end(), block.header.begin() + 36);
  store_le(block.header.data() + 68, time);
  block.hash = thread_hasher().sha256d(block.header);
  for (const ExampleTx& tx : transactions) {
    block.transactions.push_back({filled(tx.txid), 400U | 1U << shape::kVersionShift,
                                  static_cast<std::uint32_t>(tx.inputs.size()),
                                  static_cast<std::uint32_t>(tx.outputs.size())});
    block.inputs.insert(block.inputs.end(), tx.inputs.begin(), tx.inputs.end());
    for (const auto& output : tx.outputs) {
      block.outputs.push_back({output.value, output.script, output.kind,
                               static_cast<std::uint8_t>(output.payload.size()),
                               static_cast<std::uint32_t>(block.payloads.size())});
      block.payloads.insert(block.payloads.end(), output.payload.begin(), output.payload.end());
    }
  }
  return block;
}

// The block's transaction and input of those numbers show that a script hash wraps a witness key.
void add_wrapper(BlockRows& block, std::uint32_t transaction, std::uint32_t input,
                 ByteView script_hash, ByteView key_hash) {
  auto start = static_cast<std::uint32_t>(block.payloads.size());
  block.payloads.insert(block.payloads.end(), script_hash.begin(), script_hash.end());
  block.payloads.insert(block.payloads.end(), key_hash.begin(), key_hash.end());
  block.wrappers.push_back({.transaction = transaction,
                            .input = input,
                            .wrapper_kind = AddressKind::script_hash,
                            .wrapper_size = 20,
                            .wrapper_start = start,
                            .address_kind = AddressKind::witness_pubkey_hash,
                            .payload_size = 20,
                            .payload_start = start + 20});
}

// Block 0 mines 50 coins to a key; in block 1 they are split over the same key and a script's hash,
// from where they go to a taproot address, and block 1's own coinbase goes to the key again.
void write_example(FileSystem& disk) {
  Bytes key_hash(20, 0xAA);
  Bytes taproot(32, 0xBB);
  Bytes script_hash(20, 0xCC);
  auto to_key = [&](Amount value, ScriptKind script) {
    return ExampleTx::Output{value, script, AddressKind::pubkey_hash, key_hash};
  };
  BlockRows first = example_block(Hash256{}, 1'231'006'505,
                                  {{0x01, {}, {to_key(5'000'000'000, ScriptKind::pubkey)}}});
  BlockRows second = example_block(
      first.hash, 1'231'006'506,
      {{0x02, {}, {to_key(5'000'000'000, ScriptKind::pubkey)}},
       {0x03,
        {{filled(0x01), 0}},
        {to_key(3'000'000'000, ScriptKind::pubkey_hash),
         {2'000'000'000, ScriptKind::script_hash, AddressKind::script_hash, script_hash}}},
       {0x04,
        {{filled(0x03), 1}},
        {{2'000'000'000, ScriptKind::taproot, AddressKind::taproot, taproot}}}});
  add_wrapper(second, 2, 1, script_hash, Bytes(20, 0xDD));
  auto writer = Writer::open(disk, "L", "bitcoin:regtest");
  ASSERT_TRUE(writer.has_value());
  ASSERT_TRUE(writer->append(first).has_value());
  ASSERT_TRUE(writer->append(second).has_value());
  ASSERT_TRUE(writer->commit().has_value());
}

// The document's example: lines `path: hex hex ...` between the markers, continued by lines that
// begin with a space; the manifest's text stands in a block of its own.
std::map<std::string, Bytes> documented_files() {
  std::ifstream document(TRACEHOUND_ROOT "/docs/format.md");
  std::map<std::string, Bytes> files;
  std::string path;
  bool inside = false;
  bool manifest = false;
  for (std::string line; std::getline(document, line);) {
    if (line == "```hexdump" || line == "```manifest") {
      inside = line == "```hexdump";
      manifest = line == "```manifest";
    } else if (line == "```") {
      inside = manifest = false;
    } else if (manifest) {
      Bytes& bytes = files["L/manifest"];
      bytes.insert(bytes.end(), line.begin(), line.end());
      bytes.push_back('\n');
    } else if (inside) {
      std::string hex = line;
      if (auto colon = line.find(':'); colon != std::string::npos) {
        path = "L/" + line.substr(0, colon);
        hex = line.substr(colon + 1);
      }
      std::erase(hex, ' ');
      auto bytes = from_hex(hex);
      EXPECT_TRUE(bytes.has_value()) << line;
      if (bytes) files[path].insert(files[path].end(), bytes->begin(), bytes->end());
    }
  }
  return files;
}

TEST(Format, the_documents_worked_example__is_what_the_writer_writes) {
  FaultyFileSystem disk;
  write_example(disk);
  auto documented = documented_files();
  for (const auto& [path, bytes] : disk.contents()) {
    if (path == "L/lock" || path == "L/readers") continue;
    if (path == "L/manifest") {
      EXPECT_EQ(std::string(bytes.begin(), bytes.end()),
                std::string(documented[path].begin(), documented[path].end()));
    } else {
      EXPECT_EQ(to_hex(bytes), to_hex(documented[path])) << path;
    }
    documented.erase(path);
  }
  EXPECT_TRUE(documented.empty()) << documented.begin()->first << " is documented, not written";
}

TEST(Format, the_worked_example__is_a_sound_ledger) {
  FaultyFileSystem disk;
  write_example(disk);
  auto ledger = Ledger::open(disk, "L");
  ASSERT_TRUE(ledger.has_value());
  EXPECT_TRUE(check_ledger(*ledger).clean());
}

}  // namespace
}  // namespace tracehound::ledger
