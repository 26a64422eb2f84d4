#include "incidents/incident.h"

#include <gtest/gtest.h>

namespace tracehound::incidents {
namespace {

Result<Incident> parse(std::string_view text) { return parse_incident(as_bytes(text), "i.yaml"); }

void expect_refused(std::string_view text, std::string_view says) {
  auto incident = parse(text);
  ASSERT_FALSE(incident.has_value()) << text;
  EXPECT_EQ(incident.error().kind, ErrorKind::bad_input);
  EXPECT_NE(incident.error().message.find(says), std::string::npos) << incident.error().message;
}

TEST(Incident, its_fields__are_read_with_their_lines) {
  auto incident = parse(
      "name: A theft\n"
      "chain: bitcoin:main\n"
      "kind: hot-wallet\ndate: unknown\nheight: 7\namount: '5000000001'\nsources: [a book]\n"
      "victims:\n- {name: somebody, kind: exchange}\n"
      "seeds:\n"
      "- coin: aa:0\n  amount: '5000000000'\n  victim: somebody\n  address: cc\n"
      "- {coin: 'bb:1[2,3)'}\n");
  ASSERT_TRUE(incident.has_value()) << incident.error().message;
  EXPECT_EQ(incident->name, "A theft");
  EXPECT_EQ(incident->chain, "bitcoin:main");
  ASSERT_EQ(incident->seeds.size(), 2U);
  EXPECT_EQ(incident->seeds[0].coin, "aa:0");
  EXPECT_EQ(incident->seeds[0].amount, U256(5'000'000'000U));
  EXPECT_EQ(incident->seeds[0].line, 11U);
  EXPECT_EQ(incident->seeds[1].coin, "bb:1[2,3)");
  EXPECT_EQ(incident->seeds[1].amount, std::nullopt);
  EXPECT_EQ(incident->seeds[0].victim.text, "somebody");
  EXPECT_EQ(incident->seeds[0].address.line, 14U);
  EXPECT_TRUE(incident->date.unknown());
  ASSERT_EQ(incident->victims.entries.size(), 1U);
  EXPECT_EQ(incident->victims.entries[0].kind.text, "exchange");
  EXPECT_FALSE(incident->victims.entries[0].country.given());
  ASSERT_EQ(incident->sources.entries.size(), 1U);
  EXPECT_EQ(incident->sources.entries[0].title.text, "a book");
  EXPECT_FALSE(incident->losses.given());
}

TEST(Incident, claims__stand_side_by_side_with_their_sources) {
  auto incident = parse(
      "name: x\n"
      "losses:\n"
      "- {amount: '30000000', currency: USD, precision: about, sources: panel}\n"
      "- {amount: unknown, currency: USD, measure: recovered, sources: [panel, press]}\n"
      "attributions:\n"
      "- {to: A, by: B, date: '2019', quote: 'it was so', sources: press}\n"
      "published:\n"
      "- {address: 1x, chain: 'bitcoin:main', role: theft, check: malformed, sources: press}\n"
      "seeds:\n- {address: bc1x, chain: 'bitcoin:main', since: '2019-01-01', until: '700000'}\n"
      "sources:\n- {id: panel, title: t}\n- {id: press, title: u, url: 'https://x'}\n");
  ASSERT_TRUE(incident.has_value()) << incident.error().message;
  ASSERT_EQ(incident->losses.entries.size(), 2U);
  EXPECT_EQ(incident->losses.entries[0].precision.text, "about");
  EXPECT_TRUE(incident->losses.entries[1].amount.unknown());
  EXPECT_EQ(incident->losses.entries[1].sources.size(), 2U);
  EXPECT_EQ(incident->attributions.entries[0].quote.text, "it was so");
  EXPECT_EQ(incident->published.entries[0].check.text, "malformed");
  EXPECT_EQ(incident->seeds[0].coin, "");
  EXPECT_EQ(incident->seeds[0].address.text, "bc1x");
  EXPECT_EQ(incident->seeds[0].until.text, "700000");
  EXPECT_EQ(incident->sources.entries[1].url.text, "https://x");
}

TEST(Incident, unknown_seeds__can_be_read_and_not_traced) {
  expect_refused("name: x\nseeds: unknown\n", "i.yaml:2: the seeds of this incident are unknown");
  auto read = read_incident(
      as_bytes(std::string_view("name: x\nlosses: unknown\nseeds: unknown\n")), "i.yaml");
  ASSERT_TRUE(read.has_value());
  EXPECT_EQ(read->problems.count, 0U);
  EXPECT_TRUE(read->incident.seeds_unknown);
  EXPECT_TRUE(read->incident.losses.unknown);
  EXPECT_FALSE(read->incident.victims.unknown);
}

TEST(Incident, every_problem__is_kept_with_its_line_and_the_reading_goes_on) {
  auto read = read_incident(as_bytes(std::string_view("name: x\n"
                                                      "colour: red\n"
                                                      "victims:\n- nobody\n"
                                                      "- {name: a, size: {deep: [1, 2]}}\n"
                                                      "losses: {amount: 1}\n"
                                                      "seeds:\n- {coin: a:0, amount: much}\n")),
                            "i.yaml");
  ASSERT_TRUE(read.has_value()) << read.error().message;
  std::vector<std::uint32_t> lines;
  for (const Problem& problem : read->problems.kept) lines.push_back(problem.line);
  EXPECT_EQ(lines, (std::vector<std::uint32_t>{2, 4, 5, 6, 8}));
  EXPECT_EQ(read->incident.seeds.size(), 1U);
}

TEST(Incident, thousands_of_problems__are_counted_and_the_first_are_kept) {
  std::string text = "name: x\nseeds:\n- coin: a:0\nvictims:\n";
  for (int i = 0; i < 5000; ++i) text += "- {nmae: a}\n";
  auto read = read_incident(as_bytes(text), "i.yaml");
  ASSERT_TRUE(read.has_value());
  EXPECT_EQ(read->problems.count, 5000U);
  EXPECT_EQ(read->problems.kept.size(), kMaxProblems);
}

TEST(Incident, an_enormous_list_or_file__is_refused) {
  std::string text = "name: x\nseeds:\n";
  for (std::size_t i = 0; i <= kMaxEntries; ++i) text += "- {coin: a}\n";
  expect_refused(text, "the list 'seeds' has more than 250000 entries");
  std::string large(kMaxIncidentBytes + 1, ' ');
  expect_refused(large, "bytes are too many");
}

TEST(Incident, what_is_no_incident__is_refused_with_file_and_line) {
  expect_refused("", "i.yaml:");
  expect_refused("- a list", "is a map");
  expect_refused("name: x\n", "names no seeds");
  expect_refused("name: x\nseeds: []\n", "names no seeds");
  expect_refused("seeds:\n- coin: a:0\n", "no field 'name'");
  expect_refused("name: x\nseeds: a:0\n", "i.yaml:2: ");
  expect_refused("name: x\nseeds:\n- a:0\n", "i.yaml:3: ");
  expect_refused("name: x\nseeds:\n- amount: 1\n", "no field 'coin'");
  expect_refused("name: x\nseeds:\n- coin: a:0\n  coin: b:0\n", "i.yaml:4: the field 'coin'");
  expect_refused("name: x\nname: y\nseeds:\n- coin: a:0\n", "'name' stands here twice");
  expect_refused("name: x\nseeds:\n- coin: a:0\n  amount: [1]\n", "i.yaml:4: the field 'amount'");
  expect_refused("name: [x]\nseeds:\n- coin: a:0\n", "'name' must be text");
  for (const char* amount :
       {"-1", "1.5", "0x10", "many",
        "115792089237316195423570985008687907853269984665640564039457584007913129639936"}) {
    expect_refused(std::string("name: x\nseeds:\n- coin: a:0\n  amount: ") + amount + "\n",
                   "whole number");
  }
}

TEST(Incident, a_field_that_is_not_known__is_refused_at_its_line) {
  expect_refused("name: x\nseeds:\n- coin: a:0\nseedz:\n- coin: b:0\n",
                 "i.yaml:4: an incident has no field 'seedz'");
  expect_refused("name: x\nseeds:\n- coin: a:0\n  amout: 7\n",
                 "i.yaml:4: a seed has no field 'amout'");
  expect_refused("name: x\nName: y\nseeds:\n- coin: a:0\n", "i.yaml:2: ");
  expect_refused("name: x\n~: y\nseeds:\n- coin: a:0\n", "i.yaml:2: ");
}

TEST(Incident, an_empty_text__is_refused_at_its_line) {
  for (const char* nothing : {"~", "null", "", "''", "'  '", "\"\\t\""}) {
    std::string text(nothing);
    expect_refused("seeds:\n- coin: a:0\nname: " + text + "\n",
                   "i.yaml:3: the field 'name' must be text and not empty");
    expect_refused("name: x\nchain: " + text + "\nseeds:\n- coin: a:0\n",
                   "i.yaml:2: the field 'chain'");
    expect_refused("name: x\nseeds:\n- amount: 1\n  coin: " + text + "\n",
                   "i.yaml:4: the field 'coin'");
  }
  EXPECT_EQ(parse("name: '~'\nseeds:\n- coin: a:0\n")->name, "~");
}

TEST(Incident, an_alias_bomb__is_refused) {
  expect_refused("name: x\nsources: &a [1,1]\nvictims: [*a, *a]\nseeds:\n- coin: a:0\n",
                 "i.yaml:3");
}

}  // namespace
}  // namespace tracehound::incidents
