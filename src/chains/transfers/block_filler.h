// Makes a block of the rows that a list has of it: repeats found, transactions together, each in
// the order of its transfers.
#pragma once

#include <optional>
#include <span>
#include <string>
#include <vector>

#include "chains/transfers/rows.h"
#include "chains/transfers/transfer_map.h"
#include "ledger/accounts/block_batch.h"

namespace tracehound::chains::transfers {

// What an asset is known by.
std::string asset_key(const ledger::accounts::Asset& asset);

// One a thread; scratch is kept between calls.
class BlockFiller {
 public:
  explicit BlockFiller(const TransferMap& map) : map_(map) {}

  // Makes a block of rows of one, of which there is one at least, in the list's order, behind
  // `blocks`; the rows' names stay as long. Of each of its transactions the least line goes to the
  // end of `lines`.
  std::optional<Contradiction> fill(std::span<const ListedRow* const> rows,
                                    std::span<const ledger::accounts::Asset> assets,
                                    ledger::accounts::BlockBatch& blocks,
                                    std::vector<std::uint64_t>& lines, Remarks& remarks);

 private:
  void group(std::span<const ListedRow* const> rows);
  std::optional<Contradiction> order(Remarks& remarks);
  std::optional<Contradiction> keep_positions(std::span<const ListedRow*> group, Remarks& remarks);
  void keep_all(std::span<const ListedRow*> group, Remarks& remarks);
  std::uint32_t asset_in(ledger::accounts::BlockBatch& blocks, std::uint32_t asset,
                         std::span<const ledger::accounts::Asset> assets);

  const TransferMap& map_;
  std::vector<const ListedRow*> kept_;
  // The transactions in the order of first naming: of each row which, of each where its rows end in
  // grouped_, and by hash which there are.
  std::vector<std::uint32_t> tx_of_;
  std::vector<std::size_t> ends_;
  std::vector<const ListedRow*> grouped_;
  std::vector<std::uint32_t> by_hash_;
  // Of each asset its number in the blocks that are being made, and which have one.
  std::vector<std::uint32_t> asset_numbers_;
  std::vector<std::uint32_t> used_assets_;
};

// Makes the blocks that lie in the batch whole, as far as that can be told: all but the first and
// the last. Gives one number to what is one asset. For RowSource::each(), beside the reading.
void make_blocks(const TransferMap& map, RowBatch& batch);

}  // namespace tracehound::chains::transfers
