// The files of a bundle, by name: what docs/evidence.md says byte for byte.
#pragma once

#include <array>
#include <cstdint>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/bytes.h"
#include "base/ed25519.h"
#include "base/file.h"
#include "base/hash.h"
#include "base/result.h"

namespace tracehound::evidence {

inline constexpr std::string_view kSums = "SHA256SUMS";
inline constexpr std::string_view kSignature = "signature.txt";
inline constexpr std::string_view kReadme = "README.txt";
inline constexpr std::string_view kStatement = "bundle.json";
inline constexpr std::string_view kHeaders = "headers.bin";
inline constexpr std::string_view kIncident = "incident.yaml";
inline constexpr std::string_view kCsv = "result.csv";
inline constexpr std::string_view kJson = "result.json";
inline constexpr std::string_view kTags = "tags.json";
inline constexpr std::string_view kTransactions = "transactions.bin";
inline constexpr std::string_view kTransfers = "transfers.jsonl";

// How bundle.json of an account ledger's bundle begins.
inline constexpr std::string_view kAccountStatementHead =
    "{\n \"schema\": \"tracehound.evidence-accounts/1\"";

// Of a trace on which kind of ledger.
enum class BundleKind : std::uint8_t { coins, accounts };

// What every bundle of the kind has besides its sums and its signature, by name, and how long it
// may be: a reader holds memory for no more.
struct BundleFile {
  std::string_view name;
  std::uint64_t most_bytes;
};
inline constexpr std::array<BundleFile, 8> kCoinFiles = {{
    {kReadme, 64U << 10},
    {kStatement, 256U << 20},
    {kHeaders, 80ULL << 24},
    {kIncident, 64U << 20},
    {kCsv, 4ULL << 30},
    {kJson, 4ULL << 30},
    {kTags, 256U << 20},
    {kTransactions, 16ULL << 30},
}};
inline constexpr std::array<BundleFile, 7> kAccountFiles = {{
    {kReadme, 64U << 10},
    {kStatement, 256U << 20},
    {kIncident, 64U << 20},
    {kCsv, 4ULL << 30},
    {kJson, 4ULL << 30},
    {kTags, 256U << 20},
    {kTransfers, 16ULL << 30},
}};
inline constexpr std::uint64_t kMostSumsBytes = 4096;
// No chain is that long; what is made for each of its blocks stays bounded.
inline constexpr std::uint32_t kMostBlocks = 1U << 24;

// Something in a bundle that does not hold: in which file, of what there, and why.
struct Finding {
  std::string file;
  std::string item;  // "" for the file itself
  std::string why;   // a clause: "its SHA-256 is ..."

  std::string text() const;
};

using Files = std::map<std::string, Bytes, std::less<>>;

// SHA256SUMS of these files, as sha256sum prints it.
std::string sums_of(const Files& files);
// signature.txt: who signed SHA256SUMS, and the signature.
std::string signature_text(const ed25519::PrivateKey& key, std::string_view sums);

// A bundle's files, mapped, and what is wrong with them as files.
struct OpenBundle {
  BundleKind kind = BundleKind::coins;
  std::map<std::string, std::unique_ptr<Mapping>, std::less<>> files;  // those there are
  std::optional<ed25519::PublicKey> signer;                            // whose signature holds
  std::vector<Finding> findings;

  ByteView bytes(std::string_view name) const { return files.find(name)->second->bytes(); }
  // REQUIRES of both: has(name).
  std::string_view text(std::string_view name) const {
    return {reinterpret_cast<const char*>(bytes(name).data()), bytes(name).size()};
  }
  bool has(std::string_view name) const { return files.contains(name); }
};

// Looks at every file in the folder, and sums each. Errors (bad_input): no folder; one without
// SHA256SUMS, which is no bundle.
Result<OpenBundle> open_bundle(FileSystem& files, const std::string& folder);

// Where two texts of a bundle's file part ways: "line N", and from which byte on; nothing where
// they are the same.
struct Difference {
  std::string item;
  std::string why;
};
std::optional<Difference> difference_of(std::string_view stated, std::string_view expected);

// That it is signed by the key that was named, if one was. Adds what does not hold.
void check_signer(const std::optional<ed25519::PublicKey>& signer,
                  const std::optional<ed25519::PublicKey>& key, std::vector<Finding>& findings);

// That the folder can take a bundle: it is not there, or is empty. Errors (usage).
Status check_room(FileSystem& files, const std::string& folder);

// Writes the files, SHA256SUMS last: without it there is no bundle. Errors: the folder is there and
// not empty (usage); the machine's, and then what was written is taken away again.
Status write_bundle(FileSystem& files, const std::string& folder, const Files& bundle,
                    const std::optional<ed25519::PrivateKey>& key);

}  // namespace tracehound::evidence
