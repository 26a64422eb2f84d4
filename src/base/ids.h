// Ids are types: none converts into another, nor into a plain number without a word.
#pragma once

#include <compare>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <limits>

namespace tracehound {

template <typename Tag, typename Number>
class Id {
 public:
  using number_type = Number;
  constexpr Id() = default;
  explicit constexpr Id(Number number) : number_(number) {}
  constexpr Number number() const { return number_; }
  friend constexpr auto operator<=>(Id, Id) = default;
  constexpr Id next() const { return Id(number_ + 1); }

 private:
  Number number_ = 0;
};

// Row numbers of the ledger's tables. A row's number is its id; ids follow chain order.
using TxId = Id<struct TxTag, std::uint32_t>;
using CoinId = Id<struct CoinTag, std::uint64_t>;  // 40 bits on disk
using AddressId = Id<struct AddressTag, std::uint32_t>;
using BlockHeight = Id<struct BlockTag, std::uint32_t>;

// Which incident (or victim inside one) a tainted unit descends from; 0 is clean.
using Label = Id<struct LabelTag, std::uint32_t>;
inline constexpr Label kClean{0};

// An amount in the chain's smallest unit (satoshi).
using Amount = std::uint64_t;

// A half-open range of ids, iterable.
template <typename IdType>
struct IdRange {
  IdType first;
  IdType end;

  struct Iterator {
    IdType id;
    IdType operator*() const { return id; }
    Iterator& operator++() {
      id = id.next();
      return *this;
    }
    bool operator==(const Iterator&) const = default;
  };
  constexpr std::uint64_t size() const { return end.number() - first.number(); }
  constexpr bool empty() const { return first == end; }
  constexpr bool contains(IdType id) const { return first <= id && id < end; }
  friend Iterator begin(const IdRange& range) { return {range.first}; }
  friend Iterator end(const IdRange& range) { return {range.end}; }
};

}  // namespace tracehound

template <typename Tag, typename Number>
struct std::hash<tracehound::Id<Tag, Number>> {
  std::size_t operator()(tracehound::Id<Tag, Number> id) const noexcept {
    return std::hash<Number>{}(id.number());
  }
};
