#include "ledger/manifest_fields.h"

#include <fmt/format.h>

#include "base/hash.h"
#include "base/text.h"
#include "ledger/manifest.h"

namespace tracehound::ledger {

std::optional<std::string_view> take_field(std::string_view& text, std::string_view name) {
  if (!text.starts_with(name) || text.size() <= name.size() || text[name.size()] != ' ') {
    return std::nullopt;
  }
  auto end = text.find('\n');
  if (end == std::string_view::npos) return std::nullopt;
  auto value = text.substr(name.size() + 1, end - name.size() - 1);
  text.remove_prefix(end + 1);
  return value;
}

std::string format_lines(std::uint32_t format) {
  return fmt::format("format {}\nwritten_by tracehound {}\n", format, TRACEHOUND_VERSION);
}

Status take_format_lines(std::string_view& text, std::string_view kind, std::uint32_t reads,
                         const std::string& path) {
  std::uint32_t format = 0;
  if (!take_number(text, "format", format)) return damaged_manifest(path);
  auto writer = take_field(text, "written_by");
  if (format == reads) return writer ? Status{} : damaged_manifest(path);
  return machine_error(fmt::format(
      "{} is of {} {}, written by {}, and this program reads format {}; ingest into a new folder, "
      "or use the version that wrote it",
      path, kind, format, printable(writer.value_or("a tracehound from before 0.1.0")), reads));
}

std::unexpected<Error> damaged_manifest(const std::string& path) {
  return machine_error(fmt::format(
      "{} is damaged or is no ledger's manifest; restore the ledger from a copy or ingest again",
      path));
}

std::string sealed_manifest(std::string body) {
  std::uint64_t sum = xxh3(as_bytes(body));
  return body + fmt::format("manifest {:016x}\n", sum);
}

bool is_sealed(std::string_view text, std::string_view rest) {
  std::string_view body = text.substr(0, text.size() - rest.size());
  std::uint64_t sum = 0;
  return take_number(rest, "manifest", sum, 16) && rest.empty() && sum == xxh3(as_bytes(body));
}

bool is_account_ledger(FileSystem& files, const std::string& folder) {
  if (!files.exists(manifest_path(folder))) return false;
  auto bytes = read_file(files, manifest_path(folder));
  return bytes && std::string_view(reinterpret_cast<const char*>(bytes->data()), bytes->size())
                      .starts_with(kAccountLedgerLine);
}

}  // namespace tracehound::ledger
