#include "support/random_chain.h"

#include <fmt/format.h>

#include <algorithm>
#include <utility>
#include <vector>

#include "base/ids.h"
#include "support/random_blocks.h"

namespace tracehound::test {

namespace {

constexpr std::uint64_t kServices = 4;
constexpr std::uint64_t kHalving = 150;  // blocks
constexpr Amount kSubsidy = 5'000'000'000;
// Values: from single units to more than all bitcoins; where there is a subsidy, to some of it.
constexpr std::uint64_t kScales = 45;
constexpr std::uint64_t kMinedScales = 29;

class Generator {
 public:
  Generator(std::uint64_t seed, bool mined) : random_(seed), mined_(mined) {
    scale_ = std::uint64_t{1} << (3 + random_.below(mined ? kMinedScales : kScales));
  }

  RandomChain make() {
    text_ = "block\n  mine first:";
    add_outputs("first", {scale_ + 1, scale_ / 2 + 1, 7, 40, 5});
    std::uint64_t blocks = 8 + random_.below(12);
    std::uint64_t block = 1;
    if (mined_ && random_.below(8) == 0) {
      for (; block < kHalving - 5; ++block) text_ += fmt::format("block\n  mine e{}: 1\n", block);
      blocks += block;
    }
    for (; block < blocks; ++block) mined_ ? add_mined_block(block) : add_block(block);
    RandomChain chain{.text = text_, .services = ""};
    for (std::uint64_t i = 0; i < kServices; ++i) {
      if (text_.find(fmt::format("@s{} ", i)) == std::string::npos) continue;
      chain.services += fmt::format("s{}=Service{} ", i, i / 2);  // two addresses a service
    }
    return chain;
  }

 private:
  struct Known {
    std::string name;
    Amount value;
  };

  void add_block(std::uint64_t block) {
    text_ += "block\n";
    if (random_.below(6) == 0) {
      // The same coinbase again: its unspent coins take the place of the earlier ones.
      std::erase_if(unspent_, [](const Known& coin) { return coin.name.starts_with("twin:"); });
      text_ += "  mine twin:";
      add_outputs("twin", {25, 17});
    } else {
      text_ += fmt::format("  mine m{}:", block);
      add_outputs(fmt::format("m{}", block), {1 + random_.below(scale_)});
    }
    add_transactions();
  }

  // The coinbase goes first in the text and last in the making.
  void add_mined_block(std::uint64_t block) {
    std::string before = std::exchange(text_, "");
    Amount left = (kSubsidy >> block / kHalving) + add_transactions();
    std::string transactions = std::exchange(text_, std::move(before));
    text_ += fmt::format("block\n  mine m{}:", block);
    std::vector<Amount> values;
    bool whole = random_.below(3) > 0;
    for (std::uint64_t outputs = random_.below(4); outputs > 0; --outputs) {
      values.push_back(random_.below(2) == 0 ? random_.below(left + 1)
                                             : std::min(left, random_.below(scale_)));
      left -= values.back();
    }
    values.push_back(whole ? left : random_.below(left + 1));
    add_outputs(fmt::format("m{}", block), values);
    text_ += transactions;
  }

  // Returns their fees.
  Amount add_transactions() {
    Amount fees = 0;
    std::uint64_t transactions = random_.below(9);
    for (std::uint64_t i = 0; i < transactions && !unspent_.empty(); ++i) fees += add_transaction();
    return fees;
  }

  // Returns its fee.
  Amount add_transaction() {
    std::string name = fmt::format("t{}", transactions_++);
    text_ += fmt::format("  tx {}:", name);
    Amount left = 0;
    std::uint64_t inputs = 1 + random_.below(4);
    for (std::uint64_t i = 0; i < inputs && !unspent_.empty(); ++i) {
      // The younger half more often: chains of spends, also inside one block.
      std::uint64_t from = random_.below(2) == 0 ? unspent_.size() / 2 : 0;
      std::uint64_t at = from + random_.below(unspent_.size() - from);
      text_ += " " + unspent_[at].name;
      left += unspent_[at].value;
      unspent_.erase(unspent_.begin() + static_cast<std::ptrdiff_t>(at));
    }
    text_ += " ->";
    std::vector<Amount> values;
    std::uint64_t outputs = 1 + random_.below(5);
    for (std::uint64_t i = 0; i < outputs; ++i) {
      Amount value = random_.below(12) == 0 ? 0 : random_.below(left + 1);
      bool last = i + 1 == outputs;
      if (last) value = left - std::min<Amount>(left, fee_below(left));
      values.push_back(value);
      left -= value;
    }
    std::swap(values.back(), values[random_.below(values.size())]);
    add_outputs(name, values);
    return left;
  }

  // Mostly little; where fees flow on, sometimes much.
  Amount fee_below(Amount left) {
    if (mined_ && random_.below(3) == 0) return random_.below(left + 1);
    return random_.below(3) * random_.below(20);
  }

  void add_outputs(const std::string& name, const std::vector<Amount>& values) {
    for (std::size_t i = 0; i < values.size(); ++i) {
      text_ += fmt::format(" {}", values[i]);
      std::uint64_t kind = random_.below(24);
      bool burned = kind == 0;
      if (burned) text_ += "!";
      if (kind == 1 || kind == 2) text_ += fmt::format("@s{}", random_.below(kServices));
      if (!burned) unspent_.push_back({fmt::format("{}:{}", name, i), values[i]});
    }
    text_ += " \n";
  }

  Random random_;
  bool mined_;
  Amount scale_;  // of the values
  std::uint64_t transactions_ = 0;
  std::vector<Known> unspent_;
  std::string text_;
};

}  // namespace

RandomChain random_chain(std::uint64_t seed) { return Generator(seed, false).make(); }

RandomChain random_mined_chain(std::uint64_t seed) { return Generator(seed, true).make(); }

}  // namespace tracehound::test
