// What is checked alike in bundles of both kinds.
#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "evidence/bundle.h"
#include "evidence/statement.h"
#include "incidents/incident.h"
#include "trace/address_seeds.h"

namespace tracehound::evidence {

// A bundle's files, and what does not hold of them, as it is found.
class Checker {
 public:
  // `findings` outlives it, and takes the bundle's own first.
  Checker(OpenBundle bundle, std::vector<Finding>& findings);

  const OpenBundle& bundle() const { return bundle_; }
  void wrong(std::string_view file, std::string item, std::string why);
  // That the file, if it is there, has these bytes.
  void compare(std::string_view name, std::string_view expected);
  void check_readme(std::string_view expected);
  // Nothing where the file is missing or is none.
  std::optional<std::vector<UsedTag>> tags();
  std::optional<incidents::Incident> incident();

 private:
  OpenBundle bundle_;
  std::vector<Finding>& findings_;
};

// What a statement says of the places where the trace stops, of either kind.
struct StatedPlace {
  std::string_view holder;  // address or account
  trace::DestinationKind kind;
  std::optional<std::uint32_t> service;
  std::span<const std::uint32_t> tags;
};

// That places stand in their order, each once; that every service and every tag is some place's;
// and that each service is of a category at which it was asked to stop, or was given in a list.
void check_places(Checker& checker, std::span<const StatedPlace> places,
                  std::span<const trace::Service> services, std::span<const std::string> stop_at,
                  std::span<const UsedTag> tags);

// What is wrong with it but for its tags, a clause; "" where nothing is. Of one that is burned,
// whether it is known for that is not looked at.
std::string wrong_with_place(const StatedPlace& place, std::span<const trace::Service> services);

// What is wrong with a tag by which `holder` is the service's, a clause; "" where nothing is.
std::string wrong_with_tag(std::span<const UsedTag> tags, std::uint32_t number,
                           std::string_view holder, const trace::Service& service);

// That the day which was asked about ("" for none) is one whose last block is this tip.
void check_day(Checker& checker, std::string_view as_of, std::uint64_t tip_height,
               std::uint32_t tip_time);

}  // namespace tracehound::evidence
