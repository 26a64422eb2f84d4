// Rows of ETL tables by the names of their fields, whichever of the tools wrote them.
#pragma once

#include <functional>
#include <initializer_list>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "base/hash.h"
#include "base/result.h"
#include "base/u256.h"
#include "chains/transfers/parquet.h"

namespace tracehound::chains::ethereum {

// One row. The first value that is not as it should be is kept as a complaint; what is asked for
// after that is empty.
class Record {
 public:
  std::vector<std::pair<std::string, std::string>> fields;

  const std::string& complaint() const { return complaint_; }
  void complain(std::string clause) {
    if (complaint_.empty()) complaint_ = std::move(clause);
  }
  // The first of these fields that is there and not empty; "" without.
  std::string_view find(std::initializer_list<std::string_view> names) const;
  bool has(std::initializer_list<std::string_view> names) const { return !find(names).empty(); }

  // Each complains where the value is missing or none.
  U256 number(std::initializer_list<std::string_view> names);
  std::uint64_t number_64(std::initializer_list<std::string_view> names);
  std::uint32_t number_32(std::initializer_list<std::string_view> names);
  std::string address(std::initializer_list<std::string_view> names);
  std::string address_or_none(std::initializer_list<std::string_view> names);
  std::string hash(std::initializer_list<std::string_view> names);
  Hash256 hash256(std::initializer_list<std::string_view> names);
  std::uint32_t time(std::initializer_list<std::string_view> names);
  // Every word of 0x and 64 hexadecimal digits in it.
  std::vector<U256> words(std::initializer_list<std::string_view> names) const;

 private:
  std::string hex(std::initializer_list<std::string_view> names, std::size_t size);
  std::string complaint_;
};

// on_record(record) for each row; a complaint it leaves ends the reading.
// `text` is JSON lines where it begins with a brace, else CSV, but for what is neither: a web page
// that came in its place, or one JSON list, would be a heading without rows.
// Errors (bad_input): the complaint, or what is no row, with file and line.
Status each_record(std::string_view text, const std::string& path,
                   const std::function<void(Record&)>& on_record);
// The same of a Parquet file; its rows are counted from 1.
Status each_record(transfers::ParquetTable& table, const std::function<void(Record&)>& on_record);

}  // namespace tracehound::chains::ethereum
