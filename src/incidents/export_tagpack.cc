// A TagPack of traced addresses, for GraphSense and for `tracehound tags`. A tag has no category:
// it must not make a stop, or a hot wallet, out of an address that stolen coins passed through.
#include <fmt/format.h>

#include "base/json.h"
#include "base/text.h"
#include "incidents/report_text.h"
#include "incidents/traced.h"
#include "tags/codes.h"

namespace tracehound::incidents {

namespace {

constexpr std::size_t kLongest = 2'000;  // bytes of a text from outside

// A text from outside as a YAML scalar: JSON's strings are YAML's too.
std::string scalar(std::string_view text) {
  std::string safe = clean(text);
  if (safe.size() > kLongest) safe = clean(safe.substr(0, kLongest));
  return json_quote(safe);
}

}  // namespace

std::string to_tagpack(const TracedCase& what) {
  tags::ChainCodes codes = tags::codes_of(tags::ledger_chain(what.chain));
  // An account ledger of a chain that packs have no code for is named as it names itself.
  if (codes.network.empty()) codes = {what.symbol, what.chain};
  std::string pack = fmt::format(
      "title: {}\ncreator: {}\ndescription: {}\ncurrency: {}\nnetwork: {}\nconfidence: "
      "heuristic\nis_cluster_definer: false\nsource: {}\nlastmod: {}\ntags:{}\n",
      scalar("Addresses traced from " + what.title), scalar(what.tool_version),
      scalar(fmt::format("What stolen coins passed through or rest at, by {}, up to {}. A trace "
                         "follows coins; it does not say who holds an address.",
                         what.method, what.tip)),
      json_quote(codes.currency), json_quote(codes.network),
      scalar(fmt::format("{}, {}, {}, {}", what.tool_version, what.chain, what.tip, what.method)),
      utc_text(what.time).substr(0, 10), what.addresses.empty() ? " []" : "");
  for (const TracedAddress& address : what.addresses) {
    pack += fmt::format("- address: {}\n  label: {}\n  context: {}\n", scalar(address.address),
                        scalar("traced from " + what.title),
                        json_quote(fmt::format("{{\"trace\": {}}}",
                                               json_quote(clean(traced_words(what, address))))));
  }
  return pack;
}

}  // namespace tracehound::incidents
