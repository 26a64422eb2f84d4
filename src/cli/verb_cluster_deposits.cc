// cluster deposits: accounts of an account ledger that share an exchange's deposit address.
#include <fmt/format.h>

#include <algorithm>

#include "base/json.h"
#include "base/text.h"
#include "cli/accounts.h"
#include "cli/cluster_parts.h"
#include "clusters/accounts/deposits.h"
#include "ledger/certain.h"
#include "tags/services.h"
#include "tags/store.h"

namespace tracehound::cli {

namespace {

using clusters::accounts::AccountId;
using clusters::accounts::DepositCluster;
using clusters::accounts::DepositClustering;
using clusters::accounts::DepositUse;
using clusters::accounts::ExchangeAccount;
using ledger::accounts::Ledger;

struct DepositOptions {
  std::vector<std::string> exchanges;  // ADDRESS or ADDRESS,NAME
  std::string of;
  std::string json;
};
struct OpenAccounts {
  Ledger ledger;
};

Result<std::vector<ExchangeAccount>> exchanges_of(const Ledger& ledger,
                                                  const DepositOptions& options) {
  std::vector<ExchangeAccount> found;
  for (const std::string& text : options.exchanges) {
    std::size_t comma = std::min(text.find(','), text.size());
    std::string address = text.substr(0, comma);
    auto account = ledger.find_account(address);
    if (!account) {
      return bad_input(fmt::format("--exchange {}: it is in no transfer of this ledger", address));
    }
    found.push_back({*account, comma == text.size() ? address : text.substr(comma + 1)});
  }
  TRY_ASSIGN(auto store, tags::TagStore::open_to_read(ledger.folder()));
  constexpr std::array<std::string_view, 1> kExchange = {"exchange"};
  TRY_ASSIGN(auto tagged, tags::service_addresses(store, ledger.chain(), kExchange));
  for (const tags::ServiceAddress& entry : tagged) {
    if (auto account = ledger.find_account(entry.address)) {
      found.push_back({*account, entry.service.name});
    }
  }
  if (!found.empty()) return found;
  return bad_input(
      "no exchange is known: name its hot wallets with --exchange ADDRESS,NAME, or import tags");
}

std::string transfer_text(const Ledger& ledger, ledger::accounts::TransferId id) {
  return fmt::format("{}:{}", ledger.id_text(ledger.tx_of(id)), ledger.transfer(id).position);
}

std::string cluster_text(const Ledger& ledger, const DepositCluster& cluster) {
  std::string text =
      fmt::format("{} in one hand, by {}\n", plural(cluster.users.size(), "account"),
                  plural(cluster.deposits.size(), "deposit address", "deposit addresses"));
  std::vector<std::vector<std::string>> rows = {
      {"account", "deposit address", "paid in", "forwarded"}};
  for (const DepositUse& use : cluster.uses) {
    rows.push_back({ledger.account_text(use.user), ledger.account_text(use.deposit),
                    transfer_text(ledger, use.given), transfer_text(ledger, use.forwarded)});
  }
  return text + table_text(rows, {false, false, false, false}) + "\n";
}

std::string json_text(const Ledger& ledger, const DepositClustering& found) {
  JsonWriter json;
  json.open_object().key("schema").value("tracehound.deposits/1");
  json.key("chain").value(ledger.chain());
  json.key("deposit_addresses").value(found.deposit_addresses);
  json.key("users_left_out").value(found.users_left_out);
  json.key("clusters").open_list();
  for (const DepositCluster& cluster : found.clusters) {
    json.open_object().key("accounts").open_list();
    for (AccountId user : cluster.users) json.value(ledger.account_text(user));
    json.close_list().key("evidence").open_list();
    for (const DepositUse& use : cluster.uses) {
      json.open_object().key("account").value(ledger.account_text(use.user));
      json.key("deposit_address").value(ledger.account_text(use.deposit));
      json.key("paid_in").value(transfer_text(ledger, use.given));
      json.key("forwarded").value(transfer_text(ledger, use.forwarded)).close_object();
    }
    json.close_list().close_object();
  }
  json.close_list().close_object();
  return json.take();
}

Result<Answer> find_out(const Ledger& ledger, const DepositOptions& options) {
  TRY_ASSIGN(auto exchanges, exchanges_of(ledger, options));
  DepositClustering found = clusters::accounts::cluster_by_deposits(ledger, exchanges);
  if (!options.of.empty()) {
    TRY(check_spelling(ledger, options.of));
    auto account = ledger.find_account(options.of);
    std::erase_if(found.clusters, [&](const DepositCluster& cluster) {
      return !account || (!std::ranges::binary_search(cluster.users, *account) &&
                          !std::ranges::binary_search(cluster.deposits, *account));
    });
    if (found.clusters.empty()) {
      return fail(ErrorKind::no, fmt::format("{} shares no deposit address", options.of));
    }
  }
  Answer answer;
  if (!options.json.empty()) answer.files.push_back({options.json, json_text(ledger, found)});
  if (options.json == "-") return answer;
  for (const DepositCluster& cluster : found.clusters) {
    answer.text += cluster_text(ledger, cluster);
  }
  answer.text +=
      fmt::format("{} of {} found by {}\n", plural(found.clusters.size(), "cluster"),
                  plural(found.deposit_addresses, "deposit address", "deposit addresses"),
                  "deposit-address reuse");
  if (found.users_left_out > 0) {
    answer.text += fmt::format("left out: {} with too many deposit addresses for one customer\n",
                               plural(found.users_left_out, "account"));
  }
  return answer;
}

Status run_deposits(Context& context, const DepositOptions& options) {
  auto open = [&]() -> Result<OpenAccounts> {
    TRY_ASSIGN(auto ledger, Ledger::open(context.files, context.ledger));
    return OpenAccounts{std::move(ledger)};
  };
  auto work = [&](OpenAccounts& opened) { return find_out(opened.ledger, options); };
  TRY_ASSIGN(Answer found, ledger::read_certain(context.files, open, work));
  for (const Answer::File& file : found.files) TRY(write_output(context, file.path, file.text));
  return found.text.empty() ? Status{} : print(found.text);
}

}  // namespace

void add_cluster_deposits(CLI::App& group, Context& context) {
  CLI::App* command = group.add_subcommand(
      "deposits", "account ledgers: accounts that share an exchange's deposit address");
  auto options = std::make_shared<DepositOptions>();
  command
      ->add_option("--exchange", options->exchanges,
                   "an exchange's account, and its name; accounts of one name are one exchange's; "
                   "besides those that tags name")
      ->type_name("ADDRESS[,NAME]");
  command->add_option("--of", options->of, "only the cluster of this account")
      ->type_name("ADDRESS");
  command->add_option("--json", options->json, "write the clusters as JSON")->type_name("FILE|-");
  add_common(*command, context);
  add_example(*command,
              "tracehound cluster deposits --exchange HOTWALLET,Exchange --of ADDRESS --ledger L");
  command->callback([&context, options] {
    context.work = [&context, options] { return run_deposits(context, *options); };
  });
}

}  // namespace tracehound::cli
