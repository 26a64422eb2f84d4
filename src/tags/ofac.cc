#include "tags/ofac.h"

#include <fmt/format.h>

#include <map>
#include <vector>

#include "base/json.h"
#include "tags/xml_reader.h"

namespace tracehound::tags {

namespace {

constexpr std::string_view kAddressPrefix = "Digital Currency Address - ";

class SdnList final : public XmlVisitor {
 public:
  explicit SdnList(const AddressTest& test) : test_(test) {}

  void open(const XmlElement& element) override {
    if (element.name == "FeatureType") {
      type_id_ = element.attribute("ID");
    } else if (element.name == "DateOfIssue" && date_[0].empty()) {
      in_date_ = true;
    } else if (element.name == "DistinctParty") {
      party_ = element.attribute("FixedRef");
      name_.clear();
      addresses_.clear();
    } else if (element.name == "Alias") {
      in_primary_name_ = name_.empty() && element.attribute("Primary") == "true";
    } else if (element.name == "Feature") {
      auto type = currencies_.find(element.attribute("FeatureTypeID"));
      currency_ = type == currencies_.end() ? "" : type->second;
    } else if (element.name == "VersionDetail") {
      detail_line_ = element.line;
    }
  }

  void close(std::string_view name, std::string_view text, std::uint32_t) override {
    if (name == "FeatureType") {
      if (text.starts_with(kAddressPrefix)) {
        currencies_[type_id_] = text.substr(kAddressPrefix.size());
      }
    } else if (name == "NamePartValue") {
      if (in_primary_name_) name_ += (name_.empty() ? "" : " ") + std::string(text);
    } else if (name == "Alias") {
      in_primary_name_ = false;
    } else if (name == "VersionDetail") {
      if (!currency_.empty()) keep_address(text);
    } else if (name == "Feature") {
      currency_.clear();
    } else if (name == "DistinctParty") {
      add_tags();
    } else if (in_date_) {
      read_date(name, text);
    }
  }

  bool has_currencies() const { return !currencies_.empty(); }
  bool has_parties() const { return parties_ > 0; }
  PackBuilder& builder() { return builder_; }
  std::string date() const {
    return date_[0].empty() ? ""
                            : fmt::format("{:0>4}-{:0>2}-{:0>2}", date_[0], date_[1], date_[2]);
  }

 private:
  struct Listed {
    std::string currency;
    std::string address;
    std::uint32_t line;
  };

  void read_date(std::string_view name, std::string_view text) {
    if (name == "Year") date_[0] = text;
    if (name == "Month") date_[1] = text;
    if (name == "Day") date_[2] = text;
    if (name == "DateOfIssue") in_date_ = false;
  }

  void keep_address(std::string_view text) {
    std::string fault;
    std::string address = usable_text(Field::address, text, fault);
    if (fault.empty() && address.empty()) fault = "its VersionDetail is empty";
    if (fault.empty() && address.find(' ') != address.npos) {
      fault = fmt::format("{} is no address", quoted(address));
    }
    if (fault.empty()) {
      addresses_.push_back({currency_, std::move(address), detail_line_});
    } else {
      builder_.skip(detail_line_, fault);
    }
  }

  // The party's name may follow its features.
  void add_tags() {
    ++parties_;
    for (const Listed& listed : addresses_) {
      own_.clear();
      own_.set(Field::address, listed.address);
      own_.set(Field::currency, listed.currency);
      if (auto network = network_of_token(test_, listed.currency, listed.address);
          !network.empty()) {
        own_.set(Field::network, network);
      }
      own_.set(Field::label,
               fmt::format("OFAC SDN: {}", name_.empty() ? "party " + party_ : name_));
      own_.set(Field::context, fmt::format("{{\"party\":{}}}", json_quote(party_)));
      builder_.add_tag(own_, listed.line);
    }
  }

  const AddressTest& test_;
  PackBuilder builder_;
  std::map<std::string, std::string, std::less<>> currencies_;  // by feature type
  std::string type_id_;
  bool in_date_ = false;
  std::string date_[3];  // year, month, day
  std::uint64_t parties_ = 0;
  // The party being read.
  std::string party_;
  std::string name_;
  bool in_primary_name_ = false;
  std::string currency_;  // of the feature being read, if it is an address
  std::uint32_t detail_line_ = 0;
  std::vector<Listed> addresses_;
  Fields own_;
};

}  // namespace

Result<TagPack> parse_ofac(ByteView bytes, const std::string& name, const AddressTest& test,
                           const Fields& more, std::string recipe) {
  if (bytes.size() > kMaxXmlBytes) {
    return bad_input(
        fmt::format("{} has more than {} MB, the most a list may have; is it the right "
                    "file?",
                    name, kMaxXmlBytes >> 20));
  }
  SdnList list(test);
  TRY(read_xml(bytes, name, list));
  if (!list.has_currencies() || !list.has_parties()) {
    return bad_input(fmt::format(
        "{} has no {}; is it OFAC's sdn_advanced.xml? Another list can be read with --format words",
        name,
        list.has_currencies() ? std::string("DistinctParty")
                              : fmt::format("feature type \"{}...\"", kAddressPrefix)));
  }
  Fields& header = list.builder().header();
  header.fill_from(more);
  Fields usual;
  usual.set(Field::title, "OFAC Specially Designated Nationals");
  usual.set(Field::creator, "US Treasury, Office of Foreign Assets Control");
  usual.set(Field::abuse, "sanction");
  usual.set(Field::confidence, "authority_data");
  usual.set(Field::source, "https://sanctionslist.ofac.treas.gov");
  usual.set(Field::lastmod, list.date());
  return list.builder().finish(bytes, name, usual, std::move(recipe));
}

}  // namespace tracehound::tags
