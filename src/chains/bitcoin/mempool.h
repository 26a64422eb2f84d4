// The node's mempool in one file beside the ledger, LEDGER/mempool: what is not confirmed yet, as
// of one tip and one moment. docs/format.md has its bytes. It is the node's word alone: no work
// stands behind it, and any of it may never be confirmed.
#pragma once

#include <cstdint>
#include <map>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "base/bytes.h"
#include "base/file.h"
#include "base/hash.h"
#include "base/result.h"
#include "chains/bitcoin/network.h"

namespace tracehound::chains::bitcoin {

struct UnconfirmedTransaction {
  std::uint32_t first_seen = 0;  // by us, in seconds since 1970
  ByteView raw;                  // as a node sends it; parse_transaction reads it
};

// The file as it was when it was read; the views are into it. Movable.
struct MempoolFile {
  std::string chain;           // "bitcoin:main", ...
  Hash256 tip;                 // of the chain that it goes on from
  std::uint32_t taken_at = 0;  // when it was written, in seconds since 1970
  // Each after all those it spends from.
  std::vector<UnconfirmedTransaction> transactions;
  std::unique_ptr<Mapping> bytes;
};

std::string mempool_path(const std::string& ledger_folder);

// Nothing where there is no such file. The transactions are not parsed.
// Errors (machine): damaged, or of another format.
Result<std::optional<MempoolFile>> read_mempool(FileSystem& files,
                                                const std::string& ledger_folder);

// The mempool in memory, kept in step with a node's.
class Mempool {
 public:
  explicit Mempool(const Network& network) : network_(network) {}

  std::size_t size() const { return transactions_.size(); }
  bool contains(const Hash256& txid) const { return transactions_.contains(txid); }

  // Adds one. False, and nothing added, if the bytes are not one whole transaction of that id, or
  // if no block could hold them as they are (a coinbase, Litecoin's MWEB transactions).
  bool add(const Hash256& txid, std::uint32_t first_seen, Bytes raw);
  // Takes in what the file holds.
  void add_all(const MempoolFile& file);
  // Drops all but these. Returns how many were dropped.
  std::size_t keep_only(std::span<const Hash256> sorted_txids);

  // The file's bytes. The same transactions give the same bytes, but for the times: each stands
  // after those it spends from, and of those that could stand next the smallest txid does.
  Bytes file_bytes(const Hash256& tip, std::uint32_t taken_at) const;

 private:
  struct Transaction {
    std::uint32_t first_seen;
    Bytes raw;
    std::vector<Hash256> spends_from;  // without repeats
  };

  std::vector<const Transaction*> in_order() const;

  const Network& network_;
  std::map<Hash256, Transaction> transactions_;
};

// Replaces the file by rename. Not synced: after a power loss it may be the older one, or damaged,
// which read_mempool tells.
Status write_mempool(FileSystem& files, const std::string& ledger_folder, ByteView bytes);

}  // namespace tracehound::chains::bitcoin
