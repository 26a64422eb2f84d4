#include "synth/people.h"

#include <algorithm>

#include "base/check.h"

namespace tracehound::synth {

namespace {

// Founding coinbases that go to people: 20 rewards of 50 coins.
constexpr Amount kPeoplesMoney = 20 * 50 * kBitcoin;

// By then everyone has the founding coins; asking before would only empty the exchanges.
constexpr std::uint32_t kBuyingFrom = kFirstSpendingHeight + 25;

// One of the values, by its weight in percent. The weights sum to 100.
template <typename Value, std::size_t kCount>
Value pick(Prng& prng, const std::array<std::pair<std::uint32_t, Value>, kCount>& table) {
  std::uint64_t roll = prng.below(100);
  for (const auto& [weight, value] : table) {
    if (roll < weight) return value;
    roll -= weight;
  }
  CHECK(false);
}

Form some_form(Prng& prng) {
  return pick<Form, 6>(prng, {{{28, Form::pubkey_hash},
                               {37, Form::witness_key},
                               {12, Form::nested},
                               {18, Form::taproot},
                               {3, Form::pubkey},
                               {2, Form::multisig}}});
}

CoinChoice some_choice(Prng& prng) {
  return pick<CoinChoice, 4>(prng, {{{35, CoinChoice::oldest},
                                     {20, CoinChoice::largest},
                                     {20, CoinChoice::smallest_fit},
                                     {25, CoinChoice::random}}});
}

ChangePlace some_place(Prng& prng) {
  return pick<ChangePlace, 3>(
      prng, {{{20, ChangePlace::first}, {30, ChangePlace::last}, {50, ChangePlace::random}}});
}

// People like round figures: all but the first two digits become zeros.
Amount rounded(Amount amount) {
  Amount step = 1;
  while (amount / step >= 100) step *= 10;
  return amount / step * step;
}

}  // namespace

People::People(World& world, Services& services, std::uint32_t count)
    : world_(world), services_(services), usual_wealth_(kPeoplesMoney / count) {
  Prng& prng = world.prng();
  persons_.reserve(count);
  std::vector<AddressNo> merchants;
  std::vector<AddressNo> miners;
  for (std::uint32_t i = 0; i < count; ++i) {
    Person person;
    person.merchant = i % 40 == 0;
    person.private_minded = !person.merchant && i % 10 == 1;
    person.owner =
        world.add_owner(person.merchant ? OwnerKind::merchant : OwnerKind::user,
                        std::string(person.merchant ? "merchant " : "user ") + std::to_string(i));
    person.wallet = world.add_wallet(person.owner, Role::own);
    person.form = person.private_minded ? Form::witness_key : some_form(prng);
    person.choice = some_choice(prng);
    person.place = some_place(prng);
    person.rate = static_cast<std::uint32_t>(prng.log_uniform(1000, 16'000));
    person.exchange = static_cast<std::uint8_t>(prng.below(kExchanges));
    person.fresh_receive = person.private_minded || prng.percent(45);
    person.fresh_change = person.private_minded || prng.percent(60);
    person.replaceable = prng.percent(40);
    person.locked = prng.percent(25);
    person.address = world.new_address(person.form, person.wallet);
    auto wealth = static_cast<std::uint32_t>(prng.log_uniform(16, 512));
    wealth_.push_back(person.private_minded ? 6 * wealth : wealth);
    if (person.merchant) merchants.push_back(person.address);
    if (person.private_minded) private_minded_.push_back(i);
    if (i % 16 == 2) miners.push_back(person.address);
    persons_.push_back(person);
  }
  services.set_receivers(std::move(merchants), std::move(miners));
}

std::vector<Output> People::funding(std::uint32_t part, std::uint32_t parts, Amount reward) {
  std::uint64_t count = persons_.size();
  auto first = static_cast<std::uint32_t>(count * part / parts);
  auto end = static_cast<std::uint32_t>(count * (part + 1) / parts);
  Amount shares = 0;
  for (std::uint32_t i = first; i < end; ++i) shares += wealth_[i];
  std::vector<Output> payout;
  Amount paid = 0;
  for (std::uint32_t i = first; i < end; ++i) {
    Person& person = persons_[i];
    Amount amount = reward / shares * wealth_[i];
    // In one or two coins.
    for (std::uint64_t coins = world_.prng().between(1, 2); coins > 0; --coins) {
      Amount part_amount = coins == 1 ? amount : amount / coins;
      payout.push_back({receive(person), part_amount});
      amount -= part_amount;
      paid += part_amount;
    }
  }
  payout[0].value += reward - paid;
  return payout;
}

void People::trade(std::uint32_t budget) {
  std::uint32_t made = 0;
  // Many have nothing to do or no means to do it; ask so many people and no more.
  for (std::uint64_t asked = 0; asked < 12ULL * budget + 40 && made < budget; ++asked) {
    if (!world_.room()) return;
    made += act(persons_[world_.prng().below(persons_.size())]);
  }
}

// Returns how many transactions came of it.
std::uint32_t People::act(Person& person) {
  Prng& prng = world_.prng();
  const Wallet& wallet = world_.wallet(person.wallet);
  // Savers let their mixed coins lie.
  if (person.private_minded && !prng.percent(10)) return 0;
  if (wallet.size() > 30) return consolidate(person) ? 1 : 0;
  if (person.merchant) {
    Amount spare = wallet.balance() - wallet.balance() / 8;
    return spare > usual_wealth_ / 4 && deposit(person, spare) ? 1 : 0;
  }
  if (wallet.balance() < usual_wealth_ / 8) {
    buy(person);
    return 0;
  }
  std::uint64_t roll = prng.below(100);
  if (roll < 37) return pay_merchant(person) ? 1 : 0;
  if (roll < 72) return pay_person(person) ? 1 : 0;
  if (roll < 92) return deposit(person, usual_payment(person)) ? 1 : 0;
  if (roll < 97) return gamble(person) ? 2 : 0;
  return wallet.size() > 4 && consolidate(person) ? 1 : 0;
}

Spender People::spender_of(const Person& person) const {
  return {.wallet = person.wallet,
          .choice = person.choice,
          .place = person.place,
          .form = person.form,
          .change = person.fresh_change ? kNoAddress : person.address,
          .rate = person.rate,
          .replaceable = person.replaceable,
          .locked = person.locked};
}

void People::renew_address(std::uint32_t number) {
  Person& person = persons_[number];
  person.address = world_.new_address(person.form, person.wallet);
}

AddressNo People::receive(Person& person) {
  if (person.fresh_receive) person.address = world_.new_address(person.form, person.wallet);
  return person.address;
}

Amount People::usual_payment(const Person& person) {
  Prng& prng = world_.prng();
  Amount most = std::min(world_.wallet(person.wallet).balance() / 3 * 2, usual_wealth_ * 4);
  Amount least = std::max(kDust * 2, usual_wealth_ / 100);
  if (most <= least) return least;
  Amount amount = prng.log_uniform(least, most);
  return prng.percent(30) ? std::max(least, rounded(amount)) : amount;
}

bool People::send(Person& person, Draft& draft) {
  Prng& prng = world_.prng();
  if (prng.percent(2)) draft.outputs.push_back({kNoAddress, 0});
  if (!world_.fund(draft, spender_of(person))) return false;
  world_.post(draft);
  return true;
}

bool People::buy(Person& person) {
  if (world_.height() < std::max(person.waits_until, kBuyingFrom)) return false;
  Prng& prng = world_.prng();
  person.waits_until = world_.height() + 20;
  Amount amount = prng.log_uniform(usual_wealth_ / 4, usual_wealth_ * 2);
  // Now and then as two withdrawals.
  bool twice = prng.percent(10);
  services_.request(person.exchange, {receive(person), twice ? amount / 2 : amount});
  if (twice) services_.request(person.exchange, {receive(person), amount / 2});
  return true;
}

bool People::pay_merchant(Person& person) {
  AddressNo invoice = services_.invoice_address();
  Draft& draft = world_.draft();
  draft.outputs.push_back({invoice, usual_payment(person)});
  return send(person, draft);
}

bool People::pay_person(Person& person) {
  Prng& prng = world_.prng();
  std::uint64_t payees = prng.percent(6) ? prng.between(2, 5) : 1;
  Draft& draft = world_.draft();
  for (std::uint64_t i = 0; i < payees; ++i) {
    Person& payee = persons_[prng.below(persons_.size())];
    draft.outputs.push_back({receive(payee), std::max(kDust, usual_payment(person) / payees)});
  }
  return send(person, draft);
}

bool People::deposit(Person& person, Amount amount) {
  if (person.deposit == kNoAddress || world_.prng().percent(10)) {
    person.deposit = services_.new_deposit_address(person.exchange);
  }
  Draft& draft = world_.draft();
  draft.outputs.push_back({person.deposit, amount});
  return send(person, draft);
}

bool People::gamble(Person& person) {
  AddressNo place = services_.bet_address();
  Draft& draft = world_.draft();
  draft.outputs.push_back({place, std::max(usual_payment(person) / 8, 10 * kDust)});
  if (!world_.fund(draft, spender_of(person))) return false;
  auto made = world_.post(draft);
  for (std::size_t i = 0; i < made.size(); ++i) {
    if (draft.outputs[i].address != place) continue;
    services_.play(made[i], person.address);
    return true;
  }
  CHECK(false);
}

bool People::consolidate(Person& person) {
  const Wallet& wallet = world_.wallet(person.wallet);
  Draft& draft = world_.draft();
  Amount in = 0;
  while (!wallet.empty() && draft.inputs.size() < 30) {
    in += world_.take(draft, person.wallet, CoinChoice::oldest);
  }
  draft.outputs.push_back({person.fresh_change ? receive(person) : person.address, 0});
  Amount fee = World::fee_of(world_.weight_of(draft), person.rate);
  if (in < fee + kDust) {
    world_.give_back(draft, person.wallet);
    return false;
  }
  draft.outputs[0].value = in - fee;
  world_.post(draft);
  return true;
}

}  // namespace tracehound::synth
