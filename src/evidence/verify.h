// Verifying a bundle from itself alone: no ledger, no network.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "base/ed25519.h"
#include "base/file.h"
#include "base/result.h"
#include "chains/bitcoin/proof_of_work.h"
#include "evidence/bundle.h"
#include "evidence/statement.h"
#include "incidents/incident_seeds.h"

namespace tracehound::evidence {

struct Verdict {
  std::vector<Finding> findings;  // none: it all holds
  // What was looked at, as far as it could be.
  std::optional<Statement> statement;
  chains::bitcoin::Work work;
  std::uint64_t headers = 0;
  std::uint64_t transactions = 0;
  std::uint64_t stops = 0;
  std::uint64_t stops_not_shown = 0;
  incidents::LeftOut left_out;  // seeds of the incident that the trace does not begin with
  std::optional<ed25519::PublicKey> signer;
};

// Everything is checked that can be, whatever was found wrong before it. With `key`, it must be
// signed by that. REQUIRES: a bundle of coins.
Verdict verify_bundle(OpenBundle bundle, const std::optional<ed25519::PublicKey>& key);

// What no bundle of this chain can prove, a sentence each.
std::vector<std::string> not_proven(const Statement& statement);

}  // namespace tracehound::evidence
