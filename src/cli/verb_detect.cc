// detect coinjoin: which transactions of a ledger, or of a text, are CoinJoins or like them, and
// why.
#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <limits>
#include <map>
#include <optional>

#include "base/text.h"
#include "chains/bitcoin/transaction.h"
#include "cli/verb.h"
#include "cli/verb_detect.h"
#include "clusters/coinjoin_lines.h"
#include "clusters/coinjoin_scan.h"

namespace tracehound::cli {

namespace {

using clusters::Protocol;
using clusters::Recognised;

constexpr std::size_t kMostLines = 50;

struct Options {
  std::uint64_t from_height = 0;
  std::vector<std::string> protocols;
  std::string lines;
  std::string raw;
  std::string network = "main";
  std::string json;
  std::string csv;
};

struct Finding {
  Hash256 txid;
  std::optional<BlockHeight> height;  // of a transaction in a ledger
  std::optional<std::uint64_t> time;
  Recognised recognised;
};

struct Findings {
  std::string source;  // a chain's name, or where the text came from
  std::uint64_t looked_at = 0;
  bool inputs_known = true;
  std::vector<Finding> found = {};
};

// ---- where transactions come from ---------------------------------------------------------------

Findings scan(const OpenLedger& open, const Options& options, bool progress) {
  const ledger::Ledger& ledger = open.ledger;
  Findings all{.source = ledger.chain()};
  if (options.from_height > ledger.tip().number()) return all;
  BlockHeight first(static_cast<std::uint32_t>(options.from_height));
  IdRange<TxId> transactions{ledger.transactions(first).first,
                             ledger.transactions(ledger.tip()).end};
  all.looked_at = transactions.size();
  for (const auto& [tx, recognised] : clusters::find_recognised(ledger, transactions, progress)) {
    all.found.push_back({.txid = ledger.txid(tx),
                         .height = ledger.height(tx),
                         .time = ledger.time(tx),
                         .recognised = recognised});
  }
  return all;
}

Result<Findings> read_lines(Context& context, const Options& options) {
  TRY_ASSIGN(std::string text, read_input(context, options.lines, "*.txt"));
  std::string name = options.lines == "-" ? "standard input" : options.lines;
  TRY_ASSIGN(auto transactions, clusters::parse_transaction_lines(text, name));
  auto recognised = clusters::recognise_lines(transactions);
  Findings all{.source = name, .looked_at = transactions.size()};
  for (std::size_t i = 0; i < transactions.size(); ++i) {
    if (!recognised[i]) continue;
    all.found.push_back({.txid = transactions[i].txid,
                         .height = std::nullopt,
                         .time = transactions[i].time,
                         .recognised = *recognised[i]});
  }
  return all;
}

// The outputs as the rules see them; of the inputs only how many there are.
std::optional<Finding> look_at_raw(const ledger::BlockRows& rows) {
  std::map<std::pair<ledger::AddressKind, Bytes>, std::uint32_t> addresses;
  std::vector<clusters::ViewedCoin> outputs;
  for (const ledger::OutputRow& row : rows.outputs) {
    ByteView payload = rows.payload(row);
    auto number = static_cast<std::uint32_t>(addresses.size());
    auto address =
        addresses.try_emplace({row.address_kind, {payload.begin(), payload.end()}}, number);
    outputs.push_back({.value = row.value, .address = address.first->second, .script = row.script});
  }
  std::vector<clusters::ViewedCoin> inputs(rows.inputs.size());
  auto recognised =
      clusters::recognise({.inputs = inputs, .outputs = outputs, .inputs_known = false});
  if (!recognised) return std::nullopt;
  return Finding{.txid = rows.transactions.front().txid,
                 .height = std::nullopt,
                 .time = std::nullopt,
                 .recognised = *recognised};
}

// The parser's clauses are about the transaction ("ends early at byte 9") or about a part of it
// ("input 3 ends early at byte 90").
std::string of_transaction(const std::string& clause) {
  bool of_part = clause.starts_with("input ") || clause.starts_with("output ") ||
                 clause.starts_with("witness ");
  return (of_part ? "the transaction's " : "the transaction ") + clause;
}

Result<Findings> read_raw(Context& context, const Options& options) {
  TRY_ASSIGN(std::string text, read_input(context, options.raw, "*.txt"));
  std::string name = options.raw == "-" ? "standard input" : options.raw;
  const auto& network = *chains::bitcoin::find_network(options.network);
  Findings all{.source = name, .inputs_known = false};
  std::string_view rest = text;
  for (std::uint64_t number = 1; !rest.empty(); ++number) {
    std::string_view line = rest.substr(0, rest.find('\n'));
    rest.remove_prefix(std::min(rest.size(), line.size() + 1));
    while (!line.empty() && (line.back() == '\r' || line.back() == ' ')) line.remove_suffix(1);
    if (line.empty()) continue;
    auto wrong = [&](std::string_view what) {
      return bad_input(fmt::format("{}, line {}: {}; a line is one transaction in hexadecimal",
                                   name, number, what));
    };
    auto bytes = from_hex(line);
    if (!bytes) return wrong("not hexadecimal");
    if (bytes->size() > chains::bitcoin::kMaxBlockSize) return wrong("longer than any block");
    ByteReader reader(*bytes);
    ledger::BlockRows rows;
    auto parsed = chains::bitcoin::parse_transaction(network, reader, thread_hasher(), rows);
    if (!parsed) return wrong(of_transaction(parsed.error().message));
    if (reader.remaining() > 0) return wrong("bytes are left behind the transaction");
    ++all.looked_at;
    if (auto finding = look_at_raw(rows)) all.found.push_back(*finding);
  }
  return all;
}

// ---- what is said of them -----------------------------------------------------------------------

std::string_view kind_words(Protocol protocol) {
  return is_coinjoin(protocol) ? "CoinJoin" : "no CoinJoin";
}

std::array<std::uint64_t, clusters::kProtocols> count(const Findings& all) {
  std::array<std::uint64_t, clusters::kProtocols> counts{};
  for (const Finding& one : all.found) ++counts[static_cast<std::size_t>(one.recognised.protocol)];
  return counts;
}

std::string as_text(const Findings& all) {
  std::string text = fmt::format("{}: {} looked at, {} recognised\n", all.source,
                                 plural(all.looked_at, "transaction"), all.found.size());
  if (!all.inputs_known) {
    text +=
        "Raw transactions do not say what their inputs hold: Wasabi rounds, Whirlpool Tx0s and "
        "chip\n"
        "splits can be told by their outputs; Whirlpool mixes, JoinMarket and Stonewall cannot.\n";
  }
  if (all.found.empty()) return text;
  auto counts = count(all);
  std::vector<std::vector<std::string>> rows = {{"what", "is", "transactions"}};
  for (std::size_t i = 0; i < counts.size(); ++i) {
    if (counts[i] == 0) continue;
    auto protocol = static_cast<Protocol>(i);
    rows.push_back({std::string(name_of(protocol)), std::string(kind_words(protocol)),
                    fmt::format("{}", counts[i])});
  }
  text += "\n" + table_text(rows, {false, false, true});
  rows = {{"height", "txid", "what", "sure", "in", "out", "alike", "of"}};
  for (const Finding& one : all.found) {
    if (rows.size() > kMostLines) break;
    const Recognised& recognised = one.recognised;
    rows.push_back({one.height ? fmt::format("{}", one.height->number()) : "-", one.txid.text(),
                    std::string(name_of(recognised.protocol)),
                    fmt::format("{} %", recognised.confidence),
                    fmt::format("{}", recognised.inputs), fmt::format("{}", recognised.outputs),
                    fmt::format("{}", recognised.anonymity_set),
                    coins_text(recognised.denomination, kDecimals)});
  }
  text += "\n" + table_text(rows, {true, false, false, true, true, true, true, true});
  if (all.found.size() > kMostLines) {
    text += fmt::format("... {} more; --csv and --json have all\n", all.found.size() - kMostLines);
  }
  return text;
}

std::string as_json(const Findings& all) {
  JsonWriter json;
  json.open_object().key("schema").value("tracehound.coinjoins/1");
  json.key("source").value(all.source).key("looked_at").value(all.looked_at);
  json.key("inputs_known").value(all.inputs_known).key("counts").open_object();
  auto counts = count(all);
  for (std::size_t i = 0; i < counts.size(); ++i) {
    json.key(name_of(static_cast<Protocol>(i))).value(counts[i]);
  }
  json.close_object().key("found").open_list();
  for (const Finding& one : all.found) {
    const Recognised& recognised = one.recognised;
    json.open_object().key("txid").value(one.txid.text()).key("height");
    one.height ? json.value(one.height->number()) : json.null();
    json.key("time");
    one.time ? json.value(*one.time) : json.null();
    json.key("protocol").value(name_of(recognised.protocol));
    json.key("coinjoin").value(is_coinjoin(recognised.protocol));
    json.key("confidence").value(recognised.confidence);
    json.key("anonymity_set").value(recognised.anonymity_set);
    json.key("denomination").amount(recognised.denomination);
    json.key("inputs").value(recognised.inputs).key("outputs").value(recognised.outputs);
    json.key("reason").value(reason(recognised)).close_object();
  }
  return json.close_list().close_object().take();
}

std::string as_csv(const Findings& all) {
  std::string text =
      "txid,height,time,protocol,coinjoin,confidence,anonymity_set,denomination,inputs,outputs,"
      "reason\n";
  for (const Finding& one : all.found) {
    const Recognised& recognised = one.recognised;
    // A reason is our own text: commas, no quotation marks.
    text += fmt::format("{},{},{},{},{},{},{},{},{},{},\"{}\"\n", one.txid.text(),
                        one.height ? fmt::format("{}", one.height->number()) : "",
                        one.time ? fmt::format("{}", *one.time) : "", name_of(recognised.protocol),
                        is_coinjoin(recognised.protocol) ? 1 : 0, recognised.confidence,
                        recognised.anonymity_set, recognised.denomination, recognised.inputs,
                        recognised.outputs, reason(recognised));
  }
  return text;
}

Answer make_answer(Findings all, const Options& options) {
  if (!options.protocols.empty()) {
    std::erase_if(all.found, [&](const Finding& one) {
      return std::ranges::find(options.protocols, name_of(one.recognised.protocol)) ==
             options.protocols.end();
    });
  }
  Answer answer;
  if (!options.json.empty()) answer.files.push_back({options.json, as_json(all)});
  if (!options.csv.empty()) answer.files.push_back({options.csv, as_csv(all)});
  if (answer.files.empty()) answer.text = as_text(all);
  return answer;
}

Status run(Context& context, const Options& options) {
  TRY(check_output_names({{"--json", options.json}, {"--csv", options.csv}}));
  if (options.lines.empty() && options.raw.empty()) {
    return answer(context, Rows::confirmed, [&](const OpenLedger& open) -> Result<Answer> {
      return make_answer(scan(open, options, !context.quiet), options);
    });
  }
  auto all = options.raw.empty() ? read_lines(context, options) : read_raw(context, options);
  if (!all) return std::unexpected(all.error());
  Answer made = make_answer(std::move(*all), options);
  for (const Answer::File& file : made.files) TRY(write_output(context, file.path, file.text));
  return made.text.empty() ? Status{} : print(made.text);
}

std::vector<std::string> protocol_names() {
  std::vector<std::string> names;
  for (std::size_t i = 0; i < clusters::kProtocols; ++i) {
    names.emplace_back(name_of(static_cast<Protocol>(i)));
  }
  return names;
}

std::vector<std::string> network_names() {
  std::vector<std::string> names;
  for (const auto& network : chains::bitcoin::networks()) names.emplace_back(network.name);
  return names;
}

void add_detect_coinjoin(CLI::App& detect, Context& context) {
  CLI::App* command = detect.add_subcommand("coinjoin", "CoinJoins and what is like them, and why");
  auto options = std::make_shared<Options>();
  auto* height =
      command
          ->add_option("--from-height", options->from_height, "leave out the ledger's blocks below")
          ->type_name("N")
          ->transform(whole_number(std::numeric_limits<std::uint32_t>::max()));
  command->add_option("--protocol", options->protocols, "only these; may be given again")
      ->type_name("NAME")
      ->check(CLI::IsMember(protocol_names()));
  auto* lines =
      command
          ->add_option("--lines", options->lines,
                       "no ledger: lines of TXID:::BLOCK:::INDEX:::TIME:::INPUTS:::OUTPUTS")
          ->type_name("FILE|-")
          ->excludes(height);
  auto* raw = command
                  ->add_option("--raw", options->raw,
                               "no ledger: raw transactions, one a line in hexadecimal")
                  ->type_name("FILE|-")
                  ->excludes(height)
                  ->excludes(lines);
  command->add_option("--network", options->network, "whose raw transactions they are")
      ->type_name("NAME")
      ->check(CLI::IsMember(network_names()))
      ->capture_default_str()
      ->needs(raw);
  command->add_option("--json", options->json, "write JSON there; - is standard output")
      ->type_name("FILE|-");
  command->add_option("--csv", options->csv, "write CSV there; - is standard output")
      ->type_name("FILE|-");
  add_common(*command, context);
  add_example(*command,
              "tracehound detect coinjoin --ledger L --from-height 800000 --csv coinjoins.csv\n"
              "  unzip -p dumplings.zip Scanner/WasabiCoinJoins.txt | tracehound detect coinjoin "
              "--lines -");
  command->callback([&context, options] {
    context.work = [&context, options] { return run(context, *options); };
  });
}

}  // namespace

void add_detect(CLI::App& app, Context& context) {
  CLI::App* detect = app.add_subcommand("detect", "what the shape of transactions gives away");
  detect->require_subcommand(1);
  add_example(*detect, "tracehound detect coinjoin --ledger L");
  add_detect_coinjoin(*detect, context);
  add_detect_change(*detect, context);
  add_detect_peel(*detect, context);
}

}  // namespace tracehound::cli
