// What a tag is: somebody's statement, in a TagPack or a list, that an address belongs to an actor
// or has a history; and what an actor is. The words are GraphSense's.
#pragma once

#include <array>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/hash.h"

namespace tracehound::tags {

// How a tag was come by, and how far it is believed.
struct Confidence {
  std::string_view id;
  int level;  // 0 to 100
};

// By falling level. Source: confidence.csv of the GraphSense TagPack tool (October 2023), and
// ledger_immanent, forensic_investigation from its later packs.
inline constexpr std::array<Confidence, 14> kConfidences = {{
    {"override", 100},
    {"ownership", 100},
    {"ledger_immanent", 100},
    {"manual_transaction", 90},
    {"service_api", 70},
    {"forensic_investigation", 70},
    {"authority_data", 60},
    {"trusted_provider", 50},
    {"service_data", 50},
    {"forensic", 50},
    {"untrusted_transaction", 40},
    {"web_crawl", 20},
    {"heuristic", 10},
    {"unknown", 5},
}};
inline constexpr Confidence kUnknownConfidence = kConfidences.back();
std::optional<Confidence> confidence_named(std::string_view id);

// Everything a tag says but for whom: shared by many addresses of a pack. Texts are as the pack has
// them, without blanks around them and with control characters made blanks; "" is not given.
struct Attribution {
  std::string label;     // never ""
  std::string actor;     // id in an actor pack
  std::string category;  // "exchange", ...
  std::string abuse;     // "ransomware", "sanction", ...
  std::vector<std::string> concepts;
  Confidence confidence = kUnknownConfidence;
  bool is_cluster_definer = false;  // holds for the whole cluster of the address
  std::string currency;             // never ""
  std::string network;              // never "": the currency where the pack names none
  std::string source;
  std::string lastmod;  // a date, as the pack writes it
  std::string tag_type;
  std::string context;  // JSON, as the pack writes it

  friend bool operator==(const Attribution&, const Attribution&);
};

// Somebody whom tags name: an exchange, a market, a mixer.
struct Actor {
  std::string id;  // never ""
  std::string label;
  std::string uri;
  std::vector<std::string> categories;
  std::vector<std::string> jurisdictions;  // countries, as ISO 3166 writes them
  std::vector<std::string> aliases;        // other ids of the same actor
  std::string context;                     // JSON
  std::uint32_t line = 0;                  // where it stands in its pack, from 1

  friend bool operator==(const Actor&, const Actor&) = default;
};

// What the importer is told of a file, where the file does not say it itself, stands in `recipe`:
// the same bytes read in another way are another pack.
struct PackInfo {
  std::string file;  // its name without folders
  std::string title;
  std::string creator;
  std::string description;
  Hash256 sha256;  // of the file; bytes in the order hash tools print them
  std::string recipe;
};

// SHA-256 as sha256sum prints it.
std::string sha256_text(const Hash256& sha256);

enum class SubjectKind : std::uint8_t { address = 0, transaction = 1 };

// One tag, whole.
struct Tag {
  SubjectKind kind = SubjectKind::address;
  std::string subject;     // the address (see normal_subject) or the transaction hash
  std::uint32_t line = 0;  // where it stands in its pack, from 1
  Attribution attribution;
  PackInfo pack;
};

}  // namespace tracehound::tags
