// verify, evidence key: what others need to check a bundle, and its author to sign it.
#include <fmt/format.h>
#include <sys/stat.h>

#include <optional>

#include "base/ed25519.h"
#include "base/parallel.h"
#include "base/text.h"
#include "cli/verb_evidence.h"
#include "evidence/accounts/verify.h"
#include "evidence/verify.h"

namespace tracehound::cli {

namespace {

using evidence::Finding;
using evidence::Verdict;
using AccountVerdict = evidence::accounts::Verdict;

struct VerifyOptions {
  std::string folder;
  std::string key;
  std::string json;
  unsigned threads = 0;
};

// A key as it is, or the file that holds it.
Result<std::optional<ed25519::PublicKey>> key_of(Context& context, const std::string& words) {
  if (words.empty()) return std::optional<ed25519::PublicKey>();
  if (auto key = ed25519::parse_public_key(words)) return key;
  TRY_ASSIGN(std::string text, read_input(context, words));
  if (auto key = ed25519::parse_public_key(text)) return key;
  return bad_input(fmt::format(
      "--key: {} is no Ed25519 public key: 64 hexadecimal digits, or a file with them or with PEM",
      words));
}

// 2^n is the nearest power below it: what the work is about.
unsigned work_bits(const chains::bitcoin::Work& work) {
  for (int limb = 3; limb >= 0; --limb) {
    std::uint64_t bits = work.limbs[static_cast<std::size_t>(limb)];
    if (bits != 0) return static_cast<unsigned>(limb * 64 + 63 - std::countl_zero(bits));
  }
  return 0;
}

std::string signer_text(const std::optional<ed25519::PublicKey>& signer, bool named) {
  if (!signer) return "not signed: nobody answers for it";
  return fmt::format("signed by {}{}", to_hex(*signer),
                     named ? "" : ", whoever that is: name the key you expect with --key");
}

// Findings quote files that may hold anything: what is no plain letter is shown as a question mark.
std::string legible(std::string text) {
  for (char& letter : text) {
    if (letter < ' ' || letter > '~') letter = '?';
  }
  return text;
}

std::string findings_text(const std::vector<Finding>& findings) {
  std::string text;
  for (const Finding& finding : findings) {
    text += fmt::format("does not hold: {}\n", legible(finding.text()));
  }
  return text;
}

// What stands at the end of what is said of any bundle that holds.
std::string ending_text(const std::string& signer, const std::string& engine,
                        const std::vector<std::string>& not_proven) {
  std::string text =
      fmt::format("{}\nmade by {}, checked by tracehound {}\n", signer, engine, TRACEHOUND_VERSION);
  text += "\nWhat it does not prove:\n";
  for (const std::string& sentence : not_proven) text += fmt::format("- {}\n", sentence);
  return text;
}

// Of the incident's seeds, those that the trace does not begin with.
std::string left_out_text(const incidents::LeftOut& left_out) {
  std::string text;
  for (const std::string& clause : incidents::clauses(left_out)) {
    text += fmt::format("{}: {}\n", evidence::kIncident, clause);
  }
  return text;
}

void left_out_json(JsonWriter& json, const incidents::LeftOut& left_out) {
  json.key("seeds_left_out").open_object();
  json.key("on_other_chains").value(left_out.on_other_chains);
  json.key("addresses_not_seen").value(left_out.addresses_not_seen);
  json.key("later").value(left_out.later).close_object();
}

std::string verdict_text(const Verdict& verdict, const std::string& folder, bool named) {
  if (!verdict.statement || !verdict.findings.empty()) {
    return printable(findings_text(verdict.findings));
  }
  const evidence::Statement& statement = *verdict.statement;
  std::string text = fmt::format("{} holds.\n\n", folder);
  text +=
      fmt::format("{}, block {}: {}\n", statement.chain, statement.tip, statement.tip_hash.text());
  text += fmt::format("{}, each on the one before it, with about 2^{} hashes of work\n",
                      plural(verdict.headers, "header"), work_bits(verdict.work));
  text += fmt::format("{}, each by its branch in its block\n",
                      plural(verdict.transactions, "transaction"));
  text += fmt::format("{}: the trace run again gives the same bytes\n",
                      fmt::join(statement.asked.methods, ", "));
  text += fmt::format(
      "{} at which it stops, with their tags and co-spends{}\n",
      plural(verdict.stops, "address", "addresses"),
      verdict.stops_not_shown == 0
          ? ""
          : fmt::format("; for {} of them nothing is shown that leads to the tagged one",
                        verdict.stops_not_shown));
  text += left_out_text(verdict.left_out);
  text += ending_text(signer_text(verdict.signer, named), statement.engine,
                      evidence::not_proven(statement));
  return printable(text);
}

std::string verdict_text(const AccountVerdict& verdict, const std::string& folder, bool named) {
  if (!verdict.statement || !verdict.findings.empty()) {
    return printable(findings_text(verdict.findings));
  }
  const auto& statement = *verdict.statement;
  std::string text =
      fmt::format("{} holds as far as an account ledger's can: it proves no transfer.\n\n", folder);
  text += fmt::format("{}, up to block {}\n", statement.chain, statement.tip.number);
  text += fmt::format("{} with {}, as the bundle states them\n",
                      plural(verdict.transactions, "transaction"),
                      plural(verdict.transfers, "transfer"));
  text += fmt::format("{}: the trace run again gives the same bytes\n",
                      fmt::join(statement.asked.methods, ", "));
  text += fmt::format("{} whose owner is known, with tags or lists\n",
                      plural(statement.stops.size(), "account"));
  text += left_out_text(verdict.left_out);
  text += ending_text(signer_text(verdict.signer, named), statement.engine,
                      evidence::accounts::not_proven(statement));
  return printable(text);
}

void begin_json(JsonWriter& json, const std::vector<Finding>& findings,
                const std::optional<ed25519::PublicKey>& signer) {
  json.open_object().key("schema").value("tracehound.verdict/1");
  json.key("holds").value(findings.empty());
  json.key("findings").open_list();
  for (const Finding& finding : findings) {
    json.open_object().key("file").value(finding.file).key("item").value(finding.item);
    json.key("why").value(finding.why).close_object();
  }
  json.close_list().key("signer");
  signer ? json.value(to_hex(*signer)) : json.null();
}

std::string end_json(JsonWriter& json, const std::string& engine,
                     const std::vector<std::string>& not_proven) {
  json.key("engine").value(engine).key("not_proven").open_list();
  for (const std::string& sentence : not_proven) json.value(sentence);
  json.close_list().close_object();
  return json.take();
}

std::string verdict_json(const Verdict& verdict) {
  JsonWriter json;
  begin_json(json, verdict.findings, verdict.signer);
  json.key("headers").value(verdict.headers);
  json.key("transactions").value(verdict.transactions);
  json.key("stops").value(verdict.stops);
  json.key("stops_not_shown").value(verdict.stops_not_shown);
  left_out_json(json, verdict.left_out);
  if (!verdict.statement) return json.close_object().take();
  const evidence::Statement& statement = *verdict.statement;
  json.key("chain").value(statement.chain);
  json.key("tip").open_object().key("height").value(statement.tip);
  json.key("hash").value(statement.tip_hash.text()).close_object();
  return end_json(json, statement.engine, evidence::not_proven(statement));
}

std::string verdict_json(const AccountVerdict& verdict) {
  JsonWriter json;
  begin_json(json, verdict.findings, verdict.signer);
  json.key("transactions").value(verdict.transactions);
  json.key("transfers").value(verdict.transfers);
  left_out_json(json, verdict.left_out);
  if (!verdict.statement) return json.close_object().take();
  const auto& statement = *verdict.statement;
  json.key("stops").value(statement.stops.size());
  json.key("chain").value(statement.chain);
  json.key("tip").open_object().key("height").value(statement.tip.number);
  json.close_object();
  return end_json(json, statement.engine, evidence::accounts::not_proven(statement));
}

template <typename AnyVerdict>
Status tell(Context& context, const VerifyOptions& options, const AnyVerdict& verdict,
            bool key_named) {
  if (!options.json.empty()) {
    TRY(write_output(context, options.json, verdict_json(verdict)));
  } else {
    TRY(print(verdict_text(verdict, options.folder, key_named)));
  }
  if (verdict.findings.empty()) return {};
  return fail(ErrorKind::no,
              fmt::format("{}: {} not hold; do not rely on this bundle", options.folder,
                          plural(verdict.findings.size(), "thing does", "things do")));
}

Status run_verify(Context& context, const VerifyOptions& options) {
  TRY_ASSIGN(auto key, key_of(context, options.key));
  ThreadLimit threads(options.threads);
  TRY_ASSIGN(auto bundle, evidence::open_bundle(context.files, options.folder));
  if (bundle.kind == evidence::BundleKind::accounts) {
    auto verdict = evidence::accounts::verify_bundle(std::move(bundle), key);
    return tell(context, options, verdict, key.has_value());
  }
  return tell(context, options, evidence::verify_bundle(std::move(bundle), key), key.has_value());
}

// Files made while it lives can be read by their owner alone.
class OwnerAlone {
 public:
  OwnerAlone() : before_(::umask(077)) {}
  ~OwnerAlone() { ::umask(before_); }
  OwnerAlone(const OwnerAlone&) = delete;
  OwnerAlone& operator=(const OwnerAlone&) = delete;

 private:
  mode_t before_;
};

Status run_key(Context& context, const std::string& file) {
  TRY(check_file_name(file));
  std::string shown = file + ".pub";
  for (const std::string& path : {file, shown}) {
    if (!context.files.exists(path)) continue;
    return fail(
        ErrorKind::usage,
        fmt::format("{} is there already; keys are never written over, name another file", path));
  }
  TRY_ASSIGN(auto key, ed25519::make_key());
  auto public_key = ed25519::public_key(key);
  {
    OwnerAlone mask;
    TRY(replace_file(context.files, file, ed25519::private_pem(key)));
  }
  auto written = replace_file(context.files, shown, ed25519::public_pem(public_key));
  if (!written) {
    static_cast<void>(context.files.remove(file));
    return written;
  }
  say(context, fmt::format("{} is the private key: keep it to yourself. {} is the public one: give "
                           "it to whoever checks what you sign.",
                           file, shown));
  return print(to_hex(public_key) + "\n");
}

}  // namespace

void add_verify(CLI::App& app, Context& context) {
  CLI::App* command =
      app.add_subcommand("verify", "check a bundle of evidence, with no ledger and no network");
  auto options = std::make_shared<VerifyOptions>();
  command->add_option("DIR", options->folder, "the bundle's folder")->required();
  command
      ->add_option("--key", options->key,
                   "who must have signed it: 64 hexadecimal digits, or a file with the key")
      ->type_name("KEY|FILE");
  command->add_option("--json", options->json, "write JSON there instead; - is standard output")
      ->type_name("FILE|-");
  command->add_option("--threads", options->threads, "0: one per core")
      ->transform(whole_number(1024))
      ->type_name("N");
  command->add_flag("--quiet", context.quiet, "no progress, no remarks");
  add_example(*command, "tracehound verify bundle --key examiner.key.pub");
  command->callback([&context, options] {
    context.work = [&context, options] { return run_verify(context, *options); };
  });
}

void add_evidence(CLI::App& app, Context& context) {
  CLI::App* group = app.add_subcommand("evidence", "keys to sign bundles of evidence with");
  group->require_subcommand(1);
  add_example(*group, "tracehound evidence key --out examiner.key");
  CLI::App* command = group->add_subcommand("key", "make an Ed25519 key pair");
  auto file = std::make_shared<std::string>();
  command->add_option("--out", *file, "the private key; the public one goes beside it as FILE.pub")
      ->type_name("FILE")
      ->required();
  command->add_flag("--quiet", context.quiet, "no progress, no remarks");
  add_example(*command, "tracehound evidence key --out examiner.key");
  command->callback(
      [&context, file] { context.work = [&context, file] { return run_key(context, *file); }; });
}

}  // namespace tracehound::cli
