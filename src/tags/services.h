// Which tagged addresses belong to a service: somebody who keeps coins for others, so that what
// goes in does not come out and a trace has to stop.
#pragma once

#include <array>
#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "tags/store.h"
#include "tags/tag.h"

namespace tracehound::tags {

// The categories at which a trace stops unless told otherwise.
inline constexpr std::array<std::string_view, 7> kStopCategories = {
    "exchange", "hosted_wallet",  "payment_processor", "gambling",
    "market",   "mixing_service", "defi_bridge"};

// One of kStopCategories for a spelling of packs ("wallet_service" is "hosted_wallet"), else "".
std::string_view stop_category(std::string_view spelling);

// Whether the tag says whose the address is. Left aside are tags that say something else: those
// with an `abuse` other than "sanction" (a thief's or a fraud's address, whatever it was stolen
// from or posed as) and those of another tag type than "actor" (a mere mention, an event). See
// docs/decisions/0021.
bool names_holder(const Attribution& attribution);

struct Service {
  std::string name;      // the tag's actor, else its label
  std::string category;  // one of kStopCategories
  Confidence confidence = kUnknownConfidence;
  std::string source;  // of the tag that names it
};

// The service that the tags of one address name, if any: of the tags whose category, or else first
// fitting concept, is among `categories`, the one of highest confidence; ties by label, then actor.
// Tags that name no holder are left aside.
std::optional<Service> service_of(std::span<const Tag> tags,
                                  std::span<const std::string_view> categories = kStopCategories);

struct ServiceAddress {
  std::string address;
  Service service;
};

// Every address of the chain ("bitcoin:main"; "ethereum:1" as ledger_chain() takes it) that belongs
// to a service, by address. Addresses are as normal_subject() writes them: Ethereum's in small
// letters, with whatever capitals they were tagged.
Result<std::vector<ServiceAddress>> service_addresses(
    TagStore& store, std::string_view chain,
    std::span<const std::string_view> categories = kStopCategories);

}  // namespace tracehound::tags
