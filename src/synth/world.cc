#include "synth/world.h"

#include "base/check.h"
#include "synth/scripts.h"

namespace tracehound::synth {

namespace {

constexpr std::uint32_t kEpoch =
    1'704'067'200;  // 2024-01-01 00:00:00 UTC, the genesis block's place
constexpr std::uint32_t kBlockSeconds = 600;
constexpr std::uint32_t kJitterSeconds = 240;  // below half a block, so times always rise

const chains::bitcoin::Network& regtest() {
  const auto* network = chains::bitcoin::find_network("regtest");
  CHECK(network != nullptr);
  return *network;
}

}  // namespace

std::string_view name_of(OwnerKind kind) {
  switch (kind) {
    case OwnerKind::exchange:
      return "exchange";
    case OwnerKind::payment_processor:
      return "payment_processor";
    case OwnerKind::gambling:
      return "gambling";
    case OwnerKind::miner:
      return "miner";
    case OwnerKind::merchant:
      return "merchant";
    case OwnerKind::user:
      return "user";
    case OwnerKind::thief:
      return "thief";
    case OwnerKind::genesis:
      return "genesis";
  }
  CHECK(false);
}

World::World(std::uint64_t seed)
    : network_(regtest()),
      prng_(seed),
      book_(mix64(seed)),
      builder_(network_, book_, coins_, prng_),
      tip_(network_.genesis) {
  OwnerNo nobody = add_owner(OwnerKind::genesis, "genesis block");
  book_.adopt(Form::pubkey, add_wallet(nobody, Role::own), genesis_key_hash());
  counts_ = {.transactions = 1, .inputs = 0, .outputs = 1};
}

void World::start_block(std::uint32_t height) {
  CHECK(height == height_ + 1);
  height_ = height;
  auto jitter = static_cast<std::uint32_t>(prng_.below(2 * kJitterSeconds + 1));
  time_ = kEpoch + height * kBlockSeconds + jitter - kJitterSeconds;
  builder_.start(height);
  auto& grown = young_[height % kMaturity];
  for (CoinNo number : grown) {
    const Coin& coin = coins_[number];
    wallet_at(book_.wallet(coin.address)).add(number, coin.value);
  }
  grown.clear();
}

Amount World::reward() const {
  return chains::bitcoin::subsidy(network_, BlockHeight(height_)) + builder_.fees();
}

Hash256 World::end_block(std::string_view miner, std::span<const Output> payout, Bytes& record) {
  Amount paid = 0;
  for (const Output& output : payout) paid += output.value;
  CHECK(paid == reward());
  MinedBlock mined = builder_.mine(
      {.height = height_, .time = time_, .previous = tip_, .miner = miner, .payout = payout},
      record);
  tip_ = mined.hash;
  for (CoinNo number : unconfirmed_) {
    const Coin& coin = coins_[number];
    wallet_at(book_.wallet(coin.address)).add(number, coin.value);
  }
  unconfirmed_.clear();
  std::uint32_t index = 0;
  for (const Output& output : payout) {
    // A coin too small to pay for its own input lies where it is for ever.
    if (output.value >= 2 * kDust) {
      young_[height_ % kMaturity].push_back(
          coins_.add({mined.coinbase, index, output.address, output.value}));
    }
    ++index;
  }
  counts_.transactions += 1;
  counts_.outputs += payout.size();
  return mined.hash;
}

OwnerNo World::add_owner(OwnerKind kind, std::string name, std::string actor) {
  owners_.push_back({kind, std::move(name), std::move(actor)});
  return OwnerNo(static_cast<std::uint32_t>(owners_.size() - 1));
}

WalletNo World::add_wallet(OwnerNo owner, Role role, Delivery delivery) {
  wallets_.emplace_back(owner, role, delivery);
  return WalletNo(static_cast<std::uint32_t>(wallets_.size() - 1));
}

Draft& World::draft() {
  draft_.clear();
  return draft_;
}

Amount World::take(Draft& draft, WalletNo wallet, CoinChoice choice, Amount needed) {
  CoinNo coin = wallet_at(wallet).take(choice, needed, coins_, prng_);
  draft.inputs.push_back(coin);
  return coins_[coin].value;
}

void World::give_back(Draft& draft, WalletNo wallet) {
  for (CoinNo coin : draft.inputs) wallet_at(wallet).add(coin, coins_[coin].value);
  draft.inputs.clear();
}

std::uint64_t World::weight_of(const Draft& draft) const {
  std::uint64_t weight = kFrameWeight;
  for (CoinNo coin : draft.inputs) weight += input_weight(book_.form(coins_[coin].address));
  for (const Output& output : draft.outputs) {
    weight +=
        output.address == kNoAddress ? kNoteWeight : output_weight(book_.form(output.address));
  }
  return weight;
}

bool World::fund(Draft& draft, const Spender& spender) {
  Amount wanted = 0;
  for (const Output& output : draft.outputs) wanted += output.value;
  Amount in = 0;
  for (CoinNo coin : draft.inputs) in += coins_[coin].value;
  std::uint64_t weight = weight_of(draft);
  const Wallet& wallet = wallet_at(spender.wallet);
  Amount cost = wanted + fee_of(weight, spender.rate);
  while (in < cost) {
    if (wallet.empty() || draft.inputs.size() == kInputsMax) {
      give_back(draft, spender.wallet);
      return false;
    }
    // With the smallest coin that fits, the fee of its own input is still to come: ask for more.
    Amount needed = cost - in + fee_of(input_weight(spender.form), spender.rate);
    in += take(draft, spender.wallet, spender.choice, needed);
    weight += input_weight(book_.form(coins_[draft.inputs.back()].address));
    cost = wanted + fee_of(weight, spender.rate);
  }
  Form form = spender.change == kNoAddress ? spender.form : book_.form(spender.change);
  Amount change_cost = fee_of(output_weight(form), spender.rate);
  if (in - cost >= change_cost + kDust) {
    AddressNo address =
        spender.change == kNoAddress ? book_.make(form, spender.wallet) : spender.change;
    std::size_t place = spender.place == ChangePlace::first ? 0
                        : spender.place == ChangePlace::last
                            ? draft.outputs.size()
                            : prng_.below(draft.outputs.size() + 1);
    draft.outputs.insert(draft.outputs.begin() + static_cast<std::ptrdiff_t>(place),
                         {address, in - cost - change_cost});
  }
  draft.replaceable = spender.replaceable;
  draft.locked = spender.locked;
  return true;
}

CoinNo World::create(const Coin& coin) {
  CoinNo number = coins_.add(coin);
  if (wallet_at(book_.wallet(coin.address)).delivery() == Delivery::confirmed) {
    unconfirmed_.push_back(number);
  }
  return number;
}

std::span<const CoinNo> World::post(const Draft& draft) {
  last_txid_ = builder_.add(draft);
  for (CoinNo coin : draft.inputs) coins_.release(coin);
  made_.clear();
  std::uint32_t index = 0;
  for (const Output& output : draft.outputs) {
    made_.push_back(output.address == kNoAddress
                        ? kNoCoin
                        : create({last_txid_, index, output.address, output.value}));
    ++index;
  }
  counts_.transactions += 1;
  counts_.inputs += draft.inputs.size();
  counts_.outputs += draft.outputs.size();
  return made_;
}

}  // namespace tracehound::synth
