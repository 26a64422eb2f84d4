// Writing an account ledger: blocks in, one commit at a time, and the way back.
#pragma once

#include <memory>
#include <optional>
#include <string>

#include "base/file.h"
#include "base/result.h"
#include "ledger/accounts/block_batch.h"
#include "ledger/accounts/manifest.h"
#include "ledger/accounts/rows.h"

namespace tracehound::ledger::accounts {

struct WriterOptions {
  // For the tables in memory that find accounts and transactions, half each. What does not fit is
  // looked up in the ledger's own indexes: slower, and the same bytes.
  std::uint64_t table_bytes = std::uint64_t{1} << 30;
  // What fees are paid in; a new ledger begins with it as asset 0.
  std::optional<Asset> native = std::nullopt;
};

// One writer a ledger; a second is refused with the first one's process id. Not thread-safe.
// A Writer that goes away without commit() leaves the ledger at the last commit.
class Writer {
 public:
  // Opens the ledger in `folder`, or prepares an empty one for `chain` (on disk only from the
  // first commit on). Errors: locked; another chain's ledger, or a coin ledger; damaged; the
  // machine's.
  static Result<Writer> open(FileSystem& files, const std::string& folder, const std::string& chain,
                             const WriterOptions& options = {});
  Writer(Writer&&) noexcept;
  Writer& operator=(Writer&&) noexcept;
  ~Writer();

  const Counts& counts() const;  // rows so far, committed or not
  Counts committed() const;
  // REQUIRES: block.number() < counts().blocks.
  Block block(BlockId block) const;
  // The last appended block's.
  std::optional<Block> tip() const;
  // Whether the ledger, committed or not, has a transaction of that id.
  bool has_transaction(std::string_view id) const;
  // The asset of that contract, or of that symbol if it has none, as far as the ledger, committed
  // or not, has it.
  std::optional<Asset> asset(const std::string& contract_or_symbol) const;

  // Adds blocks to the end and gives out ids.
  // Errors (ErrorKind::bad_input; the writer is then at the last commit again, and
  // refused_transaction() says where): a number is not above the tip's; a transaction's id is there
  // already; an asset has other decimals than before.
  Status append(const BlockBatch& blocks);
  Status append(const BlockRows& block);
  // Which of the transactions that the last append() was given it did not take, counted through all
  // blocks; the first one of a block that cannot be taken as a whole.
  std::size_t refused_transaction() const;

  // Makes everything appended durable and visible.
  Status commit();
  // The same, but only begins it: blocks can be appended while it is written. Waits first for the
  // commit that was begun before, and gives its error if it failed.
  Status begin_commit();

  // Goes back to the state right after `blocks` blocks were committed, as if no more had been.
  // Committed when it returns. REQUIRES: blocks <= committed().blocks.
  Status rewind(std::uint64_t blocks);

 private:
  struct State;
  explicit Writer(std::unique_ptr<State> state);
  std::unique_ptr<State> state_;
};

}  // namespace tracehound::ledger::accounts
