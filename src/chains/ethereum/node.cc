#include "chains/ethereum/node.h"

#include <fmt/format.h>
#include <simdjson.h>

#include <algorithm>

#include "base/text.h"
#include "chains/ethereum/json_block.h"

namespace tracehound::chains::ethereum {

namespace dom = simdjson::dom;
using ledger::accounts::Asset;

namespace {

constexpr std::size_t kMostShown = 200;

std::string shown(std::string_view text) {
  std::string line = printable(text.substr(0, kMostShown));
  std::ranges::replace(line, '\n', ' ');
  return line;
}

// A node says in many ways that it does not have a question.
bool is_unknown_method(std::string_view error) {
  for (std::string_view word : {"-32601", "not found", "not supported", "not available",
                                "unsupported", "does not exist", "not whitelisted"}) {
    if (error.find(word) != std::string_view::npos) return true;
  }
  return false;
}

// Errors of eth_call that will be the same next time: the contract has no such function.
bool is_contract_s_own(std::string_view error) {
  for (std::string_view word :
       {"revert", "execution", "opcode", "out of gas", "-32000", "-32015"}) {
    if (error.find(word) != std::string_view::npos) return true;
  }
  return false;
}

// The text that an ABI-encoded answer holds: a dynamic string, or 32 bytes with zeros behind.
std::string symbol_of(std::string_view answer) {
  auto bytes = from_hex(answer.substr(std::min<std::size_t>(2, answer.size())));
  if (!bytes || bytes->size() < 32) return {};
  ByteView text = ByteView(*bytes).first(32);
  if (bytes->size() >= 64) {
    U256 size = U256::from_big_endian(ByteView(*bytes).subspan(32, 32));
    if (!size.fits_64() || size.low() > bytes->size() - 64) return {};
    text = ByteView(*bytes).subspan(64, size.low());
  }
  std::string symbol(reinterpret_cast<const char*>(text.data()), text.size());
  symbol = symbol.substr(0, symbol.find('\0'));
  return symbol.size() > 64 ? std::string() : printable(symbol);
}

}  // namespace

// The answers to a batch, in the order of the questions.
struct Node::Answers {
  dom::parser parser;
  std::string body;
  std::vector<dom::element> results;  // null where there is an error
  std::vector<std::string> errors;    // "" where there is an answer

  // The first error there is, if there is any.
  std::optional<std::string> error() const {
    for (const std::string& error : errors) {
      if (!error.empty()) return error;
    }
    return std::nullopt;
  }
};

std::expected<std::unique_ptr<Node::Answers>, std::string> Node::ask_once(
    const std::vector<Question>& questions) {
  std::string body = "[";
  for (std::size_t i = 0; i < questions.size(); ++i) {
    body += fmt::format(R"({}{{"jsonrpc":"2.0","id":{},"method":"{}","params":{}}})",
                        i == 0 ? "" : ",", i, questions[i].method, questions[i].parameters);
  }
  auto reply = http_.post("", body + "]");
  if (!reply) return std::unexpected(reply.error().message);
  auto answers = std::make_unique<Answers>();
  answers->body = std::move(reply->body);
  dom::element json;
  if (answers->parser.parse(answers->body).get(json) != simdjson::SUCCESS) {
    return std::unexpected(fmt::format("answers with what is no JSON (HTTP status {}): {}",
                                       reply->status, shown(answers->body)));
  }
  dom::array list;
  if (json.get(list) != simdjson::SUCCESS) {
    return std::unexpected(
        fmt::format("does not answer a batch with a list: {}", shown(answers->body)));
  }
  answers->results.resize(questions.size());
  answers->errors.resize(questions.size());
  std::vector<bool> seen(questions.size());
  for (dom::element answer : list) {
    std::uint64_t id = 0;
    if (answer["id"].get(id) != simdjson::SUCCESS || id >= questions.size() || seen[id]) {
      return std::unexpected("gives an answer to no question: " +
                             shown(simdjson::to_string(answer)));
    }
    dom::element part;
    seen[id] = true;
    if (answer["error"].get(part) == simdjson::SUCCESS && !part.is_null()) {
      answers->errors[id] = shown(simdjson::to_string(part));
    } else if (answer["result"].get(part) == simdjson::SUCCESS) {
      answers->results[id] = part;
    } else {
      return std::unexpected("gives an answer without a result");
    }
  }
  auto missing = std::ranges::count(seen, false);
  if (missing > 0) {
    return std::unexpected(
        fmt::format("leaves {} of {} questions without an answer", missing, questions.size()));
  }
  return answers;
}

template <typename Work>
auto Node::keep_trying(const std::string& what, Work work)
    -> Result<typename decltype(work())::value_type> {
  Milliseconds pause = options_.first_pause;
  for (int tried = 1;; ++tried) {
    auto done = work();
    if (done) return std::move(*done);
    if (tried >= options_.tries || clock_.ended()) {
      return machine_error(
          fmt::format("{}, asked for {}: the node {}; the ledger stays at what it had, and the "
                      "same command goes "
                      "on from there",
                      address_, what, done.error()));
    }
    clock_.sleep(pause);
    pause = std::min(pause * 2, Milliseconds(30'000));
  }
}

Result<std::uint64_t> Node::chain_id() {
  return keep_trying("its chain", [&]() -> std::expected<std::uint64_t, std::string> {
    auto answers = ask_once({{"eth_chainId", "[]"}});
    if (!answers) return std::unexpected(answers.error());
    if (auto error = (*answers)->error()) return std::unexpected("says " + *error);
    std::string_view text;
    auto number =
        (*answers)->results[0].get(text) == simdjson::SUCCESS ? U256::from_hex(text) : std::nullopt;
    if (!number || !number->fits_64()) return std::unexpected("gives no chain id");
    return number->low();
  });
}

Result<std::uint64_t> Node::tip() {
  return keep_trying("its last block", [&]() -> std::expected<std::uint64_t, std::string> {
    auto answers = ask_once({{"eth_blockNumber", "[]"}});
    if (!answers) return std::unexpected(answers.error());
    if (auto error = (*answers)->error()) return std::unexpected("says " + *error);
    std::string_view text;
    auto number =
        (*answers)->results[0].get(text) == simdjson::SUCCESS ? U256::from_hex(text) : std::nullopt;
    // The highest of all would be a chain without an end: block numbers are counted past the last.
    if (!number || !number->fits_64() || number->low() == ~std::uint64_t{0}) {
      return std::unexpected("gives no block number");
    }
    return number->low();
  });
}

Result<std::optional<Hash256>> Node::block_hash(std::uint64_t number) {
  using Found = std::optional<Hash256>;
  return keep_trying(fmt::format("block {}", number), [&]() -> std::expected<Found, std::string> {
    auto answers = ask_once({{"eth_getBlockByNumber", fmt::format(R"(["0x{:x}",false])", number)}});
    if (!answers) return std::unexpected(answers.error());
    if (auto error = (*answers)->error()) return std::unexpected("says " + *error);
    if ((*answers)->results[0].is_null()) return Found();
    std::string_view text;
    auto bytes =
        (*answers)->results[0]["hash"].get(text) == simdjson::SUCCESS && text.starts_with("0x")
            ? from_hex(text.substr(2))
            : std::nullopt;
    if (!bytes || bytes->size() != 32) return std::unexpected("gives a block without a hash");
    return Found(Hash256::from_bytes(*bytes));
  });
}

Result<Tracing> Node::find_tracing(std::uint64_t number) {
  return keep_trying("traces", [&]() -> std::expected<Tracing, std::string> {
    auto answers = ask_once({{"trace_block", fmt::format(R"(["0x{:x}"])", number)},
                             {"debug_traceBlockByNumber",
                              fmt::format(R"(["0x{:x}",{{"tracer":"callTracer"}}])", number)}});
    if (!answers) return std::unexpected(answers.error());
    for (auto [which, tracing] :
         {std::pair(0U, Tracing::trace_block), std::pair(1U, Tracing::call_tracer)}) {
      const std::string& error = (*answers)->errors[which];
      if (error.empty() && (*answers)->results[which].is_array()) return tracing;
      // Anything else may be a passing weakness, and traces are not given up for that.
      if (!is_unknown_method(error)) {
        return std::unexpected("says " + (error.empty() ? "null" : error) +
                               " (--no-traces does without)");
      }
    }
    return Tracing::none;
  });
}

Result<std::vector<Block>> Node::blocks(std::uint64_t first, std::uint64_t last, Tracing tracing) {
  std::string what = fmt::format("blocks from {} on", first);
  return keep_trying(what, [&]() -> std::expected<std::vector<Block>, std::string> {
    auto count =
        static_cast<std::uint32_t>(std::min<std::uint64_t>(batch_blocks_, last - first + 1));
    Milliseconds asked = clock_.now();
    auto read = blocks_once(first, count, tracing);
    Milliseconds took = clock_.now() - asked;
    if (!read || took > options_.longest_answer) {
      batch_blocks_ = std::max(batch_blocks_ / 2, 1U);
    } else if (took <= options_.longest_answer / 2) {
      batch_blocks_ = std::min(batch_blocks_ * 2, options_.most_blocks);
    }
    return read;
  });
}

std::expected<std::vector<Block>, std::string> Node::blocks_once(std::uint64_t first,
                                                                 std::uint32_t count,
                                                                 Tracing tracing) {
  std::vector<Question> questions;
  for (std::uint64_t number = first; number < first + count; ++number) {
    questions.push_back({"eth_getBlockByNumber", fmt::format(R"(["0x{:x}",true])", number)});
    if (receipts_by_block_) {
      questions.push_back({"eth_getBlockReceipts", fmt::format(R"(["0x{:x}"])", number)});
    }
    if (tracing == Tracing::trace_block) {
      questions.push_back({"trace_block", fmt::format(R"(["0x{:x}"])", number)});
    } else if (tracing == Tracing::call_tracer) {
      questions.push_back({"debug_traceBlockByNumber",
                           fmt::format(R"(["0x{:x}",{{"tracer":"callTracer"}}])", number)});
    }
  }
  auto answers = ask_once(questions);
  if (!answers) return std::unexpected(answers.error());
  std::vector<Block> blocks;
  std::size_t next = 0;
  for (std::uint64_t number = first; number < first + count; ++number) {
    auto about = [&](const std::string& clause) {
      return std::unexpected(fmt::format("says of block {}: {}", number, clause));
    };
    const auto& results = (*answers)->results;
    const auto& errors = (*answers)->errors;
    if (!errors[next].empty()) return about(errors[next]);
    if (results[next].is_null()) return about("null, though its chain reaches that far");
    auto block = read_block(results[next++]);
    if (!block) return about(block.error());
    if (block->number != number) return about(fmt::format("it is block {}", block->number));
    if (!blocks.empty() && block->parent != blocks.back().hash) {
      return about("it is of another chain than the one before: the chain changed");
    }
    if (receipts_by_block_) {
      if (is_unknown_method(errors[next])) {
        receipts_by_block_ = false;
        return blocks_once(first, count, tracing);
      }
      if (!errors[next].empty()) return about(errors[next]);
      if (auto read = read_receipts(results[next++], *block); !read) return about(read.error());
    }
    if (tracing != Tracing::none) {
      if (!errors[next].empty()) return about(errors[next]);
      auto read = tracing == Tracing::trace_block ? read_traces(results[next], *block)
                                                  : read_call_frames(results[next], *block);
      ++next;
      if (!read) return about(read.error());
    }
    blocks.push_back(std::move(*block));
  }
  if (!receipts_by_block_) {
    if (auto read = add_receipts(blocks); !read) return std::unexpected(read.error());
  }
  return blocks;
}

// Where the node has no receipts by the block: one by one, in one batch.
std::expected<void, std::string> Node::add_receipts(std::vector<Block>& blocks) {
  std::vector<Question> questions;
  for (const Block& block : blocks) {
    for (const Tx& tx : block.transactions) {
      questions.push_back({"eth_getTransactionReceipt", fmt::format(R"(["{}"])", tx.hash)});
    }
  }
  if (questions.empty()) return {};
  auto answers = ask_once(questions);
  if (!answers) return std::unexpected(answers.error());
  if (auto error = (*answers)->error()) return std::unexpected("says " + *error);
  std::size_t next = 0;
  for (Block& block : blocks) {
    std::string list = "[";
    for (std::size_t i = 0; i < block.transactions.size(); ++i) {
      list += (i == 0 ? "" : ",") + simdjson::to_string((*answers)->results[next++]);
    }
    dom::parser parser;
    dom::element json;
    if (parser.parse(list + "]").get(json) != simdjson::SUCCESS) {
      return std::unexpected("gives receipts that are no JSON");
    }
    if (auto read = read_receipts(json, block); !read) {
      return std::unexpected(fmt::format("says of block {}: {}", block.number, read.error()));
    }
  }
  return {};
}

Result<std::vector<Asset>> Node::tokens(const std::vector<std::string>& contracts) {
  constexpr std::size_t kMostInBatch = 100;
  constexpr std::string_view kSymbol = "0x95d89b41";    // symbol()
  constexpr std::string_view kDecimals = "0x313ce567";  // decimals()
  std::vector<Asset> assets;
  while (assets.size() < contracts.size()) {
    std::vector<Question> questions;
    std::size_t end = std::min(assets.size() + kMostInBatch, contracts.size());
    for (std::size_t i = assets.size(); i < end; ++i) {
      for (std::string_view call : {kSymbol, kDecimals}) {
        questions.push_back({"eth_call", fmt::format(R"([{{"to":"{}","data":"{}"}},"latest"])",
                                                     contracts[i], call)});
      }
    }
    using Made = std::unique_ptr<Answers>;
    auto ask = [&]() -> std::expected<Made, std::string> {
      auto answers = ask_once(questions);
      if (!answers) return answers;
      for (std::size_t i = 0; i < questions.size(); ++i) {
        const std::string& error = (*answers)->errors[i];
        bool refused = !error.empty() && is_contract_s_own(error);
        if (!refused && (!error.empty() || !(*answers)->results[i].is_string())) {
          return std::unexpected("says " + (error.empty() ? "null" : error));
        }
      }
      return answers;
    };
    TRY_ASSIGN(Made answers, keep_trying("the names of tokens", ask));
    for (std::size_t i = 0; i < questions.size(); i += 2) {
      Asset asset{"", contracts[assets.size()], 0, false};
      std::string_view text;
      if (answers->errors[i].empty() && answers->results[i].get(text) == simdjson::SUCCESS) {
        asset.symbol = symbol_of(text);
      }
      if (answers->errors[i + 1].empty() &&
          answers->results[i + 1].get(text) == simdjson::SUCCESS && text.size() == 66) {
        auto decimals = U256::from_hex(text);
        if (decimals && *decimals <= U256(kU256MostDecimals)) {
          asset.decimals = static_cast<std::uint8_t>(decimals->low());
          asset.decimals_known = true;
        }
      }
      assets.push_back(std::move(asset));
    }
  }
  return assets;
}

}  // namespace tracehound::chains::ethereum
