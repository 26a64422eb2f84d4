// What every ledger's writer does with its files, whatever the rows mean: one writer at a time,
// commits that a kill cannot bend, the way back, and putting in order what a failure or a killed
// writer left.
//
// Rows are added to the columns' tails, in memory. A commit seals the tails and writes them out,
// on a thread of its own if it was only begun, while more rows are added behind; the manifest is
// what makes them count (commit.h). After any failure memory and disk go back to the manifest that
// is there. Going back is a commit of fewer rows, after which readers can tell that rows of theirs
// were taken back (side_files.h).
#pragma once

#include <functional>
#include <memory>
#include <new>
#include <string>
#include <utility>
#include <vector>

#include "base/check.h"
#include "base/file.h"
#include "base/parallel.h"
#include "base/result.h"
#include "ledger/column_set.h"
#include "ledger/keys.h"
#include "ledger/layout.h"
#include "ledger/manifest.h"
#include "ledger/run_writer.h"
#include "ledger/runs.h"
#include "ledger/side_files.h"

namespace tracehound::ledger {

// A kind of ledger derives from this and fills in what its rows are. Next to Manifest stand
// manifest_text() and, for its counts, layout().
template <typename Manifest, typename Columns>
class CommittedRows {
 public:
  using Counts = decltype(Manifest::counts);

  CommittedRows(const CommittedRows&) = delete;
  CommittedRows& operator=(const CommittedRows&) = delete;
  virtual ~CommittedRows() = default;

  // `none`: the manifest of a ledger of this chain that has no rows yet.
  // Errors: locked; another chain's ledger; damaged; the machine's.
  Status open_ledger(const Manifest& none);
  // A commit that was begun is let go on to its end.
  void close() {
    if (finish_commit() && recovered_) side_files_.clear_mark();
  }

  // Makes what was added durable and visible, or begins to. Waits first for the commit that was
  // begun before.
  Status commit() { return start_commit(false); }
  Status begin_commit() { return start_commit(true); }
  // The first `blocks` blocks stay. REQUIRES: no more than are committed.
  Status rewind(std::uint64_t blocks);

  FileSystem& files;
  const std::string folder;
  Columns columns;
  Manifest manifest;           // the last commit; zero blocks when there is none
  Counts counts;               // rows so far
  std::uint64_t checksum = 0;  // the last block's

 protected:
  // `searched`: the indexes, by their place in the layout, that look-ups will ask.
  CommittedRows(FileSystem& files_in, std::string folder_in, std::vector<std::size_t> searched)
      : files(files_in),
        folder(std::move(folder_in)),
        columns(folder),
        searched_(std::move(searched)),
        side_files_(files, folder) {}

  // Of the committed rows: the i-th of the searched ones. Good until the next commit.
  const RunIndex* index(std::size_t i) const { return indexes_[i].get(); }

  // Before rows are added: as the manifest says, if something failed.
  Status recover();
  Status finish_commit();
  // Waits for the commit that was begun, and forgets every row that is in none.
  Status back_to_commit();

  // ---- what a kind of ledger fills in ----
  using Work = std::function<Status()>;
  virtual Result<Manifest> read() const = 0;
  virtual Error other_chain(const Manifest& there) const = 0;
  // Rows were forgotten that tables in memory may name.
  virtual void forgotten() = 0;
  // The manifest of all that was added, but for counts and checksum; the columns are sealed.
  virtual void describe_tip(Manifest& after) const = 0;
  // What writes a commit. It may run on another thread, and reads sealed rows alone.
  virtual Work committing(const Manifest& before, const Manifest& after) = 0;
  // The commit is done; tables in memory may be told.
  virtual void committed() = 0;
  // The manifest after the first `blocks` blocks, of which there are more.
  virtual Manifest back_at(std::uint64_t blocks) const = 0;
  virtual Status write_indexes_of(const Manifest& after) = 0;
  // What is then to be undone in rows that stay.
  virtual Work undoing(const Manifest& back) const = 0;
  // What a killed writer may have left in rows that stay.
  virtual Status clear_stale_rows() = 0;

 private:
  // Written by its thread, looked at again when that has ended.
  struct Begun {
    Manifest after;
    Status outcome;
    std::unique_ptr<Background> writing;  // nothing if it was written by the writer's own thread
  };

  Status open_at(const Manifest& now);
  void forget_uncommitted();
  Status start_commit(bool own_thread);
  Status take_back(Status failure);
  Status go_back(std::uint64_t blocks);
  Status remove_ledger();
  Status count_rewind();
  Status tidy();
  Status drop_other_runs() { return keep_runs(files, folder, layout(manifest.counts)); }

  Manifest none_;
  std::vector<std::size_t> searched_;
  std::vector<std::unique_ptr<RunIndex>> indexes_;
  std::unique_ptr<Lock> lock_;
  SideFiles side_files_;
  std::unique_ptr<Begun> begun_;
  // Whether memory and disk are as the manifest says, with nothing there from a failure or a kill;
  // if not, recover() comes before the next change. Readers may have to be told besides that rows
  // of theirs were taken back.
  bool recovered_ = true;
  bool readers_untold_ = false;
};

// ---- opening ------------------------------------------------------------------------------------

template <typename Manifest, typename Columns>
Status CommittedRows<Manifest, Columns>::open_ledger(const Manifest& none) {
  none_ = none;
  manifest = none;
  bool exists = files.exists(manifest_path(folder));
  if (exists) {
    // Read first: a ledger of another chain is refused before anything is touched.
    TRY_ASSIGN(Manifest there, read());
    if (there.chain != none.chain) return std::unexpected(other_chain(there));
  }
  TRY(files.make_folder(columns_folder(folder)));
  TRY(files.make_folder(runs_folder(folder)));
  TRY_ASSIGN(lock_, files.lock(folder + "/lock"));
  if (exists) {
    TRY_ASSIGN(manifest, read());
  }
  TRY(open_at(manifest));
  forget_uncommitted();
  recovered_ = !side_files_.was_interrupted();
  readers_untold_ = !recovered_;
  TRY(recovered_ ? tidy() : recover());
  side_files_.clear_mark();
  return {};
}

// Looks at the disk as this manifest describes it; rows in the tails stay. A failure changes
// nothing.
template <typename Manifest, typename Columns>
Status CommittedRows<Manifest, Columns>::open_at(const Manifest& now) {
  std::vector<std::unique_ptr<RunIndex>> opened;
  Layout now_there = layout(now.counts);
  for (std::size_t place : searched_) {
    const auto& [spec, rows] = now_there.indexes[place];
    TRY_ASSIGN(auto index, RunIndex::open(files, folder, *spec, rows));
    opened.push_back(std::move(index));
  }
  TRY(columns.open(files, now.counts));
  indexes_ = std::move(opened);
  manifest = now;
  return {};
}

template <typename Manifest, typename Columns>
void CommittedRows<Manifest, Columns>::forget_uncommitted() {
  columns.drop_uncommitted();
  counts = manifest.counts;
  checksum = manifest.checksum;
  forgotten();
}

template <typename Manifest, typename Columns>
Status CommittedRows<Manifest, Columns>::back_to_commit() {
  Status status = finish_commit();
  forget_uncommitted();
  return status;
}

// ---- committing ---------------------------------------------------------------------------------

template <typename Manifest, typename Columns>
Status CommittedRows<Manifest, Columns>::start_commit(bool own_thread) {
  TRY(finish_commit());
  if (counts == manifest.counts) return {};
  if (Status status = side_files_.mark_writing(); !status) return take_back(status);
  begun_ = std::make_unique<Begun>();
  begun_->after = manifest;
  begun_->after.counts = counts;
  begun_->after.checksum = checksum;
  columns.seal();
  describe_tip(begun_->after);
  auto write = [begun = begun_.get(), work = committing(manifest, begun_->after)] {
    try {
      begun->outcome = work();
    } catch (const std::bad_alloc&) {
      begun->outcome = machine_error("not enough memory to write a commit; close other programs");
    }
  };
  if (own_thread) {
    begun_->writing = std::make_unique<Background>(write);
    return {};
  }
  write();
  return finish_commit();
}

template <typename Manifest, typename Columns>
Status CommittedRows<Manifest, Columns>::finish_commit() {
  if (!begun_) return {};
  begun_->writing.reset();
  auto done = std::move(begun_);
  Status status = done->outcome;
  if (status) status = open_at(done->after);
  if (!status) return take_back(status);
  committed();
  return drop_other_runs();
}

// After a commit or a way back that failed: gives the disk back what was written, as far as it lets
// us. The failure is what counts; what stays is harmless, and goes before anything is added.
template <typename Manifest, typename Columns>
Status CommittedRows<Manifest, Columns>::take_back(Status failure) {
  forget_uncommitted();
  recovered_ = false;
  static_cast<void>(recover());
  return failure;
}

// To the manifest that is there. If only the last sync failed, or a writer was killed right before
// it, that is the new one: it has to last before the runs of the old one may go.
template <typename Manifest, typename Columns>
Status CommittedRows<Manifest, Columns>::recover() {
  if (recovered_) return {};
  Manifest visible = none_;
  if (files.exists(manifest_path(folder))) {
    TRY_ASSIGN(visible, read());
  }
  TRY(open_at(visible));
  forget_uncommitted();
  TRY(files.sync_folder(folder));
  if (readers_untold_) TRY(count_rewind());
  TRY(clear_stale_rows());
  TRY(tidy());
  recovered_ = true;
  return {};
}

// Removes rows past the commit, runs that nobody names, unfinished replacements.
// Files are cut only while no reader has them mapped.
template <typename Manifest, typename Columns>
Status CommittedRows<Manifest, Columns>::tidy() {
  std::string unfinished = manifest_path(folder) + ".new";
  if (files.exists(unfinished)) TRY(files.remove(unfinished));
  TRY(side_files_.cut_columns(layout(manifest.counts)));
  return drop_other_runs();
}

// ---- going back ---------------------------------------------------------------------------------

template <typename Manifest, typename Columns>
Status CommittedRows<Manifest, Columns>::rewind(std::uint64_t blocks) {
  TRY(back_to_commit());
  TRY(recover());
  CHECK(blocks <= manifest.counts.blocks);
  if (blocks == manifest.counts.blocks) return {};
  TRY(side_files_.mark_writing());
  Status status = blocks == 0 ? remove_ledger() : go_back(blocks);
  return status ? status : take_back(status);
}

template <typename Manifest, typename Columns>
Status CommittedRows<Manifest, Columns>::go_back(std::uint64_t blocks) {
  Manifest back = back_at(blocks);
  Work undo = undoing(back);
  TRY(write_indexes_of(back));
  readers_untold_ = true;
  TRY(replace_file(files, manifest_path(folder), manifest_text(back)));

  // From here on the ledger is the shorter one. Readers of the longer one must be able to tell
  // before a row of theirs changes.
  TRY(count_rewind());
  TRY(open_at(back));
  forget_uncommitted();
  TRY(undo());
  return tidy();
}

template <typename Manifest, typename Columns>
Status CommittedRows<Manifest, Columns>::remove_ledger() {
  readers_untold_ = true;
  TRY(files.remove(manifest_path(folder)));
  TRY(files.sync_folder(folder));
  TRY(count_rewind());
  TRY(open_at(none_));
  forget_uncommitted();
  for (const Layout::Column& column : layout(manifest.counts).columns) {
    std::string path = column_path(folder, column.file);
    if (files.exists(path)) TRY(files.remove(path));
  }
  return drop_other_runs();
}

template <typename Manifest, typename Columns>
Status CommittedRows<Manifest, Columns>::count_rewind() {
  TRY(side_files_.count_rewind());
  readers_untold_ = false;
  return {};
}

}  // namespace tracehound::ledger
