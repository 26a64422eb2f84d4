// Each run's fences against its entries, which are sound: slices are as wide as the first and the
// last key make them, each fence parts the entries before its slice from those in it, and its
// signature, where it has one, is that of their keys.

#include <fmt/format.h>

#include <string_view>

#include "ledger/check_parts.h"
#include "ledger/runs.h"

namespace tracehound::ledger {

namespace {

constexpr std::uint64_t kSlicesAPiece = 1U << 13;

bool slicing_is_right(const IndexSpec& spec, const Run& run) {
  if (spec.uniform_keys || run.size() == 0) return true;
  const Slicing& slicing = run.slicing();
  if (slicing.first_key != run.key(0)) return false;
  auto last_slice = [&](std::uint32_t shift) {
    return Slicing{.first_key = slicing.first_key, .shift = shift}.slice_of(
        run.key(run.size() - 1));
  };
  return last_slice(slicing.shift) < run.slices() &&
         (slicing.shift == 0 || last_slice(slicing.shift - 1) >= run.slices());
}

bool fence_is_right(const Run& run, std::uint64_t slice) {
  std::uint64_t fence = run.fence(slice);
  auto slice_at = [&](std::uint64_t entry) { return run.slicing().slice_of(run.key(entry)); };
  if (fence > run.size() || (slice == 0 && fence != 0)) return false;
  return (fence == run.size() || slice_at(fence) >= slice) &&
         (fence == 0 || slice_at(fence - 1) < slice);
}

// REQUIRES: the slice's fence and the next are right.
bool signature_is_right(const Run& run, std::uint64_t slice) {
  std::uint32_t signature = 0;
  for (std::uint64_t entry = run.fence(slice); entry < run.fence(slice + 1); ++entry) {
    signature |= signature_of(run.key(entry));
  }
  return signature == run.signature(slice);
}

// The slices of which is_right(run, slice) is not true; of each piece the first.
template <typename IsRight>
Findings wrong_slices(const IndexSpec& spec, const Run& run, IsRight is_right,
                      std::string_view what) {
  Findings found = in_pieces(
      run.slices(), kSlicesAPiece, [&](std::uint64_t first, std::uint64_t end, Findings& findings) {
        std::uint64_t slice = first;
        while (slice < end && is_right(run, slice)) ++slice;
        if (slice == end) return;
        findings.add([&] {
          return fmt::format("runs/{}, fence {}: {}", run_name(spec, run.range()), slice, what);
        });
      });
  found.keep_first();
  return found;
}

}  // namespace

Findings check_fences(const IndexSpec& spec, const Run& run) {
  if (!slicing_is_right(spec, run)) {
    Findings found;
    found.add([&] {
      return fmt::format("runs/{}: its fences are for other keys", run_name(spec, run.range()));
    });
    return found;
  }
  Findings found = wrong_slices(spec, run, fence_is_right, "is not where its keys begin");
  if (found.total > 0 || !spec.uniform_keys) return found;
  return wrong_slices(spec, run, signature_is_right, "its signature is of other keys");
}

Findings check_fences(const Ledger& ledger, Meter& meter) {
  Findings all;
  for (const IndexSpec& spec : kIndexes) {
    for (const Run& run : ledger.index(spec.index).runs()) {
      meter.add(fence_bytes(spec, run.size()));
      all.append(check_fences(spec, run));
    }
  }
  return all;
}

}  // namespace tracehound::ledger
