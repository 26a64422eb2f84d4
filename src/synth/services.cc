#include "synth/services.h"

#include <algorithm>

#include "base/check.h"

namespace tracehound::synth {

namespace {

struct Name {
  const char* name;
  const char* actor;
};
constexpr std::array<Name, kExchanges> kExchangeNames = {{{"Alder Exchange", "alder_exchange"},
                                                          {"Bluefin Trade", "bluefin_trade"},
                                                          {"Cobalt Markets", "cobalt_markets"},
                                                          {"Dunlin Exchange", "dunlin_exchange"},
                                                          {"Estuary Coins", "estuary_coins"}}};
constexpr std::array<Name, kPools> kPoolNames = {{{"Heron Pool", "heron_pool"},
                                                  {"Ibis Pool", "ibis_pool"},
                                                  {"Juniper Pool", "juniper_pool"},
                                                  {"Kelp Pool", "kelp_pool"},
                                                  {"Larch Pool", "larch_pool"}}};

constexpr std::uint32_t kKnownDepositsMax = 40;  // of each service, in the TagPack
constexpr std::uint32_t kSweepEvery = 12;        // blocks, however few deposits there are
constexpr std::size_t kInvoicesShown = 500;
constexpr Amount kExchangeFloat = 200 * kBitcoin;
constexpr Amount kSmallFloat = 40 * kBitcoin;

}  // namespace

Services::Services(World& world) : world_(world) {
  Prng& prng = world.prng();
  auto add = [&](OwnerKind kind, const Name& name, Form hot_form, Form deposit_form) {
    Custodian made;
    made.owner = world.add_owner(kind, name.name, name.actor);
    made.hot = world.add_wallet(made.owner, Role::hot);
    made.deposits = world.add_wallet(made.owner, Role::deposit);
    made.cold = world.add_wallet(made.owner, Role::cold);
    made.target = kind == OwnerKind::exchange ? kExchangeFloat : kSmallFloat;
    made.rate = static_cast<std::uint32_t>(prng.between(3000, 12'000));
    made.deposit_form = deposit_form;
    for (int i = 0; i < 2; ++i) made.hot_addresses.push_back(world.new_address(hot_form, made.hot));
    made.cold_address = world.new_address(Form::witness_script, made.cold);
    for (AddressNo address : made.hot_addresses) world.make_known(address, made.owner);
    world.make_known(made.cold_address, made.owner);
    made.sweep_at = prng.between(6, 40);
    made.batch_at = prng.between(1, 8);
    custodians_.push_back(std::move(made));
  };
  constexpr std::array<Form, kExchanges> kHotForms = {
      Form::pubkey_hash, Form::witness_key, Form::nested, Form::witness_key, Form::pubkey_hash};
  constexpr std::array<Form, kExchanges> kDepositForms = {
      Form::pubkey_hash, Form::nested, Form::pubkey_hash, Form::witness_key, Form::pubkey_hash};
  for (std::size_t i = 0; i < kExchanges; ++i) {
    add(OwnerKind::exchange, kExchangeNames[i], kHotForms[i], kDepositForms[i]);
  }
  add(OwnerKind::payment_processor, {"Fernpay", "fernpay"}, Form::witness_key, Form::nested);
  add(OwnerKind::gambling, {"Goldfinch Dice", "goldfinch_dice"}, Form::pubkey_hash,
      Form::pubkey_hash);

  WalletNo bets = world.add_wallet(custodians_[kDice].owner, Role::deposit, Delivery::by_hand);
  for (int i = 0; i < 4; ++i) {
    bet_addresses_.push_back(world.new_address(Form::pubkey_hash, bets));
    world.make_known(bet_addresses_.back(), custodians_[kDice].owner);
  }
  for (const Name& name : kPoolNames) {
    Pool pool;
    pool.owner = world.add_owner(OwnerKind::miner, name.name, name.actor);
    pool.wallet = world.add_wallet(pool.owner, Role::own);
    pool.address = world.new_address(Form::pubkey_hash, pool.wallet);
    pool.mark = std::string("/") + name.name + "/";
    world.make_known(pool.address, pool.owner);
    pools_.push_back(std::move(pool));
  }
}

AddressNo Services::new_deposit_address(std::size_t number) {
  Custodian& custodian = custodians_[number];
  AddressNo address = world_.new_address(custodian.deposit_form, custodian.deposits);
  if (custodian.known_deposits < kKnownDepositsMax && world_.prng().percent(5)) {
    ++custodian.known_deposits;
    world_.make_known(address, custodian.owner);
  }
  return address;
}

AddressNo Services::invoice_address() {
  Prng& prng = world_.prng();
  std::size_t place = prng.below(kInvoicesShown);
  if (place < invoices_.size() && prng.percent(50)) return invoices_[place];
  AddressNo address = new_deposit_address(kProcessor);
  if (invoices_.size() < kInvoicesShown) {
    invoices_.push_back(address);
  } else {
    invoices_[place] = address;
  }
  return address;
}

AddressNo Services::hot_address(std::size_t number) {
  const auto& addresses = custodians_[number].hot_addresses;
  return world_.prng().percent(80) ? addresses.back() : addresses[addresses.size() - 2];
}

AddressNo Services::bet_address() {
  return bet_addresses_[world_.prng().below(bet_addresses_.size())];
}

void Services::request(std::size_t number, const Output& payout) {
  custodians_[number].payouts.push_back(payout);
}

void Services::replace_hot_addresses(std::size_t number) {
  Custodian& custodian = custodians_[number];
  Form form = world_.book().form(custodian.hot_addresses.back());
  for (int i = 0; i < 2; ++i) {
    custodian.hot_addresses.push_back(world_.new_address(form, custodian.hot));
    world_.make_known(custodian.hot_addresses.back(), custodian.owner);
  }
}

void Services::set_receivers(std::vector<AddressNo> merchants, std::vector<AddressNo> miners) {
  CHECK(!merchants.empty() && !miners.empty());
  merchants_ = std::move(merchants);
  miners_ = std::move(miners);
}

Spender Services::spender_of(const Custodian& custodian, WalletNo wallet, AddressNo change) const {
  return {.wallet = wallet,
          .choice = CoinChoice::oldest,
          .place = ChangePlace::last,
          .form = world_.book().form(change),
          .change = change,
          .rate = custodian.rate,
          .replaceable = false,
          .locked = false};
}

void Services::play(CoinNo bet, AddressNo player) {
  Prng& prng = world_.prng();
  const Custodian& dice = custodians_[kDice];
  Amount stake = world_.coin(bet).value;
  Draft& draft = world_.draft();
  draft.inputs.push_back(bet);
  // Even money at a little less than even odds; a loser is told so by a coin of little worth.
  bool won = prng.percent(49);
  draft.outputs.push_back({player, won ? stake * 2 : std::max(kDust, stake / 100)});
  // Without the means the bet coin just joins the hot wallet.
  AddressNo change = dice.hot_addresses.back();
  if (world_.fund(draft, spender_of(dice, dice.hot, change))) world_.post(draft);
}

std::uint32_t Services::work(std::uint32_t budget) {
  std::uint32_t made = 0;
  bool busy = true;
  while (busy && made < budget) {
    busy = false;
    // Whoever is first in a block changes, so that a small budget reaches everyone.
    for (std::size_t i = 0; i < kCustodians + kPools; ++i) {
      if (made == budget || !world_.room()) return made;
      std::size_t turn = (i + world_.height()) % (kCustodians + kPools);
      bool acted = turn < kCustodians ? step(turn) : step(pools_[turn - kCustodians]);
      if (acted) ++made;
      busy |= acted;
    }
  }
  return made;
}

bool Services::step(std::size_t number) {
  return rebalance(number) || sweep(number) || pay(number);
}

bool Services::sweep(std::size_t number) {
  Custodian& custodian = custodians_[number];
  const Wallet& deposits = world_.wallet(custodian.deposits);
  bool overdue = world_.height() >= custodian.last_sweep + kSweepEvery;
  if (deposits.empty() || (deposits.size() < custodian.sweep_at && !overdue)) return false;
  custodian.last_sweep = world_.height();
  Draft& draft = world_.draft();
  Amount in = 0;
  std::size_t inputs = std::min(deposits.size(), custodian.sweep_at);
  for (std::size_t i = 0; i < inputs; ++i) {
    in += world_.take(draft, custodian.deposits, CoinChoice::oldest);
  }
  draft.outputs.push_back({hot_address(number), 0});
  Amount fee = World::fee_of(world_.weight_of(draft), custodian.rate);
  if (in < fee + kDust) {
    world_.give_back(draft, custodian.deposits);
    return false;
  }
  draft.outputs[0].value = in - fee;
  world_.post(draft);
  Prng& prng = world_.prng();
  custodian.sweep_at = prng.between(6, 40);
  if (number != kProcessor) return true;
  // The processor passes sales on to the merchants, less half a percent.
  Amount left = in - fee;
  left -= left / 200;
  while (left > kDust) {
    Amount part = left < 20 * kDust ? left : std::max(20 * kDust, prng.between(left / 4, left));
    request(number, {merchants_[prng.below(merchants_.size())], part});
    left -= part;
  }
  return true;
}

bool Services::pay(std::size_t number) {
  Custodian& custodian = custodians_[number];
  if (custodian.payouts.size() < custodian.batch_at) return false;
  std::size_t count = std::min<std::size_t>(custodian.payouts.size(), 40);
  Draft& draft = world_.draft();
  draft.outputs.assign(custodian.payouts.begin(),
                       custodian.payouts.begin() + static_cast<std::ptrdiff_t>(count));
  custodian.payouts.erase(custodian.payouts.begin(),
                          custodian.payouts.begin() + static_cast<std::ptrdiff_t>(count));
  custodian.batch_at = world_.prng().between(1, 8);
  Spender spender = spender_of(custodian, custodian.hot, hot_address(number));
  // What cannot be paid is dropped; the customer asks again.
  if (!world_.fund(draft, spender)) return false;
  world_.post(draft);
  return true;
}

bool Services::rebalance(std::size_t number) {
  const Custodian& custodian = custodians_[number];
  Amount hot = world_.wallet(custodian.hot).balance();
  if (hot > 2 * custodian.target) return store(custodian, hot - custodian.target);
  Amount cold = world_.wallet(custodian.cold).balance();
  // The victim of a theft has nothing left to pay with; others top up long before that.
  if (hot < custodian.target / 4 && cold > custodian.target / 8) {
    Draft& draft = world_.draft();
    draft.outputs.push_back(
        {hot_address(number), std::min(custodian.target - hot, cold - cold / 16)});
    if (!world_.fund(draft, spender_of(custodian, custodian.cold, custodian.cold_address))) {
      return false;
    }
    world_.post(draft);
    return true;
  }
  return false;
}

// Whole coins, the oldest, from the hot wallet to the cold one.
bool Services::store(const Custodian& custodian, Amount amount) {
  Draft& draft = world_.draft();
  Amount in = 0;
  while (in < amount && draft.inputs.size() < kInputsMax / 2) {
    in += world_.take(draft, custodian.hot, CoinChoice::oldest);
  }
  draft.outputs.push_back({custodian.cold_address, 0});
  Amount fee = World::fee_of(world_.weight_of(draft), custodian.rate);
  if (in < fee + kDust) {
    world_.give_back(draft, custodian.hot);
    return false;
  }
  draft.outputs[0].value = in - fee;
  world_.post(draft);
  return true;
}

bool Services::step(Pool& pool) {
  const Wallet& wallet = world_.wallet(pool.wallet);
  if (wallet.balance() < 100 * kDust) return false;
  Prng& prng = world_.prng();
  Draft& draft = world_.draft();
  Amount in = 0;
  while (!wallet.empty() && draft.inputs.size() < 40) {
    in += world_.take(draft, pool.wallet, CoinChoice::oldest);
  }
  // Half is sold at an exchange for the power bill, the rest shared out among the miners.
  draft.outputs.push_back({new_deposit_address(prng.below(kExchanges)), 0});
  std::size_t shares = prng.between(2, 9);
  for (std::size_t i = 0; i < shares; ++i) {
    draft.outputs.push_back({miners_[prng.below(miners_.size())], 0});
  }
  Amount fee = World::fee_of(world_.weight_of(draft), 2000);
  if (in < fee + 2 * kDust * draft.outputs.size()) {
    world_.give_back(draft, pool.wallet);
    return false;
  }
  Amount share = (in - fee) / 2 / shares;
  for (Output& output : draft.outputs) output.value = share;
  draft.outputs[0].value = in - fee - share * shares;
  world_.post(draft);
  return true;
}

std::vector<Output> Services::funding(std::size_t number, Amount reward,
                                      std::uint32_t hot_percent) {
  const Custodian& custodian = custodians_[number];
  std::vector<Output> payout;
  Amount hot = reward / 100 * hot_percent;
  constexpr Amount kHotCoins = 8;
  for (Amount i = 0; i < kHotCoins; ++i) payout.push_back({hot_address(number), hot / kHotCoins});
  hot = hot / kHotCoins * kHotCoins;
  payout.push_back({custodian.cold_address, reward - hot});
  return payout;
}

}  // namespace tracehound::synth
