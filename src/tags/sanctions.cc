// Three authorities, four shapes of one thing: a list of entries, each with names, a reference and
// remarks.
//
//   UK    <Designations> <Designation> <UniqueID> <Names><Name><Name6>.. <NameType>Primary Name
//   UK, until 2026 (OFSI)  <ArrayOfFinancialSanctionsTarget> <FinancialSanctionsTarget> <GroupID>
//   EU    <export> <sanctionEntity euReferenceNumber="EU.1.2"> <nameAlias wholeName="..">
//   UN    <CONSOLIDATED_LIST> <INDIVIDUAL> or <ENTITY> <REFERENCE_NUMBER> <FIRST_NAME> ..
//
// Names and references are read where they stand; addresses are looked for in every text and
// attribute of the entry, since no list promises a place for them and each has moved its remarks.
#include "tags/sanctions.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <set>
#include <vector>

#include "base/json.h"
#include "tags/lists.h"
#include "tags/xml_reader.h"

namespace tracehound::tags {

namespace {

using Names = std::array<std::string_view, 6>;  // elements, in the order in which people write them

struct ListKind {
  std::string_view root;
  std::array<std::string_view, 2> entries;
  std::string_view reference;       // an element of the entry, or
  std::string_view reference_mark;  // an attribute of it
  Names names;
  std::string_view name_block;  // an element around each name; "" where the entry has one name
  std::string_view primary;     // what the block's NameType is for the name to take
  std::string_view whole_name;  // the attribute of name_block that has it all, instead
  std::string_view date;        // an element, or an attribute of the root
  std::string_view title;
  std::string_view creator;
  std::string_view source;
};

constexpr std::array<ListKind, 4> kKinds = {{
    {.root = "Designations",
     .entries = {"Designation", ""},
     .reference = "UniqueID",
     .reference_mark = "",
     .names = {"Name1", "Name2", "Name3", "Name4", "Name5", "Name6"},
     .name_block = "Name",
     .primary = "Primary Name",
     .whole_name = "",
     .date = "DateGenerated",
     .title = "UK Sanctions List",
     .creator = "UK Foreign, Commonwealth and Development Office",
     .source = "https://www.gov.uk/government/publications/the-uk-sanctions-list"},
    {.root = "ArrayOfFinancialSanctionsTarget",
     .entries = {"FinancialSanctionsTarget", ""},
     .reference = "GroupID",
     .reference_mark = "",
     .names = {"name1", "name2", "name3", "name4", "name5", "Name6"},
     .name_block = "",
     .primary = "",
     .whole_name = "",
     .date = "",
     .title = "UK OFSI Consolidated List",
     .creator = "HM Treasury, Office of Financial Sanctions Implementation",
     .source = "https://www.gov.uk/government/publications/"
               "financial-sanctions-consolidated-list-of-targets"},
    {.root = "export",
     .entries = {"sanctionEntity", ""},
     .reference = "",
     .reference_mark = "euReferenceNumber",
     .names = {},
     .name_block = "nameAlias",
     .primary = "",
     .whole_name = "wholeName",
     .date = "generationDate",
     .title = "EU Consolidated Financial Sanctions List",
     .creator = "European Commission",
     .source =
         "https://data.europa.eu/data/datasets/"
         "consolidated-list-of-persons-groups-and-entities-subject-to-eu-financial-sanctions"},
    {.root = "CONSOLIDATED_LIST",
     .entries = {"INDIVIDUAL", "ENTITY"},
     .reference = "REFERENCE_NUMBER",
     .reference_mark = "",
     .names = {"FIRST_NAME", "SECOND_NAME", "THIRD_NAME", "FOURTH_NAME", "", ""},
     .name_block = "",
     .primary = "",
     .whole_name = "",
     .date = "dateGenerated",
     .title = "UN Security Council Consolidated List",
     .creator = "United Nations Security Council",
     .source = "https://main.un.org/securitycouncil/en/content/un-sc-consolidated-list"},
}};

const ListKind* kind_of(std::string_view root) {
  auto found = std::ranges::find(kKinds, root, &ListKind::root);
  return found == kKinds.end() ? nullptr : &*found;
}

bool are_digits(std::string_view text) {
  return !text.empty() && std::ranges::all_of(text, [](char c) { return c >= '0' && c <= '9'; });
}

// "2024-10-15" of that with a time behind it, or of "15/10/2024"; else "".
std::string day_of(std::string_view text) {
  if (text.size() < 10) return "";
  text = text.substr(0, 10);
  auto part = [&](std::size_t at, std::size_t size) { return text.substr(at, size); };
  if (text[4] == '-' && text[7] == '-') {
    bool fits = are_digits(part(0, 4)) && are_digits(part(5, 2)) && are_digits(part(8, 2));
    return fits ? std::string(text) : "";
  }
  if (text[2] != '/' || text[5] != '/') return "";
  if (!are_digits(part(0, 2)) || !are_digits(part(3, 2)) || !are_digits(part(6, 4))) return "";
  return fmt::format("{}-{}-{}", part(6, 4), part(3, 2), part(0, 2));
}

class SanctionsList final : public XmlVisitor {
 public:
  explicit SanctionsList(const AddressTest& test) : test_(test) {}

  void open(const XmlElement& element) override {
    if (!begun_) {
      begun_ = true;
      kind_ = kind_of(element.name);
      if (kind_ && !kind_->date.empty()) day_ = day_of(element.attribute(kind_->date));
    }
    if (!kind_) return;
    if (!in_entry_ && is_entry(element.name)) {
      in_entry_ = true;
      entry_ = element.name;
      reference_ = element.attribute(kind_->reference_mark);
      name_.clear();
      forget_parts();
      addresses_.clear();
    }
    if (!in_entry_) return;
    if (element.name == kind_->name_block && !kind_->whole_name.empty() && name_.empty()) {
      name_ = element.attribute(kind_->whole_name);
    }
    for (const auto& [name, value] : element.attributes) look_for_addresses(value, element.line);
  }

  void close(std::string_view name, std::string_view text, std::uint32_t line) override {
    if (!kind_) return;
    if (!in_entry_) {
      if (day_.empty() && name == kind_->date) day_ = day_of(text);
      return;
    }
    look_for_addresses(text, line);
    if (name == kind_->reference && reference_.empty()) reference_ = text;
    auto part = std::ranges::find(kind_->names, name);
    if (part != kind_->names.end() && !name.empty()) {
      parts_[static_cast<std::size_t>(part - kind_->names.begin())] = text;
    }
    if (name == "NameType") primary_ = text == kind_->primary;
    if (name == kind_->name_block) take_name();
    if (name == entry_) end_entry();
  }

  const ListKind* kind() const { return kind_; }
  bool has_entries() const { return entries_ > 0; }
  const std::string& day() const { return day_; }
  PackBuilder& builder() { return builder_; }

 private:
  struct Listed {
    std::string address;
    ChainCodes codes;
    std::uint32_t line;
  };

  bool is_entry(std::string_view name) const {
    return std::ranges::find(kind_->entries, name) != kind_->entries.end();
  }

  void forget_parts() {
    parts_.fill("");
    primary_ = false;
  }

  // The first name, until one says that it is the primary one.
  void take_name() {
    std::string name;
    for (const std::string& part : parts_) {
      if (!part.empty()) name += (name.empty() ? "" : " ") + part;
    }
    if (!name.empty() && (name_.empty() || (primary_ && !has_primary_))) name_ = std::move(name);
    has_primary_ |= primary_;
    forget_parts();
  }

  void look_for_addresses(std::string_view text, std::uint32_t line) {
    for_each_address_word(text, test_, [&](std::string_view word, const ChainCodes& codes) {
      if (std::ranges::find(addresses_, word, &Listed::address) != addresses_.end()) return;
      addresses_.push_back({std::string(word), codes, line});
    });
  }

  void end_entry() {
    if (kind_->name_block.empty()) take_name();
    ++entries_;
    in_entry_ = false;
    has_primary_ = false;
    for (const Listed& listed : addresses_) {
      own_.clear();
      own_.set(Field::address, listed.address);
      own_.set(Field::currency, listed.codes.currency);
      own_.set(Field::network, listed.codes.network);
      own_.set(Field::label,
               fmt::format("{}: {}", kind_->title, name_.empty() ? "entry " + reference_ : name_));
      own_.set(Field::context, fmt::format("{{\"entry\":{}}}", json_quote(reference_)));
      builder_.add_tag(own_, listed.line);
    }
  }

  const AddressTest& test_;
  PackBuilder builder_;
  bool begun_ = false;
  const ListKind* kind_ = nullptr;
  std::string day_;
  std::uint64_t entries_ = 0;
  // The entry being read.
  bool in_entry_ = false;
  std::string entry_;
  std::string reference_;
  std::string name_;
  bool has_primary_ = false;
  std::array<std::string, Names{}.size()> parts_;
  bool primary_ = false;
  std::vector<Listed> addresses_;
  Fields own_;
};

}  // namespace

bool is_sanctions_list(ByteView bytes) {
  constexpr std::size_t kBeginning = 4096;
  std::string_view text(reinterpret_cast<const char*>(bytes.data()),
                        std::min(bytes.size(), kBeginning));
  for (std::size_t at = text.find('<'); at < text.size(); at = text.find('<', at + 1)) {
    std::string_view name = text.substr(at + 1);
    if (name.starts_with('?') || name.starts_with('!')) continue;
    name = name.substr(0, name.find_first_of(" \t\r\n>/"));
    if (auto colon = name.find(':'); colon != name.npos) name.remove_prefix(colon + 1);
    return kind_of(name) != nullptr;
  }
  return false;
}

Result<TagPack> parse_sanctions(ByteView bytes, const std::string& name, const AddressTest& test,
                                const Fields& more, std::string recipe) {
  if (bytes.size() > kMaxXmlBytes) {
    return bad_input(
        fmt::format("{} has more than {} MB, the most a list may have; is it the right file?", name,
                    kMaxXmlBytes >> 20));
  }
  SanctionsList list(test);
  TRY(read_xml(bytes, name, list));
  if (!list.has_entries()) {
    return bad_input(fmt::format(
        "{} has no entry of the UK's, the EU's or the UN's sanctions list; is it the right file? "
        "Another text can be read with --format words",
        name));
  }
  list.builder().header().fill_from(more);
  Fields usual;
  usual.set(Field::title, list.kind()->title);
  usual.set(Field::creator, list.kind()->creator);
  usual.set(Field::abuse, "sanction");
  usual.set(Field::confidence, "authority_data");
  usual.set(Field::source, list.kind()->source);
  usual.set(Field::lastmod, list.day());
  return list.builder().finish(bytes, name, usual, std::move(recipe));
}

}  // namespace tracehound::tags
