#include "chains/transfers/ingest.h"

#include <fmt/format.h>
#include <gtest/gtest.h>

#include <filesystem>
#include <fstream>
#include <random>

#include "base/parallel.h"
#include "chains/transfers/csv.h"
#include "chains/transfers/time_text.h"
#include "ledger/accounts/check.h"
#include "ledger/accounts/ledger.h"
#include "support/faulty_file_system.h"

namespace tracehound::chains::transfers {
namespace {

using ledger::accounts::AssetId;
using ledger::accounts::Ledger;
using test::FaultyFileSystem;

constexpr const char* kMap =
    "chain = xrp\ntime = when\nblock = height\ntx = id\nposition = n\nfrom = a\nto = b\n"
    "amount = x\nasset = unit\ndecimals = \"6\"\n";
constexpr const char* kHeading = "when,height,id,n,a,b,x,unit\n";

void put(FileSystem& files, const std::string& path, const std::string& text) {
  auto file = files.open_write(path);
  ASSERT_TRUE(file.has_value());
  ASSERT_TRUE((*file)->truncate(0).has_value());
  ASSERT_TRUE((*file)->append(as_bytes(text)).has_value());
}

Result<IngestReport> take(FileSystem& files, const std::string& csv, const std::string& map = kMap,
                          const IngestOptions& options = {}) {
  put(files, "list.csv", csv);
  TRY_ASSIGN(auto parsed, parse_transfer_map(map, "list.map"));
  TRY_ASSIGN(auto source, open_csv(files, "list.csv", parsed));
  return ingest_transfers(files, "L", parsed, *source, options);
}

std::string refusal(const std::string& csv, const std::string& map = kMap) {
  FaultyFileSystem disk;
  auto report = take(disk, csv, map);
  EXPECT_FALSE(disk.exists("L/manifest"));
  if (report) return "taken";
  EXPECT_EQ(report.error().kind, ErrorKind::bad_input);
  return report.error().message;
}

// Every transfer of the ledger, a line each.
std::string book(FileSystem& files) {
  auto ledger = Ledger::open(files, "L");
  if (!ledger) return ledger.error().message;
  EXPECT_TRUE(ledger::accounts::check_ledger(*ledger).clean());
  std::string text;
  for (std::uint64_t i = 0; i < ledger->counts().transfers; ++i) {
    ledger::accounts::TransferId id(i);
    auto row = ledger->transfer(id);
    auto tx = ledger->tx_of(id);
    auto asset = ledger->asset(row.asset);
    text += fmt::format("{} {} {} {} {}>{} {} {}\n", ledger->block(ledger->block_of(tx)).number,
                        ledger->time(tx), ledger->id_text(tx), row.position,
                        ledger->account_text(row.from), ledger->account_text(row.to),
                        row.amount.text(asset.decimals), asset.symbol);
  }
  return text;
}

TEST(transfers, a_list_in_any_order__is_taken_in_by_block_transaction_and_position) {
  FaultyFileSystem disk;
  auto report = take(disk, std::string(kHeading) +
                               "2023-01-13 20:34:11,7,t2,0,bob,carol,2,XRP\n"
                               "1673642000,6,t9,1,alice,,0.5,XRP\n"
                               "2023-01-13T20:34:11Z,7,t1,5,bob,bob,0.000001,USD\n"
                               "1673642000000,6,t9,0,,alice,10,XRP\n"
                               "2023-01-13T21:34:11+01:00,7,t2,1,carol,\"d, \"\"e\"\"\",1.0,XRP\n");
  ASSERT_TRUE(report.has_value()) << report.error().message;
  EXPECT_TRUE(report->sorted);
  EXPECT_EQ(report->rows, 5);
  EXPECT_EQ(report->transactions, 3);
  EXPECT_EQ(book(disk),
            "6 1673642000 t9 0 >alice 10 XRP\n"
            "6 1673642000 t9 1 alice> 0.5 XRP\n"
            "7 1673642051 t2 0 bob>carol 2 XRP\n"
            "7 1673642051 t2 1 carol>d, \"e\" 1 XRP\n"
            "7 1673642051 t1 5 bob>bob 0.000001 USD\n");
}

TEST(transfers, repeated_rows__are_passed_over_and_contradictions_refused_with_both_lines) {
  FaultyFileSystem disk;
  std::string row = "10,1,t,0,a,b,5,XRP\n";
  auto report = take(disk, kHeading + row + row + "10,1,t,1,a,b,5,XRP\n" + row);
  ASSERT_TRUE(report.has_value()) << report.error().message;
  EXPECT_EQ(report->remarks.skipped, 2);
  EXPECT_EQ(report->transfers, 2);
  EXPECT_NE(refusal(kHeading + row + "10,1,u,0,a,b,5,XRP\n10,1,t,0,a,b,6,XRP\n")
                .find("list.csv, line 4: contradicts line 2"),
            std::string::npos);
}

TEST(transfers, rows_of_another_time_than_their_block__are_counted_and_get_the_blocks) {
  // Of these blocks the first and the last are made apart from the others.
  std::string rows;
  for (int block = 1; block <= 4; ++block) {
    for (int i = 0; i < 3; ++i) {
      rows += fmt::format("{},{},t{}-{},0,a,b,5,XRP\n", 100 * block + i / 2, block, block, i);
    }
  }
  FaultyFileSystem disk;
  auto report = take(disk, kHeading + rows);
  ASSERT_TRUE(report.has_value()) << report.error().message;
  EXPECT_EQ(report->remarks.other_times, 4);
  EXPECT_NE(book(disk).find("3 300 t3-2 0 a>b 5 XRP"), std::string::npos) << book(disk);
}

TEST(transfers, without_positions__same_rows_are_kept_unless_the_map_says_skip) {
  std::string map = kMap;
  map.erase(map.find("position = n\n"), std::string("position = n\n").size());
  std::string row = "10,1,t,0,a,b,5,XRP\n";
  FaultyFileSystem kept;
  auto report = take(kept, kHeading + row + row, map);
  ASSERT_TRUE(report.has_value());
  EXPECT_EQ(std::pair(report->transfers, report->remarks.kept), std::pair(2UL, 1UL));
  FaultyFileSystem skipped;
  report = take(skipped, kHeading + row + row, map + "repeats = skip\n");
  ASSERT_TRUE(report.has_value());
  EXPECT_EQ(std::pair(report->transfers, report->remarks.skipped), std::pair(1UL, 1UL));
}

TEST(transfers, rows_that_cannot_be__are_refused_by_line_and_leave_no_ledger) {
  auto row = [](const std::string& cells) { return kHeading + ("10,1,t,0,a,b,1,XRP\n" + cells); };
  EXPECT_NE(refusal(row("10,1,t,1,a,b,-1,XRP\n")).find("line 3: -1 is below zero"),
            std::string::npos);
  EXPECT_NE(refusal(row("10,1,t,1,a,b," + std::string(300, '9') + ",XRP\n")).find("does not fit"),
            std::string::npos);
  EXPECT_NE(refusal(row("10,1,t,1,a,b,0.0000001,XRP\n")).find("more than 6 decimals"),
            std::string::npos);
  EXPECT_NE(refusal(row("10,1,t,1,a,b,1\n")).find("7 cells where the heading has 8"),
            std::string::npos);
  EXPECT_NE(refusal(row("yesterday,1,t,1,a,b,1,XRP\n")).find("yesterday is no time"),
            std::string::npos);
  EXPECT_NE(refusal(row("10,0x1,t,1,a,b,1,XRP\n")).find("0x1 is no block number"),
            std::string::npos);
  EXPECT_NE(refusal(row("10,1,t,-1,a,b,1,XRP\n")).find("-1 is no position"), std::string::npos);
  EXPECT_NE(refusal(row("10,1,t,1,,,1,XRP\n")).find("neither from nor to"), std::string::npos);
  EXPECT_NE(refusal(row("10,2,t,1,a,b,1,XRP\n")).find("t is in the ledger already"),
            std::string::npos);
  EXPECT_NE(refusal(row("10,1,t,1,a,\"b,1,XRP\n")).find("line 3: a quote that does not end"),
            std::string::npos);
  EXPECT_EQ(refusal(kHeading), "list.csv has no rows");
  EXPECT_EQ(refusal(""), "list.csv has no heading");
  EXPECT_NE(refusal("when,height\n").find("has no column id"), std::string::npos);
}

// 2 MB of rows, in blocks of one to 40 and one of 6,000, so that most blocks lie in one piece of
// the file and some in several. `lines[i]` is the i-th row.
std::vector<std::string> many_rows() {
  std::mt19937_64 engine(5);
  std::vector<std::string> rows;
  for (int block = 1; block <= 1000; ++block) {
    std::uint64_t size = block == 400 ? 6000 : 1 + engine() % 40;
    for (std::uint64_t i = 0; i < size; ++i) {
      rows.push_back(fmt::format("{},{},tx{}-{},{},account{:040},account{:040},{},XRP\n",
                                 1000 + block, block, block, i / 3, i % 3, engine() % 5000,
                                 engine() % 5000, engine() % 1'000'000));
    }
  }
  return rows;
}

std::string joined(std::span<const std::string> rows) {
  std::string text(kHeading);
  for (const std::string& row : rows) text += row;
  return text;
}

TEST(transfers, a_list_of_many_pieces__makes_the_same_bytes_by_any_threads_commits_and_order) {
  std::vector<std::string> rows = many_rows();
  FaultyFileSystem disk;
  auto report = take(disk, joined(rows));
  ASSERT_TRUE(report.has_value()) << report.error().message;
  EXPECT_FALSE(report->sorted);
  EXPECT_EQ(report->transfers, rows.size());
  EXPECT_EQ(report->blocks, 1000);
  EXPECT_EQ(report->rows, rows.size());
  EXPECT_EQ(report->transactions, report->counts.transactions);
  EXPECT_EQ(std::ranges::count(book(disk), '\n'), static_cast<long>(rows.size()));
  auto ledger_of = [](const FaultyFileSystem& files) {
    auto contents = files.contents();
    std::erase_if(contents, [](auto& file) {
      return !file.first.starts_with("L/columns") && !file.first.starts_with("L/runs") &&
             file.first != "L/manifest";
    });
    return contents;
  };

  FaultyFileSystem alone;
  {
    ThreadLimit one(1);
    ASSERT_TRUE(take(alone, joined(rows), kMap, {.commit_rows = 700}).has_value());
  }
  EXPECT_TRUE(ledger_of(alone) == ledger_of(disk));

  FaultyFileSystem shuffled;
  auto second_block =
      std::ranges::find_if(rows, [](auto& row) { return row.starts_with("1002,"); });
  std::ranges::rotate(rows, second_block);
  auto sorted = take(shuffled, joined(rows));
  ASSERT_TRUE(sorted.has_value()) << sorted.error().message;
  EXPECT_TRUE(sorted->sorted);
  EXPECT_TRUE(ledger_of(shuffled) == ledger_of(disk));
}

TEST(transfers, what_is_wrong_deep_in_a_list__is_named_by_its_own_line) {
  std::vector<std::string> rows = many_rows();
  auto named = [&](std::size_t place, const std::string& row) {
    std::vector<std::string> changed = rows;
    changed[place] = row;
    return refusal(joined(changed));
  };
  for (std::size_t place : {std::size_t{500}, rows.size() / 2, rows.size() - 7}) {
    // Cells of the row that stands there, to make one of the same block that is wrong.
    std::string block = rows[place].substr(0, rows[place].find(",tx"));
    std::string line = fmt::format("list.csv, line {}: ", place + 2);
    EXPECT_TRUE(named(place, block + ",tx1-0,0,a,b,1,XRP\n").starts_with(line)) << place;
    EXPECT_TRUE(named(place, block + ",t,x,a,b,1,XRP\n").starts_with(line)) << place;
    EXPECT_EQ(
        named(place, rows[place - 1].substr(0, rows[place - 1].find(",account")) + ",a,b,1,XRP\n")
            .substr(0, line.size() + 11),
        line + "contradicts")
        << place;
  }
}

TEST(transfers, an_asset_that_is_written_in_capitals_too__is_one_asset) {
  std::string map = std::string(kMap) + "contract = token\n";
  std::string heading = "when,height,id,n,a,b,x,unit,token\n";
  std::string capitals = "0xABCDEF0123456789ABCDEF0123456789ABCDEF01";
  std::string lower = "0xabcdef0123456789abcdef0123456789abcdef01";
  FaultyFileSystem disk;
  auto report = take(disk,
                     heading + "10,1,t,0,a,b,1,TOK," + lower + "\n20,2,u,0,a,b,1,TOK," + capitals +
                         "\n20,2,u,1,a,b,1,TOK," + capitals + "1\n",
                     map);
  ASSERT_TRUE(report.has_value()) << report.error().message;
  auto ledger = Ledger::open(disk, "L");
  ASSERT_TRUE(ledger.has_value());
  EXPECT_EQ(ledger->counts().assets, 2);  // what is no address is as it stands
  for (const std::string& name : {capitals, lower}) {
    EXPECT_EQ(ledger->find_asset(name), AssetId(0));
    EXPECT_EQ(ledger->find_assets(name).size(), 1);
  }
  EXPECT_TRUE(ledger->find_asset(capitals + "1").has_value());
  EXPECT_FALSE(ledger->find_asset(lower + "1").has_value());
}

TEST(transfers, a_failure_right_before_the_list_counts__leaves_the_ledger_as_it_was) {
  FaultyFileSystem disk;
  ASSERT_TRUE(take(disk, std::string(kHeading) + "10,1,t,0,a,b,1,XRP\n").has_value());
  std::string before = book(disk);
  put(disk, "list.csv", std::string(kHeading) + "20,2,u,0,a,b,1,XRP\n30,3,v,0,a,b,1,XRP\n");
  auto map = parse_transfer_map(kMap, "list.map");
  ASSERT_TRUE(map.has_value());
  auto source = open_csv(disk, "list.csv", *map);
  ASSERT_TRUE(source.has_value());
  for (std::uint64_t commit_rows : {1, 100}) {
    auto report = ingest_transfers(disk, "L", *map, **source, {.commit_rows = commit_rows}, {},
                                   [] { return machine_error("no"); });
    ASSERT_FALSE(report.has_value());
    EXPECT_EQ(report.error().message, "no");
    EXPECT_EQ(book(disk), before);
  }
}

TEST(transfers, maps_that_say_too_little_or_too_much__are_refused) {
  std::string row = std::string(kHeading) + "10,1,t,0,a,b,1,XRP\n";
  EXPECT_EQ(refusal(row, "chain = x\n"), "list.map: `time` is missing");
  EXPECT_NE(refusal(row, std::string(kMap) + "colour = red\n").find("`colour` is no field"),
            std::string::npos);
  EXPECT_NE(refusal(row, std::string(kMap) + "to = c\n").find("`to` a second time"),
            std::string::npos);
  EXPECT_NE(refusal(row, std::string(kMap) + "unit = wei\n").find("unit is base"),
            std::string::npos);
}

TEST(transfers, a_list_that_goes_on__is_added_and_one_from_before_is_refused) {
  FaultyFileSystem disk;
  ASSERT_TRUE(take(disk, kHeading + std::string("10,1,t,0,a,b,1,XRP\n")).has_value());
  ASSERT_TRUE(take(disk, kHeading + std::string("20,2,u,0,b,a,1,XRP\n")).has_value());
  std::string before = book(disk);
  auto again = take(disk, kHeading + std::string("15,2,v,0,b,a,1,XRP\n"));
  ASSERT_FALSE(again.has_value());
  EXPECT_NE(again.error().message.find("block 2 is not after the ledger's last one, 2"),
            std::string::npos);
  EXPECT_FALSE(take(disk, kHeading + std::string("30,3,w,0,b,a,1,XRP\n30,4,w,0,b,a,1,XRP\n")));
  EXPECT_EQ(book(disk), before);
}

TEST(transfers, amounts_in_base_units__and_in_scientific_notation__are_exact) {
  std::string map = kMap;
  map += "unit = base\n";
  FaultyFileSystem disk;
  std::string most =
      "115792089237316195423570985008687907853269984665640564039457584007913129639935";
  ASSERT_TRUE(take(disk, kHeading + ("10,1,t,0,a,b," + most + ",XRP\n10,1,t,1,a,b,12e3,XRP\n"), map)
                  .has_value());
  auto ledger = Ledger::open(disk, "L");
  ASSERT_TRUE(ledger.has_value());
  EXPECT_EQ(ledger->amounts()[0], kU256Max);
  EXPECT_EQ(ledger->amounts()[1], U256(12'000));
  FaultyFileSystem hexadecimal;
  std::string all = "0x" + std::string(64, 'f');
  ASSERT_TRUE(
      take(hexadecimal, kHeading + ("10,1,t,0,a,b," + all + ",XRP\n10,1,t,1,a,b,0x00ff,XRP\n"), map)
          .has_value());
  ledger = Ledger::open(hexadecimal, "L");
  ASSERT_TRUE(ledger.has_value());
  EXPECT_EQ(ledger->amounts()[0], kU256Max);
  EXPECT_EQ(ledger->amounts()[1], U256(255));
  std::string more = kHeading + ("10,1,t,0,a,b," + all + "0,XRP\n");
  EXPECT_NE(refusal(more, map).find("is no amount below 2^256"), std::string::npos);
  EXPECT_NE(refusal(kHeading + std::string("10,1,t,0,a,b,0x10,XRP\n")).find("0x10 is no amount"),
            std::string::npos);
}

TEST(transfer_times, every_way_to_write_them__and_none_else) {
  for (const char* text :
       {"1673642051", "1673642051999", "2023-01-13 20:34:11", "2023-01-13T20:34:11Z",
        "2023-01-13T20:34:11.123456Z", "2023-01-13 22:34:11+02:00", "2023-01-13T18:34:11-0200",
        "2023-01-13 20:34:11 UTC"}) {
    EXPECT_EQ(parse_time(text), 1'673'642'051U) << text;
  }
  EXPECT_EQ(parse_time("2023-01-13"), 1'673'568'000U);
  for (const char* text : {"", "2023-13-01", "2023-01-13 25:00:00", "2023-01-13 20:34:11x", "-5",
                           "1960-01-01", "13.01.2023", "2023-01-13T", "99999999999999999"}) {
    EXPECT_EQ(parse_time(text), std::nullopt) << text;
  }
}

// Where each row begins and who gives, read in pieces of that size; or what is wrong.
std::string rows_of(FileSystem& files, std::size_t piece_bytes) {
  auto map = parse_transfer_map(kMap, "list.map");
  auto source = open_csv(files, "list.csv", *map, piece_bytes);
  EXPECT_TRUE(source.has_value());
  std::string text;
  auto take = [&](RowBatch&& batch) {
    for (const ListedRow& row : batch.rows) {
      text += fmt::format("{}: {} {}\n", batch.first_line + row.line, row.block, row.from.text());
    }
    return true;
  };
  auto status = (*source)->each([](RowBatch&) {}, take);
  return status ? text : status.error().message;
}

// Quotes and line ends at hard places, quotes inside cells, lines longer than many pieces, a quote
// that never ends: what stands in the rows does not depend on where the text is cut.
TEST(transfer_csv, read_in_pieces_of_any_size__the_same_rows) {
  std::mt19937_64 engine(29);
  for (int round = 0; round < 200; ++round) {
    std::string text = kHeading;
    for (std::uint64_t rows = engine() % 30; rows > 0; --rows) {
      std::string giver(engine() % 5, 'x');
      switch (engine() % 5) {
        case 0:
          giver = "\"a\nb,\"\"c\"\"\n1,2,3,4,5,6,7,8\n\"";
          break;
        case 1:
          giver = "\"\"";
          break;
        case 2:
          giver = "5\" of it";
          break;
        default:
          break;
      }
      std::uint64_t other = engine() % 150;
      if (engine() % 600 == 0) giver = "\"never ends";
      text += fmt::format("1,{},t,0,{},{},1,XRP{}", rows, giver, std::string(other, 'y') + "z",
                          engine() % 3 == 0 ? "\r\n" : "\n");
    }
    FaultyFileSystem disk;
    put(disk, "list.csv", text);
    std::string whole = rows_of(disk, 1U << 20);
    for (std::size_t piece : {std::size_t{1} + engine() % 20, std::size_t{20} + engine() % 300}) {
      ASSERT_EQ(rows_of(disk, piece), whole) << text;
    }
  }
}

// The published movements of two thefts: taken in whole, to the last of 14 decimals.
TEST(transfers, lists_of_two_real_thefts__are_taken_in_to_the_last_decimal) {
  std::string data = TRACEHOUND_ROOT "/../shared/data/theft/";
  if (!std::filesystem::exists(data)) GTEST_SKIP() << "no real data beside the project";
  std::string map =
      "chain = harmony\ntime = Timestamp\nblock = Block\ntx = Tx_hash\nfrom = From\nto = To\n"
      "amount = Value_in_USD\nasset = \"USD\"\ndecimals = \"14\"\n";
  for (auto [file, rows] :
       {std::pair("harmony/HB.csv", 3887UL), std::pair("lifi/LIFI.csv", 135UL)}) {
    std::ifstream stream(data + file);
    std::string text((std::istreambuf_iterator<char>(stream)), std::istreambuf_iterator<char>());
    FaultyFileSystem disk;
    auto report = take(disk, text, map);
    ASSERT_TRUE(report.has_value()) << report.error().message;
    EXPECT_EQ(report->transfers, rows);
    auto ledger = Ledger::open(disk, "L");
    ASSERT_TRUE(ledger.has_value());
    U256 total;
    for (const U256& amount : ledger->amounts()) total += amount;
    U256 expected;
    std::size_t line_start = text.find('\n') + 1;
    while (line_start < text.size()) {
      std::size_t end = std::min(text.find('\n', line_start), text.size());
      std::string line = text.substr(line_start, end - line_start);
      if (line.ends_with('\r')) line.pop_back();
      expected += U256::from_text(line.substr(line.rfind(',') + 1), 14).value();
      line_start = end + 1;
    }
    EXPECT_EQ(total, expected);
  }
}

}  // namespace
}  // namespace tracehound::chains::transfers
