// What --as-of and --tags-as-of mean: which blocks count, and what was believed.
#include <fmt/format.h>

#include "base/text.h"
#include "cli/verb_trace_accounts.h"
#include "tags/store.h"
#include "trace/accounts/seeds.h"

namespace tracehound::cli::tracing {

namespace {

constexpr std::string_view kNow = "now";

// Of --tags-as-of: nothing where all that is known counts. `time_of` gives a height's time.
template <typename TimeOf>
Result<std::optional<std::int64_t>> tags_at(const Options& options, TimeOf time_of) {
  if (options.tags_as_of == kNow) return std::optional<std::int64_t>();
  auto moment = trace::parse_moment(options.tags_as_of, trace::SpanEnd::last);
  if (!moment) {
    return fail(ErrorKind::usage,
                fmt::format("--tags-as-of: '{}' is neither now, nor a height, nor a time as "
                            "2024-03-14 or 2024-03-14T09:26:53Z",
                            options.tags_as_of));
  }
  if (moment->time) return std::optional<std::int64_t>(*moment->time);
  TRY_ASSIGN(std::uint32_t time, time_of(*moment));
  return std::optional<std::int64_t>(time);
}

}  // namespace

Result<Day> day_of(const ledger::Ledger& ledger, const Options& options) {
  Day day;
  if (!options.as_of.empty()) {
    TRY_ASSIGN(auto moment, moment_of("--as-of", options.as_of, trace::SpanEnd::last));
    TRY_ASSIGN(day.last, trace::block_of(ledger, moment));
    day.belief.last = day.last;
    day.belief.tags_at = moment.time ? *moment.time : ledger.block_time(*day.last);
  }
  if (options.tags_as_of.empty()) return day;
  TRY_ASSIGN(day.belief.tags_at,
             tags_at(options, [&](const trace::Moment& moment) -> Result<std::uint32_t> {
               TRY_ASSIGN(BlockHeight height, trace::block_of(ledger, moment));
               return ledger.block_time(height);
             }));
  return day;
}

Result<AccountDay> account_day_of(const ledger::accounts::Ledger& ledger, const Options& options) {
  AccountDay day{.end = {}, .tip = ledger.tip(), .tags_at = {}};
  if (!options.as_of.empty()) {
    TRY_ASSIGN(auto moment, moment_of("--as-of", options.as_of, trace::SpanEnd::last));
    TRY_ASSIGN(day.end, trace::accounts::end_of(ledger, moment));
    if (day.end->number() == 0)
      return bad_input("--as-of is before the ledger's first transaction");
    day.tip =
        moment.height ? *ledger.block_at_most(*moment.height) : *ledger.block_at(*moment.time);
    day.tags_at = moment.time ? *moment.time : ledger.block(day.tip).time;
  }
  if (options.tags_as_of.empty()) return day;
  TRY_ASSIGN(day.tags_at,
             tags_at(options, [&](const trace::Moment& moment) -> Result<std::uint32_t> {
               auto block = ledger.block_at_most(*moment.height);
               if (block) return ledger.block(*block).time;
               return bad_input("--tags-as-of is before the ledger's first block");
             }));
  return day;
}

Status remark_on_tags(std::vector<std::string>& remarks, const std::string& ledger_folder,
                      std::optional<std::int64_t> tags_at, std::string_view advice) {
  if (!tags_at) return {};
  TRY_ASSIGN(auto now, tags::TagStore::open_to_read(ledger_folder));
  TRY_ASSIGN(auto then, tags::TagStore::open_to_read(ledger_folder, tags_at));
  TRY_ASSIGN(auto packs_now, now.packs());
  TRY_ASSIGN(auto packs_then, then.packs());
  if (packs_now.size() <= packs_then.size()) return {};
  remarks.push_back(fmt::format("{} of the {} in this ledger had been imported by then{}",
                                packs_then.size(),
                                plural(packs_now.size(), "pack of tags", "packs of tags"), advice));
  return {};
}

std::string tags_at_words(std::int64_t tags_at) {
  return fmt::format("By the tags that were believed at {} UTC.",
                     utc_text(static_cast<std::uint64_t>(tags_at)));
}

}  // namespace tracehound::cli::tracing
