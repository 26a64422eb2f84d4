// The parts of `tracehound incident evidence`.
#pragma once

#include <string>

#include "cli/node_login.h"
#include "cli/verb_trace.h"
#include "evidence/bundle.h"

namespace tracehound::cli {

struct EvidenceOptions {
  std::string file;
  std::string out;
  std::string blocks;
  std::string sign;
  std::uint32_t first_header = 0;
  NodeOptions node;
  tracing::Options trace;
};

// The bundle's files, of an account ledger. Adds to the remarks.
Result<evidence::Files> make_account_evidence(Context& context, const EvidenceOptions& options,
                                              const std::string& incident,
                                              std::vector<std::string>& remarks);

}  // namespace tracehound::cli
