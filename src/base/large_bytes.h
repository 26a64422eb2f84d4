// Bytes that grow at their end, a great many of them: new ones are not set to zero first, and those
// that are there move all at once when room has to be made.
#pragma once

#include <algorithm>
#include <cstddef>
#include <cstring>
#include <utility>

#include "base/bytes.h"
#include "base/huge_pages.h"

namespace tracehound {

class LargeBytes {
 public:
  LargeBytes() = default;
  LargeBytes(LargeBytes&& other) noexcept { swap(other); }
  LargeBytes& operator=(LargeBytes&& other) noexcept {
    swap(other);
    return *this;
  }
  ~LargeBytes() {
    if (data_ != nullptr) free_large(data_, room_);
  }

  std::size_t size() const { return size_; }
  bool empty() const { return size_ == 0; }
  Byte* data() { return data_; }
  ByteView view() const { return {data_, size_}; }

  void append(ByteView bytes) {
    if (!bytes.empty()) std::memcpy(extend(bytes.size()), bytes.data(), bytes.size());
  }
  // `count` bytes more, to be filled in; the place holds until the next of these calls.
  Byte* extend(std::size_t count) {
    if (count > room_ - size_) make_room(count);
    size_ += count;
    return data_ + size_ - count;
  }
  // Keeps its memory.
  void clear() { size_ = 0; }
  void swap(LargeBytes& other) noexcept {
    std::swap(data_, other.data_);
    std::swap(size_, other.size_);
    std::swap(room_, other.room_);
  }

 private:
  // Memory that nothing is written to costs nothing, so what is large already is soon made larger
  // than it may ever be, up to a point.
  void make_room(std::size_t more) {
    constexpr std::size_t kFirst = 256;
    constexpr std::size_t kLarge = std::size_t{1} << 20;
    constexpr std::size_t kVeryLarge = std::size_t{1} << 26;
    std::size_t grown = room_ >= kLarge && room_ < kVeryLarge ? kVeryLarge : 2 * room_;
    std::size_t room = std::max({grown, size_ + more, kFirst});
    auto* data = static_cast<Byte*>(allocate_large(room));
    if (size_ > 0) std::memcpy(data, data_, size_);
    if (data_ != nullptr) free_large(data_, room_);
    data_ = data;
    room_ = room;
  }

  Byte* data_ = nullptr;
  std::size_t size_ = 0;
  std::size_t room_ = 0;
};

}  // namespace tracehound
