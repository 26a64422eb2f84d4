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

TEST(Incident, its_fields__are_read_and_those_for_people_are_read_over) {
  auto incident = parse(
      "name: A theft\n"
      "chain: bitcoin:main\n"
      "kind: hot-wallet\ndate: ~\nheight: 7\namount: '5000000001'\nsources: []\n"
      "victims:\n- {name: somebody, wallets: [a, b]}\n"
      "seeds:\n"
      "- coin: aa:0\n  amount: '5000000000'\n  victim: somebody\n  address: cc\n"
      "- {coin: 'bb:1[2,3)'}\n");
  ASSERT_TRUE(incident.has_value()) << incident.error().message;
  EXPECT_EQ(incident->name, "A theft");
  EXPECT_EQ(incident->chain, "bitcoin:main");
  ASSERT_EQ(incident->seeds.size(), 2U);
  EXPECT_EQ(incident->seeds[0].coin, "aa:0");
  EXPECT_EQ(incident->seeds[0].amount, 5'000'000'000U);
  EXPECT_EQ(incident->seeds[0].line, 11U);
  EXPECT_EQ(incident->seeds[1].coin, "bb:1[2,3)");
  EXPECT_EQ(incident->seeds[1].amount, std::nullopt);
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
  expect_refused("name: [x]\nseeds:\n- coin: a:0\n", "'name' must be text");
  for (const char* amount : {"-1", "1.5", "0x10", "18446744073709551616", "many", "[1]"}) {
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
