// Whirlpool (Samourai Wallet 2019 to 2024, Ashigaru since).
//
// A mix has n inputs and n outputs, and every output is the pool's denomination p. Remixers bring
// exactly p; new entrants bring p and a little more, and these premiums pay the miner. So of an
// eight-party mix of the 0.01 pool:
//
//   in   1000000 1000000 1000000 1000000 1000000 1000000  1004840 1011797
//   out  1000000 eight times
//
// The mix is prepared by a Tx0: one owner cuts coins into equal premix outputs of p and a premium,
// pays the pool's fee, keeps the change, and says who pays for it in an OP_RETURN. All of it is one
// owner's, so its inputs may be joined. Premixes go to an account that nothing else is paid to, so
// never back to an address that is spent: who mints tokens also pays a fee, leaves an OP_RETURN and
// a little more than a pool's denomination, but to where it came from.
//
// Why these tests. Equal outputs alone are found in payouts; that the inputs too are all p or a
// trifle above it is not, since a payer has no reason to hold as many coins of that size. The
// premium's bound is the one of the public rules (Schnoering and Vazirgiannis; GraphSense): 110,000
// satoshi; the largest in 1,403 mixes of March 2024 was 76,500. Five parties were the first size,
// up to ten came with "surge cycles". Inputs are always P2WPKH, since premix and postmix accounts
// are. Outputs are not: a wallet may mix straight to an address of any kind. The public rules ask
// for P2WPKH there and miss those mixes; whoever joins their inputs joins strangers
// (docs/accuracy.md has how many).
//
// What it cannot tell: someone may build the same shape alone. Lineage makes it surer: an entrant
// comes from a Tx0, a remixer from another mix of the pool.
#include <algorithm>
#include <array>

#include "clusters/coinjoin_rules.h"

namespace tracehound::clusters {

namespace {

using ledger::ScriptKind;

struct Pool {
  Amount denomination;
  Amount fee;
};
// Those of 2019 to 2024, in satoshi, with what entering costs (GraphSense's table).
constexpr std::array<Pool, 4> kPools = {{
    {100'000, 5'000},
    {1'000'000, 50'000},
    {5'000'000, 175'000},
    {50'000'000, 1'750'000},
}};

constexpr std::uint32_t kSmallestMix = 5;
constexpr std::uint32_t kLargestMix = 10;
constexpr Amount kPremiumMost = 110'000;
// A premix output must pay for part of a transaction: 100 satoshi is less than a fifth of one input
// at the lowest fee that nodes relay.
constexpr Amount kPremiumLeast = 100;
// Samourai's client made 70 premix outputs at most.
constexpr std::uint32_t kPremixMost = 70;

const Pool* pool_of(Amount denomination) {
  auto pool = std::ranges::find(kPools, denomination, &Pool::denomination);
  return pool == kPools.end() ? nullptr : pool;
}

// The largest pool for which an output of this value can be a premix.
const Pool* pool_of_premix(Amount value) {
  const Pool* found = nullptr;
  for (const Pool& pool : kPools) {
    if (value >= pool.denomination + kPremiumLeast && value <= pool.denomination + kPremiumMost) {
      found = &pool;
    }
  }
  return found;
}

// Entering was sold at a discount, to half the price and below; and a Tx0 into a cascade of pools
// may pay for more than one. A quarter to thrice the price holds all that was seen.
bool pays_for(Amount value, const Pool& pool) {
  return value >= pool.fee / 4 && value <= 3 * pool.fee;
}

bool is_spent_from(const Shape& shape, std::uint32_t address) {
  return shape.view.inputs_known &&
         std::ranges::find(shape.view.inputs, address, &ViewedCoin::address) !=
             shape.view.inputs.end();
}

}  // namespace

std::optional<Recognised> whirlpool_mix(const Shape& shape) {
  if (shape.inputs != shape.outputs || shape.inputs < kSmallestMix || shape.inputs > kLargestMix) {
    return std::nullopt;
  }
  Amount denomination = shape.equal.value;
  // Below half the smallest pool the premium's window would be wider than the coin.
  if (shape.equal.count != shape.outputs || denomination < kPools.front().denomination / 2) {
    return std::nullopt;
  }
  std::uint32_t remixers = 0;
  for (const ViewedCoin& input : shape.view.inputs) {
    if (input.value < denomination || input.value > denomination + kPremiumMost) {
      return std::nullopt;
    }
    if (input.value == denomination) ++remixers;
  }
  if (remixers == 0 || shape.inputs_of(ScriptKind::witness_pubkey_hash) != shape.inputs ||
      !shape.inputs_distinct() || !shape.outputs_distinct()) {
    return std::nullopt;
  }
  if (pool_of(denomination) == nullptr) {
    return recognised(Protocol::whirlpool, 60, shape,
                      "all inputs are of one denomination or a little above it, all outputs of it, "
                      "as in a Whirlpool pool that is not listed");
  }
  bool as_ever = shape.outputs_of(ScriptKind::witness_pubkey_hash) == shape.outputs;
  return recognised(Protocol::whirlpool, as_ever ? 90 : 85, shape,
                    "all inputs are a Whirlpool pool's denomination or a little above it, all "
                    "outputs are exactly it");
}

std::optional<Recognised> whirlpool_tx0(const Shape& shape) {
  if (shape.outputs_of(ScriptKind::op_return) != 1) return std::nullopt;
  std::uint32_t spendable = shape.outputs - 1;
  // The premix value is the one that leaves at most a fee and a change besides.
  for (const ValueCount& premix : shape.values) {
    const Pool* pool = pool_of_premix(premix.value);
    if (pool == nullptr || premix.count > kPremixMost || premix.count + 2 < spendable ||
        premix.count >= spendable) {
      continue;
    }
    bool fee_paid = false;
    std::uint32_t premixes = 0;
    for (const ViewedCoin& output : shape.view.outputs) {
      if (output.script == ScriptKind::op_return) continue;
      bool witness = output.script == ScriptKind::witness_pubkey_hash;
      if (output.value == premix.value) {
        premixes += witness && !is_spent_from(shape, output.address) ? 1 : 0;
      } else if (witness && pays_for(output.value, *pool)) {
        fee_paid = true;
      }
    }
    if (!fee_paid || premixes != premix.count || !shape.outputs_distinct()) continue;
    // One premix alone is one value in a window; two of the very same value are not chance.
    Recognised found = recognised(Protocol::whirlpool_tx0, premix.count > 1 ? 80 : 50, shape,
                                  "an OP_RETURN, premix outputs of a Whirlpool pool, its fee, and "
                                  "at most one change");
    found.anonymity_set = 1;
    found.denomination = pool->denomination;
    return found;
  }
  return std::nullopt;
}

}  // namespace tracehound::clusters
