// HTTP against a real socket: what goes over the line, and what becomes of bad servers.
#include "base/http.h"

#include <arpa/inet.h>
#include <gtest/gtest.h>
#include <netinet/in.h>
#include <sys/socket.h>
#include <unistd.h>

#include <atomic>
#include <cstdlib>
#include <string>
#include <thread>
#include <vector>

namespace tracehound {
namespace {

// Listens on a port of its own; reads each request to its end, sends the next of `replies` (an
// empty one hangs up instead) and counts connections.
class Server {
 public:
  explicit Server(std::vector<std::string> replies) : replies_(std::move(replies)) {
    listener_ = ::socket(AF_INET, SOCK_STREAM, 0);
    sockaddr_in place{};
    place.sin_family = AF_INET;
    place.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    socklen_t size = sizeof place;
    EXPECT_EQ(::bind(listener_, reinterpret_cast<sockaddr*>(&place), size), 0);
    EXPECT_EQ(::listen(listener_, 4), 0);
    ::getsockname(listener_, reinterpret_cast<sockaddr*>(&place), &size);
    port_ = ntohs(place.sin_port);
    thread_ = std::thread([this] { serve(); });
  }
  ~Server() {
    stop_ = true;
    ::shutdown(listener_, SHUT_RDWR);
    thread_.join();
    ::close(listener_);
  }
  std::string url() const { return "http://127.0.0.1:" + std::to_string(port_) + "/"; }

  std::vector<std::string> requests;
  std::atomic<int> connections = 0;

 private:
  void serve() {
    std::size_t next = 0;
    while (!stop_) {
      int peer = ::accept(listener_, nullptr, nullptr);
      if (peer < 0) return;
      ++connections;
      timeval patience{.tv_sec = 2, .tv_usec = 0};
      ::setsockopt(peer, SOL_SOCKET, SO_RCVTIMEO, &patience, sizeof patience);
      while (!stop_) {
        std::string request = read_request(peer);
        if (request.empty()) break;
        requests.push_back(request);
        std::string reply = next < replies_.size() ? replies_[next++] : "";
        if (reply == "wait") {
          while (!stop_) ::usleep(10'000);
          break;
        }
        ::send(peer, reply.data(), reply.size(), MSG_NOSIGNAL);
        if (!reply.contains("\r\n\r\n") || reply.contains("cut here")) break;
      }
      ::close(peer);
    }
  }
  static std::string read_request(int peer) {
    std::string text;
    char buffer[4096];
    while (true) {
      auto end = text.find("\r\n\r\n");
      if (end != text.npos) {
        auto at = text.find("Content-Length: ");
        std::size_t length = at == text.npos ? 0 : std::stoul(text.substr(at + 16));
        if (text.size() >= end + 4 + length) return text;
      }
      ssize_t got = ::recv(peer, buffer, sizeof buffer, 0);
      if (got <= 0) return "";
      text.append(buffer, static_cast<std::size_t>(got));
    }
  }

  std::vector<std::string> replies_;
  int listener_ = -1;
  int port_ = 0;
  std::atomic<bool> stop_ = false;
  std::thread thread_;
};

std::string reply_of(std::string_view status, std::string_view body, std::string_view more = "") {
  return "HTTP/1.1 " + std::string(status) + "\r\n" + std::string(more) +
         "Content-Length: " + std::to_string(body.size()) + "\r\n\r\n" + std::string(body);
}

std::unique_ptr<HttpClient> open(const std::string& url, HttpLimits limits = {}) {
  auto client = open_http(url, limits, [] { return false; });
  EXPECT_TRUE(client.has_value()) << client.error().message;
  return std::move(*client);
}

TEST(Http, posts__go_over_one_connection_with_who_asks) {
  Server server({reply_of("200 OK", "one"), reply_of("500 Oh", "two"), reply_of("200 OK", "")});
  auto client = open(server.url());
  EXPECT_EQ(client->post("u:p:w", "[1]")->body, "one");
  auto second = client->post("", std::string(200'000, 'x'));
  EXPECT_EQ(second->status, 500);
  EXPECT_EQ(second->body, "two");
  EXPECT_EQ(client->post("", "{}")->body, "");
  EXPECT_EQ(server.connections, 1);
  ASSERT_EQ(server.requests.size(), 3U);
  EXPECT_TRUE(server.requests[0].contains("Authorization: Basic dTpwOnc=\r\n"));
  EXPECT_TRUE(server.requests[0].contains("Content-Type: application/json\r\n"));
  EXPECT_FALSE(server.requests[1].contains("Authorization"));
  EXPECT_FALSE(server.requests[1].contains("Expect"));
}

TEST(Http, a_redirect__is_an_answer_and_no_order) {
  Server other({reply_of("200 OK", "elsewhere")});
  Server server({reply_of("302 Found", "", "Location: " + other.url() + "\r\n")});
  auto reply = open(server.url())->post("", "{}");
  ASSERT_TRUE(reply.has_value());
  EXPECT_EQ(reply->status, 302);
  EXPECT_EQ(other.connections, 0);
}

TEST(Http, a_proxy_of_the_environment__is_not_asked) {
  Server proxy({reply_of("200 OK", "proxy")});
  Server server({reply_of("200 OK", "server")});
  for (const char* name : {"http_proxy", "HTTP_PROXY", "all_proxy", "ALL_PROXY"}) {
    ::setenv(name, proxy.url().c_str(), 1);
  }
  auto reply = open(server.url())->post("", "{}");
  for (const char* name : {"http_proxy", "HTTP_PROXY", "all_proxy", "ALL_PROXY"}) ::unsetenv(name);
  ASSERT_TRUE(reply.has_value());
  EXPECT_EQ(reply->body, "server");
  EXPECT_EQ(proxy.connections, 0);
}

TEST(Http, half_an_answer_or_none__is_an_error_and_the_next_post_goes_on) {
  Server server(
      {"HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\ncut here", "", reply_of("200 OK", "whole")});
  auto client = open(server.url());
  auto half = client->post("", "{}");
  ASSERT_FALSE(half.has_value());
  EXPECT_EQ(half.error().message, "ended its answer in the middle");
  auto none = client->post("", "{}");
  ASSERT_FALSE(none.has_value());
  EXPECT_EQ(none.error().message, "closed the connection without an answer");
  EXPECT_EQ(client->post("", "{}")->body, "whole");
}

TEST(Http, nobody_there__is_said_at_once) {
  std::string url;
  {
    Server server({});
    url = server.url();
  }
  auto reply = open(url)->post("", "{}");
  ASSERT_FALSE(reply.has_value());
  EXPECT_EQ(reply.error().message, "refuses the connection");
}

TEST(Http, an_answer_that_does_not_come__is_not_waited_for_for_ever) {
  Server server({"wait"});
  auto reply = open(server.url(), {.total = std::chrono::milliseconds(1000)})->post("", "{}");
  ASSERT_FALSE(reply.has_value());
  EXPECT_EQ(reply.error().message, "did not answer within 1 s");
}

TEST(Http, the_wish_to_end__ends_a_post) {
  Server server({"wait"});
  std::atomic<int> looks = 0;
  auto client = open_http(server.url(), {}, [&] { return ++looks > 1; });
  ASSERT_TRUE(client.has_value());
  auto start = std::chrono::steady_clock::now();
  EXPECT_FALSE((*client)->post("", "{}").has_value());
  EXPECT_LT(std::chrono::steady_clock::now() - start, std::chrono::seconds(20));
}

TEST(Http, an_answer_without_end__is_cut_off) {
  Server server({reply_of("200 OK", std::string(300'000, 'x'))});
  auto reply = open(server.url(), {.reply_bytes_max = 100'000})->post("", "{}");
  ASSERT_FALSE(reply.has_value());
  EXPECT_EQ(reply.error().message, "answers with more than 100000 bytes");
}

TEST(Http, what_is_no_address__is_refused_before_anyone_is_asked) {
  for (const char* url : {"", "127.0.0.1:1", "ftp://127.0.0.1", "file:///etc/passwd", "http://",
                          "http://u:p@127.0.0.1", "http://u@127.0.0.1", "http:// x"}) {
    auto client = open_http(url, {}, [] { return false; });
    ASSERT_FALSE(client.has_value()) << url;
    EXPECT_EQ(client.error().kind, ErrorKind::usage) << url;
  }
}

}  // namespace
}  // namespace tracehound
