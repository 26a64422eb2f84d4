#include "chains/bitcoin/block_files.h"

#include "chains/bitcoin/record_scan.h"
#include "unit/chains_bitcoin/blocks_folder.h"

namespace tracehound::chains::bitcoin {
namespace {

using test::record;
using test::records;
using test::RegtestChain;

const Bytes kKey = {0x5A, 0xC3, 0x00, 0x17, 0xFF, 0x81, 0x2E, 0x99};

bool has(const std::string& text, const std::string& part) {
  return text.find(part) != std::string::npos;
}

class BlockFilesTest : public BlocksFolder {
 protected:
  Result<RecordScan> scan() {
    auto files = BlockFiles::open(disk, kBlocks);
    EXPECT_TRUE(files.has_value()) << files.error().message;
    const Network& of = *find_network(network);
    TRY(check_network(*files, of));
    Progress progress("scan", "MB", 1, 1.0, false);
    return scan_records(*files, of, [](const Hash256&) { return false; }, progress);
  }
  RecordScan scanned() {
    auto scan_result = scan();
    EXPECT_TRUE(scan_result.has_value()) << scan_result.error().message;
    return scan_result ? std::move(*scan_result) : RecordScan{};
  }
  // The hashes found, which must be those of `blocks` without the ones left out.
  void expect_blocks(const RecordScan& found, std::vector<Bytes> blocks,
                     const std::vector<std::size_t>& left_out = {}) {
    for (std::size_t i = left_out.size(); i-- > 0;) {
      blocks.erase(blocks.begin() + static_cast<std::ptrdiff_t>(left_out[i]));
    }
    ASSERT_EQ(found.blocks.size(), blocks.size());
    for (std::size_t i = 0; i < blocks.size(); ++i) {
      EXPECT_EQ(found.blocks[i].header.hash, test::block_hash(blocks[i])) << "block " << i;
      EXPECT_EQ(found.blocks[i].place.size, blocks[i].size()) << "block " << i;
    }
  }

  static RegtestChain chain_of(std::size_t blocks) {
    RegtestChain chain;
    while (chain.size() < blocks) chain.mine();
    return chain;
  }
};

std::string open_error(FileSystem& disk, const std::string& folder) {
  auto files = BlockFiles::open(disk, folder);
  if (files) return "";
  EXPECT_EQ(files.error().kind, ErrorKind::bad_input);
  return files.error().message;
}

TEST_F(BlockFilesTest, a_folder_that_is_not_there__is_named) {
  EXPECT_EQ(open_error(disk, "nowhere"),
            "nowhere: no such folder; give a node's blocks folder, which holds blk00000.dat and "
            "the files after it");
}

TEST_F(BlockFilesTest, a_file_in_place_of_a_folder__its_folder_is_advised) {
  // On the machine's own disk: one in memory does not say why it cannot list.
  std::string file = TRACEHOUND_ROOT "/CMakeLists.txt";
  EXPECT_EQ(open_error(posix_files(), file),
            file + " is a file; give the folder it lies in, " TRACEHOUND_ROOT);
}

TEST_F(BlockFilesTest, no_block_file__says_what_was_looked_for) {
  put("rev00000.dat", {});
  EXPECT_EQ(open_error(disk, kBlocks),
            "blocks holds no block file (blk*.dat) among its 1 file; give the folder named "
            "blocks inside a node's data folder");
}

TEST_F(BlockFilesTest, a_node_s_data_folder__its_blocks_folder_is_advised) {
  put("blocks/blk00000.dat", records(chain_of(1).blocks()));
  EXPECT_EQ(open_error(disk, kBlocks),
            "blocks holds no block file (blk*.dat) among its 0 files; there are some in "
            "blocks/blocks: give that folder");
}

TEST_F(BlockFilesTest, a_key_that_is_not_8_bytes__is_refused) {
  put("blk00000.dat", {});
  put("xor.dat", Bytes(7, 1));
  EXPECT_EQ(open_error(disk, kBlocks),
            "blocks/xor.dat has 7 bytes where a node writes a key of 8; copy it again from the "
            "node that wrote the block files");
}

TEST_F(BlockFilesTest, keyed_bytes__are_read_by_file_offset) {
  Bytes plain;
  for (int i = 0; i < 100; ++i) plain.push_back(static_cast<Byte>(i * 7));
  put("blk00000.dat", keyed(plain, kKey));
  put("xor.dat", kKey);
  auto files = BlockFiles::open(disk, kBlocks);
  ASSERT_TRUE(files.has_value()) << files.error().message;
  auto file = files->open_file(0);
  ASSERT_TRUE(file.has_value()) << file.error().message;
  Bytes scratch;
  for (std::uint32_t from = 0; from <= plain.size(); ++from) {
    for (std::uint32_t size = 0; from + size <= plain.size(); ++size) {
      ByteView expected = ByteView(plain).subspan(from, size);
      ASSERT_TRUE(std::ranges::equal(file->read(from, size), expected));
      auto loaded = files->load({0, from, size}, scratch);
      ASSERT_TRUE(loaded.has_value() && std::ranges::equal(*loaded, expected));
    }
  }
  EXPECT_TRUE(file->status().has_value());
}

TEST_F(BlockFilesTest, a_disk_that_fails__is_said_and_never_taken_for_damage) {
  RegtestChain chain = chain_of(3);
  put("blk00000.dat", records(chain.blocks()));
  std::uint64_t calls = disk.count(test::FaultyFileSystem::Call::read);
  expect_blocks(scanned(), chain.blocks());
  calls = disk.count(test::FaultyFileSystem::Call::read) - calls;
  EXPECT_GE(calls, 3U);
  EXPECT_LE(calls, 12U);  // three opens, a read of each head and of the last block
  for (std::uint64_t failing = 2; failing <= calls; ++failing) {  // the first opens the folder
    disk.fail(test::FaultyFileSystem::Call::read, failing, "Input/output error");
    auto found = scan();
    ASSERT_FALSE(found.has_value()) << failing;
    EXPECT_EQ(found.error().kind, ErrorKind::machine) << failing;
    EXPECT_TRUE(has(found.error().message, "blocks/blk00000.dat: Input/output error"))
        << found.error().message;
    disk.mend();
  }
  auto files = BlockFiles::open(disk, kBlocks);
  ASSERT_TRUE(files.has_value());
  Bytes scratch;
  BlockPlace first = {0, 8, static_cast<std::uint32_t>(chain.blocks()[0].size())};
  auto whole = files->load(first, scratch);
  ASSERT_TRUE(whole.has_value() && std::ranges::equal(*whole, chain.blocks()[0]));
  disk.fail(test::FaultyFileSystem::Call::read, 2, "Input/output error");
  auto block = files->load(first, scratch);
  ASSERT_FALSE(block.has_value());
  EXPECT_EQ(block.error().message, "cannot read blocks/blk00000.dat: Input/output error");
  EXPECT_EQ(block.error().kind, ErrorKind::machine);
  disk.mend();
  first.size = 1'000'000;  // longer than the file
  EXPECT_FALSE(files->load(first, scratch).has_value());
}

TEST_F(BlockFilesTest, a_pattern_across_two_windows__is_found) {
  for (const Bytes& key : {Bytes(8, 0), kKey}) {
    for (std::size_t at : {(1U << 20) - 3, (1U << 20) - 4, (1U << 20), (2U << 20) - 5}) {
      Bytes plain(3U << 20, 1);
      store_le(plain.data() + at, test::kRegtestMagic);
      put("blk00000.dat", keyed(plain, key));
      put("xor.dat", key);
      auto files = BlockFiles::open(disk, kBlocks);
      ASSERT_TRUE(files.has_value());
      auto file = files->open_file(0);
      ASSERT_TRUE(file.has_value());
      EXPECT_EQ(file->find(test::kRegtestMagic, 0), at);
      EXPECT_EQ(file->find(test::kRegtestMagic, at), at);
      EXPECT_EQ(file->find(test::kRegtestMagic, at + 1), std::nullopt);
    }
  }
}

TEST_F(BlockFilesTest, padding__is_zeros_on_disk_or_zeros_once_decoded) {
  put("blk00000.dat", Bytes(50, 0));
  put("blk00001.dat", keyed(Bytes(50, 0), kKey));
  Bytes mixed(50, 0);
  mixed[40] = 1;
  put("blk00002.dat", mixed);
  put("xor.dat", kKey);
  auto files = BlockFiles::open(disk, kBlocks);
  ASSERT_TRUE(files.has_value());
  std::vector<BlockFile> file;
  for (std::uint32_t i = 0; i < 3; ++i) file.push_back(*files->open_file(i));
  for (std::uint64_t from = 0; from <= 50; ++from) {
    EXPECT_TRUE(file[0].is_padding(from, 50)) << from;
    EXPECT_TRUE(file[1].is_padding(from, 50)) << from;
    EXPECT_EQ(file[2].is_padding(from, 50), from > 40) << from;
  }
}

TEST_F(BlockFilesTest, padding_of_many_windows__is_looked_at_whole) {
  for (const Bytes& key : {Bytes(8, 0), kKey}) {
    Bytes zeros((2U << 20) + 77, 0);
    put("blk00000.dat", zeros);
    put("blk00001.dat", keyed(zeros, key));
    for (std::size_t at : {std::size_t{1} << 20, (std::size_t{1} << 20) + 5, zeros.size() - 1}) {
      Bytes mixed = zeros;
      mixed[at] = 1;
      put("blk00002.dat", mixed);
      put("xor.dat", key);
      auto files = BlockFiles::open(disk, kBlocks);
      ASSERT_TRUE(files.has_value());
      for (std::uint64_t from : {0U, 3U, 8U}) {
        EXPECT_TRUE(files->open_file(0)->is_padding(from, zeros.size())) << from;
        EXPECT_TRUE(files->open_file(1)->is_padding(from, zeros.size())) << from;
        EXPECT_FALSE(files->open_file(2)->is_padding(from, zeros.size())) << from << " " << at;
        EXPECT_TRUE(files->open_file(2)->is_padding(from, at)) << from << " " << at;
      }
    }
  }
}

TEST_F(BlockFilesTest, whole_records__are_found_with_their_places) {
  RegtestChain chain = chain_of(5);
  put("blk00000.dat", records({chain.blocks()[0], chain.blocks()[1]}));
  put("blk00001.dat", records({chain.blocks()[2], chain.blocks()[3], chain.blocks()[4]}));
  RecordScan found = scanned();
  expect_blocks(found, chain.blocks());
  EXPECT_TRUE(found.damaged.empty() && found.unfinished.empty());
  EXPECT_EQ(found.blocks[2].place.file, 1U);
  EXPECT_EQ(found.blocks[2].place.offset, 8U);
  EXPECT_EQ(found.blocks[3].place.offset, 16U + chain.blocks()[2].size());
}

TEST_F(BlockFilesTest, space_set_aside_at_the_end__is_not_a_record) {
  RegtestChain chain = chain_of(3);
  Bytes plain = records(chain.blocks());
  Bytes disk_bytes = keyed(plain, kKey);
  disk_bytes.resize(disk_bytes.size() + 5000, 0);  // bare zeros, as a node leaves them
  put("blk00000.dat", disk_bytes);
  put("xor.dat", kKey);
  RecordScan found = scanned();
  expect_blocks(found, chain.blocks());
  EXPECT_TRUE(found.damaged.empty() && found.unfinished.empty());

  plain.resize(plain.size() + 5000, 0);
  put("blk00000.dat", keyed(plain, kKey));  // as a tool that keys whole files leaves them
  found = scanned();
  expect_blocks(found, chain.blocks());
  EXPECT_TRUE(found.damaged.empty() && found.unfinished.empty());
}

TEST_F(BlockFilesTest, an_empty_file_among_others__is_nothing) {
  RegtestChain chain = chain_of(2);
  put("blk00000.dat", {});
  put("blk00001.dat", records(chain.blocks()));
  expect_blocks(scanned(), chain.blocks());
}

// Each prefix of a file: the whole records, and the rest is unfinished, never damaged.
TEST_F(BlockFilesTest, a_file_cut_anywhere__gives_its_whole_records) {
  RegtestChain chain = chain_of(3);
  Bytes whole = records(chain.blocks());
  std::size_t first = 8 + chain.blocks()[0].size();
  std::size_t second = first + 8 + chain.blocks()[1].size();
  for (std::size_t size = first; size < whole.size(); ++size) {
    put("blk00000.dat", ByteView(whole).first(size));
    RecordScan found = scanned();
    ASSERT_EQ(found.blocks.size(), size < second ? 1U : 2U) << size;
    EXPECT_TRUE(found.damaged.empty()) << size << ": " << found.damaged.front().what;
    std::size_t start = size < second ? first : second;
    ASSERT_EQ(found.unfinished.size(), size == start ? 0U : 1U) << size;
    for (const Damage& record : found.unfinished) EXPECT_EQ(record.offset, start) << size;
  }
}

// The same where the node has set space aside: zeros instead of an end.
TEST_F(BlockFilesTest, a_record_filled_only_in_part__is_left_for_next_time) {
  RegtestChain chain = chain_of(3);
  Bytes whole = records(chain.blocks());
  std::size_t start = whole.size() - chain.blocks()[2].size() - 8;
  for (const Bytes& key : {Bytes(8, 0), kKey}) {
    put("xor.dat", key);
    // A written end of up to 36 zeros cannot be told from one that is missing: the last bytes of
    // the script, which are not zero, must be missing too.
    for (std::size_t filled = 1; filled < chain.blocks()[2].size() + 8 - 37; ++filled) {
      Bytes bytes =
          keyed(Bytes(whole.begin(), whole.begin() + static_cast<long>(start + filled)), key);
      bytes.resize(whole.size() + 3000, 0);
      put("blk00000.dat", bytes);
      RecordScan found = scanned();
      ASSERT_EQ(found.blocks.size(), 2U) << filled;
      EXPECT_EQ(found.unfinished.size(), 1U) << filled;
      EXPECT_TRUE(found.damaged.empty()) << filled;
    }
  }
}

TEST_F(BlockFilesTest, stray_bytes_between_records__are_named_and_cost_nothing) {
  RegtestChain chain = chain_of(4);
  for (const Bytes& stray : {Bytes{0}, Bytes(1000, 0), Bytes{0xFA, 0xBF, 0xB5}, Bytes(77, 0xAB)}) {
    Bytes bytes = records({chain.blocks()[0], chain.blocks()[1]});
    std::size_t at = bytes.size();
    bytes.insert(bytes.end(), stray.begin(), stray.end());
    Bytes rest = records({chain.blocks()[2], chain.blocks()[3]});
    bytes.insert(bytes.end(), rest.begin(), rest.end());
    put("blk00000.dat", bytes);
    RecordScan found = scanned();
    expect_blocks(found, chain.blocks());
    ASSERT_EQ(found.damaged.size(), 1U);
    EXPECT_EQ(found.damaged[0].offset, at);
    EXPECT_EQ(found.damaged[0].file, "blocks/blk00000.dat");
    EXPECT_TRUE(found.damaged[0].what.starts_with(std::to_string(stray.size()) + " byte"));
  }
}

// Every bit of a record's magic and length, at the start, inside and at the end of a file.
TEST_F(BlockFilesTest, a_bit_flipped_in_magic_or_length__costs_that_record_alone) {
  RegtestChain chain = chain_of(5);
  for (std::size_t block : {0U, 2U, 4U}) {
    std::size_t start = 0;
    for (std::size_t i = 0; i < block; ++i) start += 8 + chain.blocks()[i].size();
    for (std::size_t bit = 0; bit < 64; ++bit) {
      Bytes bytes = records(chain.blocks());
      bytes[start + bit / 8] ^= static_cast<Byte>(1 << bit % 8);
      put("blk00000.dat", bytes);
      RecordScan found = scanned();
      expect_blocks(found, chain.blocks(), {block});
      ASSERT_EQ(found.damaged.size() + found.unfinished.size(), 1U) << block << " " << bit;
      const Damage& named = found.damaged.empty() ? found.unfinished[0] : found.damaged[0];
      EXPECT_EQ(named.offset, start) << block << " " << bit;
      // Only a last record that seems to go on past the end of the file may pass for unfinished.
      EXPECT_TRUE(block == 4 || found.unfinished.empty()) << block << " " << bit;
    }
  }
}

TEST_F(BlockFilesTest, a_magic_inside_a_transaction__misleads_nobody) {
  RegtestChain chain = chain_of(3);
  // A whole record, with a header that has its proof of work, inside an output's script.
  RegtestChain other = chain.branch(2, 9);
  other.mine();
  test::Tx coinbase = chain.next_coinbase();
  coinbase.out.push_back({0, record(other.blocks()[2])});
  chain.mine_with(coinbase, {});
  put("blk00000.dat", records(chain.blocks()));
  RecordScan found = scanned();
  expect_blocks(found, chain.blocks());
  EXPECT_TRUE(found.damaged.empty());

  chain.mine();
  put("blk00000.dat", records(chain.blocks()));
  expect_blocks(scanned(), chain.blocks());
}

TEST_F(BlockFilesTest, another_network_s_files__are_named) {
  put("blk00000.dat", records(chain_of(2).blocks(), find_network("litecoin")->magic));
  auto found = scan();
  ASSERT_FALSE(found.has_value());
  EXPECT_EQ(found.error().kind, ErrorKind::bad_input);
  EXPECT_EQ(found.error().message,
            "blocks/blk00000.dat looks like a file of the network litecoin, not of regtest; ingest "
            "it with --network litecoin");
}

TEST_F(BlockFilesTest, two_networks_with_one_magic__are_told_apart_by_the_genesis_block) {
  put("blk00000.dat", records(chain_of(2).blocks()));
  network = "litecoin-regtest";
  auto found = scan();
  ASSERT_FALSE(found.has_value());
  EXPECT_EQ(found.error().message,
            "blocks/blk00000.dat begins with the genesis block of the network regtest, not of "
            "litecoin-regtest; ingest it with --network regtest");
}

TEST_F(BlockFilesTest, files_without_any_record__say_what_was_looked_for) {
  put("blk00000.dat", Bytes(3000, 0x77));
  put("blk00001.dat", {});
  auto found = scan();
  ASSERT_FALSE(found.has_value());
  EXPECT_EQ(found.error().kind, ErrorKind::bad_input);
  EXPECT_TRUE(has(found.error().message, "begin with fabfb5da")) << found.error().message;
  EXPECT_TRUE(has(found.error().message, "xor.dat")) << found.error().message;
}

}  // namespace
}  // namespace tracehound::chains::bitcoin
