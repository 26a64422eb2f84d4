// cluster build|list|check|refused|export: clusterings as a whole. What one cluster is made of is
// in verb_cluster_show.cc and verb_cluster_why.cc.
#include <fmt/format.h>

#include <limits>

#include "base/json.h"
#include "base/parallel.h"
#include "base/text.h"
#include "cli/cluster_parts.h"

namespace tracehound::cli {

namespace {

using clusters::Facts;
using clusters::Part;

std::string rules_text(const clusters::RuleNames& rules) {
  return fmt::format("{}; left out: {}", fmt::join(rules.rules, ","), rules.left_out);
}

// ---- build --------------------------------------------------------------------------------------

struct BuildOptions {
  std::vector<std::string> rules;  // none: those it has, or multi-input
  std::string name = clusters::kDefaultName;
  bool with_coinjoins = false;
  unsigned threads = 0;
};

// Those asked for; else those that a clustering of that name was built by, which is brought up to
// date and not made another.
Result<clusters::Rules> rules_to_build_by(Context& context, const BuildOptions& options) {
  bool with_coinjoins = options.with_coinjoins;
  std::vector<std::string> names = options.rules;
  if (names.empty()) {
    names = {clusters::kMultiInputName};
    if (options.name != clusters::kDefaultName) {
      TRY(clusters::check_name(options.name));
      TRY_ASSIGN(auto there,
                 clusters::read_facts(context.files,
                                      clusters::folder_of_name(context.ledger, options.name)));
      if (there) {
        names = there->rules.rules;
        with_coinjoins = with_coinjoins || !clusters::leaves_out_coinjoins(there->rules.left_out);
      }
    }
  }
  return clusters::rules_of(names, with_coinjoins ? clusters::kOnlyKeyless : clusters::kLeftOut);
}

Status run_build(Context& context, const BuildOptions& options) {
  TRY_ASSIGN(auto rules, rules_to_build_by(context, options));
  bool is_default = rules.names == clusters::default_rules().names;
  if (!is_default && options.name == clusters::kDefaultName) {
    return fail(
        ErrorKind::usage,
        fmt::format("{} is the clustering without guesses and without CoinJoins; give one by "
                    "other rules a --name of its own",
                    clusters::kDefaultName));
  }
  ThreadLimit threads(options.threads);
  TRY_ASSIGN(auto report, build_and_remark(context, options.name, rules, !context.quiet));
  const Facts& facts = report.facts;
  if (context.quiet) return {};
  if (report.unchanged) {
    return print(fmt::format("{}: up to date with {} blocks\n", options.name, facts.blocks));
  }
  std::string text =
      fmt::format("{}: {} of {} addresses in {}, by {}\nthe largest has {}, {} of all\n",
                  options.name, facts.members, facts.addresses, plural(facts.clusters, "cluster"),
                  plural(facts.edges, "union"), plural(facts.largest, "address", "addresses"),
                  percent_text(facts.largest, facts.addresses));
  if (facts.refused > 0) {
    text += fmt::format("{} refused; `tracehound cluster refused {}` lists them\n",
                        plural(facts.refused, "union"), options.name);
  }
  text += fmt::format("{} read, {} kept from before; covers {}\n",
                      plural(report.transactions, "transaction"),
                      plural(report.edges_kept, "union"), plural(facts.blocks, "block"));
  return print(text);
}

// ---- list ---------------------------------------------------------------------------------------

Status run_list(Context& context, const std::string& json_path) {
  TRY_ASSIGN(auto open, open_ledger(context));
  TRY_ASSIGN(auto names, clusters::clustering_names(context.files, context.ledger));
  std::vector<std::vector<std::string>> rows = {
      {"clustering", "blocks", "clusters", "addresses", "largest", "share", "refused", "rules"}};
  JsonWriter json;
  json.open_object().key("schema").value("tracehound.clusterings/1");
  json.key("ledger_blocks").value(open.ledger.counts().blocks).key("clusterings").open_list();
  for (const std::string& name : names) {
    std::string folder = clusters::folder_of_name(context.ledger, name);
    TRY_ASSIGN(auto facts, clusters::read_facts(context.files, folder));
    if (!facts) continue;
    rows.push_back({name, fmt::format("{}", facts->blocks), fmt::format("{}", facts->clusters),
                    fmt::format("{}", facts->members), fmt::format("{}", facts->largest),
                    percent_text(facts->largest, facts->addresses),
                    fmt::format("{}", facts->refused), rules_text(facts->rules)});
    json.open_object().key("name").value(name).key("rules").open_list();
    for (const std::string& rule : facts->rules.rules) json.value(rule);
    json.close_list().key("left_out").value(facts->rules.left_out);
    json.key("blocks").value(facts->blocks).key("addresses").value(facts->addresses);
    json.key("clusters").value(facts->clusters).key("members").value(facts->members);
    json.key("unions").value(facts->edges).key("largest").value(facts->largest);
    json.key("refused").value(facts->refused).close_object();
  }
  json.close_list().close_object();
  if (!json_path.empty()) TRY(write_output(context, json_path, json.take()));
  if (rows.size() == 1) {
    return fail(ErrorKind::no, fmt::format("the ledger in {} has no clustering; make one with "
                                           "`tracehound cluster build --ledger {}`",
                                           context.ledger, context.ledger));
  }
  if (!json_path.empty()) return {};
  return print(table_text(rows, {false, true, true, true, true, true, true, false}));
}

// ---- check --------------------------------------------------------------------------------------

Status run_check(Context& context) {
  TRY_ASSIGN(auto names, clusters::clustering_names(context.files, context.ledger));
  std::string text;
  for (const std::string& name : names) {
    std::string folder = clusters::folder_of_name(context.ledger, name);
    TRY_ASSIGN(auto stored, clusters::Stored::open_now(context.files, folder));
    if (!stored) continue;
    TRY(stored->check());
    text += fmt::format("{}: sound; {}\n", name, plural(stored->facts().edges, "union"));
  }
  return print(text.empty() ? fmt::format("{}: no clusterings\n", context.ledger) : text);
}

// ---- refused ------------------------------------------------------------------------------------

struct RefusedOptions {
  std::string name;
  std::string json;
};

Status run_refused(Context& context, const RefusedOptions& options) {
  auto work = [&](const OpenLedger& open) -> Result<Answer> {
    TRY_ASSIGN(auto found, open_clustering(context, open, options.name));
    const auto& stored = found.clustering.stored();
    std::uint64_t count = stored ? stored->facts().refused : 0;
    std::vector<std::vector<std::string>> rows = {
        {"rule", "confidence", "transaction", "payer", "change", "forbidden by"}};
    JsonWriter json;
    json.open_object().key("schema").value("tracehound.refused_unions/1");
    json.key("name").value(options.name).key("refused").open_list();
    for (std::uint64_t row = 0; row < count; ++row) {
      clusters::Edge edge = stored->refused(row);
      TxId against(stored->number(Part::refused_against, row));
      const std::string& rule = stored->facts().rules.rules[edge.rule];
      std::string txid = open.ledger.txid(edge.transaction).text();
      std::string by = open.ledger.txid(against).text();
      json.open_object().key("rule").value(rule).key("confidence").value(edge.confidence);
      json.key("txid").value(txid).key("payer").value(open.address_text(edge.first));
      json.key("change").value(open.address_text(edge.second));
      json.key("forbidden_by").value(by).close_object();
      rows.push_back({rule, fmt::format("{}", edge.confidence), txid, open.address_text(edge.first),
                      open.address_text(edge.second), by});
    }
    json.close_list().close_object();
    if (!options.json.empty()) return Answer{.files = {{options.json, json.take()}}, .text = ""};
    if (count == 0) return Answer{.files = {}, .text = "no union was refused\n"};
    return Answer{.files = {}, .text = table_text(rows, {false, true, false, false, false, false})};
  };
  return answer(context, Rows::confirmed, work);
}

// ---- export -------------------------------------------------------------------------------------

struct ExportOptions {
  std::string name = clusters::kDefaultName;
  std::string csv = "-";
};

Status run_export(Context& context, const ExportOptions& options) {
  auto work = [&](const OpenLedger& open) -> Result<Answer> {
    TRY_ASSIGN(auto found, open_clustering(context, open, options.name));
    TRY_ASSIGN(auto cluster_of, found.clustering.of_all_addresses());
    std::vector<std::uint32_t> sizes(cluster_of.size());
    for (std::uint32_t cluster : cluster_of) ++sizes[cluster];
    std::string text = "cluster,address\r\n";
    for (std::uint32_t address = 0; address < cluster_of.size(); ++address) {
      std::uint32_t cluster = cluster_of[address];
      if (sizes[cluster] < 2) continue;
      text += fmt::format("{},{}\r\n", open.address_text(AddressId(cluster)),
                          open.address_text(AddressId(address)));
    }
    return Answer{.files = {{options.csv, std::move(text)}}, .text = ""};
  };
  return answer(context, Rows::confirmed, work);
}

void add_list(CLI::App& group, Context& context) {
  CLI::App* list = group.add_subcommand("list", "the clusterings that were built");
  auto json = std::make_shared<std::string>();
  list->add_option("--json", *json, "write JSON there instead; - is standard output")
      ->type_name("FILE|-");
  add_common(*list, context);
  add_example(*list, "tracehound cluster list --ledger L");
  list->callback(
      [&context, json] { context.work = [&context, json] { return run_list(context, *json); }; });
}

void add_check(CLI::App& group, Context& context) {
  CLI::App* check = group.add_subcommand("check", "re-read every file of every clustering");
  add_common(*check, context);
  add_example(*check, "tracehound cluster check --ledger L");
  check->callback([&context] { context.work = [&context] { return run_check(context); }; });
}

void add_refused(CLI::App& group, Context& context) {
  CLI::App* refused =
      group.add_subcommand("refused", "guesses of change that a payment contradicts");
  auto options = std::make_shared<RefusedOptions>();
  refused->add_option("NAME", options->name, "a clustering with change rules")->required();
  refused->add_option("--json", options->json, "write JSON there instead; - is standard output")
      ->type_name("FILE|-");
  add_common(*refused, context);
  add_example(*refused, "tracehound cluster refused guessed --ledger L");
  refused->callback([&context, options] {
    context.work = [&context, options] { return run_refused(context, *options); };
  });
}

void add_export(CLI::App& group, Context& context) {
  CLI::App* command =
      group.add_subcommand("export", "every address of a cluster of two or more, as CSV");
  auto options = std::make_shared<ExportOptions>();
  add_name(*command, options->name);
  command->add_option("--csv", options->csv, "where to; - is standard output")
      ->type_name("FILE|-")
      ->capture_default_str();
  add_common(*command, context);
  add_example(*command, "tracehound cluster export --csv clusters.csv --ledger L");
  command->callback([&context, options] {
    context.work = [&context, options] { return run_export(context, *options); };
  });
}

}  // namespace

void add_cluster_build(CLI::App& group, Context& context) {
  CLI::App* build = group.add_subcommand("build", "make a clustering, or bring it up to date");
  auto options = std::make_shared<BuildOptions>();
  build
      ->add_option("--rules", options->rules,
                   "multi-input, and after it change rules, as multi-input,one_time; else those "
                   "that it was built by, or multi-input")
      ->delimiter(',')
      ->type_name("RULE,...");
  add_name(*build, options->name);
  build->add_flag("--with-coinjoins", options->with_coinjoins,
                  "join what CoinJoins spend together too: wrong, and shows how wrong");
  build->add_option("--threads", options->threads, "0: one per core")
      ->transform(whole_number(1024))
      ->type_name("N");
  add_common(*build, context);
  add_example(*build,
              "tracehound cluster build --ledger L\n"
              "  tracehound cluster build --rules multi-input,one_time --name guessed --ledger L");
  build->callback([&context, options] {
    context.work = [&context, options] { return run_build(context, *options); };
  });
}

void add_cluster(CLI::App& app, Context& context) {
  CLI::App* group = app.add_subcommand("cluster", "which addresses are in one hand, and why");
  group->require_subcommand(1);
  add_example(*group,
              "tracehound cluster build --ledger L\n"
              "  tracehound cluster show 1GkQmKAmHtNfnD3LHhTkewJxKHVSta4m2a --ledger L");
  add_cluster_build(*group, context);
  add_cluster_show(*group, context);
  add_cluster_deposits(*group, context);
  add_cluster_why(*group, context);
  add_cluster_without(*group, context);
  add_refused(*group, context);
  add_list(*group, context);
  add_check(*group, context);
  add_export(*group, context);
}

}  // namespace tracehound::cli
