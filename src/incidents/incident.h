// Incident files: YAML that says what was stolen.
//
//   name: simulated hot-wallet theft
//   chain: bitcoin:regtest
//   seeds:
//   - coin: TXID:VOUT            # the whole coin, or TXID:VOUT[a,b) for units a to b-1 of it
//     amount: '5000000000'       # optional: checked against the seed
//
// Beside these may stand, for the reader of the file and not looked into: kind, date, height,
// amount, sources, victims; in a seed: address, victim. Any other field is refused, since a
// misspelt one would be missed in silence.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "base/bytes.h"
#include "base/ids.h"
#include "base/result.h"

namespace tracehound::incidents {

inline constexpr std::size_t kMaxIncidentBytes = 64 << 20;

struct IncidentSeed {
  std::string coin;              // as trace::parse_seed reads it
  std::optional<Amount> amount;  // what the file says was stolen of it
  std::uint32_t line = 0;
};

struct Incident {
  std::string name;
  std::string chain;  // "" when the file does not say
  std::vector<IncidentSeed> seeds;
};

// `file` stands for the input in messages. Errors (bad_input), with file and line: no YAML, no map,
// no name, no seeds, a seed without a coin, an amount that is no whole number, an empty or null
// text, a field twice, a field that is not known. Whether two seeds overlap is
// trace::check_seeds's to say.
Result<Incident> parse_incident(ByteView bytes, const std::string& file);

}  // namespace tracehound::incidents
