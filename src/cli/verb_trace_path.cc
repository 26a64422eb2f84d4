// trace path: the strongest ways from some coins to others.
#include <fmt/format.h>

#include <algorithm>
#include <iterator>
#include <limits>

#include "base/json.h"
#include "base/text.h"
#include "cli/cluster_parts.h"
#include "cli/shape_words.h"
#include "cli/verb_trace.h"
#include "trace/path.h"
#include "trace/write_text.h"

namespace tracehound::cli::tracing {

namespace {

struct PathOptions {
  std::string from;
  std::string to;
  trace::PathOptions search;
  Options stops;
  std::string json;
};

// All coins of the cluster that the address is in.
Result<std::vector<CoinId>> coins_of_cluster(Context& context, const OpenLedger& open,
                                             std::string_view text) {
  TRY_ASSIGN(AddressId address, find_address(open, text));
  TRY_ASSIGN(auto found, open_clustering(context, open, clusters::kDefaultName));
  std::vector<CoinId> coins;
  for (AddressId member : found.clustering.members(found.clustering.cluster_of(address))) {
    std::ranges::copy(open.ledger.coins_of(member), std::back_inserter(coins));
  }
  std::ranges::sort(coins);
  return coins;
}

// A coin, or all coins of an address or of a cluster.
Result<std::vector<CoinId>> coins_named(Context& context, const OpenLedger& open,
                                        const std::string& text) {
  constexpr std::string_view kCluster = "cluster:";
  if (text.starts_with(kCluster)) {
    return coins_of_cluster(context, open, std::string_view(text).substr(kCluster.size()));
  }
  constexpr std::size_t kTxid = 64;  // digits; no address is as long, or has a colon
  bool coin = text.size() >= kTxid || text.contains(':');
  if (coin) {
    TRY_ASSIGN(trace::Seed seed, trace::resolve_seed(open.ledger, text));
    if (seed.claimed() != open.ledger.value(seed.coin)) {
      return fail(ErrorKind::usage,
                  fmt::format("{}: a path is of whole coins; leave out the range", text));
    }
    return std::vector{seed.coin};
  }
  TRY_ASSIGN(AddressId address, find_address(open, text));
  return open.ledger.coins_of(address);
}

std::string as_json(const trace::Paths& found, const OpenLedger& open) {
  JsonWriter json;
  const ledger::Ledger& ledger = open.ledger;
  json.open_object();
  json.key("schema").value("tracehound.paths/1");
  json.key("chain").value(ledger.chain());
  json.key("visits").value(found.visits).key("cut").value(found.cut);
  json.key("paths").open_list();
  for (const trace::Path& path : found.paths) {
    json.open_object();
    json.key("amount").amount(path.amount());
    json.key("from").value(trace::coin_text(ledger, path.from));
    json.key("address").value(open.address_text(ledger.address(path.from)));
    json.key("value").amount(path.value);
    json.key("steps").open_list();
    for (const trace::PathStep& step : path.steps) {
      json.open_object();
      json.key("coin").value(trace::coin_text(ledger, step.coin));
      json.key("address").value(open.address_text(ledger.address(step.coin)));
      json.key("amount").amount(step.amount);
      json.key("height").value(ledger.height(step.transaction).number());
      shape_json(ledger, step.transaction, json);
      json.close_object();
    }
    json.close_list().close_object();
  }
  json.close_list().close_object();
  return json.take();
}

std::string as_text(const trace::Paths& found, const OpenLedger& open, const PathOptions& options) {
  const ledger::Ledger& ledger = open.ledger;
  std::string text;
  std::size_t number = 0;
  for (const trace::Path& path : found.paths) {
    text += fmt::format(
        "path {}: {} {} of {} arrive, in {}\n", ++number, coins_text(path.amount(), kDecimals),
        open.symbol(), coins_text(path.value, kDecimals), plural(path.steps.size(), "transaction"));
    std::vector<std::vector<std::string>> rows = {
        {"height", std::string(open.symbol()), "coin", "address", "seen as"}};
    auto add = [&](CoinId coin, Amount amount) {
      rows.push_back({std::to_string(ledger.height(ledger.creator(coin)).number()),
                      coins_text(amount, kDecimals), trace::coin_text(ledger, coin),
                      open.address_text(ledger.address(coin)), coin_shape(ledger, coin)});
    };
    add(path.from, path.value);
    for (const trace::PathStep& step : path.steps) add(step.coin, step.amount);
    text += table_text(rows, {true, true, false, false, false}) + "\n";
  }
  text += fmt::format("{}, {} visited", plural(found.paths.size(), "path"),
                      plural(found.visits, "transaction"));
  if (found.cut) {
    text += fmt::format(
        "; the search ended at its bound of {}: weaker paths may be missing (--work sets it)",
        options.search.work);
  }
  return text + "\n";
}

Status run(Context& context, const PathOptions& options) {
  bool none = false;
  bool cut = false;
  auto work = [&](const OpenLedger& open) -> Result<Answer> {
    TRY_ASSIGN(auto from, coins_named(context, open, options.from));
    TRY_ASSIGN(auto to, coins_named(context, open, options.to));
    TRY_ASSIGN(KnownServices known, know_services(context, open, options.stops));
    TRY_ASSIGN(auto found, trace::find_paths(open.ledger, from, to, known.stops, options.search));
    none = found.paths.empty();
    cut = found.cut;
    Answer answer;
    if (!options.json.empty()) answer.files.push_back({options.json, as_json(found, open)});
    if (options.json != "-" && !none) answer.text = as_text(found, open, options);
    return answer;
  };
  TRY(answer(context, Rows::confirmed, work));
  if (!none) return {};
  return fail(ErrorKind::no,
              fmt::format("no path from {} to {} was found{}", options.from, options.to,
                          cut ? fmt::format(" among {} of transactions; --work raises the bound",
                                            plural(options.search.work, "visit"))
                              : ""));
}

// The options of a trace say nothing of a path; whoever gave some expects them to.
Status check_nothing_before(const CLI::App& trace) {
  for (const CLI::Option* option : trace.get_options()) {
    std::string name = option->get_name();
    if (option->count() == 0 || name == "--ledger" || name == "--quiet") continue;
    return fail(ErrorKind::usage,
                fmt::format("{} is for `tracehound trace`, and a path does not know it; leave it "
                            "out, or see `tracehound trace path --help`",
                            name));
  }
  return {};
}

}  // namespace

void add_trace_path(CLI::App& trace, Context& context) {
  CLI::App* command =
      trace.add_subcommand("path", "the strongest ways from one coin or address to another");
  auto options = std::make_shared<PathOptions>();
  command->add_option("FROM", options->from, "a coin as TXID:VOUT, an address, or cluster:ADDRESS")
      ->required();
  command->add_option("TO", options->to, "the same")->required();
  command->add_option("--paths", options->search.paths, "how many at most, the strongest first")
      ->transform(whole_number(1'000'000))
      ->type_name("N")
      ->capture_default_str();
  command
      ->add_option("--work", options->search.work,
                   "visits of transactions before the search gives up, and says so")
      ->transform(whole_number(std::numeric_limits<std::uint64_t>::max()))
      ->type_name("N")
      ->capture_default_str();
  command
      ->add_option("--stop-at", options->stops.stop_at,
                   "go on through no service of these categories alone, or of none")
      ->type_name("CATEGORY,...");
  command->add_option("--json", options->json, "write the paths as JSON")->type_name("FILE|-");
  add_common(*command, context);
  add_example(*command, "tracehound trace path TXID:0 ADDRESS --paths 3 --ledger L");
  command->callback([&context, &trace, options] {
    context.work = [&context, &trace, options]() -> Status {
      TRY(check_nothing_before(trace));
      return run(context, *options);
    };
  });
}

}  // namespace tracehound::cli::tracing
