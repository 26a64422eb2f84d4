#include "support/regtest_chain.h"

#include <algorithm>

#include "base/check.h"

namespace tracehound::test {

namespace {

constexpr std::uint32_t kGenesisTime = 1'296'688'602;
constexpr std::uint32_t kGenesisNonce = 2;
constexpr std::uint32_t kSecondsABlock = 600;
constexpr std::uint32_t kHalving = 150;  // of regtest

// The coinbase of the genesis block, the same on every network of Bitcoin.
constexpr const char* kGenesisCoinbase =
    "01000000010000000000000000000000000000000000000000000000000000000000000000ffffffff4d04ffff001d"
    "0104455468652054696d65732030332f4a616e2f32303039204368616e63656c6c6f72206f6e206272696e6b206f66"
    "207365636f6e64206261696c6f757420666f722062616e6b73ffffffff0100f2052a01000000434104678afdb0fe55"
    "48271967f1a67130b7105cd6a828e03909a67962e0ea1f61deb649f6bc3f4cef38c4f35504e51ec112de5c384df7ba"
    "0b8d578a4c702b6bf11d5fac00000000";

template <typename Number>
void put(Bytes& to, Number number) {
  Byte bytes[sizeof number];
  store_le(bytes, number);
  to.insert(to.end(), bytes, bytes + sizeof number);
}

void put_bytes(Bytes& to, ByteView bytes) { to.insert(to.end(), bytes.begin(), bytes.end()); }

void put_counted(Bytes& to, ByteView bytes) {
  put_compact_size(to, bytes.size());
  put_bytes(to, bytes);
}

Hash256 merkle_root(const std::vector<Bytes>& transactions) {
  std::vector<Hash256> level;
  for (const Bytes& tx : transactions) level.push_back(thread_hasher().sha256d(tx));
  while (level.size() > 1) {
    if (level.size() % 2 != 0) level.push_back(level.back());
    for (std::size_t i = 0; i < level.size(); i += 2) {
      level[i / 2] = thread_hasher().sha256d({level[i].bytes.data(), 64});
    }
    level.resize(level.size() / 2);
  }
  return level.front();
}

// Targets of regtest ease only: the exponent is 32.
bool meets(const Hash256& hash, std::uint32_t bits) {
  CHECK(bits >> 24 == 32);
  auto top =
      static_cast<std::uint32_t>(hash.bytes[31] << 16 | hash.bytes[30] << 8 | hash.bytes[29]);
  return top < (bits & 0x00FF'FFFF);
}

Bytes assemble(const Hash256& previous, std::uint32_t time, std::uint32_t bits, std::uint32_t nonce,
               const std::vector<Bytes>& transactions) {
  Bytes block;
  put<std::uint32_t>(block, 1);
  put_bytes(block, previous.view());
  put_bytes(block, merkle_root(transactions).view());
  put(block, time);
  put(block, bits);
  put(block, nonce);
  put_compact_size(block, transactions.size());
  for (const Bytes& tx : transactions) put_bytes(block, tx);
  return block;
}

}  // namespace

Bytes Tx::bytes() const {
  Bytes all;
  put(all, version);
  put_compact_size(all, in.size());
  for (const TxIn& input : in) {
    put_bytes(all, input.from.txid.view());
    put(all, input.from.index);
    put_counted(all, input.script);
    put(all, input.sequence);
  }
  put_compact_size(all, out.size());
  for (const TxOut& output : out) {
    put(all, output.value);
    put_counted(all, output.script);
  }
  put(all, locktime);
  return all;
}

Hash256 Tx::txid() const { return thread_hasher().sha256d(bytes()); }

Bytes pay_to(std::uint32_t number) {
  Bytes script = {0x76, 0xA9, 20};  // OP_DUP OP_HASH160, 20 bytes
  script.resize(3 + 20, 0x11);
  store_le(script.data() + 3, number);
  put_bytes(script, Bytes{0x88, 0xAC});  // OP_EQUALVERIFY OP_CHECKSIG
  return script;
}

void put_compact_size(Bytes& to, std::uint64_t number) {
  if (number < 0xFD) {
    put(to, static_cast<std::uint8_t>(number));
  } else if (number <= 0xFFFF) {
    to.push_back(0xFD);
    put(to, static_cast<std::uint16_t>(number));
  } else if (number <= 0xFFFF'FFFF) {
    to.push_back(0xFE);
    put(to, static_cast<std::uint32_t>(number));
  } else {
    to.push_back(0xFF);
    put(to, number);
  }
}

Bytes make_block(const Hash256& previous, std::uint32_t time,
                 const std::vector<Bytes>& transactions, std::uint32_t bits) {
  Bytes block = assemble(previous, time, bits, 0, transactions);
  for (std::uint32_t nonce = 0; !meets(block_hash(block), bits);) {
    store_le(block.data() + 76, ++nonce);
    CHECK(nonce != 0xFFFF'FFFF);
  }
  return block;
}

Hash256 block_hash(ByteView block) { return thread_hasher().sha256d(block.first(80)); }

Bytes record(ByteView block, std::uint32_t magic) {
  Bytes bytes;
  put(bytes, magic);
  put(bytes, static_cast<std::uint32_t>(block.size()));
  put_bytes(bytes, block);
  return bytes;
}

Bytes records(const std::vector<Bytes>& blocks, std::uint32_t magic) {
  Bytes bytes;
  for (const Bytes& block : blocks) put_bytes(bytes, record(block, magic));
  return bytes;
}

RegtestChain::RegtestChain() {
  auto coinbase = from_hex(kGenesisCoinbase);
  CHECK(coinbase.has_value());
  blocks_.push_back(assemble({}, kGenesisTime, kRegtestBits, kGenesisNonce, {*coinbase}));
}

Tx RegtestChain::mine(const std::vector<Tx>& transactions) {
  Tx coinbase = next_coinbase();
  mine_with(coinbase, transactions);
  return coinbase;
}

void RegtestChain::mine_with(const Tx& coinbase, const std::vector<Tx>& transactions,
                             std::uint32_t bits) {
  std::vector<Bytes> all = {coinbase.bytes()};
  for (const Tx& tx : transactions) all.push_back(tx.bytes());
  mine_bytes(all, bits);
}

void RegtestChain::mine_bytes(const std::vector<Bytes>& transactions, std::uint32_t bits) {
  auto time = kGenesisTime + static_cast<std::uint32_t>(size()) * kSecondsABlock;
  blocks_.push_back(make_block(tip(), time, transactions, bits));
}

Tx RegtestChain::next_coinbase() const {
  auto height = static_cast<std::uint32_t>(size());
  Amount reward = (50 * kCoin) >> (height / kHalving);
  Bytes script = {4};
  put(script, height);
  script.push_back(4);
  put(script, branch_);
  return {.in = {{{{}, 0xFFFF'FFFF}, script}}, .out = {{reward, pay_to(height)}}};
}

RegtestChain RegtestChain::branch(std::size_t height, std::uint32_t name) const {
  RegtestChain other = *this;
  other.blocks_.resize(height);
  other.branch_ = name;
  return other;
}

}  // namespace tracehound::test
