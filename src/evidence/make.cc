// First the trace as it is on the ledger, which says what it touches; then the bytes of all that
// from the blocks; then the trace once more, on those bytes alone, whose result the bundle holds.
// Both must agree coin by coin before there is a bundle.
#include "evidence/make.h"

#include <fmt/format.h>

#include <algorithm>
#include <optional>
#include <utility>

#include "base/merkle.h"
#include "base/text.h"
#include "chains/bitcoin/address.h"
#include "chains/bitcoin/block.h"
#include "evidence/gather.h"
#include "evidence/proof.h"
#include "evidence/records.h"
#include "evidence/rerun.h"
#include "trace/write.h"

namespace tracehound::evidence {

namespace {

namespace bitcoin = chains::bitcoin;
using ledger::Ledger;

class Maker {
 public:
  explicit Maker(const Inquiry& inquiry)
      : inquiry_(inquiry),
        ledger_(inquiry.ledger),
        last_(inquiry.how.as_of.value_or(inquiry.ledger.tip())) {}

  Result<Files> run();

 private:
  Status run_on_ledger();
  void state(Attributions attributions);
  Status gather_transactions(std::span<const TxId> transactions);
  Status check_checkpoint(std::span<const TxId> transactions) const;
  Status run_on_bundle();

  const Inquiry& inquiry_;
  const Ledger& ledger_;
  BlockHeight last_;
  std::vector<trace::Seed> seeds_;
  std::vector<trace::Trace> traces_;
  Touched touched_;
  Statement statement_;
  Bytes headers_;
  Bytes records_;
  std::vector<UsedTag> tags_;
  Rerun again_;
};

// Seeds that came later than the day asked for are none of that day.
Status Maker::run_on_ledger() {
  for (const trace::Seed& seed : inquiry_.seeds) {
    if (ledger_.height(ledger_.creator(seed.coin)) <= last_) seeds_.push_back(seed);
  }
  if (seeds_.empty()) {
    return bad_input(
        fmt::format("no coin of the incident was there at height {} yet; take a later "
                    "day",
                    last_.number()));
  }
  trace::Options how = inquiry_.how;
  how.parcels = true;
  how.as_of = last_;
  TRY_ASSIGN(traces_, trace::run(ledger_, seeds_, inquiry_.methods, inquiry_.known.stops, how));
  if (traces_.front().interrupted) return fail(ErrorKind::no, "interrupted: nothing was written");
  touched_ = touched_by(ledger_, traces_);
  return {};
}

void Maker::state(Attributions attributions) {
  statement_.engine = inquiry_.engine;
  statement_.chain = ledger_.chain();
  statement_.first_header = inquiry_.first_header;
  statement_.tip = last_.number();
  statement_.tip_hash = ledger_.block_hash(last_);
  statement_.asked = inquiry_.asked;
  statement_.labels = inquiry_.how.label_names;
  statement_.seeds = stated(ledger_, seeds_);
  statement_.services = std::move(attributions.services);
  statement_.stops = std::move(attributions.stops);
  tags_ = std::move(attributions.tags);
  statement_.mixes = mixes_among(ledger_, touched_.transactions, inquiry_.asked.mix);
}

Status Maker::check_checkpoint(std::span<const TxId> transactions) const {
  BlockHeight first = ledger_.height(transactions.front());
  if (first.number() >= inquiry_.first_header) return {};
  return fail(
      ErrorKind::usage,
      fmt::format("--first-header {}: the trace rests on transaction {} at height {}; begin "
                  "there or before",
                  inquiry_.first_header, ledger_.txid(transactions.front()).text(),
                  first.number()));
}

Status Maker::gather_transactions(std::span<const TxId> transactions) {
  struct Part {
    std::uint32_t height;
    std::vector<std::uint32_t> positions;
    Bytes records;
  };
  std::vector<Part> parts;
  std::vector<Hash256> hashes;
  IdRange<TxId> block{};
  for (TxId tx : transactions) {
    if (parts.empty() || !block.contains(tx)) {
      BlockHeight height = ledger_.height(tx);
      block = ledger_.transactions(height);
      parts.push_back({height.number(), {}, {}});
      hashes.push_back(ledger_.block_hash(height));
    }
    parts.back().positions.push_back(tx.number() - block.first.number());
  }
  auto take = [&](std::size_t number, ByteView bytes) -> Status {
    Part& part = parts[number];
    auto raw = bitcoin::raw_transactions(inquiry_.network, bytes);
    if (!raw) return bad_input(fmt::format("block {} {}", part.height, raw.error().message));
    auto ids = ledger_.transactions(BlockHeight(part.height));
    if (raw->txids.size() != ids.size()) {
      return machine_error(
          fmt::format("block {} has {} and in the ledger {}; run `tracehound "
                      "ledger check`",
                      part.height, plural(raw->txids.size(), "transaction"), ids.size()));
    }
    MerkleTree tree(raw->txids, thread_hasher());
    part.records.clear();
    for (std::uint32_t position : part.positions) {
      if (raw->txids[position] != ledger_.txid(TxId(ids.first.number() + position))) {
        return machine_error(
            fmt::format("block {} has another transaction at position {} than the "
                        "ledger; run `tracehound ledger check`",
                        part.height, position));
      }
      add_record(part.records, part.height, position, raw->raw[position], tree.branch(position));
    }
    return {};
  };
  TRY(inquiry_.read_blocks(hashes, take));
  records_.assign(kRecordsHead.begin(), kRecordsHead.end());
  for (Part& part : parts) {
    records_.insert(records_.end(), part.records.begin(), part.records.end());
    part.records = {};
  }
  return {};
}

// On what a stranger will have, by what a stranger will do.
Status Maker::run_on_bundle() {
  ByteView all = ledger_.column(ledger::Column::block_header);
  std::uint64_t first = std::uint64_t{inquiry_.first_header} * bitcoin::kHeaderSize;
  ByteView headers = all.subspan(first, (last_.number() + std::uint64_t{1}) * 80 - first);
  headers_.assign(headers.begin(), headers.end());
  std::vector<Finding> findings;
  TRY_ASSIGN(auto records, read_records(records_));
  ProvenPart proven = prove(inquiry_.network, statement_, headers_, records, findings);
  if (!findings.empty() || !proven.readable) {
    return machine_error(fmt::format("the bundle does not hold ({}); nothing was written",
                                     findings.empty() ? "unreadable" : findings.front().text()));
  }
  TRY_ASSIGN(auto part, ledger::assemble(proven.part));
  TRY_ASSIGN(again_, rerun(part.ledger, inquiry_.network, statement_));
  auto address = [&](AddressId id) {
    return bitcoin::address_text(inquiry_.network, ledger_.address_kind(id),
                                 ledger_.address_payload(id));
  };
  if (again_.csv != trace::to_csv(traces_, ledger_, address)) {
    return machine_error(
        "the trace on the bundle is not the trace on the ledger; nothing was written");
  }
  return {};
}

Result<Files> Maker::run() {
  TRY(run_on_ledger());
  TRY_ASSIGN(auto attributions,
             attribute(ledger_, inquiry_.network, inquiry_.known, touched_.addresses));
  auto transactions = needed(ledger_, touched_, seeds_, attributions.co_spends);
  TRY(check_checkpoint(transactions));
  state(std::move(attributions));
  TRY(gather_transactions(transactions));
  TRY(run_on_bundle());
  Files files;
  auto put = [&](std::string_view name, std::string_view text) {
    files.emplace(name, Bytes(text.begin(), text.end()));
  };
  put(kReadme, readme_text(inquiry_.network));
  put(kStatement, write_statement(statement_));
  files.emplace(kHeaders, std::move(headers_));
  files.emplace(kIncident, inquiry_.incident);
  put(kCsv, again_.csv);
  put(kJson, again_.json);
  put(kTags, write_tags(tags_));
  files.emplace(kTransactions, std::move(records_));
  return files;
}

}  // namespace

Result<Files> make_bundle(const Inquiry& inquiry) { return Maker(inquiry).run(); }

}  // namespace tracehound::evidence
