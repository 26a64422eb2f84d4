// Following a node that is away, starting, restarted, or cut off in the middle of a word.
#include "unit/chains_bitcoin/follow_fixture.h"

namespace tracehound::chains::bitcoin {
namespace {

using test::RegtestChain;

class FollowTrouble : public FollowFixture {
 protected:
  // Answers so, that many times.
  void trouble(int times, const std::function<Result<HttpReply>(const std::string&)>& reply) {
    left = times;
    node.instead = [this, reply](const std::string& asked) -> FakeNode::Reply {
      if (left-- > 0) return reply(asked);
      return std::nullopt;
    };
  }
  static Result<HttpReply> away(const std::string&) {
    return machine_error("refuses the connection");
  }
  int left = 0;
};

TEST_F(FollowTrouble, a_node_that_is_not_there_yet__is_asked_ever_more_rarely) {
  RegtestChain chain = chain_of(10);
  node.set_chain(chain.blocks());
  trouble(10, away);
  followed();
  std::vector<Milliseconds> wanted;
  for (int pause : {250, 500, 1000, 2000, 4000, 8000, 16'000, 30'000, 30'000, 30'000}) {
    wanted.emplace_back(pause);
  }
  EXPECT_EQ(clock->pauses, wanted);
  EXPECT_EQ(said[0], "the node at NODE refuses the connection; trying again until it is over");
  EXPECT_EQ(times_said("refuses"), 1U);
  expect_chain(chain);
}

TEST_F(FollowTrouble, a_restart_of_the_node__is_told_step_by_step_and_lived_through) {
  RegtestChain chain = chain_of(10);
  node.set_chain(chain.blocks());
  followed({[&] { trouble(2, away); },
            [&] {
              trouble(3, [](const std::string& asked) {
                return ok(error_batch(asked, -28, "Loading block index..."));
              });
            },
            [&] {
              chain.mine();
              node.set_chain(chain.blocks());
            }});
  EXPECT_EQ(clock->pauses.size(), 5U);
  EXPECT_EQ(clock->pauses[2], Milliseconds(250));  // the first after it had answered
  EXPECT_EQ(times_said("refuses the connection"), 1U);
  EXPECT_EQ(times_said("is starting: Loading block index..."), 1U);
  EXPECT_EQ(times_said("answers again"), 2U);
  expect_chain(chain);
}

TEST_F(FollowTrouble, every_way_to_answer_wrongly__is_waited_out) {
  RegtestChain chain = chain_of(30);
  node.set_chain(chain.blocks());
  const std::vector<std::function<Result<HttpReply>(const std::string&)>> ways = {
      [](const std::string&) { return ok(""); },
      [](const std::string&) { return ok("[]"); },
      [](const std::string&) { return ok("null"); },
      [](const std::string&) { return ok("<html>hello</html>"); },
      [](const std::string&) { return ok(R"([{"result":1,"error":null,"id":0})"); },
      [](const std::string&) { return ok(R"([{"result":1,"error":null,"id":0},{"id":0}])"); },
      [](const std::string&) { return ok(R"([{"result":1,"error":"no","id":0}])"); },
      [](const std::string&) { return ok(R"([{"result":1,"id":18446744073709551615}])"); },
      [](const std::string& asked) { return ok(error_batch(asked, -32603, "work queue")); },
      [](const std::string&) { return HttpReply{500, ""}; },
      [](const std::string&) { return HttpReply{503, "Work queue depth exceeded"}; },
      [](const std::string&) { return HttpReply{302, ""}; },
      [](const std::string&) { return ok(std::string(1 << 16, '[')); },
  };
  Story story;
  for (const auto& way : ways) {
    story.push_back([&, way] {
      chain.mine();
      node.set_chain(chain.blocks());
      trouble(1, way);
    });
  }
  followed(std::move(story));
  EXPECT_EQ(clock->pauses.size(), ways.size());
  expect_chain(chain);
}

TEST_F(FollowTrouble, an_answer_cut_at_any_byte__changes_nothing) {
  RegtestChain chain = chain_of(4);
  node.set_chain(chain.blocks());
  node.add_to_mempool({.in = {{{chain.hash(1), 0}}}, .out = {{5, test::pay_to(1)}}});
  followed();
  std::size_t question = 0;
  std::size_t cut_at = 0;
  bool cut_once = false;
  std::size_t cuts = 0;
  node.instead = [&](const std::string& asked) -> FakeNode::Reply {
    if (cut_once || question-- > 0) return std::nullopt;
    cut_once = true;
    auto again = std::exchange(node.instead, nullptr);
    auto whole = node.post("", asked);
    node.instead = again;
    if (cut_at >= whole->body.size() - 1) return std::nullopt;
    ++cuts;
    return ok(whole->body.substr(0, cut_at));
  };
  // The story of each follow: three questions to begin with, each cut somewhere.
  for (std::size_t which = 0; which < 3; ++which) {
    for (std::size_t at = 0; at < 600; at += 5) {
      question = which;
      cut_at = at;
      cut_once = false;
      followed();
      ASSERT_EQ(tip(), chain.tip()) << which << " " << at;
    }
  }
  EXPECT_GT(cuts, 60U);
  EXPECT_EQ(mempool_txids().size(), 1U);
}

TEST_F(FollowTrouble, a_cookie_that_changes_with_the_node__is_read_again) {
  RegtestChain chain = chain_of(10);
  node.set_chain(chain.blocks());
  auto put = [&](std::string_view text) {
    ASSERT_TRUE(replace_file(disk, "node/.cookie", text).has_value());
  };
  ASSERT_TRUE(disk.make_folder("node").has_value());
  login.cookie_file = "node/.cookie";
  node.wants = "__cookie__:one";
  put("__cookie__:one\n");
  followed({[&] {
              node.wants = "__cookie__:two";
              put("__cookie__:two");
              chain.mine();
              node.set_chain(chain.blocks());
            },
            [&] { EXPECT_EQ(tip(), chain.tip()); }});
  EXPECT_EQ(clock->pauses.size(), 1U);
  EXPECT_EQ(times_said("does not let us in (HTTP 401)"), 1U);
}

TEST_F(FollowTrouble, a_cookie_that_is_not_there__is_waited_for) {
  node.set_chain(chain_of(3).blocks());
  node.wants = "a:b";
  login.cookie_file = "node/.cookie";
  NodeRpc rpc(node, disk, login, "NODE");
  auto state = rpc.state();
  ASSERT_FALSE(state.has_value());
  EXPECT_EQ(state.error().kind, Setback::Kind::unauthorised);
  EXPECT_TRUE(state.error().error.message.contains("node/.cookie")) << state.error().error.message;
  EXPECT_TRUE(node.asked.empty());  // nobody is asked without it
  ASSERT_TRUE(disk.make_folder("node").has_value());
  ASSERT_TRUE(replace_file(disk, "node/.cookie", std::string_view("a:b")).has_value());
  EXPECT_TRUE(rpc.state().has_value());
}

TEST_F(FollowTrouble, user_and_password__go_with_each_question) {
  RegtestChain chain = chain_of(5);
  node.set_chain(chain.blocks());
  login = {.user = "u", .password = "p:w"};
  node.wants = "u:p:w";
  followed();
  expect_chain(chain);
}

TEST_F(FollowTrouble, a_node_that_goes_away_while_catching_up__loses_nothing) {
  RegtestChain chain = chain_of(200);
  node.set_chain(chain.blocks());
  options.batch_bytes = 3'000;
  int batches = 0;
  node.instead = [&](const std::string& asked) -> FakeNode::Reply {
    bool cut = asked.contains("getblock\"") && ++batches % 3 == 0;
    if (cut) return away(asked);
    return std::nullopt;
  };
  FollowReport report = followed();
  EXPECT_EQ(report.blocks_added, 200U);
  EXPECT_GT(clock->pauses.size(), 2U);
  expect_chain(chain);
}

TEST_F(FollowTrouble, a_full_disk__ends_with_the_ledger_at_a_commit) {
  RegtestChain chain = chain_of(60);
  node.set_chain(chain.blocks());
  Error error = refused({[&] {
    grow(chain, 30);
    node.set_chain(chain.blocks());
    disk.fail(test::FaultyFileSystem::Call::write, 3, "No space left on device", true);
  }});
  EXPECT_EQ(error.kind, ErrorKind::machine);
  disk.mend();
  disk.restart(2);
  expect_chain(chain.branch(60, 0));
  followed();
  expect_chain(chain);
}

}  // namespace
}  // namespace tracehound::chains::bitcoin
