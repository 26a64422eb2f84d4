// trace: the main job. Seeds in; where every stolen unit stands out.
#include <fmt/format.h>

#include <algorithm>
#include <limits>

#include "cli/interrupt.h"
#include "cli/verb_trace.h"
#include "ledger/accounts/manifest.h"
#include "trace/backward.h"

namespace tracehound::cli {

namespace {

using trace::MethodKind;
using tracing::Case;
using tracing::KnownServices;
using tracing::Options;
using tracing::Question;

Result<trace::Options> trace_options(const OpenLedger& open, const Options& options,
                                     const Case& what, const tracing::Day& day) {
  trace::Options how;
  how.parcels = tracing::needs_parcels(options);
  how.label_names = what.labels;
  how.fees = options.fees == "miner" ? trace::FeeRule::miner : trace::FeeRule::sink;
  // No coin has more units than 64 bits hold.
  how.cuts.min_amount =
      options.min_amount.fits_64() ? options.min_amount.low() : std::numeric_limits<Amount>::max();
  how.cuts.max_hops = options.max_hops;
  how.interrupt = &catch_interrupt();
  how.as_of = day.last;
  if (!options.until.empty()) {
    // Backward the bound is the earliest block followed: a day begins there, it does not end.
    bool first = options.direction == "backward";
    auto end = first ? trace::SpanEnd::first : trace::SpanEnd::last;
    TRY_ASSIGN(auto moment, tracing::moment_of("--until", options.until, end));
    TRY_ASSIGN(how.cuts.until, trace::block_of(open.ledger, moment));
  }
  return how;
}

// The traces, and the state to go on from where that was asked for.
Result<trace::Resumable> run_methods(const OpenLedger& open, const Options& options,
                                     const std::vector<MethodKind>& methods, const Case& what,
                                     const KnownServices& known, const trace::Options& how,
                                     const std::string& saved) {
  if (!saved.empty() || !options.save_state.empty()) {
    return trace::run_on(open.ledger, what.seeds, methods, known.stops, how, as_bytes(saved));
  }
  trace::Resumable found;
  if (options.direction == "forward") {
    TRY_ASSIGN(found.traces, trace::run(open.ledger, what.seeds, methods, known.stops, how));
    return found;
  }
  for (MethodKind method : methods) {
    TRY_ASSIGN(auto trace, trace::run_back(open.ledger, what.seeds, method, known.stops, how));
    found.traces.push_back(std::move(trace));
  }
  return found;
}

Status run(Context& context, const Options& options) {
  if (ledger::accounts::read_manifest(context.files, context.ledger)) {
    return tracing::run_on_accounts(context, options);
  }
  TRY_ASSIGN(auto methods, tracing::methods_of(options, tracing::LedgerKind::coins));
  TRY(tracing::check_options(options, methods));
  TRY_ASSIGN(tracing::OutputTools tools, tracing::output_tools(context, options));
  TRY_ASSIGN(Question question, tracing::read_question(context, options));
  TRY_ASSIGN(std::string saved, tracing::read_saved(context, options));
  bool interrupted = false;
  std::vector<std::string> remarks;
  auto work = [&](const OpenLedger& open) -> Result<Answer> {
    TRY_ASSIGN(Case what, tracing::resolve(question, options, open));
    TRY_ASSIGN(tracing::Day day, tracing::day_of(open.ledger, options));
    TRY_ASSIGN(KnownServices known, tracing::know_services(context, open, options, day.belief));
    TRY_ASSIGN(trace::Options how, trace_options(open, options, what, day));
    known.asked.cuts = how.cuts;
    TRY_ASSIGN(auto found, run_methods(open, options, methods, what, known, how, saved));
    const std::vector<trace::Trace>& traces = found.traces;
    interrupted = traces.front().interrupted;
    remarks = what.remarks;
    TRY(tracing::remark_on_tags(remarks, open.ledger.folder(), day.belief.tags_at,
                                tracing::kOtherTags));
    Answer answer;
    TRY_ASSIGN(answer.files, tracing::as_files(context, options, traces, open, what, known, tools));
    tracing::add_state(answer.files, options, found.state);
    bool to_stdout = std::ranges::any_of(answer.files,
                                         [](const Answer::File& file) { return file.path == "-"; });
    if (!to_stdout) answer.text = tracing::as_table(traces, open, what);
    return answer;
  };
  TRY(answer(context, options.unconfirmed ? Rows::with_mempool : Rows::confirmed, work));
  for (const std::string& remark : remarks) say(context, remark);
  return interrupted ? tracing::interrupted_answer() : Status();
}

}  // namespace

void add_trace(CLI::App& app, Context& context) {
  CLI::App* command = app.add_subcommand("trace", "follow stolen coins to where they are now");
  auto options = std::make_shared<Options>();
  tracing::add_options(*command, *options);
  add_unconfirmed_flag(*command, options->unconfirmed);
  add_common(*command, context);
  add_example(
      *command,
      "tracehound trace --from TXID:0 --from TXID:1 --method haircut --ledger L "
      "--html report.html\n"
      "  tracehound trace --incident theft.yaml --method all --label-by victim --json -\n"
      "  tracehound trace --from-address A --received-since 2024-03-14 --graphml "
      "flow.graphml\n"
      "  tracehound trace --sent-by VICTIM --method all --ledger L\n"
      "  tracehound trace --held-by ADDRESS --direction backward --method haircut --ledger L\n"
      "  tracehound trace path TXID:0 ADDRESS --ledger L");
  tracing::add_trace_path(*command, context);
  command->callback([&context, command, options] {
    if (!command->get_subcommands().empty()) return;
    context.work = [&context, options] { return run(context, *options); };
  });
}

}  // namespace tracehound::cli
