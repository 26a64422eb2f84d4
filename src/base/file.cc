#include "base/file.h"

#include <dirent.h>
#include <fcntl.h>
#include <fmt/format.h>
#include <sys/file.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstring>
#include <filesystem>
#include <utility>

#include "base/check.h"

namespace tracehound {

namespace {

std::unexpected<Error> system_error(std::string_view what, const std::string& path) {
  int code = errno;
  std::string advice;
  if (code == ENOSPC || code == EDQUOT) advice = "; free some space and run the command again";
  if (code == EROFS || code == EACCES || code == EPERM) {
    advice = "; check the permissions, or use a copy you may write to";
  }
  return machine_error(fmt::format("cannot {} {}: {}{}", what, path, std::strerror(code), advice));
}

class Descriptor {
 public:
  explicit Descriptor(int number) : number_(number) {}
  ~Descriptor() {
    if (number_ >= 0) ::close(number_);
  }
  Descriptor(Descriptor&& other) noexcept : number_(std::exchange(other.number_, -1)) {}
  Descriptor(const Descriptor&) = delete;
  Descriptor& operator=(const Descriptor&) = delete;
  int number() const { return number_; }

 private:
  int number_;
};

class PosixMapping final : public Mapping {
 public:
  PosixMapping(void* base, std::size_t size) : base_(base), size_(size) {}
  ~PosixMapping() override {
    if (size_ > 0) ::munmap(base_, size_);
  }
  ByteView bytes() const override { return {static_cast<const Byte*>(base_), size_}; }
  void expect_random_reads() override {
    if (size_ > 0) static_cast<void>(::madvise(base_, size_, MADV_RANDOM));
  }

 private:
  void* base_;
  std::size_t size_;
};

class PosixExtendedMapping final : public ExtendedMapping {
 public:
  // Takes over `base`, which is all of it and was mapped.
  PosixExtendedMapping(Byte* base, std::size_t size, std::size_t room)
      : base_(base), size_(size), room_(room) {}
  ~PosixExtendedMapping() override {
    if (base_ != nullptr) ::munmap(base_, size_ + room_);
  }
  ByteView bytes() const override { return {base_, size_ + room_}; }
  std::span<Byte> room() override { return {base_ + size_, room_}; }

 private:
  Byte* base_;
  std::size_t size_;
  std::size_t room_;
};

Status read_fully(const Descriptor& file, const std::string& path, std::uint64_t offset,
                  std::span<Byte> into) {
  while (!into.empty()) {
    ssize_t got = ::pread(file.number(), into.data(), into.size(), static_cast<off_t>(offset));
    if (got < 0 && errno == EINTR) continue;
    if (got < 0) return system_error("read", path);
    if (got == 0) return machine_error(fmt::format("{} ends before byte {}", path, offset));
    into = into.subspan(static_cast<std::size_t>(got));
    offset += static_cast<std::uint64_t>(got);
  }
  return {};
}

class PosixReadFile final : public ReadFile {
 public:
  PosixReadFile(Descriptor descriptor, std::string path, std::uint64_t size)
      : descriptor_(std::move(descriptor)), path_(std::move(path)), size_(size) {}
  Status read_at(std::uint64_t offset, std::span<Byte> into) const override {
    return read_fully(descriptor_, path_, offset, into);
  }
  std::uint64_t size() const override { return size_; }

 private:
  Descriptor descriptor_;
  std::string path_;
  std::uint64_t size_;
};

class PosixWriteFile final : public WriteFile {
 public:
  PosixWriteFile(int descriptor, std::string path, std::uint64_t size)
      : descriptor_(descriptor), path_(std::move(path)), size_(size) {}

  Status append(ByteView bytes) override {
    TRY(write_all(size_, bytes));
    size_ += bytes.size();
    return {};
  }

  Status write_at(std::uint64_t offset, ByteView bytes) override {
    CHECK(offset + bytes.size() <= size_);
    return write_all(offset, bytes);
  }

  Status read_at(std::uint64_t offset, std::span<Byte> into) override {
    return read_fully(descriptor_, path_, offset, into);
  }

  Status truncate(std::uint64_t size) override {
    // A hole would have no room of its own: where there is none left, who reads it is killed.
    int failed = 0;
    if (size > size_) {
      do {
        failed = ::posix_fallocate(descriptor_.number(), static_cast<off_t>(size_),
                                   static_cast<off_t>(size - size_));
      } while (failed == EINTR);
      errno = failed;
    } else {
      failed = ::ftruncate(descriptor_.number(), static_cast<off_t>(size));
    }
    if (failed != 0) return system_error("set the length of", path_);
    size_ = size;
    return {};
  }

  Status sync() override {
    if (::fdatasync(descriptor_.number()) != 0) return system_error("sync", path_);
    return {};
  }

  std::uint64_t size() const override { return size_; }

 private:
  Status write_all(std::uint64_t offset, ByteView bytes) {
    while (!bytes.empty()) {
      ssize_t put =
          ::pwrite(descriptor_.number(), bytes.data(), bytes.size(), static_cast<off_t>(offset));
      if (put < 0 && errno == EINTR) continue;
      if (put < 0) return system_error("write", path_);
      bytes = bytes.subspan(static_cast<std::size_t>(put));
      offset += static_cast<std::uint64_t>(put);
    }
    return {};
  }

  Descriptor descriptor_;
  std::string path_;
  std::uint64_t size_;
};

class PosixLock final : public Lock {
 public:
  explicit PosixLock(int descriptor) : descriptor_(descriptor) {}
  // Called once the lock is ours.
  Status note_holder(const std::string& path) {
    std::string own = fmt::format("{}", ::getpid());
    if (::ftruncate(descriptor_.number(), 0) != 0 ||
        ::pwrite(descriptor_.number(), own.data(), own.size(), 0) !=
            static_cast<ssize_t>(own.size())) {
      return system_error("write the lock", path);
    }
    held_ = true;
    return {};
  }
  ~PosixLock() override {
    // An empty lock file after a clean end: two runs over the same input leave the same bytes.
    if (held_ && ::ftruncate(descriptor_.number(), 0) != 0) held_ = false;
  }

 private:
  bool held_ = false;
  Descriptor descriptor_;
};

// flock on a file that holds nothing; given back when the descriptor closes.
class PosixFileLock final : public Lock {
 public:
  explicit PosixFileLock(int descriptor) : descriptor_(descriptor) {}

 private:
  Descriptor descriptor_;
};

// Of a file that open() gave, or failed to give.
Result<std::uint64_t> plain_size(const Descriptor& file, const std::string& path) {
  if (file.number() < 0) return system_error("open", path);
  struct stat facts{};
  if (::fstat(file.number(), &facts) != 0) return system_error("look at", path);
  if (!S_ISREG(facts.st_mode)) return machine_error(fmt::format("{} is not a plain file", path));
  return static_cast<std::uint64_t>(facts.st_size);
}

class PosixFileSystem final : public FileSystem {
 public:
  Result<std::unique_ptr<Mapping>> map(const std::string& path) override {
    Descriptor file(::open(path.c_str(), O_RDONLY | O_NONBLOCK | O_CLOEXEC));
    TRY_ASSIGN(std::size_t size, plain_size(file, path));
    if (size == 0) return std::make_unique<PosixMapping>(nullptr, 0);
    void* base = ::mmap(nullptr, size, PROT_READ, MAP_SHARED, file.number(), 0);
    if (base == MAP_FAILED) return system_error("map", path);
    return std::make_unique<PosixMapping>(base, size);
  }

  // Whole pages of the file are mapped as map() does; the page that `size` cuts is a copy, and
  // memory follows it. So only that page and the room are memory of our own.
  Result<std::unique_ptr<ExtendedMapping>> map_extended(const std::string& path, std::uint64_t size,
                                                        std::uint64_t room) override {
    Descriptor file(::open(path.c_str(), O_RDONLY | O_NONBLOCK | O_CLOEXEC));
    TRY_ASSIGN(std::uint64_t there, plain_size(file, path));
    if (there < size) {
      return machine_error(fmt::format("{} ends before byte {}", path, size));
    }
    if (size + room == 0) return std::make_unique<PosixExtendedMapping>(nullptr, 0, 0);
    void* all = ::mmap(nullptr, size + room, PROT_NONE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
    if (all == MAP_FAILED) return system_error("map", path);
    auto* base = static_cast<Byte*>(all);
    auto mapping = std::make_unique<PosixExtendedMapping>(base, size, room);
    std::size_t whole = size - size % static_cast<std::size_t>(::sysconf(_SC_PAGESIZE));
    if (whole > 0 &&
        ::mmap(base, whole, PROT_READ, MAP_SHARED | MAP_FIXED, file.number(), 0) == MAP_FAILED) {
      return system_error("map", path);
    }
    if (whole == size + room) return mapping;
    if (::mprotect(base + whole, size + room - whole, PROT_READ | PROT_WRITE) != 0) {
      return system_error("find memory behind", path);
    }
    TRY(read_fully(file, path, whole, {base + whole, size - whole}));
    return mapping;
  }

  Result<std::unique_ptr<ReadFile>> open_read(const std::string& path) override {
    Descriptor file(::open(path.c_str(), O_RDONLY | O_NONBLOCK | O_CLOEXEC));
    TRY_ASSIGN(std::uint64_t size, plain_size(file, path));
    return std::make_unique<PosixReadFile>(std::move(file), path, size);
  }

  Result<std::unique_ptr<WriteFile>> open_write(const std::string& path) override {
    int descriptor = ::open(path.c_str(), O_RDWR | O_CREAT | O_CLOEXEC, 0644);
    if (descriptor < 0) return system_error("open for writing", path);
    struct stat facts{};
    if (::fstat(descriptor, &facts) != 0) {
      auto failure = system_error("look at", path);
      ::close(descriptor);
      return failure;
    }
    return std::make_unique<PosixWriteFile>(descriptor, path,
                                            static_cast<std::uint64_t>(facts.st_size));
  }

  Status rename(const std::string& from, const std::string& to) override {
    if (::rename(from.c_str(), to.c_str()) != 0) return system_error("rename", from);
    return {};
  }

  Status remove(const std::string& path) override {
    if (::unlink(path.c_str()) != 0) return system_error("remove", path);
    return {};
  }

  Status make_folder(const std::string& path) override {
    std::error_code failure;
    std::filesystem::create_directories(path, failure);
    if (failure) {
      errno = failure.value();
      return system_error("make the folder", path);
    }
    return {};
  }

  Status sync_folder(const std::string& path) override {
    Descriptor folder(::open(path.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC));
    if (folder.number() < 0) return system_error("open the folder", path);
    if (::fsync(folder.number()) != 0) return system_error("sync the folder", path);
    return {};
  }

  Result<std::vector<std::string>> list(const std::string& path) override {
    DIR* folder = ::opendir(path.c_str());
    if (folder == nullptr) return system_error("open the folder", path);
    std::vector<std::string> names;
    while (dirent* entry = ::readdir(folder)) {
      struct stat facts{};
      std::string whole = path + "/" + entry->d_name;
      if (::stat(whole.c_str(), &facts) == 0 && S_ISREG(facts.st_mode)) {
        names.emplace_back(entry->d_name);
      }
    }
    ::closedir(folder);
    std::sort(names.begin(), names.end());
    return names;
  }

  bool exists(const std::string& path) override { return ::access(path.c_str(), F_OK) == 0; }

  Result<std::unique_ptr<Lock>> lock(const std::string& path) override {
    int descriptor = ::open(path.c_str(), O_RDWR | O_CREAT | O_CLOEXEC, 0644);
    if (descriptor < 0) return system_error("open the lock", path);
    auto held = std::make_unique<PosixLock>(descriptor);
    if (::flock(descriptor, LOCK_EX | LOCK_NB) != 0) {
      if (errno != EWOULDBLOCK) return system_error("lock", path);
      char text[32] = {};
      ssize_t size = ::pread(descriptor, text, sizeof text - 1, 0);
      std::string_view holder(text, size > 0 ? static_cast<std::size_t>(size) : 0);
      return machine_error(
          fmt::format("another process ({}) is writing this ledger (lock {}); wait for it to end",
                      holder.empty() ? "id unknown" : fmt::format("id {}", holder), path));
    }
    TRY(held->note_holder(path));
    return held;
  }

  Result<std::unique_ptr<Lock>> lock_shared(const std::string& path) override {
    int descriptor = ::open(path.c_str(), O_RDONLY | O_CLOEXEC);
    if (descriptor < 0) return nullptr;
    auto held = std::make_unique<PosixFileLock>(descriptor);
    while (::flock(descriptor, LOCK_SH) != 0) {
      if (errno != EINTR) return system_error("lock", path);
    }
    return held;
  }

  Result<std::unique_ptr<Lock>> try_lock_alone(const std::string& path) override {
    int descriptor = ::open(path.c_str(), O_RDWR | O_CREAT | O_CLOEXEC, 0644);
    if (descriptor < 0) return system_error("open the lock", path);
    auto held = std::make_unique<PosixFileLock>(descriptor);
    if (::flock(descriptor, LOCK_EX | LOCK_NB) == 0) return held;
    if (errno == EWOULDBLOCK) return nullptr;
    return system_error("lock", path);
  }
};

}  // namespace

FileSystem& posix_files() {
  static PosixFileSystem files;
  return files;
}

Result<Bytes> read_file(FileSystem& files, const std::string& path) {
  TRY_ASSIGN(auto mapping, files.map(path));
  ByteView bytes = mapping->bytes();
  return Bytes(bytes.begin(), bytes.end());
}

static Status write_new(FileSystem& files, const std::string& path, ByteView bytes) {
  TRY_ASSIGN(auto file, files.open_write(path));
  TRY(file->truncate(0));
  TRY(file->append(bytes));
  return file->sync();
}

Status replace_file(FileSystem& files, const std::string& path, ByteView bytes) {
  std::string fresh = path + ".new";
  Status done = write_new(files, fresh, bytes);
  if (done) done = files.rename(fresh, path);
  if (!done) {
    if (files.exists(fresh)) (void)files.remove(fresh);
    return done;
  }
  return files.sync_folder(folder_of(path));
}

std::string folder_of(const std::string& path) {
  auto slash = path.rfind('/');
  if (slash == std::string::npos) return ".";
  return slash == 0 ? "/" : path.substr(0, slash);
}

void hold_standard_files() {
  for (int number = 0; number <= 2; ++number) {
    if (::fcntl(number, F_GETFD) == -1) ::open("/dev/null", O_RDONLY);
  }
}

}  // namespace tracehound
