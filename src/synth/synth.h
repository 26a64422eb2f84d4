// Makes a simulated chain with a known theft: block files as a node of Bitcoin's regtest network
// writes them, and beside them the truth. README.md says what the world is and what the files hold.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "base/file.h"
#include "base/ids.h"
#include "base/result.h"

namespace tracehound::synth {

enum class Theft : std::uint8_t {
  none,
  hot_wallet,    // an exchange's hot wallet is drained in a few transactions
  wallet_sweep,  // hundreds of people's wallets are emptied into collectors within two hours
};
std::string_view name_of(Theft theft);                    // "hot-wallet"
std::optional<Theft> theft_named(std::string_view name);  // "none", "hot-wallet", "wallet-sweep"

// How the loot is laundered.
enum class Style : std::uint8_t {
  mixed,    // everything that follows and rounds of equal outputs, in turn
  peel,     // long chains that pay a service a little at a time, and coins that lie
  scatter,  // fanned out into many parts, gathered, fanned out again
};
std::string_view name_of(Style style);                    // "mixed"
std::optional<Style> style_named(std::string_view name);  // "mixed", "peel", "scatter"

// Nothing can be spent before block 101 and people have coins from block 125, so a theft and its
// laundering need this many blocks.
inline constexpr std::uint32_t kBlocksMinForTheft = 160;
inline constexpr std::uint32_t kBlocksMax = 500'000;
// More everyday transactions do not fit into a block of 4 million weight units.
inline constexpr std::uint32_t kTxsPerBlockMax = 4000;
// Memory grows by some 80 bytes a transaction.
inline constexpr std::uint64_t kTransactionsMax = 50'000'000;

struct SynthOptions {
  std::string out;             // folder: made when missing, else it must be empty
  std::uint32_t blocks = 400;  // in the files, the genesis block among them: the tip is one less
  std::uint64_t seed = 1;
  Theft theft = Theft::hot_wallet;
  Style laundering = Style::mixed;
  // Everyday transactions wanted in each block from 101 on, as many as people have coins for; the
  // coinbase and the thief's come on top.
  std::uint32_t txs_per_block = 100;
  bool progress = true;
};

struct SynthReport {
  std::uint64_t blocks = 0;
  std::uint64_t transactions = 0;  // with the coinbases
  std::uint64_t inputs = 0;        // without the coinbases'
  std::uint64_t outputs = 0;       // without the coinbases' witness commitments
  std::uint64_t addresses = 0;
  std::uint64_t block_files = 0;
  std::uint64_t block_bytes = 0;
  std::uint32_t theft_height = 0;  // 0 without a theft
  std::uint64_t stolen_coins = 0;
  Amount stolen = 0;
};

// Where the theft takes place in a chain of so many blocks.
std::uint32_t theft_height(std::uint32_t blocks);

// Writes blocks/blk*.dat, tags.yaml, truth.json, synth.json and, with a theft, incident.yaml under
// options.out. The same options give the same bytes on every machine, whatever `out` is.
// Errors: usage for options that make no sense; bad_input for a folder that is not empty; machine
// for the disk, after taking away what was written.
Result<SynthReport> make_world(FileSystem& files, const SynthOptions& options);

}  // namespace tracehound::synth
