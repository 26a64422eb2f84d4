#include "synth/laundering.h"

#include <algorithm>
#include <array>

#include "base/check.h"
#include "synth/scripts.h"

namespace tracehound::synth {

namespace {

constexpr std::uint32_t kSpanMax = 300;  // blocks, about two days
constexpr std::uint32_t kRate = 8000;
constexpr std::size_t kMergeAt = 4;
constexpr std::size_t kMixCoinsMax = 10;  // of one part

// Dealt out in turn, so that even a small theft shows every habit.
constexpr std::array<Plan, 12> kPlans = {Plan::peel,   Plan::hold,    Plan::scatter, Plan::peel,
                                         Plan::mix,    Plan::gather,  Plan::peel,    Plan::hold,
                                         Plan::gather, Plan::scatter, Plan::peel,    Plan::mix};
constexpr std::array<Plan, 5> kPeelPlans = {Plan::peel, Plan::peel, Plan::hold, Plan::peel,
                                            Plan::peel};
constexpr std::array<Plan, 5> kScatterPlans = {Plan::scatter, Plan::gather, Plan::scatter,
                                               Plan::gather, Plan::hold};

std::span<const Plan> plans_of(Style style) {
  switch (style) {
    case Style::mixed:
      return kPlans;
    case Style::peel:
      return kPeelPlans;
    case Style::scatter:
      return kScatterPlans;
  }
  CHECK(false);
}

}  // namespace

Laundering::Laundering(World& world, Services& services, Mixing& mixing, ThiefBooks& books,
                       WalletNo wallet, std::size_t victim, Style style)
    : world_(world),
      services_(services),
      mixing_(mixing),
      books_(books),
      wallet_(wallet),
      victim_(victim),
      style_(style),
      plans_(plans_of(style)),
      accounts_(kCustodians) {}

void Laundering::begin(std::vector<std::vector<Loot>> groups, std::uint32_t tip) {
  CHECK(tip > world_.height());
  span_ = std::min(tip - world_.height(), kSpanMax);
  dealt_ = world_.prng().below(plans_.size());
  for (std::vector<Loot>& group : groups) {
    if (group.size() == 1) {
      schedule(Plan::split, std::move(group[0]), delay(1, 8));
      continue;
    }
    for (Loot& loot : send(std::move(group), {{}})) {
      schedule(Plan::split, std::move(loot), delay(1, 8));
    }
  }
}

void Laundering::act() {
  while (!tasks_.empty() && tasks_.begin()->first <= world_.height() && world_.room_for_thief()) {
    Task task = std::move(tasks_.begin()->second);
    tasks_.erase(tasks_.begin());
    run(std::move(task));
  }
  if (!mix_queue_.empty() && world_.room_for_thief() && world_.prng().percent(40)) join_round();
}

void Laundering::finish() {
  for (auto& [due, task] : tasks_) held_.push_back(std::move(task.loot));
  for (auto* rest : {&gathered_, &mix_queue_}) {
    held_.insert(held_.end(), rest->begin(), rest->end());
    rest->clear();
  }
  tasks_.clear();
  for (const Loot& loot : held_) books_.hold(loot);
  held_.clear();
}

void Laundering::schedule(Plan plan, Loot loot, std::uint32_t wait, std::uint32_t steps) {
  tasks_.emplace(world_.height() + wait, Task{plan, std::move(loot), steps});
}

// Blocks: so many percent of the whole laundering.
std::uint32_t Laundering::delay(std::uint32_t low_percent, std::uint32_t high_percent) {
  return static_cast<std::uint32_t>(
      world_.prng().between(span_ * low_percent / 100, span_ * high_percent / 100));
}

void Laundering::run(Task task) {
  switch (task.plan) {
    case Plan::split:
      return split(std::move(task.loot));
    case Plan::peel:
      return peel(std::move(task.loot), task.steps);
    case Plan::scatter:
      return scatter(std::move(task.loot));
    case Plan::gather:
      return gather(std::move(task.loot));
    case Plan::mix:
      return prepare_mix(std::move(task.loot));
    case Plan::deposit:
      return deposit(std::move(task.loot));
    case Plan::hold:
      held_.push_back(std::move(task.loot));
      return;
  }
  CHECK(false);
}

// Gives the coin the next plan in turn.
void Laundering::deal(Loot loot) {
  Plan plan = plans_[dealt_++ % plans_.size()];
  auto steps = static_cast<std::uint32_t>(world_.prng().between(6, 18));
  schedule(plan, std::move(loot), delay(1, 12), steps);
}

bool Laundering::worth_spending(Amount value, std::size_t outputs) const {
  std::uint64_t weight =
      kFrameWeight + input_weight(Form::pubkey_hash) + outputs * output_weight(Form::taproot);
  return value > outputs * 4 * kDust + 4 * World::fee_of(weight, kRate);
}

// count - 1 uneven parts, none above an even share, so that an output more can take what is left.
std::vector<Amount> Laundering::parts_of(Amount value, std::size_t count) {
  std::vector<Amount> parts;
  Amount even = value / count;
  for (std::size_t i = 1; i < count; ++i) {
    parts.push_back(world_.prng().between(even / 2, even));
  }
  return parts;
}

std::vector<Loot> Laundering::send(std::vector<Loot> in, std::vector<Target> targets) {
  Draft& draft = world_.draft();
  Amount rest = 0;
  for (const Loot& loot : in) {
    draft.inputs.push_back(loot.coin);
    rest += loot.value;
  }
  std::uint64_t weight = world_.weight_of(draft);
  for (Target& target : targets) {
    if (target.address == kNoAddress) {
      target.address = world_.new_address(Form::witness_key, wallet_);
    }
    weight += output_weight(world_.book().form(target.address));
  }
  for (std::size_t i = 1; i < targets.size(); ++i) rest -= targets[i].value;
  targets[0].value = rest - World::fee_of(weight, kRate);
  world_.prng().shuffle(targets);
  for (const Target& target : targets) draft.outputs.push_back({target.address, target.value});
  draft.replaceable = true;
  auto made = world_.post(draft);
  std::vector<Landing> landings;
  for (std::size_t i = 0; i < made.size(); ++i) {
    bool own = world_.book().wallet(targets[i].address) == wallet_;
    landings.push_back({made[i], own, targets[i].service});
  }
  return books_.settle(in, landings);
}

Laundering::Target Laundering::service_target(Amount value) {
  Prng& prng = world_.prng();
  std::size_t service = victim_;
  while (service == victim_) service = prng.percent(90) ? prng.below(kExchanges) : kProcessor;
  std::vector<AddressNo>& accounts = accounts_[service];
  if (accounts.empty() || service == kProcessor || prng.percent(40)) {
    accounts.push_back(services_.new_deposit_address(service));
  }
  AddressNo address =
      service == kProcessor ? accounts.back() : accounts[prng.below(accounts.size())];
  return {address, value, services_.custodian(service).owner};
}

void Laundering::split(Loot loot) {
  std::size_t count = world_.prng().between(4, 7);
  if (!worth_spending(loot.value, count)) return held_.push_back(std::move(loot));
  std::vector<Target> targets(1);
  for (Amount part : parts_of(loot.value, count)) targets.push_back({kNoAddress, part, {}});
  for (Loot& part : send({std::move(loot)}, std::move(targets))) deal(std::move(part));
}

void Laundering::peel(Loot loot, std::uint32_t steps) {
  Prng& prng = world_.prng();
  if (steps == 0 || !worth_spending(loot.value, 20)) {
    return prng.percent(70) ? deposit(std::move(loot)) : held_.push_back(std::move(loot));
  }
  Amount peeled = loot.value / 1000 * prng.between(20, 140);
  // A service may be paid a round figure.
  Amount round = loot.value / 200;
  if (prng.percent(30)) peeled = peeled / round * round;
  std::vector<Loot> rest = send({std::move(loot)}, {{}, service_target(peeled)});
  // A chain takes about half of the time there is.
  std::uint32_t gap = std::max(2U, span_ / 15);
  schedule(Plan::peel, std::move(rest[0]), static_cast<std::uint32_t>(prng.below(gap)), steps - 1);
}

void Laundering::scatter(Loot loot) {
  Prng& prng = world_.prng();
  std::size_t count = prng.between(5, 9);
  if (!worth_spending(loot.value, count)) return held_.push_back(std::move(loot));
  std::vector<Target> targets(1);
  for (Amount part : parts_of(loot.value, count)) targets.push_back({kNoAddress, part, {}});
  for (Loot& part : send({std::move(loot)}, std::move(targets))) {
    Plan plan = prng.percent(75) ? Plan::deposit : prng.percent(50) ? Plan::gather : Plan::hold;
    schedule(plan, std::move(part), delay(1, 40));
  }
}

void Laundering::gather(Loot loot) {
  gathered_.push_back(std::move(loot));
  if (gathered_.size() < kMergeAt) return;
  Amount sum = 0;
  for (const Loot& each : gathered_) sum += each.value;
  if (!worth_spending(sum, 3 * kMergeAt)) return;
  std::vector<Loot> merged = send(std::exchange(gathered_, {}), {{}});
  auto steps = static_cast<std::uint32_t>(world_.prng().between(4, 10));
  Plan on = style_ == Style::scatter ? Plan::scatter : Plan::peel;
  Plan plan = world_.prng().percent(75) ? on : Plan::hold;
  schedule(plan, std::move(merged[0]), delay(2, 15), steps);
}

void Laundering::prepare_mix(Loot loot) {
  Prng& prng = world_.prng();
  Amount entry = mixing_.entry();
  std::size_t count = std::min<std::size_t>(kMixCoinsMax, loot.value / (2 * entry));
  if (count == 0 || !worth_spending(loot.value, count + 1)) return peel(std::move(loot), 5);
  std::vector<Target> targets(1);
  for (std::size_t i = 0; i < count; ++i) {
    targets.push_back({kNoAddress, prng.between(entry, entry + entry / 2), {}});
  }
  // The largest coin is what the rounds do not take.
  std::vector<Loot> coins = send({std::move(loot)}, std::move(targets));
  std::stable_sort(coins.begin(), coins.end(),
                   [](const Loot& a, const Loot& b) { return a.value < b.value; });
  schedule(Plan::peel, std::move(coins.back()), delay(2, 10), 8);
  coins.pop_back();
  for (Loot& coin : coins) {
    if (coin.value >= entry) {
      mix_queue_.push_back(std::move(coin));
    } else {
      schedule(Plan::gather, std::move(coin), delay(2, 10));
    }
  }
}

void Laundering::join_round() {
  Prng& prng = world_.prng();
  std::size_t count = std::min<std::size_t>(mix_queue_.size(), prng.between(1, 2));
  std::vector<Guest> guests;
  for (std::size_t i = 0; i < count; ++i) guests.push_back({mix_queue_[i].coin, wallet_});
  auto got = mixing_.run(guests);
  if (!got) return;
  for (std::size_t i = 0; i < count; ++i) {
    std::vector<Landing> landings = {{(*got)[i].mixed, true, {}}};
    if ((*got)[i].change != kNoCoin) landings.push_back({(*got)[i].change, true, {}});
    std::vector<Loot> own = books_.settle({mix_queue_[i]}, landings);
    Plan plan = prng.percent(45) ? Plan::hold : prng.percent(60) ? Plan::deposit : Plan::gather;
    schedule(plan, std::move(own[0]), delay(5, 40));
    if (own.size() > 1) schedule(Plan::gather, std::move(own[1]), delay(2, 20));
  }
  mix_queue_.erase(mix_queue_.begin(), mix_queue_.begin() + static_cast<std::ptrdiff_t>(count));
}

void Laundering::deposit(Loot loot) {
  if (!worth_spending(loot.value, 1)) return held_.push_back(std::move(loot));
  send({std::move(loot)}, {service_target(0)});
}

}  // namespace tracehound::synth
