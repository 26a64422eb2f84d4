// The rules that clusterings are built by, by their names.
#pragma once

#include <string>
#include <vector>

#include "base/result.h"
#include "clusters/build.h"

namespace tracehound::clusters {

// What no clustering joins by: CoinJoins, and coins that need no key (co_spends.h), each with the
// version of the code that says so. A change of what that recognises raises it: clusterings that
// were built by others are then built anew.
inline constexpr const char* kLeftOut = "coinjoin/2,keyless/1";

// To join by CoinJoins too, which is wrong and shows how wrong.
inline constexpr const char* kOnlyKeyless = "keyless/1";
// Whether a clustering with this left_out, of any version, leaves out CoinJoins.
bool leaves_out_coinjoins(const std::string& left_out);

// "multi-input", with or without "wrapper", which is always the second; after it any of the change
// rules (change_rules.h), written with - or _.
// Errors (usage): names a rule that there is not, or one twice; does not begin with multi-input.
Result<Rules> rules_of(const std::vector<std::string>& names,
                       const std::string& left_out = kLeftOut);
// What the chain shows and no guesses, CoinJoins left out.
Rules default_rules();

}  // namespace tracehound::clusters
