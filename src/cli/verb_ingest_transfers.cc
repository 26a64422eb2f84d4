// ingest transfers: a list of transfers into an account ledger.
#include <fmt/format.h>

#include <chrono>

#include "base/parallel.h"
#include "base/text.h"
#include "chains/transfers/ingest.h"
#include "cli/verb_ingest.h"

namespace tracehound::cli {

namespace {

namespace transfers = chains::transfers;

struct Options {
  std::string csv;
  std::string parquet;
  std::string map;
  std::string labels;
  unsigned threads = 0;
  std::uint64_t memory = std::uint64_t{1} << 30;
};

std::string csv_cell(std::string_view text) {
  if (text.find_first_of(",\"\n\r") == std::string_view::npos) return std::string(text);
  std::string cell = "\"";
  for (char c : text) cell += c == '"' ? "\"\"" : std::string(1, c);
  return cell + "\"";
}

std::string report_text(const transfers::IngestReport& report) {
  std::string text = fmt::format(
      "{} and {} in {} added; {} and {} in the ledger\n", plural(report.transfers, "transfer"),
      plural(report.transactions, "transaction"), plural(report.blocks, "block"),
      plural(report.counts.transfers, "transfer"), plural(report.counts.accounts, "account"));
  if (report.sorted) text += "the list was not in order: its rows were sorted by block\n";
  if (report.remarks.skipped > 0) {
    text += fmt::format("passed over: {}, the same as one before\n",
                        plural(report.remarks.skipped, "row"));
  }
  if (report.remarks.kept > 0) {
    text += fmt::format(
        "kept: {}, the same as one before; without positions they may be meant (`repeats = skip` "
        "in the map leaves them out)\n",
        plural(report.remarks.kept, "row"));
  }
  if (report.remarks.other_times > 0) {
    text += fmt::format(
        "not of their block's time: {}; a block has that of its first row (if its numbers are not "
        "those of blocks, leave `block` out of the map)\n",
        plural(report.remarks.other_times, "row"));
  }
  return text;
}

Result<std::unique_ptr<transfers::RowSource>> open_list(Context& context, const Options& options,
                                                        const transfers::TransferMap& map) {
  const std::string& path = options.csv.empty() ? options.parquet : options.csv;
  TRY(check_file_name(path, options.csv.empty() ? "*.parquet" : "*.csv"));
  if (options.csv.empty()) {
    return transfers::open_parquet(context.files, path, duckdb_library(), map);
  }
  return transfers::open_csv(context.files, path, map);
}

Status run(Context& context, const Options& options) {
  if (options.csv.empty() == options.parquet.empty()) {
    return fail(ErrorKind::usage, "give the list as --csv FILE or as --parquet FILE");
  }
  TRY_ASSIGN(std::string map_text, read_input(context, options.map, "*.map"));
  TRY_ASSIGN(auto map, transfers::parse_transfer_map(map_text, options.map));
  ThreadLimit threads(options.threads);
  TRY_ASSIGN(auto source, open_list(context, options, map));
  std::string labels = "address,label\n";
  transfers::OnLabel on_label;
  if (!options.labels.empty()) {
    on_label = [&](std::string_view account, std::string_view label) {
      labels += fmt::format("{},{}\n", csv_cell(account), csv_cell(label));
    };
  }
  auto write_labels = [&]() -> Status {
    return options.labels.empty() ? Status{} : write_output(context, options.labels, labels);
  };
  auto start = std::chrono::steady_clock::now();
  TRY_ASSIGN(auto report,
             transfers::ingest_transfers(context.files, context.ledger, map, *source,
                                         {.memory_bytes = options.memory}, on_label, write_labels));
  double seconds = std::chrono::duration<double>(std::chrono::steady_clock::now() - start).count();
  say(context, fmt::format("{} in {:.2f} s, {:.1f} MB/s", size_text(source->bytes()), seconds,
                           static_cast<double>(source->bytes()) / 1e6 / seconds));
  return context.quiet ? Status{} : print(report_text(report));
}

}  // namespace

void add_ingest_transfers(CLI::App& ingest, Context& context) {
  CLI::App* command = ingest.add_subcommand("transfers", "a list of transfers of any chain");
  auto options = std::make_shared<Options>();
  command->add_option("--csv", options->csv, "the list, with a heading")->type_name("FILE");
  command->add_option("--parquet", options->parquet, "instead: the list as Parquet; needs DuckDB")
      ->type_name("FILE");
  command->add_option("--map", options->map, "which column says what; - is standard input")
      ->type_name("FILE|-")
      ->required();
  command
      ->add_option("--labels", options->labels,
                   "write the accounts' labels there, for `tags import`")
      ->type_name("FILE|-");
  command->add_option("--threads", options->threads, "0: one per core")
      ->transform(whole_number(1024))
      ->type_name("N");
  command->add_option("--memory", options->memory, "for the tables of accounts and transactions")
      ->transform(size_in_bytes())
      ->type_name("SIZE");
  add_common(*command, context);
  add_example(*command, "tracehound ingest transfers --csv HB.csv --map harmony.map --ledger L");
  command->callback([&context, options] {
    context.work = [&context, options] { return run(context, *options); };
  });
}

}  // namespace tracehound::cli
