// SQLite on a disk that fails on cue: while a FaultyVfs lives, every file that SQLite opens goes
// through it. Counts writes, truncations, syncs and deletions, and at the nth runs out of space
// (from then on, writes and extensions fail) or ends the process as a kill would.
#pragma once

#include <sqlite3.h>
#include <unistd.h>

#include <cstdint>
#include <map>

namespace tracehound::tags {

class FaultyVfs {
 public:
  enum class Fault : std::uint8_t { none, no_space, killed };

  FaultyVfs(Fault fault, std::uint64_t at) {
    state() = {fault, at, 0};
    real() = sqlite3_vfs_find("unix");
    vfs_ = *real();
    vfs_.zName = "faulty";
    vfs_.pNext = nullptr;
    vfs_.xOpen = open;
    vfs_.xDelete = remove;
    sqlite3_vfs_register(&vfs_, 1);
  }
  ~FaultyVfs() {
    sqlite3_vfs_unregister(&vfs_);
    sqlite3_vfs_register(real(), 1);
  }
  FaultyVfs(const FaultyVfs&) = delete;
  FaultyVfs& operator=(const FaultyVfs&) = delete;

  std::uint64_t changes() const { return state().changes; }

 private:
  struct State {
    Fault fault = Fault::none;
    std::uint64_t at = 0;
    std::uint64_t changes = 0;
  };
  static State& state() {
    static State only;
    return only;
  }
  static sqlite3_vfs*& real() {
    static sqlite3_vfs* only = nullptr;
    return only;
  }
  static const sqlite3_io_methods*& real_methods() {
    static const sqlite3_io_methods* only = nullptr;
    return only;
  }

  static bool change_fails() {
    State& now = state();
    bool reached = ++now.changes >= now.at;
    if (reached && now.fault == Fault::killed) ::_exit(9);
    return reached && now.fault == Fault::no_space;
  }

  static int open(sqlite3_vfs*, const char* name, sqlite3_file* file, int flags, int* out_flags) {
    int code = real()->xOpen(real(), name, file, flags, out_flags);
    if (code != SQLITE_OK || file->pMethods == nullptr) return code;
    // SQLite has several tables of methods (databases lock, their logs do not): one copy of each.
    static std::map<const sqlite3_io_methods*, sqlite3_io_methods> tables;
    real_methods() = file->pMethods;  // the three replaced here are the same in all of them
    auto [copy, is_new] = tables.try_emplace(file->pMethods, *file->pMethods);
    copy->second.xWrite = write;
    copy->second.xTruncate = truncate;
    copy->second.xSync = sync;
    file->pMethods = &copy->second;
    return code;
  }
  static int write(sqlite3_file* file, const void* bytes, int size, sqlite3_int64 offset) {
    if (change_fails()) return SQLITE_FULL;
    return real_methods()->xWrite(file, bytes, size, offset);
  }
  static int truncate(sqlite3_file* file, sqlite3_int64 size) {
    change_fails();
    return real_methods()->xTruncate(file, size);
  }
  static int sync(sqlite3_file* file, int flags) {
    change_fails();
    return real_methods()->xSync(file, flags);
  }
  static int remove(sqlite3_vfs*, const char* name, int sync_folder) {
    change_fails();
    return real()->xDelete(real(), name, sync_folder);
  }

  sqlite3_vfs vfs_{};
};

}  // namespace tracehound::tags
