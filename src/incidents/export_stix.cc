// STIX 2.1. The standard has no object for an address on a chain. OpenCTI's `cryptocurrency-wallet`
// with its one property `value` is what most programs read, so it is written as a new kind of
// observable, with the extension definition that the standard asks for. An observable's id is made
// of its value in the standard's own space of names: two programs that see one address agree on it.
#include <fmt/format.h>

#include "base/json.h"
#include "base/uuid.h"
#include "incidents/traced.h"
#include "trace/write_text.h"

namespace tracehound::incidents {

namespace {

constexpr std::string_view kObservables = "00abedb4-aa42-466c-9c01-fed23315a9b7";  // the standard's
constexpr std::string_view kSpace = "7d0a7c61-60c2-4a0e-8f5b-1f3e0a3f5b0d";        // of our own
// Of what does not change from one bundle to another.
constexpr std::string_view kSince = "2026-01-01T00:00:00.000Z";
constexpr std::string_view kSchema =
    "{\"type\": \"object\", \"properties\": {\"type\": {\"const\": \"cryptocurrency-wallet\"}, "
    "\"value\": {\"type\": \"string\"}}, \"required\": [\"type\", \"id\", \"value\"]}";

std::string id_of(std::string_view type, const Uuid& space, std::string_view name) {
  return fmt::format("{}--{}", type, uuid_text(uuid5(space, name)));
}

// The standard wants thousandths where an object says when it was made.
std::string stix_time(std::uint32_t seconds) {
  std::string text = trace::iso_time(seconds);
  return text.substr(0, text.size() - 1) + ".000Z";
}

class Stix {
 public:
  explicit Stix(const TracedCase& what)
      : what_(what),
        case_(uuid5(uuid_from_text(kSpace),
                    fmt::format("{}\n{}\n{}\n{}", what.chain, what.tip, what.method, what.title))),
        created_(stix_time(what.time)),
        maker_(id_of("identity", uuid_from_text(kSpace), "tracehound")),
        extension_(id_of("extension-definition", uuid_from_text(kSpace), "wallet")) {}

  std::string document() {
    json_.open_object();
    json_.key("type").value("bundle");
    json_.key("id").value(fmt::format("bundle--{}", uuid_text(case_)));
    json_.key("objects").open_list();
    add_fixed_parts();
    for (const TracedAddress& address : what_.addresses) add(address);
    if (!members_.empty()) add_grouping();
    json_.close_list().close_object();
    return json_.take();
  }

 private:
  void begin(std::string_view type, const std::string& id) {
    json_.open_object();
    json_.key("type").value(type);
    json_.key("spec_version").value("2.1");
    json_.key("id").value(id);
  }
  void made(std::string_view at, bool by_us = true) {
    if (by_us) json_.key("created_by_ref").value(maker_);
    json_.key("created").value(at);
    json_.key("modified").value(at);
  }
  void refs(const std::vector<std::string>& ids) {
    json_.key("object_refs").open_list();
    for (const std::string& id : ids) json_.value(id);
    json_.close_list();
  }

  void add_fixed_parts() {
    begin("identity", maker_);
    made(kSince, false);
    json_.key("name").value("Tracehound");
    json_.key("identity_class").value("system");
    json_.close_object();
    begin("extension-definition", extension_);
    made(kSince);
    json_.key("name").value("Cryptocurrency wallet");
    json_.key("description").value("An address on a chain, as OpenCTI's observable has it.");
    json_.key("schema").value(kSchema);
    json_.key("version").value("1.0.0");
    json_.key("extension_types").open_list().value("new-sco").close_list();
    json_.close_object();
  }

  void add(const TracedAddress& address) {
    std::string wallet = id_of("cryptocurrency-wallet", uuid_from_text(kObservables),
                               fmt::format("{{\"value\":{}}}", json_quote(address.address)));
    begin("cryptocurrency-wallet", wallet);
    json_.key("value").value(address.address);
    json_.key("extensions").open_object().key(extension_).open_object();
    json_.key("extension_type").value("new-sco").close_object().close_object();
    json_.close_object();

    std::string seen = id_of("observed-data", case_, "seen\n" + address.address);
    begin("observed-data", seen);
    made(created_);
    json_.key("first_observed").value(stix_time(address.first));
    json_.key("last_observed").value(stix_time(address.last));
    json_.key("number_observed").value(std::min<std::uint64_t>(address.receipts, 999'999'999));
    refs({wallet});
    json_.close_object();

    std::string note = id_of("note", case_, "note\n" + address.address);
    begin("note", note);
    made(created_);
    json_.key("abstract").value(fmt::format("Traced from {}", what_.title));
    json_.key("content").value(traced_words(what_, address));
    refs({wallet});
    json_.close_object();
    for (std::string* id : {&wallet, &seen, &note}) members_.push_back(std::move(*id));
  }

  void add_grouping() {
    begin("grouping", id_of("grouping", case_, ""));
    made(created_);
    json_.key("name").value(
        fmt::format("Addresses traced from {}, by {}", what_.title, what_.method));
    json_.key("description")
        .value(fmt::format("{}, {}, made by {}.", what_.chain, what_.tip, what_.tool_version));
    json_.key("context").value("suspicious-activity");
    refs(members_);
    json_.close_object();
  }

  const TracedCase& what_;
  Uuid case_;
  std::string created_, maker_, extension_;
  std::vector<std::string> members_;
  JsonWriter json_;
};

}  // namespace

std::string to_stix(const TracedCase& what) { return Stix(what).document(); }

}  // namespace tracehound::incidents
