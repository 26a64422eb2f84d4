// MISP: an event of `coin-address` objects, as of version 7 of their template.
#include <fmt/format.h>

#include "base/json.h"
#include "base/text.h"
#include "base/uuid.h"
#include "incidents/traced.h"
#include "trace/write_text.h"

namespace tracehound::incidents {

namespace {

constexpr std::string_view kSpace = "5f0f6be4-6d3c-4c0b-9a43-3a1a0a1c7d52";  // of our own
constexpr std::string_view kTemplate = "d0e6997e-78da-4815-a6a1-cfc1c1cb8a46";
constexpr int kTemplateVersion = 7;

class Misp {
 public:
  explicit Misp(const TracedCase& what)
      : what_(what),
        event_(uuid5(uuid_from_text(kSpace),
                     fmt::format("{}\n{}\n{}", what.chain, what.method, what.title))) {}

  std::string document() {
    json_.open_object().key("Event").open_object();
    json_.key("uuid").value(uuid_text(event_));
    json_.key("info").value(
        fmt::format("Addresses traced from {}, by {}", what_.title, what_.method));
    json_.key("date").value(utc_text(what_.time).substr(0, 10));
    json_.key("timestamp").value(std::to_string(what_.time));
    json_.key("threat_level_id").value("4");  // undefined: a trace does not judge
    json_.key("analysis").value("2");         // complete
    json_.key("distribution").value("0");     // this organisation only; who shares it, says so
    json_.key("published").value(false);
    json_.key("Object").open_list();
    for (const TracedAddress& address : what_.addresses) add(address);
    json_.close_list().close_object().close_object();
    return json_.take();
  }

 private:
  void attribute(const Uuid& object, std::string_view relation, std::string_view type,
                 std::string_view category, std::string_view value, bool act_on = false) {
    json_.open_object();
    json_.key("uuid").value(uuid_text(uuid5(object, relation)));
    json_.key("object_relation").value(relation);
    json_.key("type").value(type);
    json_.key("category").value(category);
    json_.key("to_ids").value(act_on);
    json_.key("disable_correlation").value(relation.substr(0, 7) != "address");
    json_.key("distribution").value("5");  // as the event
    json_.key("timestamp").value(std::to_string(what_.time));
    json_.key("value").value(value);
    json_.close_object();
  }

  void add(const TracedAddress& address) {
    Uuid object = uuid5(event_, address.address);
    json_.open_object();
    json_.key("uuid").value(uuid_text(object));
    json_.key("name").value("coin-address");
    json_.key("meta-category").value("financial");
    json_.key("description").value("An address used in a cryptocurrency");
    json_.key("template_uuid").value(kTemplate);
    json_.key("template_version").value(std::to_string(kTemplateVersion));
    json_.key("distribution").value("5");
    json_.key("timestamp").value(std::to_string(what_.time));
    json_.key("Attribute").open_list();
    // Whoever acts on these must not act on a service's own customers.
    bool act_on = !address.at_service();
    bool bitcoin = what_.chain == "bitcoin:main";
    attribute(object, bitcoin ? "address" : "address-crypto", bitcoin ? "btc" : "text",
              bitcoin ? "Financial fraud" : "Other", address.address, act_on);
    attribute(object, "symbol", "text", "Other", what_.symbol);
    attribute(object, "first-seen", "datetime", "Other", trace::iso_time(address.first));
    attribute(object, "last-seen", "datetime", "Other", trace::iso_time(address.last));
    attribute(object, "text", "text", "Other", traced_words(what_, address));
    json_.close_list().close_object();
  }

  const TracedCase& what_;
  Uuid event_;
  JsonWriter json_;
};

}  // namespace

std::string to_misp(const TracedCase& what) { return Misp(what).document(); }

}  // namespace tracehound::incidents
