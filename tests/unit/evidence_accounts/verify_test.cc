#include "evidence/accounts/verify.h"

#include <fmt/format.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <stdexcept>

#include "base/memory_files.h"
#include "evidence/accounts/make.h"
#include "evidence/accounts/rerun.h"
#include "evidence/bundle.h"
#include "ledger/accounts/writer.h"
#include "support/faulty_file_system.h"
#include "unit/ledger_accounts/account_blocks.h"

namespace tracehound::evidence::accounts {
namespace {

using ledger::accounts::BlockMaker;
using ledger::accounts::Ledger;

constexpr std::uint64_t kBlocks = 40;

// A ledger of random transfers, fees and failures; what the first transfers moved is stolen.
Files sample(std::uint64_t number) {
  MemoryFiles disk;
  auto writer = ledger::accounts::Writer::open(disk, "L", ledger::accounts::kChain,
                                               {.native = ledger::accounts::ether()})
                    .value();
  BlockMaker maker(number);
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
  auto found = seeds_of(ledger, parsed, "incident", "incident.yaml").value();
  auto store = tags::TagStore::open_to_read("no-such-folder").value();
  trace::accounts::Options how;
  how.label_names = found.labels;
  Asked asked{.label_by = "incident", .methods = {"fifo", "poison"}, .swaps = "net"};
  auto made = make_bundle({.ledger = ledger,
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
  if (!made) throw std::runtime_error(made.error().message);
  return *made;
}

Verdict verify(const Files& bundle) {
  test::FaultyFileSystem disk;
  CHECK(disk.make_folder("B"));
  for (const auto& [name, bytes] : bundle) {
    CHECK(replace_file(disk, "B/" + name, ByteView(bytes)));
  }
  CHECK(replace_file(disk, "B/SHA256SUMS", sums_of(bundle)));
  return verify_bundle(open_bundle(disk, "B").value(), std::nullopt);
}

TEST(VerifyAccounts, a_whole_bundle_of_random_transfers__holds) {
  for (std::uint64_t number = 1; number <= 5; ++number) {
    Verdict verdict = verify(sample(number));
    EXPECT_TRUE(verdict.findings.empty()) << number << " " << verdict.findings.front().text();
    EXPECT_GT(verdict.transactions, 5U);
    EXPECT_FALSE(not_proven(*verdict.statement).empty());
  }
}

// With sums that are right. Not every bit can be told: a name that nobody else has may be another.
TEST(VerifyAccounts, any_bit_of_transfers_or_statement_is_another__nothing_breaks) {
  Files whole = sample(3);
  std::size_t told = 0;
  std::size_t asked = 0;
  for (std::string_view name : {kTransfers, kStatement, kTags}) {
    std::size_t size = whole.find(name)->second.size();
    for (std::size_t at = 0; at < size; at += 1 + size / 100) {
      Files other = whole;
      other.find(name)->second[at] ^= static_cast<Byte>(1U << at % 7);
      told += verify(other).findings.empty() ? 0 : 1;
      ++asked;
    }
  }
  EXPECT_GT(told, asked / 2);
}

TEST(VerifyAccounts, a_line_left_out__is_told) {
  Files whole = sample(2);
  const Bytes& rows = whole.find(kTransfers)->second;
  auto end = std::ranges::find(rows, Byte{'\n'}) + 1;
  Files other = whole;
  other.find(kTransfers)->second = Bytes(end, rows.end());
  EXPECT_FALSE(verify(other).findings.empty());
  other.find(kTransfers)->second.clear();
  EXPECT_EQ(verify(other).findings.front().file, kTransfers);
}

TEST(VerifyAccounts, a_file_that_is_missing__is_named) {
  Files whole = sample(2);
  for (const auto& [name, _] : whole) {
    Files other = whole;
    other.erase(name);
    auto findings = verify(other).findings;
    ASSERT_FALSE(findings.empty()) << name;
    EXPECT_TRUE(std::ranges::any_of(findings, [&](const Finding& finding) {
      return finding.file == name;
    })) << name;
  }
}

}  // namespace
}  // namespace tracehound::evidence::accounts
