// A block as an outside format's reader hands it to the ledger: names in full, before ids are given
// out.
#pragma once

#include <cstdint>
#include <optional>
#include <string_view>
#include <vector>

#include "base/bytes.h"
#include "base/check.h"
#include "base/u256.h"
#include "ledger/accounts/names.h"
#include "ledger/accounts/rows.h"

namespace tracehound::ledger::accounts {

// A packed name in BlockRows::names. The empty one is nobody's.
struct NameRef {
  std::uint64_t key = 0;  // name_key of it
  std::uint32_t start = 0;
  std::uint8_t size = 0;
  NameKind kind = NameKind::text;
};

struct TransferRow {
  NameRef from;
  NameRef to;
  std::uint32_t asset = 0;  // in BlockRows::assets
  std::uint32_t position = 0;
  TransferKind kind = TransferKind::listed;
  U256 amount;
  std::optional<std::uint64_t> usd_micro;
};

struct TxRow {
  NameRef id;
  NameRef payer;
  U256 fee;
  bool failed = false;
  std::uint32_t transfers = 0;
};

// A block with its rows. The transfers of all transactions lie end to end.
struct BlockRows {
  Block block;
  std::vector<TxRow> transactions;
  std::vector<TransferRow> transfers;
  std::vector<Asset> assets;
  Bytes names;

  // Empties it and keeps its memory.
  void clear() {
    block = Block();
    transactions.clear();
    transfers.clear();
    assets.clear();
    names.clear();
  }
  // REQUIRES: text.size() <= kMostNameBytes.
  NameRef add_name(std::string_view text) {
    CHECK(text.size() <= kMostNameBytes);
    PackedName name(text);
    ByteView payload = name.payload();
    NameRef ref{name_key(name.kind(), payload), static_cast<std::uint32_t>(names.size()),
                static_cast<std::uint8_t>(payload.size()), name.kind()};
    names.insert(names.end(), payload.begin(), payload.end());
    return ref;
  }
  ByteView payload(const NameRef& name) const {
    return ByteView(names).subspan(name.start, name.size);
  }
  std::string text(const NameRef& name) const { return name_text(name.kind, payload(name)); }
};

}  // namespace tracehound::ledger::accounts
