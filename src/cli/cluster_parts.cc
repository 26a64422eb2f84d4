#include "cli/cluster_parts.h"

#include <fmt/format.h>

#include <algorithm>
#include <charconv>
#include <unordered_set>

#include "base/progress.h"
#include "base/text.h"
#include "chains/bitcoin/address.h"
#include "clusters/clusters_then.h"
#include "ledger/certain.h"
#include "tags/actor_ids.h"
#include "tags/codes.h"
#include "tags/store.h"

namespace tracehound::cli {

namespace {

using clusters::AddressTag;

// A tag that only mentions an address, or tells what happened there, names nobody.
bool names_somebody(const tags::Attribution& said) {
  return said.tag_type.empty() || said.tag_type == "actor";
}

AddressTag address_tag(AddressId address, const tags::Attribution& said,
                       const tags::ActorIds& actors) {
  return {.address = address,
          .actor = actors.id(said.actor),
          .label = said.label,
          .category = said.category,
          .level = said.confidence.level,
          .is_definer = said.is_cluster_definer,
          .source = said.source};
}

std::optional<AddressId> find(const OpenLedger& open, const std::string& text) {
  auto parsed = chains::bitcoin::parse_address(open.network, text);
  if (!parsed) return std::nullopt;
  return open.ledger.find_address(parsed->kind, parsed->payload);
}

}  // namespace

Result<OpenClustering> open_clustering(Context& context, const OpenLedger& open,
                                       const std::string& name) {
  TRY(clusters::check_name(name));
  TRY_ASSIGN(auto facts, clusters::read_facts(
                             context.files, clusters::folder_of_name(open.ledger.folder(), name)));
  clusters::Rules rules = clusters::default_rules();
  if (facts) {
    bool leaves_out = clusters::leaves_out_coinjoins(facts->rules.left_out);
    TRY_ASSIGN(rules, clusters::rules_of(facts->rules.rules,
                                         leaves_out ? clusters::kLeftOut : clusters::kOnlyKeyless));
  } else if (name != clusters::kDefaultName) {
    return fail(ErrorKind::no, fmt::format("the ledger in {} has no clustering {}; `tracehound "
                                           "cluster list` shows those it has",
                                           context.ledger, name));
  }
  TRY_ASSIGN(auto clustering, clusters::Clustering::open(context.files, open.ledger, name, rules));
  return OpenClustering{std::move(rules), std::move(clustering)};
}

Result<AddressId> known_address(const OpenLedger& open, const std::string& text) {
  TRY_ASSIGN(auto parsed, chains::bitcoin::parse_address(open.network, text));
  auto address = open.ledger.find_address(parsed.kind, parsed.payload);
  if (address) return *address;
  return fail(ErrorKind::no, fmt::format("the ledger has no address {}", text));
}

Result<BlockHeight> block_of(const ledger::Ledger& ledger, const std::string& text) {
  std::uint32_t height = 0;
  auto [end, failure] = std::from_chars(text.data(), text.data() + text.size(), height);
  if (failure == std::errc{} && end == text.data() + text.size() && text.find('-') == text.npos) {
    if (height <= ledger.tip().number()) return BlockHeight(height);
    return fail(ErrorKind::no, fmt::format("the ledger has no block {}; its tip is {}", height,
                                           ledger.tip().number()));
  }
  auto time = parse_utc(text);
  if (!time) {
    return fail(ErrorKind::usage,
                fmt::format("'{}' is no height and no time: write 840000, 2016-08-02 or "
                            "2016-08-02T14:30:00Z (UTC)",
                            text));
  }
  auto block = ledger.block_at(*time);
  if (block) return *block;
  return fail(ErrorKind::no, fmt::format("the ledger's first block is after {}", text));
}

void add_at(CLI::App& command, std::string& at) {
  command.add_option("--at", at, "as it was then: transactions after that block do not count")
      ->type_name("HEIGHT|TIME");
}

void add_name(CLI::App& command, std::string& name) {
  command.add_option("--name", name, "the clustering")->type_name("NAME")->capture_default_str();
}

Status check_at(const OpenClustering& clustering, const std::string& name, const std::string& at) {
  if (at.empty() || clustering.rules.names.can_go_on()) return {};
  return fail(ErrorKind::usage,
              fmt::format("--at is not for the clustering {}, whose change rules look at later "
                          "spends; rewind a copy of the ledger and build there, or ask a "
                          "clustering without change rules",
                          name));
}

// ---- tags ---------------------------------------------------------------------------------------

Result<std::vector<AddressTag>> tags_of(const OpenLedger& open,
                                        const std::vector<AddressId>& addresses) {
  constexpr std::size_t kOneByOne = 20'000;
  if (addresses.size() > kOneByOne) {
    TRY_ASSIGN(auto all, tags_of_all(open));
    std::erase_if(all, [&](const AddressTag& tag) {
      return !std::ranges::binary_search(addresses, tag.address);
    });
    return all;
  }
  TRY_ASSIGN(auto store, tags::TagStore::open_to_read(open.ledger.folder()));
  TRY_ASSIGN(tags::ActorIds actors, tags::ActorIds::of(store));
  std::vector<AddressTag> found;
  for (AddressId address : addresses) {
    TRY_ASSIGN(auto all, store.find(open.address_text(address), open.ledger.chain()));
    for (const tags::Tag& tag : all) {
      if (names_somebody(tag.attribution))
        found.push_back(address_tag(address, tag.attribution, actors));
    }
  }
  return found;
}

Result<std::vector<AddressTag>> tags_of_all(const OpenLedger& open, const Belief& belief) {
  TRY_ASSIGN(auto store, tags::TagStore::open_to_read(open.ledger.folder(), belief.tags_at));
  TRY_ASSIGN(tags::ActorIds actors, tags::ActorIds::of(store));
  std::vector<AddressTag> found;
  TRY(store.for_each([&](const tags::Tag& tag) {
    if (tag.kind != tags::SubjectKind::address || !names_somebody(tag.attribution)) return;
    if (tags::chain_of(tag.attribution.currency, tag.attribution.network) != open.ledger.chain()) {
      return;
    }
    if (auto address = find(open, tag.subject)) {
      found.push_back(address_tag(*address, tag.attribution, actors));
    }
  }));
  return found;
}

Result<std::string> actor_id(const OpenLedger& open, const std::string& actor) {
  TRY_ASSIGN(auto store, tags::TagStore::open_to_read(open.ledger.folder()));
  TRY_ASSIGN(tags::ActorIds actors, tags::ActorIds::of(store));
  return actors.id(actor);
}

Result<ClustersForStops> clusters_for_stops(Context& context, const OpenLedger& open,
                                            const Belief& belief) {
  TRY_ASSIGN(auto found, open_clustering(context, open, clusters::kDefaultName));
  TRY_ASSIGN(auto tags, tags_of_all(open, belief));
  ClustersForStops stops;
  if (belief.last) {
    TxId before = open.ledger.transactions(*belief.last).end;
    TRY_ASSIGN(stops.cluster_of_address,
               clusters::clusters_before(open.ledger, found.clustering, before));
  } else {
    TRY_ASSIGN(stops.cluster_of_address, found.clustering.of_all_addresses());
  }
  std::vector<clusters::ClusterId> of_tags;
  for (const AddressTag& tag : tags) {
    of_tags.emplace_back(stops.cluster_of_address[tag.address.number()]);
  }
  stops.conflicts = clusters::tags_of_clusters(tags, of_tags);
  std::erase_if(stops.conflicts,
                [](const clusters::TaggedCluster& one) { return !one.tag.conflict(); });
  if (stops.conflicts.empty()) return stops;
  std::unordered_set<std::uint32_t> apart;
  for (const auto& conflict : stops.conflicts) apart.insert(conflict.cluster.number());
  for (std::uint32_t address = 0; address < stops.cluster_of_address.size(); ++address) {
    std::uint32_t& cluster = stops.cluster_of_address[address];
    if (apart.contains(cluster)) cluster = address;
  }
  return stops;
}

std::string conflict_text(const OpenLedger& open, const clusters::TaggedCluster& cluster) {
  std::string who;
  for (const clusters::Claim& claim : cluster.tag.claims) {
    if (claim.best.level < clusters::kStrong) continue;
    who += fmt::format("{}{} ({} of 100, at {})", who.empty() ? "" : " and ", claim.best.who(),
                       claim.best.level, open.address_text(claim.best.address));
  }
  return fmt::format("the cluster of {} is said to be that of {}",
                     open.address_text(AddressId(cluster.cluster.number())), who);
}

// ---- building -----------------------------------------------------------------------------------

Result<clusters::BuildReport> build_and_remark(Context& context, const std::string& name,
                                               const clusters::Rules& rules, bool progress) {
  auto work = [&](OpenLedger& open) {
    Progress line("clusters", "transactions", open.ledger.counts().transactions, 1, progress);
    clusters::BuildOptions options{
        .name = name, .on_transactions = [&](std::uint64_t done) { line.update(done); }};
    return clusters::build_clusters(context.files, open.ledger, rules, options);
  };
  TRY_ASSIGN(auto report,
             ledger::read_certain(context.files, [&] { return open_ledger(context); }, work));
  if (!report.damage.empty()) {
    warn(fmt::format("what was there could not be used and was built anew: {}", report.damage));
  }
  if (report.largest_leapt()) {
    warn(fmt::format(
        "alarm: the largest cluster of {} went from {} ({}) to {} ({}) of all addresses; a mix or "
        "a bad rule may have joined strangers, see `tracehound cluster list` and `tracehound "
        "cluster why`",
        name, percent_text(report.before->largest, report.before->addresses),
        grouped(report.before->largest), percent_text(report.facts.largest, report.facts.addresses),
        grouped(report.facts.largest)));
  }
  if (!report.largest_leapt() && report.largest_is_huge()) {
    warn(
        fmt::format("alarm: the largest cluster of {} has {} ({}) of all addresses; a mix or a bad "
                    "rule may have joined strangers, see `tracehound cluster list` and "
                    "`tracehound cluster why`",
                    name, percent_text(report.facts.largest, report.facts.addresses),
                    grouped(report.facts.largest)));
  }
  return report;
}

Status update_clusters(Context& context) {
  using clusters::kDefaultName;
  std::string folder = clusters::folder_of_name(context.ledger, kDefaultName);
  if (!context.files.exists(clusters::facts_path(folder))) return {};
  TRY(build_and_remark(context, kDefaultName, clusters::default_rules(), false));
  return {};
}

}  // namespace tracehound::cli
