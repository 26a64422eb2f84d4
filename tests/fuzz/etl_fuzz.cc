// Any bytes are rows of an ETL table, or a sentence saying why not.
#include <cstddef>
#include <cstdint>

#include "base/check.h"
#include "chains/ethereum/etl_records.h"

namespace ethereum = tracehound::chains::ethereum;

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  std::string_view text(reinterpret_cast<const char*>(data), size);
  std::size_t rows = 0;
  auto status = ethereum::each_record(text, "fuzz", [&](ethereum::Record& record) {
    ++rows;
    CHECK(!record.fields.empty() || text.find('{') != text.npos);
    static_cast<void>(record.number({"value"}));
    static_cast<void>(record.number_32({"number"}));
    static_cast<void>(record.address_or_none({"miner"}));
    static_cast<void>(record.hash256({"hash"}));
    static_cast<void>(record.time({"timestamp"}));
    static_cast<void>(record.words({"topics"}));
  });
  CHECK(status || status.error().message.starts_with("fuzz"));
  return 0;
}
