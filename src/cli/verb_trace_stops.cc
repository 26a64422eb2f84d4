// What ends a trace: services that tags name, mixes, and what the command line says of both.
#include <fmt/format.h>

#include <algorithm>
#include <string_view>

#include "base/hash.h"
#include "base/text.h"
#include "chains/bitcoin/address.h"
#include "chains/bitcoin/burn.h"
#include "cli/verb_trace.h"
#include "tags/services.h"
#include "tags/store.h"

namespace tracehound::cli::tracing {

namespace {

const CoinJoins kCoinJoins;

std::vector<std::string> split(std::string_view list) {
  std::vector<std::string> parts;
  while (true) {
    std::size_t comma = std::min(list.find(','), list.size());
    parts.emplace_back(list.substr(0, comma));
    if (comma == list.size()) return parts;
    list.remove_prefix(comma + 1);
  }
}

// --stop-at as categories of tags/services.h; all of them when it is not given.
Result<std::vector<std::string_view>> stop_categories(const Options& options) {
  if (options.stop_at.empty()) {
    return std::vector<std::string_view>(tags::kStopCategories.begin(),
                                         tags::kStopCategories.end());
  }
  std::vector<std::string_view> categories;
  if (options.stop_at == "none") return categories;
  for (const std::string& word : split(options.stop_at)) {
    std::string_view category = tags::stop_category(word);
    if (category.empty()) {
      return fail(ErrorKind::usage,
                  fmt::format("--stop-at: there is no category '{}'; the known ones are {}, or "
                              "none to stop at no service",
                              word, fmt::join(tags::kStopCategories, ", ")));
    }
    categories.push_back(category);
  }
  return categories;
}

std::vector<std::string> stop_words(const Options& options, std::size_t services,
                                    std::span<const std::string_view> categories) {
  std::vector<std::string> words = {
      fmt::format("Coins of {} that tags in this ledger name.", plural(services, "service")),
      "Unspendable scripts (OP_RETURN) and addresses that nobody can have a key to."};
  if (!options.stop_at.empty()) {
    words.front() = categories.empty()
                        ? "No service."
                        : fmt::format("Coins of {} that tags in this ledger name as {}.",
                                      plural(services, "service"), fmt::join(categories, ", "));
  }
  if (options.clusters == "on" && services > 0) {
    words.emplace_back("An address counts as its cluster's (multi-input, CoinJoins left out).");
  }
  if (options.mix == "stop") words.emplace_back("Coins that a recognised CoinJoin made.");
  for (const std::string& one : options.through) {
    words.push_back(fmt::format("Not at {}, as was asked.", one));
  }
  if (options.min_amount > 0) {
    words.push_back(fmt::format("Coins with less than {} units of it.", options.min_amount));
  }
  if (options.max_hops) {
    words.push_back(fmt::format("Coins more than {} from the seeds.",
                                plural(*options.max_hops, "transaction")));
  }
  if (!options.until.empty()) {
    words.push_back(fmt::format("Coins made after {}.", options.until));
  }
  return words;
}

}  // namespace

Status check_stops(const Options& options) {
  TRY(stop_categories(options));
  return {};
}

namespace {

struct Through {
  std::vector<AddressId> addresses;
  std::vector<AddressId> clusters;  // by an address in it
};

Result<Through> through_of(const OpenLedger& open, const Options& options) {
  constexpr std::string_view kCluster = "cluster:";
  Through through;
  for (const std::string& text : options.through) {
    bool whole = text.starts_with(kCluster);
    if (whole && options.clusters == "off") {
      return fail(ErrorKind::usage,
                  fmt::format("--through {} needs clusters; leave out --clusters off", text));
    }
    TRY_ASSIGN(AddressId address, find_address(open, whole ? text.substr(kCluster.size()) : text));
    (whole ? through.clusters : through.addresses).push_back(address);
  }
  return through;
}

// Nothing where nobody asks for clusters, or no tag could stop a trace in one.
Result<std::optional<ClustersForStops>> clusters_of(Context& context, const OpenLedger& open,
                                                    const Options& options, bool tagged) {
  bool stops = tagged && options.clusters == "on";
  if (!stops && !groups_by_cluster(options)) return std::optional<ClustersForStops>();
  auto clusters = clusters_for_stops(context, open);
  if (clusters) return std::optional(std::move(*clusters));
  return fail(clusters.error().kind,
              fmt::format("{}; or trace with --clusters off", clusters.error().message));
}

}  // namespace

Result<KnownServices> know_services(Context& context, const OpenLedger& open,
                                    const Options& options) {
  TRY_ASSIGN(auto categories, stop_categories(options));
  TRY_ASSIGN(auto store, tags::TagStore::open_to_read(open.ledger.folder()));
  TRY_ASSIGN(auto tagged, tags::service_addresses(store, open.ledger.chain(), categories));
  std::vector<trace::Service> services;
  std::vector<trace::ServiceAddress> addresses;
  std::vector<incidents::ServiceNote> notes;
  std::string named;  // all that the stops are made of, whether the ledger has seen it or not
  for (const tags::ServiceAddress& entry : tagged) {
    auto parsed = chains::bitcoin::parse_address(open.network, entry.address);
    if (!parsed) continue;  // a tag on something that is no address of this chain
    for (const std::string& word : {entry.address, entry.service.name, entry.service.category}) {
      named += fmt::format("{} {} ", word.size(), word);
    }
    auto address = open.ledger.find_address(parsed->kind, parsed->payload);
    if (address) addresses.push_back({*address, static_cast<std::uint32_t>(services.size())});
    services.push_back({entry.service.name, entry.service.category});
    notes.push_back({entry.service.source, std::string(entry.service.confidence.id)});
  }
  std::vector<AddressId> burn;
  for (const auto& parsed : chains::bitcoin::burn_addresses()) {
    auto address = open.ledger.find_address(parsed.kind, parsed.payload);
    if (address) burn.push_back(*address);
  }
  TRY_ASSIGN(Through through, through_of(open, options));
  KnownServices known;
  TRY_ASSIGN(known.clusters, clusters_of(context, open, options, !addresses.empty()));
  std::vector<std::string> bridges = {"defi_bridge"};
  trace::StopRules rules{.services = services,
                         .addresses = addresses,
                         .bridges = bridges,
                         .burn = burn,
                         .through = through.addresses,
                         .through_clusters = through.clusters,
                         .named_by = xxh3(as_bytes(named)),
                         .mix = options.mix == "off" ? nullptr : &kCoinJoins};
  if (options.mix == "haircut") rules.mix_rule = trace::MixRule::haircut;
  if (known.clusters && options.clusters == "on") {
    rules.cluster_of_address = known.clusters->cluster_of_address;
    for (const auto& conflict : known.clusters->conflicts) {
      known.words.push_back(
          fmt::format("Tags contradict one another: {}; its addresses stand "
                      "alone.",
                      conflict_text(open, conflict)));
    }
  }
  known.stops = trace::Stops(std::move(rules));
  // Stops keeps each service once; its note is the one of its first address.
  for (const trace::Service& kept : known.stops.services()) {
    auto same = [&](const trace::Service& one) {
      return one.name == kept.name && one.category == kept.category;
    };
    auto at = std::find_if(services.begin(), services.end(), same) - services.begin();
    known.notes.push_back(notes[static_cast<std::size_t>(at)]);
  }
  auto words = stop_words(options, known.stops.services().size(), categories);
  known.words.insert(known.words.begin(), words.begin(), words.end());
  return known;
}

}  // namespace tracehound::cli::tracing
