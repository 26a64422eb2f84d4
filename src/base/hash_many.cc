// Problem: double SHA-256 of thousands of short messages, two at a time, when no two are equally
// long and some lie in pieces.
// Method: two lanes. A lane works through its message in runs of whole blocks: those that lie in
// one piece are compressed where they lie; those across a seam, the padded end and the block of the
// second hash are put together in the lane's buffer. Both lanes go on by the shorter of their runs,
// and a lane that has finished takes the next message, whatever the other is at.
// Example: version (4 bytes), body (200), lock time (4): a run of 1 block from the buffer, 2 of the
// body in place, 1 with the end and the padding, 1 for the second hash.
// Cost: 23 ns a block where one after another takes 41 (bench/hash_bench.cc); only the end of the
// last message has no company.
#include <algorithm>

#include "base/check.h"
#include "base/hash.h"

namespace tracehound {
namespace {

class Lane {
 public:
  Sha256State state;
  const Byte* run = nullptr;  // blocks to compress next
  std::size_t blocks = 0;

  void take(const HashTask& task) {
    task_ = task;
    piece_ = 0;
    size_ = 0;
    stage_ = Stage::first;
    state = kSha256Start;
    next_run();
  }

  void compressed(std::size_t count) {
    blocks -= count;
    run += count * kSha256Block;
    if (blocks == 0) next_run();
  }

 private:
  enum class Stage : std::uint8_t { first, end_of_first, second };

  void next_run() {
    if (stage_ == Stage::first) {
      next_of_first();
    } else if (stage_ == Stage::end_of_first) {
      store_digest(state, buffer_.data());
      state = kSha256Start;
      run = buffer_.data();
      blocks = pad_sha256(buffer_, 32, 32);
      stage_ = Stage::second;
    } else {
      store_digest(state, task_.hash->bytes.data());
    }
  }

  void next_of_first() {
    std::size_t held = 0;
    for (; piece_ < task_.pieces.size(); ++piece_) {
      ByteView& piece = task_.pieces[piece_];
      if (held == 0 && piece.size() >= kSha256Block) {
        run = piece.data();
        blocks = piece.size() / kSha256Block;
        size_ += blocks * kSha256Block;
        piece = piece.subspan(blocks * kSha256Block);
        return;
      }
      std::size_t fits = std::min(piece.size(), kSha256Block - held);
      std::copy_n(piece.data(), fits, buffer_.data() + held);
      held += fits;
      piece = piece.subspan(fits);
      if (held == kSha256Block) {
        run = buffer_.data();
        blocks = 1;
        size_ += kSha256Block;
        return;
      }
    }
    run = buffer_.data();
    blocks = pad_sha256(buffer_, held, size_ + held);
    stage_ = Stage::end_of_first;
  }

  HashTask task_{};
  std::size_t piece_ = 0;
  std::uint64_t size_ = 0;
  Stage stage_ = Stage::first;
  std::array<Byte, 2 * kSha256Block> buffer_;
};

}  // namespace

void Hasher::sha256d_each(std::span<const HashTask> tasks) const {
  Lane a;
  Lane b;
  auto next = tasks.begin();
  for (;;) {
    if (a.blocks == 0 && next != tasks.end()) a.take(*next++);
    if (b.blocks == 0 && next != tasks.end()) b.take(*next++);
    std::size_t count = std::min(a.blocks, b.blocks);
    if (count == 0) break;
    kernel_.compress_two(a.state, a.run, b.state, b.run, count);
    a.compressed(count);
    b.compressed(count);
  }
  Lane& last = a.blocks > 0 ? a : b;
  while (last.blocks > 0) {
    std::size_t count = last.blocks;
    kernel_.compress(last.state, last.run, count);
    last.compressed(count);
  }
}

void Hasher::sha256d_neighbours(std::span<Hash256> hashes) const {
  CHECK(hashes.size() % 2 == 0);
  std::array<Byte, 2 * kSha256Block> end;  // of a message of one block
  pad_sha256(end, 0, kSha256Block);
  std::array<Byte, 2 * kSha256Block> second_a;
  std::array<Byte, 2 * kSha256Block> second_b;
  pad_sha256(second_a, 32, 32);
  pad_sha256(second_b, 32, 32);
  for (std::size_t i = 0; i < hashes.size(); i += 4) {
    // The last two may be alone: then both lanes do the same.
    std::size_t j = i + 2 < hashes.size() ? i + 2 : i;
    Sha256State a = kSha256Start;
    Sha256State b = kSha256Start;
    kernel_.compress_two(a, hashes[i].bytes.data(), b, hashes[j].bytes.data(), 1);
    kernel_.compress_two(a, end.data(), b, end.data(), 1);
    store_digest(a, second_a.data());
    store_digest(b, second_b.data());
    a = b = kSha256Start;
    kernel_.compress_two(a, second_a.data(), b, second_b.data(), 1);
    store_digest(b, hashes[j / 2].bytes.data());
    store_digest(a, hashes[i / 2].bytes.data());
  }
}

}  // namespace tracehound
