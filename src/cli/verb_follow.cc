// follow: the ledger at the tip of a running node, and the node's mempool beside it.
#include <fmt/format.h>

#include <cmath>

#include "base/clock.h"
#include "base/http.h"
#include "base/parallel.h"
#include "base/text.h"
#include "chains/bitcoin/follow.h"
#include "chains/bitcoin/node_news.h"
#include "cli/cluster_parts.h"
#include "cli/node_login.h"
#include "cli/verb.h"

namespace tracehound::cli {

namespace {

namespace bitcoin = chains::bitcoin;

struct Options {
  NodeOptions node;
  std::string zmq;
  std::string network = "main";
  double poll = 2.0;
  std::uint64_t commit_blocks = 2'000;
  unsigned threads = 0;
  bool until_synced = false;
};

constexpr double kShortestPoll = 0.01;
constexpr double kLongestPoll = 3'600;
constexpr std::uint64_t kMostBlocks = 1'000'000;

std::string network_names() {
  std::string names;
  for (const auto& network : bitcoin::networks()) {
    names += fmt::format("{}{}", names.empty() ? "" : "|", network.name);
  }
  return names;
}

Status run(Context& context, const Options& options) {
  const bitcoin::Network* network = bitcoin::find_network(options.network);
  if (network == nullptr) {
    return fail(ErrorKind::usage, fmt::format("--network {}: there is none of that name; one of {}",
                                              options.network, network_names()));
  }
  if (!(options.poll >= kShortestPoll && options.poll <= kLongestPoll)) {
    return fail(ErrorKind::usage, fmt::format("--poll {}: is not from {} to {} seconds",
                                              options.poll, kShortestPoll, kLongestPoll));
  }
  TRY_ASSIGN(auto login, login_of(context, options.node));
  TRY_ASSIGN(auto clock, SystemClock::make());
  ThreadLimit threads(options.threads);
  std::unique_ptr<Clock> listening;
  if (!options.zmq.empty()) {
    TRY_ASSIGN(listening, bitcoin::listen_to_node(*clock, options.zmq));
  }
  TRY_ASSIGN(auto http, open_http(options.node.url, {}, [&clock] { return clock->ended(); }));
  bitcoin::NodeRpc node(*http, context.files, std::move(login), options.node.url);

  bitcoin::FollowOptions follow;
  follow.poll = Milliseconds(std::lround(options.poll * 1000));
  follow.commit_blocks = options.commit_blocks;
  follow.until_synced = options.until_synced;
  follow.progress = !context.quiet;
  follow.say = [&context](const std::string& line) { say(context, line); };
  Clock& pace = listening ? *listening : *clock;
  TRY_ASSIGN(auto report,
             bitcoin::follow_node(context.files, node, pace, *network, context.ledger, follow));
  TRY(update_clusters(context));
  if (context.quiet || report.counts.blocks == 0) return {};
  return print(fmt::format("{} added, {} in the ledger; tip {} at height {}\n",
                           plural(report.blocks_added, "block"), report.counts.blocks,
                           report.tip_hash.text(), report.counts.blocks - 1));
}

}  // namespace

void add_follow(CLI::App& app, Context& context) {
  CLI::App* follow = app.add_subcommand("follow", "stay at the tip of a running node, live");
  auto options = std::make_shared<Options>();
  add_node_options(*follow, options->node)->required();
  follow
      ->add_option("--zmq", options->zmq,
                   "where the node publishes hashblock, hashtx or rawtx: wakes up at once")
      ->type_name("ENDPOINT");
  follow->add_option("--network", options->network, network_names())
      ->type_name("NAME")
      ->capture_default_str();
  follow->add_option("--poll", options->poll, "how often to ask, once at the tip")
      ->type_name("SECONDS")
      ->capture_default_str();
  follow->add_flag("--until-synced", options->until_synced, "end once at the node's tip");
  follow->add_option("--commit-blocks", options->commit_blocks, "blocks between two commits")
      ->transform(whole_number(kMostBlocks))
      ->type_name("N")
      ->capture_default_str();
  follow->add_option("--threads", options->threads, "0: one per core")
      ->transform(whole_number(1024))
      ->type_name("N");
  add_common(*follow, context);
  add_example(
      *follow,
      "tracehound follow --rpc http://127.0.0.1:8332 --cookie ~/.bitcoin/.cookie --ledger L");
  follow->callback([&context, options] {
    context.work = [&context, options] { return run(context, *options); };
  });
}

}  // namespace tracehound::cli
