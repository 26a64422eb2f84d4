// The addresses that a trace touched, in words that no chain owns: what other tools are told.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "incidents/report.h"
#include "trace/result.h"

namespace tracehound::incidents {

// Units that rest at an address.
struct TracedRest {
  std::string kind;      // trace::name_of(DestinationKind)
  std::string service;   // "" unless the kind is service or crossed
  std::string category;  // of that service
  std::string amount;    // "1.50000000 BTC"; "" where the method has no sums
};

struct TracedAddress {
  std::string address;
  std::uint64_t receipts = 0;  // coins or transfers that brought traced units, seeds included
  std::uint32_t first = 0;     // of these, times
  std::uint32_t last = 0;
  std::uint32_t hops = 0;         // fewest transactions from a seed; 0: it held a seed
  std::vector<TracedRest> rests;  // none where all went on; by kind, then service

  bool at_service() const;
};

struct TracedCase {
  std::string title;               // the incident's; from outside, like every name here
  std::string chain;               // "bitcoin:main"
  std::string symbol;              // "BTC"
  std::string method;              // trace::name_of(MethodKind)
  std::uint32_t time = 0;          // of the tip the trace ends at: the documents' own date
  std::string tip;                 // "block 840000 (0000...)"
  std::string tool_version;        // "tracehound 0.1.0"
  std::string receipt = "output";  // what brings units
  std::string seed = "Held a stolen coin.";  // what is said of an address at hop 0
  std::vector<TracedAddress> addresses;      // in the order in which the units first came to them
};

// REQUIRES: a forward trace of that ledger, made with trace::Options::parcels.
TracedCase traced_case(const trace::Trace& trace, const ReportLookup& lookup,
                       const ReportAbout& about);

// What is said of an address, in a sentence or two: "Received traced units 3 times, ...".
std::string traced_words(const TracedCase& what, const TracedAddress& address);

// An event with one `coin-address` object an address, as MISP imports it. Ids depend on chain,
// title, method and address alone.
std::string to_misp(const TracedCase& what);
// A STIX 2.1 bundle: a `cryptocurrency-wallet` each, as OpenCTI calls them, with when it was seen
// and a note. Their ids are those that any other program gives the same address.
std::string to_stix(const TracedCase& what);
// A GraphSense TagPack: one tag an address, at the confidence of a heuristic.
std::string to_tagpack(const TracedCase& what);

// Each step in the notation of the Block Audit Tracing Standard (trace/notation.h), in chain order:
// seeds first, then what each transaction carried where, and what of it rests there, with the
// victim's running total. RFC 4180.
// REQUIRES: as traced_case().
std::string to_notation_table(const trace::Trace& trace, const ReportLookup& lookup);

}  // namespace tracehound::incidents
