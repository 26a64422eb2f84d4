// Gives each account one id, in the order of first appearance, as a coin ledger does with addresses
// (ledger/interner.h): the index on disk knows every committed name; the table in memory is a cache
// of it that also knows the uncommitted ones.
#pragma once

#include "ledger/accounts/columns.h"
#include "ledger/accounts/names.h"
#include "ledger/accounts/rows.h"
#include "ledger/address_table.h"
#include "ledger/runs.h"

namespace tracehound::ledger::accounts {

class NameTable {
 public:
  explicit NameTable(Columns& columns) : columns_(columns) {}

  // Begins again from the committed rows: their newest go into the table, as many as fit into
  // `memory` bytes. `index` covers them all and is asked when the table cannot tell.
  void reset(const Counts& committed, const RunIndex* index, std::uint64_t memory);
  // More rows are committed now: only those can be forgotten.
  void committed(const Counts& counts, const RunIndex* index);
  bool has_room(std::uint64_t more) const { return table_.has_room(more, memory_); }
  void forget();

  // The account of that name. A new one gets the next id, a row, and is counted. The empty name is
  // nobody's.
  AccountId intern(const KeyedName& name, Counts& counts);
  // Asks the memory for what intern() will read, a step after the other: the key's slot; where the
  // name of the account in it ends, if there is one; its name. kNobody: there is no next step,
  // because there is no such account or its name was asked for at once.
  void expect_slot(std::uint64_t key) const { table_.prefetch(key); }
  AccountId expect_end(std::uint64_t key) const;
  void expect_text(AccountId id) const;

 private:
  bool is_address(AccountId id) const { return id.number() < addresses_; }
  ByteView address(AccountId id) const;
  NameKind kind_of(std::uint64_t account) const;
  bool same(AccountId id, const KeyedName& name) const;
  std::optional<AccountId> find_on_disk(const KeyedName& name) const;

  Columns& columns_;
  KeyTable<AccountId> table_;
  const RunIndex* index_ = nullptr;
  Counts committed_;
  bool complete_ = true;  // the table has every account
  // So many accounts, from the first on, are addresses: on chains that have no other names all.
  // Theirs lie where their numbers say, and nothing else has to be read to find them.
  std::uint64_t addresses_ = 0;
  std::uint64_t memory_ = 0;
};

}  // namespace tracehound::ledger::accounts
