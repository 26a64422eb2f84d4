// The store's tables, and rows of them as values. For store*.cc alone.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "tags/sqlite.h"
#include "tags/store.h"

namespace tracehound::tags {

// Fills a bare database.
Status make_tables(Database& database);
// False for a database without tables. Errors: somebody else's, or another format.
Result<bool> has_our_tables(Database& database);

// Texts that hold no '\n', each with one behind it, and back.
std::string joined_lines(const std::vector<std::string>& lines);
void split_lines(std::string_view text, std::vector<std::string>& lines);

inline constexpr std::string_view kAttributionColumns =
    "a.label, a.actor, a.category, a.abuse, a.concepts, a.confidence, a.is_cluster_definer, "
    "a.currency, a.network, a.source, a.lastmod, a.tag_type, a.context";
inline constexpr int kAttributionColumnCount = 13;
inline constexpr std::string_view kPackColumns =
    "p.id, p.file, p.title, p.creator, p.description, p.sha256, p.recipe";
inline constexpr int kPackColumnCount = 7;
inline constexpr std::string_view kActorColumns =
    "c.id, c.label, c.uri, c.categories, c.jurisdictions, c.aliases, c.context, c.line";

// From column `first` on. They assign to what is there, so that a loop need not allocate.
void read_attribution(const Statement& row, int first, Attribution& a);
void read_pack_info(const Statement& row, int first, PackInfo& info);
void read_actor(const Statement& row, int first, Actor& actor);

}  // namespace tracehound::tags
