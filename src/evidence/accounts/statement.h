// What a bundle of an account ledger says in words and numbers: its bundle.json.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "base/u256.h"
#include "ledger/accounts/rows.h"
#include "trace/accounts/result.h"

namespace tracehound::evidence::accounts {

// What was asked, in the words of `tracehound trace`.
struct Asked {
  std::string label_by = {};              // incident or victim
  std::vector<std::string> methods = {};  // in their order
  std::string swaps = {};                 // net or off
  std::vector<std::string> stop_at = {};  // categories
  std::vector<std::string> through = {};  // accounts that were not to stop it
  U256 min_amount = {};
  std::optional<std::uint32_t> max_hops = {};
  std::optional<std::uint64_t> until = {};  // a block's number
  std::string as_of = {};                   // as it was given; "" for none

  friend bool operator==(const Asked&, const Asked&) = default;
};

// Units of what one transfer moves: the transaction's row-th, from 0.
struct StatedSeed {
  std::string transaction = {};
  std::uint32_t row = 0;
  U256 first = {};
  U256 end = {};
  std::uint32_t label = 1;  // labels[label - 1]
  trace::accounts::SeedSide side = trace::accounts::SeedSide::transfer;

  friend bool operator==(const StatedSeed&, const StatedSeed&) = default;
};

struct StatedAsset {
  ledger::accounts::Asset asset = {};
  bool contract_is_an_account = false;  // of the ledger: then it is a party to what it makes
};

struct StatedPrice {
  std::uint32_t asset = 0;  // index into `assets`
  std::uint32_t time = 0;
  U256 usd = {};  // of one whole unit, with trace::accounts::kPriceDecimals decimals
};

// Whose an account is.
struct StatedStop {
  std::string account = {};
  trace::DestinationKind kind = trace::DestinationKind::service;  // or crossed, burned
  std::optional<std::uint32_t> service = {};  // index into `services`; none for burned
  std::vector<std::uint32_t> tags = {};       // indexes into tags.json

  friend bool operator==(const StatedStop&, const StatedStop&) = default;
};

// Parties to a swap of whom one acted, nobody says who: the first, who had been seen least.
struct StatedSeen {
  struct Party {
    std::string account = {};
    std::uint64_t transfers = 0;  // that named it before, in the ledger
  };
  std::string transaction = {};
  std::vector<Party> parties = {};
};

struct Statement {
  std::string engine = {};  // "tracehound 0.1.0"
  std::string chain = {};   // "ethereum:1"
  bool native = false;      // assets[0] is what fees are paid in
  ledger::accounts::Block tip = {};
  Asked asked = {};
  std::vector<std::string> labels = {};
  std::vector<StatedSeed> seeds = {};
  std::vector<StatedAsset> assets = {};  // in the ledger's order
  std::vector<StatedPrice> prices = {};
  std::vector<trace::Service> services = {};
  std::vector<StatedStop> stops = {};  // of every account of the bundle that is known; by account
  std::vector<StatedSeen> seen = {};   // in chain order
};

inline constexpr std::string_view kSchema = "tracehound.evidence-accounts/1";

// What no such bundle can prove, a sentence each. They stand in it, too.
std::vector<std::string> not_proven(const Statement& statement);

std::string write_statement(const Statement& statement);
// Errors (bad_input), a clause: as evidence::parse_statement().
Result<Statement> parse_statement(std::string_view text);

// "0x..." with 64 digits, as a block's hash is written.
std::string hash_text(const Hash256& hash);
std::optional<Hash256> hash_from(std::string_view text);

}  // namespace tracehound::evidence::accounts
