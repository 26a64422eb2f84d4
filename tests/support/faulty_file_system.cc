#include "support/faulty_file_system.h"

#include <fmt/format.h>
#include <sys/mman.h>

#include <algorithm>
#include <random>
#include <span>
#include <utility>

#include "base/check.h"

namespace tracehound::test {

namespace {

constexpr std::size_t kMostBytes = std::size_t{1} << 30;
constexpr std::size_t kSector = 512;

std::string without_last_slash(const std::string& path) {
  return path.size() > 1 && path.ends_with('/') ? path.substr(0, path.size() - 1) : path;
}

std::unexpected<Error> refused(std::string_view tried, const std::string& path,
                               std::string_view reason) {
  return machine_error(fmt::format("cannot {} {}: {}", tried, path, reason));
}

// What survives of an unsynced change.
class Chance {
 public:
  explicit Chance(std::uint64_t seed) : seed_(seed), engine_(seed) {}
  bool keeps() { return seed_ == 1 || (seed_ != 0 && engine_() % 2 == 0); }

 private:
  std::uint64_t seed_;
  std::mt19937_64 engine_;
};

}  // namespace

// A file's bytes, apart from its names. They lie in one reserved range, so a mapping stays valid
// while the file grows.
class FaultyFileSystem::File {
 public:
  File()
      : base_(static_cast<Byte*>(::mmap(nullptr, kMostBytes, PROT_READ | PROT_WRITE,
                                        MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0))) {
    CHECK(base_ != MAP_FAILED);
  }
  ~File() { ::munmap(base_, kMostBytes); }
  File(const File&) = delete;
  File& operator=(const File&) = delete;

  ByteView bytes() const { return {base_, size_}; }

  void write(std::uint64_t offset, ByteView bytes) {
    CHECK(offset + bytes.size() <= kMostBytes);
    std::copy(bytes.begin(), bytes.end(), base_ + offset);
    size_ = std::max<std::size_t>(size_, offset + bytes.size());
    pending_.push_back({offset, Bytes(bytes.begin(), bytes.end()), false});
  }

  void truncate(std::uint64_t size) {
    resize(size);
    pending_.push_back({size, {}, true});
  }

  void sync() {
    for (const Change& change : pending_) {
      if (change.truncates) {
        durable_.resize(change.offset);
      } else {
        keep(change.offset, change.bytes);
      }
    }
    pending_.clear();
  }

  void lose_power(Chance& chance) {
    for (const Change& change : std::exchange(pending_, {})) {
      if (change.truncates) {
        if (chance.keeps()) durable_.resize(change.offset);
        continue;
      }
      std::uint64_t from = change.offset;
      const std::uint64_t end = change.offset + change.bytes.size();
      while (from < end) {
        std::uint64_t until = std::min(end, (from / kSector + 1) * kSector);
        if (chance.keeps()) {
          keep(from, ByteView(change.bytes).subspan(from - change.offset, until - from));
        }
        from = until;
      }
    }
    resize(0);
    std::copy(durable_.begin(), durable_.end(), base_);
    size_ = durable_.size();
  }

 private:
  struct Change {
    std::uint64_t offset;  // the new size, if it truncates
    Bytes bytes;
    bool truncates;
  };

  void resize(std::uint64_t size) {
    CHECK(size <= kMostBytes);
    if (size < size_) std::fill(base_ + size, base_ + size_, Byte{0});
    size_ = size;
  }

  void keep(std::uint64_t offset, ByteView bytes) {
    if (durable_.size() < offset + bytes.size()) durable_.resize(offset + bytes.size());
    std::copy(bytes.begin(), bytes.end(), durable_.begin() + static_cast<std::ptrdiff_t>(offset));
  }

  Byte* base_;
  std::size_t size_ = 0;
  Bytes durable_;
  std::vector<Change> pending_;
};

class FaultyFileSystem::OpenFile final : public WriteFile {
 public:
  OpenFile(FaultyFileSystem& disk, FilePtr file, std::string path)
      : disk_(disk), file_(std::move(file)), path_(std::move(path)), start_(disk.starts_) {}

  Status append(ByteView bytes) override {
    std::lock_guard hold(disk_.mutex_);
    return write(file_->bytes().size(), bytes);
  }
  Status write_at(std::uint64_t offset, ByteView bytes) override {
    std::lock_guard hold(disk_.mutex_);
    CHECK(offset + bytes.size() <= file_->bytes().size());
    return write(offset, bytes);
  }
  Status read_at(std::uint64_t offset, std::span<Byte> into) override {
    std::lock_guard hold(disk_.mutex_);
    TRY(same_start("read"));
    ByteView all = file_->bytes();
    if (offset + into.size() > all.size()) {
      return machine_error(fmt::format("{} ends before byte {}", path_, offset + into.size()));
    }
    std::copy_n(all.begin() + static_cast<std::ptrdiff_t>(offset), into.size(), into.begin());
    return {};
  }
  Status truncate(std::uint64_t size) override {
    std::lock_guard hold(disk_.mutex_);
    TRY(same_start("set the length of"));
    TRY(disk_.begin(Call::write, "set the length of", path_));
    file_->truncate(size);
    return {};
  }
  Status sync() override {
    std::lock_guard hold(disk_.mutex_);
    TRY(same_start("sync"));
    TRY(disk_.begin(Call::sync, "sync", path_));
    file_->sync();
    return {};
  }
  std::uint64_t size() const override {
    std::lock_guard hold(disk_.mutex_);
    return file_->bytes().size();
  }

 private:
  Status same_start(std::string_view tried) const {
    if (start_ != disk_.starts_) return refused(tried, path_, "the power went off");
    return disk_.alive(tried, path_);
  }
  Status write(std::uint64_t offset, ByteView bytes) {
    TRY(same_start("write"));
    Status begun = disk_.begin(Call::write, "write", path_);
    if (begun) {
      file_->write(offset, bytes);
    } else if (disk_.powered_) {
      file_->write(offset, bytes.first(bytes.size() / 2));
    }
    return begun;
  }

  FaultyFileSystem& disk_;
  FilePtr file_;
  std::string path_;
  std::uint64_t start_;
};

class FaultyFileSystem::OpenReadFile final : public ReadFile {
 public:
  OpenReadFile(FaultyFileSystem& disk, FilePtr file, std::string path)
      : disk_(disk), file_(std::move(file)), path_(std::move(path)), size_(file_->bytes().size()) {}

  Status read_at(std::uint64_t offset, std::span<Byte> into) const override {
    std::lock_guard hold(disk_.mutex_);
    TRY(disk_.begin(Call::read, "read", path_));
    ByteView all = file_->bytes();
    if (offset + into.size() > all.size()) {
      return machine_error(fmt::format("{} ends before byte {}", path_, offset + into.size()));
    }
    std::copy_n(all.begin() + static_cast<std::ptrdiff_t>(offset), into.size(), into.begin());
    return {};
  }
  std::uint64_t size() const override { return size_; }

 private:
  FaultyFileSystem& disk_;
  FilePtr file_;
  std::string path_;
  std::uint64_t size_;
};

class FaultyFileSystem::FileMapping final : public Mapping {
 public:
  explicit FileMapping(FilePtr file) : file_(std::move(file)), view_(file_->bytes()) {}
  ByteView bytes() const override { return view_; }

 private:
  FilePtr file_;
  ByteView view_;
};

class FaultyFileSystem::CopyMapping final : public ExtendedMapping {
 public:
  CopyMapping(ByteView file, std::uint64_t room)
      : size_(file.size()), all_(file.begin(), file.end()) {
    all_.resize(size_ + room);
  }
  ByteView bytes() const override { return all_; }
  std::span<Byte> room() override { return std::span(all_).subspan(size_); }

 private:
  std::size_t size_;
  Bytes all_;
};

class FaultyFileSystem::HeldLock final : public Lock {
 public:
  explicit HeldLock(std::shared_ptr<int> held) : held_(std::move(held)) {}

 private:
  std::shared_ptr<int> held_;
};

FaultyFileSystem::FaultyFileSystem() : folders_{".", "/"} {}
FaultyFileSystem::~FaultyFileSystem() = default;

void FaultyFileSystem::fail(Call call, std::uint64_t nth, std::string reason, bool stays) {
  std::lock_guard hold(mutex_);
  CHECK(nth > 0);
  faults_.push_back(
      {call, counts_[static_cast<std::size_t>(call)] + nth, std::move(reason), stays});
}

void FaultyFileSystem::mend() {
  std::lock_guard hold(mutex_);
  faults_.clear();
}

void FaultyFileSystem::lose_power_after(std::uint64_t changes) {
  std::lock_guard hold(mutex_);
  power_ends_ = changes_ + changes;
}

bool FaultyFileSystem::powered() const {
  std::lock_guard hold(mutex_);
  return powered_;
}

void FaultyFileSystem::restart(std::uint64_t seed) {
  std::lock_guard hold(mutex_);
  Chance chance(seed);
  for (const NameChange& change : std::exchange(name_changes_, {})) {
    if (chance.keeps()) apply(change, durable_names_);
  }
  names_ = durable_names_;
  std::set<File*> seen;  // a file may stand under two names when only half of a rename survived
  for (const auto& [path, file] : names_) {
    if (seen.insert(file.get()).second) file->lose_power(chance);
  }
  locks_.clear();
  faults_.clear();
  power_ends_.reset();
  powered_ = true;
  ++starts_;
}

std::uint64_t FaultyFileSystem::count(Call call) const {
  std::lock_guard hold(mutex_);
  return counts_[static_cast<std::size_t>(call)];
}

std::uint64_t FaultyFileSystem::changes() const {
  std::lock_guard hold(mutex_);
  return changes_;
}

std::map<std::string, Bytes> FaultyFileSystem::contents() const {
  std::lock_guard hold(mutex_);
  std::map<std::string, Bytes> all;
  for (const auto& [path, file] : names_) {
    all.emplace(path, Bytes(file->bytes().begin(), file->bytes().end()));
  }
  return all;
}

Status FaultyFileSystem::alive(std::string_view tried, const std::string& path) const {
  if (!powered_) return refused(tried, path, "the power is off");
  return {};
}

Status FaultyFileSystem::begin(Call call, std::string_view tried, const std::string& path) {
  TRY(alive(tried, path));
  std::uint64_t number = ++counts_[static_cast<std::size_t>(call)];
  if (call != Call::map && call != Call::read) {
    if (power_ends_ == changes_) {
      powered_ = false;
      return alive(tried, path);
    }
    ++changes_;
  }
  for (const Fault& fault : faults_) {
    if (fault.call == call && (fault.at == number || (fault.stays && fault.at < number))) {
      return refused(tried, path, fault.reason);
    }
  }
  return {};
}

void FaultyFileSystem::apply(const NameChange& change, Names& names) {
  if (change.gone) names.erase(*change.gone);
  if (change.made) names[*change.made] = change.file;
}

void FaultyFileSystem::change_names(NameChange change) {
  apply(change, names_);
  name_changes_.push_back(std::move(change));
}

Result<std::unique_ptr<Mapping>> FaultyFileSystem::map(const std::string& path) {
  std::lock_guard hold(mutex_);
  TRY(begin(Call::map, "open", path));
  auto found = names_.find(path);
  if (found == names_.end()) return refused("open", path, "No such file or directory");
  return std::make_unique<FileMapping>(found->second);
}

Result<std::unique_ptr<ExtendedMapping>> FaultyFileSystem::map_extended(const std::string& path,
                                                                        std::uint64_t size,
                                                                        std::uint64_t room) {
  std::lock_guard hold(mutex_);
  TRY(begin(Call::map, "open", path));
  auto found = names_.find(path);
  if (found == names_.end()) return refused("open", path, "No such file or directory");
  ByteView bytes = found->second->bytes();
  if (bytes.size() < size) {
    return machine_error(fmt::format("{} ends before byte {}", path, size));
  }
  return std::make_unique<CopyMapping>(bytes.first(size), room);
}

Result<std::unique_ptr<ReadFile>> FaultyFileSystem::open_read(const std::string& path) {
  std::lock_guard hold(mutex_);
  TRY(begin(Call::read, "open", path));
  auto found = names_.find(path);
  if (found == names_.end()) return refused("open", path, "No such file or directory");
  return std::make_unique<OpenReadFile>(*this, found->second, path);
}

Result<std::unique_ptr<WriteFile>> FaultyFileSystem::open_write(const std::string& path) {
  std::lock_guard hold(mutex_);
  TRY(begin(Call::open_write, "open for writing", path));
  if (!folders_.contains(folder_of(path))) {
    return refused("open for writing", path, "No such file or directory");
  }
  if (!names_.contains(path)) {
    change_names({folder_of(path), std::nullopt, path, std::make_shared<File>()});
  }
  return std::make_unique<OpenFile>(*this, names_.at(path), path);
}

Status FaultyFileSystem::rename(const std::string& from, const std::string& to) {
  std::lock_guard hold(mutex_);
  TRY(begin(Call::rename, "rename", from));
  CHECK(folder_of(from) == folder_of(to));
  auto found = names_.find(from);
  if (found == names_.end()) return refused("rename", from, "No such file or directory");
  change_names({folder_of(to), from, to, found->second});
  return {};
}

Status FaultyFileSystem::remove(const std::string& path) {
  std::lock_guard hold(mutex_);
  TRY(begin(Call::remove, "remove", path));
  if (!names_.contains(path)) return refused("remove", path, "No such file or directory");
  change_names({folder_of(path), path, std::nullopt, nullptr});
  return {};
}

Status FaultyFileSystem::make_folder(const std::string& path) {
  std::lock_guard hold(mutex_);
  TRY(alive("make the folder", path));
  std::string folder = without_last_slash(path);
  while (folders_.insert(folder).second) folder = folder_of(folder);
  return {};
}

Status FaultyFileSystem::sync_folder(const std::string& path) {
  std::lock_guard hold(mutex_);
  TRY(begin(Call::sync_folder, "sync the folder", path));
  std::string folder = without_last_slash(path);
  if (!folders_.contains(folder)) {
    return refused("open the folder", path, "No such file or directory");
  }
  std::erase_if(name_changes_, [&](const NameChange& change) {
    if (change.folder != folder) return false;
    apply(change, durable_names_);
    return true;
  });
  return {};
}

Result<std::vector<std::string>> FaultyFileSystem::list(const std::string& path) {
  std::lock_guard hold(mutex_);
  TRY(alive("open the folder", path));
  std::string folder = without_last_slash(path);
  if (!folders_.contains(folder)) {
    return refused("open the folder", path, "No such file or directory");
  }
  std::vector<std::string> names;
  for (const auto& [whole, file] : names_) {
    if (folder_of(whole) == folder) names.push_back(whole.substr(whole.rfind('/') + 1));
  }
  return names;
}

bool FaultyFileSystem::exists(const std::string& path) {
  std::lock_guard hold(mutex_);
  return names_.contains(path) || folders_.contains(without_last_slash(path));
}

Result<std::unique_ptr<Lock>> FaultyFileSystem::lock(const std::string& path) {
  std::lock_guard hold(mutex_);
  TRY(alive("open the lock", path));
  std::weak_ptr<int>& held = locks_[path];
  if (!held.expired()) {
    return machine_error(fmt::format(
        "another process (id 1) is writing this ledger (lock {}); wait for it to end", path));
  }
  auto mine = std::make_shared<int>(1);
  held = mine;
  return std::make_unique<HeldLock>(std::move(mine));
}

Result<std::unique_ptr<Lock>> FaultyFileSystem::lock_shared(const std::string& path) {
  std::lock_guard hold(mutex_);
  TRY(alive("open the lock", path));
  if (!names_.contains(path)) return nullptr;
  // Each holder has its own number; the newest stands for all.
  std::shared_ptr<int> held = locks_[path].lock();
  if (!held) held = std::make_shared<int>(1);
  locks_[path] = held;
  return std::make_unique<HeldLock>(std::move(held));
}

Result<std::unique_ptr<Lock>> FaultyFileSystem::try_lock_alone(const std::string& path) {
  TRY_ASSIGN(auto made, open_write(path));
  std::lock_guard hold(mutex_);
  if (!locks_[path].expired()) return nullptr;
  auto mine = std::make_shared<int>(1);
  locks_[path] = mine;
  return std::make_unique<HeldLock>(std::move(mine));
}

}  // namespace tracehound::test
