// A clustering on disk: clusters/NAME.manifest in the ledger's folder says which blocks it covers,
// by which rules, and names the files in clusters/NAME that it consists of; docs/format.md has the
// bytes.
//
// A file's name ends in the checksum of its bytes, and no file is ever changed. So a build writes
// its files beside those that are there, syncs them, and replaces the manifest; killed before that,
// it leaves the clustering as it was. Readers keep what they have mapped. And the same chain under
// the same rules has the same files, however often and from where it was built.
//
// The last kBuried blocks are left out: they are the ones that a reorganisation may take back, and
// readers add them in memory (clustering.h).
#pragma once

#include <array>
#include <cstdint>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "base/bytes.h"
#include "base/file.h"
#include "base/hash.h"
#include "base/ids.h"
#include "base/result.h"
#include "clusters/evidence.h"
#include "ledger/ledger.h"

namespace tracehound::clusters {

inline constexpr std::uint32_t kClustersFormat = 1;
inline constexpr std::uint64_t kBuried = 12;  // blocks
inline constexpr const char* kDefaultName = "multi-input";

enum class Part : std::uint8_t {
  edge_transaction,  // the evidence: what the chain shows in chain order, then guesses of change
                     // by falling confidence
  edge_first,
  edge_second,
  edge_rule,
  edge_confidence,
  cluster_of,           // of each address
  member,               // addresses of clusters of two or more, by cluster and then by address
  refused_transaction,  // unions that a payment forbids (constrained.h), in the order they were
                        // tried
  refused_first,
  refused_second,
  refused_rule,
  refused_confidence,
  refused_against,  // the transaction whose payment forbids it
};

struct PartSpec {
  Part part;
  std::string_view file;
  std::size_t width;
};
inline constexpr std::array<PartSpec, 13> kParts = {{
    {Part::edge_transaction, "edge.transaction", 4},
    {Part::edge_first, "edge.first", 4},
    {Part::edge_second, "edge.second", 4},
    {Part::edge_rule, "edge.rule", 1},
    {Part::edge_confidence, "edge.confidence", 1},
    {Part::cluster_of, "cluster_of", 4},
    {Part::member, "member", 4},
    {Part::refused_transaction, "refused.transaction", 4},
    {Part::refused_first, "refused.first", 4},
    {Part::refused_second, "refused.second", 4},
    {Part::refused_rule, "refused.rule", 1},
    {Part::refused_confidence, "refused.confidence", 1},
    {Part::refused_against, "refused.against", 4},
}};

// By which rules addresses are joined.
struct RuleNames {
  std::vector<std::string> rules = {kMultiInputName, kWrapperName};  // by number
  // What is taken for a CoinJoin and joins nobody, with the recogniser's version; "none".
  std::string left_out = "none";

  // Whether a chain that grows only adds edges, so that a build can go on where the last one ended.
  bool can_go_on() const { return rules.size() == kFirstChangeRule; }
  friend bool operator==(const RuleNames&, const RuleNames&) = default;
};

// The manifest.
struct Facts {
  std::string name;
  std::string chain;
  RuleNames rules;
  std::uint64_t blocks = 0;  // of the ledger, that it covers
  std::uint64_t transactions = 0;
  std::uint64_t addresses = 0;
  std::uint64_t edges = 0;
  std::uint64_t clusters = 0;  // of two addresses or more
  std::uint64_t members = 0;   // of those
  std::uint64_t largest = 0;   // addresses of the largest
  std::uint64_t refused = 0;
  std::array<std::uint64_t, kParts.size()> checksums{};  // XXH3-64
  // Some of the blocks, from the last to the first, ever further apart: by them a later build finds
  // where a chain that went back leaves the one this was made of.
  struct Mark {
    std::uint64_t height = 0;
    Hash256 hash;
    friend bool operator==(const Mark&, const Mark&) = default;
  };
  std::vector<Mark> marks;

  friend bool operator==(const Facts&, const Facts&) = default;
};
std::uint64_t rows_of(Part part, const Facts& facts);

std::string clusters_folder(const std::string& ledger_folder);
std::string folder_of_name(const std::string& ledger_folder, const std::string& name);
// Errors (usage): no name for a folder.
Status check_name(const std::string& name);
std::string part_path(const std::string& folder, const PartSpec& spec, const Facts& facts);
// What makes that clustering anew, for advice: `tracehound cluster build ...`.
std::string rebuild_command(const std::string& folder);
std::string facts_text(const Facts& facts);
std::string facts_path(const std::string& folder);
// Nothing where there is no such clustering. Errors: damaged, or another format's.
Result<std::optional<Facts>> read_facts(FileSystem& files, const std::string& folder);
// The clusterings of a ledger, by name.
Result<std::vector<std::string>> clustering_names(FileSystem& files,
                                                  const std::string& ledger_folder);

// How many blocks a clustering of this ledger covers.
std::uint64_t buried_blocks(const ledger::Ledger& ledger);
// Ids below these are of the ledger's first `blocks` blocks.
TxId first_tx_after(const ledger::Ledger& ledger, std::uint64_t blocks);
std::uint64_t addresses_before(const ledger::Ledger& ledger, std::uint64_t blocks);
std::vector<Facts::Mark> marks_of(const ledger::Ledger& ledger, std::uint64_t blocks);
// How many of the blocks it covers are the ledger's too, as far as its marks tell.
std::uint64_t shared_blocks(const Facts& facts, const ledger::Ledger& ledger);

// A clustering's files, mapped. Copies share them.
//
// Reading a row cannot return an error at every step: one that cannot be true ends the program with
// a sentence that names the file, and exit code 4, as a ledger's rows do (docs/decisions/0004).
class Stored {
 public:
  // Errors: a file is missing or has the wrong length.
  static Result<Stored> open(FileSystem& files, const std::string& folder, const Facts& facts);
  // The clustering of that name as it is now; nothing where there is none.
  static Result<std::optional<Stored>> open_now(FileSystem& files, const std::string& folder);

  const Facts& facts() const { return facts_; }
  ByteView bytes(Part part) const { return views_[static_cast<std::size_t>(part)]; }
  std::uint32_t number(Part part, std::uint64_t row) const {
    return load_le<std::uint32_t>(bytes(part).data() + row * 4);
  }
  std::span<const std::uint32_t> numbers(Part part) const;
  Edge edge(std::uint64_t row) const { return edge_at(Part::edge_transaction, row); }
  Edge refused(std::uint64_t row) const { return edge_at(Part::refused_transaction, row); }
  // The address's cluster. REQUIRES: address.number() < facts().addresses.
  ClusterId cluster_of(AddressId address) const;
  // Rows of `member` that list the cluster; none for one of a single address.
  struct Rows {
    std::uint64_t first = 0;
    std::uint64_t end = 0;
    std::uint64_t size() const { return end - first; }
  };
  Rows members(ClusterId cluster) const;

  // Row of `member`. REQUIRES: row < facts().members.
  AddressId member(std::uint64_t row) const;

  // One sentence for the first file whose bytes are not what the manifest says; reads them all.
  Status check() const;
  // The same of one file.
  Status check(Part part) const;

 private:
  Edge edge_at(Part first, std::uint64_t row) const;
  // Ends the program unless `holds`.
  void require(bool holds, Part part) const;
  std::string damage_text(Part part) const;

  std::string folder_;
  Facts facts_;
  std::vector<std::shared_ptr<Mapping>> mappings_;
  std::array<ByteView, kParts.size()> views_;
};

}  // namespace tracehound::clusters
