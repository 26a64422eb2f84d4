#include "trace/accounts/driver.h"

#include <algorithm>

namespace tracehound::trace::accounts {

namespace {

// A transaction that is asked costs so much less than one that is found by the index.
constexpr std::uint64_t kScanIsCheaper = 32;
constexpr std::uint64_t kEnoughToJudge = 4096;
// Transfers of tainted accounts kept at hand.
constexpr std::uint64_t kMostDates = std::uint64_t{1} << 24;

}  // namespace

void Schedule::wait_for(AccountId account, TxId from) {
  if (from >= end_) return;
  auto [place, fresh] = dates_.try_emplace(account);
  Dates& dates = place->second;
  if (fresh) {
    dates.transfers = events_.transfers_of(account);
    dates.paid = events_.paid_by(account);
    dates_held_ += dates.transfers.size() + dates.paid.size();
  }
  if (dates.waiting) return;
  TxId next = end_;
  auto transfer = std::ranges::lower_bound(dates.transfers, events_.first_transfer(from));
  if (transfer != dates.transfers.end()) {
    next = std::min(next, events_.transaction_of(*transfer));
  }
  auto paid = std::ranges::lower_bound(dates.paid, from);
  if (paid != dates.paid.end()) next = std::min(next, *paid);
  dates.waiting = next < end_;
  if (dates.waiting) queue_.emplace(next, account);
}

bool Schedule::should_scan(TxId from) const {
  if (driver_ == Driver::queue) return false;
  if (driver_ == Driver::scan || dates_held_ > kMostDates) return true;
  std::uint64_t passed = from.number() - began_.number();
  return taken_ >= kEnoughToJudge && taken_ * kScanIsCheaper > passed;
}

TxId Schedule::next(const AccountSet& members, TxId from, std::span<const AccountId> fresh) {
  if (taken_ == 0 && queue_.empty()) began_ = from;
  if (!scanning_ && should_scan(from)) {
    scanning_ = true;
    queue_ = {};
    dates_ = {};
  }
  if (scanning_) return events_.next_of(members, from, end_);
  for (AccountId account : fresh) wait_for(account, from);
  while (!queue_.empty()) {
    auto [tx, account] = queue_.top();
    if (tx >= from && members.has(account)) return tx;
    queue_.pop();
    ++taken_;
    auto dates = dates_.find(account);
    dates->second.waiting = false;
    if (members.has(account)) {
      wait_for(account, from);
    } else {
      dates_held_ -= dates->second.transfers.size() + dates->second.paid.size();
      dates_.erase(dates);
    }
  }
  return end_;
}

}  // namespace tracehound::trace::accounts
