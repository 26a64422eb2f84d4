// How long do a million tags take into the store, and one address out of it?
// A TagPack of 1,000,000 tags (TAGS_BENCH_TAGS for another number), 98 MB, three lines each, 5,000
// attributions. Napkin: libyaml gives 31 MB/s, so 3 s; sorting a million addresses 0.5 s; a B-tree
// grown at its end 1 us a row, written to the log and then to the file, 2 s; the run read out of it
// and written, 1 s. A look-up in the run is five cache misses and the copying of a dozen texts,
// below 1 us; by SQLite alone it descends three B-trees of three levels, all in memory: 3 to 5 us;
// a miss stops after the first. The floors are libyaml's events alone, and a binary search over the
// addresses in memory.
#include <benchmark/benchmark.h>
#include <fmt/format.h>
#include <unistd.h>

#include <algorithm>
#include <charconv>
#include <cstdlib>
#include <cstring>
#include <filesystem>

#include "base/check.h"
#include "tags/services.h"
#include "tags/store.h"
#include "tags/tagpack.h"
#include "tags/yaml_reader.h"

namespace tracehound::tags {
namespace {

std::uint64_t tags_wanted() {
  std::uint64_t tags = 1'000'000;
  if (const char* text = std::getenv("TAGS_BENCH_TAGS")) {
    std::from_chars(text, text + std::strlen(text), tags);
  }
  return tags;
}

// Looks like a Bech32 address; a different one for each number.
std::string address_number(std::uint64_t number) {
  static constexpr std::string_view kLetters = "qpzry9x8gf2tvdw0s3jn54khce6mua7l";
  std::string address = "bc1q";
  std::uint64_t bits = 0;
  for (int i = 0; i < 38; ++i) {
    if (i % 12 == 0) bits = (number + static_cast<std::uint64_t>(i)) * 0x9E37'79B9'7F4A'7C15ULL;
    address += kLetters[bits >> 59];
    bits <<= 5;
  }
  return address;
}

const std::string& pack_text() {
  static const std::string text = [] {
    std::string made =
        "title: Bench\ncreator: bench\ncurrency: BTC\nconfidence: service_data\n"
        "source: https://example.org\nlastmod: 2022-01-01\ntags:\n";
    for (std::uint64_t i = 0; i < tags_wanted(); ++i) {
      made += fmt::format("- address: {}\n  label: Exchange {}\n  category: exchange\n",
                          address_number(i), i % 5000);
    }
    return made;
  }();
  return text;
}

const TagPack& pack() {
  static const TagPack parsed = *parse_tagpack(as_bytes(pack_text()), "bench.yaml");
  return parsed;
}

// A folder that goes with the process.
class Folder {
 public:
  Folder()
      : path_(fmt::format("{}/tags_bench_{}_{}", std::filesystem::temp_directory_path().string(),
                          ::getpid(), ++made_)) {
    clear();
  }
  ~Folder() { std::filesystem::remove_all(path_); }
  void clear() {
    std::filesystem::remove_all(path_);
    std::filesystem::create_directories(path_);
  }
  const std::string& path() const { return path_; }

 private:
  static inline int made_ = 0;
  std::string path_;
};

void fill(const Folder& folder) {
  auto store = TagStore::open_to_write(folder.path());
  CHECK(store && store->add({&pack(), 1}, 0));
}

const Folder& filled_folder() {
  static Folder folder;
  static const bool filled = (fill(folder), true);
  CHECK(filled);
  return folder;
}

TagStore& filled_store() {
  static TagStore store = *TagStore::open_to_read(filled_folder().path());
  CHECK(store.has_run());
  return store;
}

// The same, where the run was deleted.
TagStore& store_without_run() {
  static Folder folder;
  static TagStore store = [] {
    std::string file = fmt::format("/{}", kStoreFile);
    std::filesystem::copy_file(filled_folder().path() + file, folder.path() + file);
    return *TagStore::open_to_read(folder.path());
  }();
  CHECK(!store.has_run());
  return store;
}

void yaml_events_alone_floor(benchmark::State& state) {
  for (auto _ : state) {
    YamlReader reader(as_bytes(pack_text()), "bench.yaml");
    while (reader.next()->kind != YamlEvent::Kind::end) {
    }
  }
  state.SetItemsProcessed(state.iterations() * static_cast<std::int64_t>(tags_wanted()));
}
BENCHMARK(yaml_events_alone_floor)->Unit(benchmark::kMillisecond)->Iterations(1);

void parse_a_pack(benchmark::State& state) {
  for (auto _ : state) {
    auto parsed = parse_tagpack(as_bytes(pack_text()), "bench.yaml");
    CHECK(parsed && parsed->tags.size() == tags_wanted());
  }
  state.SetItemsProcessed(state.iterations() * static_cast<std::int64_t>(tags_wanted()));
}
BENCHMARK(parse_a_pack)->Unit(benchmark::kMillisecond)->Iterations(1);

void store_a_pack(benchmark::State& state) {
  pack();
  Folder folder;
  for (auto _ : state) {
    fill(folder);
    state.PauseTiming();
    folder.clear();
    state.ResumeTiming();
  }
  state.SetItemsProcessed(state.iterations() * static_cast<std::int64_t>(tags_wanted()));
}
BENCHMARK(store_a_pack)->Unit(benchmark::kMillisecond)->Iterations(1);

void all_services_of_a_chain(benchmark::State& state) {
  TagStore& store = filled_store();
  for (auto _ : state) CHECK(service_addresses(store, "bitcoin:main")->size() == tags_wanted());
  state.SetItemsProcessed(state.iterations() * static_cast<std::int64_t>(tags_wanted()));
}
BENCHMARK(all_services_of_a_chain)->Unit(benchmark::kMillisecond)->Iterations(1);

void open_a_store(benchmark::State& state) {
  filled_store();
  for (auto _ : state) CHECK(TagStore::open_to_read(filled_folder().path())->has_run());
}
BENCHMARK(open_a_store)->Unit(benchmark::kMillisecond);

void find_each(benchmark::State& state, TagStore& store, std::uint64_t first, std::size_t tags) {
  std::vector<std::string> addresses;
  for (std::uint64_t i = 0; i < 10'000; ++i) {
    addresses.push_back(address_number(first + i * 7919 % tags_wanted()));
  }
  std::size_t next = 0;
  for (auto _ : state) {
    CHECK(store.find(addresses[next], "bitcoin:main")->size() == tags);
    next = next + 1 < addresses.size() ? next + 1 : 0;
  }
}

void find_an_address(benchmark::State& state) { find_each(state, filled_store(), 0, 1); }
BENCHMARK(find_an_address);

void find_an_address_without_tags(benchmark::State& state) {
  find_each(state, filled_store(), tags_wanted(), 0);
}
BENCHMARK(find_an_address_without_tags);

void find_an_address_by_sqlite(benchmark::State& state) {
  find_each(state, store_without_run(), 0, 1);
}
BENCHMARK(find_an_address_by_sqlite);

void binary_search_in_memory_floor(benchmark::State& state) {
  std::vector<std::string> sorted;
  for (const PackTag& tag : pack().tags) sorted.push_back(tag.subject);
  std::ranges::sort(sorted);
  std::uint64_t number = 0;
  for (auto _ : state) {
    number = (number + 7919) % tags_wanted();
    CHECK(std::ranges::binary_search(sorted, address_number(number)));
  }
}
BENCHMARK(binary_search_in_memory_floor);

}  // namespace
}  // namespace tracehound::tags
