// The report's fixed wording: what each kind of destination and each method means. Plain words for
// a reader who has never seen a transaction; nothing here says more than the trace knows.
#include <fmt/format.h>

#include <algorithm>

#include "base/check.h"
#include "incidents/report_text.h"

namespace tracehound::incidents {

using trace::DestinationKind;
using trace::MethodKind;

namespace {

struct KindWords {
  DestinationKind kind;
  std::string_view title;
  std::string_view css;
  std::string_view meaning;
};

constexpr std::array<KindWords, trace::kDestinationKinds> kKinds = {{
    {DestinationKind::held, "Still held", "held",
     "Lies unspent at the tip of the chain: it has not moved on and can still be frozen."},
    {DestinationKind::service, "At services", "service",
     "Arrived at an address that a tag says belongs to a service, or in the cluster of one. "
     "Tracing "
     "stops there, because a service mixes its customers' coins."},
    {DestinationKind::mixed, "Mixed", "mixed",
     "Went into a transaction recognised as a mix, and tracing stops there."},
    {DestinationKind::crossed, "Crossed", "crossed", "Left this chain for another one."},
    {DestinationKind::burned, "Burned", "burned",
     "Lies where no key can spend it, or was left unclaimed by a miner."},
    {DestinationKind::fees, "Fees", "fees", "Was paid to miners for including the transactions."},
    {DestinationKind::cut, "Not followed", "cut",
     "Was left where a limit of this trace stops it; it may have moved on."},
    {DestinationKind::mined, "Mined", "mined", "Was made by a miner as the reward for a block."},
}};

const KindWords& words_of(DestinationKind kind) {
  for (const KindWords& words : kKinds) {
    if (words.kind == kind) return words;
  }
  check_failed("a kind of destination without words", __FILE__, __LINE__);
}

}  // namespace

std::string_view kind_title(DestinationKind kind) { return words_of(kind).title; }
std::string_view kind_class(DestinationKind kind) { return words_of(kind).css; }
std::string_view kind_meaning(DestinationKind kind) { return words_of(kind).meaning; }

std::size_t page_rank(DestinationKind kind) {
  return static_cast<std::size_t>(std::find(kPageOrder.begin(), kPageOrder.end(), kind) -
                                  kPageOrder.begin());
}

MethodWords method_words(MethodKind method) {
  switch (method) {
    case MethodKind::fifo:
      return {"first in, first out (FIFO)",
              "The units of a transaction\xE2\x80\x99s inputs are laid end to end in input order, "
              "and its outputs take from the front in output order. What is left at the end is the "
              "fee."};
    case MethodKind::haircut:
      return {"haircut (pro rata)",
              "Each output of a transaction takes the same share of stolen units as all its inputs "
              "together hold. Shares are made whole by largest remainder, so that no unit is lost "
              "or invented."};
    case MethodKind::poison:
      return {"poison",
              "Every output of a transaction that spends a single stolen unit counts as reached, "
              "whole. It shows how far a theft could have spread, never how much arrived."};
    case MethodKind::lifo:
      return {"last in, first out (LIFO)",
              "The units of a transaction\xE2\x80\x99s inputs are laid end to end in input order, "
              "and its outputs take from the far end in output order. What is left at the front is "
              "the fee."};
    case MethodKind::tiho:
      return {"taint in, highest out (TIHO)",
              "Stolen units go into a transaction\xE2\x80\x99s largest output first, then the next "
              "largest, each filled before the next. The fee takes what no output has room for."};
    case MethodKind::tilo:
      return {
          "taint in, lowest out (TILO)",
          "Stolen units go into a transaction\xE2\x80\x99s smallest output first, then the next "
          "smallest, each filled before the next. The fee takes what no output has room for."};
    case MethodKind::seniority:
      return {
          "seniority",
          "Stolen units go into a transaction\xE2\x80\x99s first output first, then the second, "
          "each filled before the next. The fee takes what no output has room for."};
    case MethodKind::taint_first:
      return {"taint first",
              "What is taken of a balance is stolen units as long as there are any: the most that "
              "can have gone."};
    case MethodKind::clean_first:
      return {"clean first",
              "What is taken of a balance is clean units as long as there are any: the least that "
              "must have gone."};
  }
  check_failed("a method without words", __FILE__, __LINE__);
}

std::string label_name(const ReportData& data, Label label) {
  std::size_t place = label.number();
  if (place >= 1 && place <= data.label_names.size() && !data.label_names[place - 1].empty()) {
    return data.label_names[place - 1];
  }
  return fmt::format("label {}", place);
}

}  // namespace tracehound::incidents
