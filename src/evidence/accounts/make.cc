// First the trace as it is on the ledger, which notes what it asks for; then the rows of all that;
// then the trace once more, on those rows alone, whose result the bundle holds. Both must agree
// before there is a bundle.
#include "evidence/accounts/make.h"

#include <fmt/format.h>

#include <algorithm>
#include <map>
#include <set>
#include <utility>

#include "base/json.h"
#include "evidence/accounts/asked_events.h"
#include "evidence/accounts/rerun.h"
#include "evidence/accounts/rows.h"
#include "evidence/attribution.h"
#include "tags/services.h"
#include "trace/accounts/write.h"

namespace tracehound::evidence::accounts {

namespace {

using ledger::accounts::Ledger;
using trace::accounts::Seed;

class Maker {
 public:
  explicit Maker(const Inquiry& inquiry)
      : inquiry_(inquiry),
        ledger_(inquiry.ledger),
        end_(ledger_.transactions(inquiry.tip).end),
        asked_(inquiry.events) {}

  Result<Files> run();

 private:
  Status run_on_ledger();
  void state();
  void state_assets();
  Status state_stops();
  Status find_tags(AccountId account, const trace::Service& service, StatedStop& stop);
  Status run_on_bundle();

  const Inquiry& inquiry_;
  const Ledger& ledger_;
  TxId end_;
  AskedEvents asked_;
  std::vector<Seed> seeds_;
  std::string csv_;
  std::vector<TxId> transactions_;
  std::vector<std::uint32_t> asset_number_;  // in the ledger -> in the statement
  Statement statement_;
  std::vector<UsedTag> tags_;
  std::string rows_;
  Rerun again_;
};

// Seeds that came later than the day asked for are none of that day.
Status Maker::run_on_ledger() {
  for (const Seed& seed : inquiry_.seeds) {
    if (ledger_.tx_of(seed.transfer) < end_) seeds_.push_back(seed);
  }
  std::uint64_t tip = ledger_.block(inquiry_.tip).number;
  if (seeds_.empty()) {
    return bad_input(fmt::format(
        "no transfer of the incident was there at block {} yet; take a later day", tip));
  }
  std::ranges::sort(seeds_);
  if (inquiry_.how.cuts.until &&
      *inquiry_.how.cuts.until < ledger_.tx_of(seeds_.front().transfer)) {
    return fail(ErrorKind::usage, "--until is before the theft; name a later block");
  }
  trace::accounts::Options how = inquiry_.how;
  how.end = end_;
  TRY_ASSIGN(auto traces,
             trace::accounts::run(asked_, seeds_, inquiry_.methods, inquiry_.stops, how));
  if (traces.front().interrupted) return fail(ErrorKind::no, "interrupted: nothing was written");
  csv_ = trace::accounts::to_csv(traces, trace::accounts::Names(ledger_, inquiry_.events));
  transactions_ = needed(ledger_, asked_.accounts_asked(), seeds_, end_);
  return {};
}

// Those that move here, and every other of the ledger that is called like one of them: a result
// names the contract of an asset that shares its symbol.
void Maker::state_assets() {
  std::set<AssetId> assets;
  if (ledger_.native()) assets.insert(*ledger_.native());
  for (TxId tx : transactions_) {
    for (TransferId transfer : ledger_.transfers(tx)) {
      assets.insert(inquiry_.events.row(transfer).asset);
    }
  }
  std::set<std::string> symbols;
  for (AssetId asset : assets) symbols.insert(ledger_.asset(asset).symbol);
  for (const std::string& symbol : symbols) {
    if (symbol.empty()) continue;
    for (AssetId asset : ledger_.find_assets(symbol)) assets.insert(asset);
  }
  asset_number_.resize(ledger_.counts().assets);
  for (AssetId asset : assets) {
    asset_number_[asset.number()] = static_cast<std::uint32_t>(statement_.assets.size());
    statement_.assets.push_back(
        {ledger_.asset(asset), inquiry_.events.contract_of(asset).has_value()});
  }
  for (const trace::accounts::Price& price : inquiry_.prices) {
    if (!assets.contains(price.asset)) continue;
    statement_.prices.push_back({asset_number_[price.asset.number()], price.time, price.usd});
  }
}

Status Maker::find_tags(AccountId account, const trace::Service& service, StatedStop& stop) {
  auto add = [&](UsedTag tag) {
    stop.tags.push_back(static_cast<std::uint32_t>(tags_.size()));
    tags_.push_back(std::move(tag));
  };
  auto listed = std::ranges::find(inquiry_.listed, account, &ListedAccount::account);
  if (listed != inquiry_.listed.end()) {
    add(listed->tag);
    return {};
  }
  TRY_ASSIGN(auto all, inquiry_.store.find(stop.account, ledger_.chain()));
  TRY_ASSIGN(auto actors, tags::ActorIds::of(inquiry_.store));
  for (const tags::Tag& tag : all) {
    UsedTag one = used_tag(tag, actors);
    if (!tags::names_holder(tag.attribution) || one.service != service.name ||
        !says(one, service)) {
      continue;
    }
    add(std::move(one));
  }
  return {};
}

// Of every account here that is known, reached or not: a swap asks who is.
Status Maker::state_stops() {
  std::map<std::string, AccountId> known;
  for (TxId tx : transactions_) {
    for (TransferId transfer : ledger_.transfers(tx)) {
      auto row = inquiry_.events.row(transfer);
      for (AccountId account : {row.from, row.to}) {
        if (inquiry_.stops.knows(account)) known.emplace(ledger_.account_text(account), account);
      }
    }
  }
  std::map<std::uint32_t, std::uint32_t> numbers;  // of services: in the stops, here
  for (const auto& [text, account] : known) {
    if (auto stop = inquiry_.stops.known(account); stop->service)
      numbers.emplace(*stop->service, 0);
  }
  for (auto& [service, number] : numbers) {
    number = static_cast<std::uint32_t>(statement_.services.size());
    statement_.services.push_back(inquiry_.stops.services()[service]);
  }
  for (const auto& [text, account] : known) {
    auto stop = inquiry_.stops.known(account);
    StatedStop& stated = statement_.stops.emplace_back();
    stated.account = text;
    stated.kind = stop->kind;
    if (!stop->service) continue;
    stated.service = numbers.at(*stop->service);
    TRY(find_tags(account, inquiry_.stops.services()[*stop->service], stated));
  }
  return {};
}

void Maker::state() {
  statement_.engine = inquiry_.engine;
  statement_.chain = ledger_.chain();
  statement_.native = ledger_.native().has_value();
  statement_.tip = ledger_.block(inquiry_.tip);
  statement_.asked = inquiry_.asked;
  statement_.labels = inquiry_.how.label_names;
  statement_.seeds = stated(ledger_, seeds_);
  for (const auto& [tx, parties] : asked_.seen_asked()) {
    StatedSeen& seen = statement_.seen.emplace_back();
    seen.transaction = ledger_.id_text(tx);
    for (const SeenParty& party : parties) {
      seen.parties.push_back({ledger_.account_text(party.account), party.transfers});
    }
  }
}

// On what a stranger will have, by what a stranger will do.
Status Maker::run_on_bundle() {
  auto blocks = parse_rows(rows_, statement_.assets.size());
  if (!blocks) {
    return bad_input(
        fmt::format("the transfers cannot be written down as JSON ({}): a name in them is no UTF-8",
                    blocks.error().message));
  }
  TRY_ASSIGN(auto part, assemble(statement_, std::move(*blocks)));
  TRY_ASSIGN(again_, rerun(part.ledger, statement_));
  if (again_.csv == csv_) return {};
  return machine_error(
      "the trace on the bundle is not the trace on the ledger; nothing was written");
}

Result<Files> Maker::run() {
  TRY(run_on_ledger());
  state();
  state_assets();
  TRY(state_stops());
  rows_ = write_rows(rows_of(ledger_, transactions_, asset_number_));
  TRY(run_on_bundle());
  Files files;
  auto put = [&](std::string_view name, std::string_view text) {
    files.emplace(name, Bytes(text.begin(), text.end()));
  };
  put(kReadme, readme_text(statement_));
  put(kStatement, write_statement(statement_));
  files.emplace(kIncident, inquiry_.incident);
  put(kCsv, again_.csv);
  put(kJson, again_.json);
  put(kTags, write_tags(tags_));
  put(kTransfers, rows_);
  return files;
}

}  // namespace

Result<Files> make_bundle(const Inquiry& inquiry) { return Maker(inquiry).run(); }

std::string readme_text(const Statement& statement) {
  std::string text = fmt::format(
      "EVIDENCE OF A TRACE OF STOLEN UNITS on {}, an account ledger\n"
      "\n"
      "Every transfer the trace rests on is in this folder, so that it can be run again without\n"
      "its author, a ledger or a network, by either of two programs that share no code:\n"
      "\n"
      "  tracehound verify FOLDER               the program that made it\n"
      "  python3 verify_accounts.py FOLDER      under 400 lines of plain Python, to be read first\n"
      "\n"
      "README.txt        this text\n"
      "SHA256SUMS        the SHA-256 of every file; `sha256sum -c SHA256SUMS` checks them\n"
      "bundle.json       what was asked, the seeds, the assets, whose accounts are known\n"
      "incident.yaml     the theft, as it was reported\n"
      "result.csv        where every unit is, a row for each account\n"
      "result.json       the same with more words\n"
      "signature.txt     who answers for it, if anybody signed: Ed25519 over SHA256SUMS\n"
      "tags.json         who says of which account whose it is\n"
      "transfers.jsonl   the transactions, a line each: all of every account that taint reached\n"
      "\n"
      "docs/evidence.md of tracehound has the form of each file.\n"
      "\n"
      "WHAT IT CANNOT PROVE\n"
      "\n",
      statement.chain);
  for (const std::string& sentence : not_proven(statement)) text += fmt::format("- {}\n", sentence);
  return text;
}

}  // namespace tracehound::evidence::accounts
