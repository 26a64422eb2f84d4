// The mempool beside the ledger: what is in it, in which order, and what a damaged one says.
#include "chains/bitcoin/mempool.h"

#include <fmt/format.h>

#include <random>

#include "unit/chains_bitcoin/follow_fixture.h"

namespace tracehound::chains::bitcoin {
namespace {

using test::kCoin;
using test::pay_to;
using test::RegtestChain;
using test::Tx;

class MempoolTest : public FollowFixture {
 protected:
  Tx spend(const ledger::Outpoint& coin, Amount value, std::uint32_t to) {
    return {.in = {{coin}}, .out = {{value, pay_to(to)}, {1, pay_to(to + 1)}}};
  }
  MempoolFile read() {
    auto file = read_mempool(disk, "L");
    EXPECT_TRUE(file.has_value() && file->has_value());
    return std::move(**file);
  }
  std::string damage(const Bytes& bytes) {
    EXPECT_TRUE(write_mempool(disk, "L", bytes).has_value());
    auto file = read_mempool(disk, "L");
    return file ? "" : file.error().message;
  }
  const Network& regtest = *find_network("regtest");
};

TEST_F(MempoolTest, unconfirmed_transactions__stand_after_what_they_spend) {
  RegtestChain chain = chain_of(5);
  node.set_chain(chain.blocks());
  std::vector<Tx> line = {spend({chain.hash(9 % 5), 0}, 40 * kCoin, 1)};
  for (std::uint32_t i = 0; i < 30; ++i) line.push_back(spend(line.back().outpoint(0), 9, i));
  Tx both = {.in = {{line[3].outpoint(1)}, {line[29].outpoint(1)}}, .out = {{1, pay_to(77)}}};
  line.push_back(both);
  for (const Tx& tx : line) node.add_to_mempool(tx);
  followed();
  std::vector<Hash256> txids = mempool_txids();
  ASSERT_EQ(txids.size(), line.size());
  auto place = [&](const Tx& tx) { return std::ranges::find(txids, tx.txid()) - txids.begin(); };
  for (std::size_t i = 1; i <= 30; ++i) EXPECT_LT(place(line[i - 1]), place(line[i]));
  EXPECT_LT(place(line[29]), place(both));
  MempoolFile file = read();
  EXPECT_EQ(file.chain, "bitcoin:regtest");
  EXPECT_EQ(file.tip, chain.tip());
  EXPECT_EQ(file.transactions.front().first_seen, 1'700'000'000U);
}

TEST_F(MempoolTest, the_same_set__gives_the_same_bytes_in_any_order_of_arrival) {
  std::vector<Tx> all;
  for (std::uint32_t i = 0; i < 40; ++i) {
    bool alone = i % 3 == 0;
    Hash256 confirmed = thread_hasher().sha256(as_bytes(std::to_string(i)));
    all.push_back(spend(alone ? ledger::Outpoint{confirmed, 0} : all[i / 2].outpoint(i % 2), 5, i));
  }
  std::mt19937_64 random(3);
  std::optional<Bytes> first;
  for (int turn = 0; turn < 20; ++turn) {
    std::shuffle(all.begin(), all.end(), random);
    Mempool mempool(regtest);
    for (const Tx& tx : all) ASSERT_TRUE(mempool.add(tx.txid(), 7, tx.bytes()));
    Bytes bytes = mempool.file_bytes({}, 9);
    if (!first) first = bytes;
    EXPECT_EQ(bytes, *first);
  }
}

TEST_F(MempoolTest, of_those_that_may_stand_next__the_smallest_txid_does) {
  Mempool mempool(regtest);
  std::vector<Hash256> txids;
  for (std::uint32_t i = 0; i < 20; ++i) {
    Tx tx = spend({thread_hasher().sha256(as_bytes(std::to_string(i))), 0}, 5, i);
    ASSERT_TRUE(mempool.add(tx.txid(), 0, tx.bytes()));
    txids.push_back(tx.txid());
  }
  std::ranges::sort(txids);
  ASSERT_TRUE(disk.make_folder("L").has_value());
  ASSERT_TRUE(write_mempool(disk, "L", mempool.file_bytes({}, 0)).has_value());
  EXPECT_EQ(mempool_txids(), txids);
}

TEST_F(MempoolTest, confirmed_and_replaced_ones__leave_it) {
  RegtestChain chain = chain_of(5);
  node.set_chain(chain.blocks());
  RegtestChain coins = chain;
  Tx coin = coins.mine();
  Tx one = spend({chain.hash(1), 0}, 5, 1);
  Tx two = spend({chain.hash(2), 0}, 5, 2);
  Tx instead_of_two = spend({chain.hash(2), 0}, 4, 3);
  node.add_to_mempool(one);
  node.add_to_mempool(two);
  followed({[&] {
              EXPECT_EQ(mempool_txids().size(), 2U);
              node.mempool.erase(two.txid());
              node.add_to_mempool(instead_of_two);
            },
            [&] {
              std::vector<Hash256> wanted = {one.txid(), instead_of_two.txid()};
              std::ranges::sort(wanted);
              EXPECT_EQ(mempool_txids(), wanted);
              node.set_chain(coins.blocks());
              node.mempool.erase(one.txid());
            },
            [&] { EXPECT_EQ(mempool_txids(), std::vector{instead_of_two.txid()}); }});
  EXPECT_EQ(read().tip, coins.tip());
}

TEST_F(MempoolTest, a_mempool_that_stays_as_it_is__is_not_written_again) {
  node.set_chain(chain_of(5).blocks());
  node.add_to_mempool(spend({node.tip(), 0}, 5, 1));
  std::uint64_t renames = 0;
  followed({[&] { renames = disk.count(test::FaultyFileSystem::Call::rename); }, [] {}, [] {},
            [&] { EXPECT_EQ(disk.count(test::FaultyFileSystem::Call::rename), renames); }});
}

TEST_F(MempoolTest, what_was_seen_by_an_earlier_run__keeps_its_time_and_is_not_asked_for_again) {
  node.set_chain(chain_of(5).blocks());
  Tx tx = spend({node.tip(), 0}, 5, 1);
  node.add_to_mempool(tx);
  followed();
  Tx later = spend({node.tip(), 1}, 5, 1);
  options.poll = Milliseconds(60'000);
  node.asked.clear();
  followed({[&] { node.add_to_mempool(later); }});
  for (const std::string& asked : node.asked) EXPECT_FALSE(asked.contains(tx.txid().text()));
  MempoolFile file = read();
  std::map<Hash256, std::uint32_t> times;
  for (const auto& entry : file.transactions) {
    times[thread_hasher().sha256d(entry.raw)] = entry.first_seen;
  }
  EXPECT_EQ(times[tx.txid()], 1'700'000'000U);
  EXPECT_EQ(times[later.txid()], 1'700'000'060U);
}

TEST_F(MempoolTest, one_that_is_gone_when_asked_for__is_left_out_and_asked_for_again) {
  node.set_chain(chain_of(5).blocks());
  Tx tx = spend({node.tip(), 0}, 5, 1);
  node.add_to_mempool(tx);
  node.gone = {tx.txid()};
  followed({[&] { EXPECT_TRUE(mempool_txids().empty()); }, [&] { node.gone.clear(); }});
  EXPECT_EQ(mempool_txids(), std::vector{tx.txid()});
}

TEST_F(MempoolTest, bytes_that_are_not_that_transaction__are_left_out) {
  node.set_chain(chain_of(5).blocks());
  Tx tx = spend({node.tip(), 0}, 5, 1);
  Tx other = spend({node.tip(), 0}, 6, 1);
  node.mempool[tx.txid()] = other.bytes();
  node.mempool[other.txid()] = Bytes{1, 2, 3};
  followed();
  EXPECT_TRUE(mempool_txids().empty());
  Mempool mempool(regtest);
  EXPECT_FALSE(mempool.add(tx.txid(), 0, other.bytes()));
  Bytes more = tx.bytes();
  more.push_back(0);
  EXPECT_FALSE(mempool.add(tx.txid(), 0, more));
  Tx mined = chain_of(1).next_coinbase();
  EXPECT_FALSE(mempool.add(mined.txid(), 0, mined.bytes()));
  EXPECT_TRUE(mempool.add(tx.txid(), 0, tx.bytes()));
}

TEST_F(MempoolTest, a_file_cut_or_changed_anywhere__is_one_sentence) {
  Mempool mempool(regtest);
  for (std::uint32_t i = 0; i < 3; ++i) {
    Tx tx = spend({thread_hasher().sha256(as_bytes(std::to_string(i))), 0}, 5, i);
    mempool.add(tx.txid(), 7, tx.bytes());
  }
  ASSERT_TRUE(disk.make_folder("L").has_value());
  EXPECT_FALSE(read_mempool(disk, "L")->has_value());
  Bytes whole = mempool.file_bytes({}, 9);
  EXPECT_EQ(damage(whole), "");
  std::size_t entries = whole.size() - read().transactions.size() * 8;
  for (const auto& tx : read().transactions) entries -= tx.raw.size();
  for (std::size_t size = 0; size < whole.size(); ++size) {
    EXPECT_NE(damage(Bytes(whole.begin(), whole.begin() + static_cast<long>(size))), "") << size;
  }
  for (std::size_t at = entries; at < whole.size(); ++at) {
    Bytes changed = whole;
    changed[at] ^= 0x40;
    EXPECT_TRUE(damage(changed).contains("does not have the bytes it was written with")) << at;
  }
  Bytes newer = whole;
  newer[19] = '2';
  EXPECT_TRUE(damage(newer).contains("is of another version")) << damage(newer);
}

TEST_F(MempoolTest, a_file_whose_checksum_lies_too__is_still_read_within_bounds) {
  ASSERT_TRUE(disk.make_folder("L").has_value());
  auto file = [&](std::string_view count, const Bytes& entries) {
    std::string text = fmt::format(
        "tracehound mempool 1\nchain bitcoin:regtest\ntip {}\ntaken_at 1\n"
        "transactions {}\nchecksum {:016x}\n",
        Hash256{}.text(), count, xxh3(entries));
    ByteView head = as_bytes(text);
    Bytes all(head.begin(), head.end());
    all.insert(all.end(), entries.begin(), entries.end());
    return all;
  };
  EXPECT_EQ(damage(file("0", {})), "");
  EXPECT_NE(damage(file("1", {})), "");
  EXPECT_NE(damage(file("18446744073709551615", Bytes(16))), "");
  EXPECT_NE(damage(file("18446744073709551616", Bytes(16))), "");
  EXPECT_NE(damage(file("-1", Bytes(16))), "");
  EXPECT_NE(damage(file("1", Bytes(16))), "");
  EXPECT_EQ(damage(file("2", Bytes(16))), "");
  EXPECT_TRUE(damage(file("1", Bytes(8, 0xFF))).contains("ends inside transaction 0 at byte"));
}

TEST_F(MempoolTest, a_damaged_file__is_told_of_and_written_anew) {
  node.set_chain(chain_of(5).blocks());
  node.add_to_mempool(spend({node.tip(), 0}, 5, 1));
  followed();
  damage(Bytes(100, 'x'));
  followed();
  EXPECT_EQ(times_said("does not begin as one"), 1U);
  EXPECT_EQ(mempool_txids().size(), 1U);
}

}  // namespace
}  // namespace tracehound::chains::bitcoin
