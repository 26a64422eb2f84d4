// What the parts of `ledger check` share: rows read where they lie, work cut into pieces that run
// side by side, and findings in the order of the rows whatever the threads.
#pragma once

#include <algorithm>
#include <cstdint>
#include <functional>
#include <mutex>
#include <string>
#include <vector>

#include "base/parallel.h"
#include "ledger/check.h"
#include "ledger/ledger.h"

namespace tracehound::ledger {

class Run;

// Sentences of one piece of the work, or of all.
struct Findings {
  std::vector<std::string> sentences;  // the first kMostFindings
  std::uint64_t total = 0;

  // The sentence is made only where it will be kept.
  template <typename Sentence>
  void add(Sentence sentence) {
    ++total;
    if (sentences.size() < CheckReport::kMostFindings) sentences.push_back(sentence());
  }
  void append(Findings&& more) {
    total += more.total;
    for (std::string& sentence : more.sentences) {
      if (sentences.size() < CheckReport::kMostFindings) sentences.push_back(std::move(sentence));
    }
  }
  // Where one damaged row makes its followers look wrong.
  void keep_first() {
    sentences.resize(std::min<std::size_t>(sentences.size(), 1));
    total = sentences.size();
  }
};

// Tells somebody how many bytes have been read, from any thread.
class Meter {
 public:
  explicit Meter(const std::function<void(std::uint64_t)>& tell) : tell_(tell) {}
  void add(std::uint64_t bytes) {
    std::lock_guard hold(mutex_);
    bytes_ += bytes;
    if (tell_) tell_(bytes_);
  }
  std::uint64_t bytes() const { return bytes_; }

 private:
  const std::function<void(std::uint64_t)>& tell_;
  std::mutex mutex_;
  std::uint64_t bytes_ = 0;
};

// check(first, end, findings) for pieces of [0, rows).
template <typename Check>
Findings in_pieces(std::uint64_t rows, std::uint64_t rows_a_piece, const Check& check) {
  std::vector<Findings> pieces((rows + rows_a_piece - 1) / rows_a_piece);
  parallel_for(pieces.size(), [&](std::size_t piece) {
    std::uint64_t first = piece * rows_a_piece;
    check(first, std::min(rows, first + rows_a_piece), pieces[piece]);
  });
  Findings all;
  for (Findings& piece : pieces) all.append(std::move(piece));
  return all;
}

// A column's rows as numbers. REQUIRES: row < the ledger's rows.
template <std::size_t kWidth>
class Numbers {
 public:
  Numbers(const Ledger& ledger, Column column) : data_(ledger.column(column).data()) {}
  std::uint64_t operator[](std::uint64_t row) const {
    const Byte* at = data_ + row * kWidth;
    if constexpr (kWidth == 1) return *at;
    if constexpr (kWidth == 4) return load_le<std::uint32_t>(at);
    if constexpr (kWidth == 5) return load_le<std::uint32_t>(at) | std::uint64_t{at[4]} << 32;
    if constexpr (kWidth == 8) return load_le<std::uint64_t>(at);
  }
  // Any number may be asked for, also one that no row has.
  void prefetch(std::uint64_t row) const { __builtin_prefetch(data_ + row * kWidth); }

 private:
  static_assert(kWidth == 1 || kWidth == 4 || kWidth == 5 || kWidth == 8);
  const Byte* data_;
};

inline std::string_view file_of(Column column) {
  return kColumns[static_cast<std::size_t>(column)].file;
}

// The parts, in the order in which each may trust what the ones before it found sound.

// Columns of row numbers begin at 0 and never fall or pass the end of the table they point into.
Findings check_starts(const Ledger& ledger);
// Headers as a hash chain up to the manifest's tip.
Findings check_headers(const Ledger& ledger);
// Every block's rows against its checksum, the last against the manifest's.
Findings check_checksums(const Ledger& ledger, Meter& meter);
// A header commits to its txids: a checksum can be made anew by who changes a row, this cannot.
Findings check_merkle_roots(const Ledger& ledger);
// Coins' addresses and script kinds, addresses' kinds: there is such a row, such a kind.
Findings check_kinds(const Ledger& ledger);
// Each input's coin is older and names the input's transaction as its spender; no other coin has
// one, but for those that BIP 30 replaced; no transaction pays out more than it takes in.
Findings check_spends(const Ledger& ledger, Meter& meter);
// Each row of an index stands once in its run, in order, under the key and with the sums it has.
Findings check_indexes(const Ledger& ledger, Meter& meter);
// Fences of runs whose entries are sound.
Findings check_fences(const Ledger& ledger, Meter& meter);
// The same of one run, of any kind of ledger.
Findings check_fences(const IndexSpec& spec, const Run& run);
// Each wrapper is a script's hash, stands there once, and was there to be seen: the transaction
// spends a coin of it, or one of another that wraps it. REQUIRES: sound spends and indexes.
Findings check_wrappers(const Ledger& ledger);
// The list of repeated txids against the txid index, which must be sound.
Findings check_repeats(const Ledger& ledger);

}  // namespace tracehound::ledger
