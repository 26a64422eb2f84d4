// The manifest of a clustering as text, and back.
#include <fmt/format.h>

#include <algorithm>
#include <charconv>

#include "clusters/store.h"

namespace tracehound::clusters {

namespace {

constexpr std::string_view kFirstLine = "tracehound clusters\n";

std::string body_text(const Facts& facts) {
  std::string text = fmt::format("{}format {}\nname {}\nchain {}\nrules {}\nleft_out {}\n",
                                 kFirstLine, kClustersFormat, facts.name, facts.chain,
                                 fmt::join(facts.rules.rules, ","), facts.rules.left_out);
  text += fmt::format(
      "blocks {}\ntransactions {}\naddresses {}\nedges {}\nclusters {}\nmembers {}\nlargest {}\n"
      "refused {}\n",
      facts.blocks, facts.transactions, facts.addresses, facts.edges, facts.clusters, facts.members,
      facts.largest, facts.refused);
  for (const PartSpec& spec : kParts) {
    text += fmt::format("{} {:016x}\n", spec.file,
                        facts.checksums[static_cast<std::size_t>(spec.part)]);
  }
  for (const Facts::Mark& mark : facts.marks) {
    text += fmt::format("block.{} {}\n", mark.height, mark.hash.text());
  }
  return text;
}

template <typename Number>
void read_number(std::string_view text, Number& number, int base = 10) {
  std::from_chars(text.data(), text.data() + text.size(), number, base);
}

void read_rules(std::string_view text, RuleNames& rules) {
  rules.rules.clear();
  for (std::size_t at = 0; at <= text.size();) {
    std::size_t end = std::min(text.find(',', at), text.size());
    rules.rules.emplace_back(text.substr(at, end - at));
    at = end + 1;
  }
}

void read_line(std::string_view name, std::string_view value, Facts& facts) {
  const std::pair<std::string_view, std::uint64_t*> numbers[] = {
      {"blocks", &facts.blocks},       {"transactions", &facts.transactions},
      {"addresses", &facts.addresses}, {"edges", &facts.edges},
      {"clusters", &facts.clusters},   {"members", &facts.members},
      {"largest", &facts.largest},     {"refused", &facts.refused}};
  for (auto [known, number] : numbers) {
    if (name == known) read_number(value, *number);
  }
  for (const PartSpec& spec : kParts) {
    if (name != spec.file) continue;
    read_number(value, facts.checksums[static_cast<std::size_t>(spec.part)], 16);
  }
  if (name == "name") facts.name = value;
  if (name == "chain") facts.chain = value;
  if (name == "rules") read_rules(value, facts.rules);
  if (name == "left_out") facts.rules.left_out = value;
  if (name.starts_with("block.")) {
    Facts::Mark mark;
    read_number(name.substr(6), mark.height);
    if (auto hash = Hash256::from_text(value)) mark.hash = *hash;
    facts.marks.push_back(mark);
  }
}

// Whether there can be such numbers: whoever makes a manifest can make its checksum too.
bool can_be(const Facts& facts) {
  return !facts.rules.rules.empty() && facts.rules.rules.size() < 256 &&
         facts.blocks <= facts.transactions && facts.transactions < ledger::kNoTx &&
         facts.addresses < ledger::kNoTx && facts.members <= facts.addresses &&
         facts.clusters <= facts.members && facts.edges == facts.members - facts.clusters &&
         facts.largest <= facts.members && facts.refused <= facts.transactions &&
         facts.marks.empty() == (facts.blocks == 0);
}

}  // namespace

std::string facts_text(const Facts& facts) {
  std::string body = body_text(facts);
  return body + fmt::format("manifest {:016x}\n", xxh3(as_bytes(body)));
}

std::string facts_path(const std::string& folder) { return folder + ".manifest"; }

// Reads what it can: text that is not to the letter what its contents would be written as is none.
Result<std::optional<Facts>> read_facts(FileSystem& files, const std::string& folder) {
  std::string path = facts_path(folder);
  if (!files.exists(path)) return std::nullopt;
  TRY_ASSIGN(Bytes bytes, read_file(files, path));
  std::string_view text(reinterpret_cast<const char*>(bytes.data()), bytes.size());
  // They stand in the manifest.
  std::string_view rules =
      folder.ends_with(std::string("/") + kDefaultName) ? "" : " with its --rules";
  std::uint32_t format = 0;
  constexpr std::string_view kFormat = "format ";
  if (text.starts_with(kFirstLine) && text.substr(kFirstLine.size()).starts_with(kFormat)) {
    read_number(text.substr(kFirstLine.size() + kFormat.size()), format);
  }
  if (format > kClustersFormat) {
    return machine_error(fmt::format(
        "{} is of clusters format {}, this program reads format {}; use the version of tracehound "
        "that wrote it, or remove that file and run `{}`{}",
        path, format, kClustersFormat, rebuild_command(folder), rules));
  }
  Facts facts;
  for (std::string_view rest = text; !rest.empty();) {
    std::string_view line = rest.substr(0, rest.find('\n'));
    rest.remove_prefix(std::min(line.size() + 1, rest.size()));
    std::size_t blank = std::min(line.find(' '), line.size());
    std::string_view name = line.substr(0, blank);
    line.remove_prefix(std::min(blank + 1, line.size()));
    read_line(name, line, facts);
  }
  if (facts_text(facts) != text || !can_be(facts)) {
    return machine_error(
        fmt::format("{} is damaged or is no clustering's manifest; run `{}`{} to make it anew",
                    path, rebuild_command(folder), rules));
  }
  return facts;
}

}  // namespace tracehound::clusters
