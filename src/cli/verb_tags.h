// What the commands of `tags` share. verb_tags.cc has the group, show and list; verb_tags_import.cc
// import and remove; verb_tags_check.cc check and diff.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "cli/verb.h"
#include "tags/address_test.h"
#include "tags/source.h"

namespace tracehound::cli {

void add_tags_import(CLI::App& group, Context& context);
void add_tags_remove(CLI::App& group, Context& context);
void add_tags_check(CLI::App& group, Context& context);
void add_tags_diff(CLI::App& group, Context& context);

// --format, --map, --set: how files are to be read.
struct SourceWords {
  std::string format;
  std::vector<std::string> columns;
  std::vector<std::string> more;
};
void add_source_options(CLI::App& command, SourceWords& words);
// Errors: usage.
Result<tags::SourceOptions> source_options(const SourceWords& words);

// The chain of the ledger beside which the tags are, of coins or of accounts. Errors: no ledger.
Result<std::string> chain_under_tags(Context& context);

// Addresses as the chains of this program have them.
tags::AddressTest address_test();
// A file, or standard input for "-". Errors: bad_input.
Result<tags::TagPack> read_pack(Context& context, const std::string& file,
                                const tags::SourceOptions& options);
// "2026-11-23", to its end, or "2026-11-23T02:30:00Z", in seconds since 1970; nothing for "".
// Errors: usage.
Result<std::optional<std::int64_t>> moment_of(const std::string& text);
// "12 tags", "3813 actors", "12 tags, 3 actors".
std::string size_of_pack(std::uint64_t tags, std::uint64_t actors);

}  // namespace tracehound::cli
