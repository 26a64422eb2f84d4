#include "clusters/store.h"

#include <fmt/format.h>

#include <algorithm>

#include "base/check.h"
#include "base/damage.h"
#include "base/text.h"

namespace tracehound::clusters {

std::uint64_t rows_of(Part part, const Facts& facts) {
  if (part == Part::cluster_of) return facts.addresses;
  if (part == Part::member) return facts.members;
  return part < Part::cluster_of ? facts.edges : facts.refused;
}

// ---- names --------------------------------------------------------------------------------------

std::string clusters_folder(const std::string& ledger_folder) {
  return ledger_folder + "/clusters";
}

std::string folder_of_name(const std::string& ledger_folder, const std::string& name) {
  return clusters_folder(ledger_folder) + "/" + name;
}

Status check_name(const std::string& name) {
  constexpr std::string_view kLetters = "abcdefghijklmnopqrstuvwxyz0123456789-_";
  if (!name.empty() && name.size() <= 64 && name.find_first_not_of(kLetters) == name.npos) {
    return {};
  }
  return fail(
      ErrorKind::usage,
      fmt::format("'{}' is no name for a clustering: use up to 64 of a-z, 0-9, - and _", name));
}

std::string part_path(const std::string& folder, const PartSpec& spec, const Facts& facts) {
  return fmt::format("{}/{}.{:016x}", folder, spec.file,
                     facts.checksums[static_cast<std::size_t>(spec.part)]);
}

std::string rebuild_command(const std::string& folder) {
  std::string all = folder_of(folder);
  std::string name = folder.substr(std::min(folder.size(), all.size() + 1));
  std::string command = "tracehound cluster build";
  if (name != kDefaultName) command += fmt::format(" --name {}", name);
  return command + fmt::format(" --ledger {}", folder_of(all));
}

Result<std::vector<std::string>> clustering_names(FileSystem& files,
                                                  const std::string& ledger_folder) {
  std::vector<std::string> names;
  std::string folder = clusters_folder(ledger_folder);
  if (!files.exists(folder)) return names;
  TRY_ASSIGN(names, files.list(folder));
  std::string_view end = ".manifest";
  std::erase_if(names, [&](const std::string& name) { return !name.ends_with(end); });
  for (std::string& name : names) name.resize(name.size() - end.size());
  return names;
}

// ---- which blocks -------------------------------------------------------------------------------

std::uint64_t buried_blocks(const ledger::Ledger& ledger) {
  std::uint64_t blocks = ledger.manifest().counts.blocks;
  return blocks > kBuried ? blocks - kBuried : 0;
}

TxId first_tx_after(const ledger::Ledger& ledger, std::uint64_t blocks) {
  const ledger::Counts& counts = ledger.manifest().counts;
  if (blocks >= counts.blocks) return TxId(static_cast<std::uint32_t>(counts.transactions));
  return ledger.transactions(BlockHeight(static_cast<std::uint32_t>(blocks))).first;
}

std::uint64_t addresses_before(const ledger::Ledger& ledger, std::uint64_t blocks) {
  const ledger::Counts& counts = ledger.manifest().counts;
  if (blocks >= counts.blocks) return counts.addresses;
  ByteView column = ledger.column(ledger::Column::block_first_address);
  std::uint64_t addresses = load_le<std::uint32_t>(column.data() + blocks * 4);
  CHECK_LEDGER(addresses <= counts.addresses);
  return addresses;
}

std::vector<Facts::Mark> marks_of(const ledger::Ledger& ledger, std::uint64_t blocks) {
  constexpr std::size_t kOneByOne = 16;
  std::vector<Facts::Mark> marks;
  std::uint64_t step = 1;
  for (std::uint64_t height = blocks; height > 0;) {
    height -= std::min(height, step);
    marks.push_back({height, ledger.block_hash(BlockHeight(static_cast<std::uint32_t>(height)))});
    if (marks.size() >= kOneByOne) step *= 2;
  }
  return marks;
}

std::uint64_t shared_blocks(const Facts& facts, const ledger::Ledger& ledger) {
  for (const Facts::Mark& mark : facts.marks) {
    if (mark.height >= ledger.manifest().counts.blocks) continue;
    BlockHeight height(static_cast<std::uint32_t>(mark.height));
    if (ledger.block_hash(height) == mark.hash) return mark.height + 1;
  }
  return 0;
}

// ---- files --------------------------------------------------------------------------------------

Result<Stored> Stored::open(FileSystem& files, const std::string& folder, const Facts& facts) {
  Stored stored;
  stored.folder_ = folder;
  stored.facts_ = facts;
  for (const PartSpec& spec : kParts) {
    std::uint64_t expected = rows_of(spec.part, facts) * spec.width;
    if (expected == 0) continue;
    std::string path = part_path(folder, spec, facts);
    TRY_ASSIGN(std::shared_ptr<Mapping> map, files.map(path));
    if (map->bytes().size() != expected) {
      return machine_error(
          fmt::format("{} has {} where its manifest says {}; run `{}` to make it anew", path,
                      plural(map->bytes().size(), "byte"), expected, rebuild_command(folder)));
    }
    stored.views_[static_cast<std::size_t>(spec.part)] = map->bytes();
    stored.mappings_.push_back(std::move(map));
  }
  return stored;
}

Result<std::optional<Stored>> Stored::open_now(FileSystem& files, const std::string& folder) {
  for (;;) {
    TRY_ASSIGN(auto facts, read_facts(files, folder));
    if (!facts) return std::nullopt;
    auto stored = open(files, folder, *facts);
    if (stored) return std::optional<Stored>(std::move(*stored));
    // A build that ended in between took these files away: then the manifest names others.
    TRY_ASSIGN(auto now, read_facts(files, folder));
    if (now == facts) return std::unexpected(std::move(stored).error());
  }
}

std::span<const std::uint32_t> Stored::numbers(Part part) const {
  ByteView view = bytes(part);
  // Files are mapped at the start of a page, so the numbers lie where they may.
  return {reinterpret_cast<const std::uint32_t*>(view.data()), view.size() / 4};
}

ClusterId Stored::cluster_of(AddressId address) const {
  CHECK(address.number() < facts_.addresses);
  std::uint32_t cluster = number(Part::cluster_of, address.number());
  // The smallest address of a cluster names it, and itself.
  require(cluster <= address.number() && number(Part::cluster_of, cluster) == cluster,
          Part::cluster_of);
  return ClusterId(cluster);
}

Stored::Rows Stored::members(ClusterId cluster) const {
  // The first row whose cluster is not before `wanted`.
  auto lower = [&](std::uint32_t wanted) {
    std::uint64_t low = 0;
    std::uint64_t high = facts_.members;
    while (low < high) {
      std::uint64_t middle = low + (high - low) / 2;
      if (number(Part::cluster_of, member(middle).number()) < wanted) {
        low = middle + 1;
      } else {
        high = middle;
      }
    }
    return low;
  };
  return {lower(cluster.number()), lower(cluster.number() + 1)};
}

AddressId Stored::member(std::uint64_t row) const {
  AddressId address(number(Part::member, row));
  require(address.number() < facts_.addresses, Part::member);
  return address;
}

Edge Stored::edge_at(Part first, std::uint64_t row) const {
  auto part = [&](int step) { return static_cast<Part>(static_cast<int>(first) + step); };
  Edge edge{TxId(number(part(0), row)), AddressId(number(part(1), row)),
            AddressId(number(part(2), row)), bytes(part(3))[row], bytes(part(4))[row]};
  require(edge.transaction.number() < facts_.transactions, part(0));
  require(edge.first.number() < facts_.addresses, part(1));
  require(edge.second.number() < facts_.addresses, part(2));
  require(edge.rule < facts_.rules.rules.size(), part(3));
  return edge;
}

// ---- damage -------------------------------------------------------------------------------------

std::string Stored::damage_text(Part part) const {
  return fmt::format(
      "{} is damaged: its bytes are not those that were written; run `{}` to make it anew",
      part_path(folder_, kParts[static_cast<std::size_t>(part)], facts_), rebuild_command(folder_));
}

void Stored::require(bool holds, Part part) const {
  if (!holds) file_damaged(damage_text(part).c_str());
}

Status Stored::check(Part part) const {
  if (rows_of(part, facts_) == 0) return {};
  if (xxh3(bytes(part)) == facts_.checksums[static_cast<std::size_t>(part)]) return {};
  return machine_error(damage_text(part));
}

Status Stored::check() const {
  for (const PartSpec& spec : kParts) TRY(check(spec.part));
  return {};
}

}  // namespace tracehound::clusters
