// detect peel: chains of transactions in which one owner's coin shrinks, a payment at a time.
#include <fmt/format.h>

#include <algorithm>
#include <limits>
#include <map>
#include <optional>

#include "base/progress.h"
#include "base/text.h"
#include "cli/cluster_parts.h"
#include "cli/verb_detect.h"
#include "clusters/peel.h"

namespace tracehound::cli {

namespace {

using clusters::PeelChain;
using clusters::PeelHop;

constexpr std::size_t kMostLines = 50;
constexpr std::uint64_t kMostHours = 24 * 365 * 20;

struct Options {
  std::string txid;
  bool back = false;
  std::uint64_t least = 5;
  std::uint64_t hops_max = 100'000;
  std::uint64_t pause_hours = 0;
  std::uint64_t from_height = 0;
  std::string json;
  std::string csv;

  clusters::PeelOptions peel() const {
    return {.hops_max = hops_max, .pause_max = static_cast<std::uint32_t>(pause_hours * 3600)};
  }
};

// Chains and whose the addresses are that they pay.
struct Found {
  std::vector<PeelChain> chains;
  std::map<AddressId, std::string> who;
};

// ---- looking ------------------------------------------------------------------------------------

Result<std::vector<PeelChain>> one_chain(const OpenLedger& open, const Options& options) {
  auto hash = Hash256::from_text(options.txid);
  if (!hash) {
    return bad_input(
        fmt::format("'{}' is no txid: 64 hexadecimal digits are expected", options.txid));
  }
  auto tx = open.ledger.find_transaction(*hash);
  if (!tx) {
    return fail(ErrorKind::no, fmt::format("the ledger has no transaction {}", options.txid));
  }
  PeelChain chain = options.back ? follow_peel_back(open.ledger, *tx, options.peel())
                                 : follow_peel(open.ledger, *tx, options.peel());
  if (chain.hops.empty()) {
    return fail(ErrorKind::no,
                fmt::format("{} is no peel ({}): the coins of one address go into two outputs, one "
                            "of which can be told to be the rest",
                            options.txid, name_of(chain.end)));
  }
  return std::vector{std::move(chain)};
}

std::vector<PeelChain> all_chains(const OpenLedger& open, const Options& options, bool progress) {
  const ledger::Ledger& ledger = open.ledger;
  if (options.from_height > ledger.tip().number()) return {};
  BlockHeight first(static_cast<std::uint32_t>(options.from_height));
  IdRange<TxId> range{ledger.transactions(first).first, ledger.transactions(ledger.tip()).end};
  Progress line("peel chains", "transactions", range.size(), 1, progress);
  return find_peels(ledger, range, options.least, options.peel(), [&](TxId tx) {
    if (tx.number() % 4096 == 0) line.update(tx.number() - range.first.number());
  });
}

Result<Found> look(const OpenLedger& open, const Options& options, bool progress) {
  Found found;
  if (options.txid.empty()) {
    found.chains = all_chains(open, options, progress);
  } else {
    TRY_ASSIGN(found.chains, one_chain(open, options));
  }
  std::vector<AddressId> paid;
  for (const PeelChain& chain : found.chains) {
    for (const PeelHop& hop : chain.hops) paid.push_back(open.ledger.address(hop.peeled));
  }
  std::ranges::sort(paid);
  auto repeats = std::ranges::unique(paid);
  paid.erase(repeats.begin(), repeats.end());
  TRY_ASSIGN(auto tags, tags_of(open, paid));
  std::map<AddressId, int> level;
  for (const clusters::AddressTag& tag : tags) {
    if (level.contains(tag.address) && tag.level <= level[tag.address]) continue;
    level[tag.address] = tag.level;
    found.who[tag.address] = tag.who();
  }
  return found;
}

// ---- saying -------------------------------------------------------------------------------------

struct Sums {
  Amount peeled = 0;
  Amount peeled_to_tagged = 0;
  Amount rest = 0;
  std::uint64_t by_value = 0;
  std::optional<std::uint32_t> median_pause;  // seconds of block time; of two hops or more
};

Sums sums_of(const OpenLedger& open, const Found& found, const PeelChain& chain) {
  const ledger::Ledger& ledger = open.ledger;
  Sums sums;
  std::vector<std::uint32_t> pauses;
  for (std::size_t i = 0; i < chain.hops.size(); ++i) {
    const PeelHop& hop = chain.hops[i];
    sums.peeled += ledger.value(hop.peeled);
    if (found.who.contains(ledger.address(hop.peeled))) {
      sums.peeled_to_tagged += ledger.value(hop.peeled);
    }
    if (hop.by_value) ++sums.by_value;
    if (i == 0) continue;
    // Times of blocks need not rise.
    std::uint32_t before = ledger.time(chain.hops[i - 1].tx);
    pauses.push_back(std::max(ledger.time(hop.tx), before) - before);
  }
  sums.rest = ledger.value(chain.hops.back().rest);
  if (!pauses.empty()) {
    auto middle = pauses.begin() + static_cast<std::ptrdiff_t>(pauses.size() / 2);
    std::ranges::nth_element(pauses, middle);
    sums.median_pause = *middle;
  }
  return sums;
}

std::string who_of(const OpenLedger& open, const Found& found, CoinId coin) {
  auto who = found.who.find(open.ledger.address(coin));
  return who == found.who.end() ? "" : who->second;
}

std::string hops_text(const OpenLedger& open, const Found& found, const Options& options) {
  const ledger::Ledger& ledger = open.ledger;
  const PeelChain& chain = found.chains.front();
  Sums sums = sums_of(open, found, chain);
  std::string text = fmt::format(
      "{}: {} {} peeled off, {} of it to known holders; {} go on ({}{})\n\n",
      plural(chain.hops.size(), "transaction"), coins_text(sums.peeled, kDecimals), open.symbol(),
      coins_text(sums.peeled_to_tagged, kDecimals), coins_text(sums.rest, kDecimals),
      options.back ? "begins: " : "ends: ", name_of(chain.end));
  std::vector<std::vector<std::string>> rows = {
      {"height", "time", "txid", "peeled", "to", "whose", "rest", "by"}};
  for (const PeelHop& hop : chain.hops) {
    BlockHeight height = ledger.height(hop.tx);
    rows.push_back({fmt::format("{}", height.number()), utc_text(ledger.block_time(height)),
                    ledger.txid(hop.tx).text(), coins_text(ledger.value(hop.peeled), kDecimals),
                    open.address_text(ledger.address(hop.peeled)), who_of(open, found, hop.peeled),
                    coins_text(ledger.value(hop.rest), kDecimals),
                    hop.by_value ? "value" : "find_next"});
  }
  return text + table_text(rows, {true, false, false, true, false, false, true, false});
}

std::string chains_text(const OpenLedger& open, const Found& found, const Options& options) {
  const ledger::Ledger& ledger = open.ledger;
  std::string text =
      fmt::format("{}: {} of {} or more\n", ledger.chain(),
                  plural(found.chains.size(), "peel chain"), plural(options.least, "transaction"));
  if (found.chains.empty()) return text;
  std::vector<std::vector<std::string>> rows = {
      {"height", "first txid", "hops", "peeled", "to known", "rest", "pause", "ends"}};
  for (const PeelChain& chain : found.chains) {
    if (rows.size() > kMostLines) break;
    Sums sums = sums_of(open, found, chain);
    const PeelHop& first = chain.hops.front();
    rows.push_back(
        {fmt::format("{}", ledger.height(first.tx).number()), ledger.txid(first.tx).text(),
         fmt::format("{}", chain.hops.size()), coins_text(sums.peeled, kDecimals),
         percent_text(sums.peeled_to_tagged, sums.peeled), coins_text(sums.rest, kDecimals),
         sums.median_pause ? fmt::format("{} s", *sums.median_pause) : "-",
         std::string(name_of(chain.end))});
  }
  text += "\n" + table_text(rows, {true, false, true, true, true, true, true, false});
  if (found.chains.size() > kMostLines) {
    text +=
        fmt::format("... {} more; --csv and --json have all\n", found.chains.size() - kMostLines);
  }
  return text;
}

std::string as_json(const OpenLedger& open, const Found& found) {
  const ledger::Ledger& ledger = open.ledger;
  JsonWriter json;
  json.open_object().key("schema").value("tracehound.peels/1");
  json.key("chain").value(ledger.chain()).key("found").open_list();
  for (const PeelChain& chain : found.chains) {
    Sums sums = sums_of(open, found, chain);
    json.open_object().key("end").value(name_of(chain.end));
    json.key("peeled").amount(sums.peeled);
    json.key("peeled_to_tagged").amount(sums.peeled_to_tagged);
    json.key("rest").amount(sums.rest).key("hops_by_value").value(sums.by_value);
    json.key("median_pause");
    sums.median_pause ? json.value(*sums.median_pause) : json.null();
    json.key("hops").open_list();
    for (const PeelHop& hop : chain.hops) {
      json.open_object().key("txid").value(ledger.txid(hop.tx).text());
      json.key("height").value(ledger.height(hop.tx).number());
      json.key("time").value(ledger.time(hop.tx));
      json.key("peeled").amount(ledger.value(hop.peeled));
      json.key("peeled_output").value(ledger.output_number(hop.peeled));
      json.key("peeled_to").value(open.address_text(ledger.address(hop.peeled)));
      json.key("whose").value(who_of(open, found, hop.peeled));
      json.key("rest").amount(ledger.value(hop.rest));
      json.key("rest_output").value(ledger.output_number(hop.rest));
      json.key("rest_at").value(open.address_text(ledger.address(hop.rest)));
      json.key("by_value").value(hop.by_value).close_object();
    }
    json.close_list().close_object();
  }
  return json.close_list().close_object().take();
}

std::string as_csv(const OpenLedger& open, const Found& found) {
  const ledger::Ledger& ledger = open.ledger;
  std::string text = "peel,hop,txid,height,time,peeled,peeled_to,rest,rest_at,by_value,end\n";
  for (std::size_t i = 0; i < found.chains.size(); ++i) {
    const PeelChain& chain = found.chains[i];
    for (std::size_t k = 0; k < chain.hops.size(); ++k) {
      const PeelHop& hop = chain.hops[k];
      text += fmt::format(
          "{},{},{},{},{},{},{},{},{},{},{}\n", i + 1, k + 1, ledger.txid(hop.tx).text(),
          ledger.height(hop.tx).number(), ledger.time(hop.tx), ledger.value(hop.peeled),
          open.address_text(ledger.address(hop.peeled)), ledger.value(hop.rest),
          open.address_text(ledger.address(hop.rest)), hop.by_value ? 1 : 0, name_of(chain.end));
    }
  }
  return text;
}

Result<Answer> make_answer(const OpenLedger& open, const Options& options, bool progress) {
  TRY_ASSIGN(Found found, look(open, options, progress));
  Answer answer;
  if (!options.json.empty()) answer.files.push_back({options.json, as_json(open, found)});
  if (!options.csv.empty()) answer.files.push_back({options.csv, as_csv(open, found)});
  if (!answer.files.empty()) return answer;
  answer.text =
      options.txid.empty() ? chains_text(open, found, options) : hops_text(open, found, options);
  return answer;
}

}  // namespace

void add_detect_peel(CLI::App& detect, Context& context) {
  CLI::App* command = detect.add_subcommand(
      "peel", "chains in which one owner's coin shrinks by one payment after another: guesses");
  auto options = std::make_shared<Options>();
  auto* txid = command->add_option("TXID", options->txid, "the chain from there on; else all");
  command->add_flag("--back", options->back, "the chain that leads there instead")->needs(txid);
  command->add_option("--least", options->least, "transactions that a chain of the ledger has")
      ->type_name("N")
      ->transform(whole_number(std::numeric_limits<std::uint32_t>::max()))
      ->capture_default_str()
      ->excludes(txid);
  command->add_option("--from-height", options->from_height, "leave out the ledger's blocks below")
      ->type_name("N")
      ->transform(whole_number(std::numeric_limits<std::uint32_t>::max()))
      ->excludes(txid);
  command->add_option("--most", options->hops_max, "transactions after which a chain is cut")
      ->type_name("N")
      ->transform(whole_number(std::numeric_limits<std::uint32_t>::max()))
      ->capture_default_str();
  command
      ->add_option("--pause", options->pause_hours,
                   "a chain ends where more lies between two; without it, at no pause")
      ->type_name("HOURS")
      ->transform(whole_number(kMostHours));
  command->add_option("--json", options->json, "write JSON there; - is standard output")
      ->type_name("FILE|-");
  command->add_option("--csv", options->csv, "write each hop there; - is standard output")
      ->type_name("FILE|-");
  add_common(*command, context);
  add_example(*command,
              "tracehound detect peel --ledger L --least 10 --pause 24\n"
              "  tracehound detect peel --ledger L --back "
              "4a5e1e4baab89f3a32518a88c31bc87f618f76673e2cc77ab2127b7afdeda33b");
  command->callback([&context, options] {
    context.work = [&context, options]() -> Status {
      TRY(check_output_names({{"--json", options->json}, {"--csv", options->csv}}));
      return answer(context, Rows::confirmed, [&, options](const OpenLedger& open) {
        return make_answer(open, *options, !context.quiet);
      });
    };
  });
}

}  // namespace tracehound::cli
