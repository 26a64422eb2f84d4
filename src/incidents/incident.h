// Incident files: YAML that says what was stolen, from whom, who says so, and what is not known.
//
//   name: simulated hot-wallet theft
//   chain: bitcoin:regtest
//   seeds:
//   - coin: TXID:VOUT            # the whole coin, or TXID:VOUT[a,b) for units a to b-1 of it
//     amount: '5000000000'       # optional: checked against the seed
//
// docs/incidents.md has every field. Here the file is read as it stands, field by field, with the
// line of each; whether what it says can be (a date, an address, a country) is check_incident()'s
// to say (incident_check.h), so that a trace is not held up by a misspelt country. A field that is
// not known is refused by both, since a misspelt one would be missed in silence.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "base/bytes.h"
#include "base/file.h"
#include "base/ids.h"
#include "base/result.h"
#include "base/u256.h"

namespace tracehound::incidents {

inline constexpr std::size_t kMaxIncidentBytes = 64 << 20;
// Of one list: seeds, published addresses, ...
inline constexpr std::size_t kMaxEntries = 250'000;
// Of a file, kept; the rest are counted.
inline constexpr std::size_t kMaxProblems = 1'000;

// What a field says, and at which line; line 0 where the file has no such field. `unknown` is a
// value: who wrote it looked and found nothing, which no field at all does not say.
struct Words {
  std::string text;
  std::uint32_t line = 0;

  bool given() const { return line != 0; }
  bool unknown() const { return text == "unknown"; }
  // Given, and not as unknown.
  bool known() const { return given() && !unknown(); }
};

// A list of the file; `unknown` where the file says that word instead.
template <typename Entry>
struct Listed {
  std::vector<Entry> entries;
  std::uint32_t line = 0;  // 0: the file has no such field
  bool unknown = false;

  bool given() const { return line != 0; }
};

struct IncidentSeed {
  std::string coin;  // as trace::parse_seed or trace::accounts::resolve_seed reads it; or "", and
  Words address;     // what it received is meant (beside a coin: the one that the coin pays), or
  Words sent_by;     // what that account sent; of account chains
  std::optional<U256> amount;  // what the file says was stolen of it
  std::uint32_t line = 0;
  Words asset;   // of an address: of it alone, by its contract or symbol; of account chains
  Words chain;   // else the incident's
  Words victim;  // one of the incident's victims; a label of its own in a trace
  Words since;   // of an address: what moved from then on, a date or a height
  Words until;   // and up to then, that day or block included
  std::vector<Words> sources;

  // The address it is about, where it names no coin.
  const Words& account() const { return sent_by.given() ? sent_by : address; }
};

struct Victim {
  std::uint32_t line = 0;
  Words name, kind, country, amount, notes;
};

// A loss as somebody claims it. Several stand side by side, each with its source.
struct Loss {
  std::uint32_t line = 0;
  Words amount, currency, measure, precision, notes;
  std::vector<Words> sources;
};

// Who says who did it. Tracehound itself says nothing of it and names no person.
struct Attribution {
  std::uint32_t line = 0;
  Words to, by, date, quote, claim;
  std::vector<Words> sources;
};

struct Source {
  std::uint32_t line = 0;
  Words id, title, by, date, part, url;
};

// An address or a transaction that a source lists, seed or not, right or wrong.
struct Published {
  std::uint32_t line = 0;
  Words address, transaction, chain, role, check;
  std::vector<Words> sources;
};

struct Incident {
  std::string name;
  std::string chain;  // "" when the file does not say
  std::uint32_t chain_line = 0;
  std::vector<IncidentSeed> seeds;
  std::uint32_t seeds_line = 0;
  bool seeds_unknown = false;
  Words kind, date, height, amount, notes;
  Listed<Victim> victims;
  Listed<Loss> losses;
  Listed<Attribution> attributions;
  Listed<Published> published;
  Listed<Source> sources;
};

// What is wrong with a file, or (`remark`) what it leaves unsaid.
struct Problem {
  std::uint32_t line = 0;
  std::string text;
  bool remark = false;
};
struct Problems {
  std::vector<Problem> kept;  // the first kMaxProblems
  std::uint64_t count = 0;    // of them and those not kept, without remarks
  std::uint64_t remarks = 0;

  void add(std::uint32_t line, std::string text);
  void remark(std::uint32_t line, std::string text);
};

// For tracing. `file` stands for the input in messages. Errors (bad_input), with file and line: no
// YAML, no map, no name, no seeds or unknown ones, a seed of nothing or of two things, an amount
// that is no whole number, an empty or null text, a field twice, a field that is not known. Whether
// two seeds overlap is trace::check_seeds's to say.
Result<Incident> parse_incident(ByteView bytes, const std::string& file);

// For people and for check_incident(): goes on after what parse_incident() refuses, which becomes a
// problem at its line, and takes files without seeds. Errors: what is no YAML, or too large.
struct ReadIncident {
  Incident incident;
  Problems problems;
};
Result<ReadIncident> read_incident(ByteView bytes, const std::string& file);
// The file itself; of one that is too large nothing is read.
Result<Bytes> read_incident_bytes(FileSystem& files, const std::string& path);

}  // namespace tracehound::incidents
