// Any bytes are a mempool file or a sentence saying why not; where only the checksum is wrong, the
// right one is put in. What is read is kept, written and read again as the same.
#include <fmt/format.h>

#include <algorithm>
#include <string>

#include "base/check.h"
#include "base/file.h"
#include "chains/bitcoin/mempool.h"
#include "support/faulty_file_system.h"

namespace tracehound::chains::bitcoin {
namespace {

constexpr std::string_view kChecksum = "\nchecksum ";
constexpr std::size_t kDigits = 16;

void mend_checksum(Bytes& bytes) {
  auto at = std::ranges::search(bytes, as_bytes(kChecksum)).begin() - bytes.begin();
  auto digits = static_cast<std::size_t>(at) + kChecksum.size();
  if (digits + kDigits + 1 > bytes.size()) return;
  std::string right = fmt::format("{:016x}", xxh3(ByteView(bytes).subspan(digits + kDigits + 1)));
  std::ranges::copy(right, bytes.begin() + static_cast<long>(digits));
}

Result<std::optional<MempoolFile>> read_bytes(FileSystem& files, ByteView bytes) {
  CHECK(write_mempool(files, "L", bytes).has_value());
  return read_mempool(files, "L");
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  test::FaultyFileSystem files;
  CHECK(files.make_folder("L").has_value());
  Bytes bytes(data, data + size);
  mend_checksum(bytes);
  auto file = read_bytes(files, bytes);
  if (!file) {
    CHECK(file.error().kind == ErrorKind::machine);
    CHECK(file.error().message.starts_with("the mempool file L/mempool "));
    return 0;
  }
  Mempool mempool(*find_network("main"));
  mempool.add_all(**file);
  CHECK(mempool.size() <= (*file)->transactions.size());
  Bytes written = mempool.file_bytes((*file)->tip, (*file)->taken_at);
  auto again = read_bytes(files, written);
  CHECK(again && *again && (*again)->transactions.size() == mempool.size());
  CHECK((*again)->tip == (*file)->tip && (*again)->taken_at == (*file)->taken_at);
  Mempool kept(*find_network("main"));
  kept.add_all(**again);
  CHECK(kept.file_bytes((*again)->tip, (*again)->taken_at) == written);
  return 0;
}

}  // namespace tracehound::chains::bitcoin
