// How many blocks of 2,000 transactions does `follow` take from a node in a second?
//
// Napkin: such a block is 0.8 MB, 1.6 MB as the hexadecimal text that a node sends. Receiving and
// reading that text takes some 3 ms, decoding it 1 ms, parsing and hashing 2 ms, rows, indexes and
// commits 4 ms: 10 ms on one core, and half of it side by side with the other half. A node of the
// real kind reads each block from its disk and writes the text at some 200 MB/s; this one has the
// text ready, so that the figure is ours. The floor asks it for the same text and reads none.
//
//   TRACEHOUND_BENCH_BLOCKS=600 script/bench follow      # blocks of the chain; default 200
#include <arpa/inet.h>
#include <benchmark/benchmark.h>
#include <fmt/format.h>
#include <netinet/in.h>
#include <simdjson.h>
#include <spawn.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

#include <chrono>
#include <cstdlib>
#include <filesystem>
#include <thread>
#include <unordered_map>

#include "base/check.h"
#include "base/http.h"
#include "chains/bitcoin/node_rpc.h"
#include "chains/bitcoin/record_scan.h"
#include "simulated_chain.h"

extern char** environ;

namespace tracehound {
namespace {

namespace bitcoin = chains::bitcoin;

constexpr std::uint32_t kTxsPerBlock = 2'000;
constexpr std::uint32_t kYoungBlocks = 160;  // a simulated chain begins with smaller ones

// A node's RPC port, with every block's answer ready. One connection at a time.
class Node {
 public:
  Node() {
    make_chain();
    listener_ = ::socket(AF_INET, SOCK_STREAM, 0);
    sockaddr_in place{};
    place.sin_family = AF_INET;
    place.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    socklen_t size = sizeof place;
    CHECK(::bind(listener_, reinterpret_cast<sockaddr*>(&place), size) == 0);
    CHECK(::listen(listener_, 4) == 0);
    CHECK(::getsockname(listener_, reinterpret_cast<sockaddr*>(&place), &size) == 0);
    url = fmt::format("http://127.0.0.1:{}/", ntohs(place.sin_port));
    std::thread([this] { serve(); }).detach();
  }

  TemporaryFolder folder{"follow_bench"};
  std::string url;
  std::vector<Hash256> hashes;
  std::uint64_t block_bytes = 0;

 private:
  void make_chain();
  void serve();
  void converse(int peer);
  void answer(std::string_view body, std::string& reply) const;

  int listener_ = -1;
  std::unordered_map<std::string, std::string> blocks_;  // hash -> the answer to getblock
};

std::uint64_t wanted_blocks() { return wanted("TRACEHOUND_BENCH_BLOCKS", 200); }

void Node::make_chain() {
  tracehound::make_chain(folder.path() + "/world",
                         kYoungBlocks + static_cast<std::uint32_t>(wanted_blocks()), kTxsPerBlock);
  auto files = bitcoin::BlockFiles::open(posix_files(), folder.path() + "/world/blocks");
  CHECK(files.has_value());
  Progress silent("", "", 1, 1.0, false);
  auto scan = bitcoin::scan_records(
      *files, *bitcoin::find_network("regtest"), [](const Hash256&) { return true; }, silent);
  CHECK(scan.has_value());
  Bytes scratch;
  for (const auto& found : scan->blocks) {  // which lie in chain order
    hashes.push_back(found.header.hash);
    block_bytes += found.place.size;
    auto bytes = files->load(found.place, scratch);
    CHECK(bytes.has_value());
    blocks_[hashes.back().text()] = to_hex(*bytes);
  }
}

void Node::answer(std::string_view body, std::string& reply) const {
  simdjson::dom::parser parser;
  simdjson::padded_string text(body);
  reply.assign(1, '[');
  for (simdjson::dom::element call : simdjson::dom::array(parser.parse(text))) {
    std::string_view method = call["method"];
    if (reply.size() > 1) reply += ',';
    reply += "{\"result\":";
    if (method == "getblock") {
      std::string_view hash = call["params"].at(0);
      reply += '"';
      reply += blocks_.at(std::string(hash));
      reply += '"';
    } else if (method == "getblockhash") {
      std::uint64_t height = call["params"].at(0);
      reply += height < hashes.size() ? fmt::format("\"{}\"", hashes[height].text()) : "null";
      if (height >= hashes.size()) reply += R"(,"error":{"code":-8,"message":"out of range"})";
    } else if (method == "getrawmempool") {
      reply += "[]";
    } else if (method == "getbestblockhash") {
      reply += fmt::format("\"{}\"", hashes.back().text());
    } else {
      reply += fmt::format(R"({{"chain":"regtest","blocks":{},"bestblockhash":"{}"}})",
                           hashes.size() - 1, hashes.back().text());
    }
    reply += fmt::format(",\"id\":{}}}", std::uint64_t(call["id"]));
  }
  reply += ']';
}

void Node::serve() {
  while (true) {
    int peer = ::accept(listener_, nullptr, nullptr);
    if (peer < 0) return;
    converse(peer);
    ::close(peer);
  }
}

void Node::converse(int peer) {
  std::string text;
  std::string reply;
  std::vector<char> buffer(1 << 16);
  while (true) {
    auto end = text.find("\r\n\r\n");
    std::size_t length = 0;
    if (end != text.npos) {
      auto at = text.find("Content-Length: ") + 16;
      std::from_chars(text.data() + at, text.data() + text.size(), length);
    }
    if (end == text.npos || text.size() < end + 4 + length) {
      ssize_t got = ::recv(peer, buffer.data(), buffer.size(), 0);
      if (got <= 0) return;
      text.append(buffer.data(), static_cast<std::size_t>(got));
      continue;
    }
    answer(std::string_view(text).substr(end + 4, length), reply);
    text.erase(0, end + 4 + length);
    std::string head = fmt::format("HTTP/1.1 200 OK\r\nContent-Length: {}\r\n\r\n", reply.size());
    for (std::string_view part : {std::string_view(head), std::string_view(reply)}) {
      while (!part.empty()) {
        ssize_t put = ::send(peer, part.data(), part.size(), MSG_NOSIGNAL);
        if (put <= 0) return;
        part.remove_prefix(static_cast<std::size_t>(put));
      }
    }
  }
}

Node& node() {
  static Node made;
  return made;
}

void count(benchmark::State& state, std::chrono::steady_clock::time_point start) {
  double seconds = std::chrono::duration<double>(std::chrono::steady_clock::now() - start).count();
  state.SetIterationTime(seconds);
  // The chain's first blocks are smaller: taken, and not counted.
  state.counters["blocks/s"] = static_cast<double>(wanted_blocks()) / seconds;
  state.counters["MB/s"] = static_cast<double>(node().block_bytes) / 1e6 / seconds;
}

void floor(benchmark::State& state) {
  node();
  for (auto _ : state) {
    auto start = std::chrono::steady_clock::now();
    auto http = open_http(node().url, {}, [] { return false; });
    bitcoin::NodeRpc rpc(**http, posix_files(), {}, node().url);
    for (std::size_t i = 0; i < node().hashes.size(); i += 10) {
      std::size_t some = std::min<std::size_t>(10, node().hashes.size() - i);
      CHECK(rpc.blocks(std::span(node().hashes).subspan(i, some)).has_value());
    }
    count(state, start);
  }
}
BENCHMARK(floor)->Iterations(1)->UseManualTime()->Unit(benchmark::kMillisecond);

void follow(benchmark::State& state) {
  node();
  for (auto _ : state) {
    std::string ledger = node().folder.path() + "/ledger";
    std::filesystem::remove_all(ledger);
    std::string words[] = {TRACEHOUND_PROGRAM, "follow",         "--rpc",   node().url, "--network",
                           "regtest",          "--until-synced", "--quiet", "--ledger", ledger};
    std::vector<char*> arguments;
    for (std::string& word : words) arguments.push_back(word.data());
    arguments.push_back(nullptr);
    auto start = std::chrono::steady_clock::now();
    pid_t process = 0;
    CHECK(::posix_spawn(&process, words[0].c_str(), nullptr, nullptr, arguments.data(), environ) ==
          0);
    int status = 0;
    rusage usage{};
    CHECK(::wait4(process, &status, 0, &usage) == process && status == 0);
    count(state, start);
    auto seconds = [](const timeval& time) {
      return static_cast<double>(time.tv_sec) + static_cast<double>(time.tv_usec) / 1e6;
    };
    // On a machine with other work, this is the figure to believe.
    state.counters["cpu_ms/block"] = 1e3 * (seconds(usage.ru_utime) + seconds(usage.ru_stime)) /
                                     static_cast<double>(wanted_blocks());
  }
}
BENCHMARK(follow)->Iterations(1)->UseManualTime()->Unit(benchmark::kMillisecond);

}  // namespace
}  // namespace tracehound
