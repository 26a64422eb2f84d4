#include "synth/mixing.h"

#include "base/check.h"
#include "synth/scripts.h"

namespace tracehound::synth {

namespace {

constexpr std::size_t kHonestMin = 5;
constexpr std::uint32_t kRate = 3000;

// The largest of 1, 5, 10, 50, ... satoshi that is not above `most`.
Amount round_below(Amount most) {
  Amount denomination = 1;
  while (denomination * 10 <= most) denomination *= 10;
  return denomination * 5 <= most ? denomination * 5 : denomination;
}

}  // namespace

Mixing::Mixing(World& world, const People& people)
    : world_(world), people_(people), denomination_(round_below(2 * people.usual_wealth())) {}

std::vector<Mixing::Seat> Mixing::gather_seats(std::span<const Guest> guests) {
  Prng& prng = world_.prng();
  std::vector<Seat> seats;
  for (const Guest& guest : guests) {
    Amount value = world_.coin(guest.coin).value;
    CHECK(value >= entry());
    seats.push_back({.coins = {guest.coin}, .in = value, .wallet = guest.wallet, .mixed = {}});
  }
  std::size_t wanted = guests.size() + prng.between(kHonestMin + 3, 14);
  auto candidates = people_.private_minded();
  for (int tries = 0; tries < 150 && seats.size() < wanted && !candidates.empty(); ++tries) {
    const Person& person = people_.persons()[candidates[prng.below(candidates.size())]];
    const Wallet& wallet = world_.wallet(person.wallet);
    // Emptied wallets of those seated already fall out here or sit twice, as people do.
    if (wallet.balance() < entry() || wallet.size() > 30) continue;
    Draft& draft = world_.draft();
    Seat seat{.coins = {}, .in = 0, .wallet = person.wallet, .mixed = {}};
    while (seat.in < entry()) {
      seat.in += world_.take(draft, person.wallet, CoinChoice::smallest_fit, entry() - seat.in);
    }
    seat.coins = draft.inputs;
    seats.push_back(std::move(seat));
  }
  return seats;
}

void Mixing::give_back(std::vector<Seat>& seats, std::size_t guests) {
  for (std::size_t i = guests; i < seats.size(); ++i) {
    Draft& draft = world_.draft();
    draft.inputs = seats[i].coins;
    world_.give_back(draft, seats[i].wallet);
  }
}

void Mixing::fill(Draft& draft, std::vector<Seat>& seats) {
  std::uint64_t weight = kFrameWeight;
  for (Seat& seat : seats) {
    seat.mixed = world_.new_address(Form::witness_key, seat.wallet);
    for (CoinNo coin : seat.coins) {
      weight += input_weight(world_.book().form(world_.coin(coin).address));
      draft.inputs.push_back(coin);
    }
    weight += 2 * output_weight(Form::witness_key);
  }
  Amount share = World::fee_of(weight, kRate) / seats.size() + 1;
  for (Seat& seat : seats) {
    draft.outputs.push_back({seat.mixed, denomination_});
    Amount left = seat.in - denomination_;
    if (left < share + kDust) continue;
    seat.change = world_.new_address(Form::witness_key, seat.wallet);
    draft.outputs.push_back({seat.change, left - share});
  }
  world_.prng().shuffle(draft.inputs);
  world_.prng().shuffle(draft.outputs);
}

std::optional<std::vector<GuestCoins>> Mixing::run(std::span<const Guest> guests) {
  std::vector<Seat> seats = gather_seats(guests);
  if (seats.size() < guests.size() + kHonestMin) {
    give_back(seats, guests.size());
    return std::nullopt;
  }
  Draft& draft = world_.draft();
  fill(draft, seats);
  auto made = world_.post(draft);
  std::vector<GuestCoins> got(guests.size());
  for (std::size_t i = 0; i < made.size(); ++i) {
    for (std::size_t guest = 0; guest < guests.size(); ++guest) {
      if (draft.outputs[i].address == seats[guest].mixed) got[guest].mixed = made[i];
      if (draft.outputs[i].address == seats[guest].change) got[guest].change = made[i];
    }
  }
  world_.note_mix({.txid = world_.last_txid(), .thief = !guests.empty()});
  return got;
}

}  // namespace tracehound::synth
