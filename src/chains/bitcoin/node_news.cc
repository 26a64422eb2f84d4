#include "chains/bitcoin/node_news.h"

#include <fmt/format.h>
#include <zmq.h>

#include <array>
#include <cerrno>
#include <string_view>

#include "base/bytes.h"

namespace tracehound::chains::bitcoin {

namespace {

struct EndContext {
  void operator()(void* context) const { zmq_ctx_term(context); }
};
struct CloseSocket {
  void operator()(void* socket) const { zmq_close(socket); }
};

class ListeningClock final : public Clock {
 public:
  explicit ListeningClock(SystemClock& clock) : clock_(clock) {}

  Status connect(const std::string& endpoint) {
    context_.reset(zmq_ctx_new());
    if (context_) socket_.reset(zmq_socket(context_.get(), ZMQ_SUB));
    if (!socket_) return machine_error("ZMQ does not start; are there file handles left?");
    for (std::string_view topic : {"hashblock", "hashtx", "rawtx"}) {
      zmq_setsockopt(socket_.get(), ZMQ_SUBSCRIBE, topic.data(), topic.size());
    }
    int linger = 0;
    zmq_setsockopt(socket_.get(), ZMQ_LINGER, &linger, sizeof linger);
    if (zmq_connect(socket_.get(), endpoint.c_str()) != 0) {
      return fail(ErrorKind::usage,
                  fmt::format("{} is no ZMQ endpoint ({}); write it as the node has it, such as "
                              "tcp://127.0.0.1:28332",
                              endpoint, zmq_strerror(errno)));
    }
    return {};
  }

  Milliseconds now() override { return clock_.now(); }
  std::uint32_t unix_time() override { return clock_.unix_time(); }
  void sleep(Milliseconds most) override { clock_.sleep(most); }
  bool ended() override { return clock_.ended(); }

  void wait(Milliseconds most) override {
    std::array<zmq_pollitem_t, 2> items = {{
        {.socket = socket_.get(), .fd = 0, .events = ZMQ_POLLIN, .revents = 0},
        {.socket = nullptr, .fd = clock_.end_descriptor(), .events = ZMQ_POLLIN, .revents = 0},
    }};
    zmq_poll(items.data(), static_cast<int>(items.size()), static_cast<long>(most.count()));
    if ((items[0].revents & ZMQ_POLLIN) == 0) return;
    // One piece of news often comes as several notifications: they are worth one question.
    clock_.sleep(kGathering);
    Byte nothing = 0;
    while (zmq_recv(socket_.get(), &nothing, sizeof nothing, ZMQ_DONTWAIT) >= 0) continue;
  }

 private:
  static constexpr Milliseconds kGathering{50};

  SystemClock& clock_;
  std::unique_ptr<void, EndContext> context_;
  std::unique_ptr<void, CloseSocket> socket_;
};

}  // namespace

Result<std::unique_ptr<Clock>> listen_to_node(SystemClock& clock, const std::string& endpoint) {
  auto listening = std::make_unique<ListeningClock>(clock);
  TRY(listening->connect(endpoint));
  return listening;
}

}  // namespace tracehound::chains::bitcoin
