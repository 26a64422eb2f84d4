// Is it faster to join side by side, without locks, and still know which transaction joined first?
//
// A build joins on one thread, in chain order, what all threads have left after asking which ends
// are one already (decision 0150). Its rival joins on all threads, in any order: a forest in which
// each address that is not the smallest of its set keeps who is smaller and the transaction that
// joined it to that one. Ways up are walked while their transactions are not later than the one
// that is put in; a link is put in place by compare-and-swap, and the later link that stood there
// is put in again from there. Whatever the order, each address ends with the same transaction, the
// one at which it ceased to be its set's smallest: which are the transactions of the evidence (that
// of Kruskal's algorithm in chain order), one address a union. But a way cannot be made shorter,
// for who is above depends on when.
//
// Both over each input's address in memory, as the floors of the clusters bench are. Napkin: two
// threads halve the walks at best, and a way that is never shortened is several steps long where a
// shortened one is one or two; each step misses the cache. And which of a transaction's links
// joined is asked a second time, once all before it are in: each walks its ways twice. It must give
// the same transactions, which is checked.
//
//   TRACEHOUND_BENCH_MB=1000 script/bench joining
#include <benchmark/benchmark.h>

#include <algorithm>
#include <atomic>
#include <bit>
#include <cstdint>
#include <span>
#include <vector>

#include "base/check.h"
#include "base/parallel.h"
#include "chains/bitcoin/ingest.h"
#include "clusters/union_find.h"
#include "ledger/ledger.h"
#include "simulated_chain.h"

namespace tracehound {
namespace {

using Number = std::uint32_t;

// Two addresses that spend in one transaction.
struct Link {
  Number transaction;
  Number first;
  Number second;
};

constexpr std::size_t kPart = 1U << 13;  // transactions, as in a build
constexpr std::size_t kPartsWaiting = 16;
constexpr std::size_t kAhead = 32;

class World {
 public:
  World() {
    TemporaryFolder folder("joining_bench");
    make_chain(folder.path() + "/world");
    std::string place = folder.path() + "/ledger";
    CHECK(chains::bitcoin::ingest_blocks(posix_files(), folder.path() + "/world/blocks",
                                         *chains::bitcoin::find_network("regtest"), place,
                                         {.progress = false})
              .has_value());
    auto ledger = ledger::Ledger::open(posix_files(), place).value();
    addresses = ledger.counts().addresses;
    for (Number tx = 0; tx < ledger.counts().transactions; ++tx) {
      if (tx % kPart == 0) parts.push_back(links.size());
      std::uint64_t count = ledger.input_count(TxId(tx));
      if (count < 2) continue;
      Number first = ledger.address(ledger.input(TxId(tx), 0)).number();
      for (std::uint64_t i = 1; i < count; ++i) {
        Number second = ledger.address(ledger.input(TxId(tx), i)).number();
        if (second != first) links.push_back({tx, first, second});
      }
    }
    parts.push_back(links.size());
  }
  std::span<const Link> part(std::size_t number) const {
    return std::span(links).subspan(parts[number], parts[number + 1] - parts[number]);
  }

  std::uint64_t addresses = 0;
  std::vector<Link> links;  // in chain order
  std::vector<std::size_t> parts;
};

const World& world() {
  static World made;
  return made;
}

// As a build does it: the transactions that joined, in order.
std::vector<Number> join_on_one_thread() {
  const World& chain = world();
  clusters::UnionFind sets(chain.addresses);
  std::vector<std::vector<Link>> left(kPartsWaiting);
  std::vector<Number> joined;
  auto make = [&](std::size_t part) {
    std::vector<Link>& into = left[part % kPartsWaiting];
    into.clear();
    std::span<const Link> links = chain.part(part);
    for (std::size_t i = 0; i < links.size(); ++i) {
      if (i + kAhead < links.size()) sets.prefetch(links[i + kAhead].second);
      if (!sets.are_one(links[i].first, links[i].second)) into.push_back(links[i]);
    }
  };
  auto take = [&](std::size_t part) {
    for (const Link& link : left[part % kPartsWaiting]) {
      if (sets.unite(link.first, link.second)) joined.push_back(link.transaction);
    }
    return true;
  };
  pipeline(chain.parts.size() - 1, kPartsWaiting, make, take);
  return joined;
}

// Each address in one word, so that it changes at once: above, the transaction that joined it to
// a smaller one, kNever for none; below, that smaller one.
class TimedForest {
 public:
  static constexpr Number kNever = ~Number{0};

  explicit TimedForest(std::uint64_t count) : words_(count) {
    parallel_for((count + kPart - 1) / kPart, [&](std::size_t part) {
      std::size_t end = std::min<std::size_t>(count, (part + 1) * kPart);
      for (std::size_t i = part * kPart; i < end; ++i) {
        words_[i] = word(kNever, static_cast<Number>(i));
      }
    });
  }
  // In any order, from any thread. False if the ends were one by then, as far as is known: before
  // its transaction.
  bool put(Link link) {
    auto [time, one, other] = link;
    one = climb(one, time - 1);
    other = climb(other, time - 1);
    if (one == other) return false;
    while (true) {
      one = climb(one, time);
      other = climb(other, time);
      if (one == other) return true;
      if (one < other) std::swap(one, other);
      std::uint64_t there = at(one).load(std::memory_order_acquire);
      if (time_of(there) <= time) continue;
      if (!at(one).compare_exchange_weak(there, word(time, other), std::memory_order_acq_rel)) {
        continue;
      }
      if (time_of(there) == kNever) return true;
      one = static_cast<Number>(there);
      time = time_of(there);
    }
  }
  // The smallest of an address's set before a transaction.
  Number before(Number number, Number time) { return climb(number, time - 1); }
  void prefetch(Number number) const { __builtin_prefetch(&words_[number]); }

 private:
  static std::uint64_t word(Number time, Number above) { return std::uint64_t{time} << 32 | above; }
  static Number time_of(std::uint64_t word) { return static_cast<Number>(word >> 32); }
  std::atomic_ref<std::uint64_t> at(Number number) {
    return std::atomic_ref<std::uint64_t>(words_[number]);
  }
  Number climb(Number number, Number time) {
    while (true) {
      std::uint64_t there = at(number).load(std::memory_order_acquire);
      if (time_of(there) > time) return number;
      number = static_cast<Number>(there);
    }
  }

  LargeVector<std::uint64_t> words_;
};

// The links of one part that could have joined, and then those that did.
struct Slot {
  std::vector<Link> left;
  std::vector<Number> joined;
};

// Puts a part's links in, and leaves out those whose ends earlier ones had joined, as far as these
// are there yet.
void put_part(TimedForest& forest, std::size_t part, std::vector<Link>& left) {
  left.clear();
  std::span<const Link> links = world().part(part);
  for (std::size_t i = 0; i < links.size(); ++i) {
    if (i + kAhead < links.size()) forest.prefetch(links[i + kAhead].second);
    if (forest.put(links[i])) left.push_back(links[i]);
  }
}

// REQUIRES: all parts up to this one are put. What is put later changes nothing of this: it has
// later transactions.
void judge_part(TimedForest& forest, Slot& slot) {
  slot.joined.clear();
  std::vector<Number> before;  // the sets that a transaction has joined so far
  for (std::size_t i = 0; i < slot.left.size(); ++i) {
    auto [time, first, second] = slot.left[i];
    if (i == 0 || slot.left[i - 1].transaction != time) {
      before.assign(1, forest.before(first, time));
    }
    Number set = forest.before(second, time);
    if (std::ranges::find(before, set) != before.end()) continue;
    before.push_back(set);
    slot.joined.push_back(time);
  }
}

// A part is judged when its slot is used again, by whoever puts the next one: then all up to it
// are put, since parts are taken in order.
std::vector<Number> join_on_all_threads() {
  TimedForest forest(world().addresses);
  std::vector<Slot> slots(2 * kPartsWaiting);
  std::vector<Number> joined;
  std::size_t parts = world().parts.size() - 1;
  auto make = [&](std::size_t part) {
    if (part < parts) put_part(forest, part, slots[part % slots.size()].left);
    if (part >= kPartsWaiting && part - kPartsWaiting < parts) {
      judge_part(forest, slots[(part - kPartsWaiting) % slots.size()]);
    }
  };
  auto take = [&](std::size_t part) {
    if (part < kPartsWaiting || part - kPartsWaiting >= parts) return true;
    const std::vector<Number>& more = slots[(part - kPartsWaiting) % slots.size()].joined;
    joined.insert(joined.end(), more.begin(), more.end());
    return true;
  };
  pipeline(parts + kPartsWaiting, kPartsWaiting, make, take);
  return joined;
}

void note_size(benchmark::State& state) {
  state.counters["links"] = static_cast<double>(world().links.size());
  state.counters["addresses"] = static_cast<double>(world().addresses);
}

void one_thread_joins_what_all_left(benchmark::State& state) {
  for (auto _ : state) benchmark::DoNotOptimize(join_on_one_thread().data());
  note_size(state);
}
BENCHMARK(one_thread_joins_what_all_left)
    ->Unit(benchmark::kMillisecond)
    ->UseRealTime()
    ->MeasureProcessCPUTime();

void all_threads_join_by_compare_and_swap(benchmark::State& state) {
  CHECK(join_on_all_threads() == join_on_one_thread());
  for (auto _ : state) benchmark::DoNotOptimize(join_on_all_threads().data());
  note_size(state);
}
BENCHMARK(all_threads_join_by_compare_and_swap)
    ->Unit(benchmark::kMillisecond)
    ->UseRealTime()
    ->MeasureProcessCPUTime();

}  // namespace
}  // namespace tracehound
