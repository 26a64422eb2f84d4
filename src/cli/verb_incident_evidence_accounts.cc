// incident evidence, on an account ledger.
#include <fmt/format.h>

#include "cli/accounts.h"
#include "cli/verb_incident_evidence.h"
#include "cli/verb_trace_accounts.h"
#include "evidence/accounts/make.h"
#include "evidence/accounts/rerun.h"
#include "ledger/certain.h"
#include "tags/store.h"
#include "tags/tagpack.h"
#include "trace/accounts/seeds.h"

namespace tracehound::cli {

namespace {

using ledger::accounts::BlockId;
using ledger::accounts::Ledger;
using tracing::AccountStops;
using tracing::AccountTexts;

Status check(const EvidenceOptions& options, std::size_t methods) {
  auto usage = [](std::string message) { return fail(ErrorKind::usage, std::move(message)); };
  if (!options.blocks.empty() || !options.node.url.empty() || options.first_header != 0) {
    return usage(
        "--blocks, --rpc and --first-header are for coin ledgers: of an account ledger the bundle "
        "holds the ledger's own transfers, and no headers");
  }
  if (options.trace.label_by == "transaction") {
    return usage("--label-by transaction is for coin ledgers; use incident or victim");
  }
  return tracing::check_on_accounts(options.trace, methods);
}

evidence::accounts::Asked asked_of(const tracing::Options& options,
                                   const trace::accounts::Options& how, const Ledger& ledger,
                                   const std::vector<trace::MethodKind>& methods,
                                   const std::vector<std::string_view>& categories) {
  evidence::accounts::Asked asked{.label_by = options.label_by,
                                  .methods = {},
                                  .swaps = options.swaps,
                                  .stop_at = {categories.begin(), categories.end()},
                                  .through = options.through,
                                  .min_amount = options.min_amount,
                                  .max_hops = options.max_hops,
                                  .until = {},
                                  .as_of = options.as_of};
  for (trace::MethodKind method : methods) asked.methods.emplace_back(trace::name_of(method));
  if (how.cuts.until) asked.until = ledger.block(ledger.block_of(*how.cuts.until)).number;
  return asked;
}

std::vector<evidence::accounts::ListedAccount> listed_of(const tracing::Options& options,
                                                         const AccountTexts& texts,
                                                         const AccountStops& stops,
                                                         const Ledger& ledger) {
  std::vector<evidence::accounts::ListedAccount> listed;
  for (const tracing::KnownAccount& known : stops.known) {
    auto account = ledger.find_account(known.account);
    if (!known.list || !account) continue;
    evidence::UsedTag tag;
    tag.address = ledger.account_text(*account);
    tag.label = known.name;
    tag.category = known.category;
    tag.tag_type = evidence::kListed;
    tag.service = known.name;
    tag.pack = tracing::list_name(options.stop_at_addresses[*known.list]);
    Hash256 sum = thread_hasher().sha256(as_bytes(texts.stop_lists[*known.list]));
    tag.sha256 = to_hex(sum.view());
    tag.line = known.line;
    listed.push_back({*account, std::move(tag)});
  }
  return listed;
}

Result<evidence::Files> make(const Ledger& ledger, const EvidenceOptions& options,
                             const AccountTexts& texts, const std::string& incident_text,
                             const std::vector<trace::MethodKind>& methods,
                             std::vector<std::string>& remarks) {
  const tracing::Options& asked = options.trace;
  Bytes bytes(incident_text.begin(), incident_text.end());
  TRY_ASSIGN(auto incident, incidents::parse_incident(bytes, options.file));
  tracing::Question question;
  question.incident = std::move(incident);
  TRY_ASSIGN(auto day, tracing::account_day_of(ledger, asked));
  TRY_ASSIGN(auto what, tracing::resolve_on_accounts(question, asked, ledger, day.end));
  TRY_ASSIGN(auto stops, tracing::stops_on_accounts(asked, texts.stop_lists, ledger, day.tags_at));
  TRY_ASSIGN(auto categories, tracing::stop_categories(asked));
  TRY_ASSIGN(auto store, tags::TagStore::open_to_read(ledger.folder(), day.tags_at));
  TRY_ASSIGN(auto how, tracing::account_trace_options(asked, what, ledger, day));
  remarks = what.remarks;
  remarks.insert(remarks.end(), stops.remarks.begin(), stops.remarks.end());
  TRY_ASSIGN(auto prices, tracing::read_prices(texts.prices, ledger, remarks));
  trace::accounts::LedgerEvents events(ledger);
  events.set_prices(prices);
  TRY(tracing::remark_on_tags(remarks, ledger.folder(), day.tags_at));
  auto listed = listed_of(asked, texts, stops, ledger);
  return evidence::accounts::make_bundle(
      {.ledger = ledger,
       .events = events,
       .incident = bytes,
       .engine = "tracehound " TRACEHOUND_VERSION,
       .asked = asked_of(asked, how, ledger, methods, categories),
       .tip = day.tip,
       .seeds = std::move(what.seeds),
       .methods = methods,
       .stops = stops.stops,
       .listed = listed,
       .store = store,
       .prices = std::move(prices),
       .how = how});
}

}  // namespace

Result<evidence::Files> make_account_evidence(Context& context, const EvidenceOptions& options,
                                              const std::string& incident,
                                              std::vector<std::string>& remarks) {
  TRY_ASSIGN(auto methods, tracing::methods_of(options.trace, tracing::LedgerKind::accounts));
  TRY(check(options, methods.size()));
  TRY_ASSIGN(AccountTexts texts, tracing::read_account_texts(context, options.trace));
  evidence::Files files;
  auto work = [&](const OpenAccounts& open) -> Result<Answer> {
    TRY_ASSIGN(files, make(open.ledger, options, texts, incident, methods, remarks));
    return Answer();
  };
  TRY(answer_accounts(context, work));
  return files;
}

}  // namespace tracehound::cli
