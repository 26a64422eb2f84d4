// Gives each address one id, in the order of first appearance.
//
// The address index on disk knows every committed address; the table in memory is a cache of it
// that also knows the uncommitted ones. While the table was never made to forget, an address it
// does not have is new and the disk is not asked.
#pragma once

#include <span>
#include <vector>

#include "ledger/address_table.h"
#include "ledger/columns.h"
#include "ledger/rows.h"
#include "ledger/runs.h"

namespace tracehound::ledger {

class Interner {
 public:
  explicit Interner(Columns& columns) : columns_(columns) {}

  // Begins again from the committed rows: their newest go into the table, as many as fit.
  // `index` covers them all and is asked when the table cannot tell.
  void reset(const Counts& committed, const RunIndex* index, std::uint64_t memory);
  // More rows are committed now.
  void committed(const Counts& counts, const RunIndex* index);
  // Whether so many more addresses fit into the memory.
  bool has_room(std::uint64_t more) const { return table_.has_room(more, memory_); }
  void forget();

  // The ids of a block's addresses, output by output. New ones get the ids from `counts` on, rows
  // in the address columns, and are counted.
  void intern(const BlockRows& block, Counts& counts, std::vector<AddressId>& ids);
  // The same of what is wrapped. REQUIRES: `rows` are of the block.
  void intern(const BlockRows& block, std::span<const WrapperRow> rows, Counts& counts,
              std::vector<AddressId>& ids);

  // Look-ups on disk so far.
  std::uint64_t disk_lookups() const { return disk_lookups_; }

 private:
  bool same(AddressId id, AddressKind kind, ByteView payload) const;
  template <typename Row>
  void intern_rows(const BlockRows& block, std::span<const Row> rows, Counts& counts,
                   std::vector<AddressId>& ids);
  template <typename Row>
  void find_in_table(const BlockRows& block, std::span<const Row> rows, std::span<AddressId> ids);
  template <typename Row>
  void find_on_disk(const BlockRows& block, std::span<const Row> rows, std::span<AddressId> ids);

  Columns& columns_;
  AddressTable table_;
  const RunIndex* index_ = nullptr;
  Counts committed_;
  bool complete_ = true;  // the table has every address
  std::uint64_t memory_ = 0;
  std::uint64_t disk_lookups_ = 0;
  std::vector<std::uint64_t> keys_;     // of the rows at work
  std::vector<std::uint32_t> missing_;  // rows whose address is not in the table
};

}  // namespace tracehound::ledger
