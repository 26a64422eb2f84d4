#include "incidents/stats.h"

#include <fmt/format.h>

#include <algorithm>
#include <map>
#include <set>

#include "base/json.h"
#include "base/text.h"
#include "incidents/countries.h"
#include "incidents/vocabulary.h"

namespace tracehound::incidents {

namespace {

constexpr std::string_view kUnknown = "unknown";

void add(Group& group, const DollarLoss& loss) {
  ++group.incidents;
  if (!loss.known) return;
  ++group.with_loss;
  group.least += loss.least;
  group.most += loss.most;
}

std::string_view size_of(const DollarLoss& loss) {
  if (!loss.known) return kUnknown;
  if (loss.most < 1'000'000) return "under 1 million";
  if (loss.most < 10'000'000) return "1 to 10 million";
  if (loss.most < 100'000'000) return "10 to 100 million";
  if (loss.most < 1'000'000'000) return "100 million to 1 billion";
  return "1 billion and more";
}
constexpr std::string_view kSizes[] = {"under 1 million",    "1 to 10 million",
                                       "10 to 100 million",  "100 million to 1 billion",
                                       "1 billion and more", kUnknown};

// What a field of the victims says, each word once; "unknown" where there is none.
std::set<std::string> of_victims(const Incident& incident, Words Victim::* field) {
  std::set<std::string> words;
  for (const Victim& victim : incident.victims.entries) {
    const Words& word = victim.*field;
    words.insert(word.given() ? word.text : std::string(kUnknown));
  }
  if (words.empty()) words.emplace(kUnknown);
  return words;
}

using Groups = std::map<std::string, Group>;

std::vector<Group> in_order(const Groups& groups, bool by_count) {
  std::vector<Group> list;
  for (const auto& [name, group] : groups) {
    list.push_back(group);
    list.back().name = name;
  }
  std::ranges::stable_sort(list, {}, [&](const Group& group) {
    return std::pair(group.name == kUnknown, by_count ? ~group.incidents : 0);
  });
  return list;
}

// Whether the incident can lie in [from, until]; a date given by year alone lies in all of it.
bool in_time(const Incident& incident, const Counts& counts) {
  auto date = parse_date(incident.date.text);
  if (!date) return false;
  std::string_view text = incident.date.text;
  auto cut = [&](const Words& end) {
    std::size_t size = std::min(text.size(), end.text.size());
    return std::pair(text.substr(0, size), std::string_view(end.text).substr(0, size));
  };
  if (counts.from.known()) {
    auto [own, end] = cut(counts.from);
    if (own < end) return false;
  }
  if (counts.until.known()) {
    auto [own, end] = cut(counts.until);
    if (own > end) return false;
  }
  return true;
}

Comparison compare(const Registry& registry, const Counts& counts) {
  Comparison result;
  result.counts = &counts;
  std::map<std::string, ComparedCountry> countries;
  for (const Counts::PerCountry& one : counts.countries.entries) {
    countries[one.country.text].reported = parse_whole(one.attacks.text);
    result.reported_by_country += parse_whole(one.attacks.text).value_or(0);
  }
  for (const RegistryEntry& entry : registry.incidents) {
    if (!is_attributed_to(entry.incident, counts.to.text)) continue;
    if (!in_time(entry.incident, counts)) continue;
    add(result.registry, dollar_loss(entry.incident));
    for (const std::string& country : of_victims(entry.incident, &Victim::country)) {
      ++countries[country].registry;
    }
  }
  for (auto& [country, row] : countries) {
    row.country = country;
    result.countries.push_back(row);
  }
  std::ranges::stable_sort(result.countries, {}, [](const ComparedCountry& row) {
    return std::pair(~row.reported.value_or(0), ~row.registry);
  });
  return result;
}

// Every sum here is over some of the incidents, each once.
Status check_sums(const Registry& registry) {
  std::uint64_t sum = 0;
  bool too_much = false;
  const RegistryEntry* largest = nullptr;
  for (const RegistryEntry& entry : registry.incidents) {
    std::uint64_t most = dollar_loss(entry.incident).most;
    too_much |= __builtin_add_overflow(sum, most, &sum);
    if (largest == nullptr || most > dollar_loss(largest->incident).most) largest = &entry;
  }
  if (!too_much) return {};
  return bad_input(
      fmt::format("{}: with its loss of {} US dollars the registry adds up to more than can be "
                  "counted; `tracehound incident check` names amounts that cannot be",
                  largest->file, grouped(dollar_loss(largest->incident).most)));
}

void count_addresses(const Incident& incident, Stats& stats) {
  stats.addresses += incident.published.entries.size();
  for (const Published& entry : incident.published.entries) {
    stats.malformed += entry.check.text == "malformed" ? 1 : 0;
  }
}

}  // namespace

Result<Stats> count_registry(const Registry& registry) {
  TRY(check_sums(registry));
  Stats stats;
  Groups years, countries, kinds, sizes;
  for (const RegistryEntry& entry : registry.incidents) {
    const Incident& incident = entry.incident;
    DollarLoss loss = dollar_loss(incident);
    add(stats.all, loss);
    stats.attributed += attributed_to(incident).empty() ? 0 : 1;
    count_addresses(incident, stats);
    auto date = parse_date(incident.date.text);
    add(years[date ? fmt::format("{:04}", date->year) : std::string(kUnknown)], loss);
    for (const auto& country : of_victims(incident, &Victim::country))
      add(countries[country], loss);
    for (const auto& kind : of_victims(incident, &Victim::kind)) add(kinds[kind], loss);
    add(sizes[std::string(size_of(loss))], loss);
  }
  stats.all.name = "all";
  stats.years = in_order(years, false);
  stats.countries = in_order(countries, true);
  stats.kinds = in_order(kinds, true);
  for (std::string_view size : kSizes) {
    auto found = sizes.find(std::string(size));
    if (found == sizes.end()) continue;
    stats.sizes.push_back(found->second);
    stats.sizes.back().name = size;
  }
  for (const Counts& counts : registry.counts) {
    stats.comparisons.push_back(compare(registry, counts));
  }
  return stats;
}

std::string dollars_text(const DollarLoss& loss) {
  if (!loss.known) return std::string(kUnknown);
  if (loss.least == loss.most) return grouped(loss.most);
  return fmt::format("{} to {}", grouped(loss.least), grouped(loss.most));
}

std::string dollars_text(const Group& group) {
  return dollars_text(DollarLoss{group.with_loss > 0, group.least, group.most});
}

// ---- text ---------------------------------------------------------------------------------------

namespace {

std::string group_table(std::string_view heading, const std::vector<Group>& groups,
                        bool countries) {
  std::vector<std::vector<std::string>> rows = {
      {std::string(heading), "incidents", "with a loss", "US dollars, least to most claimed"}};
  for (const Group& group : groups) {
    std::string name = group.name;
    if (countries && find_country(name) != nullptr) {
      name += fmt::format("  {}", country_name(group.name));
    }
    rows.push_back({name, grouped(group.incidents), grouped(group.with_loss), dollars_text(group)});
  }
  return table_text(rows, {false, true, true, true}) + "\n";
}

std::string reported_words(const Counts& counts) {
  std::string precision = counts.precision.given() ? counts.precision.text + " " : "";
  std::string loss = "unknown";
  if (auto amount = parse_whole(counts.loss.text)) loss = precision + grouped(*amount);
  return fmt::format("{} attacks, loss {} {}", counts.attacks.text, loss, counts.currency.text);
}

std::string comparison_text(const Comparison& comparison) {
  const Counts& counts = *comparison.counts;
  std::string text = fmt::format("{}\n", counts.name.text);
  text += fmt::format("  reported      {}\n", reported_words(counts));
  text += fmt::format("  the registry  {} attributed to {} up to {}, loss {} USD\n",
                      plural(comparison.registry.incidents, "incident"), counts.to.text,
                      counts.until.known() ? counts.until.text : "today",
                      dollars_text(comparison.registry));
  if (comparison.reported_by_country == 0) return text + "  by country  not told\n\n";
  std::vector<std::vector<std::string>> rows = {{"country", "", "reported", "registry"}};
  for (const ComparedCountry& row : comparison.countries) {
    rows.push_back({row.country, std::string(country_name(row.country)),
                    row.reported ? grouped(*row.reported) : "-", grouped(row.registry)});
  }
  text += "\n" + table_text(rows, {false, false, true, true});
  return text + fmt::format("by country {} of the {} attacks reported are told\n\n",
                            grouped(comparison.reported_by_country), counts.attacks.text);
}

void group_json(JsonWriter& json, std::string_view key, const std::vector<Group>& groups) {
  json.key(key).open_list();
  for (const Group& group : groups) {
    json.open_object().key("name").value(group.name).key("incidents").value(group.incidents);
    json.key("with_loss").value(group.with_loss);
    json.key("least_usd").amount(group.least).key("most_usd").amount(group.most).close_object();
  }
  json.close_list();
}

void comparison_json(JsonWriter& json, const Comparison& comparison) {
  const Counts& counts = *comparison.counts;
  json.open_object().key("id").value(counts.id).key("name").value(counts.name.text);
  json.key("attributed_to").value(counts.to.text).key("until").value(counts.until.text);
  json.key("reported").open_object().key("attacks").value(counts.attacks.text);
  json.key("loss").value(counts.loss.text).key("currency").value(counts.currency.text);
  json.key("precision").value(counts.precision.text).close_object();
  json.key("registry").open_object().key("incidents").value(comparison.registry.incidents);
  json.key("least_usd").amount(comparison.registry.least);
  json.key("most_usd").amount(comparison.registry.most).close_object();
  json.key("countries").open_list();
  for (const ComparedCountry& row : comparison.countries) {
    json.open_object().key("country").value(row.country).key("reported");
    if (row.reported) json.value(*row.reported);
    if (!row.reported) json.null();
    json.key("registry").value(row.registry).close_object();
  }
  json.close_list().close_object();
}

}  // namespace

std::string stats_text(const Stats& stats) {
  std::string text = fmt::format(
      "{}, {} of them with a loss in US dollars, {} attributed by somebody\n"
      "{} and transactions published, {} of them malformed in their source\n"
      "US dollars claimed as stolen: {}\n\n",
      plural(stats.all.incidents, "incident"), grouped(stats.all.with_loss),
      grouped(stats.attributed), plural(stats.addresses, "address", "addresses"),
      grouped(stats.malformed), dollars_text(stats.all));
  text += group_table("year", stats.years, false);
  text += group_table("country", stats.countries, true);
  text += group_table("kind of victim", stats.kinds, false);
  text += group_table("loss in US dollars", stats.sizes, false);
  for (const Comparison& comparison : stats.comparisons) text += comparison_text(comparison);
  return text + "an incident with victims in two countries, or of two kinds, counts in both\n";
}

std::string stats_json(const Stats& stats) {
  JsonWriter json;
  json.open_object().key("schema").value("tracehound.incident-stats/1");
  json.key("incidents").value(stats.all.incidents).key("with_loss").value(stats.all.with_loss);
  json.key("least_usd").amount(stats.all.least).key("most_usd").amount(stats.all.most);
  json.key("attributed").value(stats.attributed).key("addresses").value(stats.addresses);
  json.key("malformed").value(stats.malformed);
  group_json(json, "years", stats.years);
  group_json(json, "countries", stats.countries);
  group_json(json, "kinds", stats.kinds);
  group_json(json, "sizes", stats.sizes);
  json.key("comparisons").open_list();
  for (const Comparison& comparison : stats.comparisons) comparison_json(json, comparison);
  json.close_list().close_object();
  return json.take();
}

}  // namespace tracehound::incidents
