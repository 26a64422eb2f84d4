// cluster why, cluster without: what joins two addresses, and what is left without some of it.
#include <fmt/format.h>

#include <algorithm>

#include "base/json.h"
#include "base/text.h"
#include "cli/cluster_parts.h"
#include "clusters/explain.h"

namespace tracehound::cli {

namespace {

using clusters::Edge;

constexpr std::uint64_t kWork = 1'000'000;

struct Options {
  std::string from;
  std::string to;       // why
  std::string without;  // without
  std::string name = clusters::kDefaultName;
  std::string at;
  std::uint64_t work = kWork;
  std::string json;
};

std::unexpected<Error> too_much(std::uint64_t work) {
  return fail(ErrorKind::no, fmt::format("not decided within {}; give more with --work",
                                         plural(work, "transaction")));
}

Result<clusters::View> view_at(const OpenLedger& open, const std::string& at) {
  clusters::View view;
  if (at.empty()) return view;
  TRY_ASSIGN(BlockHeight height, block_of(open.ledger, at));
  view.before = clusters::first_tx_after(open.ledger, std::uint64_t{height.number()} + 1);
  return view;
}

// ---- why ----------------------------------------------------------------------------------------

std::string rule_text(const OpenClustering& clustering, const Edge& edge) {
  return fmt::format("{} ({} of 100)", clustering.rules.names.rules[edge.rule], edge.confidence);
}

Answer path_answer(const OpenLedger& open, const OpenClustering& clustering, const Options& options,
                   const std::vector<Edge>& path, std::uint64_t walked) {
  std::vector<std::vector<std::string>> rows = {
      {"height", "transaction", "rule", "from", "joined to"}};
  JsonWriter json;
  json.open_object().key("schema").value("tracehound.cluster_why/1");
  json.key("chain").value(open.ledger.chain()).key("clustering").value(options.name);
  json.key("from").value(options.from).key("to").value(options.to);
  bool kept_only = !clustering.rules.names.can_go_on();
  json.key("guesses").value(kept_only ? "kept" : "none");
  json.key("transactions_walked").value(walked).key("path").open_list();
  for (const Edge& edge : path) {
    std::uint32_t height = open.ledger.height(edge.transaction).number();
    std::string txid = open.ledger.txid(edge.transaction).text();
    rows.push_back({fmt::format("{}", height), txid, rule_text(clustering, edge),
                    open.address_text(edge.first), open.address_text(edge.second)});
    json.open_object().key("txid").value(txid).key("height").value(height);
    json.key("rule").value(clustering.rules.names.rules[edge.rule]);
    json.key("confidence").value(edge.confidence);
    json.key("from").value(open.address_text(edge.first));
    json.key("to").value(open.address_text(edge.second)).close_object();
  }
  json.close_list().close_object();
  if (!options.json.empty()) return {.files = {{options.json, json.take()}}, .text = ""};
  if (path.empty()) return {.files = {}, .text = "it is one and the same address\n"};
  std::string text =
      fmt::format("joined by {}, the fewest there are{}\n\n", plural(path.size(), "transaction"),
                  kept_only ? " among multi-input and the guesses kept" : "");
  return {.files = {}, .text = text + table_text(rows, {true, false, false, false, false})};
}

Status run_why(Context& context, const Options& options) {
  auto work = [&](const OpenLedger& open) -> Result<Answer> {
    TRY_ASSIGN(auto clustering, open_clustering(context, open, options.name));
    TRY(check_at(clustering, options.name, options.at));
    TRY_ASSIGN(AddressId from, known_address(open, options.from));
    TRY_ASSIGN(AddressId to, known_address(open, options.to));
    TRY_ASSIGN(auto view, view_at(open, options.at));
    auto apart = [&](std::string_view when) {
      return fail(ErrorKind::no, fmt::format("{} and {} are in different clusters{}", options.from,
                                             options.to, when));
    };
    const auto& now = clustering.clustering;
    if (now.cluster_of(from) != now.cluster_of(to)) return apart("");
    clusters::Links links = clusters::change_links(now);
    std::uint64_t left = options.work;
    clusters::Walk walk(open.ledger, clustering.rules.joins_nobody, links, view, left);
    walk.go(from, to);
    if (!walk.reached(to)) {
      if (!walk.complete()) return too_much(options.work);
      return apart(fmt::format(" at {}", options.at));
    }
    return path_answer(open, clustering, options, walk.path(to), options.work - left);
  };
  return answer(context, Rows::confirmed, work);
}

// ---- without ------------------------------------------------------------------------------------

// What is taken away, in words.
struct Taken {
  clusters::View view;
  std::string what;
};

Result<Taken> take_away(const OpenLedger& open, const OpenClustering& clustering,
                        const std::vector<AddressId>& members, const std::string& what) {
  Taken taken;
  const auto& rules = clustering.rules.names.rules;
  if (auto hash = Hash256::from_text(what)) {
    for (TxId tx : open.ledger.find_transactions(*hash)) taken.view.without.insert(tx);
    if (taken.view.without.empty()) {
      return fail(ErrorKind::no, fmt::format("the ledger has no transaction {}", what));
    }
    taken.what = "the transaction " + what;
    return taken;
  }
  auto rule = std::ranges::find(rules, what);
  if (rule != rules.end()) {
    taken.view.not_rules.push_back(static_cast<std::uint8_t>(rule - rules.begin()));
    taken.what = "the rule " + what;
    return taken;
  }
  TRY_ASSIGN(auto tags, tags_of(open, members));
  TRY_ASSIGN(std::string actor, actor_id(open, what));
  for (const clusters::AddressTag& tag : tags) {
    if (tag.actor == actor || tag.label == what) taken.view.absent.insert(tag.address);
  }
  if (taken.view.absent.empty()) {
    return fail(ErrorKind::no,
                fmt::format("'{}' is no txid, no rule of this clustering ({}), and no tag of this "
                            "cluster names it as actor or label",
                            what, fmt::join(rules, ", ")));
  }
  taken.what = fmt::format("the {} that tags give to {}",
                           plural(taken.view.absent.size(), "address", "addresses"), what);
  return taken;
}

// Of guesses the clustering keeps those that joined something.
constexpr const char* kKeptOnly =
    "guesses of change: those kept at the build; others, refused or not needed then, might still "
    "join pieces\n";

Answer pieces_answer(const OpenLedger& open, const Options& options, const Taken& taken,
                     std::size_t members, const clusters::Pieces& found, bool kept_only) {
  const std::string& what = taken.what;
  const char* caveat = kept_only ? kKeptOnly : "";
  constexpr std::size_t kMost = 50;
  std::vector<std::vector<std::string>> rows = {{"piece", "addresses", "oldest address"}};
  JsonWriter json;
  json.open_object().key("schema").value("tracehound.cluster_without/1");
  json.key("chain").value(open.ledger.chain()).key("clustering").value(options.name);
  json.key("address").value(options.from).key("without").value(options.without);
  json.key("addresses").value(members).key("transactions_walked").value(found.walked);
  json.key("guesses").value(kept_only ? "kept" : "none");
  json.key("pieces").open_list();
  for (const auto& piece : found.pieces) {
    json.open_list();
    for (AddressId address : piece) json.value(open.address_text(address));
    json.close_list();
    if (rows.size() <= kMost) {
      rows.push_back({fmt::format("{}", rows.size()), fmt::format("{}", piece.size()),
                      open.address_text(piece.front())});
    }
  }
  json.close_list().close_object();
  if (!options.json.empty()) return {.files = {{options.json, json.take()}}, .text = ""};
  if (found.pieces.size() == 1) {
    return {.files = {},
            .text = fmt::format("without {} the cluster of {} is still one, of {}\n{}", what,
                                options.from, plural(members, "address", "addresses"), caveat)};
  }
  std::string text =
      fmt::format("without {} the cluster of {} falls into {}; the first is that of {}\n{}\n", what,
                  plural(members, "address", "addresses"), plural(found.pieces.size(), "piece"),
                  options.from, caveat);
  text += table_text(rows, {true, true, false});
  if (found.pieces.size() > kMost) {
    text += fmt::format("... {} more; --json has all\n", found.pieces.size() - kMost);
  }
  return {.files = {}, .text = std::move(text)};
}

Status run_without(Context& context, const Options& options) {
  auto work = [&](const OpenLedger& open) -> Result<Answer> {
    TRY_ASSIGN(auto clustering, open_clustering(context, open, options.name));
    TRY_ASSIGN(AddressId address, known_address(open, options.from));
    const auto& now = clustering.clustering;
    auto members = now.members(now.cluster_of(address));
    TRY_ASSIGN(Taken taken, take_away(open, clustering, members, options.without));
    clusters::Links links = clusters::change_links(now);
    auto found = clusters::pieces_of(open.ledger, clustering.rules.joins_nobody, links, taken.view,
                                     address, members, options.work);
    if (!found.complete) return too_much(options.work);
    bool kept_only = !clustering.rules.names.can_go_on();
    return pieces_answer(open, options, taken, members.size(), found, kept_only);
  };
  return answer(context, Rows::confirmed, work);
}

// ---- what both have -----------------------------------------------------------------------------

void add_shared(CLI::App& command, Context& context, Options& options) {
  add_name(command, options.name);
  command.add_option("--work", options.work, "how many transactions to look at before giving up")
      ->transform(whole_number(~std::uint64_t{0}))
      ->type_name("N")
      ->capture_default_str();
  command.add_option("--json", options.json, "write JSON there instead; - is standard output")
      ->type_name("FILE|-");
  add_common(command, context);
}

}  // namespace

void add_cluster_why(CLI::App& group, Context& context) {
  CLI::App* why =
      group.add_subcommand("why", "the shortest chain of transactions that joins two addresses");
  auto options = std::make_shared<Options>();
  why->add_option("A", options->from, "an address")->required();
  why->add_option("B", options->to, "another of its cluster")->required();
  add_at(*why, options->at);
  add_shared(*why, context, *options);
  add_example(*why,
              "tracehound cluster why 1GkQmKAmHtNfnD3LHhTkewJxKHVSta4m2a "
              "13cbKDYKmFnJ9FCpyRuuU1v1Ms5ndnYgx8 --ledger L");
  why->callback([&context, options] {
    context.work = [&context, options] { return run_why(context, *options); };
  });
}

void add_cluster_without(CLI::App& group, Context& context) {
  CLI::App* without = group.add_subcommand(
      "without", "what a cluster falls into without a transaction, a rule or a tag's addresses");
  auto options = std::make_shared<Options>();
  without
      ->add_option("WHAT", options->without,
                   "a TXID, a rule such as multi-input, or a tag's actor or label")
      ->required();
  without->add_option("ADDRESS", options->from, "an address of the cluster")->required();
  add_shared(*without, context, *options);
  add_example(*without,
              "tracehound cluster without "
              "828ef3b079f9c23829c56fe86e85b4a69d9e06e5b54ea597eef5fb3ffef509fe "
              "12cbQLTFMXRnSzktFkuoG3eHoMeFtpTu3S --ledger L");
  without->callback([&context, options] {
    context.work = [&context, options] { return run_without(context, *options); };
  });
}

}  // namespace tracehound::cli
