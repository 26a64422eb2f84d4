// Verifying a bundle of an account ledger from itself alone.
#pragma once

#include <cstdint>
#include <optional>
#include <vector>

#include "base/ed25519.h"
#include "evidence/accounts/statement.h"
#include "evidence/bundle.h"
#include "incidents/incident_seeds.h"

namespace tracehound::evidence::accounts {

struct Verdict {
  std::vector<Finding> findings;  // none: it all holds
  // What was looked at, as far as it could be.
  std::optional<Statement> statement;
  std::uint64_t transactions = 0;
  std::uint64_t transfers = 0;
  incidents::LeftOut left_out;  // seeds of the incident that the trace does not begin with
  std::optional<ed25519::PublicKey> signer;
};

// Everything is checked that can be. With `key`, it must be signed by that.
Verdict verify_bundle(OpenBundle bundle, const std::optional<ed25519::PublicKey>& key);

}  // namespace tracehound::evidence::accounts
