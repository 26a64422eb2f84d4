// A small whole bundle of an account ledger, made in memory.
#pragma once

#include <fmt/format.h>

#include <string>
#include <utility>

#include "base/check.h"
#include "base/memory_files.h"
#include "evidence/accounts/make.h"
#include "evidence/accounts/rerun.h"
#include "evidence/accounts/verify.h"
#include "ledger/accounts/writer.h"
#include "support/faulty_file_system.h"
#include "support/sample_bundle.h"
#include "unit/ledger_accounts/account_blocks.h"

namespace tracehound::test {

// REQUIRES: it can be made; what cannot ends the program.
// A ledger of random transfers, fees and failures; what the first transfers moved is stolen.
inline evidence::Files sample_account_bundle(std::uint64_t number) {
  using ledger::accounts::Ledger;
  constexpr std::uint64_t kBlocks = 40;
  MemoryFiles disk;
  auto writer = ledger::accounts::Writer::open(disk, "L", ledger::accounts::kChain,
                                               {.native = ledger::accounts::ether()})
                    .value();
  ledger::accounts::BlockMaker maker(number);
  for (std::uint64_t i = 0; i < kBlocks; ++i) {
    auto block = maker.next();
    for (auto& row : block.transfers) row.amount = U256(row.amount.limbs[0] % 1000);
    CHECK(writer.append(block));
  }
  CHECK(writer.commit());
  auto ledger = Ledger::open(disk, "L").value();
  trace::accounts::LedgerEvents events(ledger);
  std::string yaml = "name: A theft\nseeds:\n";
  for (std::uint64_t i = 0; i < 6; ++i) {
    auto id = ledger::accounts::TransferId(i);
    auto row = events.row(id);
    if (row.amount.is_zero() || row.from == row.to) continue;
    yaml += fmt::format("- {{coin: '{}:{}'}}\n", ledger.id_text(ledger.tx_of(id)),
                        ledger.transfer(id).position);
  }
  Bytes incident(yaml.begin(), yaml.end());
  auto parsed = incidents::parse_incident(incident, "incident.yaml").value();
  auto found = evidence::accounts::seeds_of(ledger, parsed, "incident", "incident.yaml").value();
  auto store = tags::TagStore::open_to_read("no-such-folder").value();
  trace::accounts::Options how;
  how.label_names = found.labels;
  evidence::accounts::Asked asked{
      .label_by = "incident", .methods = {"fifo", "poison"}, .swaps = "net"};
  auto made = evidence::accounts::make_bundle(
      {.ledger = ledger,
       .events = events,
       .incident = incident,
       .engine = "tracehound test",
       .asked = asked,
       .tip = ledger.tip(),
       .seeds = found.seeds,
       .methods = {trace::MethodKind::fifo, trace::MethodKind::poison},
       .stops = trace::accounts::Stops(),
       .listed = {},
       .store = store,
       .prices = {},
       .how = how});
  CHECK(made.has_value());
  return std::move(*made);
}

// With sums that are right, for what is in it.
inline evidence::accounts::Verdict verify_account_bundle(const evidence::Files& bundle) {
  FaultyFileSystem disk;
  put_bundle(disk, "B", bundle);
  return evidence::accounts::verify_bundle(evidence::open_bundle(disk, "B").value(), std::nullopt);
}

}  // namespace tracehound::test
