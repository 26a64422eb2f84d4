// A transaction of the mempool can spend from another one there, and whoever reads the file front
// to back wants to have read that one before. So it is written in topological order (Kahn's
// method): those that spend from nothing here are ready; each one written makes those ready that
// waited for it alone; of all that are ready the smallest txid goes next, so that the order is a
// property of the set. n log n.
//
//   b spends from c; a and c from confirmed coins:   a c b
#include "chains/bitcoin/mempool.h"

#include <fmt/format.h>

#include <algorithm>
#include <charconv>
#include <functional>
#include <queue>
#include <string_view>

#include "base/check.h"
#include "chains/bitcoin/transaction.h"

namespace tracehound::chains::bitcoin {

namespace {

constexpr std::string_view kTitle = "tracehound mempool 1";
constexpr std::size_t kEntryHead = 8;  // first seen, length

std::string_view as_text(ByteView bytes) {
  return {reinterpret_cast<const char*>(bytes.data()), bytes.size()};
}

std::string head_text(std::string_view chain, const Hash256& tip, std::uint32_t taken_at,
                      std::uint64_t count, ByteView entries) {
  return fmt::format("{}\nchain {}\ntip {}\ntaken_at {}\ntransactions {}\nchecksum {:016x}\n",
                     kTitle, chain, tip.text(), taken_at, count, xxh3(entries));
}

// Reads "NAME VALUE" lines off the front of the file.
class HeadReader {
 public:
  explicit HeadReader(std::string_view text) : text_(text) {}

  std::string_view line() {
    auto end = text_.substr(0, kLongestLine).find('\n');
    if (end == text_.npos) {
      ok_ = false;
      return {};
    }
    std::string_view line = text_.substr(0, end);
    text_.remove_prefix(end + 1);
    position_ += end + 1;
    return line;
  }
  std::string_view value(std::string_view name) {
    std::string_view all = line();
    if (!all.starts_with(name) || !all.substr(name.size()).starts_with(' ')) {
      ok_ = false;
      return {};
    }
    return all.substr(name.size() + 1);
  }
  template <typename Number>
  Number number(std::string_view name, int base = 10) {
    std::string_view text = value(name);
    Number number{};
    auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), number, base);
    if (error != std::errc() || end != text.data() + text.size()) ok_ = false;
    return number;
  }
  bool ok() const { return ok_; }
  std::size_t position() const { return position_; }

 private:
  static constexpr std::size_t kLongestLine = 100;

  std::string_view text_;
  std::size_t position_ = 0;
  bool ok_ = true;
};

std::unexpected<Error> damaged(const std::string& path, std::string_view what) {
  return machine_error(fmt::format(
      "the mempool file {} {}; `tracehound follow` writes it anew, or remove it", path, what));
}

}  // namespace

std::string mempool_path(const std::string& ledger_folder) { return ledger_folder + "/mempool"; }

Result<std::optional<MempoolFile>> read_mempool(FileSystem& files,
                                                const std::string& ledger_folder) {
  std::string path = mempool_path(ledger_folder);
  if (!files.exists(path)) return std::nullopt;
  MempoolFile file;
  TRY_ASSIGN(file.bytes, files.map(path));
  ByteView all = file.bytes->bytes();
  HeadReader head(as_text(all));
  std::string_view title = head.line();
  if (title.starts_with("tracehound mempool ") && title != kTitle) {
    return damaged(path, fmt::format("is of another version (\"{}\")", title));
  }
  if (title != kTitle) return damaged(path, "does not begin as one");
  file.chain = head.value("chain");
  auto tip = Hash256::from_text(head.value("tip"));
  file.taken_at = head.number<std::uint32_t>("taken_at");
  auto count = head.number<std::uint64_t>("transactions");
  auto checksum = head.number<std::uint64_t>("checksum", 16);
  if (!head.ok() || !tip) return damaged(path, "has a damaged head");
  file.tip = *tip;

  ByteView entries = all.subspan(head.position());
  if (checksum != xxh3(entries))
    return damaged(path, "does not have the bytes it was written with");
  ByteReader reader(entries);
  if (count > entries.size() / kEntryHead) return damaged(path, "counts more than it can hold");
  file.transactions.reserve(count);
  for (std::uint64_t i = 0; i < count; ++i) {
    std::size_t at = head.position() + reader.position();
    auto first_seen = reader.number<std::uint32_t>();
    auto length = reader.number<std::uint32_t>();
    ByteView raw = reader.take(length);
    if (!reader.ok()) {
      return damaged(path, fmt::format("ends inside transaction {} at byte {}", i, at));
    }
    if (length > kMaxBlockSize) {
      return damaged(path, fmt::format("has a transaction of {} bytes at byte {}", length, at));
    }
    file.transactions.push_back({first_seen, raw});
  }
  if (reader.remaining() > 0) return damaged(path, "goes on past its last transaction");
  return file;
}

bool Mempool::add(const Hash256& txid, std::uint32_t first_seen, Bytes raw) {
  if (raw.size() > kMaxBlockSize) return false;
  ByteReader reader(raw);
  ledger::BlockRows rows;
  auto parsed = parse_transaction(network_, reader, thread_hasher(), rows);
  if (!parsed || parsed->coinbase || reader.remaining() > 0) return false;
  if (rows.transactions.front().txid != txid) return false;
  std::vector<Hash256> spends_from;
  for (const auto& input : rows.inputs) spends_from.push_back(input.txid);
  std::ranges::sort(spends_from);
  auto repeats = std::ranges::unique(spends_from);
  spends_from.erase(repeats.begin(), repeats.end());
  transactions_.insert_or_assign(txid,
                                 Transaction{first_seen, std::move(raw), std::move(spends_from)});
  return true;
}

void Mempool::add_all(const MempoolFile& file) {
  for (const UnconfirmedTransaction& tx : file.transactions) {
    ByteReader reader(tx.raw);
    ledger::BlockRows rows;
    if (!parse_transaction(network_, reader, thread_hasher(), rows)) continue;
    add(rows.transactions.front().txid, tx.first_seen, Bytes(tx.raw.begin(), tx.raw.end()));
  }
}

std::size_t Mempool::keep_only(std::span<const Hash256> sorted_txids) {
  return std::erase_if(transactions_, [&](const auto& entry) {
    return !std::ranges::binary_search(sorted_txids, entry.first);
  });
}

std::vector<const Mempool::Transaction*> Mempool::in_order() const {
  std::map<Hash256, std::size_t> waits_for;         // how many of the mempool it still waits for
  std::map<Hash256, std::vector<Hash256>> waiting;  // who waits for it
  std::priority_queue<Hash256, std::vector<Hash256>, std::greater<>> ready;
  for (const auto& [txid, tx] : transactions_) {
    std::size_t parents = 0;
    for (const Hash256& parent : tx.spends_from) {
      if (!transactions_.contains(parent)) continue;
      ++parents;
      waiting[parent].push_back(txid);
    }
    if (parents == 0)
      ready.push(txid);
    else
      waits_for[txid] = parents;
  }
  std::vector<const Transaction*> order;
  while (!ready.empty()) {
    Hash256 next = ready.top();
    ready.pop();
    order.push_back(&transactions_.at(next));
    auto children = waiting.find(next);
    if (children == waiting.end()) continue;
    for (const Hash256& child : children->second) {
      if (--waits_for[child] == 0) ready.push(child);
    }
  }
  // A txid is a hash of what it spends from: there can be no circle.
  CHECK(order.size() == transactions_.size());
  return order;
}

Bytes Mempool::file_bytes(const Hash256& tip, std::uint32_t taken_at) const {
  Bytes entries;
  for (const Transaction* tx : in_order()) {
    std::size_t at = entries.size();
    entries.resize(at + kEntryHead);
    store_le(entries.data() + at, tx->first_seen);
    store_le(entries.data() + at + 4, static_cast<std::uint32_t>(tx->raw.size()));
    entries.insert(entries.end(), tx->raw.begin(), tx->raw.end());
  }
  std::string head = head_text(network_.chain, tip, taken_at, transactions_.size(), entries);
  ByteView head_bytes = as_bytes(head);
  Bytes all;
  all.reserve(head.size() + entries.size());
  all.insert(all.end(), head_bytes.begin(), head_bytes.end());
  all.insert(all.end(), entries.begin(), entries.end());
  return all;
}

static Status write_new(FileSystem& files, const std::string& path, ByteView bytes) {
  TRY_ASSIGN(auto file, files.open_write(path));
  TRY(file->truncate(0));
  return file->append(bytes);
}

Status write_mempool(FileSystem& files, const std::string& ledger_folder, ByteView bytes) {
  std::string path = mempool_path(ledger_folder);
  std::string fresh = path + ".new";
  Status done = write_new(files, fresh, bytes);
  if (done) done = files.rename(fresh, path);
  if (!done && files.exists(fresh)) (void)files.remove(fresh);
  return done;
}

}  // namespace tracehound::chains::bitcoin
