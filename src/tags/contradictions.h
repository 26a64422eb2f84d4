// Addresses that tags give to different actors. Both tags are kept, and whoever asks is told; which
// of them a trace goes by is the more confident one (services.h).
#pragma once

#include <span>
#include <string>
#include <vector>

#include "base/result.h"
#include "tags/store.h"
#include "tags/tag.h"

namespace tracehound::tags {

// One side: the most confident tag that gives the address to this actor.
struct Claim {
  std::string actor;
  Confidence confidence = kUnknownConfidence;
  std::string file;
  std::uint32_t line = 0;
  Hash256 pack;
};

struct Contradiction {
  std::string subject;
  std::string currency;
  std::string network;
  std::vector<Claim> claims;  // two or more, by falling confidence, then actor
};

// By subject, then network and currency. Tags count that name an actor as holder (names_holder);
// ids that an imported actor pack calls aliases of one actor are one. Errors: the store's.
Result<std::vector<Contradiction>> contradictions(TagStore& store);

// The same among the tags of one subject.
Result<std::vector<Contradiction>> contradictions_in(TagStore& store, std::span<const Tag> tags);

// "ADDRESS (BTC BTC) is said to be binance's (service_data, a.yaml:7) and kraken's (heuristic,
// b.yaml:9)".
std::string text_of(const Contradiction& contradiction);

}  // namespace tracehound::tags
