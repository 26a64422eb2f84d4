// A list of things that are bytes and no more, the first of which lies in the list itself: most
// balances carry one label, and reading it must not cost another cache miss.
#pragma once

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <span>
#include <type_traits>
#include <utility>

namespace tracehound::trace::accounts {

template <typename T>
class ShortList {
  static_assert(std::is_trivially_copyable_v<T>);

 public:
  ShortList() = default;
  ShortList(std::initializer_list<T> things) { assign({things.begin(), things.size()}); }
  ShortList(const ShortList& other) { assign(other); }
  ShortList(ShortList&& other) noexcept { swap(other); }
  ShortList& operator=(const ShortList& other) {
    if (this != &other) assign(other);
    return *this;
  }
  ShortList& operator=(ShortList&& other) noexcept {
    swap(other);
    other.clear();
    return *this;
  }
  ~ShortList() = default;

  std::size_t size() const { return size_; }
  bool empty() const { return size_ == 0; }
  T* begin() { return many_ ? many_.get() : &one_; }
  T* end() { return begin() + size_; }
  const T* begin() const { return many_ ? many_.get() : &one_; }
  const T* end() const { return begin() + size_; }
  T& operator[](std::size_t i) { return begin()[i]; }
  const T& operator[](std::size_t i) const { return begin()[i]; }
  T& front() { return *begin(); }
  const T& front() const { return *begin(); }
  operator std::span<const T>() const { return {begin(), size_}; }

  void clear() { size_ = 0; }
  void push_back(const T& thing) { insert(end(), thing); }
  T* insert(T* place, T thing) {
    std::size_t at = static_cast<std::size_t>(place - begin());
    make_room(size_ + 1);
    std::copy_backward(begin() + at, end(), end() + 1);
    ++size_;
    begin()[at] = thing;
    return begin() + at;
  }
  // Removes everything from `first` on.
  void cut(const T* first) { size_ = static_cast<std::uint32_t>(first - begin()); }
  void assign(std::span<const T> things) {
    make_room(things.size());
    std::ranges::copy(things, begin());
    size_ = static_cast<std::uint32_t>(things.size());
  }

 private:
  void swap(ShortList& other) noexcept {
    std::swap(one_, other.one_);
    std::swap(many_, other.many_);
    std::swap(size_, other.size_);
    std::swap(room_, other.room_);
  }
  void make_room(std::size_t size) {
    if (size <= room_) return;
    std::size_t room = std::max<std::size_t>(size, 2 * std::size_t{room_});
    auto more = std::make_unique<T[]>(room);
    std::copy(begin(), end(), more.get());
    many_ = std::move(more);
    room_ = static_cast<std::uint32_t>(room);
  }

  T one_{};
  std::unique_ptr<T[]> many_;  // all of them, once there were more than one
  std::uint32_t size_ = 0;
  std::uint32_t room_ = 1;
};

}  // namespace tracehound::trace::accounts
