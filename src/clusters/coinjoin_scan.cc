#include "clusters/coinjoin_scan.h"

#include <algorithm>

#include "base/parallel.h"
#include "base/progress.h"

namespace tracehound::clusters {

std::vector<FoundTransaction> find_recognised(const ledger::Ledger& ledger,
                                              IdRange<TxId> transactions, bool progress) {
  constexpr std::uint32_t kSlice = 1 << 14;
  auto slices = static_cast<std::size_t>((transactions.size() + kSlice - 1) / kSlice);
  std::vector<FoundTransaction> all;
  std::vector<std::vector<FoundTransaction>> found(slices);
  Progress line("recognising", "transactions", transactions.size(), 1.0, progress);
  constexpr std::size_t kWindow = 64;
  auto look_at = [&](std::size_t slice) {
    std::uint32_t first = transactions.first.number() + static_cast<std::uint32_t>(slice) * kSlice;
    std::uint32_t end = first + std::min(kSlice, transactions.end.number() - first);
    Recogniser recogniser(ledger);
    for (std::uint32_t tx = first; tx < end; ++tx) {
      if (auto recognised = recogniser.look(TxId(tx)))
        found[slice].push_back({TxId(tx), *recognised});
    }
  };
  auto take = [&](std::size_t slice) {
    all.insert(all.end(), found[slice].begin(), found[slice].end());
    found[slice] = {};
    line.update(std::min<std::uint64_t>((slice + 1) * std::uint64_t{kSlice}, transactions.size()));
    return true;
  };
  pipeline(slices, kWindow, look_at, take);
  return all;
}

}  // namespace tracehound::clusters
