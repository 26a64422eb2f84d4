// All files go through FileSystem, so that tests can drop unsynced writes, tear them, or make any
// call fail on cue (tests/support/faulty_file_system.h).
#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "base/bytes.h"
#include "base/result.h"

namespace tracehound {

// A read-only view of a file's bytes as they were when it was mapped. Stays valid while the
// object lives, even if the file is replaced by rename. Movable.
class Mapping {
 public:
  virtual ~Mapping() = default;
  virtual ByteView bytes() const = 0;
  // Pages will be touched here and there: reading ahead would only load what nobody asked for.
  virtual void expect_random_reads() {}
};

// A file's first bytes, and behind them room of this process's own: no file ever holds it.
class ExtendedMapping : public Mapping {
 public:
  // The room; zeros at first. Views of bytes() see what is written there.
  virtual std::span<Byte> room() = 0;
};

// A file open for reading at any place; it costs no memory, whatever its size. Thread-safe.
class ReadFile {
 public:
  virtual ~ReadFile() = default;
  // Fills `into` with the bytes from `offset` on. Fails where the file ends before.
  virtual Status read_at(std::uint64_t offset, std::span<Byte> into) const = 0;
  // In bytes, when it was opened.
  virtual std::uint64_t size() const = 0;
};

// A file open for writing. Nothing is durable before sync() returns.
class WriteFile {
 public:
  virtual ~WriteFile() = default;
  virtual Status append(ByteView bytes) = 0;
  // REQUIRES: offset + bytes.size() <= size().
  virtual Status write_at(std::uint64_t offset, ByteView bytes) = 0;
  virtual Status read_at(std::uint64_t offset, std::span<Byte> into) = 0;
  // Cuts or extends to `size` bytes; with zeros, for which there is room from then on.
  virtual Status truncate(std::uint64_t size) = 0;
  virtual Status sync() = 0;
  virtual std::uint64_t size() const = 0;
};

// Held by one writer; released when destroyed or when the process dies.
class Lock {
 public:
  virtual ~Lock() = default;
};

class FileSystem {
 public:
  virtual ~FileSystem() = default;

  // Errors name the path, what was tried and the system's reason.
  virtual Result<std::unique_ptr<Mapping>> map(const std::string& path) = 0;
  // The file's first `size` bytes and `room` more. What lies behind `size` in the file is not seen;
  // what other processes write before it later may be. Fails where the file is shorter.
  virtual Result<std::unique_ptr<ExtendedMapping>> map_extended(const std::string& path,
                                                                std::uint64_t size,
                                                                std::uint64_t room) = 0;
  // Plain files only, as map().
  virtual Result<std::unique_ptr<ReadFile>> open_read(const std::string& path) = 0;
  // Opens for reading and writing; makes an empty file where there is none.
  virtual Result<std::unique_ptr<WriteFile>> open_write(const std::string& path) = 0;
  virtual Status rename(const std::string& from, const std::string& to) = 0;
  virtual Status remove(const std::string& path) = 0;
  // Makes the folder and those above it; a folder already there is fine.
  virtual Status make_folder(const std::string& path) = 0;
  // Makes renames, creations and removals in the folder durable.
  virtual Status sync_folder(const std::string& path) = 0;
  // Plain file names in the folder, sorted; no folders.
  virtual Result<std::vector<std::string>> list(const std::string& path) = 0;
  virtual bool exists(const std::string& path) = 0;
  // Takes the writer's lock. Refused (ErrorKind::machine) with the holder's process id.
  virtual Result<std::unique_ptr<Lock>> lock(const std::string& path) = 0;
  // Many hold a file shared, or one alone. lock_shared() waits for the one; it gives nothing where
  // the file is not there or may not be opened. try_lock_alone() makes the file where there is none
  // and gives nothing while others hold it.
  virtual Result<std::unique_ptr<Lock>> lock_shared(const std::string& path) = 0;
  virtual Result<std::unique_ptr<Lock>> try_lock_alone(const std::string& path) = 0;
};

// The machine's own files.
FileSystem& posix_files();

// The whole file as text or bytes.
Result<Bytes> read_file(FileSystem& files, const std::string& path);
// Write-new, sync, rename, sync the folder: the path holds the old bytes or the new, never a mix.
Status replace_file(FileSystem& files, const std::string& path, ByteView bytes);
inline Status replace_file(FileSystem& files, const std::string& path, std::string_view text) {
  return replace_file(files, path, as_bytes(text));
}

// The part before the last '/', or "." without one.
std::string folder_of(const std::string& path);

// For the start of a program: a standard file that was closed would give its number to the next
// file opened, and a line meant for standard output would go into that. Puts something that takes
// no writing in its place.
void hold_standard_files();

}  // namespace tracehound
