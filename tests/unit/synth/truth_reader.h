// truth.json as a program that compares answers would read it.
#pragma once

#include <map>
#include <string>
#include <utility>
#include <vector>

#include "base/ids.h"

namespace tracehound::test {

struct TruthDisposition {
  std::string kind;  // "deposit", "held", "fees"
  std::string coin;  // "txid:vout"; none for fees
  std::string address;
  Amount amount = 0;
  std::uint64_t service = 0;
  std::uint64_t height = 0;
  std::vector<std::pair<std::string, Amount>> from;
};

struct TruthCoin {
  std::string coin;
  std::string address;
  Amount amount = 0;
  std::uint64_t victim = 0;
};

struct Truth {
  bool has_theft = false;
  std::string kind;
  std::uint64_t height = 0;
  Amount stolen = 0;
  Amount total = 0;
  std::vector<TruthCoin> coins;
  std::vector<TruthDisposition> dispositions;
  std::map<std::uint64_t, std::string> owner_kinds;                        // by id
  std::vector<std::pair<std::string, bool>> mixes;                         // txid, with the thief
  std::map<std::string, std::pair<std::uint64_t, std::string>> addresses;  // owner id, role
};

// The test fails when the text is no such file.
Truth read_truth(const std::string& text);

}  // namespace tracehound::test
