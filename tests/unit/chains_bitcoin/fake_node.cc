#include "unit/chains_bitcoin/fake_node.h"

#include <fmt/format.h>
#include <simdjson.h>

#include <algorithm>
#include <stdexcept>

namespace tracehound::chains::bitcoin {

namespace {

std::string error_answer(int code, std::string_view message) {
  return fmt::format(R"("error":{{"code":{},"message":"{}"}},"result":null)", code, message);
}

std::string result_answer(std::string_view json) {
  return fmt::format(R"("result":{},"error":null)", json);
}

std::string in_quotes(std::string_view text) { return fmt::format("\"{}\"", text); }

struct Asked {
  std::string method;
  std::vector<std::string> parameters;  // strings without quotes, others as JSON
  std::uint64_t id;
};

std::vector<Asked> read_batch(std::string_view body) {
  std::vector<Asked> calls;
  simdjson::dom::parser parser;
  simdjson::padded_string text(body);
  for (simdjson::dom::element call : simdjson::dom::array(parser.parse(text))) {
    Asked asked{std::string(std::string_view(call["method"])), {}, call["id"]};
    for (simdjson::dom::element parameter : simdjson::dom::array(call["params"])) {
      std::string_view plain;
      if (parameter.get(plain) == simdjson::SUCCESS) {
        asked.parameters.emplace_back(plain);
      } else {
        asked.parameters.push_back(simdjson::minify(parameter));
      }
    }
    calls.push_back(std::move(asked));
  }
  return calls;
}

}  // namespace

HttpReply ok(std::string body) { return {200, std::move(body)}; }

std::string error_batch(const std::string& asked, int code, const std::string& message) {
  std::string all;
  for (const Asked& call : read_batch(asked)) {
    all += fmt::format("{}{{{},\"id\":{}}}", all.empty() ? "" : ",", error_answer(code, message),
                       call.id);
  }
  return "[" + all + "]";
}

void FakeNode::set_chain(const std::vector<Bytes>& blocks) {
  active_.clear();
  for (const Bytes& block : blocks) {
    active_.push_back(test::block_hash(block));
    known_[active_.back()] = block;
  }
}

Result<HttpReply> FakeNode::post(const std::string& credentials, std::string_view body) {
  asked.emplace_back(body);
  if (instead) {
    if (auto reply = instead(asked.back())) return std::move(*reply);
  }
  if (!wants.empty() && credentials != wants) return HttpReply{401, ""};
  std::vector<std::string> answers;
  for (const Asked& call : read_batch(body)) {
    answers.push_back(
        fmt::format("{{{},\"id\":{}}}", answer(call.method, call.parameters), call.id));
  }
  if (backwards) std::ranges::reverse(answers);
  return ok(fmt::format("[{}]\n", fmt::join(answers, ",")));
}

std::string FakeNode::answer(std::string_view method, const std::vector<std::string>& parameters) {
  if (method == "getblockchaininfo") {
    return result_answer(fmt::format(
        R"({{"chain":"regtest","blocks":{},"headers":{},"bestblockhash":"{}","pruned":false}})",
        active_.size() - 1, active_.size() - 1, tip().text()));
  }
  if (method == "getbestblockhash") return result_answer(in_quotes(tip().text()));
  if (method == "getchaintips") return result_answer(chain_tips());
  if (method == "getblockhash") {
    auto height = std::stoull(parameters.at(0));
    if (height >= active_.size()) return error_answer(-8, "Block height out of range");
    return result_answer(in_quotes(active_[height].text()));
  }
  if (method == "getrawmempool") {
    std::vector<std::string> txids;
    for (const auto& [txid, raw] : mempool) txids.push_back(in_quotes(txid.text()));
    return result_answer(fmt::format("[{}]", fmt::join(txids, ", ")));
  }
  Hash256 hash = Hash256::from_text(parameters.at(0)).value();
  if (method == "getrawtransaction") {
    auto found = mempool.find(hash);
    if (found == mempool.end() || gone.contains(hash)) return error_answer(-5, "No such tx");
    return result_answer(in_quotes(to_hex(found->second)));
  }
  return block_answer(method, hash);
}

std::string FakeNode::block_answer(std::string_view method, const Hash256& hash) {
  auto found = known_.find(hash);
  if (found == known_.end()) return error_answer(-5, "Block not found");
  const Bytes& block = lies.contains(hash) ? lies.at(hash) : found->second;
  if (method == "getblockheader") {
    return result_answer(in_quotes(to_hex(ByteView(block).first(80))));
  }
  if (method != "getblock") throw std::runtime_error(fmt::format("who asks for {}?", method));
  if (pruned.contains(hash)) return error_answer(-1, "Block not available (pruned data)");
  return result_answer(in_quotes(to_hex(block)));
}

std::string FakeNode::chain_tips() const {
  std::string tips = fmt::format(R"({{"height":{},"hash":"{}","branchlen":0,"status":"active"}})",
                                 active_.size() - 1, tip().text());
  for (const Hash256& hash : invalid) {
    std::size_t length = 0;
    Hash256 at = hash;
    while (std::ranges::find(active_, at) == active_.end()) {
      ++length;
      at = Hash256::from_bytes(ByteView(known_.at(at)).subspan(4, 32));
    }
    auto fork = static_cast<std::size_t>(std::ranges::find(active_, at) - active_.begin());
    tips += fmt::format(R"(,{{"height":{},"hash":"{}","branchlen":{},"status":"invalid"}})",
                        fork + length, hash.text(), length);
  }
  return "[" + tips + "]";
}

void StoryClock::sleep(Milliseconds most) {
  now_ += most;
  pauses.push_back(most);
  if (pauses.size() >= longest) end();
}

void StoryClock::wait(Milliseconds most) {
  now_ += most;
  if (story.empty()) {
    end();
    return;
  }
  auto step = std::move(story.front());
  story.pop_front();
  step();
}

}  // namespace tracehound::chains::bitcoin
