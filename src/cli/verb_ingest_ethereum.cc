// ingest ethereum: a node's chain into an account ledger.
#include <fmt/format.h>

#include <algorithm>
#include <limits>

#include "base/clock.h"
#include "base/http.h"
#include "base/progress.h"
#include "base/text.h"
#include "chains/ethereum/etl.h"
#include "chains/ethereum/ingest.h"
#include "cli/verb_ingest.h"

namespace tracehound::cli {

namespace {

namespace ethereum = chains::ethereum;

struct Options {
  std::string rpc;
  std::vector<std::string> etl;
  std::uint64_t chain_id = 1;
  std::optional<std::uint64_t> from;
  std::optional<std::uint64_t> to;
  bool no_traces = false;
  std::vector<std::string> wrappers;
  std::uint64_t memory = std::uint64_t{1} << 30;
};

Result<std::set<std::string>> read_wrappers(const std::vector<std::string>& given) {
  std::set<std::string> wrappers;
  for (std::string address : given) {
    std::ranges::transform(address, address.begin(), [](char c) {
      return c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c;
    });
    if (address.size() != 42 || !address.starts_with("0x") || !from_hex(address.substr(2))) {
      return fail(ErrorKind::usage,
                  fmt::format("--wrapper {}: no contract's address, which is 0x and 40 "
                              "hexadecimal digits",
                              address));
    }
    wrappers.insert(address);
  }
  return wrappers;
}

std::string report_text(const ethereum::IngestReport& report) {
  std::string text;
  if (report.blocks_rewound > 0) {
    text += fmt::format("the node's chain left the ledger's: {} taken back\n",
                        plural(report.blocks_rewound, "block"));
  }
  text += fmt::format("{} added of {}; {} and {} in the ledger, the last block is {}\n",
                      plural(report.blocks_added, "block"), report.chain,
                      plural(report.counts.blocks, "block"),
                      plural(report.counts.transfers, "transfer"), report.tip);
  if (report.interrupted) text += "interrupted: the same command goes on from here\n";
  return text;
}

// A folder stands for the files in it.
Result<std::vector<std::string>> list_files(Context& context,
                                            const std::vector<std::string>& given) {
  std::vector<std::string> paths;
  for (const std::string& path : given) {
    auto inside = context.files.list(path);
    if (!inside) paths.push_back(path);
    if (!inside) continue;
    for (const std::string& name : *inside) paths.push_back(path + "/" + name);
  }
  return paths;
}

Status run_etl(Context& context, const Options& options) {
  TRY_ASSIGN(auto paths, list_files(context, options.etl));
  TRY_ASSIGN(auto wrappers, read_wrappers(options.wrappers));
  TRY_ASSIGN(auto report, ethereum::ingest_etl(context.files, context.ledger, paths,
                                               {.chain_id = options.chain_id,
                                                .wrappers = {wrappers.begin(), wrappers.end()},
                                                .duckdb = duckdb_library(),
                                                .memory_bytes = options.memory}));
  if (!report.has_logs) warn("no file of logs: tokens are those of token_transfers, if any");
  if (!report.has_fees) warn("no file says what gas was used: fees are not in the ledger");
  if (!report.has_traces) {
    warn("no file of traces: what contracts sent on in the native asset is not in the ledger");
  }
  if (context.quiet) return {};
  return print(fmt::format("{} added of {}; {} and {} in the ledger, the last block is {}\n",
                           plural(report.blocks_added, "block"), report.chain,
                           plural(report.counts.blocks, "block"),
                           plural(report.counts.transfers, "transfer"), report.tip));
}

Status run(Context& context, const Options& options) {
  if (options.rpc.empty() == options.etl.empty()) {
    return fail(ErrorKind::usage, "give either --rpc URL, a node, or --etl FILES");
  }
  if (!options.etl.empty() && (options.from || options.to || options.no_traces)) {
    return fail(ErrorKind::usage,
                "--from, --to and --no-traces are for --rpc; of files, give those that are wanted");
  }
  if (!options.etl.empty()) return run_etl(context, options);
  TRY_ASSIGN(auto clock, SystemClock::make());
  TRY_ASSIGN(auto http, open_http(options.rpc, {}, [&] { return clock->ended(); }));
  ethereum::Node node(*http, *clock, options.rpc);
  ethereum::IngestOptions ingest;
  ingest.from = options.from;
  ingest.to = options.to;
  ingest.traces = !options.no_traces;
  ingest.memory_bytes = options.memory;
  TRY_ASSIGN(ingest.wrappers, read_wrappers(options.wrappers));
  std::unique_ptr<Progress> progress;
  ingest.on_progress = [&](std::uint64_t done, std::uint64_t of) {
    if (!progress) {
      progress = std::make_unique<Progress>("ingest", "blocks", of, 1.0, !context.quiet);
    }
    progress->update(done);
  };
  TRY_ASSIGN(auto report,
             ethereum::ingest_node(context.files, context.ledger, node, *clock, ingest));
  progress.reset();
  if (ingest.traces && report.tracing == ethereum::Tracing::none) {
    warn(
        "the node answers neither trace_block nor debug_traceBlockByNumber: what contracts sent on "
        "in the native asset is not in the ledger, nor the rewards of blocks before the merge");
  }
  return context.quiet ? Status{} : print(report_text(report));
}

}  // namespace

void add_ingest_ethereum(CLI::App& ingest, Context& context) {
  CLI::App* command = ingest.add_subcommand(
      "ethereum", "the chain of a node of Ethereum or its kin, or ETL files of one");
  auto options = std::make_shared<Options>();
  auto block = whole_number(std::numeric_limits<std::uint64_t>::max());
  command->add_option("--rpc", options->rpc, "the node's address")->type_name("URL");
  command
      ->add_option("--etl", options->etl,
                   "instead: files of blocks, transactions, receipts, logs and traces")
      ->type_name("DIR|FILES");
  command->add_option("--chain-id", options->chain_id, "of the files")
      ->transform(block)
      ->type_name("N")
      ->capture_default_str();
  command->add_option("--from", options->from, "the first block of a new ledger; 0 without")
      ->transform(block)
      ->type_name("N");
  command->add_option("--to", options->to, "the last block to take; the node's last one without")
      ->transform(block)
      ->type_name("N");
  command
      ->add_option("--wrapper", options->wrappers,
                   "a contract that wraps the native asset, beside the chain's known one")
      ->type_name("ADDRESS");
  command->add_flag("--no-traces", options->no_traces,
                    "without what contracts send on in the native asset");
  command->add_option("--memory", options->memory, "for the tables of accounts and transactions")
      ->transform(size_in_bytes())
      ->type_name("SIZE");
  add_common(*command, context);
  add_example(*command, "tracehound ingest ethereum --rpc http://127.0.0.1:8545 --ledger L");
  command->callback([&context, options] {
    context.work = [&context, options] { return run(context, *options); };
  });
}

}  // namespace tracehound::cli
