#include "evidence/verify.h"

#include <gtest/gtest.h>

#include "evidence/records.h"
#include "support/sample_bundle.h"

namespace tracehound::evidence {
namespace {

using test::FaultyFileSystem;
using test::put_bundle;
using test::sample_bundle;

Verdict verify(const Files& files) {
  FaultyFileSystem disk;
  put_bundle(disk, "B", files);
  return test::verify_folder(disk, "B", std::nullopt).value();
}

std::string first_finding(const Files& files) {
  Verdict verdict = verify(files);
  return verdict.findings.empty() ? "" : verdict.findings.front().text();
}

TEST(Verify, a_whole_bundle_by_any_method_and_fee_rule__holds) {
  using trace::MethodKind;
  for (std::string fees : {"sink", "miner"}) {
    Files files = sample_bundle(
        {.fees = fees,
         .methods = {MethodKind::poison, MethodKind::haircut, MethodKind::fifo, MethodKind::lifo,
                     MethodKind::tiho, MethodKind::tilo, MethodKind::seniority}});
    Verdict verdict = verify(files);
    EXPECT_EQ(first_finding(files), "") << fees;
    EXPECT_EQ(verdict.headers, 6U);
    EXPECT_EQ(verdict.signer, std::nullopt);
  }
}

// What is hashed into a txid or header cannot be changed, even with sums that are right.
TEST(Verify, any_bit_of_headers_or_transactions_is_another__it_is_found_there) {
  Files whole = sample_bundle();
  for (std::string_view name : {kHeaders, kTransactions}) {
    std::size_t size = whole.find(name)->second.size();
    for (std::size_t at = 0; at < size; at += 3) {
      Files other = whole;
      other.find(name)->second[at] ^= static_cast<Byte>(1U << at % 8);
      Verdict verdict = verify(other);
      ASSERT_FALSE(verdict.findings.empty()) << name << " " << at;
      EXPECT_EQ(verdict.findings.front().file, name) << at;
    }
  }
}

TEST(Verify, another_result__is_told_by_its_line) {
  Files other = sample_bundle();
  Bytes& csv = other.find(kCsv)->second;
  csv[csv.size() - 3] ^= 1;
  EXPECT_TRUE(first_finding(other).starts_with("result.csv: line ")) << first_finding(other);
}

TEST(Verify, a_transaction_the_trace_went_through_without_its_inputs__is_missed) {
  for (std::string fees : {"sink", "miner"}) {
    Files whole = sample_bundle({.fees = fees});
    auto records = read_records(whole.find(kTransactions)->second).value();
    std::size_t found = 0;
    for (std::size_t left_out = 0; left_out < records.size(); ++left_out) {
      Files other = whole;
      Bytes& bytes = other.find(kTransactions)->second;
      bytes.assign(kRecordsHead.begin(), kRecordsHead.end());
      for (std::size_t i = 0; i < records.size(); ++i) {
        if (i == left_out) continue;
        add_record(bytes, records[i].height, records[i].position, records[i].raw,
                   records[i].branch_hashes());
      }
      found += verify(other).findings.empty() ? 0 : 1;
    }
    EXPECT_EQ(found, records.size()) << fees;
  }
}

TEST(Verify, another_question_than_was_asked__has_another_answer) {
  Files other = sample_bundle();
  Bytes& json = other.find(kStatement)->second;
  std::string text(json.begin(), json.end());
  text.replace(text.find("\"haircut\""), 9, "\"tiho\"");
  json.assign(text.begin(), text.end());
  EXPECT_TRUE(first_finding(other).starts_with("result.json: line ")) << first_finding(other);
}

TEST(Verify, seeds_that_are_not_the_incidents__are_found) {
  Files other = sample_bundle();
  Bytes& json = other.find(kStatement)->second;
  std::string text(json.begin(), json.end());
  text.replace(text.find("\"first\": \"0\""), 12, "\"first\": \"1\"");
  json.assign(text.begin(), text.end());
  EXPECT_EQ(first_finding(other), "bundle.json: seeds: are not those that incident.yaml names");
}

TEST(Verify, a_key_that_did_not_sign__is_told) {
  FaultyFileSystem disk;
  Files files = sample_bundle();
  auto key = ed25519::PrivateKey{};
  ASSERT_TRUE(write_bundle(disk, "B", files, key));
  auto mine = ed25519::public_key(key);
  EXPECT_TRUE(test::verify_folder(disk, "B", mine).value().findings.empty());
  mine[0] ^= 1;
  EXPECT_EQ(test::verify_folder(disk, "B", mine).value().findings.size(), 1U);
}

TEST(WriteBundle, power_lost_or_disk_full_at_any_step__leaves_no_bundle_or_all_of_it) {
  Files files = sample_bundle();
  for (std::uint64_t changes = 0;; ++changes) {
    FaultyFileSystem disk;
    disk.lose_power_after(changes);
    bool written = write_bundle(disk, "B", files, std::nullopt).has_value();
    disk.restart(0);
    auto verdict = test::verify_folder(disk, "B", std::nullopt);
    if (written) {
      ASSERT_TRUE(verdict && verdict->findings.empty());
      break;
    }
    EXPECT_TRUE(!verdict || verdict->findings.empty()) << changes;
  }
}

TEST(OpenBundle, a_folder_without_sums__is_no_bundle) {
  FaultyFileSystem disk;
  ASSERT_TRUE(disk.make_folder("B"));
  auto verdict = test::verify_folder(disk, "B", std::nullopt);
  ASSERT_FALSE(verdict);
  EXPECT_EQ(verdict.error().kind, ErrorKind::bad_input);
}

}  // namespace
}  // namespace tracehound::evidence
