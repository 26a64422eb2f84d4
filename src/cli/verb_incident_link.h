// The parts of `tracehound incident link`.
#pragma once

#include <fmt/format.h>

#include <array>
#include <cstdint>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "base/json.h"
#include "base/text.h"
#include "cli/verb_trace.h"
#include "incidents/incident.h"
#include "incidents/link.h"

namespace tracehound::cli {

struct LinkOptions {
  std::string registry;
  std::vector<std::string> incidents;  // two
  tracing::Options trace;              // of it: method, stops, through, mix, swaps
  std::uint64_t most = 50;
  std::string json;
  bool clusters = false;
};

// One of the two, read once: standard input does not come twice.
struct LinkSide {
  std::string file;
  incidents::Incident incident;
};

// What was found on a coin ledger, and what was left out of it.
struct FoundLink {
  incidents::Link link;
  std::array<std::string, 2> names;
  std::vector<std::string> stops;  // what ended the trace, a sentence each
  std::uint64_t other_chains = 0;  // seeds left out
  std::uint64_t not_seen = 0;      // addresses that received nothing
};
std::string link_text(const FoundLink& found, const OpenLedger& open);
std::string link_json(const FoundLink& found, const OpenLedger& open);

// The whole verb, where --ledger names an account ledger.
Status link_on_accounts(Context& context, const LinkOptions& options,
                        const std::array<LinkSide, 2>& sides);

// Errors (usage): no method, several, or one that such ledgers do not have.
Result<trace::MethodKind> link_method(const std::string& name, tracing::LedgerKind ledger);

// A list as a table; nothing for an empty one.
template <typename Row, typename Cells>
std::string link_table(std::string_view title, const incidents::Cut<Row>& list,
                       std::vector<std::string> heading, Cells cells) {
  if (list.all == 0) return "";
  std::string text = fmt::format("\n{}", title);
  if (list.all > list.rows.size()) {
    text += fmt::format(", the first {} of {}; --most shows more", list.rows.size(), list.all);
  }
  std::vector<bool> right(heading.size(), true);
  right.front() = false;
  std::vector<std::vector<std::string>> rows = {std::move(heading)};
  for (const Row& row : list.rows) rows.push_back(cells(row));
  return text + "\n" + table_text(rows, right);
}

// The same as JSON: how many there are, and an object for each row that is not cut.
template <typename Row, typename Write>
void link_list(JsonWriter& json, std::string_view key, const incidents::Cut<Row>& list,
               Write write) {
  json.key(key).open_object().key("all").value(list.all).key("rows").open_list();
  for (const Row& row : list.rows) {
    json.open_object();
    write(row);
    json.close_object();
  }
  json.close_list().close_object();
}

}  // namespace tracehound::cli
