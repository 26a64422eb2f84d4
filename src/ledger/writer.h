// Writing a ledger: blocks in, one commit at a time, and the way back.
#pragma once

#include <memory>
#include <optional>
#include <string>

#include "base/file.h"
#include "base/result.h"
#include "ledger/manifest.h"
#include "ledger/rows.h"

namespace tracehound::ledger {

struct WriterOptions {
  // For the tables in memory that find coins and addresses. What does not fit is looked up in the
  // ledger's own indexes: slower, and the same bytes.
  std::uint64_t table_bytes = std::uint64_t{1} << 30;
};

// One writer a ledger; a second is refused with the first one's process id. Not thread-safe.
// A Writer that goes away without commit() leaves the ledger at the last commit.
class Writer {
 public:
  // Opens the ledger in `folder`, or prepares an empty one for `chain` (on disk only from the
  // first commit on). Errors: locked; another chain's ledger; damaged; the machine's.
  static Result<Writer> open(FileSystem& files, const std::string& folder, const std::string& chain,
                             const WriterOptions& options = {});
  Writer(Writer&&) noexcept;
  Writer& operator=(Writer&&) noexcept;
  ~Writer();

  const Counts& counts() const;  // rows so far, committed or not
  Counts committed() const;
  std::optional<Hash256> tip_hash() const;  // of the last appended block
  // REQUIRES: height < counts().blocks.
  Hash256 block_hash(BlockHeight height) const;
  ByteView header(BlockHeight height) const;

  // Adds a block to the end. Gives out ids, resolves inputs, notes spends. May commit the blocks
  // before it when the tables are full.
  // Errors (ErrorKind::bad_input, naming block, transaction and input; the writer is then at the
  // last commit again): does not build on the tip; an unknown coin spent; a coin spent twice;
  // more paid out than came in; a coinbase that takes more than subsidy and fees.
  Status append(const BlockRows& block);

  // Makes everything appended durable and visible.
  Status commit();
  // The same, but only begins it: blocks can be appended while it is written. Waits first for the
  // commit that was begun before, and gives its error if it failed.
  Status begin_commit();

  // Goes back to the state right after `height` blocks were committed, as if no more had been.
  // Committed when it returns. REQUIRES: blocks <= committed().blocks.
  Status rewind(std::uint64_t blocks);

  // Look-ups that the tables could not answer, so far.
  std::uint64_t disk_lookups() const;

 private:
  struct State;
  explicit Writer(std::unique_ptr<State> state);
  std::unique_ptr<State> state_;
};

}  // namespace tracehound::ledger
