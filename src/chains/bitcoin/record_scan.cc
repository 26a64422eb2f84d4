// Walking block files.
//
// A file is a row of records: magic (4 bytes), length (4 bytes), block. While each record is
// followed by another the walk jumps from head to head and reads 88 bytes of each. Where that ends
// - the file's end, the space a node has set aside, or damage - the block in question is decoded
// whole, and its merkle root says whether its length can be believed:
//
//   [magic 215 block][magic 216 block] 00 00 00 ...      the last one is decoded: whole
//   [magic 215 block][magic 216 bloc                     not whole and nothing after: unfinished
//   [magic 99999 block][magic 216 block]                 length wrong: damaged, on to the next
//   magic [magic 215 block] 00 [magic 216 block]               the first is whole; one byte belongs
//   to none
//
// Only after damage is a magic searched for, and it counts only with a length a block can have and
// a header whose proof of work holds, so the same four bytes inside a transaction mislead nobody.
// A length damaged such that it ends exactly where a later record begins is the one case the walk
// cannot see; that block fails when it is decoded for the ledger.

#include "chains/bitcoin/record_scan.h"

#include <fmt/format.h>

#include <algorithm>
#include <iterator>

#include "base/parallel.h"
#include "base/text.h"

namespace tracehound::chains::bitcoin {

namespace {

constexpr std::uint64_t kShortestBlock = kHeaderSize + 1;
// A whole block can end in zeros: the witness of a coinbase (32) and its locktime (4).
constexpr std::uint64_t kMostZerosAtEnd = 36;
constexpr std::uint32_t kFilesAtOnce = 32;  // between two updates of the progress line

bool is_block_length(std::uint64_t length) {
  return kShortestBlock <= length && length <= kMaxBlockSize;
}

class FileWalk {
 public:
  FileWalk(BlockFile bytes, const Network& network, const IsKnown& is_known, std::uint32_t file,
           const std::string& path)
      : bytes_(std::move(bytes)),
        network_(network),
        is_known_(is_known),
        file_(file),
        path_(path),
        size_(bytes_.size()) {}

  Result<RecordScan> run() {
    std::uint64_t at = 0;
    found_.bytes = size_;
    while (at < size_) {
      at = step(at);
      TRY(bytes_.status());
    }
    return std::move(found_);
  }

 private:
  // Notes what lies at `at`; gives where to look next.
  std::uint64_t step(std::uint64_t at);
  std::uint64_t step_bad_block(std::uint64_t at, std::uint64_t end, const Header& header,
                               const std::string& fault);
  std::uint64_t step_too_long(std::uint64_t at, std::uint64_t length,
                              std::optional<Hash256> previous);
  std::uint64_t step_no_record(std::uint64_t at);

  std::uint32_t number_at(std::uint64_t at) {
    return load_le<std::uint32_t>(bytes_.read(at, sizeof(std::uint32_t)).data());
  }
  ByteView header_at(std::uint64_t at) { return bytes_.read(at + kRecordHead, kHeaderSize); }
  bool has_head(std::uint64_t at) {
    return at < size_ && size_ - at >= kRecordHead && number_at(at) == network_.magic;
  }
  bool starts_record(std::uint64_t at) {
    return has_head(at) && is_block_length(number_at(at + 4));
  }
  Status check_proof(const Header& header, std::uint64_t at) {
    if (is_known_(header.hash)) return {};
    return check_proof_of_work(network_, header_at(at), header);
  }

  // Whether no more than the first bytes of a record stand between here and the file's end.
  bool is_beginning(std::uint64_t at);
  // Whether a record that ends here is the last and its space was not filled to the end.
  bool lacks_its_end(std::uint64_t end) {
    static_assert(kMostZerosAtEnd < kShortestBlock);
    return bytes_.is_padding(end - kMostZerosAtEnd - 1, size_);
  }

  // The next record whose header's proof of work holds, at or after `from`; the file's end if none.
  std::uint64_t next_record(std::uint64_t from);

  void accept(std::uint64_t at, std::uint64_t end, const Header& header) {
    auto length = static_cast<std::uint32_t>(end - at - kRecordHead);
    found_.blocks.push_back({header, {file_, at + kRecordHead, length}});
  }
  void damaged(std::uint64_t at, std::string what, std::optional<Hash256> previous = {}) {
    found_.damaged.push_back({path_, at, std::move(what), previous});
  }
  std::uint64_t unfinished(std::uint64_t at, std::string what) {
    found_.unfinished.push_back({path_, at, std::move(what), {}});
    return size_;
  }

  BlockFile bytes_;
  const Network& network_;
  const IsKnown& is_known_;
  std::uint32_t file_;
  const std::string& path_;
  std::uint64_t size_;
  RecordScan found_;
};

std::uint64_t FileWalk::next_record(std::uint64_t from) {
  while (auto hit = bytes_.find(network_.magic, from)) {
    bool whole_header = size_ - *hit >= kRecordHead + kHeaderSize;
    if (whole_header && starts_record(*hit) && check_proof(parse_header(header_at(*hit)), *hit)) {
      return *hit;
    }
    from = *hit + 1;
  }
  return size_;
}

bool FileWalk::is_beginning(std::uint64_t at) {
  Byte magic[4];
  store_le(magic, network_.magic);
  std::uint64_t left = size_ - at;
  ByteView rest = bytes_.read(at, std::min<std::uint64_t>(left, sizeof magic));
  auto written = static_cast<std::uint64_t>(std::ranges::mismatch(rest, magic).in1 - rest.begin());
  if (left < kRecordHead && written == rest.size()) return true;
  return written > 0 && bytes_.is_padding(at + written, size_);
}

std::uint64_t FileWalk::step(std::uint64_t at) {
  if (bytes_.is_padding(at, size_)) return size_;
  if (!has_head(at)) return step_no_record(at);
  std::uint64_t length = number_at(at + 4);
  if (bytes_.is_padding(at + kRecordHead, size_)) {
    return unfinished(at, "only the beginning of the last record is there yet");
  }
  if (size_ - at < kRecordHead + kHeaderSize) return step_too_long(at, length, std::nullopt);
  Header header = parse_header(header_at(at));
  if (!is_block_length(length)) {
    damaged(
        at,
        fmt::format("this record says it is {} long, which no block is", plural(length, "byte")),
        header.previous);
    return next_record(at + 4);
  }
  std::uint64_t end = at + kRecordHead + length;
  if (auto proof = check_proof(header, at); !proof) {
    return step_bad_block(at, end, header, proof.error().message);
  }
  if (end > size_) return step_too_long(at, length, header.previous);
  if (starts_record(end)) {
    accept(at, end, header);
    return end;
  }
  // Not followed by another record: the whole block must bear its length out.
  ByteView block = bytes_.read(at + kRecordHead, length);
  if (auto rows = decode_block(network_, block, thread_hasher()); !rows) {
    return step_bad_block(at, end, header, rows.error().message);
  }
  accept(at, end, header);
  return end;
}

std::uint64_t FileWalk::step_bad_block(std::uint64_t at, std::uint64_t end, const Header& header,
                                       const std::string& fault) {
  if (end <= size_ && lacks_its_end(end)) {
    return unfinished(at, fmt::format("the last record is not whole: the end of its {} bytes is "
                                      "not written yet",
                                      end - at - kRecordHead));
  }
  damaged(at, fmt::format("block {} {}", header.hash.text(), fault), header.previous);
  return starts_record(end) ? end : next_record(at + 4);
}

// The record goes on past the end of the file.
std::uint64_t FileWalk::step_too_long(std::uint64_t at, std::uint64_t length,
                                      std::optional<Hash256> previous) {
  std::uint64_t there = size_ - at - kRecordHead;
  std::uint64_t next = next_record(at + 4);
  if (next == size_) {
    return unfinished(at, fmt::format("the last record is not whole: {} of its {} bytes are there",
                                      there, length));
  }
  damaged(at,
          fmt::format("this record says it is {} bytes long, but another begins at byte {}", length,
                      next),
          previous);
  return next;
}

std::uint64_t FileWalk::step_no_record(std::uint64_t at) {
  if (is_beginning(at)) {
    return unfinished(at, "only the beginning of the last record is there yet");
  }
  std::uint64_t next = next_record(at + 1);
  std::uint64_t size = next - at;
  damaged(at, plural(size, "byte here belongs", "bytes here belong") + " to no record");
  return next;
}

Result<RecordScan> scan_file(const BlockFiles& files, std::uint32_t file, const Network& network,
                             const IsKnown& is_known) {
  TRY_ASSIGN(BlockFile bytes, files.open_file(file));
  return FileWalk(std::move(bytes), network, is_known, file, files.path(file)).run();
}

// The network whose files begin with this magic, and where two share it, with this block.
const Network* network_like(std::uint32_t magic, const Hash256& first_block) {
  const Network* like = nullptr;
  for (const Network& network : networks()) {
    if (network.magic != magic) continue;
    if (like == nullptr || network.genesis == first_block) like = &network;
  }
  return like;
}

// A genesis block (one without a block before it) that is not this network's own.
Status check_genesis(const std::string& path, const Network& network, ByteView bytes) {
  Header header = parse_header(bytes);
  if (header.previous != Hash256{} || header.hash == network.genesis) return {};
  auto other = std::ranges::find(networks(), header.hash, &Network::genesis);
  if (other != networks().end()) {
    return bad_input(
        fmt::format("{} begins with the genesis block of the network {}, not of {}; "
                    "ingest it with --network {}",
                    path, other->name, network.name, other->name));
  }
  if (!check_proof_of_work(network, bytes)) return {};  // damage: the walk says so
  return bad_input(
      fmt::format("{} begins with the genesis block {}, which is not that of the network {} ({})",
                  path, header.hash.text(), network.name, network.genesis.text()));
}

template <typename Element>
void move_to_end(std::vector<Element>& to, std::vector<Element>& from) {
  to.insert(to.end(), std::make_move_iterator(from.begin()), std::make_move_iterator(from.end()));
  from = {};
}

std::unexpected<Error> no_record(const BlockFiles& files, const Network& network,
                                 const RecordScan& found) {
  Byte magic[4];
  store_le(magic, network.magic);
  std::string first;
  for (const auto* list : {&found.damaged, &found.unfinished}) {
    if (first.empty() && !list->empty()) {
      const Damage& damage = list->front();
      first = fmt::format(" ({}, byte {}: {})", damage.file, damage.offset, damage.what);
    }
  }
  return bad_input(fmt::format(
      "no whole block of the network {}, whose records begin with {}, is in the {} of {} ({}){}; "
      "{}",
      network.name, to_hex(magic), plural(files.count(), "block file"), files.folder(),
      plural(files.total_bytes(), "byte"), first,
      files.has_key() ? "check that xor.dat is the key of these files"
                      : "if a node of version 28 or later wrote them, copy its xor.dat beside "
                        "them"));
}

}  // namespace

Status check_network(const BlockFiles& files, const Network& network) {
  std::string other_path;
  const Network* other = nullptr;
  bool ours = false;
  for (std::uint32_t file = 0; file < files.count(); ++file) {
    TRY_ASSIGN(BlockFile bytes, files.open_file(file));
    if (bytes.size() < kRecordHead + kHeaderSize) continue;
    ByteView head = bytes.read(0, kRecordHead + kHeaderSize);
    TRY(bytes.status());
    auto magic = load_le<std::uint32_t>(head.data());
    if (magic == network.magic) {
      ours = true;
      TRY(check_genesis(files.path(file), network, head.subspan(kRecordHead)));
    } else if (other == nullptr) {
      other = network_like(magic, parse_header(head.subspan(kRecordHead)).hash);
      if (other != nullptr) other_path = files.path(file);
    }
  }
  if (ours || other == nullptr) return {};
  return bad_input(
      fmt::format("{} looks like a file of the network {}, not of {}; ingest it with "
                  "--network {}",
                  other_path, other->name, network.name, other->name));
}

Result<RecordScan> scan_records(const BlockFiles& files, const Network& network,
                                const IsKnown& is_known, Progress& progress) {
  RecordScan all;
  for (std::uint32_t first = 0; first < files.count(); first += kFilesAtOnce) {
    std::uint32_t count = std::min(kFilesAtOnce, files.count() - first);
    std::vector<Result<RecordScan>> scans(count);
    parallel_for(count, [&](std::size_t i) {
      scans[i] = scan_file(files, first + static_cast<std::uint32_t>(i), network, is_known);
    });
    for (auto& scan : scans) {
      TRY(scan);
      move_to_end(all.blocks, scan->blocks);
      move_to_end(all.damaged, scan->damaged);
      move_to_end(all.unfinished, scan->unfinished);
      all.bytes += scan->bytes;
    }
    progress.update(all.bytes);
  }
  if (all.blocks.empty()) return no_record(files, network, all);
  return all;
}

}  // namespace tracehound::chains::bitcoin
