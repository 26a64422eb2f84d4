// incident stats: the registry counted, as tables, JSON and a picture.
#include "cli/verb_incident.h"
#include "incidents/stats.h"

namespace tracehound::cli {

namespace {

struct StatsOptions {
  std::string registry = kRegistryFolder;
  std::string json, svg;
};

Status run_stats(Context& context, const StatsOptions& options) {
  if (options.json == "-" && options.svg == "-") {
    return fail(ErrorKind::usage,
                "--json and --svg cannot both go to standard output; name a file for one");
  }
  TRY_ASSIGN(auto registry, incidents::read_registry(context.files, options.registry));
  TRY_ASSIGN(auto stats, incidents::count_registry(registry));
  if (!options.json.empty()) {
    TRY(write_output(context, options.json, incidents::stats_json(stats)));
  }
  if (!options.svg.empty()) {
    TRY(write_output(context, options.svg, incidents::stats_svg(stats)));
  }
  if (options.json == "-" || options.svg == "-") return {};
  return print(incidents::stats_text(stats));
}

}  // namespace

void add_incident_stats(CLI::App& group, Context& context) {
  CLI::App* command = group.add_subcommand(
      "stats", "the registry by year, country, kind of victim and loss, beside others' counts");
  auto options = std::make_shared<StatsOptions>();
  command->add_option("--svg", options->svg, "write the picture of it")->type_name("FILE|-");
  command->add_option("--json", options->json, "write JSON there too; - is standard output")
      ->type_name("FILE|-");
  add_registry_option(*command, options->registry);
  add_example(*command, "tracehound incident stats --svg thefts.svg");
  command->callback([&context, options] {
    context.work = [&context, options] { return run_stats(context, *options); };
  });
}

}  // namespace tracehound::cli
