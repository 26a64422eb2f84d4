#include "ledger/manifest.h"

#include <fmt/format.h>

#include "ledger/manifest_fields.h"

namespace tracehound::ledger {

namespace {

std::string body_text(const Manifest& manifest) {
  const Counts& counts = manifest.counts;
  return fmt::format(
      "{}{}chain {}\nblocks {}\ntransactions {}\ninputs {}\ncoins {}\naddresses {}\n"
      "payload_bytes {}\nrepeats {}\nwrappers {}\ntip {}\nchecksum {:016x}\n",
      kCoinLedgerLine, format_lines(manifest.format), manifest.chain, counts.blocks,
      counts.transactions, counts.inputs, counts.coins, counts.addresses, counts.payload_bytes,
      counts.repeats, counts.wrappers, manifest.tip_hash.text(), manifest.checksum);
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
      !take_number(text, "repeats", counts.repeats) ||
      !take_number(text, "wrappers", counts.wrappers)) {
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
         counts.payload_bytes <= kUint40Max && counts.repeats <= counts.transactions &&
         counts.wrappers <= counts.addresses;
}

}  // namespace

std::string manifest_text(const Manifest& manifest) { return sealed_manifest(body_text(manifest)); }

Result<Manifest> parse_manifest(std::string_view text, const std::string& path) {
  if (text.starts_with(kAccountLedgerLine)) {
    return machine_error(
        fmt::format("{} is of an account chain, and this command reads coin chains; name another "
                    "--ledger",
                    path));
  }
  std::string_view rest = text;
  if (!rest.starts_with(kCoinLedgerLine)) return damaged_manifest(path);
  rest.remove_prefix(kCoinLedgerLine.size());
  TRY(take_format_lines(rest, "ledger format", kFormatVersion, path));
  Manifest manifest;
  if (!take_rest(rest, manifest) || !is_sealed(text, rest) || !can_be(manifest.counts)) {
    return damaged_manifest(path);
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
