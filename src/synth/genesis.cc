// The regtest genesis block: the same coinbase as Bitcoin's own first block under another header
// (Bitcoin Core, src/kernel/chainparams.cpp).
#include "base/check.h"
#include "synth/block_builder.h"

namespace tracehound::synth {

namespace {

constexpr std::string_view kKey =
    "04678afdb0fe5548271967f1a67130b7105cd6a828e03909a67962e0ea1f61deb6"
    "49f6bc3f4cef38c4f35504e51ec112de5c384df7ba0b8d578a4c702b6bf11d5f";

Bytes bytes_of(std::string_view hex) {
  auto bytes = from_hex(hex);
  CHECK(bytes.has_value());
  return *bytes;
}

}  // namespace

Bytes genesis_record() {
  std::string hex =
      "fabfb5da"  // magic
      "1d010000"  // 285 bytes follow
      "01000000"
      "0000000000000000000000000000000000000000000000000000000000000000"
      "3ba3edfd7a7b12b27ac72c3e67768f617fc81bc3888a51323a9fb8aa4b1e5e4a"
      "dae5494d"  // 2011-02-02 23:16:42
      "ffff7f20"
      "02000000"
      "01"
      "01000000"
      "01"
      "0000000000000000000000000000000000000000000000000000000000000000"
      "ffffffff"
      "4d"
      "04ffff001d0104455468652054696d65732030332f4a616e2f32303039204368"
      "616e63656c6c6f72206f6e206272696e6b206f66207365636f6e64206261696c"
      "6f757420666f722062616e6b73"
      "ffffffff"
      "01"
      "00f2052a01000000"
      "4341";
  hex += kKey;
  hex += "ac00000000";
  return bytes_of(hex);
}

Hash160 genesis_key_hash() { return thread_hasher().hash160(bytes_of(kKey)); }

}  // namespace tracehound::synth
