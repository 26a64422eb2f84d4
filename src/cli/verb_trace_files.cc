// A trace's answer as files.
#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <memory>
#include <optional>

#include "base/text.h"
#include "cli/print_pdf.h"
#include "cli/verb_trace.h"
#include "clusters/change_rules.h"
#include "incidents/letters.h"
#include "incidents/traced.h"
#include "trace/flow.h"
#include "trace/write.h"
#include "trace/write_flow.h"

namespace tracehound::cli::tracing {

namespace {

constexpr std::uint32_t kDay = 24 * 60 * 60;

struct Grouping {
  bool by_cluster = false;
  bool by_hop = false;
  std::uint32_t period = 0;
};

// --group-by: address or cluster, hop, day, in any order.
Result<Grouping> grouping_of(const Options& options) {
  Grouping grouping;
  std::string_view list = options.group_by;
  while (!list.empty()) {
    std::string_view word = list.substr(0, list.find(','));
    list.remove_prefix(std::min(list.size(), word.size() + 1));
    if (word == "cluster") {
      grouping.by_cluster = true;
    } else if (word == "hop") {
      grouping.by_hop = true;
    } else if (word == "day") {
      grouping.period = kDay;
    } else if (word != "address") {
      return fail(ErrorKind::usage,
                  fmt::format("--group-by: there is no '{}'; give address or cluster, hop and "
                              "day, one or several with commas",
                              word));
    }
  }
  return grouping;
}

incidents::ReportAbout about_of(const Context& context, const Options& options,
                                const OpenLedger& open, const Case& what,
                                const KnownServices& known) {
  incidents::ReportAbout about;
  about.title = what.name;
  about.symbol = open.symbol();
  about.decimals = kDecimals;
  about.tool_version = "tracehound " TRACEHOUND_VERSION;
  about.command = context.command_line;
  about.stops = known.words;
  about.service_notes = known.notes;
  // Those that list every coin; the others tell of the way.
  for (const std::string& file : {options.json, options.csv}) {
    if (!file.empty() && file != "-") about.files.push_back(file);
  }
  return about;
}

Result<std::string> as_picture(const Context& context, const Options& options,
                               const trace::Trace& trace, const OpenLedger& open,
                               const KnownServices& known) {
  TRY_ASSIGN(Grouping grouping, grouping_of(options));
  trace::FlowOptions how{
      .by_hop = grouping.by_hop, .period = grouping.period, .most_nodes = options.graph_nodes};
  if (grouping.by_cluster) how.cluster_of_address = known.clusters->cluster_of_address;
  trace::FlowGraph graph = trace::flow_graph(trace, open.ledger, how);
  if (graph.cut_nodes > 0) {
    say(context,
        fmt::format(
            "the picture shows {} nodes of {}: the smallest {} are put together in one, "
            "with their sums, and {} led through it; --graph-nodes sets the bound",
            graph.nodes.size() - 1, graph.nodes.size() - 1 + graph.cut_nodes, graph.cut_nodes,
            graph.cut_edges == 0 ? "no more edges are"
                                 : plural(graph.cut_edges, "more edge is", "more edges are")));
  }
  return trace::to_graphml(graph, trace, open.ledger,
                           [&](AddressId address) { return open.address_text(address); });
}

}  // namespace

bool groups_by_cluster(const Options& options) {
  auto grouping = grouping_of(options);
  return !options.graphml.empty() && grouping && grouping->by_cluster;
}

namespace {

// A file that can be asked for.
struct Output {
  std::string_view option;
  const std::string* file;
  bool of_one = false;   // shows one method
  bool forward = false;  // says where coins went
};

std::vector<Output> outputs_of(const Options& options) {
  return {{"--json", &options.json},
          {"--csv", &options.csv},
          {"--html", &options.html, false, true},
          {"--pdf", &options.pdf, false, true},
          {"--flow", &options.flow, true},
          {"--graphml", &options.graphml, true},
          {"--misp", &options.misp, true, true},
          {"--stix", &options.stix, true, true},
          {"--tagpack", &options.tagpack, true, true},
          {"--bats", &options.bats, true, true}};
}

}  // namespace

Status check_outputs(const Options& options, std::size_t methods) {
  std::vector<Output> outputs = outputs_of(options);
  OutputNames names;
  for (const Output& output : outputs) names.emplace_back(output.option, *output.file);
  TRY(check_output_names(names));
  TRY(grouping_of(options));
  outputs.push_back({"--columns", &options.columns, true});
  outputs.push_back({"--letters", &options.letters, true, true});
  for (const Output& output : outputs) {
    if (output.file->empty()) continue;
    if (output.of_one && methods > 1) {
      return fail(ErrorKind::usage,
                  fmt::format("{} shows one method; name one with --method", output.option));
    }
    if (output.forward && options.direction == "backward") {
      return fail(ErrorKind::usage,
                  fmt::format("{} is about where stolen coins went; a backward trace goes to "
                              "--json, --csv, --flow or --graphml",
                              output.option));
    }
  }
  if (options.change && options.json.empty() && options.csv.empty() && options.flow.empty()) {
    return fail(ErrorKind::usage, "--change goes with --json, --csv or --flow");
  }
  if (!options.letter_template.empty() && options.letters.empty()) {
    return fail(ErrorKind::usage, "--letter-template goes with --letters");
  }
  return {};
}

Result<std::string> read_saved(Context& context, const Options& options) {
  if (options.resume.empty()) return std::string();
  TRY_ASSIGN(std::string state, read_input(context, options.resume));
  if (!state.empty()) return state;
  return bad_input(
      fmt::format("--resume: {} is empty; name what --save-state wrote", options.resume));
}

void add_state(std::vector<Answer::File>& files, const Options& options, const Bytes& state) {
  if (options.save_state.empty() || state.empty()) return;
  files.push_back({options.save_state, std::string(state.begin(), state.end())});
}

std::unexpected<Error> interrupted_answer() {
  return fail(ErrorKind::no,
              "interrupted: what was written is a part of the answer, and says so; run it again "
              "for the whole (no state was saved)");
}

bool needs_parcels(const Options& options) {
  return std::ranges::any_of(
      std::array{&options.html, &options.pdf, &options.flow, &options.graphml, &options.columns,
                 &options.misp, &options.stix, &options.tagpack, &options.bats},
      [](const std::string* file) { return !file->empty(); });
}

namespace {

// The guesses of `show tx`, for whoever asks for coins in chain order.
trace::ChangeOf change_guesses(const ledger::Ledger& ledger) {
  struct Known {
    explicit Known(const ledger::Ledger& of) : finder(of) {}
    clusters::ChangeFinder finder;
    std::optional<TxId> transaction;
    std::optional<clusters::ChangeGuess> guess;  // of it
  };
  auto known = std::make_shared<Known>(ledger);
  return [&ledger, known](CoinId coin) -> std::optional<trace::ChangeNote> {
    TxId creator = ledger.creator(coin);
    if (known->transaction != creator) {
      known->guess = known->finder.change_of(creator, clusters::shown_rules());
      known->transaction = creator;
    }
    if (!known->guess || known->guess->coin != coin) return std::nullopt;
    trace::ChangeNote note{known->guess->confidence, {}};
    for (clusters::ChangeRule rule : known->guess->rules) note.rules.push_back(name_of(rule));
    return note;
  };
}

// What other tools read of the traced addresses.
void add_exports(std::vector<Answer::File>& files, const Options& options,
                 const trace::Trace& trace, const incidents::ReportLookup& lookup,
                 const incidents::ReportAbout& about) {
  if (!options.misp.empty() || !options.stix.empty() || !options.tagpack.empty()) {
    incidents::TracedCase what = incidents::traced_case(trace, lookup, about);
    if (!options.misp.empty()) files.push_back({options.misp, incidents::to_misp(what)});
    if (!options.stix.empty()) files.push_back({options.stix, incidents::to_stix(what)});
    if (!options.tagpack.empty()) files.push_back({options.tagpack, incidents::to_tagpack(what)});
  }
  if (!options.bats.empty()) {
    files.push_back({options.bats, incidents::to_notation_table(trace, lookup)});
  }
}

}  // namespace

Result<OutputTools> output_tools(Context& context, const Options& options) {
  OutputTools tools;
  if (!options.pdf.empty()) {
    TRY_ASSIGN(tools.chromium, find_chromium());
  }
  tools.letter_template = incidents::kLetterTemplate;
  if (!options.letter_template.empty()) {
    TRY_ASSIGN(tools.letter_template, read_input(context, options.letter_template));
    TRY(incidents::freeze_letters({}, {}, tools.letter_template));
  }
  return tools;
}

Status add_page(Context& context, std::vector<Answer::File>& files, const Options& options,
                std::string page, std::uint32_t time, const OutputTools& tools) {
  if (!options.pdf.empty()) {
    TRY_ASSIGN(std::string paper, print_pdf(context.files, tools.chromium, page, time));
    files.push_back({options.pdf, std::move(paper)});
  }
  if (!options.html.empty()) files.push_back({options.html, std::move(page)});
  return {};
}

// Letters of another trace in the same folder would be sent with these.
Status add_letters(Context& context, std::vector<Answer::File>& files, const Options& options,
                   std::span<const incidents::ServiceDeposits> services,
                   const incidents::LetterAbout& about, const OutputTools& tools) {
  TRY_ASSIGN(auto letters, incidents::freeze_letters(services, about, tools.letter_template));
  TRY(context.files.make_folder(options.letters));
  TRY_ASSIGN(auto there, context.files.list(options.letters));
  for (const std::string& file : there) {
    bool ours = std::ranges::any_of(
        letters, [&](const incidents::Letter& letter) { return letter.file == file; });
    if (ours || !(file.ends_with(".html") || file.ends_with(".txt"))) continue;
    return fail(
        ErrorKind::usage,
        fmt::format("--letters: {}/{} is none of this trace's letters; name an empty folder",
                    options.letters, file));
  }
  for (incidents::Letter& letter : letters) {
    files.push_back({options.letters + "/" + letter.file, std::move(letter.text)});
  }
  return {};
}

Result<std::vector<Answer::File>> as_files(Context& context, const Options& options,
                                           const std::vector<trace::Trace>& traces,
                                           const OpenLedger& open, const Case& what,
                                           const KnownServices& known, const OutputTools& tools) {
  const trace::Trace& first = traces.front();
  const ledger::Ledger& ledger = open.ledger;
  auto address = [&](AddressId id) { return open.address_text(id); };
  trace::ChangeOf change = options.change ? change_guesses(ledger) : trace::ChangeOf();
  std::vector<Answer::File> files;
  if (!options.json.empty()) {
    const trace::Asked* asked = &known.asked;
    files.push_back({options.json, traces.size() == 1
                                       ? trace::to_json(first, ledger, address, asked, change)
                                       : trace::to_json(traces, ledger, address, asked, change)});
  }
  if (!options.csv.empty()) {
    files.push_back({options.csv, trace::to_csv(traces, ledger, address, change)});
  }
  incidents::ReportAbout about = about_of(context, options, open, what, known);
  auto lookup = incidents::lookup_in(ledger, address);
  if (!options.html.empty() || !options.pdf.empty()) {
    incidents::ReportData data = incidents::make_report_data(traces, lookup, about);
    TRY(add_page(context, files, options, incidents::html_report(data), data.tip_time, tools));
  }
  if (!options.letters.empty()) {
    TRY(add_letters(context, files, options, incidents::service_deposits(first, lookup, about),
                    incidents::letter_about(first, lookup, about), tools));
  }
  add_exports(files, options, first, lookup, about);
  if (!options.flow.empty()) {
    bool json = options.flow.ends_with(".json");
    files.push_back({options.flow, json ? trace::flow_to_json(first, ledger, address, change)
                                        : trace::flow_to_csv(first, ledger, address, change)});
  }
  if (!options.graphml.empty()) {
    TRY_ASSIGN(std::string picture, as_picture(context, options, first, open, known));
    files.push_back({options.graphml, std::move(picture)});
  }
  if (!options.columns.empty()) {
    TRY(context.files.make_folder(options.columns));
    for (const trace::NamedFile& file : trace::flow_to_columns(first, ledger)) {
      files.push_back(
          {options.columns + "/" + file.name, std::string(file.bytes.begin(), file.bytes.end())});
    }
  }
  return files;
}

}  // namespace tracehound::cli::tracing
