// Questions to the slow second opinion in tests/reference, and the program's answers in its words.
#pragma once

#include <map>
#include <string>
#include <vector>

#include "base/json.h"
#include "support/random_blocks.h"
#include "support/toy_chain.h"
#include "trace/backward.h"
#include "trace/trace.h"

namespace tracehound::test {

// What is asked of one chain, once for the program and once for the reference. Not to be copied:
// `rules` refers to its own parts.
struct ReferenceCase {
  const ToyChain* chain = nullptr;
  std::vector<trace::Seed> seeds;
  std::vector<trace::MethodKind> methods;
  trace::Direction direction = trace::Direction::forward;
  trace::Options options;
  std::string services;  // "s0=Name ..."
  std::string bridges;   // likewise
  std::vector<AddressId> burn;
  std::vector<TxId> mixes;  // ascending
  trace::MixRule mix_rule = trace::MixRule::stop;
  std::map<TxId, std::vector<trace::MixChange>> changes;  // of mixes
};

// One to five seeds, whole coins and parts, under one label or several, that may descend from one
// another or claim the same units.
std::vector<trace::Seed> random_seeds(const ToyChain& chain, Random& random);

// As the reference reads it.
void write_case(JsonWriter& json, const ReferenceCase& asked);

// The program's answer: for each method the lines of the reference, sorted.
Result<std::vector<std::vector<std::string>>> lines_of_case(const ReferenceCase& asked);

// Asks the reference about a list of cases as JSON; its answer, line by line.
std::vector<std::string> ask_reference(const std::string& cases);

}  // namespace tracehound::test
