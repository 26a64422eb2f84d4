#include <fmt/format.h>

#include <algorithm>
#include <map>
#include <optional>
#include <tuple>
#include <utility>
#include <vector>

#include "incidents/incident_check.h"
#include "incidents/incident_checker.h"
#include "incidents/vocabulary.h"
#include "trace/accounts/seeds.h"
#include "trace/address_seeds.h"
#include "trace/seeds.h"

namespace tracehound::incidents {

void Checker::check_coin(const IncidentSeed& seed, std::string_view chain, bool known_chain) {
  auto coin = trace::parse_seed(seed.coin);
  auto transaction = trace::accounts::transaction_of_seed(seed.coin);
  bool accounts = known_chain && !has_coins(chain);
  if (accounts && !transaction) {
    problems_.add(seed.line, fmt::format("the seed {} is no transfer TXID:POSITION or "
                                         "TXID:POSITION[a,b), which is what moves on {}",
                                         shown(seed.coin), chain));
  } else if (accounts) {
    FormCheck form = check_transaction(chain, *transaction);
    if (form.form == Form::malformed) problems_.add(seed.line, form.why);
  } else if (!coin) {
    problems_.add(seed.line, coin.error().message);
  } else if (coin->first && *coin->first >= *coin->end) {
    problems_.add(seed.line,
                  fmt::format("the range [{},{}) is empty; its end must be above its start",
                              *coin->first, *coin->end));
  }
}

void Checker::check_span(const IncidentSeed& seed) {
  const Words* words[2] = {&seed.since, &seed.until};
  std::optional<trace::Moment> ends[2] = {
      trace::parse_moment(seed.since.text, trace::SpanEnd::first),
      trace::parse_moment(seed.until.text, trace::SpanEnd::last)};
  for (int i = 0; i < 2; ++i) {
    if (!words[i]->given()) continue;
    if (!ends[i]) {
      problems_.add(words[i]->line,
                    fmt::format("{} ends no span of time; write a height, YYYY-MM-DD or "
                                "YYYY-MM-DDTHH:MM:SSZ",
                                shown(words[i]->text)));
    } else if (!seed.coin.empty()) {
      problems_.add(words[i]->line,
                    "a coin has no span of time; 'since' and 'until' are of an address");
    }
  }
  if (!ends[0] || !ends[1] || ends[0]->height.has_value() != ends[1]->height.has_value()) return;
  if (ends[0]->height > ends[1]->height || ends[0]->time > ends[1]->time) {
    problems_.add(seed.since.line, "this span of time ends before it begins");
  }
}

void Checker::check_seed(const IncidentSeed& seed) {
  std::string_view chain = chain_of(incident_, seed.chain);
  bool known = seed.chain.given() ? check_chain(seed.chain) : is_known_chain(chain);
  if (!seed.coin.empty()) check_coin(seed, chain, known);
  if (seed.account().given() && known) {
    FormCheck form = check_address(chain, seed.account().text);
    if (form.wrong()) problems_.add(seed.account().line, form.why);
  }
  for (auto [field, words] :
       {std::pair("sent_by", &seed.sent_by), std::pair("asset", &seed.asset)}) {
    if (!words->given() || !known || !has_coins(chain)) continue;
    problems_.add(words->line, fmt::format("'{}' is of account chains; on {} name the stolen coins",
                                           field, chain));
  }
  if (seed.coin.empty() && chain.empty()) {
    problems_.add(seed.line, "neither this seed nor the incident names a chain");
  }
  if (!seed.sources.empty()) use_sources(seed.sources, seed.line, "this seed");
  if (seed.victim.given() && !victims_.contains(seed.victim.text)) {
    problems_.add(seed.victim.line, fmt::format("no victim of this incident is called {}; list it "
                                                "under 'victims'",
                                                shown(seed.victim.text)));
  }
  check_span(seed);
}

void Checker::check_coin_overlaps() {
  struct Piece {
    ledger::Outpoint outpoint;
    std::uint64_t first, end;
    std::uint32_t line;
    auto key() const { return std::tuple(outpoint.txid, outpoint.index, first, end, line); }
  };
  std::vector<Piece> pieces;
  for (const IncidentSeed& seed : incident_.seeds) {
    if (seed.coin.empty()) continue;
    if (auto parsed = trace::parse_seed(seed.coin)) {
      pieces.push_back({parsed->outpoint, parsed->first.value_or(0),
                        parsed->end.value_or(~std::uint64_t{0}), seed.line});
    }
  }
  std::ranges::sort(pieces, {}, &Piece::key);
  for (std::size_t i = 1; i < pieces.size(); ++i) {
    const Piece& before = pieces[i - 1];
    bool same = pieces[i].outpoint.txid == before.outpoint.txid &&
                pieces[i].outpoint.index == before.outpoint.index;
    if (same && pieces[i].first < before.end) {
      problems_.add(pieces[i].line, fmt::format("this seed overlaps the one of line {}; claim "
                                                "every unit once",
                                                before.line));
    }
  }
}

void Checker::check_address_repeats() {
  std::map<std::vector<std::string_view>, std::uint32_t> seen;
  for (const IncidentSeed& seed : incident_.seeds) {
    if (!seed.coin.empty()) continue;
    auto [at, fresh] =
        seen.try_emplace({chain_of(incident_, seed.chain), seed.account().text, seed.since.text,
                          seed.until.text, seed.asset.text, seed.sent_by.given() ? "sent" : ""},
                         seed.line);
    if (fresh) continue;
    problems_.add(seed.line,
                  fmt::format("this seed stands at line {} already; keep one of them", at->second));
  }
}

void Checker::check_seeds() {
  for (const IncidentSeed& seed : incident_.seeds) check_seed(seed);
  check_coin_overlaps();
  check_address_repeats();
}

void Checker::check_mark(const Published& entry, const FormCheck& form) {
  std::string_view mark = form.form == Form::capitals ? "capitals" : "malformed";
  std::uint32_t line = entry.check.given() ? entry.check.line : entry.line;
  if (form.wrong() && entry.check.text != mark) {
    problems_.add(line,
                  fmt::format("{}{} or mark it with `check: {}` if the source has it so", form.why,
                              form.form == Form::capitals ? "," : "; correct it,", mark));
  }
  bool marked = entry.check.text == "capitals" || entry.check.text == "malformed";
  if (!form.wrong() && marked) {
    problems_.add(line, fmt::format("this is marked as {}, and nothing is wrong with its form",
                                    entry.check.text));
  }
  if (form.form == Form::unchecked && !entry.check.given()) {
    problems_.remark(line,
                     "nobody can check the form of this here; mark it with `check: "
                     "unchecked`");
  }
}

void Checker::check_published() {
  std::map<std::tuple<std::string_view, std::string_view, bool>, std::uint32_t> seen;
  for (const Published& entry : incident_.published.entries) {
    one_of(entry.check, "check", checks());
    use_sources(entry.sources, entry.line, "this address");
    std::string_view chain = chain_of(incident_, entry.chain);
    bool known = entry.chain.given() ? check_chain(entry.chain) : is_known_chain(chain);
    bool both = entry.address.given() == entry.transaction.given();
    if (both) {
      problems_.add(entry.line,
                    "this names both an address and a transaction, or neither; name "
                    "one");
      continue;
    }
    if (chain.empty()) problems_.add(entry.line, "neither this nor the incident names a chain");
    bool address = entry.address.given();
    const std::string& text = address ? entry.address.text : entry.transaction.text;
    if (known)
      check_mark(entry, address ? check_address(chain, text) : check_transaction(chain, text));
    auto [at, fresh] = seen.try_emplace({chain, text, address}, entry.line);
    if (!fresh) {
      problems_.add(entry.line, fmt::format("this stands at line {} already; keep one of them with "
                                            "the sources of both",
                                            at->second));
    }
  }
}

}  // namespace tracehound::incidents
