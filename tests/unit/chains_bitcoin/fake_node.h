// A node made of a few lists, behind the interface that a real one is asked through, so that it can
// be put into any state on cue: reorganised, lagging, starting, lying, cut off in the middle.
//
//   FakeNode node;
//   node.set_chain(chain.blocks());
//   node.mempool = {tx.bytes()};
//   node.instead = [](const std::string& asked) -> Reply { ... };   // nullopt: answer as usual
#pragma once

#include <deque>
#include <functional>
#include <map>
#include <optional>
#include <set>
#include <string>
#include <vector>

#include "base/clock.h"
#include "base/http.h"
#include "chains/bitcoin/node_rpc.h"
#include "support/regtest_chain.h"

namespace tracehound::chains::bitcoin {

class FakeNode final : public HttpClient {
 public:
  using Reply = std::optional<Result<HttpReply>>;

  // The active chain; blocks of earlier ones stay known.
  void set_chain(const std::vector<Bytes>& blocks);
  // As after a start from an empty disk.
  void forget() { known_.clear(); }
  void add_to_mempool(const test::Tx& tx) { mempool[tx.txid()] = tx.bytes(); }
  Hash256 tip() const { return active_.back(); }

  // What the next replies are, or nothing for the usual.
  std::function<Reply(const std::string& asked)> instead;
  std::map<Hash256, Bytes> mempool;
  std::set<Hash256> gone;     // listed, but not there any more when asked for
  std::set<Hash256> invalid;  // tips
  std::set<Hash256> pruned;
  std::map<Hash256, Bytes> lies;  // what is sent for a block instead of it
  bool backwards = false;         // answers of a batch come last to first
  std::string wants = "";         // credentials; empty: anyone may ask
  std::vector<std::string> asked;

  Result<HttpReply> post(const std::string& credentials, std::string_view body) override;

 private:
  std::string answer(std::string_view method, const std::vector<std::string>& parameters);
  std::string block_answer(std::string_view method, const Hash256& hash);
  std::string chain_tips() const;

  std::vector<Hash256> active_;
  std::map<Hash256, Bytes> known_;
};

HttpReply ok(std::string body);
// A batch of one answer, or as many as asked for, that all are this error.
std::string error_batch(const std::string& asked, int code, const std::string& message);

// Time that passes only by waiting. Each wait at the tip runs the next step of the story; after the
// last the user wants to end.
class StoryClock final : public Clock {
 public:
  std::deque<std::function<void()>> story;
  std::vector<Milliseconds> pauses;  // sleeps, not waits
  std::size_t longest = 200;         // that many pauses in a row end a test gone wrong

  Milliseconds now() override { return now_; }
  std::uint32_t unix_time() override {
    return static_cast<std::uint32_t>(1'700'000'000 + now_.count() / 1000);
  }
  void sleep(Milliseconds most) override;
  void wait(Milliseconds most) override;
  bool ended() override { return ended_; }
  void end() { ended_ = true; }

 private:
  Milliseconds now_{0};
  bool ended_ = false;
};

}  // namespace tracehound::chains::bitcoin
