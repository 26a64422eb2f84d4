#include "ledger/accounts/ledger.h"

#include <gtest/gtest.h>

#include <map>
#include <random>

#include "ledger/accounts/writer.h"
#include "ledger/ledger.h"
#include "ledger/manifest_fields.h"
#include "ledger/writer.h"
#include "support/faulty_file_system.h"
#include "unit/ledger_accounts/account_blocks.h"

namespace tracehound::ledger::accounts {
namespace {

using test::FaultyFileSystem;

std::map<std::string, Bytes> book_of(const FaultyFileSystem& disk) {
  auto contents = disk.contents();
  for (const char* name : {"lock", "readers", "rewinds", "writing"}) {
    contents.erase(fmt::format("{}/{}", kFolder, name));
  }
  return contents;
}

void write(FileSystem& files, const std::vector<BlockRows>& chain, std::size_t commit_every = 1000,
           std::uint64_t table_bytes = 1U << 20) {
  auto writer =
      Writer::open(files, kFolder, kChain, {.table_bytes = table_bytes, .native = ether()});
  ASSERT_TRUE(writer.has_value()) << writer.error().message;
  std::uint64_t first = writer->counts().blocks;
  for (std::size_t i = first; i < chain.size(); ++i) {
    ASSERT_TRUE(writer->append(chain[i]).has_value());
    if ((i + 1) % commit_every == 0) {
      ASSERT_TRUE(writer->begin_commit().has_value());
    }
  }
  ASSERT_TRUE(writer->commit().has_value());
}

// Everything the ledger says against the blocks it was made of, in the plainest way.
void expect_holds(const Ledger& ledger, const std::vector<BlockRows>& chain) {
  ASSERT_EQ(ledger.counts().blocks, chain.size());
  EXPECT_EQ(ledger.native(), AssetId(0));
  std::uint64_t tx = 0;
  std::uint64_t transfer = 0;
  std::map<std::string, std::vector<TransferId>> of_account;
  for (std::uint32_t i = 0; i < chain.size(); ++i) {
    const BlockRows& block = chain[i];
    BlockId id(i);
    EXPECT_EQ(ledger.block(id).number, block.block.number);
    EXPECT_EQ(ledger.block(id).time, block.block.time);
    EXPECT_EQ(ledger.block(id).hash, block.block.hash);
    EXPECT_EQ(ledger.find_block(block.block.number), id);
    EXPECT_EQ(ledger.find_block(*block.block.hash), id);
    EXPECT_EQ(ledger.block_at(block.block.time), id);
    EXPECT_EQ(ledger.transactions(id).size(), block.transactions.size());
    std::size_t next = 0;
    for (const TxRow& row : block.transactions) {
      TxId tx_id(static_cast<std::uint32_t>(tx++));
      Transaction found = ledger.transaction(tx_id);
      EXPECT_EQ(found.id, block.text(row.id));
      EXPECT_EQ(ledger.find_transaction(found.id), tx_id);
      EXPECT_EQ(ledger.block_of(tx_id), id);
      EXPECT_EQ(ledger.account_text(found.payer), block.text(row.payer));
      EXPECT_EQ(found.fee, row.fee);
      EXPECT_EQ(found.failed, row.failed);
      EXPECT_EQ(ledger.transfers(tx_id).size(), row.transfers);
      for (std::uint32_t k = 0; k < row.transfers; ++k, ++next) {
        const TransferRow& given = block.transfers[next];
        TransferId transfer_id(transfer++);
        Transfer seen = ledger.transfer(transfer_id);
        EXPECT_EQ(ledger.tx_of(transfer_id), tx_id);
        EXPECT_EQ(ledger.account_text(seen.from), block.text(given.from));
        EXPECT_EQ(ledger.account_text(seen.to), block.text(given.to));
        EXPECT_EQ(ledger.asset(seen.asset).contract, block.assets[given.asset].contract);
        EXPECT_EQ(ledger.asset(seen.asset).decimals_known, given.asset != 2);
        EXPECT_EQ(std::tuple(seen.amount, seen.kind, seen.position, seen.usd_micro),
                  std::tuple(given.amount, given.kind, given.position, given.usd_micro));
        EXPECT_EQ(ledger.amounts()[transfer_id.number()], given.amount);
        EXPECT_EQ(ledger.froms()[transfer_id.number()], seen.from);
        of_account[block.text(given.from)].push_back(transfer_id);
        if (seen.to != seen.from) of_account[block.text(given.to)].push_back(transfer_id);
      }
    }
  }
  of_account.erase("");
  for (const auto& [name, transfers] : of_account) {
    auto account = ledger.find_account(name);
    ASSERT_TRUE(account.has_value()) << name;
    EXPECT_EQ(ledger.transfers_of(*account), transfers) << name;
    EXPECT_EQ(ledger.transfer_count(*account), transfers.size());
    std::size_t half = transfers.size() / 2;
    EXPECT_EQ(
        ledger.transfers_of(*account, half, 2),
        std::vector(transfers.begin() + static_cast<long>(half),
                    transfers.begin() + static_cast<long>(std::min(half + 2, transfers.size()))));
  }
}

TEST(account_ledger, random_chains__read_back__are_what_was_written) {
  for (std::uint64_t seed = 1; seed <= 6; ++seed) {
    FaultyFileSystem disk;
    auto chain = random_chain(seed, 5 + seed * 6);
    write(disk, chain, 1 + seed % 4, seed % 2 == 0 ? 2'000 : 1U << 20);
    auto ledger = Ledger::open(disk, kFolder);
    ASSERT_TRUE(ledger.has_value()) << ledger.error().message;
    expect_holds(*ledger, chain);
    EXPECT_EQ(ledger->find_block(99), std::nullopt);
    EXPECT_EQ(ledger->find_account("0x00"), std::nullopt);
    EXPECT_EQ(ledger->find_asset("ETH"), AssetId(0));
  }
}

TEST(account_ledger, commits_of_any_size_and_tables_of_any_size__the_same_bytes) {
  auto chain = random_chain(3, 60);
  FaultyFileSystem one;
  write(one, chain);
  FaultyFileSystem other;
  write(other, chain, 1, 2'000);
  EXPECT_EQ(book_of(one), book_of(other));
}

// Addresses up to an account that is none lie where their numbers say.
TEST(account_ledger, one_name_that_is_no_address_after_any_number_that_are__every_name_is_found) {
  for (std::uint64_t other = 0; other < 30; other += 5) {
    auto name = [&](std::uint64_t account) {
      return account == other ? "twenty bytes of text" : fmt::format("0x{:040x}", account * 77);
    };
    std::vector<BlockRows> chain;
    for (std::uint64_t i = 0; i < 25; ++i) {
      BlockRows& block = chain.emplace_back();
      block.block = {i, static_cast<std::uint32_t>(i), Hash256()};
      block.block.hash->bytes[0] = static_cast<Byte>(i + 1);
      block.assets = {ether()};
      block.transactions.push_back({block.add_name(fmt::format("t{}", i)), {}, U256(), false, 1});
      TransferRow& transfer = block.transfers.emplace_back();
      transfer.from = block.add_name(name(i / 2));
      transfer.to = block.add_name(name(i));
    }
    FaultyFileSystem disk;
    write(disk, {chain.begin(), chain.begin() + 9}, 4);
    write(disk, chain, 7);
    auto ledger = Ledger::open(disk, kFolder);
    ASSERT_TRUE(ledger.has_value());
    EXPECT_EQ(ledger->counts().accounts, 25);
    expect_holds(*ledger, chain);
  }
}

TEST(account_ledger, rewound_to_any_block_and_taken_on__the_same_bytes) {
  auto chain = random_chain(4, 25);
  FaultyFileSystem whole;
  write(whole, chain);
  for (std::size_t kept = 0; kept <= chain.size(); ++kept) {
    FaultyFileSystem disk;
    write(disk, chain);
    FaultyFileSystem shorter;
    if (kept > 0) write(shorter, {chain.begin(), chain.begin() + static_cast<long>(kept)});
    {
      auto writer = Writer::open(disk, kFolder, kChain, {.native = ether()});
      ASSERT_TRUE(writer.has_value());
      ASSERT_TRUE(writer->rewind(kept).has_value());
      EXPECT_EQ(writer->tip().has_value(), kept > 0);
    }
    EXPECT_EQ(book_of(disk), book_of(shorter));
    write(disk, chain);
    EXPECT_EQ(book_of(disk), book_of(whole));
  }
}

// Changes of commits and of a way back are the last one in turn.
TEST(account_ledger, power_lost_at_any_write__the_ledger_is_at_a_commit_and_goes_on) {
  auto chain = random_chain(5, 12);
  std::vector<BlockRows> half(chain.begin(), chain.begin() + 6);
  FaultyFileSystem whole;
  write(whole, chain);
  auto work = [&](FileSystem& files) {
    auto writer = Writer::open(files, kFolder, kChain, {.native = ether()});
    if (!writer || !writer->rewind(4)) return;
    for (std::size_t i = 4; i < chain.size(); ++i) {
      if (!writer->append(chain[i])) return;
      if (i % 3 == 0 && !writer->commit()) return;
    }
    static_cast<void>(writer->commit());
  };
  for (std::uint64_t cut = 0;; cut += 11) {
    FaultyFileSystem disk;
    write(disk, half);
    disk.lose_power_after(cut);
    work(disk);
    bool finished = disk.powered();
    disk.restart(cut % 5);
    auto ledger = Ledger::open(disk, kFolder);
    ASSERT_TRUE(ledger.has_value()) << cut << ": " << ledger.error().message;
    std::uint64_t blocks = ledger->counts().blocks;
    EXPECT_TRUE(blocks == 6 || blocks == 4 || blocks == 7 || blocks == 10 || blocks == 12);
    expect_holds(*ledger, {chain.begin(), chain.begin() + static_cast<long>(blocks)});
    {
      auto gone = std::move(*ledger);
    }
    write(disk, chain);
    EXPECT_EQ(book_of(disk), book_of(whole)) << cut;
    if (finished || ::testing::Test::HasFailure()) return;
  }
}

// Goes back to 4 blocks and on to the end, whatever fails on the way, with the same writer where
// one could be opened. How many calls failed.
std::uint64_t insist(FileSystem& files, const std::vector<BlockRows>& chain) {
  std::uint64_t failures = 0;
  auto failed = [&](bool succeeded) {
    failures += succeeded ? 0 : 1;
    return !succeeded;
  };
  auto writer = Writer::open(files, kFolder, kChain, {.native = ether()});
  while (failed(writer.has_value())) {
    writer = Writer::open(files, kFolder, kChain, {.native = ether()});
  }
  while (failed(writer->rewind(std::min<std::uint64_t>(4, writer->committed().blocks)).has_value()))
    continue;
  while (writer->committed().blocks < chain.size()) {
    std::uint64_t next = writer->counts().blocks;
    if (next == chain.size()) {
      failed(writer->commit().has_value());
      continue;
    }
    if (failed(writer->append(chain[next]).has_value())) continue;
    if (next % 3 == 0) failed(writer->begin_commit().has_value());
  }
  return failures;
}

TEST(account_writer, any_call_that_fails_once__is_told_and_the_same_writer_goes_on) {
  using Call = FaultyFileSystem::Call;
  auto chain = random_chain(5, 12);
  std::vector<BlockRows> half(chain.begin(), chain.begin() + 6);
  FaultyFileSystem whole;
  write(whole, chain);
  for (Call call : {Call::map, Call::open_write, Call::write, Call::sync, Call::rename,
                    Call::remove, Call::sync_folder}) {
    std::uint64_t step = call == Call::map || call == Call::write ? 7 : 1;
    std::uint64_t told = 0;
    for (std::uint64_t nth = 1;; nth += step) {
      FaultyFileSystem disk;
      write(disk, half);
      std::uint64_t before = disk.count(call);
      disk.fail(call, nth);
      told += insist(disk, chain);
      bool reached = disk.count(call) >= before + nth;
      disk.mend();
      write(disk, chain);
      ASSERT_EQ(book_of(disk), book_of(whole)) << static_cast<int>(call) << " " << nth;
      if (!reached) break;
    }
    EXPECT_GT(told, 0U) << static_cast<int>(call);
  }
}

TEST(account_writer, blocks_in_batches_of_any_size__make_the_ledger_that_they_make_one_by_one) {
  auto chain = random_chain(31, 60);
  for (std::size_t i = 0; i < chain.size(); ++i) {
    // No fee at all, none at first, some.
    for (TxRow& tx : chain[i].transactions) {
      if (i < 20 || i % 7 < 4) tx.fee = U256();
    }
  }
  FaultyFileSystem one_by_one;
  write(one_by_one, chain);
  for (std::uint64_t seed = 0; seed < 20; ++seed) {
    std::mt19937_64 engine(seed);
    FaultyFileSystem disk;
    auto writer = Writer::open(disk, kFolder, kChain, {.table_bytes = 1U << 20, .native = ether()});
    BlockBatch batch;
    for (std::size_t next = 0; next < chain.size();) {
      batch.clear();
      for (std::uint64_t left = engine() % 12; left > 0 && next < chain.size(); --left) {
        batch.add(chain[next++]);
      }
      ASSERT_TRUE(writer->append(batch).has_value());
    }
    ASSERT_TRUE(writer->commit().has_value());
    EXPECT_EQ(book_of(disk), book_of(one_by_one)) << seed;
  }
}

TEST(account_writer, a_transaction_refused_within_a_batch__is_named_and_the_batch_left_out) {
  auto chain = random_chain(34, 30);
  FaultyFileSystem disk;
  write(disk, {chain.begin(), chain.begin() + 10});
  auto before = book_of(disk);
  std::size_t ahead = 0;  // transactions before the one that is there already
  BlockBatch batch;
  for (std::size_t i = 10; i < 20; ++i) {
    batch.add(chain[i]);
    ahead += chain[i].transactions.size();
  }
  // The batch's own first transaction once more, behind a good one.
  BlockRows again = chain[20];
  ASSERT_FALSE(again.transactions.empty());
  ASSERT_FALSE(chain[10].transactions.empty());
  again.transactions.push_back(
      {again.add_name(chain[10].text(chain[10].transactions[0].id)), NameRef(), U256(), false, 0});
  ahead += chain[20].transactions.size();
  batch.add(again);
  batch.add(chain[21]);
  auto writer = Writer::open(disk, kFolder, kChain);
  auto status = writer->append(batch);
  ASSERT_FALSE(status.has_value());
  EXPECT_NE(status.error().message.find("is in the ledger already"), std::string::npos);
  EXPECT_EQ(writer->refused_transaction(), ahead);
  EXPECT_EQ(writer->counts(), writer->committed());
  ASSERT_TRUE(writer->append(chain[10]).has_value());  // it goes on from the last commit
  EXPECT_TRUE(writer->commit().has_value());
  FaultyFileSystem plain;
  write(plain, {chain.begin(), chain.begin() + 11});
  EXPECT_EQ(book_of(disk), book_of(plain));
  EXPECT_NE(book_of(disk), before);
}

TEST(account_writer, blocks_that_do_not_go_together__are_refused_and_change_nothing) {
  FaultyFileSystem disk;
  auto chain = random_chain(6, 10);
  write(disk, chain);
  auto before = book_of(disk);
  auto refused = [&](const BlockRows& block) {
    auto writer = Writer::open(disk, kFolder, kChain);
    EXPECT_TRUE(writer.has_value());
    auto status = writer->append(block);
    EXPECT_FALSE(status.has_value());
    EXPECT_TRUE(writer->commit().has_value());
    EXPECT_EQ(book_of(disk), before);
    return status ? std::string() : status.error().message;
  };
  EXPECT_NE(refused(chain.back()).find("comes after the ledger's last one"), std::string::npos);
  BlockRows again = chain.front();
  for (const BlockRows& block : chain) {
    if (!block.transactions.empty()) again = block;
  }
  again.block.number = 1'000'000;
  EXPECT_NE(refused(again).find("is in the ledger already"), std::string::npos);
  BlockRows decimals = BlockMaker(6).next();
  decimals.block.number = 1'000'000;
  decimals.assets[0].decimals = 8;
  EXPECT_NE(refused(decimals).find("ETH has 8 decimals here and 18"), std::string::npos);
}

TEST(account_writer, a_second_writer_or_another_chain__is_refused_in_a_sentence) {
  FaultyFileSystem disk;
  write(disk, random_chain(7, 3));
  auto other = Writer::open(disk, kFolder, "ethereum:1");
  ASSERT_FALSE(other.has_value());
  EXPECT_NE(other.error().message.find("holds ethereum:31337, these transfers are of ethereum:1"),
            std::string::npos);
  auto first = Writer::open(disk, kFolder, kChain);
  auto second = Writer::open(disk, kFolder, kChain);
  ASSERT_FALSE(second.has_value());
  EXPECT_EQ(second.error().kind, ErrorKind::machine);
}

TEST(account_ledger, the_other_kind_of_ledger__is_named_and_refused) {
  FaultyFileSystem disk;
  write(disk, random_chain(8, 3));
  auto coins = ledger::Ledger::open(disk, kFolder);
  ASSERT_FALSE(coins.has_value());
  EXPECT_NE(coins.error().message.find("is of an account chain"), std::string::npos);
  EXPECT_FALSE(ledger::Writer::open(disk, kFolder, "bitcoin:main").has_value());
  EXPECT_TRUE(is_account_ledger(disk, kFolder));
  std::string coin_manifest = ledger::manifest_text(ledger::Manifest{});
  auto accounts = parse_manifest(coin_manifest, "L/manifest");
  ASSERT_FALSE(accounts.has_value());
  EXPECT_NE(accounts.error().message.find("is of a coin chain"), std::string::npos);
}

TEST(account_names, every_spelling__packed_and_written__comes_back) {
  for (const std::string& name :
       {std::string("rHb9CJAWyB4rj91VRWn96DkukG4bwdtyTh"), "0x" + std::string(40, 'a'),
        "0x" + std::string(64, '9'), std::string(64, 'f'), std::string(64, 'F'),
        std::string(64, '0'), std::string(63, '1') + "g",
        std::string(32, 'a') + std::string(32, 'A'), "0x" + std::string(39, '1') + "x",
        std::string("0x"), std::string(255, 'z')}) {
    PackedName packed(name);
    EXPECT_EQ(name_text(packed.kind(), packed.payload()), name);
  }
  PackedName mixed("0xAbCdEf0123456789012345678901234567890123");
  EXPECT_EQ(name_text(mixed.kind(), mixed.payload()), "0xabcdef0123456789012345678901234567890123");
}

TEST(account_names, one_byte_that_is_no_digit__anywhere__makes_a_text_of_a_hash_or_an_address) {
  const std::string digits = "0123456789abcdefABCDEF";
  for (std::size_t size : {40U, 64U}) {
    for (std::size_t place = 0; place < size; ++place) {
      std::string name = "0x" + std::string(size, '7');
      for (int byte = 0; byte < 256; ++byte) {
        name[2 + place] = static_cast<char>(byte);
        PackedName packed(name);
        bool is_digit = digits.find(static_cast<char>(byte)) != std::string::npos;
        ASSERT_EQ(packed.kind() == NameKind::text, !is_digit) << name;
        if (is_digit) {
          ASSERT_TRUE(std::ranges::equal(packed.payload(), *from_hex(name.substr(2)))) << name;
        }
      }
    }
  }
}

}  // namespace
}  // namespace tracehound::ledger::accounts
