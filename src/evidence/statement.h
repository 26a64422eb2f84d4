// What a bundle says in words and numbers: bundle.json and tags.json. Each has one form, which
// write_*() gives and parse_*() holds the text to.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/hash.h"
#include "base/ids.h"
#include "base/result.h"
#include "ledger/rows.h"
#include "trace/result.h"

namespace tracehound::evidence {

// What was asked, in the words of `tracehound trace`.
struct Asked {
  std::string label_by = {};              // incident, victim or transaction
  std::vector<std::string> methods = {};  // in their order
  std::string fees = {};                  // sink or miner
  std::string mix = {};                   // stop, haircut, follow-change or off
  std::string clusters = {};              // on or off
  std::vector<std::string> stop_at = {};  // categories
  std::vector<std::string> through = {};  // what was not to stop it
  Amount min_amount = 0;
  std::optional<std::uint32_t> max_hops = {};
  std::optional<std::uint32_t> until = {};  // height
  std::string as_of = {};                   // as it was given; "" for none

  friend bool operator==(const Asked&, const Asked&) = default;
};

struct StatedSeed {
  ledger::Outpoint coin = {};
  Amount first = 0;  // units [first, end) of it
  Amount end = 0;
  std::uint32_t label = 1;  // labels[label - 1]

  friend bool operator==(const StatedSeed&, const StatedSeed&) = default;
};

// One step of why an address is a service's: it and `address` spend together in `transaction`.
struct CoSpendStep {
  Hash256 transaction = {};
  std::string address = {};

  friend bool operator==(const CoSpendStep&, const CoSpendStep&) = default;
};

// An address at which the trace stops.
struct StatedStop {
  std::string address = {};
  trace::DestinationKind kind = trace::DestinationKind::service;  // or crossed, burned
  std::optional<std::uint32_t> service = {};  // index into `services`; none for burned
  std::vector<std::uint32_t> tags = {};       // indexes into tags.json, of the last step's address
  // From the address to the one that the tags are of; empty where that is the address itself.
  std::vector<CoSpendStep> steps = {};
  // The way was too long to be looked for: `steps` is empty, and the tags are of the named address.
  std::string not_shown = {};

  friend bool operator==(const StatedStop&, const StatedStop&) = default;
};

// A CoinJoin; where its changes are followed, which output is the change of which input.
struct StatedMix {
  struct Change {
    std::uint32_t input = 0;
    std::uint32_t output = 0;

    friend bool operator==(const Change&, const Change&) = default;
  };
  Hash256 transaction = {};
  std::string protocol = {};
  std::vector<Change> changes = {};

  friend bool operator==(const StatedMix&, const StatedMix&) = default;
};

struct Statement {
  std::string engine = {};         // "tracehound 0.1.0"
  std::string chain = {};          // "bitcoin:main"
  std::uint32_t first_header = 0;  // height of headers.bin's first
  std::uint32_t tip = 0;           // of its last
  Hash256 tip_hash = {};
  Asked asked = {};
  std::vector<std::string> labels = {};
  std::vector<StatedSeed> seeds = {};         // as the walk takes them
  std::vector<trace::Service> services = {};  // that the trace could reach, by name and category
  std::vector<StatedStop> stops = {};         // by address
  std::vector<StatedMix> mixes = {};          // touched, in chain order
};

// The `tag_type` of what a list of addresses says, which is no pack.
inline constexpr std::string_view kListed = "list";

// A tag that a stop rests on, as its pack has it.
struct UsedTag {
  std::string address = {};
  std::string label = {}, actor = {}, category = {}, abuse = {};
  std::vector<std::string> concepts = {};
  std::string confidence = {};
  std::uint32_t level = 0;
  bool is_cluster_definer = false;
  std::string currency = {}, network = {}, source = {}, lastmod = {}, tag_type = {};
  std::string service =
      {};  // the actor's id where the actor named is an alias; else actor or label
  std::string pack = {}, title = {}, creator = {};
  std::string sha256 = {};  // of the pack's file
  std::uint32_t line = 0;

  friend bool operator==(const UsedTag&, const UsedTag&) = default;
};

std::string write_statement(const Statement& statement);
std::string write_tags(const std::vector<UsedTag>& tags);
// Errors (bad_input), a clause: no JSON; a field that is missing, or not of its form; more than the
// fields there are, or another order or layout than write_*() gives.
Result<Statement> parse_statement(std::string_view text);
Result<std::vector<UsedTag>> parse_tags(std::string_view text);

}  // namespace tracehound::evidence
