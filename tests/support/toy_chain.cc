#include "support/toy_chain.h"

#include <fmt/format.h>

#include <charconv>
#include <sstream>
#include <stdexcept>

#include "base/json.h"
#include "ledger/overlay.h"
#include "ledger/writer.h"

namespace tracehound::test {

namespace {

constexpr const char* kFolder = "toy";

[[noreturn]] void broken(const std::string& why) { throw std::runtime_error("toy chain: " + why); }

template <typename T>
T must(Result<T> result) {
  if (!result) broken(result.error().message);
  return std::move(*result);
}
void must(Status status) {
  if (!status) broken(status.error().message);
}

std::uint64_t number_of(std::string_view text) {
  std::uint64_t number = 0;
  auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), number);
  if (error != std::errc() || end != text.data() + text.size()) {
    broken(fmt::format("'{}' is not a number", text));
  }
  return number;
}

Hash256 hash_of_name(std::string_view kind, std::string_view name) {
  return thread_hasher().sha256d(as_bytes(fmt::format("{}:{}", kind, name)));
}

ByteView address_payload(const Hash256& hash) { return hash.view().first(20); }

// "t:0" as an outpoint.
ledger::Outpoint outpoint_of(std::string_view coin) {
  std::size_t colon = coin.rfind(':');
  if (colon == std::string_view::npos) broken(fmt::format("'{}' is no coin", coin));
  return {hash_of_name("transaction", coin.substr(0, colon)),
          static_cast<std::uint32_t>(number_of(coin.substr(colon + 1)))};
}

// Collects blocks line by line and appends each when the next begins.
class Builder {
 public:
  Builder(FileSystem& disk, const std::string& chain)
      : writer_(must(ledger::Writer::open(disk, kFolder, chain))) {}

  void read(std::string_view text) {
    for (const std::string& line : lines_of(text)) {
      std::vector<std::string> words = words_of(line);
      if (words.empty()) continue;
      try {
        read_line(words);
      } catch (const std::runtime_error& error) {
        throw std::runtime_error(fmt::format("{} in line '{}'", error.what(), line));
      }
    }
    finish_block();
    must(writer_.commit());
  }

  // What stands under "mempool".
  std::optional<ledger::UnconfirmedRows> mempool() const {
    if (!mempool_) return std::nullopt;
    ledger::UnconfirmedRows rows{.rows = block_, .first_seen = {}, .taken_at = ToyChain::kTakenAt};
    for (std::uint32_t i = 0; i < block_.transactions.size(); ++i) {
      rows.first_seen.push_back(ToyChain::kTakenAt - 1000 + 10 * i);
    }
    return rows;
  }

  std::vector<std::string> names;  // of the transactions
  std::vector<std::size_t> output_counts;
  std::vector<std::string> addresses;  // of the outputs

 private:
  void read_line(const std::vector<std::string>& words) {
    if (mempool_ && words[0] != "tx") broken("the mempool holds only 'tx' and comes last");
    if (words.size() == 1 && (words[0] == "block" || words[0] == "mempool")) {
      finish_block();
      mempool_ = words[0] == "mempool";
      open_ = true;
      return;
    }
    if (words.size() < 3 || !words[1].ends_with(':')) broken("expected 'mine NAME: ...' or 'tx'");
    std::string name = words[1].substr(0, words[1].size() - 1);
    if (!open_) broken("no block yet");
    if (words[0] == "mine") {
      if (!block_.transactions.empty()) broken("the coinbase goes first");
      add(name, {}, {words.begin() + 2, words.end()});
    } else if (words[0] == "tx") {
      auto arrow = std::find(words.begin(), words.end(), "->");
      if (arrow == words.end()) broken("no '->'");
      add_default_coinbase();
      add(name, {words.begin() + 2, arrow}, {arrow + 1, words.end()});
    } else {
      broken(fmt::format("'{}' is not understood", words[0]));
    }
  }

  void add_default_coinbase() {
    if (mempool_) return;
    if (block_.transactions.empty()) add(fmt::format("base{}", height_), {}, {"5000@miner"});
  }

  void add(const std::string& name, const std::vector<std::string>& inputs,
           const std::vector<std::string>& outputs) {
    ledger::TxRow row;
    row.txid = hash_of_name("transaction", name);
    row.inputs = static_cast<std::uint32_t>(inputs.size());
    row.outputs = static_cast<std::uint32_t>(outputs.size());
    block_.transactions.push_back(row);
    for (const std::string& input : inputs) block_.inputs.push_back(outpoint_of(input));
    for (std::size_t i = 0; i < outputs.size(); ++i) {
      add_output(outputs[i], fmt::format("{}:{}", name, i));
    }
    names.push_back(name);
    output_counts.push_back(outputs.size());
  }

  void add_output(std::string text, const std::string& own_name) {
    ledger::OutputRow row;
    row.script = ledger::ScriptKind::pubkey_hash;
    row.address_kind = ledger::AddressKind::pubkey_hash;
    if (text.ends_with('!')) {
      text.pop_back();
      row.script = ledger::ScriptKind::op_return;
      row.address_kind = ledger::AddressKind::op_return;
    }
    std::size_t at = text.find('@');
    std::string address = at == std::string::npos ? own_name : text.substr(at + 1);
    row.value = number_of(std::string_view(text).substr(0, at));
    Hash256 hash = hash_of_name("address", address);
    row.payload_start = static_cast<std::uint32_t>(block_.payloads.size());
    row.payload_size = 20;
    for (Byte byte : address_payload(hash)) block_.payloads.push_back(byte);
    block_.outputs.push_back(row);
    addresses.push_back(address);
  }

  void finish_block() {
    if (!open_ || mempool_) return;
    add_default_coinbase();
    store_le<std::uint32_t>(block_.header.data(), 1);
    if (auto tip = writer_.tip_hash()) {
      std::ranges::copy(tip->bytes, block_.header.begin() + 4);
    }
    store_le<std::uint32_t>(block_.header.data() + 68, 1'600'000'000 + 600 * height_);
    block_.hash = thread_hasher().sha256d(block_.header);
    must(writer_.append(block_));
    block_ = {};
    open_ = false;
    ++height_;
  }

  ledger::Writer writer_;
  ledger::BlockRows block_;
  std::uint32_t height_ = 0;
  bool open_ = false;
  bool mempool_ = false;
};

}  // namespace

ToyChain::ToyChain(std::string_view text, const std::string& chain) {
  Builder builder(disk_, chain);
  builder.read(text);
  ledger_.push_back(must(ledger::Ledger::open(disk_, kFolder)));
  if (auto mempool = builder.mempool()) {
    must(ledger::add_unconfirmed(disk_, ledger_.front(), *mempool));
  }
  // What the mempool could not have is named by the builder and not in the ledger.
  std::size_t output = 0;
  for (std::size_t i = 0; i < builder.names.size(); ++i) {
    std::size_t first = output;
    output += builder.output_counts[i];
    TxId tx(static_cast<std::uint32_t>(names_.size()));
    if (tx.number() == ledger().counts().transactions ||
        ledger().txid(tx) != hash_of_name("transaction", builder.names[i])) {
      continue;
    }
    names_.push_back(builder.names[i]);
    for (CoinId coin : ledger().outputs(tx)) {
      addresses_.try_emplace(ledger().address(coin), builder.addresses[first++]);
    }
  }
}

CoinId ToyChain::coin(std::string_view name) const {
  auto coin = ledger().find_coin(outpoint_of(name));
  if (!coin) broken(fmt::format("no coin '{}'", name));
  return *coin;
}

TxId ToyChain::transaction(std::string_view name) const {
  auto tx = ledger().find_transaction(hash_of_name("transaction", name));
  if (!tx) broken(fmt::format("no transaction '{}'", name));
  return *tx;
}

AddressId ToyChain::address(std::string_view name) const {
  for (const auto& [address, known] : addresses_) {
    if (known == name) return address;
  }
  broken(fmt::format("no address '{}'", name));
}

std::string ToyChain::seed_text(std::string_view seed) const {
  std::size_t colon = seed.find(':');
  return hash_of_name("transaction", seed.substr(0, colon)).text() +
         std::string(seed.substr(colon));
}

std::string ToyChain::coin_name(CoinId coin) const {
  return fmt::format("{}:{}", transaction_name(ledger().creator(coin)),
                     ledger().output_number(coin));
}

std::string ToyChain::address_name(AddressId address) const { return addresses_.at(address); }

std::string ToyChain::dump() const {
  JsonWriter json(0);
  json.open_list();
  for (std::uint32_t row = 0; row < ledger().counts().transactions; ++row) {
    TxId tx(row);
    json.open_object();
    json.key("name").value(transaction_name(tx));
    json.key("inputs").open_list();
    for (std::uint64_t i = 0; i < ledger().input_count(tx); ++i) {
      json.value(ledger().input(tx, i).number());
    }
    json.close_list().key("outputs").open_list();
    for (CoinId coin : ledger().outputs(tx)) {
      json.open_object();
      json.key("value").amount(ledger().value(coin));
      json.key("address").value(address_name(ledger().address(coin)));
      json.key("unspendable").value(ledger().script(coin) == ledger::ScriptKind::op_return);
      json.close_object();
    }
    json.close_list().close_object();
  }
  json.close_list();
  return json.take();
}

std::vector<std::string> words_of(std::string_view line) {
  std::istringstream stream{std::string(line.substr(0, line.find('#')))};
  std::vector<std::string> words;
  for (std::string word; stream >> word;) words.push_back(word);
  return words;
}

std::vector<std::string> lines_of(std::string_view text) {
  std::istringstream stream{std::string(text)};
  std::vector<std::string> lines;
  for (std::string line; std::getline(stream, line);) lines.push_back(line);
  return lines;
}

}  // namespace tracehound::test
