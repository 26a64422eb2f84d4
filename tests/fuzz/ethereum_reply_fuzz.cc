// Any bytes are a node's answer to a batch about one block, or a sentence saying why not.
#include <cstddef>
#include <cstdint>

#include "base/check.h"
#include "chains/ethereum/assemble.h"
#include "chains/ethereum/node.h"

namespace ethereum = tracehound::chains::ethereum;

namespace {

class OneAnswer final : public tracehound::HttpClient {
 public:
  explicit OneAnswer(std::string_view body) : body_(body) {}
  tracehound::Result<tracehound::HttpReply> post(const std::string& /*credentials*/,
                                                 std::string_view /*body*/) override {
    return tracehound::HttpReply{200, std::string(body_)};
  }

 private:
  std::string_view body_;
};

class NoTime final : public tracehound::Clock {
 public:
  tracehound::Milliseconds now() override { return {}; }
  std::uint32_t unix_time() override { return 0; }
  void sleep(tracehound::Milliseconds /*most*/) override {}
  void wait(tracehound::Milliseconds /*most*/) override {}
  bool ended() override { return false; }
};

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  if (size == 0) return 0;
  OneAnswer http({reinterpret_cast<const char*>(data + 1), size - 1});
  NoTime clock;
  ethereum::Node node(http, clock, "fuzz", {.tries = 1});
  auto chain = ethereum::find_chain(1);
  auto tracing = static_cast<ethereum::Tracing>(data[0] % 3);
  auto blocks = node.blocks(7, 7, tracing);
  static_cast<void>(node.tokens({"0x0000000000000000000000000000000000000001"}));
  static_cast<void>(node.chain_id());
  static_cast<void>(node.block_hash(7));
  if (!blocks) {
    CHECK(blocks.error().message.starts_with("fuzz, asked for"));
    return 0;
  }
  CHECK(blocks->size() == 1 && blocks->front().number == 7);
  tracehound::ledger::accounts::BlockRows rows;
  auto find_token = [](const std::string& contract) {
    return tracehound::ledger::accounts::Asset{"", contract, 0, false};
  };
  if (!ethereum::assemble(blocks->front(), chain, find_token, rows)) return 0;
  std::size_t transfers = 0;
  for (const auto& row : rows.transactions) transfers += row.transfers;
  CHECK(transfers == rows.transfers.size());
  return 0;
}
