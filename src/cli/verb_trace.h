// The parts of `tracehound trace`: what is asked, what stops a trace, how the answer is shown.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "base/u256.h"
#include "cli/cluster_parts.h"
#include "cli/verb.h"
#include "clusters/coinjoin.h"
#include "clusters/coinjoin_change.h"
#include "incidents/incident.h"
#include "incidents/letters.h"
#include "incidents/report.h"
#include "trace/address_seeds.h"
#include "trace/trace.h"
#include "trace/write.h"

namespace tracehound::cli::tracing {

// What a seed is: a coin (on account chains a transfer), or what an address received, or sent,
// or holds.
enum class SeedKind : std::uint8_t { coin, received, sent, held };

// A seed as it was asked for.
struct SeedAsk {
  std::string text;
  SeedKind kind = SeedKind::coin;
  std::string label;  // --label before it, or ""
};

// The command line, as it was typed.
struct Options {
  std::vector<SeedAsk> seeds;
  std::string label;  // the one that holds for the next seed
  std::string received_since, received_until;
  std::string asset;
  std::string incident;
  std::string label_by = "incident";
  std::string methods = "fifo";
  std::string direction = "forward";
  std::string fees = "sink";
  std::string mix = "stop";
  std::string clusters = "on";
  std::string stop_at;
  std::vector<std::string> stop_at_addresses;
  std::vector<std::string> through;
  std::string swaps = "net";
  std::string prices;
  U256 min_amount;
  std::optional<std::uint32_t> max_hops;
  std::string until;
  std::string as_of;
  std::string tags_as_of;
  std::string resume, save_state;
  std::string json, csv, html, flow, graphml, columns;
  std::string misp, stix, tagpack, bats;
  std::string pdf, letters, letter_template;
  std::string group_by = "address";
  std::size_t graph_nodes = 1000;
  bool change = false;
  bool unconfirmed = false;
};

// ---- the options (verb_trace_options.cc) --------------------------------------------------------

void add_options(CLI::App& command, Options& options);
// Of those, the rules by which it is traced, and --label-by.
void add_rule_options(CLI::App& command, Options& options);
void add_label_by(CLI::App& command, Options& options);
enum class LedgerKind : std::uint8_t { coins, accounts };
// Errors (usage): a name that is none, or twice, or of a method that such ledgers do not have.
Result<std::vector<trace::MethodKind>> methods_of(const Options& options, LedgerKind ledger);
// Errors (usage): seeds that do not go with their labels and dates.
Status check_seed_options(const Options& options);
// Errors (usage): what can be refused before anything is read.
Status check_options(const Options& options, const std::vector<trace::MethodKind>& methods);

// ---- what is asked (verb_trace_question.cc) -----------------------------------------------------

// What was asked about, as it was given: standard input is read once, whatever comes.
struct Question {
  std::vector<SeedAsk> seeds;
  std::optional<incidents::Incident> incident;
};
Result<Question> read_question(Context& context, const Options& options);

// What is to be traced, and under which names.
struct Case {
  std::string name;
  std::vector<trace::Seed> seeds;
  std::vector<std::string> labels;   // [i] names Label(i + 1)
  std::vector<std::string> remarks;  // on what was asked and is not traced
};
Result<Case> resolve(const Question& question, const Options& options, const OpenLedger& open);

// The address's id. Errors (bad_input): no address of this chain; one that the ledger has not seen.
Result<AddressId> find_address(const OpenLedger& open, std::string_view text);
// --until and the like. Error (usage), naming the option.
Result<trace::Moment> moment_of(std::string_view option, const std::string& text,
                                trace::SpanEnd end);

// ---- the day it is asked about (verb_trace_day.cc) ----------------------------------------------

// The last block that counts, where not all do, and what was believed at the end of that day.
struct Day {
  std::optional<BlockHeight> last;
  Belief belief;
};
// By --as-of, and of the tags by --tags-as-of. Errors (usage): no such words. Errors (bad_input):
// the ledger has no such block.
Result<Day> day_of(const ledger::Ledger& ledger, const Options& options);
// Tags are believed from their import on, which may be long after the day that is asked about:
// "1 of the 2 packs of tags in this ledger had been imported by then", and the advice; nothing
// where all had.
Status remark_on_tags(std::vector<std::string>& remarks, const std::string& ledger_folder,
                      std::optional<std::int64_t> tags_at, std::string_view advice = "");
// "By the tags that were believed at 2024-03-14 09:26:53 UTC."
std::string tags_at_words(std::int64_t tags_at);
constexpr std::string_view kOtherTags = "; --tags-as-of now takes them all";

// ---- what stops it (verb_trace_stops.cc) --------------------------------------------------------

// The recognisers' word on what is a mix.
class CoinJoins final : public trace::MixTest {
 public:
  bool is_mix(const ledger::Ledger& ledger, TxId tx) const override {
    return clusters::is_coinjoin(ledger, tx);
  }
  std::vector<trace::MixChange> changes(const ledger::Ledger& ledger, TxId tx) const override {
    std::vector<trace::MixChange> changes;
    for (const auto& change : clusters::coinjoin_changes(ledger, tx)) {
      changes.push_back({change.input, change.output});
    }
    return changes;
  }
};

// Whom the tags name, as the trace and the report need it.
struct KnownServices {
  std::optional<ClustersForStops> clusters;  // which the stops look into
  trace::Stops stops;
  std::vector<incidents::ServiceNote> notes;  // one per stops.services()
  std::vector<std::string> words;             // what stops the trace, a sentence each
  std::vector<trace::ServiceAddress> tagged;  // that the ledger has; services as in `stops`
  trace::Asked asked;                         // for the JSON; but for the cuts
};
// Errors (usage): a category that there is not. Errors (bad_input): --through names nothing the
// ledger knows. Errors: there are too many blocks whose clusters nobody built.
Result<KnownServices> know_services(Context& context, const OpenLedger& open,
                                    const Options& options, const Belief& belief = {});
// --stop-at as categories of tags/services.h; all of them when it is not given. Errors (usage).
Result<std::vector<std::string_view>> stop_categories(const Options& options);
// Only what can be said without a ledger.
Status check_stops(const Options& options);

// ---- how it is shown (verb_trace_table.cc) ------------------------------------------------------

// REQUIRES, of both: at least one trace; all from one run.
std::string as_table(const std::vector<trace::Trace>& traces, const OpenLedger& open,
                     const Case& what);

// ---- the files (verb_trace_files.cc) ------------------------------------------------------------

// Errors (usage): options that do not go together, found before any work.
Status check_outputs(const Options& options, std::size_t methods);
// What of the output needs the machine or a file, looked at before any work. Errors: --pdf and no
// Chromium; --letter-template cannot be read, or is none.
struct OutputTools {
  std::string chromium;
  std::string letter_template;
};
Result<OutputTools> output_tools(Context& context, const Options& options);
// Adds the page, and the same on paper, as they were asked for. Error (machine): Chromium failed.
Status add_page(Context& context, std::vector<Answer::File>& files, const Options& options,
                std::string page, std::uint32_t time, const OutputTools& tools);
// Makes the letters' folder. Errors: a template's; the folder has other letters, or is none.
Status add_letters(Context& context, std::vector<Answer::File>& files, const Options& options,
                   std::span<const incidents::ServiceDeposits> services,
                   const incidents::LetterAbout& about, const OutputTools& tools);
// What --resume names, read; nothing where it was not asked for. Error (bad_input): it is empty.
Result<std::string> read_saved(Context& context, const Options& options);
// What --save-state asks for.
void add_state(std::vector<Answer::File>& files, const Options& options, const Bytes& state);
// What is said when Ctrl-C ended a trace.
std::unexpected<Error> interrupted_answer();
// Whether the files need Options::parcels.
bool needs_parcels(const Options& options);
// Whether they need clusters.
bool groups_by_cluster(const Options& options);
// All that was asked for but the table. Says on standard error when a picture had to be cut.
Result<std::vector<Answer::File>> as_files(Context& context, const Options& options,
                                           const std::vector<trace::Trace>& traces,
                                           const OpenLedger& open, const Case& what,
                                           const KnownServices& known, const OutputTools& tools);

// ---- account chains (verb_trace_accounts*.cc) ---------------------------------------------------

// The whole verb, where --ledger names an account ledger.
Status run_on_accounts(Context& context, const Options& options);

// ---- trace path (verb_trace_path.cc) ------------------------------------------------------------

void add_trace_path(CLI::App& trace, Context& context);

}  // namespace tracehound::cli::tracing
