#include "evidence/accounts/verify.h"

#include <gtest/gtest.h>

#include <algorithm>

#include "evidence/bundle.h"
#include "support/sample_account_bundle.h"

namespace tracehound::evidence::accounts {
namespace {

using test::sample_account_bundle;
using test::verify_account_bundle;

TEST(VerifyAccounts, a_whole_bundle_of_random_transfers__holds) {
  for (std::uint64_t number = 1; number <= 5; ++number) {
    Verdict verdict = verify_account_bundle(sample_account_bundle(number));
    EXPECT_TRUE(verdict.findings.empty()) << number << " " << verdict.findings.front().text();
    EXPECT_GT(verdict.transactions, 5U);
    EXPECT_FALSE(not_proven(*verdict.statement).empty());
  }
}

// With sums that are right. Not every bit can be told: a name that nobody else has may be another.
TEST(VerifyAccounts, any_bit_of_transfers_or_statement_is_another__nothing_breaks) {
  Files whole = sample_account_bundle(3);
  std::size_t told = 0;
  std::size_t asked = 0;
  for (std::string_view name : {kTransfers, kStatement, kTags}) {
    std::size_t size = whole.find(name)->second.size();
    for (std::size_t at = 0; at < size; at += 1 + size / 100) {
      Files other = whole;
      other.find(name)->second[at] ^= static_cast<Byte>(1U << at % 7);
      told += verify_account_bundle(other).findings.empty() ? 0 : 1;
      ++asked;
    }
  }
  EXPECT_GT(told, asked / 2);
}

TEST(VerifyAccounts, a_line_left_out__is_told) {
  Files whole = sample_account_bundle(2);
  const Bytes& rows = whole.find(kTransfers)->second;
  auto end = std::ranges::find(rows, Byte{'\n'}) + 1;
  Files other = whole;
  other.find(kTransfers)->second = Bytes(end, rows.end());
  EXPECT_FALSE(verify_account_bundle(other).findings.empty());
  other.find(kTransfers)->second.clear();
  EXPECT_EQ(verify_account_bundle(other).findings.front().file, kTransfers);
}

TEST(VerifyAccounts, a_file_that_is_missing__is_named) {
  Files whole = sample_account_bundle(2);
  for (const auto& [name, _] : whole) {
    Files other = whole;
    other.erase(name);
    auto findings = verify_account_bundle(other).findings;
    ASSERT_FALSE(findings.empty()) << name;
    EXPECT_TRUE(std::ranges::any_of(findings, [&](const Finding& finding) {
      return finding.file == name;
    })) << name;
  }
}

}  // namespace
}  // namespace tracehound::evidence::accounts
