// The lines that manifests are made of: `name VALUE`, in a fixed order, the last one a checksum of
// all before it.
#pragma once

#include <charconv>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "base/file.h"
#include "base/result.h"

namespace tracehound::ledger {

// The first line of a manifest says whose it is.
inline constexpr std::string_view kCoinLedgerLine = "tracehound ledger\n";
inline constexpr std::string_view kAccountLedgerLine = "tracehound account ledger\n";

// Takes `name VALUE\n` off the front of the text.
std::optional<std::string_view> take_field(std::string_view& text, std::string_view name);

template <typename Number>
bool take_number(std::string_view& text, std::string_view name, Number& number, int base = 10) {
  auto value = take_field(text, name);
  if (!value) return false;
  auto [end, failure] = std::from_chars(value->data(), value->data() + value->size(), number, base);
  return failure == std::errc{} && end == value->data() + value->size();
}

// The lines behind the first: the format, and the version of this program, which later ones name
// where they cannot read it.
std::string format_lines(std::uint32_t format);
// Takes them. Errors (ErrorKind::machine): damaged; another format than `reads`, and whose it is.
// `kind`: "ledger format", for the sentence.
Status take_format_lines(std::string_view& text, std::string_view kind, std::uint32_t reads,
                         const std::string& path);
std::unexpected<Error> damaged_manifest(const std::string& path);

// The lines and the checksum behind them.
std::string sealed_manifest(std::string body);
// Whether `rest`, the end of `text`, is the checksum of what comes before, and nothing more.
bool is_sealed(std::string_view text, std::string_view rest);

// Whether the folder has the manifest of an account ledger (accounts/manifest.h), sound or not.
bool is_account_ledger(FileSystem& files, const std::string& folder);

}  // namespace tracehound::ledger
