// Countries by their two letters (ISO 3166-1 alpha-2).
#pragma once

#include <string_view>

namespace tracehound::incidents {

struct Country {
  std::string_view code;
  std::string_view name;
};

// nullptr when there is none of that code. Codes are capitals.
const Country* find_country(std::string_view code);
// "KR" as "South Korea"; what is no code stays as it is.
std::string_view country_name(std::string_view code);

}  // namespace tracehound::incidents
