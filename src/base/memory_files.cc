#include "base/memory_files.h"

#include <fmt/format.h>

#include <algorithm>

#include "base/check.h"

namespace tracehound {

namespace {

using Held = MemoryFiles::Held;

std::unexpected<Error> not_there(const std::string& path) {
  return machine_error(fmt::format("cannot open {}: no such file in memory", path));
}

class SharedMapping final : public Mapping {
 public:
  explicit SharedMapping(std::shared_ptr<Bytes> bytes) : bytes_(std::move(bytes)) {}
  ByteView bytes() const override { return *bytes_; }

 private:
  std::shared_ptr<Bytes> bytes_;
};

Status read_from(const Bytes& bytes, std::uint64_t offset, std::span<Byte> into) {
  if (offset > bytes.size() || into.size() > bytes.size() - offset) {
    return machine_error("cannot read past the end of a file in memory");
  }
  std::copy_n(bytes.begin() + static_cast<std::ptrdiff_t>(offset), into.size(), into.begin());
  return {};
}

class HeldFile final : public ReadFile {
 public:
  explicit HeldFile(std::shared_ptr<Bytes> bytes) : bytes_(std::move(bytes)) {}
  Status read_at(std::uint64_t offset, std::span<Byte> into) const override {
    return read_from(*bytes_, offset, into);
  }
  std::uint64_t size() const override { return bytes_->size(); }

 private:
  std::shared_ptr<Bytes> bytes_;
};

class WritableFile final : public WriteFile {
 public:
  explicit WritableFile(std::shared_ptr<Held> held) : held_(std::move(held)) {}

  Status append(ByteView bytes) override {
    std::lock_guard guard(held_->mutex);
    Bytes& own = own_bytes();
    own.insert(own.end(), bytes.begin(), bytes.end());
    return {};
  }
  Status write_at(std::uint64_t offset, ByteView bytes) override {
    std::lock_guard guard(held_->mutex);
    Bytes& own = own_bytes();
    CHECK(offset + bytes.size() <= own.size());
    std::ranges::copy(bytes, own.begin() + static_cast<std::ptrdiff_t>(offset));
    return {};
  }
  Status read_at(std::uint64_t offset, std::span<Byte> into) override {
    std::lock_guard guard(held_->mutex);
    return read_from(*held_->bytes, offset, into);
  }
  Status truncate(std::uint64_t size) override {
    std::lock_guard guard(held_->mutex);
    own_bytes().resize(size);
    return {};
  }
  Status sync() override { return {}; }
  std::uint64_t size() const override {
    std::lock_guard guard(held_->mutex);
    return held_->bytes->size();
  }

 private:
  Bytes& own_bytes() {
    if (held_->bytes.use_count() > 1) held_->bytes = std::make_shared<Bytes>(*held_->bytes);
    return *held_->bytes;
  }

  std::shared_ptr<Held> held_;
};

std::shared_ptr<Bytes> bytes_of(Held& held) {
  std::lock_guard guard(held.mutex);
  return held.bytes;
}

}  // namespace

std::shared_ptr<Held> MemoryFiles::find(const std::string& path) {
  std::lock_guard guard(mutex_);
  auto found = files_.find(path);
  return found == files_.end() ? nullptr : found->second;
}

Result<std::unique_ptr<Mapping>> MemoryFiles::map(const std::string& path) {
  auto held = find(path);
  if (!held) return not_there(path);
  return std::make_unique<SharedMapping>(bytes_of(*held));
}

Result<std::unique_ptr<ExtendedMapping>> MemoryFiles::map_extended(const std::string& path,
                                                                   std::uint64_t, std::uint64_t) {
  return machine_error(fmt::format("{} is in memory, and is never extended", path));
}

Result<std::unique_ptr<ReadFile>> MemoryFiles::open_read(const std::string& path) {
  auto held = find(path);
  if (!held) return not_there(path);
  return std::make_unique<HeldFile>(bytes_of(*held));
}

Result<std::unique_ptr<WriteFile>> MemoryFiles::open_write(const std::string& path) {
  std::lock_guard guard(mutex_);
  auto& held = files_[path];
  if (!held) held = std::make_shared<Held>();
  return std::make_unique<WritableFile>(held);
}

Status MemoryFiles::rename(const std::string& from, const std::string& to) {
  std::lock_guard guard(mutex_);
  auto found = files_.find(from);
  if (found == files_.end()) return not_there(from);
  auto held = std::move(found->second);
  files_.erase(found);
  files_[to] = std::move(held);
  return {};
}

Status MemoryFiles::remove(const std::string& path) {
  std::lock_guard guard(mutex_);
  if (files_.erase(path) == 0) return not_there(path);
  return {};
}

Result<std::vector<std::string>> MemoryFiles::list(const std::string& path) {
  std::lock_guard guard(mutex_);
  std::string before = path + "/";
  std::vector<std::string> names;
  for (auto file = files_.lower_bound(before);
       file != files_.end() && file->first.starts_with(before); ++file) {
    std::string name = file->first.substr(before.size());
    if (name.find('/') == std::string::npos) names.push_back(std::move(name));
  }
  return names;
}

bool MemoryFiles::exists(const std::string& path) { return find(path) != nullptr; }

Result<std::unique_ptr<Lock>> MemoryFiles::lock(const std::string&) {
  return std::make_unique<Lock>();
}
Result<std::unique_ptr<Lock>> MemoryFiles::lock_shared(const std::string&) {
  return std::make_unique<Lock>();
}
Result<std::unique_ptr<Lock>> MemoryFiles::try_lock_alone(const std::string& path) {
  TRY(open_write(path));
  return std::make_unique<Lock>();
}

}  // namespace tracehound
