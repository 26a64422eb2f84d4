// Making a bundle: everything that a trace rests on, so that others can run it again.
#pragma once

#include <functional>
#include <span>
#include <string>
#include <vector>

#include "base/bytes.h"
#include "base/result.h"
#include "chains/bitcoin/network.h"
#include "chains/bitcoin/raw_blocks.h"
#include "evidence/attribution.h"
#include "evidence/bundle.h"
#include "evidence/statement.h"
#include "ledger/ledger.h"
#include "trace/trace.h"

namespace tracehound::evidence {

// Gives `take` the blocks of these hashes.
using ReadBlocks =
    std::function<Status(std::span<const Hash256>, const chains::bitcoin::TakeBlock&)>;

struct Inquiry {
  const ledger::Ledger& ledger;
  const chains::bitcoin::Network& network;
  const Bytes& incident;  // the file as it is
  std::string engine;     // "tracehound 0.1.0"
  Asked asked;            // with `until` as how.cuts has it
  std::uint32_t first_header = 0;
  std::vector<trace::Seed> seeds;
  std::vector<trace::MethodKind> methods;
  const KnownStops& known;
  const trace::Options& how;
  ReadBlocks read_blocks;
};

// The same bytes from the same ledger up to how.as_of, incident and question, on any machine.
// Errors: what trace::run() and reading the blocks find; no seed is there by how.as_of, or the
// incident then means others; the checkpoint is above what the trace rests on (usage). A bundle
// that does not give the ledger's own result is an error, never a bundle.
Result<Files> make_bundle(const Inquiry& inquiry);

// README.txt: what a bundle proves and what it cannot.
std::string readme_text(const chains::bitcoin::Network& network);

}  // namespace tracehound::evidence
