// Any bytes are a list of transfers or a sentence saying why not, in one piece as in many.
#include <cstddef>
#include <cstdint>

#include "base/check.h"
#include "chains/transfers/ingest.h"
#include "ledger/accounts/check.h"
#include "ledger/accounts/ledger.h"
#include "support/faulty_file_system.h"

namespace transfers = tracehound::chains::transfers;

namespace {

constexpr std::string_view kMap =
    "chain = x\ntime = t\ntx = i\nposition = n\nfrom = a\nto = b\namount = x\nasset = s\n"
    "decimals = d\nusd = u\nfrom_label = l\n";
constexpr std::string_view kHeading = "t,i,n,a,b,x,s,d,u,l\n";

void put(tracehound::FileSystem& files, std::string_view first, std::string_view second) {
  auto file = files.open_write("list.csv");
  CHECK(file && (*file)->append(tracehound::as_bytes(first)));
  CHECK((*file)->append(tracehound::as_bytes(second)));
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  if (size == 0) return 0;
  std::string_view text(reinterpret_cast<const char*>(data + 1), size - 1);
  if (data[0] % 8 == 0) {
    auto map = transfers::parse_transfer_map(text, "fuzz.map");
    CHECK(map || map.error().message.starts_with("fuzz.map"));
  }
  auto map = transfers::parse_transfer_map(kMap, "map");
  CHECK(map.has_value());
  tracehound::test::FaultyFileSystem disk;
  put(disk, kHeading, text);
  auto source = transfers::open_csv(disk, "list.csv", *map, 1 + data[0]);
  CHECK(source.has_value());
  auto report = transfers::ingest_transfers(disk, "L", *map, **source, {.memory_bytes = 1 << 16});
  if (!report) {
    CHECK(report.error().kind == tracehound::ErrorKind::bad_input);
    CHECK(!disk.exists("L/manifest"));
    return 0;
  }
  auto ledger = tracehound::ledger::accounts::Ledger::open(disk, "L");
  CHECK(ledger.has_value());
  CHECK(tracehound::ledger::accounts::check_ledger(*ledger).clean());
  return 0;
}
