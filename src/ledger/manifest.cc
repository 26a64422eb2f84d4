#include "ledger/manifest.h"

#include <fmt/format.h>

#include <charconv>

namespace tracehound::ledger {

namespace {

constexpr std::string_view kFirstLine = "tracehound ledger\n";

std::string body_text(const Manifest& manifest) {
  const Counts& counts = manifest.counts;
  return fmt::format(
      "{}format {}\nchain {}\nblocks {}\ntransactions {}\ninputs {}\ncoins {}\naddresses {}\n"
      "payload_bytes {}\nrepeats {}\ntip {}\nchecksum {:016x}\n",
      kFirstLine, manifest.format, manifest.chain, counts.blocks, counts.transactions,
      counts.inputs, counts.coins, counts.addresses, counts.payload_bytes, counts.repeats,
      manifest.tip_hash.text(), manifest.checksum);
}

// Takes `name VALUE\n` off the front of the text.
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

template <typename Number>
bool take_number(std::string_view& text, std::string_view name, Number& number, int base = 10) {
  auto value = take_field(text, name);
  if (!value) return false;
  auto [end, failure] = std::from_chars(value->data(), value->data() + value->size(), number, base);
  return failure == std::errc{} && end == value->data() + value->size();
}

bool take_rest(std::string_view& text, Manifest& manifest) {
  Counts& counts = manifest.counts;
  auto chain = take_field(text, "chain");
  if (!chain) return false;
  manifest.chain = *chain;
  if (!take_number(text, "blocks", counts.blocks) ||
      !take_number(text, "transactions", counts.transactions) ||
      !take_number(text, "inputs", counts.inputs) || !take_number(text, "coins", counts.coins) ||
      !take_number(text, "addresses", counts.addresses) ||
      !take_number(text, "payload_bytes", counts.payload_bytes) ||
      !take_number(text, "repeats", counts.repeats)) {
    return false;
  }
  auto tip = take_field(text, "tip");
  auto hash = tip ? Hash256::from_text(*tip) : std::nullopt;
  if (!hash) return false;
  manifest.tip_hash = *hash;
  return take_number(text, "checksum", manifest.checksum, 16);
}

// Whether such rows can be numbered: whoever makes a manifest can make its checksum too.
bool can_be(const Counts& counts) {
  return counts.blocks > 0 && counts.blocks <= counts.transactions && counts.transactions < kNoTx &&
         counts.addresses < kNoTx && counts.inputs <= kUint40Max && counts.coins <= kUint40Max &&
         counts.payload_bytes <= kUint40Max && counts.repeats <= counts.transactions;
}

}  // namespace

std::string manifest_text(const Manifest& manifest) {
  std::string body = body_text(manifest);
  std::uint64_t sum = xxh3(as_bytes(body));
  return body + fmt::format("manifest {:016x}\n", sum);
}

Result<Manifest> parse_manifest(std::string_view text, const std::string& path) {
  auto damaged = [&] {
    return machine_error(fmt::format(
        "{} is damaged or is no ledger's manifest; restore the ledger from a copy or ingest again",
        path));
  };
  std::string_view rest = text;
  if (!rest.starts_with(kFirstLine)) return damaged();
  rest.remove_prefix(kFirstLine.size());
  Manifest manifest;
  if (!take_number(rest, "format", manifest.format)) return damaged();
  if (manifest.format != kFormatVersion) {
    return machine_error(fmt::format(
        "{} is of ledger format {}, this program reads format {}; ingest into a new folder, or use "
        "the version of tracehound that wrote it",
        path, manifest.format, kFormatVersion));
  }
  if (!take_rest(rest, manifest)) return damaged();
  std::string_view body = text.substr(0, text.size() - rest.size());
  std::uint64_t sum = 0;
  if (!take_number(rest, "manifest", sum, 16) || !rest.empty() || sum != xxh3(as_bytes(body)) ||
      !can_be(manifest.counts)) {
    return damaged();
  }
  return manifest;
}

std::string manifest_path(const std::string& folder) { return folder + "/manifest"; }

Result<Manifest> read_manifest(FileSystem& files, const std::string& folder) {
  std::string path = manifest_path(folder);
  if (!files.exists(path)) {
    return machine_error(fmt::format(
        "there is no ledger in {}; make one with `tracehound ingest blocks DIR --ledger {}`",
        folder, folder));
  }
  TRY_ASSIGN(Bytes bytes, read_file(files, path));
  return parse_manifest({reinterpret_cast<const char*>(bytes.data()), bytes.size()}, path);
}

}  // namespace tracehound::ledger
