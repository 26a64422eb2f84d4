#include "ledger/runs.h"

#include <fmt/format.h>

#include <algorithm>
#include <limits>

#include "base/check.h"

namespace tracehound::ledger {

namespace {

// Probes in one group of a batch: enough to keep the memory busy, few enough for the first cache.
constexpr std::size_t kGroup = 32;

// A slice up to this size is asked for as a whole, memory line by line; a larger one is searched.
constexpr std::uint64_t kFewEntries = 32;
// The same of the disk: pages next to one another take hardly longer to load than one.
constexpr std::uint64_t kFewBytes = 1U << 15;

// First entry in [low, size) whose key is not `key`; those in between have it.
std::uint64_t end_of_key(const Run& run, std::uint64_t low, std::uint64_t key) {
  std::uint64_t step = 1;
  std::uint64_t known = low;  // every entry in [low, known) has the key
  while (known < run.size() && run.key(known) == key) {
    std::uint64_t next = std::min(known + step, run.size());
    if (run.key(next - 1) != key) break;
    known = next;
    step *= 2;
  }
  std::uint64_t high = std::min(known + step, run.size());
  while (known < high) {
    std::uint64_t middle = known + (high - known) / 2;
    if (run.key(middle) == key) {
      known = middle + 1;
    } else {
      high = middle;
    }
  }
  return known;
}

}  // namespace

std::vector<RowRange> run_ranges(std::uint64_t rows) {
  std::uint64_t size = kRunUnit;
  while (rows / size >= kRunFanIn) size *= kRunFanIn;
  std::vector<RowRange> ranges;
  std::uint64_t first = 0;
  for (; size >= kRunUnit; size /= kRunFanIn) {
    for (; rows - first >= size; first += size) ranges.push_back({first, first + size});
  }
  if (first < rows) ranges.push_back({first, rows});
  return ranges;
}

std::string run_name(const IndexSpec& spec, const RowRange& range) {
  return fmt::format("{}.{}-{}", spec.name, range.first, range.end);
}

std::string runs_folder(const std::string& folder) { return folder + "/runs"; }

const IndexSpec& spec_of(Index index) {
  const IndexSpec& spec = kIndexes[static_cast<std::size_t>(index)];
  CHECK(spec.index == index);
  return spec;
}

std::uint64_t run_bytes(const IndexSpec& spec, std::uint64_t entries) {
  return fences_offset(spec, entries) + fence_bytes(spec, entries);
}

std::uint64_t fences_offset(const IndexSpec& spec, std::uint64_t entries) {
  std::uint64_t bytes = entries * (spec.key_width + spec.row_width);
  return spec.sums ? bytes + entries / kSumStep * width::kAmount : bytes;
}

Result<Run> Run::open(FileSystem& files, const std::string& folder, const IndexSpec& spec,
                      const RowRange& range) {
  std::string path = runs_folder(folder) + "/" + run_name(spec, range);
  TRY_ASSIGN(auto map, files.map(path));
  std::uint64_t expected = run_bytes(spec, range.size());
  if (map->bytes().size() != expected) {
    return machine_error(
        fmt::format("{} has {} bytes where {} belong; restore the ledger from a copy or ingest "
                    "again",
                    path, map->bytes().size(), expected));
  }
  return Run(spec, range, std::move(map));
}

Run::Run(const IndexSpec& spec, const RowRange& range, std::unique_ptr<Mapping> map)
    : range_(range),
      map_(std::move(map)),
      data_(map_->bytes().data()),
      key_width_(static_cast<std::uint32_t>(spec.key_width)),
      row_width_(static_cast<std::uint32_t>(spec.row_width)),
      width_(key_width_ + row_width_),
      uniform_keys_(spec.uniform_keys),
      slicing_(Slicing::of(spec, slices_of(range.size()))),
      slices_(slices_of(range.size())),
      fence_width_(fence_width(spec)),
      fences_(data_ + fences_offset(spec, range.size()) + (uniform_keys_ ? 0 : kFenceHeader)),
      reads_(map_->bytes()) {
  CHECK(map_->bytes().size() == run_bytes(spec, range.size()));
  CHECK(range.size() <= std::numeric_limits<std::uint32_t>::max());
}

void Run::ask_slicing() const {
  if (!uniform_keys_) {
    reads_.ask(static_cast<std::uint64_t>(fences_ - data_) - kFenceHeader, kFenceHeader);
  }
}

void Run::read_slicing() {
  if (uniform_keys_) return;
  const Byte* header = fences_ - kFenceHeader;
  slicing_.first_key = load_le<std::uint64_t>(header);
  slicing_.shift = load_le<std::uint32_t>(header + sizeof slicing_.first_key);
}

Amount Run::stored_sum(std::uint64_t number) const {
  if (number == 0) return 0;
  CHECK(number * kSumStep <= size());
  return load_le<Amount>(place(size()) + (number - 1) * width::kAmount);
}

Result<std::unique_ptr<RunIndex>> RunIndex::open(FileSystem& files, const std::string& folder,
                                                 const IndexSpec& spec, std::uint64_t rows) {
  auto index = std::make_unique<RunIndex>();
  index->spec_ = &spec;
  std::vector<Run> opened;
  for (const RowRange& range : run_ranges(rows)) {
    TRY_ASSIGN(Run run, Run::open(files, folder, spec, range));
    run.expect_random_reads();
    run.ask_slicing();
    opened.push_back(std::move(run));
  }
  for (Run& run : opened) index->add(std::move(run));
  return index;
}

void RunIndex::add(Run run) {
  CHECK(run.range().first == rows_ && runs_.size() < kMostRuns);
  rows_ = run.range().end;
  run.read_slicing();
  runs_.push_back(std::move(run));
}

// The slice of each key that its run can have.
void RunIndex::find_slices(std::span<Probe> probes) {
  for (Probe& probe : probes) {
    const Run& run = *probe.run;
    probe.low = 0;
    probe.size = 0;
    if (run.size() == 0 || probe.key < run.slicing().first_key) continue;
    probe.slice = run.slicing().slice_of(probe.key);
    if (probe.slice >= run.slices()) {
      probe.low = run.size();
      continue;
    }
    probe.size = run.size();
    run.ask_fence(probe.slice);
  }
}

// And the entries of it, among which the key's place is.
void RunIndex::find_windows(std::span<Probe> probes) {
  for (Probe& probe : probes) {
    if (probe.size == 0) continue;
    const Run& run = *probe.run;
    std::uint32_t wanted = signature_of(probe.key);
    if ((run.signature(probe.slice) & wanted) != wanted) {
      probe.low = run.size();
      probe.size = 0;
      continue;
    }
    probe.low = run.fence(probe.slice);
    std::uint64_t end = run.fence(probe.slice + 1);
    CHECK_LEDGER(probe.low <= end && end <= run.size());
    probe.size = end - probe.low;
    if (probe.size == 0) continue;
    run.ask(probe.low, std::min(probe.size, kFewBytes / run.width()));
    if (probe.size <= kFewEntries) {
      run.prefetch(probe.low, probe.size);
    } else {
      run.prefetch(probe.low + probe.size / 2);
    }
  }
}

// Brings every probe to the first entry whose key is not smaller than its own (or the end); to the
// end, where keys are hashes and the fence says that the run does not have it. Each
// pass takes one step in every probe and asks for the line that the next step reads.
void RunIndex::lower_bounds(std::span<Probe> probes) const {
  find_slices(probes);
  find_windows(probes);
  for (bool searching = true; searching;) {
    searching = false;
    for (Probe& probe : probes) {
      if (probe.size == 0) continue;
      probe.step();
      if (probe.size == 0) continue;
      searching = true;
      if (probe.size > kFewEntries) probe.run->prefetch(probe.low + probe.size / 2);
    }
  }
}

RunIndex::Probes RunIndex::lower_bounds(std::uint64_t key) const {
  Probes probes;
  for (std::size_t i = 0; i < runs_.size(); ++i) {
    probes[i].run = &runs_[i];
    probes[i].key = key;
  }
  lower_bounds(std::span(probes.data(), runs_.size()));
  return probes;
}

std::vector<RunSpan> RunIndex::spans(std::uint64_t key) const {
  Probes probes = lower_bounds(key);
  std::vector<RunSpan> found;
  for (std::size_t i = 0; i < runs_.size(); ++i) {
    std::uint64_t end = end_of_key(runs_[i], probes[i].low, key);
    if (end > probes[i].low) found.push_back({&runs_[i], probes[i].low, end});
  }
  return found;
}

std::vector<std::uint64_t> RunIndex::find(std::uint64_t key) const {
  std::vector<std::uint64_t> rows;
  find(key, [&](std::uint64_t row) { rows.push_back(row); });
  return rows;
}

void RunIndex::find_all(std::span<const std::uint64_t> keys,
                        const std::function<void(std::size_t, std::uint64_t)>& on_row) const {
  std::vector<Probe> probes;
  for (const Run& run : runs_) {
    for (std::size_t first = 0; first < keys.size(); first += kGroup) {
      std::size_t end = std::min(keys.size(), first + kGroup);
      probes.clear();
      for (std::size_t i = first; i < end; ++i) probes.push_back({&run, keys[i], 0, 0, 0});
      lower_bounds(probes);
      for (std::size_t i = first; i < end; ++i) {
        std::uint64_t entry = probes[i - first].low;
        for (; entry < run.size() && run.key(entry) == keys[i]; ++entry) on_row(i, run.row(entry));
      }
    }
  }
}

std::optional<std::uint64_t> RunIndex::last_at_most(std::uint64_t key) const {
  CHECK(!spec_->uniform_keys);
  Probes probes = lower_bounds(key);
  std::optional<std::pair<std::uint64_t, std::uint64_t>> best;
  for (std::size_t i = 0; i < runs_.size(); ++i) {
    std::uint64_t end = end_of_key(runs_[i], probes[i].low, key);
    if (end == 0) continue;
    std::pair candidate{runs_[i].key(end - 1), runs_[i].row(end - 1)};
    if (!best || candidate > *best) best = candidate;
  }
  if (!best) return std::nullopt;
  return best->second;
}

}  // namespace tracehound::ledger
