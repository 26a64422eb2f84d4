#include "clusters/build.h"

#include <fmt/format.h>

#include <algorithm>
#include <memory>
#include <vector>

#include "base/check.h"
#include "base/huge_pages.h"
#include "base/large_bytes.h"
#include "base/parallel.h"
#include "clusters/constrained.h"
#include "clusters/part_writer.h"
#include "clusters/union_find.h"

namespace tracehound::clusters {

namespace {

using ledger::Ledger;

// A number's place is a cache miss: so many numbers before, it is asked for.
constexpr std::size_t kAhead = 32;

const PartSpec& spec_of(Part part) { return kParts[static_cast<std::size_t>(part)]; }

// The five columns of edges.
class EdgeWriter {
 public:
  static Result<EdgeWriter> create(FileSystem& files, const std::string& folder, Part first) {
    EdgeWriter writer;
    for (std::size_t i = 0; i < kColumns; ++i) {
      const PartSpec& spec = kParts[static_cast<std::size_t>(first) + i];
      TRY_ASSIGN(auto part, PartWriter::create(files, folder, spec));
      writer.parts_.push_back(std::move(part));
    }
    return writer;
  }
  void add(std::span<const Edge> edges) {
    parts_[0].push_all(edges, [](const Edge& edge) { return edge.transaction.number(); });
    parts_[1].push_all(edges, [](const Edge& edge) { return edge.first.number(); });
    parts_[2].push_all(edges, [](const Edge& edge) { return edge.second.number(); });
    parts_[3].push_all(edges, [](const Edge& edge) { return edge.rule; });
    parts_[4].push_all(edges, [](const Edge& edge) { return edge.confidence; });
  }
  // The first `rows` edges of a clustering that is there.
  void copy(const Stored& stored, std::uint64_t rows) {
    for (std::size_t i = 0; i < kColumns; ++i) {
      parts_[i].push_bytes(stored.bytes(static_cast<Part>(i)).first(rows * kParts[i].width));
    }
  }
  bool ok() const {
    return std::ranges::all_of(parts_,
                               [](const PartWriter& part) { return part.status().has_value(); });
  }
  Status finish(Facts& facts) {
    for (PartWriter& part : parts_) TRY(part.finish(facts));
    return {};
  }

 private:
  static constexpr std::size_t kColumns = 5;
  static_assert(kParts[0].part == Part::edge_transaction);

  std::vector<PartWriter> parts_;
};

class Build {
 public:
  Build(FileSystem& files, const Ledger& ledger, const Rules& rules, const BuildOptions& options)
      : files_(files),
        ledger_(ledger),
        rules_(rules),
        options_(options),
        folder_(folder_of_name(ledger.folder(), options.name)) {
    facts_.name = options.name;
    facts_.chain = ledger.chain();
    facts_.rules = rules.names;
    bool goes_on = rules.names.can_go_on();
    facts_.blocks = goes_on ? buried_blocks(ledger) : ledger.manifest().counts.blocks;
    facts_.transactions = first_tx_after(ledger, facts_.blocks).number();
    facts_.addresses = addresses_before(ledger, facts_.blocks);
    facts_.marks = marks_of(ledger, facts_.blocks);
  }

  Result<BuildReport> run() {
    look_at_what_is_there();
    if (is_up_to_date()) {
      report_.facts = *report_.before;
      report_.edges_kept = report_.facts.edges;
      report_.unchanged = true;
      TRY(remove_others(report_.facts));
      return report_;
    }
    UnionFind sets = keep();
    TRY_ASSIGN(auto edges, EdgeWriter::create(files_, folder_, Part::edge_transaction));
    TRY(join(sets, edges));
    TRY(write(std::move(sets), edges));
    TRY(commit());
    report_.facts = facts_;
    return report_;
  }

 private:
  void look_at_what_is_there();
  bool is_up_to_date() const;
  UnionFind keep();
  Status join(UnionFind& sets, EdgeWriter& edges);
  void join_links(UnionFind& sets, EdgeWriter& edges);
  Status join_changes(UnionFind& sets, EdgeWriter& edges);
  Status write(UnionFind sets, EdgeWriter& edges);
  void count_members(std::span<const std::uint32_t> cluster_of, std::span<std::uint32_t> places);
  Status write_members(std::span<const std::uint32_t> cluster_of, std::span<std::uint32_t> places,
                       LargeBytes room);
  Status commit();
  Status remove_others(const Facts& facts);

  FileSystem& files_;
  const Ledger& ledger_;
  const Rules& rules_;
  const BuildOptions& options_;
  std::string folder_;
  Facts facts_;
  std::optional<Stored> there_;  // what can be gone on from
  std::uint64_t kept_blocks_ = 0;
  BuildReport report_;
};

void Build::look_at_what_is_there() {
  auto there = Stored::open_now(files_, folder_);
  if (!there) {
    report_.damage = there.error().message;
    return;
  }
  if (!*there) return;
  const Stored& stored = **there;
  report_.before = stored.facts();
  if (stored.facts().rules != facts_.rules || stored.facts().chain != facts_.chain) return;
  if (auto sound = stored.check(); !sound) {
    report_.damage = sound.error().message;
    return;
  }
  kept_blocks_ = std::min(shared_blocks(stored.facts(), ledger_), facts_.blocks);
  there_ = std::move(*there);
}

bool Build::is_up_to_date() const {
  return there_ && kept_blocks_ == facts_.blocks && there_->facts().blocks == facts_.blocks;
}

// What the blocks that stayed have joined.
UnionFind Build::keep() {
  if (!there_ || !facts_.rules.can_go_on()) {
    kept_blocks_ = 0;
    return UnionFind(facts_.addresses);
  }
  const Facts& before = there_->facts();
  if (kept_blocks_ == before.blocks) {
    report_.edges_kept = before.edges;
    return UnionFind(there_->numbers(Part::cluster_of), facts_.addresses);
  }
  UnionFind sets(facts_.addresses);
  TxId end = first_tx_after(ledger_, kept_blocks_);
  std::uint64_t& row = report_.edges_kept;
  for (; row < before.edges && there_->edge(row).transaction < end; ++row) {
    Edge edge = there_->edge(row);
    CHECK_LEDGER(std::max(edge.first, edge.second).number() < facts_.addresses);
    sets.unite(edge.first.number(), edge.second.number());
  }
  return sets;
}

Status Build::join(UnionFind& sets, EdgeWriter& edges) {
  if (report_.edges_kept > 0) edges.copy(*there_, report_.edges_kept);
  facts_.edges = report_.edges_kept;
  join_links(sets, edges);
  return rules_.names.can_go_on() ? Status{} : join_changes(sets, edges);
}

void Build::join_links(UnionFind& sets, EdgeWriter& edges) {
  IdRange<TxId> fresh{first_tx_after(ledger_, kept_blocks_),
                      TxId(static_cast<std::uint32_t>(facts_.transactions))};
  report_.transactions = fresh.size();
  std::vector<Edge> kept;
  auto take = [&](std::span<const Edge> part) {
    kept.clear();
    for (std::size_t i = 0; i < part.size(); ++i) {
      if (i + kAhead < part.size()) {
        sets.prefetch(part[i + kAhead].first.number());
        sets.prefetch(part[i + kAhead].second.number());
      }
      const Edge& both = part[i];
      if (sets.unite(both.first.number(), both.second.number())) kept.push_back(both);
    }
    edges.add(kept);
    facts_.edges += kept.size();
    if (options_.on_transactions && !part.empty()) {
      options_.on_transactions(part.back().transaction.number() - fresh.first.number());
    }
    return edges.ok();
  };
  for_each_link(ledger_, fresh, rules_.joins_nobody, take, &sets);
}

Status Build::join_changes(UnionFind& sets, EdgeWriter& edges) {
  IdRange<TxId> all{TxId(0), TxId(static_cast<std::uint32_t>(facts_.transactions))};
  ChangeUnions unions = join_by_change(ledger_, all, rules_, sets);
  edges.add(unions.joined);
  facts_.edges += unions.joined.size();
  facts_.refused = unions.refused.size();
  if (unions.refused.empty()) return {};
  TRY_ASSIGN(auto refused, EdgeWriter::create(files_, folder_, Part::refused_transaction));
  TRY_ASSIGN(auto against, PartWriter::create(files_, folder_, spec_of(Part::refused_against)));
  for (const Refusal& refusal : unions.refused) {
    refused.add({&refusal.edge, 1});
    against.push(refusal.against.number());
  }
  TRY(refused.finish(facts_));
  return against.finish(facts_);
}

// Each file is synced while the next is made.
Status Build::write(UnionFind sets, EdgeWriter& edges) {
  TRY_ASSIGN(auto writer, PartWriter::create(files_, folder_, spec_of(Part::cluster_of)));
  Status edges_written;
  Status clusters_written;
  std::unique_ptr<Mapping> map;
  {
    Background finish_edges([&] { edges_written = edges.finish(facts_); });
    LargeVector<std::uint32_t> places;
    std::span<const std::uint32_t> clusters;
    {
      Background get_memory([&] { places.resize(facts_.addresses); });
      clusters = sets.flatten();
    }
    {
      Background push([&] {
        writer.push_bytes({reinterpret_cast<const Byte*>(clusters.data()), clusters.size_bytes()});
      });
      count_members(clusters, places);
    }
    std::span<const std::uint32_t> cluster_of;
    if (!clusters.empty()) {
      // Read back from the file, so that the memory is free for the members.
      TRY_ASSIGN(map, writer.map());
      CHECK(map->bytes().size() == clusters.size_bytes());
      cluster_of = {reinterpret_cast<const std::uint32_t*>(map->bytes().data()), clusters.size()};
    }
    Background finish_clusters([&] { clusters_written = writer.finish(facts_); });
    TRY(write_members(cluster_of, places, std::move(sets).take()));
  }
  TRY(edges_written);
  return clusters_written;
}

// The first half of a counting sort. `places` are zeros, and get of each number that names a
// cluster where among all members its first one goes. An address alone goes where the next cluster
// begins, whose first member comes later and is written over it: no branch that nobody can
// foretell.
void Build::count_members(std::span<const std::uint32_t> cluster_of,
                          std::span<std::uint32_t> places) {
  for (std::size_t i = 0; i < cluster_of.size(); ++i) {
    if (i + kAhead < cluster_of.size()) __builtin_prefetch(&places[cluster_of[i + kAhead]]);
    ++places[cluster_of[i]];
  }
  std::uint32_t next = 0;
  for (std::uint32_t& place : places) {
    std::uint32_t size = place > 1 ? place : 0;
    place = next;
    next += size;
    facts_.clusters += size > 0 ? 1 : 0;
    facts_.largest = std::max<std::uint64_t>(facts_.largest, size);
  }
  facts_.members = next;
  CHECK(facts_.edges == facts_.members - facts_.clusters);
}

// The second half. `room` has that of a number for each address.
Status Build::write_members(std::span<const std::uint32_t> cluster_of,
                            std::span<std::uint32_t> places, LargeBytes room) {
  // One alone after the last cluster goes behind its last member: then there is room, for it is
  // none.
  constexpr std::size_t kWidth = sizeof(std::uint32_t);
  CHECK(room.size() == cluster_of.size() * kWidth && facts_.members <= cluster_of.size());
  auto* members = reinterpret_cast<std::uint32_t*>(room.data());
  for (std::size_t i = 0; i < cluster_of.size(); ++i) {
    if (i + kAhead < cluster_of.size()) __builtin_prefetch(&places[cluster_of[i + kAhead]]);
    members[places[cluster_of[i]]++] = static_cast<std::uint32_t>(i);
  }
  TRY_ASSIGN(auto writer, PartWriter::create(files_, folder_, spec_of(Part::member)));
  writer.push_bytes(room.view().first(facts_.members * kWidth));
  return writer.finish(facts_);
}

// What was built is what readers find from now on.
Status Build::commit() {
  TRY(files_.sync_folder(folder_));
  TRY(replace_file(files_, facts_path(folder_), facts_text(facts_)));
  return remove_others(facts_);
}

// Files of the clustering before, or of a build that was killed.
Status Build::remove_others(const Facts& facts) {
  TRY_ASSIGN(auto names, files_.list(folder_));
  std::vector<std::string> used;
  for (const PartSpec& spec : kParts) {
    if (rows_of(spec.part, facts) > 0) used.push_back(part_path(folder_, spec, facts));
  }
  for (const std::string& name : names) {
    std::string path = folder_ + "/" + name;
    // One that cannot be removed is removed by the next build.
    if (std::ranges::find(used, path) == used.end()) static_cast<void>(files_.remove(path));
  }
  return {};
}

}  // namespace

bool BuildReport::largest_is_huge(std::uint64_t least) const {
  return !unchanged && facts.largest >= least && facts.largest > facts.addresses / 10;
}

bool BuildReport::largest_leapt(std::uint64_t least) const {
  if (!before || before->largest < least || facts.addresses == 0) return false;
  // Both are below 2^32, so neither product overflows.
  std::uint64_t now = facts.largest * before->addresses;
  std::uint64_t then = before->largest * facts.addresses;
  return now > then && now - then > then;
}

Result<BuildReport> build_clusters(FileSystem& files, const Ledger& ledger, const Rules& rules,
                                   const BuildOptions& options) {
  TRY(check_name(options.name));
  std::string folder = folder_of_name(ledger.folder(), options.name);
  TRY(files.make_folder(folder));
  TRY_ASSIGN(auto lock, files.lock(folder + ".lock"));
  return Build(files, ledger, rules, options).run();
}

}  // namespace tracehound::clusters
