#include "ledger/runs.h"

#include <fmt/format.h>
#include <tbb/parallel_sort.h>

#include <algorithm>

#include "base/check.h"

namespace tracehound::ledger {

namespace {

std::uint64_t load_number(const Byte* from, std::size_t width) {
  std::uint64_t number = 0;
  std::memcpy(&number, from, width);
  return number;
}

struct Entry {
  std::uint64_t key;
  std::uint64_t row;
  friend auto operator<=>(const Entry&, const Entry&) = default;
};

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

Status write_run(FileSystem& files, const std::string& folder, const IndexSpec& spec,
                 const RowRange& range, const std::function<std::uint64_t(std::uint64_t)>& key_of) {
  std::vector<Entry> entries(range.end - range.first);
  for (std::uint64_t i = 0; i < entries.size(); ++i) {
    entries[i] = {key_of(range.first + i), range.first + i};
  }
  tbb::parallel_sort(entries.begin(), entries.end());

  std::size_t width = spec.key_width + spec.row_width;
  Bytes packed(entries.size() * width);
  Byte* to = packed.data();
  for (const Entry& entry : entries) {
    std::memcpy(to, &entry.key, spec.key_width);
    std::memcpy(to + spec.key_width, &entry.row, spec.row_width);
    to += width;
  }
  return replace_file(files, runs_folder(folder) + "/" + run_name(spec, range), packed);
}

Result<std::unique_ptr<RunIndex>> RunIndex::open(FileSystem& files, const std::string& folder,
                                                 const IndexSpec& spec, std::uint64_t rows) {
  auto index = std::make_unique<RunIndex>();
  index->spec_ = &spec;
  for (const RowRange& range : run_ranges(rows)) {
    std::string path = runs_folder(folder) + "/" + run_name(spec, range);
    TRY_ASSIGN(auto map, files.map(path));
    std::uint64_t expected = (range.end - range.first) * (spec.key_width + spec.row_width);
    if (map->bytes().size() != expected) {
      return machine_error(
          fmt::format("{} has {} bytes where {} belong; restore the ledger from a copy or ingest "
                      "again",
                      path, map->bytes().size(), expected));
    }
    index->runs_.push_back({range, std::move(map)});
  }
  return index;
}

std::uint64_t RunIndex::key_at(const Run& run, std::uint64_t entry) const {
  std::size_t width = spec_->key_width + spec_->row_width;
  return load_number(run.map->bytes().data() + entry * width, spec_->key_width);
}

std::uint64_t RunIndex::row_at(const Run& run, std::uint64_t entry) const {
  std::size_t width = spec_->key_width + spec_->row_width;
  return load_number(run.map->bytes().data() + entry * width + spec_->key_width, spec_->row_width);
}

std::vector<std::uint64_t> RunIndex::find(std::uint64_t key) const {
  std::vector<std::uint64_t> rows;
  for (const Run& run : runs_) {
    std::uint64_t low = 0;
    std::uint64_t high = run.range.end - run.range.first;
    std::uint64_t size = high;
    while (low < high) {
      std::uint64_t middle = low + (high - low) / 2;
      if (key_at(run, middle) < key) {
        low = middle + 1;
      } else {
        high = middle;
      }
    }
    for (; low < size && key_at(run, low) == key; ++low) rows.push_back(row_at(run, low));
  }
  return rows;
}

}  // namespace tracehound::ledger
