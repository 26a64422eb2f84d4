#include "ledger/runs.h"

#include <fmt/format.h>

#include <algorithm>

#include "base/check.h"

namespace tracehound::ledger {

namespace {

// Probes in one group of a batch: enough to keep the memory busy, few enough for the first cache.
constexpr std::size_t kGroup = 32;

// A guess among n entries is off by the square root of n, one corrected by the fourth root, which
// in a very large run is a page at most, and one corrected twice by the eighth: a few entries.
constexpr std::uint64_t kReach = 4;
constexpr std::uint64_t kPageReach = 256;

// Pages next to one another take hardly longer to load than one: up to so many bytes, everything
// that a guess can mean is asked for.
constexpr std::uint64_t kGuessBytes = 1U << 15;

std::uint64_t reach_of_guess(std::uint64_t entries, std::uint64_t width) {
  std::uint64_t root = 0;  // of `entries`, rounded down
  for (std::uint64_t bit = 1U << 31; bit > 0; bit /= 2) {
    if ((root + bit) * (root + bit) <= entries) root += bit;
  }
  std::uint64_t reach = root * 3 / 2;
  return 2 * reach * width <= kGuessBytes ? reach : 0;
}

__extension__ using Wide = unsigned __int128;

// floor(key / 2^64 * size): where a uniform key stands among `size`.
std::uint64_t share_of(std::uint64_t key, std::uint64_t size) {
  return static_cast<std::uint64_t>((static_cast<Wide>(key) * size) >> 64);
}

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
      guess_reach_(reach_of_guess(range.size(), width_)),
      reads_(map_->bytes()) {
  CHECK(map_->bytes().size() == run_bytes(spec, range.size()));
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
  for (const RowRange& range : run_ranges(rows)) {
    TRY_ASSIGN(Run run, Run::open(files, folder, spec, range));
    run.expect_random_reads();
    index->add(std::move(run));
  }
  return index;
}

void RunIndex::add(Run run) {
  CHECK(run.range().first == rows_ && runs_.size() < kMostRuns);
  rows_ = run.range().end;
  runs_.push_back(std::move(run));
}

// Guesses each uniform key's place, and twice again from how far the entry there is off. Leaves a
// window round it that the key's place lies in.
void RunIndex::guess(std::span<Probe> probes) {
  for (Probe& probe : probes) {
    probe.guess = share_of(probe.key, probe.size);
    std::uint64_t reach = probe.run->guess_reach();
    probe.run->ask(probe.guess - std::min(probe.guess, reach), 2 * reach + 1);
    probe.run->prefetch(probe.guess);
  }
  correct(probes, 0);
  correct(probes, kReach);
  for (Probe& probe : probes) {
    if (probe.size == 0) continue;
    const Run& run = *probe.run;
    std::uint64_t reach = kReach;
    std::uint64_t low = probe.guess - std::min(probe.guess, reach);
    while (low > 0 && run.key(low - 1) >= probe.key) low -= std::min(low, reach *= 2);
    reach = kReach;
    std::uint64_t high = std::min(probe.guess + reach, probe.size);
    while (high < probe.size && run.key(high) < probe.key) {
      high = std::min(high + (reach *= 2), probe.size);
    }
    probe.low = low;
    probe.size = high - low;
  }
}

// Asks the memory for `reach` entries either side of the better guess.
void RunIndex::correct(std::span<Probe> probes, std::uint64_t reach) {
  for (Probe& probe : probes) {
    if (probe.size == 0) continue;
    std::uint64_t found = probe.run->key(probe.guess);
    std::uint64_t away =
        share_of(found < probe.key ? probe.key - found : found - probe.key, probe.size);
    probe.guess = found < probe.key ? std::min(probe.guess + away, probe.size - 1)
                                    : probe.guess - std::min(probe.guess, away);
    probe.run->ask(probe.guess - std::min(probe.guess, kPageReach), 2 * kPageReach);
    probe.run->prefetch(probe.guess - std::min(probe.guess, reach));
    if (reach == 0) continue;
    probe.run->prefetch(probe.guess);
    probe.run->prefetch(std::min(probe.guess + reach, probe.size - 1));
  }
}

// Where keys cannot be guessed: passes over runs that end before the key, and halves the others
// until few entries are left.
void RunIndex::narrow(std::span<Probe> probes) {
  constexpr std::uint64_t kFew = 256;
  for (const Probe& probe : probes) {
    if (probe.size > 0) probe.run->ask(probe.size - 1, 1);
  }
  for (Probe& probe : probes) {
    if (probe.size == 0 || probe.run->key(probe.size - 1) >= probe.key) continue;
    probe.low = probe.size;
    probe.size = 0;
  }
  for (bool wide = true; wide;) {
    wide = false;
    for (const Probe& probe : probes) {
      if (probe.size <= kFew) continue;
      for (std::uint64_t quarter = 1; quarter <= 3; ++quarter) {
        probe.run->ask(probe.low + probe.size * quarter / 4, 1);
      }
      probe.run->prefetch(probe.low + probe.size / 2);
      wide = true;
    }
    for (int steps = 0; steps < 2 && wide; ++steps) {
      for (Probe& probe : probes) {
        if (probe.size <= kFew) continue;
        probe.step();
        probe.run->prefetch(probe.low + probe.size / 2);
      }
    }
  }
  for (const Probe& probe : probes) {
    if (probe.size > 0) probe.run->ask(probe.low, probe.size);
  }
}

// Brings every probe to the first entry whose key is not smaller than its own (or the end). Each
// pass takes one step in every probe and asks for the line that the next step reads.
void RunIndex::lower_bounds(std::span<Probe> probes) const {
  for (Probe& probe : probes) {
    probe.low = 0;
    probe.size = probe.run->size();
  }
  spec_->uniform_keys ? guess(probes) : narrow(probes);
  for (bool searching = true; searching;) {
    searching = false;
    for (Probe& probe : probes) {
      if (probe.size == 0) continue;
      probe.step();
      if (probe.size == 0) continue;
      searching = true;
      probe.run->prefetch(probe.low + probe.size / 2);
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
      for (std::size_t i = first; i < end; ++i) probes.push_back({&run, keys[i]});
      lower_bounds(probes);
      for (std::size_t i = first; i < end; ++i) {
        std::uint64_t entry = probes[i - first].low;
        for (; entry < run.size() && run.key(entry) == keys[i]; ++entry) on_row(i, run.row(entry));
      }
    }
  }
}

std::optional<std::uint64_t> RunIndex::last_at_most(std::uint64_t key) const {
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
