// Traces as text for other programs: the same trace gives the same bytes.
#pragma once

#include <functional>
#include <span>
#include <string>
#include <vector>

#include "ledger/ledger.h"
#include "trace/change_note.h"
#include "trace/result.h"
#include "trace/trace.h"

namespace tracehound::trace {

// How an address is written on its chain; this folder knows no chain.
using AddressText = std::function<std::string(AddressId)>;

// What was asked besides seeds, methods, fees and --as-of, which a Trace knows itself: with these
// the question can be asked again.
struct Asked {
  std::vector<std::string> stop_at;  // categories of services
  std::vector<std::string> through;  // addresses, or cluster:ADDRESS
  std::string mix;                   // the rule's name, or "off"
  bool clusters = false;             // whether a service is known by its clusters
  Cuts cuts;
  // What tags say: how many services and addresses of those categories, and a number that is
  // another one as soon as any of them is.
  std::optional<std::int64_t> tags_at;  // those believed then, seconds since 1970; nothing: today
  std::uint64_t services = 0;
  std::uint64_t addresses = 0;
  std::uint64_t fingerprint = 0;
};

// Schema `tracehound.trace/1`. Sums of a method that does not conserve (poison) are null: it
// reports which coins it reaches, not how much. Each coin bears its notation (notation.h) and,
// where the method conserves, the running total of its victim: what of that victim's root total the
// document has accounted for up to and with this coin. A backward trace has neither. The question
// is left out where it is null. Where `change` is asked for, coins bear what it says of them.
std::string to_json(const Trace& trace, const ledger::Ledger& ledger, const AddressText& address,
                    const Asked* asked = nullptr, const ChangeOf& change = {});
// Schema `tracehound.traces/1`: the same for each of several methods, and the range of what each
// destination holds by them. REQUIRES: the traces come from one run().
std::string to_json(std::span<const Trace> traces, const ledger::Ledger& ledger,
                    const AddressText& address, const Asked* asked = nullptr,
                    const ChangeOf& change = {});

// One row per coin and label where taint rests, and one per label for fees, so that the column
// `amount` of a conserving method sums to the stolen total. RFC 4180, lines end in CR LF. Texts
// from outside that a spreadsheet would run as a formula get a leading apostrophe. Of several
// traces, one after the other with the method in front of each row.
// REQUIRES: at least one; all of them from one run().
std::string to_csv(std::span<const Trace> traces, const ledger::Ledger& ledger,
                   const AddressText& address, const ChangeOf& change = {});
inline std::string to_csv(const Trace& trace, const ledger::Ledger& ledger,
                          const AddressText& address) {
  return to_csv(std::span(&trace, 1), ledger, address);
}

}  // namespace tracehound::trace
