// What a trace on an account ledger begins with, what stops it, and what things are worth.
#include <fmt/format.h>

#include <algorithm>
#include <filesystem>
#include <map>
#include <ranges>
#include <set>
#include <string_view>

#include "base/text.h"
#include "cli/accounts.h"
#include "cli/verb_trace_accounts.h"
#include "incidents/account_seeds.h"
#include "tags/services.h"
#include "tags/store.h"
#include "trace/accounts/seeds.h"

namespace tracehound::cli::tracing {

namespace {

using ledger::accounts::AccountId;
using ledger::accounts::Ledger;
using trace::accounts::AccountAsk;
using trace::accounts::Stop;

Result<AccountId> find_account(const Ledger& ledger, std::string_view text) {
  TRY(check_spelling(ledger, text));
  if (auto found = ledger.find_account(text)) return *found;
  return bad_input(fmt::format(
      "the account {} is in no transfer of this ledger; check it or ingest further", text));
}

Result<trace::Received> span_of(const std::string& since, const std::string& until) {
  trace::Received when;
  if (!since.empty()) {
    TRY_ASSIGN(when.since, moment_of("--received-since", since, trace::SpanEnd::first));
  }
  if (!until.empty()) {
    TRY_ASSIGN(when.until, moment_of("--received-until", until, trace::SpanEnd::last));
  }
  return when;
}

class Resolver {
 public:
  Resolver(const Ledger& ledger, const Options& options) : ledger_(ledger), options_(options) {}

  Result<AccountCase> asked(const std::vector<SeedAsk>& asked) {
    found_.name = asked.size() == 1 ? asked.front().text : plural(asked.size(), "seed");
    AccountAsk how;
    TRY_ASSIGN(how.when, span_of(options_.received_since, options_.received_until));
    if (!options_.asset.empty()) {
      auto assets = ledger_.find_assets(options_.asset);
      if (assets.size() != 1) {
        return bad_input(fmt::format(
            "--asset {}: {} of this ledger {} called so; give the contract's address",
            options_.asset, assets.empty() ? "no asset" : plural(assets.size(), "asset"),
            assets.size() <= 1 ? "is" : "are"));
      }
      how.asset = assets.front();
    }
    for (const SeedAsk& ask : asked) {
      Label label = label_of(ask.label.empty() ? found_.name : ask.label);
      if (ask.kind == SeedKind::coin) {
        TRY_ASSIGN(auto seed, trace::accounts::resolve_seed(ledger_, ask.text, label));
        found_.seeds.push_back(seed);
        continue;
      }
      TRY_ASSIGN(how.account, find_account(ledger_, ask.text));
      if (ask.kind == SeedKind::held) {
        add_holdings(how, label);
        continue;
      }
      how.sent = ask.kind == SeedKind::sent;
      if (add_account(how, label)) continue;
      return bad_input(
          fmt::format("{} {} nothing{}{}; widen the span, or see `tracehound show "
                      "address {}`",
                      ask.text, how.sent ? "sent" : "received", how.asset ? " of that asset" : "",
                      how.when.since || how.when.until ? " in that time" : "", ask.text));
    }
    return std::move(found_);
  }

  Result<AccountCase> incident(const incidents::Incident& incident, std::optional<TxId> end) {
    auto by =
        options_.label_by == "incident" ? incidents::LabelOf::incident : incidents::LabelOf::victim;
    TRY_ASSIGN(auto found,
               incidents::find_account_seeds(ledger_, incident, options_.incident, by, end));
    found_.name = incident.name;
    found_.seeds = std::move(found.seeds);
    found_.labels = std::move(found.labels);
    for (const std::string& clause : incidents::clauses(found.left_out)) {
      found_.remarks.push_back(fmt::format("{}: {}", options_.incident, clause));
    }
    return std::move(found_);
  }

 private:
  // Whether the account moved anything then.
  bool add_account(const AccountAsk& how, Label label) {
    auto seeds = trace::accounts::seeds_of_account(ledger_, how, label);
    found_.seeds.insert(found_.seeds.end(), seeds.begin(), seeds.end());
    return !seeds.empty();
  }
  // What it holds of each asset that it ever moved, or of the one asked for.
  void add_holdings(const AccountAsk& how, Label label) {
    std::set<ledger::accounts::AssetId> assets;
    for (auto id : ledger_.transfers_of(how.account)) assets.insert(ledger_.transfer(id).asset);
    for (auto asset : assets) {
      if (how.asset && asset != *how.asset) continue;
      found_.holdings.push_back({{how.account, asset}, label});
    }
  }
  Label label_of(const std::string& name) {
    auto place = std::ranges::find(found_.labels, name);
    if (place == found_.labels.end()) place = found_.labels.insert(place, name);
    return Label(static_cast<std::uint32_t>(place - found_.labels.begin() + 1));
  }

  const Ledger& ledger_;
  const Options& options_;
  AccountCase found_;
};

// ---- stops --------------------------------------------------------------------------------------

constexpr std::string_view kBridge = "defi_bridge";
constexpr std::string_view kListed = "listed";
std::string_view take_field(std::string_view& line) {
  std::size_t comma = std::min(line.find(','), line.size());
  std::string_view field = line.substr(0, comma);
  line.remove_prefix(std::min(line.size(), comma + 1));
  while (field.starts_with(' ')) field.remove_prefix(1);
  while (field.ends_with(' ') || field.ends_with('\r')) field.remove_suffix(1);
  if (field.size() >= 2 && field.front() == '"' && field.back() == '"') {
    field = field.substr(1, field.size() - 2);
  }
  return field;
}

template <typename Line>
Status each_line(std::string_view text, Line line) {
  if (text.starts_with("\xEF\xBB\xBF")) text.remove_prefix(3);
  for (std::size_t number = 1; !text.empty(); ++number) {
    std::size_t end = std::min(text.find('\n'), text.size());
    std::string_view one = text.substr(0, end);
    text.remove_prefix(std::min(text.size(), end + 1));
    if (one.empty() || one == "\r" || one.starts_with('#')) continue;
    TRY(line(one, number));
  }
  return {};
}

Result<std::vector<KnownAccount>> known_accounts(const Options& options,
                                                 const std::vector<std::string>& lists,
                                                 const Ledger& ledger,
                                                 std::optional<std::int64_t> tags_at) {
  std::vector<KnownAccount> known;
  for (std::size_t list = 0; list < lists.size(); ++list) {
    TRY(each_line(lists[list], [&](std::string_view line, std::size_t number) -> Status {
      KnownAccount one;
      one.account = take_field(line);
      one.name = take_field(line);
      one.category = take_field(line);
      if (one.name.empty()) one.name = one.account;
      if (one.category.empty()) one.category = kListed;
      // As tags have it: a bridge of any name is crossed.
      std::string_view known_as = tags::stop_category(one.category);
      if (!known_as.empty()) one.category = known_as;
      one.list = list;
      one.line = static_cast<std::uint32_t>(number);
      one.note.source =
          fmt::format("the list {}, line {}", list_name(options.stop_at_addresses[list]), number);
      known.push_back(std::move(one));
      return {};
    }));
  }
  TRY_ASSIGN(auto categories, stop_categories(options));
  TRY_ASSIGN(auto store, tags::TagStore::open_to_read(ledger.folder(), tags_at));
  TRY_ASSIGN(auto tagged, tags::service_addresses(store, ledger.chain(), categories));
  for (const tags::ServiceAddress& entry : tagged) {
    known.push_back({entry.address,
                     entry.service.name,
                     entry.service.category,
                     {},
                     0,
                     {entry.service.source, std::string(entry.service.confidence.id)}});
  }
  return known;
}

}  // namespace

std::string list_name(const std::string& path) {
  return path == "-" ? "standard input" : std::filesystem::path(path).filename().string();
}

Result<AccountCase> resolve_on_accounts(const Question& question, const Options& options,
                                        const Ledger& ledger, std::optional<TxId> end) {
  Resolver resolver(ledger, options);
  return question.incident ? resolver.incident(*question.incident, end)
                           : resolver.asked(question.seeds);
}

Result<AccountStops> stops_on_accounts(const Options& options,
                                       const std::vector<std::string>& lists, const Ledger& ledger,
                                       std::optional<std::int64_t> tags_at) {
  TRY_ASSIGN(auto known, known_accounts(options, lists, ledger, tags_at));
  std::map<std::pair<std::string, std::string>, std::uint32_t> numbers;
  for (const KnownAccount& one : known) numbers[{one.name, one.category}] = 0;
  std::vector<trace::Service> services;
  for (auto& [key, number] : numbers) {
    number = static_cast<std::uint32_t>(services.size());
    services.push_back({key.first, key.second});
  }
  AccountStops found;
  found.notes.resize(services.size());
  for (const KnownAccount& one : std::views::reverse(known)) {
    found.notes[numbers.at({one.name, one.category})] = one.note;
  }
  found.stops = trace::accounts::Stops(std::move(services));
  for (const std::string& text : options.through) {
    TRY_ASSIGN(AccountId account, find_account(ledger, text));
    found.stops.go_through(account);
  }
  for (std::string_view burn : trace::accounts::kBurnAddresses) {
    auto account = ledger.find_account(burn);
    if (account) found.stops.add(*account, {trace::DestinationKind::burned, {}});
  }
  std::uint64_t unseen = 0;
  for (const KnownAccount& one : known) {
    auto account = ledger.find_account(one.account);
    if (!account) {
      unseen += one.category == kListed ? 1 : 0;
      continue;
    }
    bool bridge = one.category == kBridge;
    found.stops.add(*account,
                    {bridge ? trace::DestinationKind::crossed : trace::DestinationKind::service,
                     numbers.at({one.name, one.category})});
  }
  found.known = std::move(known);
  if (unseen > 0) {
    found.remarks.push_back(fmt::format("{} to stop at {} in no transfer of this ledger",
                                        plural(unseen, "listed address", "listed addresses"),
                                        unseen == 1 ? "is" : "are"));
  }
  return found;
}

Result<std::vector<trace::accounts::Price>> read_prices(const std::string& text,
                                                        const Ledger& ledger,
                                                        std::vector<std::string>& remarks) {
  std::vector<trace::accounts::Price> prices;
  std::set<std::string> unseen;
  TRY(each_line(text, [&](std::string_view line, std::size_t number) -> Status {
    std::string_view asset = take_field(line);
    std::string_view time = take_field(line);
    std::string_view usd = take_field(line);
    if (number == 1 && asset == "asset") return {};
    auto moment = trace::parse_moment(time, trace::SpanEnd::first);
    auto price = U256::from_text(usd, trace::accounts::kPriceDecimals);
    if (!moment || !moment->time || !price) {
      return bad_input(fmt::format(
          "--prices: line {} is not of the form asset,time,usd, as USDT,2023-01-13,1.0003",
          number));
    }
    // What this ledger does not hold concerns nobody, or is written in another way here.
    auto ids = ledger.find_assets(asset);
    if (ids.empty()) unseen.emplace(asset);
    for (auto id : ids) prices.push_back({id, *moment->time, *price});
    return {};
  }));
  if (!unseen.empty()) {
    bool one = unseen.size() == 1;
    remarks.push_back(fmt::format("{} of --prices {} in no transfer of this ledger{} {}",
                                  plural(unseen.size(), "asset"), one ? "is" : "are",
                                  one ? ":" : ", as", printable(*unseen.begin())));
  }
  return prices;
}

}  // namespace tracehound::cli::tracing
