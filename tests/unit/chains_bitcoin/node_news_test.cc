// A node's notifications, from a publisher of our own.
#include "chains/bitcoin/node_news.h"

#include <gtest/gtest.h>
#include <zmq.h>

#include <string>

namespace tracehound::chains::bitcoin {
namespace {

class Publisher {
 public:
  Publisher() : context_(zmq_ctx_new()), socket_(zmq_socket(context_, ZMQ_PUB)) {
    EXPECT_EQ(zmq_bind(socket_, "tcp://127.0.0.1:*"), 0);
    char name[100];
    std::size_t size = sizeof name;
    zmq_getsockopt(socket_, ZMQ_LAST_ENDPOINT, name, &size);
    endpoint = name;
  }
  ~Publisher() {
    zmq_close(socket_);
    zmq_ctx_term(context_);
  }
  Publisher(const Publisher&) = delete;
  Publisher& operator=(const Publisher&) = delete;

  // As a node does: topic, body, sequence number.
  void say(const std::string& topic) {
    zmq_send(socket_, topic.data(), topic.size(), ZMQ_SNDMORE);
    zmq_send(socket_, "body", 4, ZMQ_SNDMORE);
    zmq_send(socket_, "\0\0\0", 4, 0);
  }
  std::string endpoint;

 private:
  void* context_;
  void* socket_;
};

TEST(NodeNews, a_notification__ends_the_wait_and_a_sleep_goes_on) {
  auto clock = SystemClock::make();
  ASSERT_TRUE(clock.has_value());
  Publisher node;
  auto listening = listen_to_node(**clock, node.endpoint);
  ASSERT_TRUE(listening.has_value()) << listening.error().message;
  Clock& news = **listening;
  constexpr Milliseconds kLong{20'000};
  // A subscription takes a moment to arrive: the first words may go unheard.
  auto heard = [&](const std::string& topic) {
    for (int i = 0; i < 100; ++i) {
      node.say(topic);
      Milliseconds start = news.now();
      news.wait(Milliseconds(300));
      if (news.now() - start < Milliseconds(300)) return true;
    }
    return false;
  };
  EXPECT_TRUE(heard("hashblock"));
  EXPECT_TRUE(heard("rawtx"));
  Milliseconds start = news.now();
  node.say("hashblock");
  news.wait(kLong);
  EXPECT_LT(news.now() - start, kLong);
  start = news.now();
  node.say("hashtx");
  news.sleep(Milliseconds(200));
  EXPECT_GE(news.now() - start, Milliseconds(199));
}

TEST(NodeNews, what_is_no_endpoint__is_a_word_on_usage) {
  auto clock = SystemClock::make();
  ASSERT_TRUE(clock.has_value());
  auto listening = listen_to_node(**clock, "nowhere");
  ASSERT_FALSE(listening.has_value());
  EXPECT_EQ(listening.error().kind, ErrorKind::usage);
}

}  // namespace
}  // namespace tracehound::chains::bitcoin
