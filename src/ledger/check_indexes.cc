// Each run's entries against the rows they stand for: they rise strictly, each lies inside the
// run's range under the one key its row has, and there are as many as rows; so each row of the
// range stands there once.
//
// Entries are taken in groups of kSumStep, which is also the step of the stored sums, and three
// groups are under way: of the newest the rows are asked for, of the one before it what those rows
// point to, and the oldest, for which all has arrived, is compared.

#include <fmt/format.h>

#include <array>

#include "base/check.h"
#include "ledger/check_parts.h"
#include "ledger/keys.h"
#include "ledger/runs.h"

namespace tracehound::ledger {

namespace {

constexpr std::uint64_t kEntriesAPiece = kSumStep << 10;
constexpr std::uint64_t kKeysASlice = 1U << 16;

// What each index's rows have for keys and values. ask() and ask_on() fetch what key() will read:
// the row, and where it leads.
struct TxidRows {
  const Byte* txids;
  explicit TxidRows(const Ledger& ledger) : txids(ledger.column(Column::tx_hash).data()) {}
  void ask(std::uint64_t row) const { __builtin_prefetch(txids + row * width::kHash); }
  void ask_on(std::uint64_t) const {}
  std::uint64_t key(std::uint64_t row) const {
    return load_le<std::uint64_t>(txids + row * width::kHash);
  }
};

struct AddressRows {
  Numbers<1> kinds;
  Numbers<5> ends;
  const Byte* payloads;
  explicit AddressRows(const Ledger& ledger)
      : kinds(ledger, Column::address_kind),
        ends(ledger, Column::address_end),
        payloads(ledger.column(Column::address_payload).data()) {}
  std::uint64_t start(std::uint64_t row) const { return row == 0 ? 0 : ends[row - 1]; }
  void ask(std::uint64_t row) const {
    kinds.prefetch(row);
    ends.prefetch(row == 0 ? 0 : row - 1);
  }
  void ask_on(std::uint64_t row) const { __builtin_prefetch(payloads + start(row)); }
  std::uint64_t key(std::uint64_t row) const {
    std::uint64_t first = start(row);
    return address_key(static_cast<AddressKind>(kinds[row]),
                       {payloads + first, static_cast<std::size_t>(ends[row] - first)});
  }
};

struct CoinRows {
  Numbers<4> addresses;
  Numbers<8> values;
  explicit CoinRows(const Ledger& ledger)
      : addresses(ledger, Column::coin_address), values(ledger, Column::coin_value) {}
  void ask(std::uint64_t row) const {
    addresses.prefetch(row);
    values.prefetch(row);
  }
  void ask_on(std::uint64_t) const {}
  std::uint64_t key(std::uint64_t row) const { return addresses[row]; }
  Amount value(std::uint64_t row) const { return values[row]; }
};

struct InputRows {
  Numbers<5> coins;
  CoinRows coin;
  explicit InputRows(const Ledger& ledger) : coins(ledger, Column::input_coin), coin(ledger) {}
  void ask(std::uint64_t row) const { coins.prefetch(row); }
  void ask_on(std::uint64_t row) const { coin.ask(coins[row]); }
  std::uint64_t key(std::uint64_t row) const { return coin.key(coins[row]); }
  Amount value(std::uint64_t row) const { return coin.value(coins[row]); }
};

struct HashRows {
  const Ledger& ledger;
  explicit HashRows(const Ledger& of) : ledger(of) {}
  void ask(std::uint64_t) const {}
  void ask_on(std::uint64_t) const {}
  std::uint64_t key(std::uint64_t row) const {
    return ledger.block_hash(BlockHeight(static_cast<std::uint32_t>(row))).prefix();
  }
};

struct TimeRows {
  const Ledger& ledger;
  explicit TimeRows(const Ledger& of) : ledger(of) {}
  void ask(std::uint64_t) const {}
  void ask_on(std::uint64_t) const {}
  std::uint64_t key(std::uint64_t row) const {
    return ledger.block_time(BlockHeight(static_cast<std::uint32_t>(row)));
  }
};

template <Column kKey>
struct WrapperRows {
  Numbers<4> keys;
  explicit WrapperRows(const Ledger& ledger) : keys(ledger, kKey) {}
  void ask(std::uint64_t row) const { keys.prefetch(row); }
  void ask_on(std::uint64_t) const {}
  std::uint64_t key(std::uint64_t row) const { return keys[row]; }
};

template <typename Rows, std::size_t kKeyWidth, std::size_t kRowWidth>
class RunCheck {
 public:
  RunCheck(const IndexSpec& spec, const Run& run, const Rows& rows)
      : spec_(spec), run_(run), rows_(rows), data_(run.bytes().data()) {
    CHECK(spec.key_width == kKeyWidth && spec.row_width == kRowWidth);
  }

  // REQUIRES: first is a multiple of kSumStep.
  void entries(std::uint64_t first, std::uint64_t end, Findings& findings) {
    if (first > 0) {
      key_before_ = key(first - 1);
      row_before_ = row(first - 1);
    }
    std::array<Group, 3> groups;
    std::uint64_t count = (end - first + kSumStep - 1) / kSumStep;
    for (std::uint64_t step = 0; step < count + 2; ++step) {
      if (step < count) {
        take(first + step * kSumStep, std::min(end, first + (step + 1) * kSumStep),
             groups[step % 3]);
      }
      if (step >= 1 && step - 1 < count) {
        const Group& group = groups[(step - 1) % 3];
        for (std::uint64_t i = 0; i < group.sound; ++i) rows_.ask_on(group.rows[i]);
      }
      if (step >= 2 && !compare(groups[(step - 2) % 3], findings)) return;
    }
  }

 private:
  struct Group {
    std::uint64_t first;
    std::uint64_t size;
    std::uint64_t sound;  // entries before this one rise and lie inside the range
    std::array<std::uint64_t, kSumStep> keys;
    std::array<std::uint64_t, kSumStep> rows;
  };

  std::uint64_t key(std::uint64_t entry) const {
    const Byte* at = data_ + entry * (kKeyWidth + kRowWidth);
    if constexpr (kKeyWidth == 8) return load_le<std::uint64_t>(at);
    return load_le<std::uint32_t>(at);
  }
  std::uint64_t row(std::uint64_t entry) const {
    const Byte* at = data_ + entry * (kKeyWidth + kRowWidth) + kKeyWidth;
    std::uint64_t low = load_le<std::uint32_t>(at);
    if constexpr (kRowWidth == 5) low |= std::uint64_t{at[4]} << 32;
    return low;
  }

  void take(std::uint64_t first, std::uint64_t end, Group& group) {
    group.first = first;
    group.size = end - first;
    group.sound = 0;
    for (std::uint64_t i = 0; i < group.size; ++i) {
      group.keys[i] = key(first + i);
      group.rows[i] = row(first + i);
      bool inside = group.rows[i] >= run_.range().first && group.rows[i] < run_.range().end;
      bool rising = first + i == 0 || group.keys[i] > key_before_ ||
                    (group.keys[i] == key_before_ && group.rows[i] > row_before_);
      if (!inside || !rising) return;
      key_before_ = group.keys[i];
      row_before_ = group.rows[i];
      rows_.ask(group.rows[i]);
      ++group.sound;
    }
  }

  // Whether it is worth going on.
  bool compare(const Group& group, Findings& findings) const {
    std::uint64_t i = 0;
    Amount total = 0;
    for (; i < group.sound && rows_.key(group.rows[i]) == group.keys[i]; ++i) {
      if constexpr (requires { rows_.value(0); }) total += rows_.value(group.rows[i]);
    }
    if (i < group.size) {
      findings.add([&] {
        return fmt::format("runs/{}, entry {}: does not fit row {} of {}",
                           run_name(spec_, run_.range()), group.first + i, group.rows[i],
                           file_of(spec_.rows));
      });
      return false;
    }
    if (!spec_.sums || group.size < kSumStep) return true;
    std::uint64_t step = group.first / kSumStep;
    if (run_.stored_sum(step + 1) - run_.stored_sum(step) == total) return true;
    findings.add([&] {
      return fmt::format("runs/{}, sum {}: is not the sum of the values before it",
                         run_name(spec_, run_.range()), step + 1);
    });
    return false;
  }

  const IndexSpec& spec_;
  const Run& run_;
  const Rows& rows_;
  const Byte* data_;
  std::uint64_t key_before_ = 0;
  std::uint64_t row_before_ = 0;
};

template <typename Rows, std::size_t kKeyWidth, std::size_t kRowWidth>
Findings check_index(const Ledger& ledger, Index index, Meter& meter) {
  const IndexSpec& spec = spec_of(index);
  Rows rows(ledger);
  Findings all;
  for (const Run& run : ledger.index(index).runs()) {
    Findings found = in_pieces(run.size(), kEntriesAPiece,
                               [&](std::uint64_t first, std::uint64_t end, Findings& findings) {
                                 RunCheck<Rows, kKeyWidth, kRowWidth> check(spec, run, rows);
                                 check.entries(first, end, findings);
                                 meter.add(fences_offset(spec, end - first));
                               });
    found.keep_first();
    all.append(std::move(found));
  }
  return all;
}

struct Entry {
  std::uint64_t key;
  std::uint64_t row;
};

// First entry of the run whose key is not smaller.
std::uint64_t lower_bound(const Run& run, std::uint64_t key) {
  std::uint64_t low = 0;
  std::uint64_t high = run.size();
  while (low < high) {
    std::uint64_t middle = low + (high - low) / 2;
    if (run.key(middle) < key) {
      low = middle + 1;
    } else {
      high = middle;
    }
  }
  return low;
}

// The entries of all runs with keys in [first, last], by key and then row.
std::vector<Entry> slice_of(const RunIndex& index, std::uint64_t first, std::uint64_t last) {
  std::vector<Entry> entries;
  std::vector<std::ptrdiff_t> ends = {0};
  for (const Run& run : index.runs()) {
    for (std::uint64_t i = lower_bound(run, first); i < run.size() && run.key(i) <= last; ++i) {
      entries.push_back({run.key(i), run.row(i)});
    }
    ends.push_back(static_cast<std::ptrdiff_t>(entries.size()));
  }
  // Runs cover ascending rows, and merging keeps the order of equal keys.
  while (ends.size() > 2) {
    std::vector<std::ptrdiff_t> merged = {0};
    for (std::size_t i = 2; i < ends.size(); i += 2) {
      std::inplace_merge(entries.begin() + ends[i - 2], entries.begin() + ends[i - 1],
                         entries.begin() + ends[i],
                         [](const Entry& a, const Entry& b) { return a.key < b.key; });
      merged.push_back(ends[i]);
    }
    if (ends.size() % 2 == 0) merged.push_back(ends.back());
    ends.swap(merged);
  }
  return entries;
}

// Rows of those entries whose txid an entry before them has.
std::vector<std::uint64_t> repeats_among(const Ledger& ledger, const std::vector<Entry>& entries) {
  std::vector<std::uint64_t> repeats;
  auto txid = [&](const Entry& entry) {
    return ledger.txid(TxId(static_cast<std::uint32_t>(entry.row)));
  };
  for (std::size_t first = 0, i = 1; i < entries.size(); ++i) {
    if (entries[i].key != entries[first].key) first = i;
    for (std::size_t earlier = first; earlier < i; ++earlier) {
      if (txid(entries[earlier]) != txid(entries[i])) continue;
      repeats.push_back(entries[i].row);
      break;
    }
  }
  return repeats;
}

}  // namespace

Findings check_indexes(const Ledger& ledger, Meter& meter) {
  Findings all;
  all.append(check_index<TxidRows, 8, 4>(ledger, Index::txid, meter));
  all.append(check_index<AddressRows, 8, 4>(ledger, Index::address, meter));
  all.append(check_index<CoinRows, 4, 5>(ledger, Index::address_coin, meter));
  all.append(check_index<InputRows, 4, 5>(ledger, Index::address_input, meter));
  all.append(check_index<HashRows, 8, 4>(ledger, Index::block_hash, meter));
  all.append(check_index<TimeRows, 4, 4>(ledger, Index::block_time, meter));
  using Wrapping = WrapperRows<Column::wrapper_address>;
  all.append(check_index<Wrapping, 4, 4>(ledger, Index::wrapper, meter));
  using Wrapped = WrapperRows<Column::wrapper_wraps>;
  all.append(check_index<Wrapped, 4, 4>(ledger, Index::wrapped, meter));
  return all;
}

// Keys are hashes, so slices of equal width hold about as many each.
Findings check_repeats(const Ledger& ledger) {
  const RunIndex& index = ledger.index(Index::txid);
  std::uint64_t slices = 1 + ledger.counts().transactions / kKeysASlice;
  std::uint64_t step = ~std::uint64_t{0} / slices;
  std::vector<std::vector<std::uint64_t>> found(slices);
  parallel_for(slices, [&](std::size_t slice) {
    std::uint64_t first = slice == 0 ? 0 : slice * step + 1;
    std::uint64_t last = slice + 1 == slices ? ~std::uint64_t{0} : (slice + 1) * step;
    found[slice] = repeats_among(ledger, slice_of(index, first, last));
  });
  std::vector<std::uint64_t> actual;
  for (const auto& rows : found) actual.insert(actual.end(), rows.begin(), rows.end());
  std::ranges::sort(actual);
  Numbers<4> listed(ledger, Column::repeat_tx);
  Findings findings;
  for (std::uint64_t row = 0; row < std::max(actual.size(), ledger.counts().repeats); ++row) {
    bool is_listed = row < ledger.counts().repeats;
    if (is_listed && row < actual.size() && listed[row] == actual[row]) continue;
    findings.add([&] {
      return fmt::format(
          "{}, row {}: {}, where {}", file_of(Column::repeat_tx), row,
          is_listed ? fmt::format("names transaction row {}", listed[row]) : "is not there",
          row < actual.size()
              ? fmt::format("transaction row {} has the txid of an earlier one", actual[row])
              : "no further transaction has the txid of an earlier one");
    });
    break;
  }
  return findings;
}

}  // namespace tracehound::ledger
