#include "ledger/run_writer.h"

#include <fmt/format.h>

#include <algorithm>
#include <optional>
#include <set>
#include <vector>

#include "base/check.h"
#include "base/parallel.h"
#include "ledger/fences.h"
#include "ledger/runs.h"
#include "ledger/sorted_rows.h"

namespace tracehound::ledger {

namespace {

struct Entry {
  std::uint64_t key;
  std::uint64_t row;
};

// Entries in (key, row) order: those of an old run that lie in `range`, or fresh ones.
class Source {
 public:
  Source(Run run, const RowRange& range) : run_(std::move(run)), range_(range) { settle(); }
  explicit Source(const SortedRows& fresh) : fresh_(&fresh) { settle(); }

  bool done() const { return done_; }
  const Entry& front() const { return front_; }
  void pop() {
    ++at_;
    settle();
  }

 private:
  void settle() {
    if (fresh_ != nullptr) {
      done_ = at_ == fresh_->size();
      if (!done_) front_ = {fresh_->key(at_), fresh_->row(at_)};
      return;
    }
    for (; at_ < run_->size(); ++at_) {
      front_ = {run_->key(at_), run_->row(at_)};
      if (front_.row >= range_.first && front_.row < range_.end) return;
    }
    done_ = true;
  }

  std::optional<Run> run_;
  RowRange range_{};
  const SortedRows* fresh_ = nullptr;
  std::uint64_t at_ = 0;
  bool done_ = false;
  Entry front_{};
};

// Packs entries into a file as they come, and the running sums and the fences behind them.
class RunFile {
 public:
  // `size`: how many entries there are to be.
  RunFile(const IndexSpec& spec, const IndexRows& rows, std::uint64_t size,
          std::unique_ptr<WriteFile> file)
      : spec_(spec),
        rows_(rows),
        file_(std::move(file)),
        buffer_(std::min(kBuffer, (size + 1) * kMostWidth)),
        fences_(spec, size) {}

  // Before each entry, room has to be made now and then.
  bool full() const { return size_ + kMostWidth > buffer_.size(); }
  Status write() {
    TRY(file_->append(ByteView(buffer_).first(size_)));
    size_ = 0;
    return {};
  }
  // REQUIRES: not full().
  void add(const Entry& entry) {
    fences_.add(entry.key);
    Byte* at = buffer_.data() + size_;
    store_le(at, entry.key);
    store_le(at + spec_.key_width, entry.row);
    size_ += spec_.key_width + spec_.row_width;
    ++entries_;
    if (spec_.sums) {
      group_.push_back(entry.row);
      if (group_.size() == kSumStep) close_group();
    }
  }

  std::uint64_t entries() const { return entries_; }

  Status finish() {
    TRY(write());
    if (!sums_.empty()) TRY(file_->append(sums_));
    TRY(file_->append(fences_.bytes()));
    return file_->sync();
  }

 private:
  static constexpr std::size_t kBuffer = 1U << 20;
  static constexpr std::size_t kMostWidth = 16;  // of an entry

  void close_group() {
    total_ += rows_.sum_of(group_);
    group_.clear();
    sums_.resize(sums_.size() + width::kAmount);
    store_le(sums_.data() + sums_.size() - width::kAmount, total_);
  }

  const IndexSpec& spec_;
  const IndexRows& rows_;
  std::unique_ptr<WriteFile> file_;
  std::uint64_t entries_ = 0;
  Bytes buffer_;
  std::size_t size_ = 0;  // of what is in it
  std::vector<std::uint64_t> group_;
  Amount total_ = 0;
  Bytes sums_;
  FenceBuilder fences_;
};

// `sources` cover ascending rows: of equal keys the earliest one's goes first.
Status merge(std::vector<Source>& sources, RunFile& file) {
  std::erase_if(sources, [](const Source& source) { return source.done(); });
  std::vector<std::uint64_t> keys;  // of what each has in front
  for (const Source& source : sources) keys.push_back(source.front().key);
  while (!sources.empty()) {
    if (file.full()) TRY(file.write());
    // Written so that the processor does not have to predict which one is least.
    std::size_t least = 0;
    std::uint64_t key = keys[0];
    for (std::size_t i = 1; i < keys.size(); ++i) {
      bool less = keys[i] < key;
      least = less ? i : least;
      key = less ? keys[i] : key;
    }
    Source& source = sources[least];
    file.add(source.front());
    source.pop();
    if (!source.done()) {
      keys[least] = source.front().key;
    } else {
      sources.erase(sources.begin() + static_cast<std::ptrdiff_t>(least));
      keys.erase(keys.begin() + static_cast<std::ptrdiff_t>(least));
    }
  }
  return {};
}

Status write_run(FileSystem& files, const std::string& folder, const IndexSpec& spec,
                 const IndexRows& rows, const RowRange& range) {
  std::vector<Source> sources;
  for (const RowRange& had : run_ranges(rows.had)) {
    if (had.end <= range.first || had.first >= range.end) continue;
    TRY_ASSIGN(Run run, Run::open(files, folder, spec, had));
    sources.emplace_back(std::move(run), range);
  }
  std::uint64_t first = std::max(rows.had, range.first);
  std::uint64_t count = range.end - std::min(first, range.end);
  SortedRows fresh(first, count, spec.key_width, rows.keys_of);
  sources.emplace_back(fresh);

  std::string path = runs_folder(folder) + "/" + run_name(spec, range);
  TRY_ASSIGN(auto file, files.open_write(path + ".new"));
  TRY(file->truncate(0));
  RunFile out(spec, rows, range.size(), std::move(file));
  TRY(merge(sources, out));
  if (out.entries() != range.size()) {
    return machine_error(fmt::format(
        "{} cannot be made: a run that goes into it is damaged; run `tracehound ledger check`, and "
        "restore the ledger from a copy or ingest again",
        path));
  }
  TRY(out.finish());
  return files.rename(path + ".new", path);
}

}  // namespace

Status write_runs(FileSystem& files, const std::string& folder, const IndexSpec& spec,
                  const IndexRows& rows) {
  auto had = run_ranges(rows.had);
  auto wanted = run_ranges(rows.now);
  std::erase_if(wanted,
                [&](const RowRange& range) { return std::ranges::find(had, range) != had.end(); });
  std::vector<Status> written(wanted.size());
  parallel_for(wanted.size(), [&](std::size_t i) {
    written[i] = write_run(files, folder, spec, rows, wanted[i]);
  });
  for (const Status& status : written) TRY(status);
  return {};
}

Status keep_runs(FileSystem& files, const std::string& folder, const Layout& wanted) {
  std::set<std::string> names;
  for (const Layout::Indexed& index : wanted.indexes) {
    for (const RowRange& range : run_ranges(index.rows)) names.insert(run_name(*index.spec, range));
  }
  TRY_ASSIGN(auto present, files.list(runs_folder(folder)));
  bool removed = false;
  for (const std::string& name : present) {
    if (names.contains(name)) continue;
    TRY(files.remove(runs_folder(folder) + "/" + name));
    removed = true;
  }
  return removed ? files.sync_folder(runs_folder(folder)) : Status{};
}

}  // namespace tracehound::ledger
