// Changes of a whole bundle, with sums made right again: a verifier finds each that can be found,
// whatever it is, and ends. The first byte says of which kind the bundle is; the rest, what is
// done, where and with what.
#include <algorithm>
#include <string>

#include "base/check.h"
#include "evidence/verify.h"
#include "support/sample_account_bundle.h"
#include "support/sample_bundle.h"

namespace tracehound::evidence {
namespace {

const Files& whole() {
  static const Files files = test::sample_bundle({.fees = "miner"});
  return files;
}

// Some of a file's bytes are others, or gone, or there are more.
void change(Files& files, ByteReader& reader) {
  auto entry = std::next(files.begin(), reader.number<Byte>() % files.size());
  Bytes& bytes = entry->second;
  std::size_t at = reader.number<std::uint16_t>() % (bytes.size() + 1);
  Byte what = reader.number<Byte>();
  ByteView fresh = reader.take(std::min<std::size_t>(what >> 2, reader.remaining()));
  auto place = bytes.begin() + static_cast<long>(at);
  if (what % 4 == 0) bytes.resize(at);
  if (what % 4 == 1) bytes.insert(place, fresh.begin(), fresh.end());
  if (what % 4 >= 2) {
    fresh = fresh.first(std::min(fresh.size(), bytes.size() - at));
    std::ranges::copy(fresh, place);
  }
}

// What a verifier can hold a bundle to: not the name of the engine that made it.
Files checkable(Files files) {
  Bytes& statement = files.find(kStatement)->second;
  constexpr std::string_view kEngine = "\n \"engine\": ";
  auto line = std::ranges::search(statement, kEngine);
  if (line.empty()) return files;
  statement.erase(line.begin(), std::ranges::find(line.end(), statement.end(), Byte{'\n'}));
  return files;
}

void check_coins(const Files& files) {
  test::FaultyFileSystem disk;
  test::put_bundle(disk, "B", files);
  auto verdict = test::verify_folder(disk, "B", std::nullopt);
  CHECK(verdict.has_value());
  CHECK(!verdict->findings.empty() || checkable(files) == checkable(whole()) ||
        files.find(kIncident)->second != whole().find(kIncident)->second);
  CHECK(verdict->findings.empty() || files != whole());
}

const Files& whole_of_accounts() {
  static const Files files = test::sample_account_bundle(3);
  return files;
}

// Nothing proves transfers: of others, and of another statement, the result can be right.
void check_accounts(const Files& files) {
  auto verdict = test::verify_account_bundle(files);
  CHECK(verdict.findings.empty() || files != whole_of_accounts());
  if (!verdict.findings.empty()) return;
  auto same = [&](std::string_view name) {
    return files.find(name)->second == whole_of_accounts().find(name)->second;
  };
  CHECK(same(kTags) && (same(kCsv) || !same(kTransfers) || !same(kStatement)));
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  ByteReader reader(ByteView(data, size));
  bool accounts = reader.number<Byte>() % 2 == 1;
  Files files = accounts ? whole_of_accounts() : whole();
  while (reader.remaining() > 0 && reader.ok()) change(files, reader);
  accounts ? check_accounts(files) : check_coins(files);
  return 0;
}

}  // namespace tracehound::evidence
