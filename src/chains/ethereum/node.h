// JSON-RPC to a node of the Ethereum family, in batches that grow while the node answers quickly
// and shrink where it takes its time or fails. Answers are put in order by their ids; a missing
// one, one that is no JSON, and one of a chain that changed meanwhile are asked for again, after a
// pause that grows.
#pragma once

#include <cstdint>
#include <expected>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "base/clock.h"
#include "base/http.h"
#include "base/result.h"
#include "chains/ethereum/block.h"
#include "ledger/accounts/rows.h"

namespace tracehound::chains::ethereum {

// Which question gives a node's internal transfers.
enum class Tracing : std::uint8_t { none, trace_block, call_tracer };

struct NodeOptions {
  int tries = 8;                   // of one batch, before it is given up
  Milliseconds first_pause{250};   // doubled at each try
  std::uint32_t most_blocks = 64;  // in a batch
  // A batch that takes longer is too large for the node; one of half that may be doubled.
  Milliseconds longest_answer{4'000};
};

class Node {
 public:
  // REQUIRES: both outlive it. `address` is the node's, for errors.
  Node(HttpClient& http, Clock& clock, std::string address, const NodeOptions& options = {})
      : http_(http), clock_(clock), address_(std::move(address)), options_(options) {}

  // Errors (machine): no answer after all tries; the node's own error; an answer that makes no
  // sense. Each names the node and what was asked.
  Result<std::uint64_t> chain_id();
  Result<std::uint64_t> tip();
  // The hash of that block in the node's chain; nothing above its tip.
  Result<std::optional<Hash256>> block_hash(std::uint64_t number);
  // What the node answers about that block when it is asked for traces.
  Result<Tracing> find_tracing(std::uint64_t number);

  // Whole blocks from `first` on, at least one and at most up to `last`, each the parent of the
  // next.
  Result<std::vector<Block>> blocks(std::uint64_t first, std::uint64_t last, Tracing tracing);
  // What tokens call themselves; where they do not say, symbol and decimals are not known.
  Result<std::vector<ledger::accounts::Asset>> tokens(const std::vector<std::string>& contracts);

 private:
  struct Question {
    std::string method;
    std::string parameters;  // a JSON list
  };
  struct Answers;
  enum class Refusal : std::uint8_t { is_error, is_answer };

  // One try. What went wrong, as a clause.
  std::expected<std::unique_ptr<Answers>, std::string> ask_once(
      const std::vector<Question>& questions);
  std::expected<std::vector<Block>, std::string> blocks_once(std::uint64_t first,
                                                             std::uint32_t count, Tracing tracing);
  std::expected<void, std::string> add_receipts(std::vector<Block>& blocks);
  // `work()` until it succeeds, or is tried often enough.
  template <typename Work>
  auto keep_trying(const std::string& what, Work work)
      -> Result<typename decltype(work())::value_type>;

  HttpClient& http_;
  Clock& clock_;
  std::string address_;
  NodeOptions options_;
  std::uint32_t batch_blocks_ = 8;
  bool receipts_by_block_ = true;
};

}  // namespace tracehound::chains::ethereum
