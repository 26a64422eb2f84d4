// The parts of check_incident(): facts in incident_check.cc, places on chains in seed_check.cc.
#pragma once

#include <map>
#include <set>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "incidents/address_form.h"
#include "incidents/incident.h"

namespace tracehound::incidents {

// For messages: quoted, cut, nothing that a terminal would act on.
std::string shown(std::string_view text);

class Checker {
 public:
  // Both outlive it.
  Checker(const Incident& incident, Problems& problems)
      : incident_(incident), problems_(problems) {}
  // REQUIRES: called once.
  void run();

 private:
  void one_of(const Words& words, std::string_view what, std::span<const std::string_view> known);
  void check_number(const Words& words, std::string_view field);
  void check_date(const Words& words);
  // Whether the chain is named and known.
  bool check_chain(const Words& words);
  void missing(std::uint32_t line, std::string_view what, std::string_view field);
  void use_sources(const std::vector<Words>& ids, std::uint32_t line, std::string_view what);

  void check_sources();
  void check_victims();
  void check_losses();
  void check_loss_amount(const Loss& loss);
  void check_attributions();
  void note_unused_sources();
  void note_unsaid();

  void check_seeds();
  void check_seed(const IncidentSeed& seed);
  void check_coin(const IncidentSeed& seed, std::string_view chain, bool known_chain);
  void check_span(const IncidentSeed& seed);
  void check_coin_overlaps();
  void check_address_repeats();
  void check_published();
  void check_mark(const Published& entry, const FormCheck& form);

  const Incident& incident_;
  Problems& problems_;
  std::map<std::string_view, bool> source_used_;
  std::set<std::string_view> victims_;
};

}  // namespace tracehound::incidents
