#include "chains/ethereum/etl.h"

#include <fmt/format.h>
#include <gtest/gtest.h>

#include <filesystem>
#include <fstream>
#include <set>

#include "chains/ethereum/etl_records.h"
#include "ledger/accounts/check.h"
#include "ledger/accounts/ledger.h"
#include "support/faulty_file_system.h"

namespace tracehound::chains::ethereum {
namespace {

using ledger::accounts::Ledger;
using ledger::accounts::TransferId;
using ledger::accounts::TransferKind;
using test::FaultyFileSystem;

void put(FileSystem& files, const std::string& path, const std::string& text) {
  auto file = files.open_write(path);
  ASSERT_TRUE(file.has_value());
  ASSERT_TRUE((*file)->append(as_bytes(text)).has_value());
}

std::string hash(char digit) { return "0x" + std::string(64, digit); }
std::string address(char digit) { return "0x" + std::string(40, digit); }

// Two blocks in the tables of ethereum-etl, as CSV.
struct Tables {
  std::string blocks = "number,hash,parent_hash,miner,timestamp,base_fee_per_gas\n" +
                       fmt::format("7,{},{},{},100,10\n", hash('7'), hash('6'), address('9'));
  std::string transactions =
      "hash,transaction_index,from_address,to_address,value,gas_price,block_number\n" +
      fmt::format("{},0,{},{},5,12,7\n", hash('a'), address('1'), address('2')) +
      fmt::format("{},1,{},{},6,12,7\n", hash('b'), address('1'), address('3'));
  std::string receipts = "transaction_hash,gas_used,status,effective_gas_price\n" +
                         fmt::format("{},100,1,12\n{},200,0,12\n", hash('a'), hash('b'));
  std::string traces =
      "transaction_hash,from_address,to_address,value,trace_type,call_type,trace_address,error,"
      "status\n" +
      fmt::format(
          "{0},{1},{2},5,call,call,,,1\n{0},{2},{3},4,call,call,0,,1\n"
          "{0},{2},{3},3,call,call,1,Reverted,0\n{0},{2},{3},2,call,call,\"1,0\",,1\n"
          "{0},{2},{3},4,call,delegatecall,2,,1\n",
          hash('a'), address('1'), address('2'), address('3'));

  Result<EtlReport> take(FileSystem& disk) const {
    put(disk, "blocks.csv", blocks);
    put(disk, "transactions.csv", transactions);
    put(disk, "receipts.csv", receipts);
    put(disk, "traces.csv", traces);
    return ingest_etl(disk, "L", {"traces.csv", "receipts.csv", "transactions.csv", "blocks.csv"},
                      {});
  }
};

TEST(etl, tables_as_csv__values_calls_fees_and_tips_are_in_the_ledger) {
  FaultyFileSystem disk;
  auto report = Tables().take(disk);
  ASSERT_TRUE(report.has_value()) << report.error().message;
  EXPECT_TRUE(report->has_fees && report->has_traces && !report->has_logs);
  auto ledger = Ledger::open(disk, "L");
  ASSERT_TRUE(ledger.has_value());
  EXPECT_TRUE(ledger::accounts::check_ledger(*ledger).clean());
  ASSERT_EQ(ledger->counts().transfers, 3);  // the value, one call, the tips
  EXPECT_EQ(ledger->amounts()[0], U256(5));
  EXPECT_EQ(ledger->transfer(TransferId(1)).kind, TransferKind::internal);
  EXPECT_EQ(ledger->amounts()[1], U256(4));
  EXPECT_EQ(ledger->transfer(TransferId(2)).kind, TransferKind::reward);
  EXPECT_EQ(ledger->amounts()[2], U256((12 - 10) * 300));
  auto failed = ledger->transaction(*ledger->find_transaction(hash('b')));
  EXPECT_TRUE(failed.failed);
  EXPECT_EQ(failed.fee, U256(2400));
}

TEST(etl, tables_that_do_not_go_together__are_refused_in_a_sentence) {
  auto refusal = [](const Tables& tables) {
    FaultyFileSystem disk;
    auto report = tables.take(disk);
    EXPECT_FALSE(disk.exists("L/manifest"));
    return report ? std::string("taken") : report.error().message;
  };
  Tables tables;
  tables.transactions += fmt::format("{},0,{},{},5,12,8\n", hash('c'), address('1'), address('2'));
  EXPECT_NE(refusal(tables).find("transactions.csv, line 4: it is of block 8"), std::string::npos);
  tables = {};
  tables.receipts += fmt::format("{},1,1,1\n", hash('d'));
  EXPECT_NE(refusal(tables).find("receipts.csv, line 4: it is of transaction"), std::string::npos);
  tables = {};
  tables.transactions.replace(tables.transactions.find(",5,12"), 5, ",-5,1");
  EXPECT_NE(refusal(tables).find("value is no number: `-5`"), std::string::npos);
  tables = {};
  tables.transactions.replace(tables.transactions.find(",1,0x"), 3, ",2,");
  EXPECT_NE(refusal(tables).find("block 7 has no transaction 1"), std::string::npos);
  tables = {};
  tables.traces.replace(tables.traces.find("\"1,0\""), 5, "1/0");
  EXPECT_NE(refusal(tables).find("trace_address is no list of numbers: `1/0`"), std::string::npos);
  tables = {};
  tables.receipts = "<html>\n";
  EXPECT_NE(refusal(tables).find("receipts.csv is a web page"), std::string::npos);
  tables.receipts = "[{}]\n";
  EXPECT_NE(refusal(tables).find("receipts.csv is a JSON list"), std::string::npos);
  FaultyFileSystem disk;
  auto unnamed = ingest_etl(disk, "L", {"stuff.csv"}, {});
  ASSERT_FALSE(unnamed.has_value());
  EXPECT_NE(unnamed.error().message.find("rename it after what it holds"), std::string::npos);
}

// Everything behind a table's heading, once more.
std::string twice(const std::string& table) { return table + table.substr(table.find('\n') + 1); }

TEST(etl, rows_that_are_there_twice__are_refused_and_not_counted_twice) {
  auto refusal = [](const Tables& tables, const std::string& more, const std::string& text) {
    FaultyFileSystem disk;
    put(disk, more, text);
    put(disk, "blocks.csv", tables.blocks);
    put(disk, "transactions.csv", tables.transactions);
    put(disk, "traces.csv", tables.traces);
    auto report = ingest_etl(disk, "L", {"blocks.csv", "transactions.csv", "traces.csv", more}, {});
    return report ? std::string("taken") : report.error().message;
  };
  std::string logs =
      "transaction_hash,log_index,address,data,topics\n" +
      fmt::format("{},0,{},{},\"{},{},{}\"\n", hash('a'), address('4'), hash('0'),
                  "0xddf252ad1be2c89b69c2b068fc378daa952ba7f163c4a11628f55a4df523b3ef", hash('1'),
                  hash('2'));
  std::string transfers =
      "transaction_hash,log_index,token_address,from_address,to_address,value\n" +
      fmt::format("{},0,{},{},{},9\n", hash('b'), address('4'), address('1'), address('2'));
  EXPECT_EQ(refusal({}, "logs.csv", logs), "taken");
  EXPECT_NE(refusal({}, "logs.csv", twice(logs)).find("log 0 of block 7"), std::string::npos);
  EXPECT_EQ(refusal({}, "token_transfers.csv", transfers), "taken");
  EXPECT_NE(
      refusal({}, "token_transfers.csv", twice(transfers)).find("row of token_transfers once"),
      std::string::npos);
  Tables tables;
  tables.blocks = twice(tables.blocks);
  EXPECT_NE(refusal(tables, "logs.csv", logs).find("blocks.csv, line 3: block 7 is there a second"),
            std::string::npos);
  tables = {};
  tables.traces = twice(tables.traces);
  EXPECT_NE(refusal(tables, "logs.csv", logs).find("call [] of transaction"), std::string::npos);
}

TEST(etl, traces_in_any_order__are_the_same_calls) {
  Tables tables;
  FaultyFileSystem disk;
  ASSERT_TRUE(tables.take(disk).has_value());
  // A file that lists what is inside a call that was undone before the call itself.
  std::size_t heading = tables.traces.find('\n') + 1;
  std::string reversed;
  for (std::size_t start = heading; start < tables.traces.size();) {
    std::size_t end = tables.traces.find('\n', start) + 1;
    reversed.insert(0, tables.traces.substr(start, end - start));
    start = end;
  }
  tables.traces = tables.traces.substr(0, heading) + reversed;
  FaultyFileSystem other;
  ASSERT_TRUE(tables.take(other).has_value());
  // Which has the checksum of all rows.
  auto manifest = read_file(disk, "L/manifest");
  ASSERT_TRUE(manifest.has_value());
  EXPECT_EQ(read_file(other, "L/manifest").value(), *manifest);
}

// A public data set's two blocks: exactly the token transfers that its own extraction expects.
TEST(etl, two_real_blocks__have_exactly_the_291_expected_token_transfers) {
  std::string data = TRACEHOUND_ROOT "/../shared/data/ethereum/blocks-17173049-17173050/";
  if (!std::filesystem::exists(data)) GTEST_SKIP() << "no real data beside the project";
  FaultyFileSystem disk;
  auto copy = [&](const std::string& name) {
    std::ifstream stream(data + name);
    std::string text((std::istreambuf_iterator<char>(stream)), std::istreambuf_iterator<char>());
    put(disk, name, text);
    return text;
  };
  copy("expected_blocks.json");
  copy("expected_transactions.json");
  copy("expected_logs.json");
  auto report = ingest_etl(
      disk, "L", {"expected_blocks.json", "expected_transactions.json", "expected_logs.json"}, {});
  ASSERT_TRUE(report.has_value()) << report.error().message;
  auto ledger = Ledger::open(disk, "L");
  ASSERT_TRUE(ledger.has_value());
  EXPECT_TRUE(ledger::accounts::check_ledger(*ledger).clean());
  EXPECT_EQ(ledger->counts().blocks, 2);

  std::multiset<std::string> found;
  for (std::uint64_t i = 0; i < ledger->counts().transfers; ++i) {
    auto row = ledger->transfer(TransferId(i));
    if (row.kind != TransferKind::token) continue;
    std::string contract = ledger->asset(row.asset).contract;
    std::string value = row.amount.text();
    if (auto slash = contract.find('/'); slash != std::string::npos) {
      EXPECT_EQ(value, "1");
      value = contract.substr(slash + 1);
      contract.resize(slash);
    }
    auto name = [&](ledger::accounts::AccountId account) {
      std::string text = ledger->account_text(account);
      return text.empty() ? address('0') : text;
    };
    found.insert(fmt::format("{} {} {} {} {} {}", ledger->id_text(ledger->tx_of(TransferId(i))),
                             row.position, contract, name(row.from), name(row.to), value));
  }
  std::multiset<std::string> expected;
  ASSERT_TRUE(each_record(copy("expected_token_transfers.json"), "expected", [&](Record& record) {
                expected.insert(
                    fmt::format("{} {} {} {} {} {}", record.hash({"transaction_hash"}),
                                record.number_32({"log_index"}), record.address({"token_address"}),
                                record.address({"from_address"}), record.address({"to_address"}),
                                record.number({"value"}).text()));
              }).has_value());
  EXPECT_EQ(expected.size(), 291);
  EXPECT_EQ(found, expected);
}

}  // namespace
}  // namespace tracehound::chains::ethereum
