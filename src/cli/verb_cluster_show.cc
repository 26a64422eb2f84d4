// cluster show: an address's cluster, whole.
#include <fmt/format.h>

#include <algorithm>

#include "base/json.h"
#include "base/parallel.h"
#include "base/text.h"
#include "cli/cluster_parts.h"
#include "clusters/explain.h"
#include "ledger/runs.h"

namespace tracehound::cli {

namespace {

using ledger::AddressTotals;
using ledger::Ledger;

constexpr std::uint64_t kPage = 50;
constexpr std::uint64_t kMostPages = 0xFFFF'FFFF / kPage + 1;

struct Options {
  std::vector<std::string> addresses;
  std::string name = clusters::kDefaultName;
  std::string at;
  std::string json;
  std::uint64_t page = 1;
  bool all = false;
};

// One address's cluster, now or at some block.
struct Found {
  AddressId asked;
  std::vector<AddressId> members;  // all of them, ascending
  std::optional<BlockHeight> at;
  std::uint64_t blocks = 0;  // that the clustering covers
  clusters::RuleNames rules;
  clusters::ClusterTag tag;
  AddressTotals totals;
  TxId first;
  TxId last;
};

// The newest transaction that pays the address or spends from it.
TxId last_seen(const Ledger& ledger, AddressId address) {
  TxId last{0};
  for (const ledger::RunSpan& span :
       ledger.index(ledger::Index::address_coin).spans(address.number())) {
    last = std::max(last, ledger.creator(CoinId(span.run->row(span.end - 1))));
  }
  for (const ledger::RunSpan& span :
       ledger.index(ledger::Index::address_input).spans(address.number())) {
    last = std::max(last, clusters::transaction_of_input(ledger, span.run->row(span.end - 1)));
  }
  return last;
}

// As of the ledger's tip, whatever block was asked for.
void sum_up(const Ledger& ledger, Found& found) {
  constexpr std::size_t kPart = 256;
  std::size_t parts = (found.members.size() + kPart - 1) / kPart;
  std::vector<AddressTotals> totals(parts);
  std::vector<TxId> last(parts);
  parallel_for(parts, [&](std::size_t part) {
    std::size_t end = std::min(found.members.size(), (part + 1) * kPart);
    for (std::size_t i = part * kPart; i < end; ++i) {
      AddressTotals own = ledger.totals(found.members[i]);
      totals[part].coins += own.coins;
      totals[part].received += own.received;
      totals[part].spent_coins += own.spent_coins;
      totals[part].spent += own.spent;
      totals[part].replaced_coins += own.replaced_coins;
      totals[part].replaced += own.replaced;
      last[part] = std::max(last[part], last_seen(ledger, found.members[i]));
    }
  });
  for (std::size_t part = 0; part < parts; ++part) {
    found.totals.coins += totals[part].coins;
    found.totals.received += totals[part].received;
    found.totals.spent_coins += totals[part].spent_coins;
    found.totals.spent += totals[part].spent;
    found.totals.replaced_coins += totals[part].replaced_coins;
    found.totals.replaced += totals[part].replaced;
    found.last = std::max(found.last, last[part]);
  }
  found.first = ledger.creator(ledger.coins_of(found.members.front(), 0, 1).front());
}

Result<std::vector<AddressId>> members_at(const OpenLedger& open, const OpenClustering& clustering,
                                          AddressId address, BlockHeight at) {
  clusters::View view;
  view.before = clusters::first_tx_after(open.ledger, std::uint64_t{at.number()} + 1);
  clusters::Links links = clusters::change_links(clustering.clustering);
  std::uint64_t budget = ~std::uint64_t{0};
  clusters::Walk walk(open.ledger, clustering.rules.joins_nobody, links, view, budget);
  walk.go(address);
  std::vector<AddressId> members = walk.found();
  std::ranges::sort(members);
  return members;
}

Result<Found> find(const OpenLedger& open, const OpenClustering& clustering, const Options& options,
                   const std::string& text) {
  Found found;
  TRY_ASSIGN(found.asked, known_address(open, text));
  found.blocks = clustering.clustering.blocks();
  found.rules = clustering.rules.names;
  if (options.at.empty()) {
    found.members = clustering.clustering.members(clustering.clustering.cluster_of(found.asked));
  } else {
    TRY_ASSIGN(found.at, block_of(open.ledger, options.at));
    std::uint64_t known = clusters::addresses_before(open.ledger, found.at->number() + 1ULL);
    if (found.asked.number() >= known) {
      return fail(ErrorKind::no,
                  fmt::format("{} appears only after block {}", text, found.at->number()));
    }
    TRY_ASSIGN(found.members, members_at(open, clustering, found.asked, *found.at));
  }
  sum_up(open.ledger, found);
  TRY_ASSIGN(auto tags, tags_of(open, found.members));
  found.tag = clusters::tag_of_cluster(tags);
  return found;
}

std::string coins(Amount amount) { return coins_text(amount, kDecimals); }

std::string place(const Ledger& ledger, TxId tx) {
  BlockHeight height = ledger.height(tx);
  return fmt::format("height {}, {} UTC", height.number(), utc_text(ledger.block_time(height)));
}

std::string tag_lines(const OpenLedger& open, const clusters::ClusterTag& tag) {
  std::string text;
  if (tag.conflict()) {
    text +=
        "tag           none: strong tags name different actors, so a tag or the cluster is "
        "wrong\n";
  }
  for (const clusters::Claim& claim : tag.claims) {
    text += fmt::format(
        "{:<13} {}{} ({} of 100{}, on {}; {})\n", &claim == tag.name() ? "tag" : "also tagged",
        claim.best.who(), claim.best.category.empty() ? "" : ", " + claim.best.category,
        claim.best.level, claim.best.is_definer ? ", for the cluster" : "",
        plural(claim.addresses, "address", "addresses"), open.address_text(claim.best.address));
  }
  return text;
}

std::string text_of(const OpenLedger& open, const Found& found, const Options& options,
                    std::span<const AddressId> page, std::uint64_t pages) {
  const Ledger& ledger = open.ledger;
  std::string as_of = found.at ? fmt::format("height {}; dates and sums as of height {}",
                                             found.at->number(), ledger.tip().number())
                               : fmt::format("height {}", found.blocks - 1);
  std::string text = fmt::format(
      "cluster       {}\naddresses     {}\nas of         {}\nrules         {}, left out: {}\n",
      open.address_text(found.members.front()), found.members.size(), as_of,
      fmt::join(found.rules.rules, ","), found.rules.left_out);
  text += tag_lines(open, found.tag);
  text += fmt::format("first seen    {}\nlast seen     {}\n", place(ledger, found.first),
                      place(ledger, found.last));
  text +=
      fmt::format("received      {} in {}, from its own addresses too\nbalance       {} in {}\n",
                  coins(found.totals.received), plural(found.totals.coins, "coin"),
                  coins(found.totals.balance()), plural(found.totals.unspent_coins(), "coin"));
  std::vector<std::vector<std::string>> rows = {{"address", "received", "balance", "coins"}};
  for (AddressId address : page) {
    AddressTotals own = ledger.totals(address);
    rows.push_back({open.address_text(address), coins(own.received), coins(own.balance()),
                    fmt::format("{}", own.coins)});
  }
  text += "\n" + table_text(rows, {false, true, true, true});
  if (pages > 1) {
    text += fmt::format("page {} of {}; --page N shows another, --all every address\n",
                        options.page, pages);
  }
  return text;
}

void claims_json(const OpenLedger& open, const clusters::ClusterTag& tag, JsonWriter& json) {
  json.key("conflict").value(tag.conflict()).key("tags").open_list();
  for (const clusters::Claim& claim : tag.claims) {
    json.open_object().key("who").value(claim.best.who()).key("label").value(claim.best.label);
    json.key("category").value(claim.best.category);
    json.key("confidence_level").value(claim.best.level);
    json.key("is_cluster_definer").value(claim.best.is_definer);
    json.key("source").value(claim.best.source);
    json.key("address").value(open.address_text(claim.best.address));
    json.key("addresses").value(claim.addresses).close_object();
  }
  json.close_list();
}

void json_of(const OpenLedger& open, const Found& found, const Options& options,
             std::span<const AddressId> page, std::uint64_t pages, JsonWriter& json) {
  const Ledger& ledger = open.ledger;
  json.open_object().key("address").value(open.address_text(found.asked));
  json.key("cluster").value(open.address_text(found.members.front()));
  json.key("addresses").value(found.members.size());
  json.key("height").value(found.at ? found.at->number() : found.blocks - 1);
  json.key("rules").open_list();
  for (const std::string& rule : found.rules.rules) json.value(rule);
  json.close_list().key("left_out").value(found.rules.left_out);
  claims_json(open, found.tag, json);
  json.key("first_height").value(ledger.height(found.first).number());
  json.key("last_height").value(ledger.height(found.last).number());
  json.key("received").amount(found.totals.received);
  json.key("spent").amount(found.totals.spent);
  json.key("balance").amount(found.totals.balance());
  json.key("coins_received").value(found.totals.coins);
  json.key("coins_spent").value(found.totals.spent_coins);
  json.key("page").value(options.page).key("pages").value(pages).key("members").open_list();
  for (AddressId address : page) json.value(open.address_text(address));
  json.close_list().close_object();
}

Status show_one(const OpenLedger& open, const OpenClustering& clustering, const Options& options,
                const std::string& address, std::string& text, JsonWriter& json) {
  TRY_ASSIGN(Found found, find(open, clustering, options, address));
  std::uint64_t size = found.members.size();
  std::uint64_t pages = options.all ? 1 : (size + kPage - 1) / kPage;
  if (options.page == 0 || options.page > pages) {
    return fail(ErrorKind::no,
                fmt::format("the cluster has {}, counted from 1; there is no page {}",
                            plural(pages, "page"), options.page));
  }
  std::span<const AddressId> page = found.members;
  if (!options.all) {
    std::uint64_t first = (options.page - 1) * kPage;
    page = page.subspan(first, std::min(kPage, size - first));
  }
  if (!text.empty()) text += "\n";
  text += text_of(open, found, options, page, pages);
  json_of(open, found, options, page, pages, json);
  return {};
}

Status run_show(Context& context, const Options& options) {
  TRY_ASSIGN(auto addresses, with_stdin(options.addresses));
  auto work = [&](const OpenLedger& open) -> Result<Answer> {
    TRY_ASSIGN(auto clustering, open_clustering(context, open, options.name));
    TRY(check_at(clustering, options.name, options.at));
    std::string text;
    JsonWriter json;
    json.open_object().key("schema").value("tracehound.clusters/1");
    json.key("chain").value(open.ledger.chain()).key("clustering").value(options.name);
    json.key("found").open_list();
    for (const std::string& address : addresses) {
      TRY(show_one(open, clustering, options, address, text, json));
    }
    json.close_list().close_object();
    if (!options.json.empty()) return Answer{.files = {{options.json, json.take()}}, .text = ""};
    return Answer{.files = {}, .text = std::move(text)};
  };
  return answer(context, Rows::confirmed, work);
}

}  // namespace

void add_cluster_show(CLI::App& group, Context& context) {
  CLI::App* show = group.add_subcommand("show", "an address's cluster: who is in it, whose it is");
  auto options = std::make_shared<Options>();
  show->add_option("ADDRESS", options->addresses, "one or more; - reads them from standard input")
      ->required();
  add_name(*show, options->name);
  add_at(*show, options->at);
  auto* page = show->add_option("--page", options->page,
                                fmt::format("{} addresses a page, the oldest first", kPage))
                   ->type_name("N")
                   ->transform(whole_number(kMostPages))
                   ->capture_default_str();
  show->add_flag("--all", options->all, "every address, in one page")->excludes(page);
  show->add_option("--json", options->json, "write JSON there instead; - is standard output")
      ->type_name("FILE|-");
  add_common(*show, context);
  add_example(*show, "tracehound cluster show 1GkQmKAmHtNfnD3LHhTkewJxKHVSta4m2a --ledger L");
  show->callback([&context, options] {
    context.work = [&context, options] { return run_show(context, *options); };
  });
}

}  // namespace tracehound::cli
