// A disk in memory that fails, fills up and loses power on cue, so a test can stop a writer at
// every single call and look at what a restart finds.
//
//   FaultyFileSystem disk;
//   disk.lose_power_after(k);                  // the k-th change from now on still works
//   auto outcome = write_something(disk);      // fails at change k + 1, as does all after it
//   disk.restart(seed);                        // what was synced, and some of what was not
//   EXPECT_TRUE(state_is_sound(disk));
//
// What survives a power loss is what POSIX promises and no more:
// - a file's bytes as of its last sync(); of each later write, each 512-byte sector by chance;
//   of each later truncate(), all or nothing;
// - a name as of its folder's last sync_folder(); of each later creation, rename and removal, all
//   or nothing, by chance. A rename is atomic: the old file or the new one.
// Folders are durable once made, which a real disk does not promise.
//
// Mappings see later writes to the same file, as they do on a real disk; extended ones are copies,
// and do not. A file holds 1 GiB at most. Thread-safe; cues then count calls in whatever order they
// arrive.
#pragma once

#include <array>
#include <cstdint>
#include <map>
#include <memory>
#include <mutex>
#include <optional>
#include <set>
#include <string>
#include <string_view>
#include <vector>

#include "base/file.h"

namespace tracehound::test {

class FaultyFileSystem final : public FileSystem {
 public:
  // append, write_at and truncate are all `write`; open_read and its read_at are `read`.
  enum class Call : std::uint8_t {
    map,
    open_write,
    write,
    sync,
    rename,
    remove,
    sync_folder,
    read
  };
  static constexpr std::size_t kCalls = 8;

  FaultyFileSystem();
  ~FaultyFileSystem() override;

  // --- cues ---
  // The nth call of that kind from now on (1 is the next) fails, and every later one too if the
  // fault `stays`, as a full disk does. A failing append or write_at leaves its first half behind.
  void fail(Call call, std::uint64_t nth, std::string reason = "No space left on device",
            bool stays = false);
  // No more faults.
  void mend();
  // After that many more changes (every kind of call but map and read) every call fails, until
  // restart().
  void lose_power_after(std::uint64_t changes);
  bool powered() const;

  // Cuts the power if it is still on and turns it on again. Open files, locks and cues are gone.
  // Seed 0 loses everything that was not synced, seed 1 keeps it all, any other decides by chance.
  void restart(std::uint64_t seed);

  // --- looks ---
  // Calls of that kind so far, failed ones included.
  std::uint64_t count(Call call) const;
  // Calls so far that would change the disk: the crash points of what has run.
  std::uint64_t changes() const;
  // Every path and its bytes, for comparing whole disks. Does not count as a call.
  std::map<std::string, Bytes> contents() const;

  // --- FileSystem ---
  Result<std::unique_ptr<Mapping>> map(const std::string& path) override;
  Result<std::unique_ptr<ExtendedMapping>> map_extended(const std::string& path, std::uint64_t size,
                                                        std::uint64_t room) override;
  Result<std::unique_ptr<ReadFile>> open_read(const std::string& path) override;
  Result<std::unique_ptr<WriteFile>> open_write(const std::string& path) override;
  Status rename(const std::string& from, const std::string& to) override;
  Status remove(const std::string& path) override;
  Status make_folder(const std::string& path) override;
  Status sync_folder(const std::string& path) override;
  Result<std::vector<std::string>> list(const std::string& path) override;
  bool exists(const std::string& path) override;
  Result<std::unique_ptr<Lock>> lock(const std::string& path) override;
  Result<std::unique_ptr<Lock>> lock_shared(const std::string& path) override;
  Result<std::unique_ptr<Lock>> try_lock_alone(const std::string& path) override;

 private:
  class File;
  class OpenFile;
  class OpenReadFile;
  class FileMapping;
  class CopyMapping;
  class HeldLock;
  using FilePtr = std::shared_ptr<File>;
  using Names = std::map<std::string, FilePtr>;

  // A change of names that no sync_folder() has covered yet.
  struct NameChange {
    std::string folder;
    std::optional<std::string> gone;
    std::optional<std::string> made;
    FilePtr file;
  };
  struct Fault {
    Call call;
    std::uint64_t at;  // that count of calls
    std::string reason;
    bool stays;
  };

  // Counts the call and fails it if a cue says so. `tried` and `path` go into the error.
  Status begin(Call call, std::string_view tried, const std::string& path);
  Status alive(std::string_view tried, const std::string& path) const;
  static void apply(const NameChange& change, Names& names);
  void change_names(NameChange change);

  mutable std::mutex mutex_;
  std::set<std::string> folders_;
  Names names_;
  Names durable_names_;
  std::vector<NameChange> name_changes_;
  std::map<std::string, std::weak_ptr<int>> locks_;
  std::array<std::uint64_t, kCalls> counts_{};
  std::uint64_t changes_ = 0;
  std::vector<Fault> faults_;
  std::optional<std::uint64_t> power_ends_;  // at that count of changes
  bool powered_ = true;
  std::uint64_t starts_ = 0;  // files opened before the last restart are dead
};

}  // namespace tracehound::test
