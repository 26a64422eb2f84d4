// Indexes as immutable sorted runs: reading them. run_writer.h makes them.
//
// A run is one file: the (key, row) entries of a range of rows, packed, sorted by key and then by
// row; for some indexes followed by running sums of the entries' values (see sum()); then fences,
// which say where to look (fences.h). A look-up asks
// every run of the index; since runs cover ascending ranges, the rows come out ascending. Which
// ranges there are depends on the row count alone (run_ranges), so that a chain taken in at one go
// and in ten pieces ends in the same files; a range once full is never written again, the last one
// is rewritten at each commit and has at most 2^16 rows, or merges upward when full. With n rows
// there are at most 7 runs a tier, so about 7 log8(n / 2^16) + 1 in all.
//
// The cost of a look-up is cache misses, and runs are independent, so all runs are searched in
// step: each step first asks the memory for what the next one reads, and the misses of a dozen runs
// overlap. Fences (fences.h) lead to a window of a few entries, so there are two steps and a short
// binary search; keys made to lie badly make that longer and nothing else. Of hashes most runs'
// fences say that the key is not there, and their entries are not read. Addresses are numbered
// as they appear, so the runs before an address's first coin have smaller keys alone and are passed
// over. What lies on the disk alone costs a round trip a step, however many runs there are
// (first_reads.h), and some of the disk's time for each page.
//
// Two rows may share a key (64 bits of a hash, on purpose or by accident): callers compare the row
// itself. Keys made to collide cost time, never a wrong answer.
#pragma once

#include <algorithm>
#include <array>
#include <functional>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "base/file.h"
#include "base/ids.h"
#include "base/result.h"
#include "ledger/fences.h"
#include "ledger/first_reads.h"
#include "ledger/schema.h"

namespace tracehound::ledger {

struct RowRange {
  std::uint64_t first;
  std::uint64_t end;
  std::uint64_t size() const { return end - first; }
  friend auto operator<=>(const RowRange&, const RowRange&) = default;
};

// The ranges that `rows` rows are split into.
std::vector<RowRange> run_ranges(std::uint64_t rows);

// "txid.0-65536": its file name under runs/.
std::string run_name(const IndexSpec& spec, const RowRange& range);
std::string runs_folder(const std::string& folder);
const IndexSpec& spec_of(Index index);
// Bytes of a run of so many entries, sums and fences included; and where its fences begin.
std::uint64_t run_bytes(const IndexSpec& spec, std::uint64_t entries);
std::uint64_t fences_offset(const IndexSpec& spec, std::uint64_t entries);

// One run, mapped.
class Run {
 public:
  // Errors: missing, or not as long as its range says.
  static Result<Run> open(FileSystem& files, const std::string& folder, const IndexSpec& spec,
                          const RowRange& range);
  // Entries that lie in memory already.
  Run(const IndexSpec& spec, const RowRange& range, std::unique_ptr<Mapping> map);

  const RowRange& range() const { return range_; }
  std::uint64_t size() const { return range_.size(); }
  std::uint64_t width() const { return width_; }  // of an entry, in bytes
  ByteView bytes() const { return map_->bytes(); }
  // Look-ups are coming, not a reading front to back.
  void expect_random_reads() { map_->expect_random_reads(); }

  std::uint64_t key(std::uint64_t entry) const {
    const Byte* at = place(entry);
    return key_width_ == 8 ? load_le<std::uint64_t>(at) : load_le<std::uint32_t>(at);
  }
  std::uint64_t row(std::uint64_t entry) const {
    const Byte* at = place(entry) + key_width_;
    std::uint64_t low = load_le<std::uint32_t>(at);
    return row_width_ == 4 ? low : low | std::uint64_t{at[4]} << 32;
  }
  void prefetch(std::uint64_t entry) const { __builtin_prefetch(place(entry)); }
  // Every line of some entries.
  void prefetch(std::uint64_t first, std::uint64_t count) const {
    constexpr std::uint64_t kLine = 64;
    const Byte* end = place(first + count);
    for (const Byte* at = place(first); at < end; at += kLine) __builtin_prefetch(at);
    __builtin_prefetch(end - 1);
  }
  // Those entries of [first, first + count) that there are will be read, and before them, if they
  // lie on the disk alone, many others of other runs.
  void ask(std::uint64_t first, std::uint64_t count) const {
    if (first >= size()) return;
    reads_.ask(first * width_, std::min(count, size() - first) * width_);
  }
  // For look-ups by fences: reads where the slices lie. ask_slicing() before it, over many runs,
  // makes that one wait for the disk.
  void ask_slicing() const;
  void read_slicing();
  const Slicing& slicing() const { return slicing_; }
  std::uint64_t slices() const { return slices_; }
  // The first entry of the slice; of the one past the last, size().
  std::uint64_t fence(std::uint64_t slice) const {
    return slice == slices_ ? size() : load_le<std::uint32_t>(fences_ + slice * fence_width_);
  }
  // Of uniform keys: every key of the slice sets its bits (signature_of) in it. All bits otherwise.
  std::uint32_t signature(std::uint64_t slice) const {
    if (!uniform_keys_) return ~std::uint32_t{0};
    return load_le<std::uint32_t>(fences_ + slice * fence_width_ + sizeof(std::uint32_t));
  }
  // The fence, and the next, will be read.
  void ask_fence(std::uint64_t slice) const {
    const Byte* at = fences_ + slice * fence_width_;
    reads_.ask(static_cast<std::uint64_t>(at - data_), slice + 1 < slices_ ? 2 * fence_width_ : 1);
    __builtin_prefetch(at);
  }
  // Sum of the first kSumStep * number entries' values, wrapping at 2^64.
  // REQUIRES: the index has sums; kSumStep * number <= size().
  Amount stored_sum(std::uint64_t number) const;

 private:
  const Byte* place(std::uint64_t entry) const { return data_ + entry * width_; }

  RowRange range_{};
  std::unique_ptr<Mapping> map_;
  const Byte* data_ = nullptr;
  std::uint32_t key_width_ = 0;
  std::uint32_t row_width_ = 0;
  std::uint32_t width_ = 0;
  bool uniform_keys_ = false;
  Slicing slicing_;
  std::uint64_t slices_ = 0;
  std::uint64_t fence_width_ = 0;
  const Byte* fences_ = nullptr;
  FirstReads reads_;
};

// Entries [first, end) of one run.
struct RunSpan {
  const Run* run;
  std::uint64_t first;
  std::uint64_t end;
  std::uint64_t size() const { return end - first; }
};

// The runs of one index over `rows` rows, open for look-ups. Thread-safe.
class RunIndex {
 public:
  // Errors: a run is missing or has the wrong length.
  static Result<std::unique_ptr<RunIndex>> open(FileSystem& files, const std::string& folder,
                                                const IndexSpec& spec, std::uint64_t rows);
  // Adds a run behind the last one. REQUIRES: run.range().first == rows().
  void add(Run run);

  // on_row(row) for each row with that key, ascending.
  template <typename OnRow>
  void find(std::uint64_t key, OnRow on_row) const {
    Probes probes = lower_bounds(key);
    for (std::size_t i = 0; i < runs_.size(); ++i) {
      const Run& run = runs_[i];
      for (std::uint64_t entry = probes[i].low; entry < run.size() && run.key(entry) == key;
           ++entry) {
        on_row(run.row(entry));
      }
    }
  }
  std::vector<std::uint64_t> find(std::uint64_t key) const;
  // The same as entries: the runs that have any, in the order of their rows.
  std::vector<RunSpan> spans(std::uint64_t key) const;
  // Many look-ups at once: on_row(i, row) for each row with the key keys[i]; in what order is not
  // said. Ascending keys make it a walk through each run.
  void find_all(std::span<const std::uint64_t> keys,
                const std::function<void(std::size_t, std::uint64_t)>& on_row) const;
  // The last entry in (key, row) order whose key is at most `key`: its row.
  // REQUIRES: keys that are no hashes.
  std::optional<std::uint64_t> last_at_most(std::uint64_t key) const;

  std::uint64_t rows() const { return rows_; }
  const std::vector<Run>& runs() const { return runs_; }
  const IndexSpec& spec() const { return *spec_; }

 private:
  // Made by find_slices(): a look-up has room for many and pays for those it uses.
  struct Probe {
    const Run* run;
    std::uint64_t key;
    std::uint64_t low;   // every entry before it has a smaller key
    std::uint64_t size;  // how many entries from `low` on may have
    std::uint64_t slice;

    // One step of the binary search. REQUIRES: size > 0. Written so that the processor does not
    // have to predict which way it goes.
    void step() {
      std::uint64_t half = size / 2;
      std::uint64_t right = run->key(low + half) < key ? ~std::uint64_t{0} : 0;
      low += (half + 1) & right;
      size = ((size - half - 1) & right) | (half & ~right);
    }
  };
  // Eight tiers of seven runs and the rest hold 2^40 rows.
  static constexpr std::size_t kMostRuns = 64;
  using Probes = std::array<Probe, kMostRuns>;  // the first runs().size() of them

  Probes lower_bounds(std::uint64_t key) const;
  void lower_bounds(std::span<Probe> probes) const;
  static void find_slices(std::span<Probe> probes);
  static void find_windows(std::span<Probe> probes);

  const IndexSpec* spec_ = nullptr;
  std::vector<Run> runs_;
  std::uint64_t rows_ = 0;
};

// The sum of a span's values, wrapping at 2^64: from the stored sums, and from value_of(row) for
// fewer than 2 * kSumStep entries at its ends.
template <typename ValueOf>
Amount sum(const RunSpan& span, ValueOf value_of) {
  auto before = [&](std::uint64_t entry) {
    std::uint64_t step = entry / kSumStep;
    Amount total = span.run->stored_sum(step);
    for (std::uint64_t i = step * kSumStep; i < entry; ++i) total += value_of(span.run->row(i));
    return total;
  };
  return before(span.end) - before(span.first);
}

}  // namespace tracehound::ledger
