// Every question is a batch, even of one: then an error comes as part of an answer, never as an
// HTTP status. Answers are matched by their id, since a node may give them in any order. A reply is
// read where it lies; a block's hexadecimal text is not copied.
#include "chains/bitcoin/node_rpc.h"

#include <fmt/format.h>
#include <simdjson.h>

#include <algorithm>

#include "base/json.h"

namespace tracehound::chains::bitcoin {

namespace {

namespace ondemand = simdjson::ondemand;
using Kind = Setback::Kind;

// Bitcoin Core's src/rpc/protocol.h; bcoin has the first three in common.
constexpr std::int64_t kMisc = -1;
constexpr std::int64_t kNotFound = -5;
constexpr std::int64_t kOutOfRange = -8;
constexpr std::int64_t kStarting = -28;

// Where a header has the hash of the block before it.
constexpr std::size_t kPreviousAt = 4;

std::string_view trimmed(std::string_view text) {
  auto end = text.find_last_not_of(" \t\r\n");
  return end == text.npos ? std::string_view() : text.substr(0, end + 1);
}

// The JSON text of a value, and past it.
simdjson::simdjson_result<std::string_view> text_of(ondemand::value value) {
  ondemand::json_type type;
  if (auto error = value.type().get(type)) return error;
  if (type == ondemand::json_type::object) {
    ondemand::object object;
    if (auto error = value.get_object().get(object)) return error;
    return object.raw_json();
  }
  if (type == ondemand::json_type::array) {
    ondemand::array array;
    if (auto error = value.get_array().get(array)) return error;
    return array.raw_json();
  }
  return trimmed(value.raw_json_token());
}

// "abc" without its quotes; nothing for anything but a string without escapes.
std::optional<std::string_view> plain_string(std::string_view json) {
  if (json.size() < 2 || json.front() != '"' || json.back() != '"') return std::nullopt;
  json = json.substr(1, json.size() - 2);
  if (json.find('\\') != json.npos) return std::nullopt;
  return json;
}

std::optional<Hash256> hash_of(std::string_view json) {
  auto text = plain_string(json);
  return text ? Hash256::from_text(*text) : std::nullopt;
}

simdjson::error_code read_error(ondemand::value value, NodeAnswer& answer) {
  ondemand::object error_object;
  if (auto error = value.get_object().get(error_object)) return error;
  for (auto part : error_object) {
    std::string_view name;
    if (auto error = part.unescaped_key().get(name)) return error;
    if (name == "code") {
      if (auto error = part.value().get_int64().get(answer.error)) return error;
    } else if (name == "message") {
      std::string_view text;
      if (auto error = part.value().get_string().get(text)) return error;
      answer.message = text;
    }
  }
  return answer.error == 0 ? simdjson::INCORRECT_TYPE : simdjson::SUCCESS;
}

simdjson::error_code read_answer(ondemand::object object, std::uint64_t& id, NodeAnswer& answer) {
  for (auto field : object) {
    std::string_view key;
    if (auto error = field.unescaped_key().get(key)) return error;
    ondemand::value value;
    if (auto error = field.value().get(value)) return error;
    if (key == "id") {
      if (auto error = value.get_uint64().get(id)) return error;
    } else if (key == "result") {
      if (auto error = text_of(value).get(answer.result)) return error;
    } else if (key == "error" && !value.is_null()) {
      if (auto error = read_error(value, answer)) return error;
    }
  }
  return simdjson::SUCCESS;
}

// Whether `reply` holds exactly one answer to each of the calls 0, 1, ...
bool read_answers(std::string& reply, std::vector<NodeAnswer>& answers) {
  std::size_t size = reply.size();
  reply.reserve(size + simdjson::SIMDJSON_PADDING);
  ondemand::parser parser;
  ondemand::document document;
  ondemand::array array;
  if (parser.iterate(reply.data(), size, reply.capacity()).get(document)) return false;
  if (document.get_array().get(array)) return false;
  std::vector<bool> answered(answers.size());
  for (auto element : array) {
    ondemand::object object;
    std::uint64_t id = answers.size();
    NodeAnswer answer;
    if (element.get_object().get(object)) return false;
    if (read_answer(object, id, answer)) return false;
    if (id >= answers.size() || answered[id]) return false;
    answered[id] = true;
    answers[id] = std::move(answer);
  }
  return std::ranges::find(answered, false) == answered.end();
}

std::string quoted(const Hash256& hash) { return fmt::format("\"{}\"", hash.text()); }

}  // namespace

Setback NodeRpc::confused(std::string_view what) const {
  return {Kind::confused, fmt::format("the node at {} {}", address_, what)};
}

Setback NodeRpc::refused(std::string_view method, const NodeAnswer& answer) const {
  return confused(fmt::format("answers {} with the error \"{}\" ({})", method,
                              answer.message.substr(0, 200), answer.error));
}

// ---- one batch ----------------------------------------------------------------------------------

Attempt<std::string> NodeRpc::credentials() {
  if (login_.cookie_file.empty()) {
    return login_.user.empty() ? "" : login_.user + ":" + login_.password;
  }
  if (credentials_.empty()) {
    auto bytes = read_file(files_, login_.cookie_file);
    if (!bytes) {
      return std::unexpected(
          Setback(Kind::unauthorised,
                  fmt::format("{}; the node writes that file when it starts, and may keep it "
                              "elsewhere (its option -rpccookiefile)",
                              bytes.error().message)));
    }
    credentials_ = trimmed({reinterpret_cast<const char*>(bytes->data()), bytes->size()});
  }
  return credentials_;
}

Attempt<std::string> NodeRpc::post(const std::string& body) {
  TRY_ASSIGN(auto login, credentials());
  auto reply = http_.post(login, body);
  if (reply && reply->status == 200) return std::move(reply->body);
  credentials_.clear();
  if (!reply) {
    return std::unexpected(Setback(
        Kind::unreachable, fmt::format("the node at {} {}", address_, reply.error().message)));
  }
  if (reply->status == 401 || reply->status == 403) {
    return std::unexpected(Setback(
        Kind::unauthorised,
        fmt::format("the node at {} does not let us in (HTTP {}); check --cookie, or --user "
                    "and its password, and the node's -rpcallowip",
                    address_, reply->status)));
  }
  if (reply->status == 503) {
    return std::unexpected(Setback(
        Kind::starting, fmt::format("the node at {} is busy or starting (HTTP 503)", address_)));
  }
  return std::unexpected(confused(
      fmt::format("answers with HTTP {}; is that address a node's RPC port?", reply->status)));
}

Attempt<NodeRpc::Answers> NodeRpc::ask(std::span<const Call> calls) {
  std::string body = "[";
  for (std::size_t i = 0; i < calls.size(); ++i) {
    body += fmt::format(R"({}{{"method":"{}","params":{},"id":{}}})", i == 0 ? "" : ",",
                        calls[i].method, calls[i].parameters, i);
  }
  body += "]";
  Answers answers;
  TRY_ASSIGN(answers.reply, post(body));
  answers.of.resize(calls.size());
  if (!read_answers(answers.reply, answers.of)) {
    credentials_.clear();
    return std::unexpected(confused("gives an answer that is cut, or no answer to what was asked"));
  }
  for (const NodeAnswer& answer : answers.of) {
    if (answer.error != kStarting) continue;
    return std::unexpected(Setback(
        Kind::starting,
        fmt::format("the node at {} is starting: {}", address_, answer.message.substr(0, 200))));
  }
  return answers;
}

// ---- questions ----------------------------------------------------------------------------------

Attempt<NodeState> NodeRpc::state() {
  std::vector<Call> calls = {{"getblockchaininfo", "[]"}, {"getblockhash", "[0]"}};
  TRY_ASSIGN(auto answers, ask(calls));
  for (std::size_t i = 0; i < calls.size(); ++i) {
    if (answers.of[i].error != 0) {
      return std::unexpected(refused(calls[i].method, answers.of[i]));
    }
  }
  auto genesis = hash_of(answers.of[1].result);
  simdjson::padded_string text(answers.of[0].result);
  ondemand::parser parser;
  ondemand::document document;
  std::string_view chain;
  std::string_view tip_text;
  std::uint64_t height = 0;
  bool read = parser.iterate(text).get(document) == simdjson::SUCCESS &&
              document["chain"].get_string().get(chain) == simdjson::SUCCESS &&
              document["blocks"].get_uint64().get(height) == simdjson::SUCCESS &&
              document["bestblockhash"].get_string().get(tip_text) == simdjson::SUCCESS;
  auto tip = Hash256::from_text(tip_text);
  if (!read || !genesis || !tip || height >= 0xFFFF'FFFF) {
    return std::unexpected(confused("gives no sensible answer to getblockchaininfo"));
  }
  return NodeState{std::string(chain), *genesis, static_cast<std::uint32_t>(height), *tip};
}

Attempt<std::vector<Hash256>> NodeRpc::block_hashes(std::uint32_t first, std::uint32_t count) {
  std::vector<Call> calls;
  for (std::uint32_t i = 0; i < count; ++i) {
    calls.push_back({"getblockhash", fmt::format("[{}]", first + i)});
  }
  TRY_ASSIGN(auto answers, ask(calls));
  std::vector<Hash256> hashes;
  for (const NodeAnswer& answer : answers.of) {
    if (answer.error == kOutOfRange) break;
    if (answer.error != 0) return std::unexpected(refused("getblockhash", answer));
    auto hash = hash_of(answer.result);
    if (!hash) return std::unexpected(confused("gives no hash for getblockhash"));
    hashes.push_back(*hash);
  }
  return hashes;
}

Attempt<BlockStanding> NodeRpc::standing(const Hash256& hash, std::uint64_t height) {
  std::vector<Call> calls = {{"getblockheader", fmt::format("[{},false]", quoted(hash))},
                             {"getchaintips", "[]"}};
  TRY_ASSIGN(auto answers, ask(calls));
  const NodeAnswer& header = answers.of[0];
  // bcoin says "not found" by another number.
  if (header.error == kNotFound || header.error == kMisc) return BlockStanding::unknown;
  if (header.error != 0) return std::unexpected(refused("getblockheader", header));
  if (answers.of[1].error != 0) return std::unexpected(refused("getchaintips", answers.of[1]));
  TRY_ASSIGN(auto tips, invalid_tips(answers.of[1].result));
  for (const ChainTip& tip : tips) {
    TRY_ASSIGN(bool above, is_above(tip, hash, height));
    if (above) return BlockStanding::invalid;
  }
  return BlockStanding::known;
}

Attempt<std::vector<NodeRpc::ChainTip>> NodeRpc::invalid_tips(std::string_view chain_tips) const {
  simdjson::padded_string text(chain_tips);
  ondemand::parser parser;
  ondemand::document document;
  ondemand::array array;
  std::vector<ChainTip> tips;
  bool read = parser.iterate(text).get(document) == simdjson::SUCCESS &&
              document.get_array().get(array) == simdjson::SUCCESS;
  if (read) {
    for (auto element : array) {
      ChainTip tip{};
      std::string_view hash_text;
      std::string_view status;
      read = element["hash"].get_string().get(hash_text) == simdjson::SUCCESS &&
             element["height"].get_uint64().get(tip.height) == simdjson::SUCCESS &&
             element["branchlen"].get_uint64().get(tip.branch_length) == simdjson::SUCCESS &&
             element["status"].get_string().get(status) == simdjson::SUCCESS;
      auto hash = Hash256::from_text(hash_text);
      read = read && hash.has_value();
      if (!read) break;
      tip.hash = *hash;
      if (status == "invalid") tips.push_back(tip);
    }
  }
  if (!read) return std::unexpected(confused("gives no sensible answer to getchaintips"));
  return tips;
}

// Whether the tip's branch holds the block: follows it down to the block's height.
Attempt<bool> NodeRpc::is_above(const ChainTip& tip, const Hash256& hash, std::uint64_t height) {
  Hash256 at = tip.hash;
  if (tip.height < height || tip.height >= height + tip.branch_length) return false;
  for (std::uint64_t above = tip.height - height; above > 0; --above) {
    TRY_ASSIGN(auto header, headers({&at, 1}));
    auto bytes = from_hex(header.texts.front());
    if (!bytes || bytes->size() < kPreviousAt + at.bytes.size()) {
      return std::unexpected(confused("gives no header for getblockheader"));
    }
    at = Hash256::from_bytes(ByteView(*bytes).subspan(kPreviousAt, at.bytes.size()));
  }
  return at == hash;
}

Attempt<HexTexts> NodeRpc::ask_for_hex(std::string_view method, std::string_view more,
                                       std::span<const Hash256> hashes, bool may_be_gone) {
  std::vector<Call> calls;
  for (const Hash256& hash : hashes) {
    calls.push_back({method, fmt::format("[{}{}]", quoted(hash), more)});
  }
  TRY_ASSIGN(auto answers, ask(calls));
  HexTexts all;
  for (std::size_t i = 0; i < hashes.size(); ++i) {
    const NodeAnswer& answer = answers.of[i];
    bool is_gone = answer.error == kNotFound || answer.error == kMisc;
    if (may_be_gone && is_gone) {
      all.texts.emplace_back();
      continue;
    }
    if (answer.error == kMisc && answer.message.contains("pruned")) {
      return std::unexpected(Setback(Error{
          ErrorKind::bad_input,
          fmt::format("the node at {} has pruned block {}; follow a node that keeps all blocks, or "
                      "begin with `tracehound ingest blocks` on a folder that has it",
                      address_, hashes[i].text())}));
    }
    if (answer.error != 0) return std::unexpected(refused(method, answer));
    auto text = plain_string(answer.result);
    if (!text) return std::unexpected(confused(fmt::format("gives no bytes for {}", method)));
    all.texts.push_back(*text);
  }
  all.reply = std::move(answers.reply);
  return all;
}

Attempt<HexTexts> NodeRpc::headers(std::span<const Hash256> hashes) {
  return ask_for_hex("getblockheader", ",false", hashes, false);
}

// `false` rather than 0: bcoin knows no numbers there.
Attempt<HexTexts> NodeRpc::blocks(std::span<const Hash256> hashes) {
  return ask_for_hex("getblock", ",false", hashes, false);
}

Attempt<HexTexts> NodeRpc::transactions(std::span<const Hash256> txids) {
  return ask_for_hex("getrawtransaction", "", txids, true);
}

Attempt<MempoolListing> NodeRpc::mempool() {
  std::vector<Call> calls = {{"getrawmempool", "[]"}, {"getbestblockhash", "[]"}};
  TRY_ASSIGN(auto answers, ask(calls));
  for (std::size_t i = 0; i < calls.size(); ++i) {
    if (answers.of[i].error != 0) {
      return std::unexpected(refused(calls[i].method, answers.of[i]));
    }
  }
  MempoolListing listing;
  auto tip = hash_of(answers.of[1].result);
  simdjson::padded_string text(answers.of[0].result);
  ondemand::parser parser;
  ondemand::document document;
  ondemand::array array;
  bool read = tip && parser.iterate(text).get(document) == simdjson::SUCCESS &&
              document.get_array().get(array) == simdjson::SUCCESS;
  if (read) {
    for (auto element : array) {
      std::string_view one;
      auto txid = element.get_string().get(one) == simdjson::SUCCESS ? Hash256::from_text(one)
                                                                     : std::nullopt;
      read = txid.has_value();
      if (!read) break;
      listing.txids.push_back(*txid);
    }
  }
  if (!read) return std::unexpected(confused("gives no sensible answer to getrawmempool"));
  std::ranges::sort(listing.txids);
  listing.tip = *tip;
  return listing;
}

}  // namespace tracehound::chains::bitcoin
