#include "evidence/verify.h"

#include <fmt/format.h>

#include <algorithm>
#include <utility>

#include "chains/bitcoin/block.h"
#include "evidence/attribution.h"
#include "evidence/checker.h"
#include "evidence/gather.h"
#include "evidence/make.h"
#include "evidence/proof.h"
#include "evidence/records.h"
#include "evidence/rerun.h"
#include "incidents/incident.h"

namespace tracehound::evidence {

namespace {

class Verifier {
 public:
  Verifier(OpenBundle bundle, Verdict& verdict)
      : checker_(std::move(bundle), verdict.findings),
        bundle_(checker_.bundle()),
        verdict_(verdict) {}

  void run();

 private:
  bool read_statement();
  void run_again(const ProvenPart& proven, std::span<const Record> records);
  void check_touched(const ledger::PartLedger& part, const ledger::PartOfChain& rows,
                     std::span<const Record> records, const Rerun& again);
  void check_mixes(const ledger::PartLedger& part, const Touched& touched);
  void check_seeds(const ledger::PartLedger& part);

  Checker checker_;
  const OpenBundle& bundle_;
  Verdict& verdict_;
  const chains::bitcoin::Network* network_ = nullptr;
};

bool Verifier::read_statement() {
  if (!bundle_.has(kStatement)) return false;
  auto statement = parse_statement(bundle_.text(kStatement));
  if (!statement) {
    checker_.wrong(kStatement, "", statement.error().message);
    return false;
  }
  network_ = chains::bitcoin::find_network_of_chain(statement->chain);
  if (network_ == nullptr) {
    checker_.wrong(kStatement, "chain", fmt::format("there is no chain {}", statement->chain));
    return false;
  }
  if (statement->tip >= kMostBlocks) {
    checker_.wrong(kStatement, "tip",
                   fmt::format("is at height {}, and no chain is that long", statement->tip));
    return false;
  }
  verdict_.statement = std::move(*statement);
  return true;
}

void Verifier::check_mixes(const ledger::PartLedger& part, const Touched& touched) {
  auto found = mixes_among(part.ledger, touched.transactions, verdict_.statement->asked.mix);
  if (found == verdict_.statement->mixes) return;
  checker_.wrong(
      kStatement, "mixes",
      fmt::format("lists {} CoinJoins, and {} of the touched transactions are recognised as some, "
                  "with these changes or others",
                  verdict_.statement->mixes.size(), found.size()));
}

void Verifier::check_seeds(const ledger::PartLedger& part) {
  auto incident = checker_.incident();
  if (!incident) return;
  const Statement& statement = *verdict_.statement;
  std::optional<BlockHeight> last;
  if (!statement.asked.as_of.empty()) last = BlockHeight(statement.tip);
  std::string name(kIncident);
  auto found = seeds_of(part.ledger, *incident, statement.asked.label_by, name, last);
  if (!found) return checker_.wrong(kIncident, "", found.error().message);
  verdict_.left_out = found->left_out;
  if (stated(part.ledger, found->seeds) == statement.seeds && found->labels == statement.labels) {
    return;
  }
  checker_.wrong(kStatement, "seeds", "are not those that incident.yaml names");
}

// That nothing the trace went through was looked at with half its inputs.
void Verifier::check_touched(const ledger::PartLedger& part, const ledger::PartOfChain& rows,
                             std::span<const Record> records, const Rerun& again) {
  Touched touched = touched_by(part.ledger, again.traces);
  std::vector<TxId> whole = touched.transactions;
  for (const trace::SeedCoin& seed : again.traces.front().seeds) {
    whole.push_back(part.ledger.creator(seed.coin));
  }
  for (TxId tx : whole) {
    if (part.complete[tx.number()]) continue;
    checker_.wrong(kTransactions, fmt::format("transaction {}", part.ledger.txid(tx).text()),
                   "is traced through, and not all that it spends is here");
  }
  std::vector<std::uint32_t> heights;
  for (BlockHeight height : touched.fee_blocks) {
    heights.push_back(height.number());
    for (TxId tx : part.ledger.transactions(height)) {
      if (part.complete[tx.number()]) continue;
      checker_.wrong(kTransactions, fmt::format("transaction {}", part.ledger.txid(tx).text()),
                     "pays a fee that is traced, and not all that it spends is here");
    }
  }
  check_whole(heights, rows, records, verdict_.findings);
  check_mixes(part, touched);
}

void Verifier::run_again(const ProvenPart& proven, std::span<const Record> records) {
  auto part = ledger::assemble(proven.part);
  if (!part) return checker_.wrong(kTransactions, "", part.error().message);
  check_seeds(*part);
  if (auto tags = checker_.tags()) {
    verdict_.stops_not_shown =
        check_attributions(*part, *network_, *verdict_.statement, *tags, checker_);
  }
  auto again = rerun(part->ledger, *network_, *verdict_.statement);
  if (!again) return checker_.wrong(kStatement, "", again.error().message);
  check_touched(*part, proven.part, records, *again);
  checker_.compare(kJson, again->json);
  checker_.compare(kCsv, again->csv);
}

void Verifier::run() {
  verdict_.signer = bundle_.signer;
  if (!read_statement()) return;
  const Statement& statement = *verdict_.statement;
  verdict_.stops = statement.stops.size();
  checker_.check_readme(readme_text(*network_));
  if (!bundle_.has(kHeaders)) return;
  ByteView headers = bundle_.bytes(kHeaders);
  verdict_.headers = headers.size() / 80;
  std::size_t before = verdict_.findings.size();
  if (headers.size() >= 80) {
    auto last = chains::bitcoin::parse_header(headers.last(80));
    check_day(checker_, statement.asked.as_of, statement.tip, last.time);
  }
  verdict_.work = check_headers(*network_, statement, headers, verdict_.findings);
  bool whole = headers.size() % 80 == 0 && verdict_.headers > 0 &&
               statement.first_header + verdict_.headers - 1 == statement.tip;
  if (!whole || !bundle_.has(kTransactions)) return;
  auto records = read_records(bundle_.bytes(kTransactions));
  if (!records) return checker_.wrong(kTransactions, "", records.error().message);
  verdict_.transactions = records->size();
  ProvenPart proven = prove(*network_, statement, headers, *records, verdict_.findings);
  if (!proven.readable) return;
  // A trace on headers or transactions that do not hold would only say so again.
  if (verdict_.findings.size() > before) return;
  run_again(proven, *records);
}

}  // namespace

Verdict verify_bundle(OpenBundle bundle, const std::optional<ed25519::PublicKey>& key) {
  Verdict verdict;
  Verifier(std::move(bundle), verdict).run();
  check_signer(verdict.signer, key, verdict.findings);
  return verdict;
}

std::vector<std::string> not_proven(const Statement& statement) {
  std::vector<std::string> sentences = {
      fmt::format("That this is the chain everybody follows: compare the hash of block {} with any "
                  "node of {}.",
                  statement.tip, statement.chain),
      "That a held coin is unspent at the tip: a branch shows a transaction that is there, never "
      "one that is not. Ask a node.",
      "That the incident's addresses received no other coins than those named.",
      "That a tag is right: it is its author's claim. Shown is who made it, in which file and "
      "line, "
      "and by which spends the address counts as the tagged one's.",
      "What witnesses hold: a txid is the hash of a transaction without them.",
  };
  if (statement.first_header > 0) {
    sentences.push_back(
        fmt::format("What came before block {}, where the headers begin: its hash "
                    "is to be compared too.",
                    statement.first_header));
  }
  if (statement.chain.starts_with("litecoin")) {
    sentences.emplace_back("What is in extension blocks (MWEB), which no header's root covers.");
  }
  return sentences;
}

}  // namespace tracehound::evidence
