// incident link: where the money of two incidents meets.
#include <fmt/format.h>

#include <array>
#include <optional>

#include "base/text.h"
#include "cli/accounts.h"
#include "cli/verb_incident.h"
#include "cli/verb_incident_link.h"
#include "clusters/clustering.h"
#include "clusters/rules.h"
#include "incidents/incident_seeds.h"

namespace tracehound::cli {

namespace {

Result<LinkSide> read_side(Context& context, const std::string& name, const std::string& registry) {
  bool is_file = name == "-" || name.ends_with(".yaml") || name.find('/') != std::string::npos;
  std::string file = is_file ? name : fmt::format("{}/{}.yaml", registry, name);
  if (!is_file && !context.files.exists(file)) {
    return bad_input(
        fmt::format("{} has no incident {}; see `tracehound incident list`, or name a "
                    "file",
                    registry, name));
  }
  LinkSide side{.file = file, .incident = {}};
  if (name == "-") {
    TRY_ASSIGN(std::string text, read_input(context, name));
    TRY_ASSIGN(side.incident, incidents::parse_incident(as_bytes(text), "standard input"));
    return side;
  }
  TRY(check_file_name(file));
  TRY_ASSIGN(Bytes bytes, incidents::read_incident_bytes(context.files, file));
  TRY_ASSIGN(side.incident, incidents::parse_incident(bytes, file));
  return side;
}

Result<Answer> find_links(Context& context, const LinkOptions& options, trace::MethodKind method,
                          const std::array<LinkSide, 2>& sides, const OpenLedger& open) {
  FoundLink found;
  std::vector<trace::Seed> seeds;
  for (std::size_t i = 0; i < 2; ++i) {
    Label label(static_cast<std::uint32_t>(i) + 1);
    TRY_ASSIGN(auto one, incidents::find_seeds(open.ledger, sides[i].incident, sides[i].file,
                                               incidents::LabelOf::incident, label));
    seeds.insert(seeds.end(), one.seeds.begin(), one.seeds.end());
    found.names[i] = sides[i].incident.name;
    found.other_chains += one.left_out.on_other_chains;
    found.not_seen += one.left_out.addresses_not_seen;
  }
  if (found.other_chains > 0) {
    say(context, fmt::format("{} on other chains than {}: left out here",
                             plural(found.other_chains, "seed"), open.ledger.chain()));
  }
  if (found.not_seen > 0) {
    say(context, fmt::format("{} named as a seed received nothing up to the tip",
                             plural(found.not_seen, "address", "addresses")));
  }
  TRY_ASSIGN(auto known, tracing::know_services(context, open, options.trace));
  found.stops = known.words;
  incidents::LinkOptions how;
  how.method = method;
  how.most = options.most;
  how.names = found.names;
  std::optional<clusters::Clustering> clustering;
  if (options.clusters) {
    TRY_ASSIGN(clustering,
               clusters::Clustering::open(context.files, open.ledger, clusters::kDefaultName,
                                          clusters::default_rules()));
    how.cluster_of = [&](AddressId address) { return clustering->cluster_of(address).number(); };
  }
  TRY_ASSIGN(found.link, incidents::link_incidents(open.ledger, seeds, known.stops, how));
  Answer answer;
  if (!options.json.empty()) answer.files.push_back({options.json, link_json(found, open)});
  if (options.json != "-") answer.text = link_text(found, open);
  return answer;
}

Status run_link(Context& context, const LinkOptions& options) {
  TRY(tracing::check_stops(options.trace));
  std::array<LinkSide, 2> sides;
  for (std::size_t i = 0; i < 2; ++i) {
    TRY_ASSIGN(sides[i], read_side(context, options.incidents[i], options.registry));
  }
  if (has_accounts(context)) return link_on_accounts(context, options, sides);
  if (!options.trace.stop_at_addresses.empty() || options.trace.swaps != "net") {
    return fail(ErrorKind::usage,
                "--stop-at-addresses and --swaps are for account chains; this ledger holds coins");
  }
  TRY_ASSIGN(trace::MethodKind method,
             link_method(options.trace.methods, tracing::LedgerKind::coins));
  return answer(context, Rows::confirmed, [&](const OpenLedger& open) {
    return find_links(context, options, method, sides, open);
  });
}

}  // namespace

// One: figures of two methods are not of one table.
Result<trace::MethodKind> link_method(const std::string& name, tracing::LedgerKind ledger) {
  tracing::Options all;
  all.methods = "all";
  TRY_ASSIGN(auto methods, tracing::methods_of(all, ledger));
  std::vector<std::string_view> names;
  for (trace::MethodKind one : methods) {
    if (trace::name_of(one) == name) return one;
    names.push_back(trace::name_of(one));
  }
  return fail(ErrorKind::usage, fmt::format("--method {}: a link is by one method; name one of {}",
                                            name, fmt::join(names, ", ")));
}

void add_incident_link(CLI::App& group, Context& context) {
  CLI::App* command =
      group.add_subcommand("link", "where the money of two incidents meets on a ledger");
  auto options = std::make_shared<LinkOptions>();
  options->registry = kRegistryFolder;
  command
      ->add_option("INCIDENT", options->incidents,
                   "two: incident files or ids of the registry; - is standard input")
      ->required()
      ->expected(2);
  options->trace.methods = "haircut";
  command->add_option("--method", options->trace.methods, "how taint is divided; one of `trace`'s")
      ->type_name("NAME")
      ->capture_default_str();
  command->add_option("--stop-at", options->trace.stop_at, "as for `trace`")
      ->type_name("CATEGORY,...");
  command->add_option("--through", options->trace.through, "as for `trace`")->type_name("ADDRESS");
  command->add_option("--mix", options->trace.mix, "as for `trace`: stop, haircut or off")
      ->check(CLI::IsMember({"stop", "haircut", "off"}))
      ->type_name("RULE")
      ->capture_default_str();
  command
      ->add_option("--stop-at-addresses", options->trace.stop_at_addresses,
                   "account chains: as for `trace`")
      ->type_name("FILE");
  command->add_option("--swaps", options->trace.swaps, "account chains: as for `trace`")
      ->check(CLI::IsMember({"net", "off"}))
      ->type_name("RULE")
      ->capture_default_str();
  command->add_option("--most", options->most, "rows of each list; what is cut is counted")
      ->transform(whole_number(1'000'000))
      ->type_name("NUMBER")
      ->capture_default_str();
  command->add_flag("--clusters", options->clusters, "by multi-input clusters too");
  command->add_option("--json", options->json, "write the whole result as JSON")
      ->type_name("FILE|-");
  add_registry_option(*command, options->registry);
  add_common(*command, context);
  add_example(*command, "tracehound incident link theft.yaml other.yaml --ledger L");
  command->callback([&context, options] {
    context.work = [&context, options] { return run_link(context, *options); };
  });
}

}  // namespace tracehound::cli
