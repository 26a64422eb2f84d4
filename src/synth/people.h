// The people of the world: they pay merchants and one another, save at exchanges, buy coins when
// short of them, gamble a little; a tenth of them care for privacy and sit in equal-output rounds.
#pragma once

#include <cstdint>
#include <span>
#include <vector>

#include "synth/services.h"
#include "synth/world.h"

namespace tracehound::synth {

struct Person {
  OwnerNo owner;
  WalletNo wallet;
  AddressNo address;               // where the next payment is received
  AddressNo deposit = kNoAddress;  // at the exchange, once there is one
  std::uint32_t rate = 0;
  std::uint32_t waits_until = 0;  // height before which no more coins are bought
  Form form = Form::witness_key;
  CoinChoice choice = CoinChoice::oldest;
  ChangePlace place = ChangePlace::random;
  std::uint8_t exchange = 0;
  bool fresh_receive = true;
  bool fresh_change = true;
  bool replaceable = false;
  bool locked = false;
  bool merchant = false;
  bool private_minded = false;
};

class People {
 public:
  // `count` people, some of them merchants.
  People(World& world, Services& services, std::uint32_t count);

  // How the founding coinbases `from` to `from + count / parts` are shared: part number `part` of
  // `parts` of the people gets the reward, each by their wealth.
  std::vector<Output> funding(std::uint32_t part, std::uint32_t parts, Amount reward);
  // Everyday transactions until there are `budget` of them or nobody has anything to do.
  void trade(std::uint32_t budget);

  std::span<const Person> persons() const { return persons_; }
  // Those who sit in equal-output rounds; indexes into persons().
  std::span<const std::uint32_t> private_minded() const { return private_minded_; }
  // What one person holds on average, in satoshi.
  Amount usual_wealth() const { return usual_wealth_; }
  Spender spender_of(const Person& person) const;
  // The person has lost a wallet: nothing is received at the old address any more.
  void renew_address(std::uint32_t person);

 private:
  std::uint32_t act(Person& person);
  bool buy(Person& person);
  bool pay_merchant(Person& person);
  bool pay_person(Person& person);
  bool deposit(Person& person, Amount amount);
  bool gamble(Person& person);
  bool consolidate(Person& person);
  bool send(Person& person, Draft& draft);
  Amount usual_payment(const Person& person);
  AddressNo receive(Person& person);

  World& world_;
  Services& services_;
  std::vector<Person> persons_;
  std::vector<std::uint32_t> private_minded_;
  std::vector<std::uint32_t> wealth_;  // founding shares, by person
  Amount usual_wealth_ = 0;
};

}  // namespace tracehound::synth
