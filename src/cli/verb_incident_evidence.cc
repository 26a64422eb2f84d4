// incident evidence: a trace and all it rests on, for others to run again.
#include <fmt/format.h>

#include <limits>
#include <optional>
#include <utility>

#include "base/http.h"
#include "base/text.h"
#include "chains/bitcoin/raw_blocks.h"
#include "cli/accounts.h"
#include "cli/interrupt.h"
#include "cli/node_login.h"
#include "cli/verb_incident.h"
#include "cli/verb_incident_evidence.h"
#include "evidence/make.h"
#include "evidence/rerun.h"
#include "tags/store.h"

namespace tracehound::cli {

namespace {

namespace bitcoin = chains::bitcoin;

Status check(const EvidenceOptions& options, const std::vector<trace::MethodKind>& methods) {
  auto usage = [](std::string message) { return fail(ErrorKind::usage, std::move(message)); };
  if (options.blocks.empty() == options.node.url.empty()) {
    return usage(
        "name the node's blocks folder with --blocks, or a node with --rpc: a ledger keeps no raw "
        "transactions");
  }
  return tracing::check_options(options.trace, methods);
}

evidence::Asked asked_of(const tracing::Options& options, const trace::Options& how,
                         const std::vector<trace::MethodKind>& methods,
                         const std::vector<std::string_view>& categories) {
  evidence::Asked asked{.label_by = options.label_by,
                        .methods = {},
                        .fees = options.fees,
                        .mix = options.mix,
                        .clusters = options.clusters,
                        .stop_at = {categories.begin(), categories.end()},
                        .through = options.through,
                        .min_amount = how.cuts.min_amount,
                        .max_hops = options.max_hops,
                        .until = {},
                        .as_of = options.as_of};
  for (trace::MethodKind method : methods) asked.methods.emplace_back(trace::name_of(method));
  if (how.cuts.until) asked.until = how.cuts.until->number();
  return asked;
}

Result<std::optional<ed25519::PrivateKey>> signing_key(Context& context,
                                                       const EvidenceOptions& options) {
  if (options.sign.empty()) return std::optional<ed25519::PrivateKey>();
  TRY_ASSIGN(std::string text, read_input(context, options.sign));
  auto key = ed25519::parse_private_pem(text);
  if (key) return key;
  return bad_input(fmt::format(
      "--sign: {} is no Ed25519 private key in PEM; make one with `tracehound evidence key`",
      options.sign));
}

Result<evidence::ReadBlocks> block_reader(Context& context, const OpenLedger& open,
                                          const EvidenceOptions& options) {
  if (!options.blocks.empty()) {
    return [&context, &open, &options](std::span<const Hash256> hashes,
                                       const bitcoin::TakeBlock& take) {
      return bitcoin::blocks_from_files(context.files, open.network, options.blocks, hashes,
                                        !context.quiet, take);
    };
  }
  TRY_ASSIGN(auto login, login_of(context, options.node));
  TRY_ASSIGN(auto opened, open_http(options.node.url, {}, [] { return false; }));
  std::shared_ptr<HttpClient> http = std::move(opened);
  return [&context, &options, http, login](std::span<const Hash256> hashes,
                                           const bitcoin::TakeBlock& take) {
    bitcoin::NodeRpc node(*http, context.files, login, options.node.url);
    return bitcoin::blocks_from_node(node, hashes, take);
  };
}

Result<evidence::Files> make(Context& context, const OpenLedger& open,
                             const EvidenceOptions& options, const std::string& incident_text,
                             const std::vector<trace::MethodKind>& methods,
                             std::vector<std::string>& remarks) {
  const tracing::Options& asked = options.trace;
  Bytes bytes(incident_text.begin(), incident_text.end());
  TRY_ASSIGN(auto incident, incidents::parse_incident(bytes, options.file));
  TRY_ASSIGN(auto day, tracing::day_of(open.ledger, asked));
  TRY_ASSIGN(auto found,
             evidence::seeds_of(open.ledger, incident, asked.label_by, options.file, day.last));
  TRY_ASSIGN(auto known, tracing::know_services(context, open, asked, day.belief));
  TRY_ASSIGN(auto categories, tracing::stop_categories(asked));
  TRY_ASSIGN(auto store, tags::TagStore::open_to_read(open.ledger.folder(), day.belief.tags_at));
  for (const std::string& clause : incidents::clauses(found.left_out)) {
    remarks.push_back(fmt::format("{}: {}", options.file, clause));
  }
  TRY(tracing::remark_on_tags(remarks, open.ledger.folder(), day.belief.tags_at));
  trace::Options how;
  how.label_names = found.labels;
  how.fees = asked.fees == "miner" ? trace::FeeRule::miner : trace::FeeRule::sink;
  how.cuts.min_amount =
      asked.min_amount.fits_64() ? asked.min_amount.low() : std::numeric_limits<Amount>::max();
  how.cuts.max_hops = asked.max_hops;
  how.as_of = day.last;
  how.interrupt = &catch_interrupt();
  if (!asked.until.empty()) {
    TRY_ASSIGN(auto until, tracing::moment_of("--until", asked.until, trace::SpanEnd::last));
    TRY_ASSIGN(how.cuts.until, trace::block_of(open.ledger, until));
  }
  std::span<const std::uint32_t> clusters;
  if (known.clusters && asked.clusters == "on") clusters = known.clusters->cluster_of_address;
  evidence::KnownStops stops{.stops = known.stops,
                             .tagged = known.tagged,
                             .cluster_of_address = clusters,
                             .categories = categories,
                             .store = store,
                             .before = {}};
  if (day.last) stops.before = open.ledger.transactions(*day.last).end;
  TRY_ASSIGN(auto read_blocks, block_reader(context, open, options));
  return evidence::make_bundle({.ledger = open.ledger,
                                .network = open.network,
                                .incident = bytes,
                                .engine = "tracehound " TRACEHOUND_VERSION,
                                .asked = asked_of(asked, how, methods, categories),
                                .first_header = options.first_header,
                                .seeds = std::move(found.seeds),
                                .methods = methods,
                                .known = stops,
                                .how = how,
                                .read_blocks = std::move(read_blocks)});
}

// The bundle's files, of a coin ledger.
Result<evidence::Files> make_coin_evidence(Context& context, const EvidenceOptions& options,
                                           const std::string& incident,
                                           std::vector<std::string>& remarks) {
  TRY_ASSIGN(auto methods, tracing::methods_of(options.trace, tracing::LedgerKind::coins));
  TRY(check(options, methods));
  evidence::Files files;
  auto work = [&](const OpenLedger& open) -> Result<Answer> {
    remarks.clear();
    TRY_ASSIGN(files, make(context, open, options, incident, methods, remarks));
    return Answer();
  };
  TRY(answer(context, Rows::confirmed, work));
  return files;
}

Status run(Context& context, EvidenceOptions options) {
  options.trace.incident = options.file;
  if (options.trace.direction == "backward") {
    return fail(ErrorKind::usage, "a bundle is of a forward trace; leave out --direction backward");
  }
  TRY(evidence::check_room(context.files, options.out));  // before the work, not behind it
  TRY_ASSIGN(auto key, signing_key(context, options));
  TRY_ASSIGN(std::string incident, read_input(context, options.file));
  std::vector<std::string> remarks;
  auto make_files = has_accounts(context) ? make_account_evidence : make_coin_evidence;
  TRY_ASSIGN(auto files, make_files(context, options, incident, remarks));
  TRY(evidence::write_bundle(context.files, options.out, files, key));
  for (const std::string& remark : remarks) say(context, remark);
  std::uint64_t bytes = 0;
  for (const auto& [_, file] : files) bytes += file.size();
  say(context, fmt::format("{}: {} of evidence{}; check it with `tracehound verify {}`",
                           options.out, size_text(bytes), key ? ", signed" : "", options.out));
  return {};
}

}  // namespace

void add_incident_evidence(CLI::App& group, Context& context) {
  CLI::App* command = group.add_subcommand(
      "evidence", "trace it, and write all that the trace rests on for others to run again");
  auto options = std::make_shared<EvidenceOptions>();
  command->add_option("FILE", options->file, "the incident file; - is standard input")->required();
  command->add_option("--out", options->out, "the bundle: a new folder")
      ->type_name("DIR")
      ->required();
  auto* blocks =
      command->add_option("--blocks", options->blocks, "the node's blocks folder, with blk*.dat");
  blocks->type_name("DIR");
  add_node_options(*command, options->node)->excludes(blocks);
  command
      ->add_option("--sign", options->sign, "sign it with this key, of `tracehound evidence key`")
      ->type_name("FILE");
  command
      ->add_option("--first-header", options->first_header,
                   "begin the chain of headers at that height, whose hash readers must know")
      ->transform(whole_number(0xFFFF'FFFF))
      ->type_name("HEIGHT");
  tracing::add_label_by(*command, options->trace);
  tracing::add_rule_options(*command, options->trace);
  add_common(*command, context);
  add_example(*command,
              "tracehound incident evidence theft.yaml --method fifo,haircut --blocks "
              "~/.bitcoin/blocks --ledger L --out bundle --sign examiner.key");
  command->callback([&context, options] {
    context.work = [&context, options] { return run(context, *options); };
  });
}

}  // namespace tracehound::cli
