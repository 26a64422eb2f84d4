// Blocks as a writer takes them, end to end. What needs no ids lies as the ledger's columns have
// it, made by whoever has the time, and is only copied when the blocks are appended. What is given
// ids stands beside it, in the order in which they are given.
#pragma once

#include <cstdint>
#include <cstring>
#include <optional>
#include <span>
#include <vector>

#include "base/large_bytes.h"
#include "base/u256.h"
#include "ledger/accounts/block_rows.h"
#include "ledger/accounts/names.h"
#include "ledger/accounts/rows.h"

namespace tracehound::ledger::accounts {

class BlockBatch {
 public:
  // A block, and where its rows end among those of all.
  struct BlockPart {
    Block block;
    std::size_t transactions = 0;
    std::size_t transfers = 0;
    std::size_t assets = 0;
  };
  struct TxPart {
    std::uint64_t key = 0;  // name_key of its id
    KeyedName payer;
    std::uint32_t transfers = 0;
    std::uint8_t id_size = 0;
    NameKind id_kind = NameKind::text;
  };
  struct TransferPart {
    KeyedName from;
    KeyedName to;
    std::uint32_t asset = 0;  // among those of all
  };

  // As it was made, but for the memory it has.
  void clear();

  // Rows that are added from now on are this block's. The names of payers, givers and takers have
  // to stay where they are as long as the batch is used.
  void begin_block(const Block& block) {
    blocks_.push_back({block, transactions_.size(), transfers_.size(), assets_.size()});
  }
  // The asset's number in the batch. REQUIRES, as the next two: a block was begun.
  std::uint32_t add_asset(const Asset& asset);
  void add_transaction(const KeyedName& id, const KeyedName& payer = {}, const U256& fee = {},
                       bool failed = false) {
    transactions_.push_back({id.key, payer, 0, id.size, id.kind});
    ++blocks_.back().transactions;
    push(id_kinds_, id.kind);
    add_id(id);
    if (!fee.is_zero() || !fees_.empty()) add_fee(fee);
    push(failed_, static_cast<Byte>(failed ? 1 : 0));
  }
  // To the transaction that was added last. Made where it stays: what is written in small parts and
  // copied at once waits for them.
  void add_transfer(const KeyedName& from, const KeyedName& to, std::uint32_t asset,
                    const U256& amount, TransferKind kind, std::uint32_t position,
                    const std::optional<std::uint64_t>& usd_micro) {
    TransferPart& part = transfers_.emplace_back();
    part.from = from;
    part.to = to;
    part.asset = asset;
    ++blocks_.back().transfers;
    ++transactions_.back().transfers;
    push(amounts_, amount);
    push(kinds_, kind);
    push(positions_, position);
    push(usd_, usd_micro ? *usd_micro : kNoUsd);
  }
  // A whole block. Its rows stay as long as the batch holds them.
  void add(const BlockRows& rows);

  bool empty() const { return blocks_.empty(); }
  std::span<const BlockPart> blocks() const { return blocks_; }
  std::span<const TxPart> transactions() const { return transactions_; }
  std::span<const TransferPart> transfers() const { return transfers_; }
  std::span<const Asset> assets() const { return assets_; }

  // Bytes of columns: a row for each transaction, or for each transfer; ids end to end.
  ByteView id_kinds() const { return id_kinds_.view(); }
  ByteView ids() const { return ids_.view(); }
  ByteView fees() const { return fees_.view(); }  // none if nobody paid one
  ByteView failed() const { return failed_.view(); }
  ByteView amounts() const { return amounts_.view(); }
  ByteView kinds() const { return kinds_.view(); }
  ByteView positions() const { return positions_.view(); }
  ByteView usd() const { return usd_.view(); }

 private:
  template <typename Field>
  static void push(LargeBytes& column, const Field& field) {
    store_le(column.extend(sizeof(Field)), field);
  }
  // Nearly all ids are hashes: copying 32 bytes needs no call and no loop.
  void add_id(const KeyedName& id) {
    Byte* at = ids_.extend(id.size);
    if (id.size == sizeof(Hash256)) {
      std::memcpy(at, id.bytes, sizeof(Hash256));
    } else {
      std::memcpy(at, id.bytes, id.size);
    }
  }
  // Of the transaction that was added last.
  void add_fee(const U256& fee);

  std::vector<BlockPart> blocks_;
  std::vector<TxPart> transactions_;
  std::vector<TransferPart> transfers_;
  std::vector<Asset> assets_;
  LargeBytes id_kinds_;
  LargeBytes ids_;
  LargeBytes fees_;
  LargeBytes failed_;
  LargeBytes amounts_;
  LargeBytes kinds_;
  LargeBytes positions_;
  LargeBytes usd_;
};

}  // namespace tracehound::ledger::accounts
