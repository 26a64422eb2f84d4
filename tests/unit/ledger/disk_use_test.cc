#include "ledger/disk_use.h"

#include <gtest/gtest.h>

#include "ledger/check.h"
#include "ledger/ledger.h"
#include "support/random_blocks.h"
#include "unit/ledger/disks.h"

namespace tracehound::ledger {
namespace {

TEST(DiskUse, the_parts__add_up_to_the_files_on_disk) {
  test::BlockMaker maker(95);
  std::vector<BlockRows> chain;
  for (int i = 0; i < 20; ++i) chain.push_back(maker.random_block(5));
  test::FaultyFileSystem disk;
  std::uint64_t on_disk = 0;
  for (const auto& [path, bytes] : contents_of_chain(chain)) {
    ASSERT_TRUE(disk.make_folder(folder_of(path)).has_value());
    auto file = disk.open_write(path);
    ASSERT_TRUE(file.has_value() && (*file)->append(bytes).has_value());
    bool counts = path.find("/columns/") != path.npos || path.find("/runs/") != path.npos;
    on_disk += counts ? bytes.size() : 0;
  }
  auto ledger = Ledger::open(disk, kFolder);
  ASSERT_TRUE(ledger.has_value());
  DiskUse use = disk_use(ledger->counts());
  EXPECT_EQ(use.bytes, on_disk);
  EXPECT_EQ(use.bytes, bytes_to_check(*ledger));
  EXPECT_EQ(bytes_on_disk(disk, kFolder).value(), on_disk);
  std::uint64_t sum = 0;
  for (const DiskUse::Table& table : use.tables) {
    std::uint64_t columns = 0;
    for (const DiskUse::Part& column : table.columns) {
      EXPECT_TRUE(column.name.starts_with(table.name + "."));
      columns += column.bytes;
    }
    EXPECT_EQ(table.bytes, columns) << table.name;
    sum += columns;
  }
  for (const DiskUse::Part& index : use.indexes) sum += index.bytes;
  EXPECT_EQ(sum, use.bytes);
  EXPECT_EQ(use.tables.size(), 7U);
  EXPECT_EQ(use.indexes.size(), kIndexes.size());
}

TEST(DiskUse, runs__are_counted_as_the_row_count_splits_them) {
  Counts counts;
  counts.transactions = 2 * kRunUnit + 1;
  for (const DiskUse::Part& index : disk_use(counts).indexes) {
    if (index.name == "txid") {
      EXPECT_EQ(index.runs, 3U);
      // Two runs of 2^16 entries have 2^13 fences each, that of one entry has one.
      EXPECT_EQ(index.bytes, counts.transactions * 12 + (2 * 8192 + 1) * 8);
    } else {
      EXPECT_EQ(index.bytes, 0U) << index.name;
    }
  }
}

}  // namespace
}  // namespace tracehound::ledger
