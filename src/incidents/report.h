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
#include <string>
#include <vector>

#include "base/hash.h"
#include "base/ids.h"
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

// A coin as a list shows it. For fees, `output` is none and the row stands for a transaction.
struct ReportCoin {
  Hash256 txid;
  std::optional<std::uint32_t> output;
  std::string address;
  bool confirmed = true;
  BlockHeight height;      // of its block; means nothing when it is not confirmed
  std::uint32_t time = 0;  // of its block, or when it was first seen
  Amount value = 0;        // the whole coin's
  Amount amount = 0;       // of it, traced; for a seed the effective amount
  Amount claimed = 0;      // seeds only
  std::uint32_t hops = 0;
  Label label;
  std::string notation;  // "V1-T2-H5" (trace/notation.h)
};

struct ReportDestination {
  trace::DestinationKind kind = trace::DestinationKind::held;
  std::string name;  // services only, as are the next three
  std::string category;
  ServiceNote note;
  Amount amount = 0;
  std::uint64_t coins = 0;          // entries of the full list (for fees: transactions)
  std::uint32_t first = 0;          // block time of the first arrival; 0 without any
  std::uint32_t last = 0;           // and of the last
  std::vector<ReportCoin> largest;  // by falling amount, then chain order
};

struct FlowTransaction {
  Hash256 txid;
  bool confirmed = true;
  BlockHeight height;  // as a ReportCoin's, and the time too
  std::uint32_t time = 0;
  Amount amount = 0;
  std::uint64_t coins = 0;
};

// A range of hops: fewest transactions from a seed. Column 0 is the seed itself.
struct FlowColumn {
  std::uint32_t first_hop = 0;
  std::uint32_t last_hop = 0;
  Amount amount = 0;        // units that rest here or further on
  std::uint64_t coins = 0;  // resting coins that do
  Amount carried = 0;       // units that transactions brought into coins of this range
  std::uint64_t transactions = 0;
  std::vector<FlowTransaction> largest;
};

// A destination in the picture; small services are folded into one.
struct FlowNode {
  trace::DestinationKind kind = trace::DestinationKind::held;
  std::string name;                        // services only
  std::optional<std::size_t> destination;  // index into ReportData::destinations, unless folded
  std::uint64_t folded = 0;                // how many services are in it, when folded
  Amount amount = 0;
  std::uint64_t coins = 0;
};

// Units that came to rest at `node` at the hops of `column`.
struct FlowLink {
  std::size_t column = 0;
  std::size_t node = 0;
  Amount amount = 0;
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
  Amount amount = 0;
  std::uint64_t coins = 0;
};

struct ReportLabel {
  Label label;
  Amount claimed = 0;
  Amount effective = 0;
  std::array<Amount, trace::kDestinationKinds> found{};  // by DestinationKind
};

struct ReportData {
  ReportAbout about;
  std::string chain;
  BlockHeight tip_height;
  Hash256 tip_hash;
  std::uint32_t tip_time = 0;
  // Only where unconfirmed transactions were asked for.
  std::optional<ledger::Unconfirmed> mempool;
  trace::UnconfirmedPart unconfirmed;

  trace::MethodKind method = trace::MethodKind::fifo;
  bool conserves = true;
  Amount claimed = 0;
  Amount effective = 0;
  Amount total = 0;
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

// REQUIRES: the trace is of that ledger, was made with trace::Options::parcels and, if its method
// conserves, balances.
ReportData make_report_data(const trace::Trace& trace, const ReportLookup& lookup,
                            ReportAbout about);
inline ReportData make_report_data(const trace::Trace& trace, const ledger::Ledger& ledger,
                                   std::function<std::string(AddressId)> address_text,
                                   ReportAbout about) {
  return make_report_data(trace, lookup_in(ledger, std::move(address_text)), std::move(about));
}

// The whole page, UTF-8.
std::string html_report(const ReportData& data);

}  // namespace tracehound::incidents
