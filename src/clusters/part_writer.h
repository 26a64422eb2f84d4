// Writes one file of a clustering, front to back.
#pragma once

#include <algorithm>
#include <memory>
#include <span>
#include <string>

#include "base/bytes.h"
#include "base/file.h"
#include "base/result.h"
#include "clusters/store.h"

struct XXH3_state_s;  // of xxhash.h

namespace tracehound::clusters {

// The file is called FILE.new until finish() and is removed by the next build if it never comes to
// that. A failure to write is kept and given by finish().
class PartWriter {
 public:
  static Result<PartWriter> create(FileSystem& files, const std::string& folder,
                                   const PartSpec& spec);
  PartWriter(PartWriter&&) noexcept;
  PartWriter& operator=(PartWriter&&) noexcept;
  ~PartWriter();

  template <typename Number>
  void push(Number number) {
    if (used_ + sizeof number > buffer_.size()) flush();
    store_le(buffer_.data() + used_, number);
    used_ += sizeof number;
  }
  // Of each item its number.
  template <typename Item, typename NumberOf>
  void push_all(std::span<const Item> items, NumberOf number_of) {
    using Number = decltype(number_of(items.front()));
    while (!items.empty()) {
      if (used_ + sizeof(Number) > buffer_.size()) flush();
      std::size_t fit = std::min(items.size(), (buffer_.size() - used_) / sizeof(Number));
      Byte* to = buffer_.data() + used_;
      for (const Item& item : items.first(fit)) {
        store_le(to, number_of(item));
        to += sizeof(Number);
      }
      used_ += fit * sizeof(Number);
      items = items.subspan(fit);
    }
  }
  void push_bytes(ByteView bytes);

  // What was pushed so far, as it lies in the file. REQUIRES: something was.
  Result<std::unique_ptr<Mapping>> map();
  // Whether all went well so far.
  const Status& status() const { return status_; }
  // Writes and syncs the rest and gives the file its last name, which is not durable before its
  // folder is synced. Sets the checksum in `facts`. Of nothing there is no file, and the sum is 0.
  Status finish(Facts& facts);

 private:
  struct FreeState {
    void operator()(XXH3_state_s* state) const;
  };
  PartWriter(FileSystem& files, std::string folder, const PartSpec& spec);
  void flush();
  std::string path() const;

  FileSystem* files_;
  std::string folder_;
  const PartSpec* spec_;
  std::unique_ptr<WriteFile> file_;
  std::unique_ptr<XXH3_state_s, FreeState> sum_;
  Bytes buffer_;
  std::size_t used_ = 0;
  Status status_;
};

}  // namespace tracehound::clusters
