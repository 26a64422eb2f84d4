#include "chains/bitcoin/unconfirmed.h"

#include <fmt/format.h>

#include <limits>

#include "chains/bitcoin/mempool.h"
#include "chains/bitcoin/transaction.h"
#include "ledger/overlay.h"

namespace tracehound::chains::bitcoin {

Result<bool> show_mempool(FileSystem& files, const Network& network, ledger::Ledger& ledger) {
  std::string path = mempool_path(ledger.folder());
  TRY_ASSIGN(auto file, read_mempool(files, ledger.folder()));
  if (!file) {
    return machine_error(fmt::format(
        "there is no {}: nothing is known of unconfirmed transactions; run `tracehound follow` "
        "beside a node, or look without --unconfirmed",
        path));
  }
  if (file->chain != ledger.chain()) {
    return machine_error(fmt::format("{} is of {}, the ledger holds {}; remove that file", path,
                                     file->chain, ledger.chain()));
  }
  if (file->tip != ledger.manifest().tip_hash) return false;
  // Offsets in BlockRows have 32 bits; nodes keep 300 MB unless told otherwise.
  if (file->bytes->bytes().size() > std::numeric_limits<std::uint32_t>::max()) {
    return machine_error(fmt::format(
        "{} has more than 4 GB, the most that can be shown; look without --unconfirmed", path));
  }
  ledger::UnconfirmedRows unconfirmed;
  unconfirmed.taken_at = file->taken_at;
  for (const UnconfirmedTransaction& tx : file->transactions) {
    ByteReader reader(tx.raw);
    if (parse_transaction(network, reader, thread_hasher(), unconfirmed.rows)) {
      unconfirmed.first_seen.push_back(tx.first_seen);
    } else {
      ++unconfirmed.unread;
    }
  }
  TRY(ledger::add_unconfirmed(files, ledger, unconfirmed));
  return true;
}

}  // namespace tracehound::chains::bitcoin
