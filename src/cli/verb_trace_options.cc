// The options of `tracehound trace`, and what can be said of them before anything is read.
#include <fmt/format.h>

#include <algorithm>
#include <limits>

#include "cli/verb_trace.h"

namespace tracehound::cli::tracing {

using trace::MethodKind;

namespace {

void add_seed_options(CLI::App& command, Options& options) {
  // Called for each option as it stands in the line, so that a label holds for what follows it.
  auto take = [&options](SeedKind kind) {
    return [&options, kind](const std::vector<std::string>& texts) {
      for (const std::string& text : texts) {
        options.seeds.push_back({text, kind, options.label});
      }
    };
  };
  auto* from = command.add_option_function<std::vector<std::string>>(
      "--from", take(SeedKind::coin),
      "a stolen coin, or units a to b-1 of it as TXID:VOUT[a,b); - reads them from standard "
      "input; on account chains a transfer, TXID:POSITION");
  from->type_name("TXID:VOUT")->trigger_on_parse();
  auto* address = command.add_option_function<std::vector<std::string>>(
      "--from-address", take(SeedKind::received),
      "every coin that the address received; - as above");
  address->type_name("ADDRESS")->trigger_on_parse();
  auto* sent = command.add_option_function<std::vector<std::string>>(
      "--sent-by", take(SeedKind::sent),
      "account chains: everything that the account sent, as from a victim's that was drained");
  sent->type_name("ADDRESS")->trigger_on_parse();
  auto* held = command.add_option_function<std::vector<std::string>>(
      "--held-by", take(SeedKind::held),
      "account chains, backward: what the account holds at the end, or --as-of");
  held->type_name("ADDRESS")->trigger_on_parse();
  command
      .add_option("--asset", options.asset,
                  "of --from-address, --sent-by and --held-by only this asset: its contract or "
                  "symbol")
      ->type_name("ASSET");
  auto add_moment = [&command](const char* name, std::string& into, const char* what) {
    command.add_option(name, into, what)->type_name("HEIGHT|TIME");
  };
  add_moment(
      "--received-since,--since", options.received_since,
      "of --from-address (and --sent-by) only what moved in or after that block or time (UTC: "
      "2024-03-14 or 2024-03-14T09:26:53Z)");
  add_moment("--received-until", options.received_until, "and up to it, that block or day too");
  command
      .add_option_function<std::string>(
          "--label", [&options](const std::string& name) { options.label = name; },
          "the incident or victim whose coins the next --from and --from-address name")
      ->type_name("NAME")
      ->trigger_on_parse();
  auto* incident =
      command.add_option("--incident", options.incident,
                         "an incident file that names the stolen coins; - is standard input");
  incident->type_name("FILE");
  incident->excludes(from)->excludes(address)->excludes(sent)->excludes(held);
}

}  // namespace

void add_label_by(CLI::App& command, Options& options) {
  command
      .add_option("--label-by", options.label_by,
                  "of --incident, what the books are kept apart by: incident|victim|transaction; "
                  "transaction gives the notation V1-T2-H5 in full")
      ->type_name("WHAT")
      ->check(CLI::IsMember({"incident", "victim", "transaction"}))
      ->capture_default_str();
}

void add_rule_options(CLI::App& command, Options& options) {
  command
      .add_option("--method", options.methods,
                  "fifo|lifo|haircut|tiho|tilo|seniority|poison, several with commas, or all; on "
                  "account chains taint-first and clean-first too")
      ->type_name("NAME,...")
      ->capture_default_str();
  auto add_choice = [&command](const char* name, std::string& into, const char* what,
                               const char* type, std::vector<std::string> words) {
    command.add_option(name, into, what)
        ->type_name(type)
        ->check(CLI::IsMember(std::move(words)))
        ->capture_default_str();
  };
  add_choice("--direction", options.direction,
             "backward: where the coins came from, by fifo, lifo or haircut", "WAY",
             {"forward", "backward"});
  add_choice("--fees", options.fees, "sink: tainted fees end as fees; miner: they flow on", "RULE",
             {"sink", "miner"});
  command
      .add_option("--stop-at", options.stop_at,
                  "stop at services of these categories alone, or at none")
      ->type_name("CATEGORY,...");
  command
      .add_option(
          "--through", options.through,
          "go on through this address, whatever it is; cluster:ADDRESS: through its whole cluster")
      ->type_name("ADDRESS");
  add_choice("--mix", options.mix,
             "at a recognised CoinJoin: stop; go on by haircut; go on in changes whose owner is "
             "known alone; off: as if it were none",
             "RULE", {"stop", "haircut", "follow-change", "off"});
  add_choice("--clusters", options.clusters,
             "on: a service is known at every address of its clusters; off: at tagged ones alone",
             "RULE", {"on", "off"});
  command
      .add_option("--stop-at-addresses", options.stop_at_addresses,
                  "account chains: stop at the addresses of this list too, one a line, as "
                  "ADDRESS[,NAME[,CATEGORY]]")
      ->type_name("FILE");
  add_choice("--swaps", options.swaps,
             "account chains: net, taint crosses swaps; off: every transfer as it stands", "RULE",
             {"net", "off"});
  command
      .add_option("--prices", options.prices,
                  "account chains: what assets were worth, as CSV: asset,time,usd")
      ->type_name("FILE");
  command
      .add_option_function<std::string>(
          "--min-amount",
          [&options](const std::string& text) { options.min_amount = *U256::from_text(text); },
          "do not follow a coin with less of it, in the smallest unit")
      ->check([](const std::string& text) {
        return U256::from_text(text) ? std::string() : text + " is no whole number below 2^256";
      })
      ->type_name("UNITS");
  command
      .add_option("--max-hops", options.max_hops, "nor one more transactions away from the seeds")
      ->transform(whole_number(std::numeric_limits<std::uint32_t>::max()))
      ->type_name("N");
  command
      .add_option("--until", options.until,
                  "nor one made after that block or time; backward: before it")
      ->type_name("HEIGHT|TIME");
  command
      .add_option("--as-of", options.as_of,
                  "where everything was then, by the tags of then, as if no later block were there")
      ->type_name("HEIGHT|TIME");
}

namespace {

void add_output_options(CLI::App& command, Options& options) {
  auto add_file = [&command](const char* name, std::string& into, const char* what) {
    command.add_option(name, into, what)->type_name("FILE|-");
  };
  add_file("--json", options.json, "write the whole result as JSON");
  add_file("--csv", options.csv, "write one row per coin where taint rests");
  add_file("--html", options.html, "write the report, one self-contained page");
  add_file("--pdf", options.pdf, "write it as a PDF, by an installed Chromium");
  command
      .add_option("--letters", options.letters,
                  "write a letter to each service that got some of it, with its deposits")
      ->type_name("DIR");
  command
      .add_option("--letter-template", options.letter_template,
                  "the text or HTML that letters are made from; docs/reports.md has its fields")
      ->type_name("FILE");
  add_file("--flow", options.flow,
           "write every step on the way, as JSON when the name ends in .json, else as CSV");
  command.add_flag("--change", options.change,
                   "in --json, --csv and --flow, of each coin that is guessed to be change: by "
                   "which rules, and how sure");
  add_file("--graphml", options.graphml,
           "write the flow as a picture's graph, for networkx, Gephi");
  command
      .add_option("--group-by", options.group_by,
                  "what is a node of --graphml: address or cluster, and hop, and day")
      ->type_name("WHAT,...")
      ->capture_default_str();
  command
      .add_option("--graph-nodes", options.graph_nodes,
                  "nodes of --graphml at most; the smallest beyond it become one")
      ->transform(whole_number(1'000'000))
      ->check(CLI::Range(std::size_t{2}, std::size_t{1'000'000}))
      ->type_name("N")
      ->capture_default_str();
  add_file("--misp", options.misp, "write the traced addresses as a MISP event");
  add_file("--stix", options.stix, "write them as a STIX 2.1 bundle");
  add_file("--tagpack", options.tagpack, "write them as a GraphSense TagPack");
  add_file("--bats", options.bats,
           "write every step in the notation of the Block Audit Tracing Standard, as CSV");
  command
      .add_option("--columns", options.columns,
                  "write the flow as columns of fixed width, one file each, and their schema")
      ->type_name("DIR");
  command
      .add_option("--save-state", options.save_state,
                  "write what --resume goes on from when the ledger has grown")
      ->type_name("FILE");
  command
      .add_option("--resume", options.resume,
                  "go on from there, with the same seeds and rules, instead of beginning again")
      ->type_name("FILE");
}

}  // namespace

void add_options(CLI::App& command, Options& options) {
  add_seed_options(command, options);
  add_label_by(command, options);
  add_rule_options(command, options);
  command
      .add_option("--tags-as-of", options.tags_as_of,
                  "by the tags that were believed then; now: by all there are, whatever --as-of is")
      ->type_name("HEIGHT|TIME|now");
  add_output_options(command, options);
}

namespace {

constexpr std::string_view kCoinMethods = "fifo,lifo,haircut,tiho,tilo,seniority,poison";
constexpr std::string_view kAccountMethods =
    "fifo,lifo,haircut,tiho,tilo,seniority,taint-first,clean-first,poison";

}  // namespace

Result<std::vector<MethodKind>> methods_of(const Options& options, LedgerKind ledger) {
  std::vector<MethodKind> methods;
  bool coins = ledger == LedgerKind::coins;
  std::string_view known = coins ? kCoinMethods : kAccountMethods;
  std::string_view list = options.methods == "all" ? known : options.methods;
  for (;;) {
    std::string_view name = list.substr(0, list.find(','));
    auto method = trace::method_named(name);
    if (!method) {
      return fail(ErrorKind::usage,
                  fmt::format("--method {}: there is none of that name; one or several of {} with "
                              "commas, or all",
                              name, known));
    }
    if (coins && !trace::on_coin_chains(*method)) {
      return fail(ErrorKind::usage,
                  fmt::format("--method {} is for account chains, where a part of a balance is "
                              "taken; this ledger's coins are spent whole: one or several of {}",
                              name, known));
    }
    if (std::ranges::find(methods, *method) != methods.end()) {
      return fail(ErrorKind::usage, fmt::format("--method: {} stands there twice", name));
    }
    methods.push_back(*method);
    if (name.size() == list.size()) return methods;
    list.remove_prefix(name.size() + 1);
  }
}

Status check_seed_options(const Options& options) {
  auto usage = [](std::string message) { return fail(ErrorKind::usage, std::move(message)); };
  if (options.seeds.empty() && options.incident.empty()) {
    return usage(
        "name the stolen coins with --from, --from-address or --incident; see `tracehound trace "
        "--help`");
  }
  bool labelled =
      std::ranges::any_of(options.seeds, [](const auto& seed) { return !seed.label.empty(); });
  bool unlabelled =
      std::ranges::any_of(options.seeds, [](const auto& seed) { return seed.label.empty(); });
  if (labelled && unlabelled) {
    return usage("a --label stands before its seeds; give one to the first seeds too");
  }
  if (!labelled && !options.label.empty()) {
    return usage("--label names the seeds that follow it, and none does");
  }
  auto asks = [&options](SeedKind kind) {
    return std::ranges::any_of(options.seeds,
                               [kind](const SeedAsk& seed) { return seed.kind == kind; });
  };
  if (asks(SeedKind::held) && options.direction != "backward") {
    return usage("--held-by asks where what an account holds came from; add --direction backward");
  }
  bool address = asks(SeedKind::received) || asks(SeedKind::sent);
  if (!address && (!options.received_since.empty() || !options.received_until.empty())) {
    return usage("--received-since and --received-until go with --from-address");
  }
  return {};
}

Status check_options(const Options& options, const std::vector<MethodKind>& methods) {
  auto usage = [](std::string message) { return fail(ErrorKind::usage, std::move(message)); };
  if (std::ranges::any_of(options.seeds,
                          [](const SeedAsk& seed) {
                            return seed.kind == SeedKind::sent || seed.kind == SeedKind::held;
                          }) ||
      !options.asset.empty() || !options.stop_at_addresses.empty() || options.swaps != "net" ||
      !options.prices.empty()) {
    return usage(
        "--sent-by, --held-by, --asset, --stop-at-addresses, --swaps and --prices are for account "
        "chains; "
        "this ledger holds coins");
  }
  TRY(check_seed_options(options));
  bool goes_on = !options.resume.empty() || !options.save_state.empty();
  if (goes_on && (options.direction == "backward" || options.unconfirmed)) {
    return usage(
        "--save-state and --resume are for forward traces of blocks; leave out --direction "
        "backward and --unconfirmed");
  }
  if (goes_on && options.clusters == "on") {
    return usage(
        "--save-state and --resume need --clusters off: clusters grow with the chain, and what was "
        "traced before was judged by those of its day");
  }
  if (options.direction == "backward" && options.mix == "follow-change") {
    return usage("--mix follow-change is for forward traces; backward: stop, haircut or off");
  }
  if (options.direction == "backward" && !options.as_of.empty()) {
    return usage("--as-of is for forward traces: what a coin was made of does not change later");
  }
  if (options.save_state == "-") return usage("--save-state needs a file's name");
  if (!options.letters.empty() && !std::ranges::all_of(methods, trace::conserves)) {
    return usage("--letters need a method that has sums; poison has none");
  }
  TRY(check_stops(options));
  return check_outputs(options, methods.size());
}

}  // namespace tracehound::cli::tracing
