#include "ledger/resolver.h"

#include <algorithm>

namespace tracehound::ledger {

namespace {

// How far ahead of the row at work the memory is asked for its slots.
constexpr std::size_t kInputsAhead = 24;
constexpr std::size_t kTransactionsAhead = 8;
// Transactions read at most when a ledger is opened: coins are mostly spent young.
constexpr std::uint64_t kMostWarmed = 1U << 24;

}  // namespace

void Resolver::reset(const Counts& committed, const RunIndex* index, std::uint64_t memory) {
  table_.clear();
  pending_.clear();
  fresh_coinbases_.clear();
  repeated_.clear();
  committed_ = committed;
  index_ = index;
  memory_ = memory;
  for (std::uint64_t row = 0; row < committed.repeats; ++row) {
    TxId tx(columns_[Column::repeat_tx].get<std::uint32_t>(row));
    repeated_.push_back(columns_.txid(tx));
  }
  std::uint64_t oldest = committed.transactions - std::min(committed.transactions, kMostWarmed);
  std::uint64_t row = committed.transactions;
  const ColumnFile& spenders = columns_[Column::coin_spender];
  while (row > oldest) {
    TxId tx(static_cast<std::uint32_t>(row - 1));
    auto coins = columns_.outputs(tx, committed);
    if (!table_.has_room(coins.size(), memory_)) break;
    --row;
    Hash256 hash = columns_.txid(tx);
    for (CoinId coin : coins) {
      if (spenders.get<std::uint32_t>(coin.number()) < committed.transactions) continue;
      auto output = static_cast<std::uint32_t>(coin.number() - coins.first.number());
      table_.insert({hash, output},
                    {coin, columns_[Column::coin_value].get<Amount>(coin.number())});
    }
  }
  complete_ = row == 0;
}

void Resolver::note_pending(const std::vector<Spend>& pending) {
  pending_.clear();
  if (complete_) return;
  for (const Spend& spend : pending) pending_.insert(spend.coin.number());
}

void Resolver::committed(const Counts& counts, const RunIndex* index,
                         const std::vector<Spend>& pending) {
  committed_ = counts;
  index_ = index;
  // Blocks may have been appended since the commit began.
  std::erase_if(fresh_coinbases_,
                [&](const auto& fresh) { return fresh.second.number() < counts.transactions; });
  note_pending(pending);
}

void Resolver::forget(const std::vector<Spend>& pending) {
  table_.forget_older_half(CoinId(committed_.coins));
  complete_ = false;
  note_pending(pending);
}

void Resolver::prefetch(const BlockRows& block, std::size_t tx) const {
  if (tx >= block.transactions.size()) return;
  const TxRow& row = block.transactions[tx];
  for (std::uint32_t i = 0; i < std::min(row.outputs, 8U); ++i) table_.prefetch({row.txid, i});
}

void Resolver::resolve(const BlockRows& block, const Counts& counts, Resolved& resolved) {
  resolved.inputs.clear();
  resolved.replaced.clear();
  resolved.repeats.clear();
  missing_.clear();
  std::size_t input = 0;
  std::size_t output = 0;
  for (std::size_t number = 0; number < block.transactions.size(); ++number) {
    const TxRow& row = block.transactions[number];
    TxId tx(static_cast<std::uint32_t>(counts.transactions + number));
    prefetch(block, number + kTransactionsAhead);
    auto earlier = repeated(block, number, input, counts);
    if (earlier) resolved.repeats.push_back(tx);
    for (std::size_t end = input + row.inputs; input < end; ++input) {
      if (input + kInputsAhead < block.inputs.size()) {
        table_.prefetch(block.inputs[input + kInputsAhead]);
      }
      auto coin = table_.take(block.inputs[input]);
      if (!coin) missing_.push_back(static_cast<std::uint32_t>(input));
      if (coin && !complete_ && coin->coin.number() < committed_.coins) {
        pending_.insert(coin->coin.number());
      }
      resolved.inputs.push_back(coin);
    }
    for (std::uint32_t i = 0; i < row.outputs; ++i, ++output) {
      auto before = table_.insert({row.txid, i},
                                  {CoinId(counts.coins + output), block.outputs[output].value});
      if (!before && earlier && !complete_) before = unspent_on_disk(*earlier, i);
      if (!before) continue;
      resolved.replaced.push_back({before->coin, tx});
      if (!complete_ && before->coin.number() < committed_.coins) {
        pending_.insert(before->coin.number());
      }
    }
  }
  if (!complete_ && !missing_.empty()) find_on_disk(block, resolved);
}

// The earlier transaction of the same txid, if this one can have and has one.
std::optional<TxId> Resolver::repeated(const BlockRows& block, std::size_t number,
                                       std::size_t first_input, const Counts& counts) {
  const TxRow& row = block.transactions[number];
  bool possible = number == 0;
  if (!repeated_.empty()) {
    for (std::size_t i = first_input; i < first_input + row.inputs && !possible; ++i) {
      possible = std::ranges::find(repeated_, block.inputs[i].txid) != repeated_.end();
    }
  }
  if (!possible) return std::nullopt;
  std::optional<TxId> earlier;
  bool known = index_ != nullptr && !index_->spans(row.txid.prefix()).empty();
  if (known || number > 0 || fresh_coinbases_.contains(row.txid.prefix())) {
    auto all = find_transactions(row.txid, counts);
    if (!all.empty()) earlier = all.back();
  }
  if (number == 0) {
    TxId tx(static_cast<std::uint32_t>(counts.transactions));
    fresh_coinbases_.insert_or_assign(row.txid.prefix(), tx);
  }
  if (earlier) repeated_.push_back(row.txid);
  return earlier;
}

std::vector<TxId> Resolver::find_transactions(const Hash256& txid, const Counts& counts) const {
  std::vector<TxId> found;
  if (index_ != nullptr) {
    for (std::uint64_t row : index_->find(txid.prefix())) {
      TxId tx(static_cast<std::uint32_t>(row));
      if (columns_.txid(tx) == txid) found.push_back(tx);
    }
  }
  for (std::uint64_t row = committed_.transactions; row < counts.transactions; ++row) {
    TxId tx(static_cast<std::uint32_t>(row));
    if (columns_.txid(tx) == txid) found.push_back(tx);
  }
  return found;
}

std::optional<UnspentCoin> Resolver::unspent_on_disk(TxId tx, std::uint32_t output) const {
  if (tx.number() >= committed_.transactions) return std::nullopt;
  auto coins = columns_.outputs(tx, committed_);
  if (output >= coins.size()) return std::nullopt;
  CoinId coin(coins.first.number() + output);
  bool spent =
      columns_[Column::coin_spender].get<std::uint32_t>(coin.number()) < committed_.transactions ||
      pending_.contains(coin.number());
  if (spent) return std::nullopt;
  return UnspentCoin{coin, columns_[Column::coin_value].get<Amount>(coin.number())};
}

void Resolver::find_on_disk(const BlockRows& block, Resolved& resolved) {
  std::ranges::sort(missing_, {}, [&](std::uint32_t i) { return block.inputs[i].txid.prefix(); });
  std::vector<std::uint64_t> keys;
  for (std::uint32_t i : missing_) keys.push_back(block.inputs[i].txid.prefix());
  disk_lookups_ += keys.size();
  using Candidate = std::pair<std::uint32_t, TxId>;  // input and a transaction it may mean
  std::vector<Candidate> candidates;
  index_->find_all(keys, [&](std::size_t which, std::uint64_t row) {
    candidates.push_back({missing_[which], TxId(static_cast<std::uint32_t>(row))});
    columns_[Column::tx_hash].prefetch(row);
  });
  // In the block's order, so that of two inputs that want one coin the first has it; of several
  // transactions of one txid the last has it.
  std::ranges::sort(candidates);
  for (auto [input, tx] : candidates) {
    const Outpoint& outpoint = block.inputs[input];
    if (columns_.txid(tx) != outpoint.txid) continue;
    auto coin = unspent_on_disk(tx, outpoint.index);
    if (!coin) continue;
    resolved.inputs[input] = coin;
    pending_.insert(coin->coin.number());
  }
}

}  // namespace tracehound::ledger
