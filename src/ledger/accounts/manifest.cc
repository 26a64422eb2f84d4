#include "ledger/accounts/manifest.h"

#include <fmt/format.h>

#include "base/ids.h"
#include "ledger/manifest.h"
#include "ledger/manifest_fields.h"

namespace tracehound::ledger::accounts {

namespace {

std::string body_text(const Manifest& manifest) {
  const Counts& counts = manifest.counts;
  return fmt::format(
      "{}{}chain {}\nnative {}\nblocks {}\ntransactions {}\ntransfers {}\naccounts {}\n"
      "assets {}\ntx_id_bytes {}\naccount_bytes {}\nasset_bytes {}\ntip {}\nhash {}\n"
      "checksum {:016x}\n",
      kAccountLedgerLine, format_lines(manifest.format), manifest.chain,
      manifest.has_native ? 1 : 0, counts.blocks, counts.transactions, counts.transfers,
      counts.accounts, counts.assets, counts.tx_id_bytes, counts.account_bytes, counts.asset_bytes,
      manifest.tip_number, manifest.tip_hash.text(), manifest.checksum);
}

bool take_counts(std::string_view& text, Counts& counts) {
  return take_number(text, "blocks", counts.blocks) &&
         take_number(text, "transactions", counts.transactions) &&
         take_number(text, "transfers", counts.transfers) &&
         take_number(text, "accounts", counts.accounts) &&
         take_number(text, "assets", counts.assets) &&
         take_number(text, "tx_id_bytes", counts.tx_id_bytes) &&
         take_number(text, "account_bytes", counts.account_bytes) &&
         take_number(text, "asset_bytes", counts.asset_bytes);
}

bool take_rest(std::string_view& text, Manifest& manifest) {
  auto chain = take_field(text, "chain");
  if (!chain) return false;
  manifest.chain = *chain;
  auto native = take_field(text, "native");
  if (!native || (*native != "0" && *native != "1")) return false;
  manifest.has_native = *native == "1";
  if (!take_counts(text, manifest.counts)) return false;
  if (!take_number(text, "tip", manifest.tip_number)) return false;
  auto tip = take_field(text, "hash");
  auto hash = tip ? Hash256::from_text(*tip) : std::nullopt;
  if (!hash) return false;
  manifest.tip_hash = *hash;
  return take_number(text, "checksum", manifest.checksum, 16);
}

// Whether such rows can be numbered: whoever makes a manifest can make its checksum too.
bool can_be(const Manifest& manifest) {
  constexpr std::uint64_t kMost32 = 0xFFFF'FFFF;
  const Counts& counts = manifest.counts;
  return counts.blocks > 0 && counts.blocks < kMost32 && counts.transactions < kMost32 &&
         counts.accounts < kMost32 && counts.assets < kMost32 &&
         counts.transfers <= kUint40Max / 2 && counts.tx_id_bytes <= kUint40Max &&
         counts.account_bytes <= kUint40Max && counts.asset_bytes <= kUint40Max &&
         (!manifest.has_native || counts.assets > 0);
}

}  // namespace

std::string manifest_text(const Manifest& manifest) { return sealed_manifest(body_text(manifest)); }

Result<Manifest> parse_manifest(std::string_view text, const std::string& path) {
  if (text.starts_with(kCoinLedgerLine)) {
    return machine_error(
        fmt::format("{} is of a coin chain, and this command reads account chains; name another "
                    "--ledger",
                    path));
  }
  std::string_view rest = text;
  if (!rest.starts_with(kAccountLedgerLine)) return damaged_manifest(path);
  rest.remove_prefix(kAccountLedgerLine.size());
  TRY(take_format_lines(rest, "account ledger format", kFormatVersion, path));
  Manifest manifest;
  if (!take_rest(rest, manifest) || !is_sealed(text, rest) || !can_be(manifest)) {
    return damaged_manifest(path);
  }
  return manifest;
}

Result<Manifest> read_manifest(FileSystem& files, const std::string& folder) {
  std::string path = manifest_path(folder);
  if (!files.exists(path)) {
    return machine_error(fmt::format(
        "there is no ledger in {}; make one with `tracehound ingest transfers --csv FILE --map "
        "MAP --ledger {}` or `tracehound ingest ethereum`",
        folder, folder));
  }
  TRY_ASSIGN(Bytes bytes, read_file(files, path));
  return parse_manifest({reinterpret_cast<const char*>(bytes.data()), bytes.size()}, path);
}

}  // namespace tracehound::ledger::accounts
