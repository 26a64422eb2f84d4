#include "trace/accounts/ledger_events.h"

#include <algorithm>
#include <utility>

#include "trace/accounts/names.h"
#include "trace/state_file.h"

namespace tracehound::trace::accounts {

namespace {

constexpr unsigned kUsdDecimals = 6;  // of usd_micro
constexpr std::string_view kZeroAddress = "0x0000000000000000000000000000000000000000";

}  // namespace

LedgerEvents::LedgerEvents(const ledger::accounts::Ledger& ledger)
    : ledger_(ledger),
      has_native_(ledger.native().has_value()),
      froms_(ledger.froms()),
      tos_(ledger.tos()),
      assets_(ledger.assets()),
      amounts_(ledger.amounts()),
      payers_(ledger.payers()),
      fees_(ledger.fees()),
      first_transfers_(ledger.first_transfers()) {
  zero_ = ledger.find_account(kZeroAddress).value_or(kNobody);
  for (std::uint32_t i = 0; i < ledger.counts().assets; ++i) {
    std::string contract = ledger.asset(AssetId(i)).contract;
    std::optional<AccountId> account;
    if (!contract.empty()) account = ledger.find_account(contract);
    contracts_.push_back(account.value_or(kNobody));
  }
}

std::string LedgerEvents::name(AssetId asset) const {
  return Names(ledger_, *this).asset_text(asset);
}

TransferId LedgerEvents::first_transfer(TxId tx) const {
  if (tx.number() >= transactions()) return TransferId(ledger_.counts().transfers);
  return ledger_.transfers(tx).first;
}

Movement LedgerEvents::row(TransferId transfer) const {
  std::uint64_t i = transfer.number();
  return {known(froms_[i]), known(tos_[i]), assets_[i], amounts_[i]};
}

void LedgerEvents::read(TxId tx, TransactionRows& into) const {
  auto transfers = ledger_.transfers(tx);
  into.first = transfers.first;
  into.payer = known(payers_[tx.number()]);
  into.fee = fee(tx);
  into.rows.clear();
  for (TransferId transfer : transfers) into.rows.push_back(row(transfer));
}

std::vector<TransferId> LedgerEvents::transfers_of(AccountId account) const {
  return ledger_.transfers_of(account);
}

std::uint64_t LedgerEvents::transfers_before(AccountId account, TransferId end) const {
  std::uint64_t first = 0;
  std::uint64_t last = ledger_.transfer_count(account);
  while (first < last) {
    std::uint64_t middle = first + (last - first) / 2;
    if (ledger_.transfers_of(account, middle, 1).front() < end) {
      first = middle + 1;
    } else {
      last = middle;
    }
  }
  return first;
}

void LedgerEvents::find_payments() const {
  auto pays = [this](std::size_t tx) {
    return payers_[tx] != kNobody && payers_[tx].number() < accounts() && !fees_[tx].is_zero();
  };
  constexpr std::size_t kAhead = 32;
  auto expect = [this](std::size_t tx, const LargeVector<std::uint32_t>& of) {
    if (tx + kAhead >= payers_.size()) return;
    std::size_t account = payers_[tx + kAhead].number();
    if (account < of.size()) __builtin_prefetch(&of[account]);
  };
  payment_ends_.assign(accounts() + 1, 0);
  for (std::size_t tx = 0; tx < payers_.size(); ++tx) {
    expect(tx, payment_ends_);
    if (pays(tx)) ++payment_ends_[payers_[tx].number() + 1];
  }
  for (std::size_t i = 1; i < payment_ends_.size(); ++i) payment_ends_[i] += payment_ends_[i - 1];
  payments_.resize(payment_ends_.back());
  // Each account's end is its cursor, and stands at the next one's beginning when it is done.
  LargeVector<std::uint32_t> cursor = payment_ends_;
  for (std::size_t tx = 0; tx < payers_.size(); ++tx) {
    expect(tx, cursor);
    if (pays(tx)) payments_[cursor[payers_[tx].number()]++] = TxId(static_cast<std::uint32_t>(tx));
  }
}

std::vector<TxId> LedgerEvents::paid_by(AccountId account) const {
  if (!has_native_) return {};
  std::call_once(payments_found_, [this] { find_payments(); });
  auto first = payments_.begin() + payment_ends_[account.number()];
  auto end = payments_.begin() + payment_ends_[account.number() + 1];
  return {first, end};
}

// Who goes through the ledger reads at random places between two rows, and the machine then no
// longer sees that the columns are read in order.
void LedgerEvents::expect(std::uint64_t tx, std::uint64_t transfer) const {
  constexpr std::uint64_t kAhead = 96;  // rows: more than a walk looks ahead
  if (tx + kAhead < payers_.size()) {
    __builtin_prefetch(&payers_[tx + kAhead]);
    __builtin_prefetch(&fees_[tx + kAhead]);
    __builtin_prefetch(&first_transfers_[tx + kAhead]);
  }
  if (transfer + kAhead < amounts_.size()) {
    __builtin_prefetch(&amounts_[transfer + kAhead]);
    __builtin_prefetch(&froms_[transfer + kAhead]);
    __builtin_prefetch(&tos_[transfer + kAhead]);
    __builtin_prefetch(&assets_[transfer + kAhead]);
  }
}

TxId LedgerEvents::next_of(const AccountSet& members, TxId from, TxId end) const {
  std::uint64_t transfer = first_transfer(from).number();
  for (; from < end; from = from.next()) {
    expect(from.number(), transfer);
    std::uint64_t after = first_transfer(from.next()).number();
    bool touched = members.has(payers_[from.number()]);
    for (; transfer < after; ++transfer) {
      touched = touched || members.has(froms_[transfer]) || members.has(tos_[transfer]);
    }
    if (touched) return from;
  }
  return end;
}

std::optional<AccountId> LedgerEvents::contract_of(AssetId asset) const {
  AccountId contract = contracts_[asset.number()];
  return contract == kNobody ? std::nullopt : std::optional(contract);
}

void LedgerEvents::set_prices(std::vector<Price> prices) {
  prices_ = std::move(prices);
  std::ranges::stable_sort(prices_, {},
                           [](const Price& price) { return std::pair(price.asset, price.time); });
}

namespace {

template <typename Number>
Number number_at(ByteView column, std::uint64_t row) {
  return load_le<Number>(column.data() + row * sizeof(Number));
}

}  // namespace

Standing LedgerEvents::standing(TxId end) const {
  using ledger::accounts::Column;
  auto last = ledger_.block_of(TxId(end.number() - 1));
  Standing standing;
  standing.block = ledger_.block(last).number;
  standing.checksum =
      number_at<std::uint64_t>(ledger_.column(Column::block_checksum), last.number());
  standing.prices = prices_fingerprint(last);
  bool is_tip = last == ledger_.tip();
  standing.accounts = is_tip ? accounts()
                             : number_at<std::uint32_t>(ledger_.column(Column::block_first_account),
                                                        last.number() + 1);
  return standing;
}

// A list of prices grows with the days, and with the assets that the ledger knows. Those of an
// asset that came later, or from after the latest time until then, were asked by nobody.
std::uint64_t LedgerEvents::prices_fingerprint(ledger::accounts::BlockId last) const {
  using ledger::accounts::Column;
  if (prices_.empty()) return StateWriter().fingerprint();
  std::uint32_t latest = 0;
  for (std::uint64_t block = 0; block <= last.number(); ++block) {
    latest = std::max(latest, number_at<std::uint32_t>(ledger_.column(Column::block_time), block));
  }
  std::uint64_t assets =
      last == ledger_.tip()
          ? this->assets()
          : number_at<std::uint32_t>(ledger_.column(Column::block_first_asset), last.number() + 1);
  StateWriter counted;
  for (const Price& price : prices_) {
    if (price.asset.number() >= assets || price.time > latest) continue;
    counted.number(price.asset.number());
    counted.number(price.time);
    for (std::uint64_t limb : price.usd.limbs) counted.number(limb);
  }
  return counted.fingerprint();
}

std::optional<std::uint64_t> LedgerEvents::usd(TransferId transfer) const {
  auto row = ledger_.transfer(transfer);
  if (row.usd_micro || prices_.empty()) return row.usd_micro;
  auto key = std::pair(row.asset, ledger_.time(ledger_.tx_of(transfer)));
  auto after = std::ranges::upper_bound(
      prices_, key, {}, [](const Price& price) { return std::pair(price.asset, price.time); });
  if (after == prices_.begin() || (after - 1)->asset != row.asset) return std::nullopt;
  auto asset = ledger_.asset(row.asset);
  unsigned scale = asset.decimals + kPriceDecimals - kUsdDecimals;
  const U256& price = (after - 1)->usd;
  // What leaves the range is no price of anything.
  if (!asset.decimals_known || scale > kU256MostDecimals || !price.fits_128() ||
      !row.amount.fits_128()) {
    return std::nullopt;
  }
  U256 worth = mul_div(row.amount, price, power_of_ten(scale)).quotient;
  return worth.fits_64() ? std::optional(worth.low()) : std::nullopt;
}

}  // namespace tracehound::trace::accounts
