#include "chains/ethereum/assemble.h"

#include <fmt/format.h>

#include <map>

namespace tracehound::chains::ethereum {

namespace {

using ledger::accounts::Asset;
using ledger::accounts::BlockRows;
using ledger::accounts::TransferKind;
using ledger::accounts::TransferRow;
using ledger::accounts::TxRow;

// Keccak-256 of "Deposit(address,uint256)" and "Withdrawal(address,uint256)".
constexpr U256 kDeposit{0xc2402c5c5cc9109cULL, 0x04eb5b0d3c460751ULL, 0x59f4d29a8bfc6cdaULL,
                        0xe1fffcc4923d04b5ULL};
constexpr U256 kWithdrawal{0x7268a95bf5081b65ULL, 0x30d808c7d98cb3bfULL, 0x0bd6d0e038bea71dULL,
                           0x7fcf532c15f0a6dbULL};

constexpr std::uint64_t kGwei = 1'000'000'000;

std::string address_of(const U256& topic) {
  std::string text = "0x";
  for (int shift = 156; shift >= 0; shift -= 4) {
    text.push_back(
        "0123456789abcdef"[topic.limbs[static_cast<std::size_t>(shift / 64)] >> (shift % 64) & 15]);
  }
  return text;
}

// The zero address is nobody.
std::string holder_of(const U256& topic) {
  U256 address = topic;
  address.limbs[2] &= 0xFFFF'FFFF;
  address.limbs[3] = 0;
  return address.is_zero() ? std::string() : address_of(topic);
}

struct Event {
  std::string asset;  // the contract, and behind "/" the id of one thing
  bool is_single = false;
  std::string from;
  std::string to;
  U256 amount;
  TransferKind kind = TransferKind::token;
};

std::optional<U256> word(const Bytes& data, std::size_t number) {
  if (data.size() < (number + 1) * 32) return std::nullopt;
  return U256::from_big_endian(ByteView(data).subspan(number * 32, 32));
}

std::optional<Event> transfer_event(const Log& log) {
  // Some old contracts have parts of it in the data instead of the topics.
  std::vector<U256> parts(log.topics.begin() + 1, log.topics.end());
  for (std::size_t i = 0; parts.size() < 3; ++i) {
    auto part = word(log.data, i);
    if (!part) return std::nullopt;
    parts.push_back(*part);
  }
  Event event;
  event.is_single = log.topics.size() == 4;
  event.asset = event.is_single ? log.address + "/" + parts[2].text() : log.address;
  event.from = holder_of(parts[0]);
  event.to = holder_of(parts[1]);
  event.amount = event.is_single ? U256(1) : parts[2];
  if (event.from.empty() && event.to.empty()) return std::nullopt;
  return event;
}

std::optional<Event> wrapper_event(const Log& log, bool wraps) {
  auto amount = word(log.data, 0);
  if (log.topics.size() != 2 || !amount) return std::nullopt;
  Event event;
  event.asset = log.address;
  event.amount = *amount;
  event.kind = wraps ? TransferKind::wrap : TransferKind::unwrap;
  (wraps ? event.to : event.from) = address_of(log.topics[1]);
  return event;
}

std::optional<Event> read_event(const Log& log, const Chain& chain) {
  if (log.topics.empty() || log.topics.size() > 4) return std::nullopt;
  const U256& topic = log.topics.front();
  if (topic == kTransferTopic) return transfer_event(log);
  bool wraps = topic == kDeposit;
  if (!wraps && topic != kWithdrawal) return std::nullopt;
  if (!chain.wrappers.contains(log.address)) return std::nullopt;
  return wrapper_event(log, wraps);
}

// factor * gas, where that is below 2^256.
std::optional<U256> product(const U256& factor, const U256& gas) {
  if (!factor.is_zero() && divide(kU256Max, factor).quotient < gas) return std::nullopt;
  return mul_div(factor, gas, U256(1)).quotient;
}

class Assembler {
 public:
  Assembler(const Block& block, const Chain& chain, const FindToken& find_token, BlockRows& rows)
      : block_(block), chain_(chain), find_token_(find_token), rows_(rows) {}

  Status run() {
    rows_.clear();
    rows_.block = {block_.number, block_.time, block_.hash};
    rows_.assets.push_back(chain_.native);
    for (const Tx& tx : block_.transactions) TRY(add(tx));
    return add_credits();
  }

 private:
  Status add(const Tx& tx);
  Status add_credits();
  void add_transfer(const std::string& from, const std::string& to, std::uint32_t asset,
                    const U256& amount, TransferKind kind, std::uint32_t position) {
    rows_.transfers.push_back(
        {rows_.add_name(from), rows_.add_name(to), asset, position, kind, amount, {}});
    ++rows_.transactions.back().transfers;
  }
  std::uint32_t asset_number(const Event& event);
  std::unexpected<Error> too_much(const std::string& what) const {
    return bad_input(
        fmt::format("block {}: {} leaves 256 bits, which no chain has", block_.number, what));
  }

  const Block& block_;
  const Chain& chain_;
  const FindToken& find_token_;
  BlockRows& rows_;
  std::map<std::string, std::uint32_t> assets_;
  U256 tips_;
};

std::uint32_t Assembler::asset_number(const Event& event) {
  auto [known, is_new] =
      assets_.emplace(event.asset, static_cast<std::uint32_t>(rows_.assets.size()));
  if (is_new) {
    Asset asset = event.is_single ? Asset{"", event.asset, 0, true} : find_token_(event.asset);
    rows_.assets.push_back(std::move(asset));
  }
  return known->second;
}

Status Assembler::add(const Tx& tx) {
  TxRow& row = rows_.transactions.emplace_back();
  row.id = rows_.add_name(tx.hash);
  row.payer = rows_.add_name(tx.from);
  row.failed = tx.failed;
  auto fee = product(tx.gas_price, tx.gas_used);
  if (!fee || add_overflow(*fee, tx.more_fees, row.fee)) return too_much("fee of " + tx.hash);
  U256 base = block_.base_fee.value_or(U256());
  if (tx.gas_price > base) {
    auto tip = product(tx.gas_price - base, tx.gas_used);
    if (!tip || add_overflow(tips_, *tip, tips_)) return too_much("fee of " + tx.hash);
  }
  if (tx.failed) return {};
  if (!tx.value.is_zero()) add_transfer(tx.from, tx.to, 0, tx.value, TransferKind::value, 0);
  for (const InternalTransfer& call : tx.internals) {
    add_transfer(call.from, call.to, 0, call.value, TransferKind::internal, call.position);
  }
  for (const Log& log : tx.logs) {
    auto event = read_event(log, chain_);
    if (!event) continue;
    add_transfer(event->from, event->to, asset_number(*event), event->amount, event->kind,
                 log.index);
  }
  return {};
}

Status Assembler::add_credits() {
  U256 reward;
  if (add_overflow(tips_, block_.reward, reward)) return too_much("the miner's reward");
  if (block_.miner.empty()) reward = U256();
  if (reward.is_zero() && block_.withdrawals.empty()) return {};
  rows_.transactions.emplace_back().id = rows_.add_name(fmt::format("block:{}", block_.number));
  std::uint32_t position = 0;
  for (const Withdrawal& withdrawal : block_.withdrawals) {
    U256 amount = mul_div(U256(withdrawal.gwei), U256(kGwei), U256(1)).quotient;
    add_transfer("", withdrawal.address, 0, amount, TransferKind::withdrawal, position++);
  }
  if (!reward.is_zero()) {
    add_transfer("", block_.miner, 0, reward, TransferKind::reward, position);
  }
  return {};
}

}  // namespace

Chain find_chain(std::uint64_t id) {
  struct Known {
    std::uint64_t id;
    const char* symbol;
    const char* wrapper;
  };
  // Arbitrum's wrapper writes Transfer events when it makes and takes back tokens, and needs no
  // more.
  constexpr Known kKnown[] = {
      {1, "ETH", "0xc02aaa39b223fe8d0a0e5c4f27ead9083c756cc2"},
      {10, "ETH", "0x4200000000000000000000000000000000000006"},
      {56, "BNB", "0xbb4cdb9cbd36b01bd1cbaebf2de08d9173bc095c"},
      {100, "xDAI", "0xe91d153e0b41518a2ce8dd3d7944fa863463a97d"},
      {137, "POL", "0x0d500b1d8e8ef31e21c99d1db9a6444d3adf1270"},
      {8453, "ETH", "0x4200000000000000000000000000000000000006"},
      {42161, "ETH", ""},
      {43114, "AVAX", "0xb31f66aa3c1e785363f0875a1b74e27b85fd66c7"},
  };
  Chain chain{id, {"ETH", "", 18, true}, {}};
  for (const Known& known : kKnown) {
    if (known.id != id) continue;
    chain.native.symbol = known.symbol;
    if (*known.wrapper != '\0') chain.wrappers.insert(known.wrapper);
  }
  return chain;
}

Status assemble(const Block& block, const Chain& chain, const FindToken& find_token,
                BlockRows& rows) {
  return Assembler(block, chain, find_token, rows).run();
}

std::set<std::string> token_contracts(const Block& block, const Chain& chain) {
  std::set<std::string> contracts;
  for (const Tx& tx : block.transactions) {
    for (const Log& log : tx.logs) {
      auto event = read_event(log, chain);
      if (event && !event->is_single) contracts.insert(log.address);
    }
  }
  return contracts;
}

}  // namespace tracehound::chains::ethereum
