// trace, on an account ledger: the same question, the same answer, of balances instead of coins.
#include "cli/verb_trace_accounts.h"

#include <fmt/format.h>

#include <algorithm>
#include <tuple>

#include "base/text.h"
#include "cli/accounts.h"
#include "cli/interrupt.h"
#include "incidents/account_report.h"
#include "incidents/letters.h"
#include "trace/accounts/backward.h"
#include "trace/accounts/seeds.h"
#include "trace/accounts/write.h"

namespace tracehound::cli::tracing {

using trace::accounts::LedgerEvents;
using trace::accounts::Names;
using trace::accounts::Trace;

Status check_on_accounts(const Options& options, std::size_t methods) {
  auto usage = [](std::string message) { return fail(ErrorKind::usage, std::move(message)); };
  TRY(check_seed_options(options));
  if (options.fees == "miner") {
    return usage("--fees miner is for coin ledgers: here tainted fees end as fees");
  }
  if (options.mix != Options().mix) {
    return usage("--mix is for coin ledgers: no transfer between accounts is a CoinJoin");
  }
  if (options.unconfirmed) {
    return usage("--unconfirmed is for coin ledgers; an account ledger has confirmed blocks alone");
  }
  bool goes_on = !options.resume.empty() || !options.save_state.empty();
  if (goes_on && options.direction == "backward") {
    return usage(
        "--save-state and --resume are for forward traces; leave out --direction backward: where "
        "units came from does not change when the ledger grows");
  }
  if (options.save_state == "-") return usage("--save-state needs a file's name");
  if (!options.columns.empty() || !options.bats.empty()) {
    return usage(
        "--columns and --bats are for coin ledgers: their amounts are of one asset and 64 bits "
        "wide; of an account ledger take --flow, which has the same steps");
  }
  if (options.change) {
    return usage("--change is for coin ledgers: an account's transfers have no change");
  }
  if (options.group_by != "address") {
    return usage("--group-by is for coin ledgers: of account chains each account is a node");
  }
  if (methods > 1 && (!options.flow.empty() || !options.graphml.empty())) {
    return usage("--flow and --graphml show the way by one method; name one with --method");
  }
  return check_stops(options);
}

Result<AccountTexts> read_account_texts(Context& context, const Options& options) {
  AccountTexts texts;
  for (const std::string& file : options.stop_at_addresses) {
    TRY_ASSIGN(std::string text, read_input(context, file));
    texts.stop_lists.push_back(std::move(text));
  }
  if (!options.prices.empty()) {
    TRY_ASSIGN(texts.prices, read_input(context, options.prices));
  }
  return texts;
}

namespace {

Status check_back_until(const ledger::accounts::Ledger& ledger,
                        const std::vector<trace::accounts::Seed>& seeds, TxId until) {
  for (const trace::accounts::Seed& seed : seeds) {
    TxId tx = ledger.tx_of(seed.transfer);
    if (tx >= until) continue;
    std::uint64_t made = ledger.block(ledger.block_of(tx)).number;
    return bad_input(fmt::format(
        "the seed {}:{} is in block {}, before block {}, at which the backward trace is to end; "
        "end it at {} or before",
        ledger.id_text(tx), ledger.transfer(seed.transfer).position, made,
        ledger.block(ledger.block_of(until)).number, made));
  }
  return {};
}

}  // namespace

Result<trace::accounts::Options> account_trace_options(const Options& options,
                                                       const AccountCase& what,
                                                       const ledger::accounts::Ledger& ledger,
                                                       const AccountDay& day) {
  trace::accounts::Options how;
  how.parcels = needs_parcels(options);
  how.swaps = options.swaps == "net";
  how.label_names = what.labels;
  how.cuts.min_amount = options.min_amount;
  how.cuts.max_hops = options.max_hops;
  how.interrupt = &catch_interrupt();
  if (!options.until.empty() && options.direction == "backward") {
    // The earliest block that is followed: a day begins there, it does not end.
    TRY_ASSIGN(auto moment, moment_of("--until", options.until, trace::SpanEnd::first));
    TRY_ASSIGN(how.cuts.until, trace::accounts::begin_of(ledger, moment));
    TRY(check_back_until(ledger, what.seeds, *how.cuts.until));
  } else if (!options.until.empty()) {
    TRY_ASSIGN(auto moment, moment_of("--until", options.until, trace::SpanEnd::last));
    TRY_ASSIGN(TxId end, trace::accounts::end_of(ledger, moment));
    if (end.number() == 0) return bad_input("--until is before the first transaction");
    how.cuts.until = TxId(end.number() - 1);
  }
  how.end = day.end;
  return how;
}

namespace {

incidents::ReportAbout about_of(const Context& context, const Options& options,
                                const AccountCase& what, const AccountStops& known,
                                const AccountDay& day) {
  incidents::ReportAbout about;
  about.title = what.name;
  about.tool_version = "tracehound " TRACEHOUND_VERSION;
  about.command = context.command_line;
  about.stops = {fmt::format("Accounts of {} that tags or lists name.",
                             plural(known.stops.services().size(), "service")),
                 "Nobody, and addresses that nobody can have a key to."};
  if (day.tags_at) about.stops.push_back(tags_at_words(*day.tags_at));
  if (options.max_hops) {
    about.stops.push_back(
        fmt::format("More than {} from the seeds.", plural(*options.max_hops, "movement")));
  }
  about.service_notes = known.notes;
  for (const std::string& file : {options.json, options.csv}) {
    if (!file.empty() && file != "-") about.files.push_back(file);
  }
  return about;
}

std::unexpected<Error> holds_nothing(const AccountCase& what) {
  return bad_input(
      fmt::format("{}: by the transfers that are known, nothing is held{}; see what was received "
                  "with --from-address",
                  what.name, what.as_of ? " as of that block" : ""));
}

// The page, the same on paper, letters, and what other tools read.
Status add_reports(Context& context, std::vector<Answer::File>& files, const Options& options,
                   const std::vector<Trace>& traces, const Names& names,
                   const incidents::ReportAbout& about, const OutputTools& tools) {
  if (!options.html.empty() || !options.pdf.empty()) {
    auto parts = incidents::make_account_report(traces, names, about);
    TRY(add_page(context, files, options, incidents::html_report(parts), parts.front().tip_time,
                 tools));
  }
  if (!options.misp.empty() || !options.stix.empty() || !options.tagpack.empty()) {
    auto what = incidents::account_case(traces.front(), names, about);
    if (!options.misp.empty()) files.push_back({options.misp, incidents::to_misp(what)});
    if (!options.stix.empty()) files.push_back({options.stix, incidents::to_stix(what)});
    if (!options.tagpack.empty()) files.push_back({options.tagpack, incidents::to_tagpack(what)});
  }
  if (options.letters.empty()) return {};
  auto services = incidents::account_deposits(traces.front(), names, about);
  return add_letters(context, files, options, services,
                     incidents::account_letter_about(traces.front(), names, about), tools);
}

std::vector<Answer::File> files_of(const Options& options, const std::vector<Trace>& traces,
                                   const Names& names) {
  std::vector<Answer::File> files;
  if (!options.json.empty()) {
    files.push_back({options.json, trace::accounts::to_json(traces, names)});
  }
  if (!options.csv.empty()) files.push_back({options.csv, trace::accounts::to_csv(traces, names)});
  if (!options.flow.empty()) {
    bool json = options.flow.ends_with(".json");
    files.push_back({options.flow, json ? trace::accounts::flow_to_json(traces.front(), names)
                                        : trace::accounts::flow_to_csv(traces.front(), names)});
  }
  if (!options.graphml.empty()) {
    files.push_back({options.graphml, trace::accounts::to_graphml(traces.front(), names)});
  }
  return files;
}

// The traces, and the state to go on from where that was asked for.
Result<trace::accounts::Resumable> run_methods(const Options& options, const AccountCase& what,
                                               const LedgerEvents& events,
                                               const std::vector<trace::MethodKind>& methods,
                                               const trace::accounts::Stops& stops,
                                               const trace::accounts::Options& how,
                                               const std::string& saved) {
  if (!saved.empty() || !options.save_state.empty()) {
    TRY_ASSIGN(auto found,
               trace::accounts::run_on(events, what.seeds, methods, stops, how, as_bytes(saved)));
    if (!options.save_state.empty() && !found.unsaved.empty()) return bad_input(found.unsaved);
    return found;
  }
  trace::accounts::Resumable found;
  if (options.direction == "forward") {
    TRY_ASSIGN(found.traces, trace::accounts::run(events, what.seeds, methods, stops, how));
    return found;
  }
  if (what.seeds.empty() && what.holdings.empty()) return holds_nothing(what);
  TRY_ASSIGN(found.traces,
             trace::accounts::run_back(events, what.seeds, methods, stops, how, what.holdings));
  if (what.seeds.empty() && found.traces.front().holdings.empty()) return holds_nothing(what);
  return found;
}

}  // namespace

Status run_on_accounts(Context& context, const Options& options) {
  TRY_ASSIGN(auto methods, methods_of(options, LedgerKind::accounts));
  TRY(check_on_accounts(options, methods.size()));
  TRY(check_outputs(options, methods.size()));
  if (!options.letters.empty() && !std::ranges::all_of(methods, trace::conserves)) {
    return fail(ErrorKind::usage, "--letters need a method that has sums; poison has none");
  }
  TRY_ASSIGN(OutputTools tools, output_tools(context, options));
  TRY_ASSIGN(Question question, read_question(context, options));
  TRY_ASSIGN(auto texts, read_account_texts(context, options));
  TRY_ASSIGN(std::string saved, read_saved(context, options));
  bool interrupted = false;
  std::vector<std::string> remarks;
  auto work = [&](const OpenAccounts& open) -> Result<Answer> {
    TRY_ASSIGN(AccountCase what, resolve_on_accounts(question, options, open.ledger));
    TRY_ASSIGN(AccountDay day, account_day_of(open.ledger, options));
    if (day.end) what.as_of = open.ledger.block(day.tip).number;
    TRY_ASSIGN(AccountStops known,
               stops_on_accounts(options, texts.stop_lists, open.ledger, day.tags_at));
    LedgerEvents events(open.ledger);
    remarks = what.remarks;
    remarks.insert(remarks.end(), known.remarks.begin(), known.remarks.end());
    if (!options.prices.empty()) {
      TRY_ASSIGN(auto prices, read_prices(texts.prices, open.ledger, remarks));
      events.set_prices(std::move(prices));
    }
    TRY_ASSIGN(auto how, account_trace_options(options, what, open.ledger, day));
    TRY_ASSIGN(auto found, run_methods(options, what, events, methods, known.stops, how, saved));
    const std::vector<Trace>& traces = found.traces;
    interrupted = traces.front().interrupted;
    TRY(remark_on_tags(remarks, open.ledger.folder(), day.tags_at, kOtherTags));
    Names names(open.ledger, events);
    Answer answer;
    answer.files = files_of(options, traces, names);
    TRY(add_reports(context, answer.files, options, traces, names,
                    about_of(context, options, what, known, day), tools));
    add_state(answer.files, options, found.state);
    bool to_stdout = std::ranges::any_of(answer.files, [](const auto& f) { return f.path == "-"; });
    if (!to_stdout) answer.text = accounts_table(traces, names, what);
    return answer;
  };
  TRY(answer_accounts(context, work));
  for (const std::string& remark : remarks) say(context, remark);
  return interrupted ? interrupted_answer() : Status();
}

}  // namespace tracehound::cli::tracing
