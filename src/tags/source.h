// One door for every kind of file that tags come in.
#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <string_view>

#include "base/bytes.h"
#include "base/file.h"
#include "base/result.h"
#include "tags/address_test.h"
#include "tags/pack.h"

namespace tracehound::tags {

// `by_name`: .xml is sanctions where it begins as one of those lists, else ofac; .csv and .tsv are
// csv, .txt is list, all else is yaml.
enum class SourceFormat : std::uint8_t { by_name, yaml, ofac, sanctions, list, csv, words };
std::optional<SourceFormat> source_format_named(std::string_view name);

struct SourceOptions {
  SourceFormat format = SourceFormat::by_name;
  Fields more;                                 // hold where the file leaves them open
  std::map<std::string, std::string> columns;  // of csv: heading to field
  std::string name;                            // instead of the file's own, in the store
};

// `name` stands for the file in messages. Errors: bad_input.
Result<TagPack> parse_source(ByteView bytes, const std::string& name, const SourceOptions& options,
                             const AddressTest& test);
// The same for a file; one that cannot be opened is bad input too.
Result<TagPack> read_source(FileSystem& files, const std::string& path,
                            const SourceOptions& options, const AddressTest& test);

}  // namespace tracehound::tags
