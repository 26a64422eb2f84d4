#include "synth/theft.h"

#include <algorithm>

#include "base/check.h"
#include "synth/scripts.h"

namespace tracehound::synth {

namespace {

constexpr std::uint32_t kRate = 15'000;  // a thief is in a hurry
constexpr std::size_t kDrainInputsMax = 150;
constexpr std::uint32_t kDrainsMin = 3;
constexpr std::uint32_t kDrainsMax = 6;
constexpr std::size_t kCollectors = 5;
constexpr std::size_t kVictimsMin = 200;
constexpr std::size_t kVictimsMax = 1500;
constexpr std::size_t kMergeInputsMax = 60;

}  // namespace

Heist::Heist(World& world, Services& services, People& people, Mixing& mixing,
             const SynthOptions& options)
    : world_(world),
      services_(services),
      people_(people),
      books_(world),
      wallet_(world.add_wallet(world.add_owner(OwnerKind::thief, "thief"), Role::own,
                               Delivery::by_hand)),
      laundering_(world, services, mixing, books_, wallet_,
                  options.theft == Theft::hot_wallet ? kVictimExchange : kCustodians,
                  options.laundering),
      theft_(options.theft),
      planned_(theft_height(options.blocks)),
      tip_(options.blocks - 1) {}

void Heist::act() {
  if (world_.height() < planned_) return;
  if (height_ == 0) {
    height_ = world_.height();
    time_ = world_.time();
    if (theft_ == Theft::wallet_sweep) choose_victims();
  }
  if (!stealing_) return laundering_.act();
  if (theft_ == Theft::hot_wallet) {
    drain_hot_wallet();
  } else {
    sweep_wallets();
  }
  if (!stealing_) launder();
}

// A few transactions, each with its share of the wallet's coins, the largest first.
void Heist::drain_hot_wallet() {
  const Custodian& victim = services_.custodian(kVictimExchange);
  const Wallet& hot = world_.wallet(victim.hot);
  if (drains_left_ == 0) {
    auto wanted = static_cast<std::uint32_t>((hot.size() + kDrainInputsMax - 1) / kDrainInputsMax);
    drains_left_ = std::clamp(wanted, kDrainsMin, kDrainsMax);
    std::size_t even = (hot.size() + drains_left_ - 1) / drains_left_;
    drain_coins_ = std::min(kDrainInputsMax, std::max<std::size_t>(even, 1));
  }
  Prng& prng = world_.prng();
  while (drains_left_ > 0 && !hot.empty() && world_.room_for_thief()) {
    --drains_left_;
    Draft& draft = world_.draft();
    Amount in = 0;
    while (!hot.empty() && draft.inputs.size() < drain_coins_) {
      in += world_.take(draft, victim.hot, CoinChoice::largest);
    }
    std::size_t count = prng.between(1, 2);
    for (std::size_t i = 0; i < count; ++i) {
      draft.outputs.push_back({world_.new_address(Form::witness_key, wallet_), 0});
    }
    Amount fee = World::fee_of(world_.weight_of(draft), kRate);
    if (in < fee + 20 * kDust) {
      world_.give_back(draft, victim.hot);
      break;
    }
    Amount first = count == 1 ? in - fee : (in - fee) / 100 * prng.between(40, 70);
    draft.outputs[0].value = first;
    if (count == 2) draft.outputs[1].value = in - fee - first;
    for (CoinNo coin : world_.post(draft)) {
      loot_.push_back({books_.steal(coin, victim.owner)});
    }
  }
  if (drains_left_ > 0 && !hot.empty() && !world_.room_for_thief()) return;  // the next block
  stealing_ = false;
  services_.replace_hot_addresses(kVictimExchange);
}

void Heist::choose_victims() {
  auto persons = people_.persons();
  for (std::uint32_t i = 0; i < persons.size(); ++i) {
    bool worth = world_.wallet(persons[i].wallet).balance() > people_.usual_wealth() / 10;
    if (worth && !persons[i].merchant) victims_.push_back(i);
  }
  world_.prng().shuffle(victims_);
  std::size_t wanted = std::clamp(persons.size() / 6, kVictimsMin, kVictimsMax);
  victims_.resize(std::min(victims_.size(), wanted));
  // Within two hours.
  sweeps_a_block_ = victims_.size() / 12 + 1;
  for (std::size_t i = 0; i < kCollectors; ++i) {
    collectors_.push_back(world_.new_address(Form::witness_key, wallet_));
  }
  loot_.resize(kCollectors);
}

void Heist::sweep_wallets() {
  std::size_t made = 0;
  while (!victims_.empty() && made < sweeps_a_block_ && world_.room_for_thief()) {
    if (sweep(victims_.back())) ++made;
    victims_.pop_back();
  }
  if (victims_.empty()) stealing_ = false;
}

bool Heist::sweep(std::uint32_t number) {
  const Person& person = people_.persons()[number];
  const Wallet& wallet = world_.wallet(person.wallet);
  Draft& draft = world_.draft();
  Amount in = 0;
  while (!wallet.empty() && draft.inputs.size() < kInputsMax) {
    in += world_.take(draft, person.wallet, CoinChoice::oldest);
  }
  std::size_t collector = world_.prng().below(kCollectors);
  draft.outputs.push_back({collectors_[collector], 0});
  Amount fee = World::fee_of(world_.weight_of(draft), kRate);
  if (in < fee + 10 * kDust) {
    world_.give_back(draft, person.wallet);
    return false;
  }
  draft.outputs[0].value = in - fee;
  auto made = world_.post(draft);
  loot_[collector].push_back(books_.steal(made[0], person.owner));
  people_.renew_address(number);
  return true;
}

// Hands the loot over, in groups small enough for one transaction each.
void Heist::launder() {
  CHECK(books_.stolen() > 0);
  std::vector<std::vector<Loot>> groups;
  for (std::vector<Loot>& pile : loot_) {
    for (std::size_t i = 0; i < pile.size(); ++i) {
      if (i % kMergeInputsMax == 0) groups.emplace_back();
      groups.back().push_back(std::move(pile[i]));
    }
  }
  laundering_.begin(std::move(groups), tip_);
}

}  // namespace tracehound::synth
