#include "trace/accounts/seeds.h"

#include <fmt/format.h>

#include <charconv>

#include "base/text.h"

namespace tracehound::trace::accounts {

namespace {

using ledger::accounts::Block;
using ledger::accounts::BlockId;
using ledger::accounts::Ledger;

struct SeedText {
  std::string_view transaction;
  std::uint32_t position = 0;
  std::optional<U256> first;
  std::optional<U256> end;
};

std::optional<SeedText> parse(std::string_view text) {
  SeedText seed;
  if (std::size_t open = text.find('['); open != std::string_view::npos) {
    if (!text.ends_with(')')) return std::nullopt;
    std::string_view range = text.substr(open + 1, text.size() - open - 2);
    std::size_t comma = range.find(',');
    if (comma == std::string_view::npos) return std::nullopt;
    seed.first = U256::from_text(range.substr(0, comma));
    seed.end = U256::from_text(range.substr(comma + 1));
    if (!seed.first || !seed.end) return std::nullopt;
    text = text.substr(0, open);
  }
  std::size_t colon = text.rfind(':');
  if (colon == std::string_view::npos || colon == 0) return std::nullopt;
  seed.transaction = text.substr(0, colon);
  std::string_view digits = text.substr(colon + 1);
  auto [end, error] = std::from_chars(digits.data(), digits.data() + digits.size(), seed.position);
  if (digits.empty() || error != std::errc() || end != digits.data() + digits.size()) {
    return std::nullopt;
  }
  return seed;
}

bool before(const Block& block, const Moment& moment) {
  return moment.height ? block.number < *moment.height : block.time < *moment.time;
}
bool after(const Block& block, const Moment& moment) {
  return moment.height ? block.number > *moment.height : block.time > *moment.time;
}

}  // namespace

std::optional<std::string_view> transaction_of_seed(std::string_view text) {
  auto parsed = parse(text);
  return parsed ? std::optional(parsed->transaction) : std::nullopt;
}

Result<Seed> resolve_seed(const Ledger& ledger, std::string_view text, Label label) {
  auto wrong = [text](std::string_view what) {
    return bad_input(fmt::format("the seed '{}' {}", text, what));
  };
  auto parsed = parse(text);
  if (!parsed) {
    return wrong(
        "is not of the form TXID:POSITION or TXID:POSITION[a,b); the position is the transfer's in "
        "its transaction, as `tracehound show tx` lists it");
  }
  auto tx = ledger.find_transaction(parsed->transaction);
  if (!tx) return wrong("names no transaction of this ledger; check it or ingest further");
  for (TransferId id : ledger.transfers(*tx)) {
    auto row = ledger.transfer(id);
    if (row.position != parsed->position) continue;
    if (row.amount.is_zero() || row.from == row.to) {
      return wrong("moves nothing to anybody else; name another transfer");
    }
    Seed seed{id, parsed->first.value_or(U256()), parsed->end.value_or(row.amount), label,
              SeedSide::transfer};
    if (seed.first < seed.end && seed.end <= row.amount) return seed;
    return wrong(
        fmt::format("claims units outside of the {} that the transfer moves", row.amount.text()));
  }
  return wrong("names no transfer of that transaction; see `tracehound show tx`");
}

std::vector<Seed> seeds_of_account(const Ledger& ledger, const AccountAsk& ask, Label label) {
  std::vector<Seed> seeds;
  for (TransferId id : ledger.transfers_of(ask.account)) {
    auto row = ledger.transfer(id);
    bool on_side = (ask.sent ? row.from : row.to) == ask.account;
    if (!on_side || row.from == row.to || row.amount.is_zero()) continue;
    if (ask.asset && row.asset != *ask.asset) continue;
    if (ask.when.since || ask.when.until) {
      Block block = ledger.block(ledger.block_of(id));
      if (ask.when.since && before(block, *ask.when.since)) continue;
      if (ask.when.until && after(block, *ask.when.until)) continue;
    }
    seeds.push_back(
        {id, U256(), row.amount, label, ask.sent ? SeedSide::sent : SeedSide::received});
  }
  return seeds;
}

Result<TxId> end_of(const Ledger& ledger, const Moment& moment) {
  std::uint64_t tip = ledger.block(ledger.tip()).number;
  std::optional<BlockId> last;
  if (moment.height) {
    if (*moment.height > tip) {
      return bad_input(fmt::format("there is no block {} to trace up to; the ledger ends at {}",
                                   *moment.height, tip));
    }
    last = ledger.block_at_most(*moment.height);
  } else {
    last = ledger.block_at(*moment.time);
  }
  if (!last) return bad_input("that is before the ledger's first block; name a later time");
  return ledger.transactions(*last).end;
}

Result<TxId> begin_of(const Ledger& ledger, const Moment& moment) {
  Block tip = ledger.block(ledger.tip());
  if (before(tip, moment)) {
    return bad_input(
        fmt::format("the ledger ends at block {}, before the time to trace back to; name an "
                    "earlier one",
                    tip.number));
  }
  if (moment.height.value_or(1) == 0 || moment.time.value_or(1) == 0) return TxId(0);
  auto last =
      moment.height ? ledger.block_at_most(*moment.height - 1) : ledger.block_at(*moment.time - 1);
  return last ? ledger.transactions(*last).end : TxId(0);
}

}  // namespace tracehound::trace::accounts
