#include "clusters/clustering.h"

#include <fmt/format.h>

#include <algorithm>
#include <numeric>

#include "base/text.h"
#include "clusters/co_spends.h"
#include "clusters/rules.h"

namespace tracehound::clusters {

namespace {

std::string build_command(const ledger::Ledger& ledger, const std::string& name,
                          const RuleNames& rules) {
  std::string command = "tracehound cluster build";
  if (name != kDefaultName) command += fmt::format(" --name {}", name);
  if (!rules.can_go_on()) command += fmt::format(" --rules {}", fmt::join(rules.rules, ","));
  if (rules.left_out == kOnlyKeyless) command += " --with-coinjoins";
  return command + fmt::format(" --ledger {}", ledger.folder());
}

}  // namespace

Result<Clustering> Clustering::open(FileSystem& files, const ledger::Ledger& ledger,
                                    const std::string& name, const Rules& rules) {
  TRY(check_name(name));
  Clustering clustering(ledger);
  clustering.name_ = name;
  clustering.rules_ = rules.names;
  TRY_ASSIGN(clustering.stored_, Stored::open_now(files, folder_of_name(ledger.folder(), name)));
  if (clustering.stored_) {
    const Facts& facts = clustering.stored_->facts();
    std::string command = build_command(ledger, name, rules.names);
    if (facts.chain != ledger.chain() || facts.rules != rules.names) {
      return machine_error(fmt::format(
          "the clustering {} in {} was built by other rules ({}, leaving out {}) than this "
          "program's; run `{}`",
          name, ledger.folder(), fmt::join(facts.rules.rules, ","), facts.rules.left_out, command));
    }
    if (shared_blocks(facts, ledger) != facts.blocks) {
      return machine_error(
          fmt::format("the clustering {} in {} is of blocks that the ledger has left; run `{}`",
                      name, ledger.folder(), command));
    }
    clustering.blocks_ = facts.blocks;
  }
  if (rules.names.can_go_on()) TRY(clustering.catch_up(rules.joins_nobody));
  return clustering;
}

Status Clustering::catch_up(const JoinsNobody& joins_nobody) {
  const ledger::Counts& counts = ledger_->manifest().counts;
  IdRange<TxId> fresh{first_tx_after(*ledger_, blocks_),
                      TxId(static_cast<std::uint32_t>(counts.transactions))};
  if (fresh.size() > kMostInMemory) {
    return machine_error(fmt::format(
        "the clustering {} lacks the ledger's last {}; run `{}`, which reads them once and for all",
        name_, plural(counts.blocks - blocks_, "block"), build_command(*ledger_, name_, rules_)));
  }
  for_each_link(*ledger_, fresh, joins_nobody, [&](std::span<const Edge> part) {
    for (const Edge& both : part) {
      ClusterId one = stored_cluster(both.first);
      ClusterId other = stored_cluster(both.second);
      if (one == other || !joined_.unite(one.number(), other.number())) continue;
      edges_.push_back(both);
    }
    return true;
  });
  sets_ = joined_.sets();
  blocks_ = counts.blocks;
  return {};
}

ClusterId Clustering::stored_cluster(AddressId address) const {
  bool on_disk = stored_ && address.number() < stored_->facts().addresses;
  return on_disk ? stored_->cluster_of(address) : ClusterId(address.number());
}

std::uint64_t Clustering::stored_size(std::uint32_t cluster) const {
  if (!stored_ || cluster >= stored_->facts().addresses) return 1;
  return std::max<std::uint64_t>(1, stored_->members(ClusterId(cluster)).size());
}

ClusterId Clustering::cluster_of(AddressId address) const {
  ClusterId cluster = stored_cluster(address);
  if (joined_.empty()) return cluster;
  return ClusterId(joined_.find(cluster.number()));
}

std::vector<std::uint32_t> Clustering::parts_of(ClusterId cluster) const {
  std::vector<std::uint32_t> parts;
  auto root = &std::pair<std::uint32_t, std::uint32_t>::first;
  for (auto [_, part] : std::ranges::equal_range(sets_, cluster.number(), {}, root)) {
    parts.push_back(part);
  }
  if (parts.empty()) parts.push_back(cluster.number());
  return parts;
}

std::uint64_t Clustering::size(ClusterId cluster) const {
  std::uint64_t size = 0;
  for (std::uint32_t part : parts_of(cluster)) size += stored_size(part);
  return size;
}

std::vector<AddressId> Clustering::members(ClusterId cluster, std::uint64_t first,
                                           std::uint64_t most) const {
  auto parts = parts_of(cluster);
  std::vector<AddressId> members;
  if (parts.size() == 1 && stored_size(parts.front()) > 1) {
    // As it is on disk, where a page of it costs no more than that page.
    Stored::Rows rows = stored_->members(ClusterId(parts.front()));
    first = std::min(first, rows.size());
    most = std::min(most, rows.size() - first);
    for (std::uint64_t row = rows.first + first; most > 0; ++row, --most) {
      members.push_back(stored_->member(row));
    }
    return members;
  }
  for (std::uint32_t part : parts) {
    Stored::Rows rows;
    if (stored_ && part < stored_->facts().addresses) rows = stored_->members(ClusterId(part));
    if (rows.size() == 0) members.push_back(AddressId(part));
    for (std::uint64_t row = rows.first; row < rows.end; ++row) {
      members.push_back(stored_->member(row));
    }
  }
  std::ranges::sort(members);
  first = std::min<std::uint64_t>(first, members.size());
  members.erase(members.begin(), members.begin() + static_cast<std::ptrdiff_t>(first));
  if (members.size() > most) members.resize(most);
  return members;
}

Result<LargeVector<std::uint32_t>> Clustering::of_all_addresses() const {
  if (stored_) TRY(stored_->check(Part::cluster_of));
  LargeVector<std::uint32_t> all(ledger_->manifest().counts.addresses);
  std::span<const std::uint32_t> known;
  if (stored_)
    known = stored_->numbers(Part::cluster_of)
                .first(std::min<std::uint64_t>(stored_->facts().addresses, all.size()));
  std::ranges::copy(known, all.begin());
  std::iota(all.begin() + static_cast<std::ptrdiff_t>(known.size()), all.end(),
            static_cast<std::uint32_t>(known.size()));
  if (joined_.empty()) return all;
  for (std::uint32_t& cluster : all) cluster = joined_.find(cluster);
  return all;
}

}  // namespace tracehound::clusters
