// The report of one trace: a single HTML file that a court can open in twenty years. No network,
// no library; everything on it is laid out here, so the same trace gives the same bytes.
//
// make_report_data() takes from trace and ledger what the page says and nothing more (long lists
// are cut to their largest entries, with count and sum kept); html_report() writes the page.
#pragma once

#include <array>
#include <cstdint>
#include <functional>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "base/hash.h"
#include "base/ids.h"
#include "incidents/units.h"
#include "ledger/ledger.h"
#include "ledger/rows.h"
#include "trace/result.h"

namespace tracehound::incidents {

// Who says that an address belongs to a service, as the tag has it.
struct ServiceNote {
  std::string source;
  std::string confidence;
};

// What the caller knows besides trace and ledger. All texts may come from outside: the page
// escapes them.
struct ReportAbout {
  std::string title;  // the incident's name
  std::string symbol = "BTC";
  std::string unit = "satoshi";            // the smallest unit's name
  unsigned decimals = 8;                   // smallest units in a coin: 10^decimals, at most 18
  std::string tool_version;                // "tracehound 0.1.0"
  std::string command;                     // regenerates this report
  std::vector<std::string> stops;          // where tracing stopped, a sentence each
  std::vector<ServiceNote> service_notes;  // one per Trace::services, or none at all
  std::vector<std::string> files;          // where the full lists are (CSV, JSON)
};

// A coin as a list shows it; on account chains, what an account got.
struct ReportCoin {
  std::string id;       // "txid:vout", or of a transaction alone
  bool in_coin = true;  // false: the units lie in no coin, and the row stands for a transaction
  std::string address;
  bool confirmed = true;
  std::uint64_t height = 0;  // of its block; means nothing when it is not confirmed
  std::uint32_t time = 0;    // of its block, or when it was first seen
  Units value;               // the whole coin's
  Units amount;              // of it, traced; for a seed the effective amount
  Units claimed;             // seeds only
  std::uint32_t hops = 0;
  Label label;
  std::string notation;  // "V1-T2-H5" (trace/notation.h), or ""
  std::string usd;       // what it was worth when it came, "1234.56"; "" where nobody said
};

struct ReportDestination {
  trace::DestinationKind kind = trace::DestinationKind::held;
  std::string name;  // services only, as are the next three
  std::string category;
  ServiceNote note;
  Units amount;
  std::string usd;                  // as a ReportCoin's; "" unless all of it has a value
  std::uint64_t coins = 0;          // entries of the full list (for fees: transactions)
  std::uint32_t first = 0;          // block time of the first arrival; 0 without any
  std::uint32_t last = 0;           // and of the last
  std::vector<ReportCoin> largest;  // by falling amount, then chain order
};

struct FlowTransaction {
  std::string id;
  bool confirmed = true;
  std::uint64_t height = 0;  // as a ReportCoin's, and the time too
  std::uint32_t time = 0;
  Units amount;
  std::uint64_t coins = 0;
};

// A range of hops: fewest transactions from a seed. Column 0 is the seed itself.
struct FlowColumn {
  std::uint32_t first_hop = 0;
  std::uint32_t last_hop = 0;
  Units amount;             // units that rest here or further on
  std::uint64_t coins = 0;  // resting coins that do
  Units carried;            // units that transactions brought into coins of this range
  std::uint64_t transactions = 0;
  std::vector<FlowTransaction> largest;
};

// A destination in the picture; small services are folded into one.
struct FlowNode {
  trace::DestinationKind kind = trace::DestinationKind::held;
  std::string name;                        // services only
  std::optional<std::size_t> destination;  // index into ReportData::destinations, unless folded
  std::uint64_t folded = 0;                // how many services are in it, when folded
  Units amount;
  std::uint64_t coins = 0;
};

// Units that came to rest at `node` at the hops of `column`.
struct FlowLink {
  std::size_t column = 0;
  std::size_t node = 0;
  Units amount;
  std::uint64_t coins = 0;
  std::uint64_t transactions = 0;
  std::vector<FlowTransaction> largest;
};

struct Flow {
  std::vector<FlowColumn> columns;
  std::vector<FlowNode> nodes;
  std::vector<FlowLink> links;  // by column, then node; none is empty
};

// Units that came to rest in blocks of one time.
struct Arrival {
  std::uint32_t time = 0;
  trace::DestinationKind kind = trace::DestinationKind::held;
  Units amount;
  std::uint64_t coins = 0;
};

// Stolen units of this asset that an account paid for another one.
struct ReportSwap {
  std::string id;  // of the transaction
  std::string account;
  std::uint32_t time = 0;
  std::string paid;  // "1.5 ETH"
  std::string got;
};

// Held units by the address they lie at.
struct ReportHolder {
  std::string address;
  Units amount;
  std::uint64_t coins = 0;
  std::uint32_t first = 0;  // times of arrival
  std::uint32_t last = 0;
};

// A destination by each of the methods that have sums.
struct ReportRange {
  trace::DestinationKind kind = trace::DestinationKind::held;
  std::string name;  // services only, as is the next
  std::string category;
  std::optional<std::size_t> destination;  // index into ReportData::destinations
  std::vector<Units> amounts;              // one per ReportData::methods with sums
  Units least;
  Units most;
};

// What a method that has no sums reaches.
struct ReportReach {
  trace::MethodKind method = trace::MethodKind::poison;
  std::uint64_t transactions = 0;
  std::uint64_t coins = 0;
};

struct ReportLabel {
  Label label;
  Units claimed;
  Units effective;
  std::array<Units, trace::kDestinationKinds> found{};  // by DestinationKind
};

struct ReportData {
  ReportAbout about;
  std::string chain;
  std::uint64_t tip_height = 0;
  std::string tip_hash;  // "" where blocks have none, as in a list of transfers
  std::uint32_t tip_time = 0;
  // Only where unconfirmed transactions were asked for.
  std::optional<ledger::Unconfirmed> mempool;
  trace::UnconfirmedPart unconfirmed;

  trace::MethodKind method = trace::MethodKind::fifo;
  bool conserves = true;
  Units claimed;
  Units effective;
  Units total;
  std::uint64_t transactions = 0;  // touched
  std::uint64_t coins = 0;
  std::uint64_t addresses = 0;

  std::vector<std::string> label_names;  // [i] names Label(i + 1)
  std::uint64_t seed_count = 0;
  std::uint64_t seed_coins = 0;  // several seeds can be parts of one coin
  std::uint32_t first_seed = 0;  // block times
  std::uint32_t last_seed = 0;
  std::vector<ReportCoin> seeds;                // the largest, by falling amount
  std::vector<ReportDestination> destinations;  // services first, each kind by falling amount
  std::vector<ReportLabel> labels;              // by label
  std::vector<ReportHolder> holders;            // the largest, by falling amount
  std::uint64_t holder_count = 0;
  std::vector<trace::MethodKind> methods;  // all that were asked, `method` first
  std::vector<ReportRange> ranges;         // where several have sums: in page order
  std::vector<ReportReach> reaches;        // of those without, behind the first
  // Account chains. Then effective + swapped_in = swapped_out + total.
  bool on_coins = true;  // false: `coins` counts balances, and what came to a service
  Units swapped_in;      // units got for stolen units of other assets
  Units swapped_out;
  std::vector<ReportSwap> swaps;  // the largest out of this asset, by falling amount paid
  std::uint64_t swap_count = 0;
  Flow flow;
  std::vector<Arrival> arrivals;  // by time, then kind
};

// What a report reads from a ledger; tests make their own.
struct ReportLookup {
  std::string chain;
  BlockHeight tip_height;
  Hash256 tip_hash;
  std::function<ledger::Outpoint(CoinId)> outpoint;
  std::function<TxId(CoinId)> creator;
  std::function<Hash256(TxId)> txid;
  std::function<BlockHeight(TxId)> height;
  std::function<std::uint32_t(BlockHeight)> time;
  // Only for traces as of an earlier block.
  std::function<Hash256(BlockHeight)> block_hash = nullptr;
  // Where unconfirmed transactions were asked for: about them, and when one was first seen (nothing
  // for a confirmed one).
  std::optional<ledger::Unconfirmed> mempool = std::nullopt;
  std::function<std::optional<std::uint32_t>(TxId)> first_seen = nullptr;
  std::function<AddressId(CoinId)> address;
  std::function<std::string(AddressId)> address_text;
  // Only for traces by FeeRule::miner.
  std::function<bool(TxId)> is_coinbase = nullptr;

  // Of its block, or when it was first seen.
  std::uint32_t time_of(TxId tx) const {
    auto unconfirmed = first_seen ? first_seen(tx) : std::nullopt;
    return unconfirmed ? *unconfirmed : time(height(tx));
  }
};

// REQUIRES: `ledger` outlives the lookup.
ReportLookup lookup_in(const ledger::Ledger& ledger,
                       std::function<std::string(AddressId)> address_text);

// The page is about the first trace; what the others find stands beside it as a range.
// REQUIRES: at least one; they come from one run over that ledger, made with
// trace::Options::parcels and balance, where their method conserves.
ReportData make_report_data(std::span<const trace::Trace> traces, const ReportLookup& lookup,
                            ReportAbout about);
inline ReportData make_report_data(const trace::Trace& trace, const ReportLookup& lookup,
                                   ReportAbout about) {
  return make_report_data(std::span(&trace, 1), lookup, std::move(about));
}
inline ReportData make_report_data(const trace::Trace& trace, const ledger::Ledger& ledger,
                                   std::function<std::string(AddressId)> address_text,
                                   ReportAbout about) {
  return make_report_data(trace, lookup_in(ledger, std::move(address_text)), std::move(about));
}

// The whole page, UTF-8. Of several assets, a part for each, the first first.
// REQUIRES: at least one; of one trace.
std::string html_report(std::span<const ReportData> assets);
inline std::string html_report(const ReportData& data) { return html_report(std::span(&data, 1)); }

}  // namespace tracehound::incidents
