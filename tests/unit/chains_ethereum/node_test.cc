#include "chains/ethereum/node.h"

#include <fmt/format.h>
#include <gtest/gtest.h>
#include <simdjson.h>

#include <algorithm>

namespace tracehound::chains::ethereum {
namespace {

// Only work and pauses take time.
class CountedClock final : public Clock {
 public:
  Milliseconds now() override { return now_; }
  std::uint32_t unix_time() override { return 1'700'000'000; }
  void sleep(Milliseconds most) override { now_ += most; }
  void wait(Milliseconds most) override { now_ += most; }
  bool ended() override { return false; }

 private:
  Milliseconds now_{0};
};

std::string hash_of(std::uint64_t number) { return fmt::format("0x{:064x}", number); }

// A node with empty blocks and no end of them, which takes its time for each that it is asked for.
class SlowNode final : public HttpClient {
 public:
  explicit SlowNode(Clock& clock) : clock_(clock) {}

  Milliseconds per_block{1};
  std::string last_block = R"("0x5")";
  std::size_t most_blocks = 1'000;     // asked for more than that, it gives no answer
  std::vector<std::size_t> in_flight;  // blocks in each batch that it was asked for

  Result<HttpReply> post(const std::string&, std::string_view body) override {
    simdjson::dom::parser parser;
    std::string reply;
    std::size_t blocks = 0;
    simdjson::dom::array questions = parser.parse(std::string(body)).get_array().value();
    for (simdjson::dom::element question : questions) {
      std::string_view method = question["method"].get_string().value();
      std::string result = "[]";
      if (method == "eth_blockNumber") result = last_block;
      if (method == "eth_getBlockByNumber") {
        ++blocks;
        std::string_view text = question["params"].at(0).get_string().value();
        result = block(U256::from_hex(text).value().low());
      }
      reply += fmt::format(R"({}{{"id":{},"result":{}}})", reply.empty() ? "" : ",",
                           question["id"].get_uint64().value(), result);
    }
    clock_.sleep(per_block * static_cast<int>(blocks));
    in_flight.push_back(blocks);
    if (blocks > most_blocks) return machine_error("ends the connection");
    return HttpReply{200, "[" + reply + "]"};
  }

 private:
  static std::string block(std::uint64_t number) {
    return fmt::format(R"({{"number":"0x{:x}","hash":"{}","parentHash":"{}","timestamp":"0x1",)"
                       R"("transactions":[]}})",
                       number, hash_of(number), hash_of(number - 1));
  }

  Clock& clock_;
};

class NodeBatches : public testing::Test {
 protected:
  // Reads so many batches, one after the other.
  void read(std::size_t batches) {
    slow.in_flight.clear();
    for (; batches > 0; --batches) {
      auto blocks = node.blocks(next, 1'000'000, Tracing::none);
      ASSERT_TRUE(blocks.has_value()) << blocks.error().message;
      for (const Block& block : *blocks) ASSERT_EQ(block.number, next++);
    }
  }

  CountedClock clock;
  SlowNode slow{clock};
  Node node{slow, clock, "http://node"};
  std::uint64_t next = 0;
};

TEST_F(NodeBatches, a_quick_node__is_asked_for_more_at_a_time_up_to_the_most) {
  read(6);
  EXPECT_EQ(slow.in_flight, (std::vector<std::size_t>{8, 16, 32, 64, 64, 64}));
}

TEST_F(NodeBatches, a_node_that_becomes_slow__is_asked_for_less_until_it_answers_in_time) {
  read(4);
  slow.per_block = Milliseconds(1'000);
  read(8);
  EXPECT_EQ(slow.in_flight, (std::vector<std::size_t>{64, 32, 16, 8, 4, 4, 4, 4}));
  slow.per_block = Milliseconds(20'000);
  read(4);
  EXPECT_EQ(slow.in_flight, (std::vector<std::size_t>{4, 2, 1, 1}));
  slow.per_block = Milliseconds(10);
  read(7);
  EXPECT_EQ(slow.in_flight, (std::vector<std::size_t>{1, 2, 4, 8, 16, 32, 64}));
}

TEST_F(NodeBatches, a_node_that_fails_at_large_batches__is_given_ones_that_it_can_answer) {
  slow.most_blocks = 20;
  read(12);
  EXPECT_LE(std::ranges::count_if(slow.in_flight, [](std::size_t n) { return n > 20; }), 12);
  EXPECT_EQ(std::ranges::max(slow.in_flight), 32U);
  EXPECT_GE(next, 12U * 16 - 8);
}

TEST_F(NodeBatches, a_last_block_that_no_chain_reaches__is_no_answer) {
  EXPECT_EQ(node.tip().value(), 5);
  for (const char* wrong : {R"("0xffffffffffffffff")", R"("0x10000000000000000")", "null", "7"}) {
    slow.last_block = wrong;
    auto tip = node.tip();
    ASSERT_FALSE(tip.has_value()) << wrong;
    EXPECT_NE(tip.error().message.find("gives no block number"), std::string::npos) << wrong;
  }
}

}  // namespace
}  // namespace tracehound::chains::ethereum
