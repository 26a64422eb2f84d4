#include "tags/lint.h"

#include <gtest/gtest.h>

#include "unit/tags/packs.h"

namespace tracehound::tags {
namespace {

// Addresses of bitcoin:main begin with "good".
AddressTest test_of_words() {
  AddressTest test;
  test.fault = [](std::string_view chain, std::string_view address) -> std::string {
    bool good = chain != "bitcoin:main" || address.starts_with("good");
    return good ? "" : fmt::format("{} is no address of {}", address, chain);
  };
  test.chain_of = [](std::string_view address) -> std::string {
    return address.starts_with("good") ? "bitcoin:main" : "";
  };
  return test;
}

std::vector<std::string> findings(std::string_view text, const std::set<std::string>& actors = {}) {
  Findings found = check_pack(pack_of(text), test_of_words(), actors);
  EXPECT_EQ(found.count, found.list.size());
  std::vector<std::string> lines;
  for (const Complaint& one : found.list)
    lines.push_back(fmt::format("{}: {}", one.line, one.text));
  return lines;
}

using Lines = std::vector<std::string>;
constexpr std::string_view kHeader =
    "title: T\ncreator: C\ncurrency: BTC\nlabel: L\nsource: S\nlastmod: 2024-01-31\ntags:\n";

TEST(Lint, a_clean_pack_has_no_findings) {
  EXPECT_EQ(findings(std::string(kHeader) + "- {address: good1, actor: a}\n", {"a"}), Lines{});
}

TEST(Lint, what_the_reader_complained_of_is_in_it) {
  EXPECT_EQ(findings(std::string(kHeader) + "- {label: x}\n- {address: good1}\n"),
            Lines{"8: tag skipped: it has neither address nor tx_hash"});
}

TEST(Lint, addresses_of_another_chain) {
  EXPECT_EQ(findings(std::string(kHeader) +
                     "- {address: bad}\n"
                     "- {address: good1, currency: ETH}\n"
                     "- {address: '0x00000000000000000000000000000000000000aa', currency: ETH}\n"
                     "- {address: '0x1', currency: ETH}\n"
                     "- {address: whatever, currency: EOS}\n"
                     "- {tx_hash: bad}\n"),
            (Lines{"8: bad is no address of bitcoin:main",
                   "9: \"good1\" is no address of ETH: that is 0x and 40 hexadecimal digits; it is "
                   "one of bitcoin:main",
                   "11: \"0x1\" is no address of ETH: that is 0x and 40 hexadecimal digits"}));
}

TEST(Lint, the_same_tag_twice_and_tags_that_contradict) {
  EXPECT_EQ(findings(std::string(kHeader) + "- {address: good1, actor: a}\n"
                                            "- {address: good1, actor: b}\n"
                                            "- {address: good1, actor: a}\n"
                                            "- {address: good1, actor: c, abuse: scam}\n"
                                            "- {address: good1, actor: d, currency: LTC}\n"
                                            "- {address: good1, actor: a, label: other}\n"),
            (Lines{"9: \"good1\" is said to be b's here and a's on line 8",
                   "10: \"good1\" has the same tag on line 8 already"}));
}

TEST(Lint, what_is_missing_is_said_once_at_the_first_tag) {
  EXPECT_EQ(
      findings("currency: BTC\nlabel: L\ntags:\n- address: good1\n- address: good2\n"
               "- {address: good3, source: S, lastmod: soon}\n"),
      (Lines{"1: the pack has no creator", "1: the pack has no title",
             "4: it has no lastmod; so with 1 tag more", "4: it has no source; so with 1 tag more",
             "6: its lastmod \"soon\" is no date such as 2024-01-31"}));
}

TEST(Lint, an_actor_nobody_defines) {
  std::string text = std::string(kHeader) + "- {address: good1, actor: nobody}\n";
  EXPECT_EQ(findings(text), Lines{});
  EXPECT_EQ(findings(text, {"a"}), Lines{"8: its actor \"nobody\" is in none of the actor packs"});
}

TEST(Lint, findings_beyond_what_is_kept_are_counted) {
  std::string text(kHeader);
  for (std::size_t i = 0; i < kMaxComplaints + 5; ++i) text += fmt::format("- address: bad{}\n", i);
  Findings found = check_pack(pack_of(text), test_of_words(), {});
  EXPECT_EQ(found.count, kMaxComplaints + 5);
  EXPECT_EQ(found.list.size(), kMaxComplaints);
}

}  // namespace
}  // namespace tracehound::tags
