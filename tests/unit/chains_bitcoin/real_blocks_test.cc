// The real chain: every number that separate software found in the same files.
#include <simdjson.h>

#include <array>
#include <cstdio>
#include <set>

#include "chains/bitcoin/address.h"
#include "unit/chains_bitcoin/blocks_folder.h"

namespace tracehound::chains::bitcoin {
namespace {

class RealBlocksTest : public BlocksFolder {
 protected:
  void SetUp() override { network = "main"; }

  // False where the data is absent; the test then says so and ends.
  bool copy(const std::string& from, const std::string& to) {
    auto bytes = shared_data(from);
    if (bytes) put(to, *bytes);
    return bytes.has_value();
  }
};

#define NEED(condition) \
  if (!(condition)) GTEST_SKIP() << "the shared data is absent"

simdjson::dom::element parse(simdjson::dom::parser& parser, const Bytes& text) {
  return parser.parse(reinterpret_cast<const char*>(text.data()), text.size()).value();
}

std::string address_of(const ledger::Ledger& ledger, CoinId coin) {
  AddressId address = ledger.address(coin);
  return address_text(*find_network_of_chain(ledger.chain()), ledger.address_kind(address),
                      ledger.address_payload(address));
}

std::string_view type_name(ledger::ScriptKind kind) {
  switch (kind) {
    case ledger::ScriptKind::pubkey:
      return "p2pk";
    case ledger::ScriptKind::pubkey_hash:
      return "p2pkh";
    default:
      return "other";
  }
}

// What summary.json counts, counted in the ledger.
struct Totals {
  std::uint64_t spending = 0;
  std::map<std::string_view, std::uint64_t> types;
  Amount coinbase = 0;
  Amount fees = 0;
  std::uint64_t unspent = 0;
  Amount unspent_value = 0;
};

Totals count(const ledger::Ledger& ledger) {
  Totals totals;
  for (std::uint32_t row = 0; row < ledger.counts().transactions; ++row) {
    TxId tx(row);
    Amount in = 0;
    Amount out = 0;
    for (std::uint64_t i = 0; i < ledger.input_count(tx); ++i) {
      in += ledger.value(ledger.input(tx, i));
    }
    for (CoinId coin : ledger.outputs(tx)) {
      out += ledger.value(coin);
      ++totals.types[type_name(ledger.script(coin))];
      if (ledger.spender(coin)) continue;
      ++totals.unspent;
      totals.unspent_value += ledger.value(coin);
    }
    if (ledger.is_coinbase(tx)) {
      totals.coinbase += out;
    } else {
      ++totals.spending;
      totals.fees += in - out;
    }
  }
  return totals;
}

TEST_F(RealBlocksTest, the_first_4313_blocks__every_number_of_the_summary) {
  NEED(copy("mainnet-0-4312/blk00000.dat", "blk00000.dat"));
  IngestReport report = ingested({.commit_bytes = 200'000});
  EXPECT_EQ(report.scan.duplicates + report.scan.side_blocks + report.scan.unconnected, 0U);
  EXPECT_TRUE(report.scan.damaged.empty() && report.scan.unfinished.empty());

  Bytes text = *shared_data("mainnet-0-4312/summary.json");
  simdjson::dom::parser parser;
  auto summary = parse(parser, text);
  auto number = [&](const char* name) { return summary[name].get_uint64().value(); };
  ledger::Ledger ledger = open();
  Totals totals = count(ledger);
  EXPECT_EQ(ledger.counts().blocks, number("blocks"));
  EXPECT_EQ(ledger.block_hash(ledger.tip()).text(), summary["tip_hash"].get_string().value());
  EXPECT_EQ(ledger.counts().transactions, number("tx"));
  EXPECT_EQ(totals.spending, number("non_coinbase_tx"));
  EXPECT_EQ(ledger.counts().inputs, number("inputs_non_coinbase"));
  EXPECT_EQ(ledger.counts().coins, number("outputs"));
  EXPECT_EQ(totals.types["p2pk"], summary["output_types"]["p2pk"].get_uint64().value());
  EXPECT_EQ(totals.types["p2pkh"], summary["output_types"]["p2pkh"].get_uint64().value());
  EXPECT_EQ(totals.types["other"], 0U);
  EXPECT_EQ(ledger.counts().addresses, number("distinct_addresses_p2pk_folded_to_p2pkh"));
  EXPECT_EQ(totals.coinbase, number("total_coinbase_sat"));
  EXPECT_EQ(totals.fees, number("total_fees_sat"));
  EXPECT_EQ(totals.unspent, number("utxo_count"));
  EXPECT_EQ(totals.unspent_value, number("utxo_value_sat"));
}

void expect_transaction(const ledger::Ledger& ledger, simdjson::dom::element expected) {
  auto number = [](simdjson::dom::element element, const char* name) {
    return element[name].get_uint64().value();
  };
  auto string = [](simdjson::dom::element element, const char* name) {
    return std::string(element[name].get_string().value());
  };
  std::string txid = string(expected, "txid");
  auto tx = ledger.find_transaction(*Hash256::from_text(txid));
  ASSERT_TRUE(tx.has_value()) << txid;
  EXPECT_EQ(ledger.height(*tx).number(), number(expected, "height")) << txid;
  EXPECT_EQ(ledger.block_time(ledger.height(*tx)), number(expected, "block_time")) << txid;

  Amount fee = 0;
  std::uint64_t i = 0;
  for (simdjson::dom::element input : expected["inputs"]) {
    ASSERT_LT(i, ledger.input_count(*tx)) << txid;
    CoinId coin = ledger.input(*tx, i++);
    EXPECT_EQ(ledger.outpoint(coin).txid.text(), string(input, "prev_txid")) << txid;
    EXPECT_EQ(ledger.outpoint(coin).index, number(input, "vout")) << txid;
    EXPECT_EQ(address_of(ledger, coin), string(input, "address")) << txid;
    EXPECT_EQ(ledger.value(coin), number(input, "value")) << txid;
    EXPECT_EQ(ledger.spender(coin), tx) << txid;
    fee += ledger.value(coin);
  }
  EXPECT_EQ(i, ledger.input_count(*tx)) << txid;
  std::uint64_t outputs = 0;
  for (simdjson::dom::element output : expected["outputs"]) {
    auto index = static_cast<std::uint32_t>(number(output, "vout"));
    auto coin = ledger.find_coin({ledger.txid(*tx), index});
    ASSERT_TRUE(coin.has_value()) << txid;
    EXPECT_EQ(address_of(ledger, *coin), string(output, "address")) << txid;
    EXPECT_EQ(type_name(ledger.script(*coin)), string(output, "type")) << txid;
    EXPECT_EQ(ledger.value(*coin), number(output, "value")) << txid;
    fee -= ledger.value(*coin);
    ++outputs;
  }
  EXPECT_EQ(outputs, ledger.outputs(*tx).size()) << txid;
  EXPECT_EQ(fee, number(expected, "fee")) << txid;
}

TEST_F(RealBlocksTest, the_first_4313_blocks__every_transaction_that_spends) {
  NEED(copy("mainnet-0-4312/blk00000.dat", "blk00000.dat"));
  ingested({.commit_bytes = 10'000'000});
  Bytes text = *shared_data("mainnet-0-4312/non_coinbase_txs.json");
  simdjson::dom::parser parser;
  ledger::Ledger ledger = open();
  std::uint64_t compared = 0;
  for (simdjson::dom::element expected : parse(parser, text).get_array()) {
    expect_transaction(ledger, expected);
    ++compared;
  }
  EXPECT_EQ(compared, 58U);
}

TEST_F(RealBlocksTest, ten_pieces_and_one_go__same_bytes) {
  NEED(copy("mainnet-0-4312/blk00000.dat", "blk00000.dat"));
  ingested({.commit_bytes = 10'000'000});
  LedgerFiles one_go = ledger_files(disk);
  for (const auto& [file, bytes] : one_go) ASSERT_TRUE(disk.remove(file).has_value());
  std::uint64_t added = 0;
  for (std::uint32_t piece = 1; piece <= 10; ++piece)
    added += ingested_to(432 * piece).blocks_added;
  EXPECT_EQ(added, 4313U);
  expect_ledger(one_go);
}

TEST_F(RealBlocksTest, two_files_in_either_order_or_as_one__same_bytes) {
  auto first = shared_data("two-files-and-damaged/blk00000.dat");
  auto second = shared_data("two-files-and-damaged/blk00001.dat");
  NEED(first && second);
  Bytes both = *first;
  both.insert(both.end(), second->begin(), second->end());
  put("blk00000.dat", both);
  EXPECT_EQ(ingested().blocks_added, 600U);
  LedgerFiles as_one = ledger_files(disk);

  for (bool swapped : {false, true}) {
    for (const auto& [file, bytes] : ledger_files(disk)) ASSERT_TRUE(disk.remove(file).has_value());
    put("blk00000.dat", swapped ? *second : *first);
    put("blk00001.dat", swapped ? *first : *second);
    EXPECT_EQ(ingested().blocks_added, 600U);
    expect_ledger(as_one);
  }
}

// incompleteblk.dat: blocks 300 to 599 whole, one stray byte, block 598 again, then space set
// aside.
TEST_F(RealBlocksTest, the_damaged_file__gives_its_whole_blocks_and_names_the_rest) {
  NEED(copy("two-files-and-damaged/blk00000.dat", "blk00000.dat") &&
       copy("two-files-and-damaged/incompleteblk.dat", "blk00001.dat"));
  IngestReport report = ingested();
  EXPECT_EQ(report.blocks_added, 600U);
  EXPECT_EQ(report.tip_hash.text(),
            "0000000042844571bc6bce8e1c0fbec99466971eaff89fef8c0d123582181d4d");
  EXPECT_EQ(report.scan.records, 601U);
  EXPECT_EQ(report.scan.duplicates, 1U);
  ASSERT_EQ(report.scan.damaged.size(), 1U);
  EXPECT_EQ(report.scan.damaged[0].file, "blocks/blk00001.dat");
  EXPECT_EQ(report.scan.damaged[0].offset, 70449U);
  EXPECT_EQ(report.scan.damaged[0].what, "1 byte here belongs to no record");
  EXPECT_TRUE(report.scan.unfinished.empty());
  LedgerFiles damaged = ledger_files(disk);

  for (const auto& [file, bytes] : damaged) ASSERT_TRUE(disk.remove(file).has_value());
  ASSERT_TRUE(copy("two-files-and-damaged/blk00001.dat", "blk00001.dat"));
  ingested();
  expect_ledger(damaged);
}

TEST_F(RealBlocksTest, a_start_that_is_not_block_0__is_refused_with_the_missing_hash) {
  std::string packed = TRACEHOUND_ROOT "/../shared/data/bitcoin/blocks1-256.bz2";
  NEED(posix_files().exists(packed));
  FILE* pipe = ::popen(("bunzip2 -c '" + packed + "'").c_str(), "r");
  ASSERT_NE(pipe, nullptr);
  Bytes bytes;
  std::array<Byte, 4096> chunk;
  while (std::size_t got = std::fread(chunk.data(), 1, chunk.size(), pipe)) {
    bytes.insert(bytes.end(), chunk.begin(), chunk.begin() + got);
  }
  int ended = ::pclose(pipe);
  if (ended != 0) GTEST_SKIP() << "bunzip2 is absent";
  put("blk00000.dat", bytes);
  EXPECT_EQ(refused(),
            "the blocks in blocks do not begin at the genesis block of main: block "
            "00000000839a8e6886ab5951d76f411475428afc90947ee320161bbf18eb6048 "
            "(blocks/blk00000.dat, byte 0) builds on the genesis block "
            "000000000019d6689c085ae165831e934ff763ae46a2a6c172b3f1b60a8ce26f, which is missing; "
            "put the file that holds it into the folder");
}

TEST_F(RealBlocksTest, wrong_network__the_right_one_is_named) {
  NEED(copy("mainnet-0-4312/blk00000.dat", "blk00000.dat"));
  network = "testnet4";
  EXPECT_EQ(refused(),
            "blocks/blk00000.dat looks like a file of the network main, not of testnet4; ingest it "
            "with --network main");
  NEED(copy("emulated-wasabi2/blk00000.dat", "blk00000.dat"));
  network = "litecoin-regtest";
  EXPECT_EQ(refused(),
            "blocks/blk00000.dat begins with the genesis block of the network regtest, not of "
            "litecoin-regtest; ingest it with --network regtest");
}

TEST_F(RealBlocksTest, blocks_of_a_test_network__with_witnesses_and_coinjoins) {
  NEED(copy("emulated-wasabi2/blk00000.dat", "blk00000.dat"));
  network = "regtest";
  IngestReport report = ingested();
  EXPECT_EQ(report.blocks_added, 324U);
  EXPECT_TRUE(report.scan.damaged.empty() && report.scan.unfinished.empty());
  EXPECT_EQ(report.tip_hash.text(),
            "61ff037138491009c77124376f2cd1d7f414eecb1def1c0d7e50d3606938dbe4");
  ledger::Ledger ledger = open();
  // Every address of the ground truth got as many outputs as it says.
  Bytes csv = *shared_data("emulated-wasabi2/ground_truth_owner.csv");
  std::string text(csv.begin(), csv.end());
  std::size_t rows = 0;
  for (std::size_t at = text.find('\n') + 1; at < text.size(); at = text.find('\n', at) + 1) {
    std::string line = text.substr(at, text.find('\n', at) - at);
    if (line.ends_with('\r')) line.pop_back();
    auto parsed = parse_address(*find_network(network), line.substr(0, line.find(',')));
    ASSERT_TRUE(parsed.has_value()) << line;
    auto address = ledger.find_address(parsed->kind, parsed->payload);
    ASSERT_TRUE(address.has_value()) << line;
    EXPECT_EQ(ledger.coins_of(*address).size(), std::stoul(line.substr(line.rfind(',') + 1)))
        << line;
    ++rows;
  }
  EXPECT_EQ(rows, 260U);
}

}  // namespace
}  // namespace tracehound::chains::bitcoin
