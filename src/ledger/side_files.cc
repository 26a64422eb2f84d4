#include "ledger/side_files.h"

#include <fmt/format.h>

#include <algorithm>
#include <charconv>

#include "ledger/keys.h"

namespace tracehound::ledger {

namespace {

std::string writing_path(const std::string& folder) { return folder + "/writing"; }
std::string readers_path(const std::string& folder) { return folder + "/readers"; }
std::string rewinds_path(const std::string& folder) { return folder + "/rewinds"; }

}  // namespace

bool SideFiles::was_interrupted() const {
  return files_.exists(writing_path(folder_)) ||
         (files_.exists(folder_ + "/manifest") && !files_.exists(readers_path(folder_)));
}

Status SideFiles::mark_writing() {
  if (marked_) return {};
  TRY_ASSIGN(auto file, files_.open_write(writing_path(folder_)));
  TRY(files_.sync_folder(folder_));
  marked_ = true;
  return {};
}

void SideFiles::clear_mark() {
  if (!marked_ && !was_interrupted()) return;
  // If it cannot be removed, the next writer looks once more at what is in order.
  static_cast<void>(files_.remove(writing_path(folder_)));
  marked_ = false;
}

Status SideFiles::count_rewind() {
  TRY_ASSIGN(std::uint64_t rewinds, read_rewinds(files_, folder_));
  return replace_file(files_, rewinds_path(folder_), fmt::format("{}\n", rewinds + 1));
}

Status SideFiles::cut_columns(const Layout& committed) {
  TRY_ASSIGN(auto alone, files_.try_lock_alone(readers_path(folder_)));
  if (!alone) return {};
  TRY_ASSIGN(auto present, files_.list(columns_folder(folder_)));
  for (const Layout::Column& column : committed.columns) {
    if (!std::binary_search(present.begin(), present.end(), column.file)) continue;
    TRY_ASSIGN(auto file, files_.open_write(column_path(folder_, column.file)));
    if (file->size() > column.bytes()) TRY(file->truncate(column.bytes()));
  }
  return {};
}

Result<std::unique_ptr<Lock>> hold_for_reading(FileSystem& files, const std::string& folder) {
  return files.lock_shared(readers_path(folder));
}

Result<std::uint64_t> read_rewinds(FileSystem& files, const std::string& folder) {
  std::uint64_t rewinds = 0;
  if (!files.exists(rewinds_path(folder))) return rewinds;
  TRY_ASSIGN(Bytes bytes, read_file(files, rewinds_path(folder)));
  const char* text = reinterpret_cast<const char*>(bytes.data());
  auto [end, failure] = std::from_chars(text, text + bytes.size(), rewinds);
  // Its value means nothing by itself: a broken one counts as yet another.
  return failure == std::errc{} ? rewinds : xxh3(bytes) >> 1;
}

}  // namespace tracehound::ledger
