#include "ledger/accounts/name_table.h"

#include <algorithm>

#include "base/prefetch.h"
#include "ledger/accounts/index_keys.h"

namespace tracehound::ledger::accounts {

namespace {

// Accounts read at most when a ledger is opened: what has been used lately is used again.
constexpr std::uint64_t kMostWarmed = 1U << 24;

constexpr std::size_t kAddressBytes = packed_size(NameKind::address);

// In place of a call for 20 bytes.
bool same_address(const Byte* a, const Byte* b) {
  static_assert(kAddressBytes == 20);
  return load_le<std::uint64_t>(a) == load_le<std::uint64_t>(b) &&
         load_le<std::uint64_t>(a + 8) == load_le<std::uint64_t>(b + 8) &&
         load_le<std::uint32_t>(a + 16) == load_le<std::uint32_t>(b + 16);
}

}  // namespace

void NameTable::reset(const Counts& committed, const RunIndex* index, std::uint64_t memory) {
  table_.clear();
  committed_ = committed;
  index_ = index;
  memory_ = memory;
  ByteView kinds;
  if (committed.accounts > 0) kinds = columns_[Column::account_kind].bytes(0, committed.accounts);
  auto other = [](Byte kind) { return kind != static_cast<Byte>(NameKind::address); };
  addresses_ = static_cast<std::uint64_t>(std::ranges::find_if(kinds, other) - kinds.begin());
  std::uint64_t warmed = std::min(committed.accounts, kMostWarmed);
  while (warmed > 0 && !table_.has_room(warmed, memory_)) warmed /= 2;
  complete_ = warmed == committed.accounts;
  for (std::uint64_t row = committed.accounts - warmed; row < committed.accounts; ++row) {
    table_.insert(
        name_key(kind_of(row), columns_.text(Column::account_end, Column::account_name, row)),
        AccountId(static_cast<std::uint32_t>(row)));
  }
}

void NameTable::committed(const Counts& counts, const RunIndex* index) {
  committed_ = counts;
  index_ = index;
  table_.tick();
}

void NameTable::forget() {
  table_.forget_unused_half(AccountId(static_cast<std::uint32_t>(committed_.accounts)));
  complete_ = false;
}

NameKind NameTable::kind_of(std::uint64_t account) const {
  return static_cast<NameKind>(columns_[Column::account_kind].get<Byte>(account));
}

ByteView NameTable::address(AccountId id) const {
  return columns_[Column::account_name].bytes(kAddressBytes * id.number(), kAddressBytes);
}

bool NameTable::same(AccountId id, const KeyedName& name) const {
  if (is_address(id)) {
    return name.kind == NameKind::address && same_address(address(id).data(), name.bytes);
  }
  if (kind_of(id.number()) != name.kind) return false;
  ByteView there;
  if (name.kind == NameKind::text) {
    there = columns_.text(Column::account_end, Column::account_name, id.number());
  } else {
    // All names of another kind are of one length: where it ends says it all.
    std::uint64_t end = columns_[Column::account_end].get<Uint40>(id.number()).number();
    CHECK_LEDGER(end >= name.size);
    there = columns_[Column::account_name].bytes(end - name.size, name.size);
  }
  return std::ranges::equal(there, name.payload());
}

std::optional<AccountId> NameTable::find_on_disk(const KeyedName& name) const {
  std::optional<AccountId> found;
  index_->find(name.key, [&](std::uint64_t row) {
    AccountId id(static_cast<std::uint32_t>(row));
    if (same(id, name)) found = id;
  });
  return found;
}

AccountId NameTable::expect_end(std::uint64_t key) const {
  auto likely = table_.likely(key);
  if (!likely) return kNobody;
  if (is_address(*likely)) {
    ByteView name = address(*likely);
    prefetch(name.data());
    prefetch(name.data() + name.size() - 1);
    return kNobody;
  }
  columns_[Column::account_kind].prefetch(likely->number());
  columns_[Column::account_end].prefetch(likely->number());
  return *likely;
}

void NameTable::expect_text(AccountId id) const {
  constexpr std::uint64_t kLikelySize = 20;
  std::uint64_t end = columns_[Column::account_end].get<Uint40>(id.number()).number();
  if (end < kLikelySize) return;
  ByteView name = columns_[Column::account_name].bytes(end - 1);
  prefetch(name.data());
  prefetch(name.data() - (kLikelySize - 1));
}

AccountId NameTable::intern(const KeyedName& name, Counts& counts) {
  if (name.empty()) return kNobody;
  auto known = table_.find(name.key, [&](AccountId id) { return same(id, name); });
  if (known) return *known;
  if (!complete_) known = find_on_disk(name);
  if (!known) {
    known = AccountId(static_cast<std::uint32_t>(counts.accounts++));
    if (name.kind == NameKind::address && addresses_ == known->number()) ++addresses_;
    counts.account_bytes += name.size;
    columns_[Column::account_kind].push(name.kind);
    columns_[Column::account_end].push(Uint40::of(counts.account_bytes));
    columns_[Column::account_name].push_bytes(name.payload());
  }
  table_.insert(name.key, *known);
  return *known;
}

}  // namespace tracehound::ledger::accounts
