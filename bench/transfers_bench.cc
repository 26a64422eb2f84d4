// How far is taking in a list of transfers from reading its bytes once?
//
// Napkin: a row of 230 bytes has 8 cells. Finding the commas is a walk over the bytes, 1 GB/s a
// core; a time, two numbers and an amount take 60 ns, an account's look-up 50 ns with its miss. Of
// 0.6 us a row, half is the walk: 300 MB/s on two cores, if the rows are parsed side by side while
// one thread gives out ids. Behind it 57 bytes of columns and two index entries a row are sorted
// and written.
//
// The same list as Parquet, where pyarrow (script/setup's) can write it: its floor is DuckDB, which
// reads it for us, looking at every cell and nothing more.
//
//   TRACEHOUND_BENCH_MB=1000 script/bench transfers      # the size of the list; default 100
//
// Under CPU stand the core-seconds of all threads.
#include <benchmark/benchmark.h>
#include <fmt/format.h>

#include <algorithm>
#include <charconv>
#include <cstdlib>
#include <cstring>
#include <filesystem>
#include <fstream>
#include <optional>

#include "base/check.h"
#include "chains/transfers/csv.h"
#include "chains/transfers/duckdb.h"
#include "chains/transfers/ingest.h"
#include "ledger/accounts/ledger.h"
#include "simulated_chain.h"

namespace tracehound {
namespace {

namespace transfers = chains::transfers;

constexpr std::string_view kMap =
    "chain = bench\ntime = Timestamp\nblock = Block\ntx = Tx_hash\nfrom = From\nto = To\n"
    "amount = Value\nasset = \"USD\"\ndecimals = \"14\"\n";

// A list like those of the real thefts: a block every ten rows, 200,000 accounts.
struct List {
  TemporaryFolder folder{"transfers_bench"};
  std::uint64_t bytes = 0;
  std::uint64_t rows = 0;

  List() {
    const char* wanted = std::getenv("TRACEHOUND_BENCH_MB");
    std::uint64_t most = 100;
    if (wanted != nullptr) std::from_chars(wanted, wanted + std::strlen(wanted), most);
    most *= 1'000'000;
    std::filesystem::create_directories(folder.path());
    std::ofstream file(path());
    std::string text = "Timestamp,Block,Tx_hash,From,From_label,To,To_label,Value\n";
    std::uint64_t state = 7;
    auto next = [&] { return state = state * 6'364'136'223'846'793'005ULL + 1; };
    auto account = [&] { return (next() >> 33) % 200'000 * 0x9E37'79B9'7F4A'7C15ULL; };
    while (bytes < most) {
      text += fmt::format("{},{},0x{:064x},0x{:040x},Somebody's wallet,0x{:040x},,{}.{:08}\n",
                          1'700'000'000 + rows / 10 * 12, rows / 10, next(), account(), account(),
                          next() >> 44, (next() >> 33) % 100'000'000);
      ++rows;
      if (text.size() < 1U << 20) continue;
      bytes += text.size();
      file << text;
      text.clear();
    }
  }
  std::string path() const { return folder.path() + "/list.csv"; }
};

const List& list() {
  static const List made;
  return made;
}

// The list as Parquet, numbers as such and amounts as text; nothing where it cannot be written.
const std::optional<std::string>& parquet() {
  static const std::optional<std::string> made = []() -> std::optional<std::string> {
    std::string path = list().folder.path() + "/list.parquet";
    std::string command = fmt::format(
        "tests/e2e/python/venv/bin/python -c 'import pyarrow as a, pyarrow.csv as c, "
        "pyarrow.parquet as p; p.write_table(c.read_csv(\"{}\", convert_options="
        "c.ConvertOptions(column_types={{\"Value\": a.string()}})), \"{}\")'",
        list().path(), path);
    if (std::system(command.c_str()) != 0) return std::nullopt;
    return path;
  }();
  return made;
}

std::string duckdb_library() {
  if (const char* named = std::getenv("TRACEHOUND_DUCKDB")) return named;
  std::string own = "tests/e2e/node/node_modules/@duckdb/node-bindings-linux-x64/libduckdb.so";
  return std::filesystem::exists(own) ? own : "";
}

void count(benchmark::State& state) {
  state.SetBytesProcessed(state.iterations() * static_cast<std::int64_t>(list().bytes));
  state.SetItemsProcessed(state.iterations() * static_cast<std::int64_t>(list().rows));
}

transfers::TransferMap map() { return transfers::parse_transfer_map(kMap, "map").value(); }

// The floor: every byte seen once, by one thread.
void count_line_ends(benchmark::State& state) {
  auto file = posix_files().map(list().path()).value();
  for (auto _ : state) {
    benchmark::DoNotOptimize(std::ranges::count(file->bytes(), static_cast<Byte>('\n')));
  }
  count(state);
}
BENCHMARK(count_line_ends)->Unit(benchmark::kMillisecond)->UseRealTime();

// Exact amounts, times and names out of the text, on all threads; nothing written.
void parse(benchmark::State& state) {
  auto with = map();
  auto source = transfers::open_csv(posix_files(), list().path(), with).value();
  for (auto _ : state) {
    std::uint64_t rows = 0;
    CHECK(source->each([](transfers::RowBatch&) {},
                       [&](transfers::RowBatch&& batch) {
                         rows += batch.rows.size();
                         source->give_back(std::move(batch));
                         return true;
                       }));
    CHECK(rows == list().rows);
  }
  count(state);
}
BENCHMARK(parse)->Unit(benchmark::kMillisecond)->MeasureProcessCPUTime()->UseRealTime();

// The whole: into a ledger on disk, indexed and synced.
void ingest(benchmark::State& state) {
  auto with = map();
  for (auto _ : state) {
    std::filesystem::remove_all(list().folder.path() + "/ledger");
    auto source = transfers::open_csv(posix_files(), list().path(), with).value();
    auto report = transfers::ingest_transfers(posix_files(), list().folder.path() + "/ledger", with,
                                              *source, {});
    CHECK(report && report->transfers == list().rows);
  }
  count(state);
}
BENCHMARK(ingest)->Unit(benchmark::kMillisecond)->MeasureProcessCPUTime()->UseRealTime();

// The floor of the next: every cell of the Parquet file seen by DuckDB, on all threads.
void read_parquet_alone(benchmark::State& state) {
  if (!parquet()) return state.SkipWithError("needs tests/e2e/python/venv, by script/setup");
  auto database = transfers::DuckDb::open(duckdb_library(), *parquet());
  if (!database) return state.SkipWithError(database.error().message.c_str());
  for (auto _ : state) {
    auto sql = fmt::format("SELECT CAST(sum(hash(COLUMNS(*))) AS VARCHAR) FROM read_parquet({})",
                           transfers::sql_text(*parquet()));
    auto rows = (*database)->query(sql);
    CHECK(rows);
    for (auto chunk = rows->next(); chunk.value(); chunk = rows->next()) {
    }
  }
  count(state);
}
BENCHMARK(read_parquet_alone)->Unit(benchmark::kMillisecond)->UseRealTime();

// The whole, from Parquet. Bytes are those of the same list as CSV.
void ingest_parquet(benchmark::State& state) {
  if (!parquet()) return state.SkipWithError("needs tests/e2e/python/venv, by script/setup");
  auto with = map();
  std::string folder = list().folder.path() + "/ledger_of_parquet";
  for (auto _ : state) {
    std::filesystem::remove_all(folder);
    auto source = transfers::open_parquet(posix_files(), *parquet(), duckdb_library(), with);
    if (!source) return state.SkipWithError(source.error().message.c_str());
    auto report = transfers::ingest_transfers(posix_files(), folder, with, **source, {});
    CHECK(report && report->transfers == list().rows);
  }
  count(state);
}
BENCHMARK(ingest_parquet)->Unit(benchmark::kMillisecond)->UseRealTime();

// Reading: every transfer of the ledger through its columns, one thread.
void scan(benchmark::State& state) {
  auto ledger = ledger::accounts::Ledger::open(posix_files(), list().folder.path() + "/ledger");
  CHECK(ledger.has_value());
  for (auto _ : state) {
    U256 total;
    std::uint64_t mixed = 0;
    for (std::size_t i = 0; i < ledger->amounts().size(); ++i) {
      total += ledger->amounts()[i];
      mixed += ledger->froms()[i].number() ^ ledger->tos()[i].number();
    }
    benchmark::DoNotOptimize(total);
    benchmark::DoNotOptimize(mixed);
  }
  count(state);
}
BENCHMARK(scan)->Unit(benchmark::kMillisecond)->UseRealTime();

}  // namespace
}  // namespace tracehound
