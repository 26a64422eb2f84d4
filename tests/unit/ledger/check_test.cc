// What `ledger check` finds, beyond the bytes that ledger_test.cc turns over one by one.
#include "ledger/check.h"

#include <gtest/gtest.h>

#include "ledger/check_parts.h"
#include "ledger/side_files.h"
#include "ledger/writer.h"
#include "support/random_blocks.h"
#include "unit/ledger/disks.h"

namespace tracehound::ledger {
namespace {

using test::BlockMaker;
using test::FaultyFileSystem;

constexpr std::uint32_t kRepeating[] = {30, 31, 47};  // heights whose coinbase repeats block 4's

std::vector<BlockRows> chain_with_repeats() {
  BlockMaker maker(91);
  std::vector<BlockRows> chain;
  for (std::uint32_t height = 0; height < 60; ++height) {
    if (std::ranges::find(kRepeating, height) != std::end(kRepeating)) {
      maker.repeat_coinbase(chain[4].transactions.front().txid);
    }
    chain.push_back(maker.random_block(height % 5));
  }
  return chain;
}

void write_chain(FileSystem& disk, const std::vector<BlockRows>& chain) {
  auto writer = Writer::open(disk, kFolder, kChain);
  ASSERT_TRUE(writer.has_value());
  for (const BlockRows& block : chain) ASSERT_TRUE(writer->append(block).has_value());
  ASSERT_TRUE(writer->commit().has_value());
}

void change(FileSystem& disk, Column column, std::uint64_t row, ByteView bytes) {
  const ColumnSpec& spec = kColumns[static_cast<std::size_t>(column)];
  auto file = disk.open_write(std::string(kFolder) + "/columns/" + std::string(spec.file));
  ASSERT_TRUE(file.has_value());
  ASSERT_TRUE((*file)->write_at(row * spec.width, bytes).has_value());
}

Ledger open_ledger(FileSystem& disk) {
  auto ledger = Ledger::open(disk, kFolder);
  EXPECT_TRUE(ledger.has_value()) << ledger.error().message;
  return std::move(*ledger);
}

TEST(Check, damage_in_many_blocks__is_named_block_by_block_whatever_the_threads) {
  FaultyFileSystem disk;
  write_chain(disk, chain_with_repeats());
  Ledger ledger = open_ledger(disk);
  for (std::uint32_t height = 3; height < 60; height += 2) {
    std::uint64_t tx = ledger.transactions(BlockHeight(height)).first.number();
    change(disk, Column::tx_shape, tx, Bytes{0xAB, 0xCD});
  }
  std::vector<std::string> first;
  for (unsigned threads : {1, 2, 5}) {
    ThreadLimit limit(threads);
    CheckReport report = check_ledger(ledger);
    EXPECT_EQ(report.findings_total, 29U);
    ASSERT_EQ(report.findings.size(), CheckReport::kMostFindings);
    for (std::size_t i = 0; i < report.findings.size(); ++i) {
      EXPECT_TRUE(report.findings[i].starts_with("block " + std::to_string(3 + 2 * i) + ":"))
          << report.findings[i];
    }
    if (first.empty()) first = report.findings;
    EXPECT_EQ(report.findings, first) << threads;
  }
}

TEST(Check, what_it_reads__is_every_committed_byte_and_is_told_on_the_way) {
  FaultyFileSystem disk;
  write_chain(disk, chain_with_repeats());
  Ledger ledger = open_ledger(disk);
  std::uint64_t bytes = 0;
  for (const auto& [path, content] : disk.contents()) {
    if (path.find("/columns/") != path.npos || path.find("/runs/") != path.npos) {
      bytes += content.size();
    }
  }
  std::uint64_t told = 0;
  CheckReport report = check_ledger(ledger, [&](std::uint64_t read) {
    EXPECT_GE(read, told);
    told = read;
  });
  EXPECT_TRUE(report.clean());
  EXPECT_EQ(report.bytes_read, bytes);
  EXPECT_EQ(told, bytes);
  EXPECT_EQ(bytes_to_check(ledger), bytes);
}

TEST(Check, the_list_of_repeated_txids__must_be_exactly_that) {
  FaultyFileSystem disk;
  write_chain(disk, chain_with_repeats());
  Ledger ledger = open_ledger(disk);
  ASSERT_EQ(ledger.counts().repeats, std::size(kRepeating));
  EXPECT_EQ(check_repeats(ledger).total, 0U);
  std::uint32_t coinbase = ledger.transactions(BlockHeight(47)).first.number();
  // Rows that repeat nothing; then the right ones but one, which stands there twice.
  for (std::uint32_t wrong : {coinbase + 1, ledger.transactions(BlockHeight(31)).first.number()}) {
    Bytes row(4);
    store_le(row.data(), wrong);
    change(disk, Column::repeat_tx, 2, row);
    Findings findings = check_repeats(ledger);
    ASSERT_EQ(findings.total, 1U);
    EXPECT_NE(findings.sentences[0].find("transaction row " + std::to_string(coinbase) + " has"),
              std::string::npos)
        << findings.sentences[0];
    EXPECT_FALSE(check_ledger(ledger).clean());
  }
}

// Else the spend would come true once the ledger has as many transactions.
TEST(Check, a_spender_past_the_tip__is_a_finding_unless_a_writer_is_there_to_clear_it) {
  FaultyFileSystem disk;
  write_chain(disk, chain_with_repeats());
  Ledger ledger = open_ledger(disk);
  auto leftovers = [&] {
    CheckReport report = check_ledger(ledger);
    EXPECT_TRUE(report.clean());
    EXPECT_TRUE(check_leftovers(disk, ledger, report).has_value());
    return report.findings;
  };
  EXPECT_TRUE(leftovers().empty());
  std::uint64_t unspent = ledger.counts().coins - 1;
  ASSERT_FALSE(ledger.spender(CoinId(unspent)).has_value());
  Bytes row(4);
  store_le(row.data(), static_cast<std::uint32_t>(ledger.counts().transactions + 1));
  change(disk, Column::coin_spender, unspent, row);
  EXPECT_EQ(leftovers(),
            std::vector<std::string>{"coin.spender: 1 unspent coin names a spender that is "
                                     "not there, and no writer at work"});
  ASSERT_TRUE(SideFiles(disk, std::string(kFolder)).mark_writing().has_value());
  EXPECT_TRUE(leftovers().empty());
}

TEST(Check, wrappers_that_no_spend_shows__are_found) {
  FaultyFileSystem disk;
  write_chain(disk, chain_with_repeats());
  Ledger ledger = open_ledger(disk);
  ASSERT_GT(ledger.counts().wrappers, 10U);
  EXPECT_EQ(check_wrappers(ledger).total, 0U);
  Wrapper last = ledger.wrapper(ledger.counts().wrappers - 1);
  auto found = [&](Column column, std::uint32_t wrong, std::uint32_t right) {
    Bytes row(4);
    store_le(row.data(), wrong);
    change(disk, column, ledger.counts().wrappers - 1, row);
    Findings findings = check_wrappers(ledger);
    store_le(row.data(), right);
    change(disk, column, ledger.counts().wrappers - 1, row);
    return findings.total == 1 ? findings.sentences[0] : "";
  };
  auto no_address = static_cast<std::uint32_t>(ledger.counts().addresses);
  std::string not_shown = found(Column::wrapper_tx, 0, last.transaction.number());
  EXPECT_NE(not_shown.find("transaction row 0 shows nothing"), std::string::npos) << not_shown;
  EXPECT_NE(found(Column::wrapper_wraps, no_address, last.wraps.number()), "");
  EXPECT_NE(found(Column::wrapper_address, no_address, last.address.number()), "");
  EXPECT_NE(found(Column::wrapper_address, 0, last.address.number()), "");
  EXPECT_EQ(check_wrappers(ledger).total, 0U);
}

// The spender column has no checksum: the inputs are its other half.
TEST(Check, a_spender_that_no_input_gave__is_found) {
  FaultyFileSystem disk;
  write_chain(disk, chain_with_repeats());
  Ledger ledger = open_ledger(disk);
  ASSERT_TRUE(check_ledger(ledger).clean());
  CoinId unspent(ledger.counts().coins - 1);
  ASSERT_EQ(ledger.spender(unspent), std::nullopt);
  change(disk, Column::coin_spender, unspent.number(), Bytes{5, 0, 0, 0});
  CheckReport report = check_ledger(ledger);
  ASSERT_EQ(report.findings_total, 1U);
  EXPECT_NE(report.findings[0].find("coin.spender"), std::string::npos) << report.findings[0];
}

}  // namespace
}  // namespace tracehound::ledger
