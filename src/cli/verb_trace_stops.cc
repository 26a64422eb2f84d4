// What ends a trace: services that tags name, mixes, and what the command line says of both.
#include <fmt/format.h>

#include <algorithm>
#include <map>
#include <string_view>
#include <utility>

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
  if (options.mix == "follow-change") {
    words.emplace_back(
        "Coins that a recognised CoinJoin made, but for changes whose owner the values tell.");
  }
  for (const std::string& one : options.through) {
    words.push_back(fmt::format("Not at {}, as was asked.", one));
  }
  if (!options.min_amount.is_zero()) {
    words.push_back(fmt::format("Coins with less than {} units of it.", options.min_amount.text()));
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
                                                    const Options& options, const Belief& belief,
                                                    bool tagged) {
  bool stops = tagged && options.clusters == "on";
  if (!stops && !groups_by_cluster(options)) return std::optional<ClustersForStops>();
  auto clusters = clusters_for_stops(context, open, belief);
  if (clusters) return std::optional(std::move(*clusters));
  return fail(clusters.error().kind,
              fmt::format("{}; or trace with --clusters off", clusters.error().message));
}

// What tags and common knowledge say of addresses.
struct Named {
  std::vector<trace::Service> services;       // each once, whether the ledger has seen it or not
  std::vector<incidents::ServiceNote> notes;  // of the first address of each
  std::map<std::pair<std::string, std::string>, std::uint32_t> numbers;  // by name, category
  std::vector<trace::ServiceAddress> addresses;                          // that the ledger has seen
  std::vector<AddressId> burn;
  std::uint64_t tagged = 0;       // how many addresses, seen or not
  std::uint64_t fingerprint = 0;  // of them all
};

Result<Named> named_addresses(const OpenLedger& open, const Belief& belief,
                              std::span<const std::string_view> categories) {
  TRY_ASSIGN(auto store, tags::TagStore::open_to_read(open.ledger.folder(), belief.tags_at));
  TRY_ASSIGN(auto tagged, tags::service_addresses(store, open.ledger.chain(), categories));
  Named named;
  std::string words;
  for (const tags::ServiceAddress& entry : tagged) {
    auto parsed = chains::bitcoin::parse_address(open.network, entry.address);
    if (!parsed) continue;  // a tag on something that is no address of this chain
    ++named.tagged;
    const tags::Service& service = entry.service;
    for (const std::string& word : {entry.address, service.name, service.category}) {
      words += fmt::format("{} {} ", word.size(), word);
    }
    auto next = static_cast<std::uint32_t>(named.services.size());
    auto [at, fresh] = named.numbers.try_emplace({service.name, service.category}, next);
    if (fresh) {
      named.services.push_back({service.name, service.category});
      named.notes.push_back({service.source, std::string(service.confidence.id)});
    }
    auto address = open.ledger.find_address(parsed->kind, parsed->payload);
    if (address) named.addresses.push_back({*address, at->second});
  }
  for (const auto& parsed : chains::bitcoin::burn_addresses()) {
    auto address = open.ledger.find_address(parsed.kind, parsed.payload);
    if (address) named.burn.push_back(*address);
  }
  named.fingerprint = xxh3(as_bytes(words));
  return named;
}

// Services by their place in `stops` instead of that in `named`.
std::vector<trace::ServiceAddress> by_stops(const Named& named, const trace::Stops& stops) {
  std::vector<std::uint32_t> place(named.services.size());
  for (std::uint32_t i = 0; i < stops.services().size(); ++i) {
    const trace::Service& service = stops.services()[i];
    place[named.numbers.at({service.name, service.category})] = i;
  }
  std::vector<trace::ServiceAddress> tagged = named.addresses;
  for (trace::ServiceAddress& one : tagged) one.service = place[one.service];
  return tagged;
}

}  // namespace

Result<KnownServices> know_services(Context& context, const OpenLedger& open,
                                    const Options& options, const Belief& belief) {
  TRY_ASSIGN(auto categories, stop_categories(options));
  TRY_ASSIGN(Named named, named_addresses(open, belief, categories));
  TRY_ASSIGN(Through through, through_of(open, options));
  KnownServices known;
  TRY_ASSIGN(known.clusters, clusters_of(context, open, options, belief, !named.addresses.empty()));
  std::vector<std::string> bridges = {"defi_bridge"};
  trace::StopRules rules{.services = named.services,
                         .addresses = named.addresses,
                         .bridges = bridges,
                         .burn = named.burn,
                         .through = through.addresses,
                         .through_clusters = through.clusters,
                         .named_by = named.fingerprint,
                         .mix = options.mix == "off" ? nullptr : &kCoinJoins};
  if (options.mix == "haircut") rules.mix_rule = trace::MixRule::haircut;
  if (options.mix == "follow-change") rules.mix_rule = trace::MixRule::follow_change;
  if (known.clusters && options.clusters == "on") {
    rules.cluster_of_address = known.clusters->cluster_of_address;
    for (const auto& conflict : known.clusters->conflicts) {
      known.words.push_back(
          fmt::format("Tags contradict one another: {}; its addresses stand "
                      "alone.",
                      conflict_text(open, conflict)));
    }
  }
  known.asked = {.stop_at = {categories.begin(), categories.end()},
                 .through = options.through,
                 .mix = options.mix,
                 .clusters = options.clusters == "on",
                 .cuts = {},
                 .tags_at = belief.tags_at,
                 .services = named.services.size(),
                 .addresses = named.tagged,
                 .fingerprint = named.fingerprint};
  known.stops = trace::Stops(std::move(rules));
  known.tagged = by_stops(named, known.stops);
  for (const trace::Service& kept : known.stops.services()) {
    known.notes.push_back(named.notes[named.numbers.at({kept.name, kept.category})]);
  }
  auto words = stop_words(options, known.stops.services().size(), categories);
  if (belief.tags_at) words.push_back(tags_at_words(*belief.tags_at));
  known.words.insert(known.words.begin(), words.begin(), words.end());
  return known;
}

}  // namespace tracehound::cli::tracing
