// Files that are nowhere but in memory, for a ledger that is built to be asked and thrown away.
#pragma once

#include <map>
#include <memory>
#include <mutex>
#include <string>
#include <vector>

#include "base/file.h"

namespace tracehound {

// Thread-safe. Locks are all free: nobody else sees these files.
class MemoryFiles final : public FileSystem {
 public:
  Result<std::unique_ptr<Mapping>> map(const std::string& path) override;
  Result<std::unique_ptr<ExtendedMapping>> map_extended(const std::string& path, std::uint64_t size,
                                                        std::uint64_t room) override;
  Result<std::unique_ptr<ReadFile>> open_read(const std::string& path) override;
  Result<std::unique_ptr<WriteFile>> open_write(const std::string& path) override;
  Status rename(const std::string& from, const std::string& to) override;
  Status remove(const std::string& path) override;
  Status make_folder(const std::string&) override { return {}; }
  Status sync_folder(const std::string&) override { return {}; }
  Result<std::vector<std::string>> list(const std::string& path) override;
  bool exists(const std::string& path) override;
  Result<std::unique_ptr<Lock>> lock(const std::string& path) override;
  Result<std::unique_ptr<Lock>> lock_shared(const std::string& path) override;
  Result<std::unique_ptr<Lock>> try_lock_alone(const std::string& path) override;

  // A file's bytes. Whoever mapped them keeps them as they were: a write then goes to a copy.
  struct Held {
    std::mutex mutex;
    std::shared_ptr<Bytes> bytes = std::make_shared<Bytes>();
  };

 private:
  // Nothing where there is none.
  std::shared_ptr<Held> find(const std::string& path);

  std::mutex mutex_;
  std::map<std::string, std::shared_ptr<Held>> files_;
};

}  // namespace tracehound
