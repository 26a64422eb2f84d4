#include "incidents/incident_check.h"

#include <fmt/format.h>

#include <algorithm>

#include "base/json.h"
#include "incidents/countries.h"
#include "incidents/incident_checker.h"
#include "incidents/vocabulary.h"

namespace tracehound::incidents {

std::string shown(std::string_view text) {
  constexpr std::size_t kShown = 60;
  return json_quote(text.substr(0, kShown)) + (text.size() > kShown ? "..." : "");
}

void Checker::run() {
  check_chain({incident_.chain, incident_.chain_line});
  check_date(incident_.date);
  check_number(incident_.height, "height");
  check_number(incident_.amount, "amount");
  check_sources();
  check_victims();
  check_losses();
  check_attributions();
  check_seeds();
  check_published();
  note_unused_sources();
  note_unsaid();
}

void Checker::one_of(const Words& words, std::string_view what,
                     std::span<const std::string_view> known) {
  if (!words.known() || std::ranges::find(known, words.text) != known.end()) return;
  problems_.add(words.line, fmt::format("{} is no {}; write one of {}, unknown", shown(words.text),
                                        what, fmt::join(known, ", ")));
}

void Checker::check_number(const Words& words, std::string_view field) {
  if (!words.known() || parse_whole(words.text)) return;
  problems_.add(words.line,
                fmt::format("{} is no {}; write a whole number", shown(words.text), field));
}

void Checker::check_date(const Words& words) {
  if (!words.known() || parse_date(words.text)) return;
  problems_.add(words.line, fmt::format("{} is no date; write YYYY, YYYY-MM, YYYY-MM-DD, "
                                        "YYYY-MM-DDTHH:MM:SSZ or unknown",
                                        shown(words.text)));
}

bool Checker::check_chain(const Words& words) {
  if (words.text.empty()) return false;
  if (is_known_chain(words.text)) return true;
  problems_.add(words.line, fmt::format("{} is no chain known here; write one of {}",
                                        shown(words.text), known_chains()));
  return false;
}

void Checker::missing(std::uint32_t line, std::string_view what, std::string_view field) {
  problems_.add(line, fmt::format("{} has no field '{}'", what, field));
}

void Checker::check_sources() {
  for (const Source& source : incident_.sources.entries) {
    check_date(source.date);
    if (!source.title.given()) missing(source.line, "this source", "title");
    if (source.url.given() && !source.url.text.starts_with("https://") &&
        !source.url.text.starts_with("http://")) {
      problems_.add(source.url.line, fmt::format("{} is no web address; it begins with https://",
                                                 shown(source.url.text)));
    }
    if (!source.id.given()) continue;
    if (!source_used_.emplace(source.id.text, false).second) {
      problems_.add(source.id.line, fmt::format("two sources are called {}; name one of them "
                                                "otherwise",
                                                shown(source.id.text)));
    }
  }
}

void Checker::use_sources(const std::vector<Words>& ids, std::uint32_t line,
                          std::string_view what) {
  if (ids.empty()) problems_.remark(line, fmt::format("{} names no source", what));
  for (const Words& id : ids) {
    auto found = source_used_.find(id.text);
    if (found == source_used_.end()) {
      problems_.add(id.line, fmt::format("no source of this file has the id {}; list it under "
                                         "'sources'",
                                         shown(id.text)));
    } else {
      found->second = true;
    }
  }
}

void Checker::check_victims() {
  for (const Victim& victim : incident_.victims.entries) {
    if (!victim.name.given()) missing(victim.line, "this victim", "name");
    if (!victim.kind.given()) problems_.remark(victim.line, "this victim has no kind");
    if (!victim.country.given()) problems_.remark(victim.line, "this victim has no country");
    one_of(victim.kind, "kind of victim", victim_kinds());
    check_number(victim.amount, "amount");
    if (victim.country.known() && find_country(victim.country.text) == nullptr) {
      problems_.add(victim.country.line,
                    fmt::format("{} is no country; write its two capital letters (ISO 3166-1) or "
                                "unknown",
                                shown(victim.country.text)));
    }
    if (victim.name.known() && !victims_.insert(victim.name.text).second) {
      problems_.add(victim.name.line, fmt::format("two victims are called {}; keep one of them",
                                                  shown(victim.name.text)));
    }
  }
}

namespace {

// "1234", "0.5": digits, and a fraction where the currency has one.
bool is_amount(std::string_view text, bool whole) {
  auto digits = [](std::string_view part) {
    return !part.empty() && part.size() <= 30 &&
           part.find_first_not_of("0123456789") == std::string_view::npos;
  };
  std::size_t point = text.find('.');
  if (point == std::string_view::npos) {
    return digits(text) && (!whole || parse_whole(text).has_value());
  }
  return !whole && digits(text.substr(0, point)) && digits(text.substr(point + 1));
}

bool is_currency(std::string_view text) {
  return text.size() <= 12 && text.find_first_not_of(
                                  "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz"
                                  "0123456789") == std::string_view::npos;
}

}  // namespace

void Checker::check_loss_amount(const Loss& loss) {
  bool whole = is_fiat(loss.currency.text);
  auto units = parse_whole(loss.amount.text);
  if (whole && units && *units > kMostMoney) {
    problems_.add(loss.amount.line, fmt::format("{} {} is more than any theft; write the amount in "
                                                "the currency's units",
                                                loss.amount.text, loss.currency.text));
    return;
  }
  if (!loss.amount.known() || is_amount(loss.amount.text, whole)) return;
  problems_.add(loss.amount.line,
                fmt::format("{} is no amount; write {}, without groups", shown(loss.amount.text),
                            whole ? "a whole number of the currency's units"
                                  : "digits, with a point where it needs one"));
}

void Checker::check_losses() {
  for (const Loss& loss : incident_.losses.entries) {
    one_of(loss.measure, "measure", measures());
    one_of(loss.precision, "precision", precisions());
    use_sources(loss.sources, loss.line, "this loss");
    if (!loss.amount.given()) missing(loss.line, "this loss", "amount");
    if (!loss.currency.given()) missing(loss.line, "this loss", "currency");
    if (loss.currency.given() && !is_currency(loss.currency.text)) {
      problems_.add(loss.currency.line, fmt::format("{} is no currency; write its letters, as USD "
                                                    "or BTC",
                                                    shown(loss.currency.text)));
    }
    check_loss_amount(loss);
  }
}

void Checker::check_attributions() {
  for (const Attribution& said : incident_.attributions.entries) {
    check_date(said.date);
    use_sources(said.sources, said.line, "this attribution");
    if (!said.to.given()) missing(said.line, "this attribution", "to");
    if (!said.by.given()) missing(said.line, "this attribution", "by");
    if (!said.quote.given() && !said.claim.given()) {
      problems_.add(said.line,
                    "this attribution gives neither the words said ('quote') nor what "
                    "was said ('claim')");
    }
  }
}

void Checker::note_unused_sources() {
  for (const Source& source : incident_.sources.entries) {
    if (source.id.given() && !source_used_[source.id.text]) {
      problems_.remark(source.line, fmt::format("nothing in this file rests on the source {}",
                                                shown(source.id.text)));
    }
  }
}

void Checker::note_unsaid() {
  auto note = [&](bool said, std::string_view field) {
    if (said) return;
    problems_.remark(1, fmt::format("the incident has no field '{0}'; where nothing is known, "
                                    "write `{0}: unknown`",
                                    field));
  };
  note(incident_.date.given(), "date");
  note(incident_.victims.given(), "victims");
  note(incident_.losses.given(), "losses");
  note(incident_.attributions.given(), "attributions");
  note(incident_.sources.given(), "sources");
}

std::string_view chain_of(const Incident& incident, const Words& own) {
  return own.given() ? std::string_view(own.text) : std::string_view(incident.chain);
}

void check_incident(const Incident& incident, Problems& problems) {
  Checker(incident, problems).run();
  std::ranges::stable_sort(problems.kept, {}, &Problem::line);
}

}  // namespace tracehound::incidents
