#include "ledger/interner.h"

#include <algorithm>

#include "ledger/keys.h"

namespace tracehound::ledger {

namespace {

// Not an id: the address is not known (yet).
constexpr AddressId kUnknown{0xFFFF'FFFF};
// Outputs looked up in step, so that their cache misses overlap.
constexpr std::size_t kGroup = 64;
// Addresses read at most when a ledger is opened: what has been used lately is used again.
constexpr std::uint64_t kMostWarmed = 1U << 24;

}  // namespace

void Interner::reset(const Counts& committed, const RunIndex* index, std::uint64_t memory) {
  table_.clear();
  committed_ = committed;
  index_ = index;
  memory_ = memory;
  std::uint64_t warmed = std::min(committed.addresses, kMostWarmed);
  while (warmed > 0 && !table_.has_room(warmed, memory_)) warmed /= 2;
  complete_ = warmed == committed.addresses;
  for (std::uint64_t row = committed.addresses - warmed; row < committed.addresses; ++row) {
    AddressId id(static_cast<std::uint32_t>(row));
    table_.insert(columns_.address_key(id), id);
  }
}

void Interner::committed(const Counts& counts, const RunIndex* index) {
  committed_ = counts;
  index_ = index;
  table_.tick();
}

void Interner::forget() {
  table_.forget_unused_half(AddressId(static_cast<std::uint32_t>(committed_.addresses)));
  complete_ = false;
}

bool Interner::same(AddressId id, AddressKind kind, ByteView payload) const {
  return columns_[Column::address_kind].get<std::uint8_t>(id.number()) ==
             static_cast<std::uint8_t>(kind) &&
         std::ranges::equal(columns_.payload(id), payload);
}

// In passes over a few outputs: slot, then the row the slot names, then the payload it points to.
// Each pass asks the memory for what the next one reads.
template <typename Row>
void Interner::find_in_table(const BlockRows& block, std::span<const Row> rows,
                             std::span<AddressId> ids) {
  for (std::size_t first = 0; first < ids.size(); first += kGroup) {
    std::size_t end = std::min(ids.size(), first + kGroup);
    for (std::size_t i = first; i < end; ++i) {
      keys_[i] = address_key(rows[i].address_kind, block.payload(rows[i]));
      table_.prefetch(keys_[i]);
    }
    for (std::size_t i = first; i < end; ++i) {
      ids[i] = table_.likely(keys_[i]).value_or(kUnknown);
      if (ids[i] == kUnknown) continue;
      columns_[Column::address_kind].prefetch(ids[i].number());
      columns_[Column::address_end].prefetch(ids[i].number());
    }
    for (std::size_t i = first; i < end; ++i) {
      if (ids[i] != kUnknown) __builtin_prefetch(columns_.payload(ids[i]).data());
    }
    for (std::size_t i = first; i < end; ++i) {
      auto found = table_.find(keys_[i], [&](AddressId id) {
        return same(id, rows[i].address_kind, block.payload(rows[i]));
      });
      ids[i] = found.value_or(kUnknown);
      if (!found) missing_.push_back(static_cast<std::uint32_t>(i));
    }
  }
}

template <typename Row>
void Interner::find_on_disk(const BlockRows& block, std::span<const Row> rows,
                            std::span<AddressId> ids) {
  std::ranges::sort(missing_, {}, [&](std::uint32_t i) { return keys_[i]; });
  std::vector<std::uint64_t> keys;
  for (std::uint32_t i : missing_) keys.push_back(keys_[i]);
  disk_lookups_ += keys.size();
  index_->find_all(keys, [&](std::size_t which, std::uint64_t row) {
    const Row& wanted = rows[missing_[which]];
    AddressId id(static_cast<std::uint32_t>(row));
    if (same(id, wanted.address_kind, block.payload(wanted))) ids[missing_[which]] = id;
  });
  std::ranges::sort(missing_);
}

void Interner::intern(const BlockRows& block, Counts& counts, std::vector<AddressId>& ids) {
  intern_rows<OutputRow>(block, block.outputs, counts, ids);
}

void Interner::intern(const BlockRows& block, std::span<const WrapperRow> rows, Counts& counts,
                      std::vector<AddressId>& ids) {
  intern_rows(block, rows, counts, ids);
}

template <typename Row>
void Interner::intern_rows(const BlockRows& block, std::span<const Row> rows, Counts& counts,
                           std::vector<AddressId>& ids) {
  ids.resize(rows.size());
  keys_.resize(rows.size());
  missing_.clear();
  find_in_table(block, rows, ids);
  if (!complete_ && !missing_.empty()) find_on_disk(block, rows, ids);
  for (std::uint32_t i : missing_) {
    const Row& row = rows[i];
    ByteView payload = block.payload(row);
    // The block may have the address twice: then the first put it here.
    auto known =
        table_.find(keys_[i], [&](AddressId id) { return same(id, row.address_kind, payload); });
    if (known) {
      ids[i] = *known;
      continue;
    }
    if (ids[i] == kUnknown) {
      ids[i] = AddressId(static_cast<std::uint32_t>(counts.addresses++));
      counts.payload_bytes += payload.size();
      columns_[Column::address_kind].push(row.address_kind);
      columns_[Column::address_end].push(Uint40::of(counts.payload_bytes));
      columns_[Column::address_payload].push_bytes(payload);
    }
    table_.insert(keys_[i], ids[i]);
  }
}

}  // namespace tracehound::ledger
