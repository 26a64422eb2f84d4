// ingest blocks: a node's block files into the ledger.
#include <fmt/format.h>
#include <unistd.h>

#include <chrono>
#include <cstdlib>
#include <limits>

#include "base/parallel.h"
#include "base/text.h"
#include "chains/bitcoin/ingest.h"
#include "cli/cluster_parts.h"
#include "cli/verb_ingest.h"

namespace tracehound::cli {

namespace {

namespace bitcoin = chains::bitcoin;

struct Options {
  std::string folder;
  std::string network = "main";
  std::optional<std::uint32_t> to;
  unsigned threads = 0;
  std::uint64_t memory = 0;
  std::uint64_t commit = 0;
};

constexpr std::uint64_t kLeastMemory = 64U << 20;

std::uint64_t half_of_memory() {
  return static_cast<std::uint64_t>(::sysconf(_SC_PHYS_PAGES)) *
         static_cast<std::uint64_t>(::sysconf(_SC_PAGE_SIZE)) / 2;
}

std::string network_names() {
  std::string names;
  for (const auto& network : bitcoin::networks()) {
    names += fmt::format("{}{}", names.empty() ? "" : "|", network.name);
  }
  return names;
}

// Damage is said even under --quiet: the command did less than the folder seems to hold.
void say_remarks(const Context& context, const bitcoin::IngestReport& report) {
  auto place = [&](const bitcoin::Damage& damage) {
    return fmt::format("{}, byte {}: {}", damage.file, damage.offset, damage.what);
  };
  constexpr std::size_t kMost = 10;
  for (std::size_t i = 0; i < report.scan.damaged.size() && i < kMost; ++i) {
    warn(fmt::format("damaged record skipped: {}", place(report.scan.damaged[i])));
  }
  if (report.scan.damaged.size() > kMost) {
    say(context, plural(report.scan.damaged.size() - kMost, "more damaged record skipped",
                        "more damaged records skipped"));
  }
  for (const auto& record : report.scan.unfinished) {
    say(context, fmt::format("unfinished record left for next time: {}", place(record)));
  }
  if (report.scan.unconnected > 0) {
    say(context,
        fmt::format(
            "{} to the chain{}",
            plural(report.scan.unconnected, "block does not connect", "blocks do not connect"),
            report.scan.missing_block
                ? fmt::format(": block {} is missing or damaged", report.scan.missing_block->text())
                : std::string()));
  }
  if (report.blocks_rewound > 0) {
    say(context,
        fmt::format("left {} of a branch with less work", plural(report.blocks_rewound, "block")));
  }
  if (report.branch_kept) {
    say(context,
        "the folder's best chain leaves the ledger's and has no more work: the ledger stays");
  }
}

Status run(Context& context, const Options& options) {
  const bitcoin::Network* network = bitcoin::find_network(options.network);
  if (network == nullptr) {
    return fail(ErrorKind::usage, fmt::format("--network {}: there is none of that name; one of {}",
                                              options.network, network_names()));
  }
  ThreadLimit threads(options.threads);
  bitcoin::IngestOptions ingest;
  ingest.progress = !context.quiet;
  ingest.memory_bytes = options.memory > 0 ? options.memory : half_of_memory();
  if (ingest.memory_bytes < kLeastMemory) {
    return fail(ErrorKind::usage, "--memory must be 64M or more");
  }
  ingest.commit_bytes = options.commit;
  if (options.to) ingest.to = BlockHeight(*options.to);

  auto start = std::chrono::steady_clock::now();
  TRY_ASSIGN(auto report, bitcoin::ingest_blocks(context.files, options.folder, *network,
                                                 context.ledger, ingest));
  double seconds = std::chrono::duration<double>(std::chrono::steady_clock::now() - start).count();

  say_remarks(context, report);
  TRY(update_clusters(context));
  std::string text = fmt::format("{} added, {} in the ledger; tip {} at height {}\n",
                                 plural(report.blocks_added, "block"), report.counts.blocks,
                                 report.tip_hash.text(), report.counts.blocks - 1);
  if (report.blocks_added > 0) {
    text += fmt::format("{} in {:.2f} s, {:.1f} MB/s\n", size_text(report.bytes_added), seconds,
                        static_cast<double>(report.bytes_added) / 1e6 / seconds);
  }
  if (report.scan.duplicates + report.scan.side_blocks > 0) {
    text += fmt::format("passed over: {} seen twice, {} on side branches\n",
                        plural(report.scan.duplicates, "block"), report.scan.side_blocks);
  }
  return context.quiet ? Status{} : print(text);
}

}  // namespace

std::string duckdb_library() {
  const char* named = std::getenv("TRACEHOUND_DUCKDB");
  return named == nullptr ? "" : named;
}

void add_ingest(CLI::App& app, Context& context) {
  CLI::App* ingest = app.add_subcommand("ingest", "take a blockchain into the ledger");
  ingest->require_subcommand(1);
  add_example(*ingest, "tracehound ingest blocks ~/.bitcoin/blocks --ledger L");
  CLI::App* blocks = ingest->add_subcommand("blocks", "from a node's blocks folder (blk*.dat)");
  auto options = std::make_shared<Options>();
  blocks->add_option("DIR", options->folder, "the folder with blk*.dat")->required();
  blocks->add_option("--network", options->network, network_names())
      ->type_name("NAME")
      ->capture_default_str();
  blocks->add_option("--to", options->to, "the last block to take")
      ->transform(whole_number(std::numeric_limits<std::uint32_t>::max()))
      ->type_name("HEIGHT");
  blocks->add_option("--threads", options->threads, "0: one per core")
      ->transform(whole_number(1024))
      ->type_name("N");
  blocks
      ->add_option("--memory", options->memory,
                   "what the work may take, as 2G; half of the machine's")
      ->transform(size_in_bytes())
      ->type_name("SIZE");
  blocks->add_option("--commit", options->commit, "block bytes between two commits; up to 256M")
      ->transform(size_in_bytes())
      ->type_name("SIZE");
  add_common(*blocks, context);
  add_example(*blocks, "tracehound ingest blocks ~/.bitcoin/blocks --ledger L");
  blocks->callback([&context, options] {
    context.work = [&context, options] { return run(context, *options); };
  });
  add_ingest_ethereum(*ingest, context);
  add_ingest_transfers(*ingest, context);
}

}  // namespace tracehound::cli
