#include "incidents/incident_json.h"

#include "base/json.h"

namespace tracehound::incidents {

namespace {

void field(JsonWriter& json, std::string_view name, const Words& words) {
  json.key(name);
  if (words.given()) json.value(words.text);
  if (!words.given()) json.null();
}

void ids(JsonWriter& json, const std::vector<Words>& sources) {
  json.key("sources").open_list();
  for (const Words& source : sources) json.value(source.text);
  json.close_list();
}

template <typename Entry, typename Write>
void list(JsonWriter& json, std::string_view name, const Listed<Entry>& entries, Write write) {
  json.key(name);
  if (!entries.given()) {
    json.null();
    return;
  }
  if (entries.unknown) {
    json.value("unknown");
    return;
  }
  json.open_list();
  for (const Entry& entry : entries.entries) {
    json.open_object();
    write(entry);
    json.close_object();
  }
  json.close_list();
}

void claims_json(JsonWriter& json, const Incident& incident) {
  list(json, "victims", incident.victims, [&](const Victim& victim) {
    field(json, "name", victim.name);
    field(json, "kind", victim.kind);
    field(json, "country", victim.country);
    field(json, "amount", victim.amount);
    field(json, "notes", victim.notes);
  });
  list(json, "losses", incident.losses, [&](const Loss& loss) {
    field(json, "amount", loss.amount);
    field(json, "currency", loss.currency);
    field(json, "measure", loss.measure);
    field(json, "precision", loss.precision);
    field(json, "notes", loss.notes);
    ids(json, loss.sources);
  });
  list(json, "attributions", incident.attributions, [&](const Attribution& said) {
    field(json, "to", said.to);
    field(json, "by", said.by);
    field(json, "date", said.date);
    field(json, "quote", said.quote);
    field(json, "claim", said.claim);
    ids(json, said.sources);
  });
}

void seeds_json(JsonWriter& json, const Incident& incident) {
  json.key("seeds");
  if (incident.seeds_unknown) {
    json.value("unknown");
    return;
  }
  json.open_list();
  for (const IncidentSeed& seed : incident.seeds) {
    json.open_object().key("coin");
    if (seed.coin.empty()) json.null();
    if (!seed.coin.empty()) json.value(seed.coin);
    field(json, "address", seed.address);
    field(json, "sent_by", seed.sent_by);
    field(json, "asset", seed.asset);
    json.key("chain").value(seed.chain.given() ? seed.chain.text : incident.chain);
    field(json, "victim", seed.victim);
    field(json, "since", seed.since);
    field(json, "until", seed.until);
    json.key("amount");
    if (seed.amount) json.value(seed.amount->text());
    if (!seed.amount) json.null();
    ids(json, seed.sources);
    json.close_object();
  }
  json.close_list();
}

}  // namespace

std::string incident_json(std::string_view id, const Incident& incident) {
  JsonWriter json;
  json.open_object().key("schema").value("tracehound.incident/1");
  json.key("id").value(id).key("name").value(incident.name);
  field(json, "kind", incident.kind);
  field(json, "date", incident.date);
  field(json, "notes", incident.notes);
  claims_json(json, incident);
  seeds_json(json, incident);
  list(json, "published", incident.published, [&](const Published& published) {
    field(json, "address", published.address);
    field(json, "transaction", published.transaction);
    json.key("chain").value(published.chain.given() ? published.chain.text : incident.chain);
    field(json, "role", published.role);
    field(json, "check", published.check);
    ids(json, published.sources);
  });
  list(json, "sources", incident.sources, [&](const Source& source) {
    field(json, "id", source.id);
    field(json, "title", source.title);
    field(json, "by", source.by);
    field(json, "date", source.date);
    field(json, "part", source.part);
    field(json, "url", source.url);
  });
  return json.close_object().take();
}

}  // namespace tracehound::incidents
