// JSON-RPC to a node of the Bitcoin family, in batches: as much of it as bitcoind, litecoind and
// bcoin agree on.
#pragma once

#include <cstdint>
#include <expected>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "base/file.h"
#include "base/hash.h"
#include "base/http.h"
#include "base/ids.h"
#include "base/result.h"

namespace tracehound::chains::bitcoin {

// What the node is to be told of who asks. With neither file nor user: nothing.
struct NodeLogin {
  std::string cookie_file = {};  // holds "user:password"; the node writes it anew when it starts
  std::string user = {};
  std::string password = {};
};

// Why a step came to nothing.
struct Setback {
  enum class Kind : std::uint8_t {
    final,         // trying again would not help
    unreachable,   // no answer, or half of one
    unauthorised,  // the node does not know who asks
    starting,      // the node is not ready yet
    confused,      // an answer that makes no sense, or the node's own error
    changed,       // the node's chain changed between two questions: ask again at once
  };

  Kind kind;
  Error error;

  Setback(Error cause) : kind(Kind::final), error(std::move(cause)) {}  // so that TRY can pass it
  Setback(Kind why, std::string message)
      : kind(why), error{ErrorKind::machine, std::move(message)} {}
};
template <typename T>
using Attempt = std::expected<T, Setback>;

struct NodeState {
  std::string chain;  // in the node's words: "main", "regtest", ...
  Hash256 genesis;
  std::uint32_t height = 0;
  Hash256 tip;
};

enum class BlockStanding : std::uint8_t {
  unknown,
  known,    // its header at least; its time may have passed, or be still to come
  invalid,  // the node holds it, or one before it, for invalid and will never go there
};

// Hexadecimal answers as they lie in the reply. Movable: a reply's bytes stay where they are.
struct HexTexts {
  std::string reply;
  std::vector<std::string_view> texts;  // into `reply`, in the order of the questions
};

struct MempoolListing {
  std::vector<Hash256> txids;  // sorted
  Hash256 tip;                 // of the node, asked for right after
};

// One answer of a batch. Its result is JSON as it lies in the reply.
struct NodeAnswer {
  std::string_view result;
  std::int64_t error = 0;  // the RPC error's code; 0 without error
  std::string message;     // of the error
};

class NodeRpc {
 public:
  // `address` is the node in messages.
  NodeRpc(HttpClient& http, FileSystem& files, NodeLogin login, std::string address)
      : http_(http), files_(files), login_(std::move(login)), address_(std::move(address)) {}

  const std::string& address() const { return address_; }

  Attempt<NodeState> state();
  // Of the node's active chain, from height `first` on: fewer than `count` where it ends.
  Attempt<std::vector<Hash256>> block_hashes(std::uint32_t first, std::uint32_t count);
  // How a block stands with the node that is not on its active chain.
  Attempt<BlockStanding> standing(const Hash256& hash, std::uint64_t height);
  // The 80 bytes of each.
  Attempt<HexTexts> headers(std::span<const Hash256> hashes);
  // Each block whole. Errors: final (bad_input) for one that the node has pruned.
  Attempt<HexTexts> blocks(std::span<const Hash256> hashes);
  Attempt<MempoolListing> mempool();
  // Unconfirmed transactions; an empty text for one that has left the mempool.
  Attempt<HexTexts> transactions(std::span<const Hash256> txids);

 private:
  struct Call {
    std::string_view method;
    std::string parameters;  // as a JSON list
  };
  struct Answers {
    std::string reply;
    std::vector<NodeAnswer> of;  // in the order of the calls
  };

  struct ChainTip {
    Hash256 hash;
    std::uint64_t height;
    std::uint64_t branch_length;  // blocks that are not on the active chain
  };

  Attempt<Answers> ask(std::span<const Call> calls);
  Attempt<std::string> post(const std::string& body);
  Attempt<std::string> credentials();
  Attempt<HexTexts> ask_for_hex(std::string_view method, std::string_view more,
                                std::span<const Hash256> hashes, bool may_be_gone);
  Attempt<std::vector<ChainTip>> invalid_tips(std::string_view chain_tips) const;
  Attempt<bool> is_above(const ChainTip& tip, const Hash256& hash, std::uint64_t height);
  Setback confused(std::string_view what) const;
  Setback refused(std::string_view method, const NodeAnswer& answer) const;

  HttpClient& http_;
  FileSystem& files_;
  NodeLogin login_;
  std::string address_;
  std::string credentials_;  // from the cookie file; empty after any failure: read again
};

}  // namespace tracehound::chains::bitcoin
