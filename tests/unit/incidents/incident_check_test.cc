#include "incidents/incident_check.h"

#include <fmt/format.h>
#include <gtest/gtest.h>

#include "incidents/address_form.h"

namespace tracehound::incidents {
namespace {

const std::string kTxid(64, '1');

Problems check(std::string_view text) {
  auto read = read_incident(as_bytes(text), "i.yaml");
  EXPECT_TRUE(read.has_value()) << read.error().message;
  if (!read) return {};
  check_incident(read->incident, read->problems);
  return read->problems;
}

// "LINE: text" of problems, without remarks.
std::vector<std::string> faults(std::string_view text) {
  std::vector<std::string> list;
  for (const Problem& problem : check(text).kept) {
    if (!problem.remark) list.push_back(std::to_string(problem.line) + ": " + problem.text);
  }
  return list;
}

// The text has exactly one problem, which says this.
void expect_fault(std::string_view text, std::string_view says) {
  auto found = faults(text);
  ASSERT_EQ(found.size(), 1U) << text;
  EXPECT_NE(found[0].find(says), std::string::npos) << found[0];
}

// A whole incident with one line in the place of another's.
std::string with(std::string_view field, std::string_view line) {
  std::string text =
      "name: x\n"
      "date: '2018-06-20'\n"
      "chain: bitcoin:main\n"
      "victims:\n- {name: v, kind: exchange, country: KR}\n"
      "losses:\n- {amount: '5', currency: USD, sources: s}\n"
      "attributions: unknown\n"
      "seeds:\n- coin: " +
      kTxid +
      ":0\n"
      "sources:\n- {id: s, title: t}\n";
  std::size_t at = text.find(std::string(field));
  std::size_t end = text.find('\n', at);
  return text.replace(at, end - at, line);
}

TEST(IncidentCheck, a_whole_incident__has_neither_problem_nor_remark) {
  Problems problems = check(with("name: x", "name: x"));
  EXPECT_EQ(problems.count, 0U);
  EXPECT_EQ(problems.remarks, 0U) << problems.kept.front().text;
}

TEST(IncidentCheck, what_is_not_said__is_a_remark_and_unknown_is_said) {
  Problems problems = check("name: x\nseeds: unknown\n");
  EXPECT_EQ(problems.count, 0U);
  EXPECT_EQ(problems.remarks, 5U);
  problems = check(
      "name: x\ndate: unknown\nvictims: unknown\nlosses: unknown\nattributions: unknown\n"
      "sources: unknown\nseeds: unknown\n");
  EXPECT_EQ(problems.remarks, 0U);
}

TEST(IncidentCheck, dates__have_one_of_four_forms_and_exist) {
  for (const char* good : {"'2018'", "'2018-06'", "'2020-02-29'", "'2018-06-20T10:00:00Z'"}) {
    EXPECT_TRUE(faults(with("date: '2018", std::string("date: ") + good)).empty()) << good;
  }
  for (const char* bad :
       {"'2019-02-29'", "'2018-13'", "'18'", "June", "'2018-6-2'", "20/06/2018"}) {
    expect_fault(with("date: '2018", std::string("date: ") + bad), "2: ");
  }
}

TEST(IncidentCheck, words_that_are_counted__are_of_their_lists) {
  expect_fault(with("- {name: v", "- {name: v, kind: shop, country: KR}"),
               "5: \"shop\" is no kind of victim; write one of exchange, ");
  expect_fault(with("- {name: v", "- {name: v, kind: bank switch, country: kr}"),
               "5: \"kr\" is no country");
  expect_fault(with("- {name: v", "- {name: v, kind: unknown, country: Korea}"), "is no country");
  expect_fault(with("chain:", "chain: bitcoin"), "\"bitcoin\" is no chain known here");
  expect_fault(with("- {amount", "- {amount: '5', currency: USD, measure: lost, sources: s}"),
               "is no measure");
  expect_fault(with("- {amount", "- {amount: '5', currency: USD, precision: ca, sources: s}"),
               "is no precision");
}

TEST(IncidentCheck, amounts__are_digits_and_money_of_states_is_whole) {
  for (const char* bad : {"1.5", "-1", "1,000", "many", "1e9", "99999999999999999999999"}) {
    expect_fault(
        with("- {amount", std::string("- {amount: '") + bad + "', currency: USD, sources: s}"),
        "is no amount");
  }
  EXPECT_TRUE(
      faults(with("- {amount", "- {amount: '3816.2028', currency: BTC, sources: s}")).empty());
  expect_fault(with("- {amount", "- {amount: '1.2.3', currency: BTC, sources: s}"), "is no amount");
}

TEST(IncidentCheck, sources__are_listed_once_and_used) {
  expect_fault(with("- {amount", "- {amount: '5', currency: USD, sources: [s, z]}"),
               "no source of this file has the id \"z\"");
  expect_fault(with("- {id: s", "- {id: s, title: t}\n- {id: s, title: u}"),
               "two sources are called \"s\"");
  expect_fault(with("- {id: s", "- {id: s, title: t, url: 'ftp://x'}"), "is no web address");
  EXPECT_EQ(check(with("- {id: s", "- {id: s, title: t}\n- {id: z, title: u}")).remarks, 1U);
}

TEST(IncidentCheck, an_attribution__says_who_what_and_of_whom) {
  expect_fault(with("attributions", "attributions:\n- {to: A, claim: c, sources: s}"),
               "has no field 'by'");
  expect_fault(with("attributions", "attributions:\n- {by: B, claim: c, sources: s}"),
               "has no field 'to'");
  expect_fault(with("attributions", "attributions:\n- {to: A, by: B, sources: s}"),
               "gives neither the words said");
}

TEST(IncidentCheck, a_seed_on_the_wrong_chain__is_named_at_its_line) {
  expect_fault(with("- coin", "- {address: ltc1qw508d6qejxtdg4y5r3zarvary0c5xw7kgmn4n9}"),
               "10: \"ltc1qw508d6qejxtdg4y5r3zarvary0c5xw7kgmn4n9\" is no address of main");
  expect_fault(with("- coin", "- {coin: '" + kTxid + ":0', chain: 'ethereum:main'}"),
               "is no transaction of ethereum:main");
  expect_fault(with("- coin", "- {address: '0x1db92e2eebc8e0c075a02bea49a2935bcd2dfcf4'}"),
               "is no address of main");
  EXPECT_TRUE(faults(with("- coin",
                          "- {address: '0x1db92e2eebc8e0c075a02bea49a2935bcd2dfcf4', "
                          "chain: 'ethereum:main'}"))
                  .empty());
}

TEST(IncidentCheck, seeds__are_well_formed_and_claim_each_unit_once) {
  expect_fault(with("- coin", "- coin: abc:0"), "is not a txid");
  expect_fault(with("- coin", "- coin: " + kTxid + ":0\n- coin: " + kTxid + ":0[1,2)"),
               "11: this seed overlaps the one of line 10");
  EXPECT_TRUE(
      faults(with("- coin", "- coin: " + kTxid + ":0[0,1)\n- coin: " + kTxid + ":0[1,2)")).empty());
  const std::string address = "- {address: 1EnJHhq8Jq8vDuZA5ahVh6H4t6jh1mB4rq";
  expect_fault(with("- coin", address + "}\n" + address + "}"), "stands at line 10 already");
  EXPECT_TRUE(faults(with("- coin", address + "}\n" + address + ", since: '2018-01-01'}")).empty());
  expect_fault(with("- coin", address + ", victim: w}"), "no victim of this incident is called");
  expect_fault(with("- coin", address + ", since: '2018-02-01', until: '2018-01-01'}"),
               "ends before it begins");
  expect_fault(with("- coin", address + ", since: lately}"), "ends no span of time");
}

TEST(IncidentCheck, malformed_addresses__stay_if_they_are_marked) {
  const std::string bad = "0x443e285a20e5Ff1df69e9db8bca8402c176524eb6";  // 41 digits
  auto published = [&](const std::string& rest) {
    return with("attributions", "attributions: unknown\npublished:\n- {address: '" + rest);
  };
  std::string chain = "', chain: 'ethereum:main', sources: s";
  expect_fault(published(bad + chain + "}"), "or mark it with `check: malformed`");
  EXPECT_TRUE(faults(published(bad + chain + ", check: malformed}")).empty());
  const std::string good = "0x443e285a20e5ff1df69e9db8bca8402c176524eb";
  expect_fault(published(good + chain + ", check: malformed}"), "nothing is wrong with its form");
  expect_fault(published(good + chain + "}\n- {address: '" + good + chain + "}"),
               "this stands at line");
}

TEST(IncidentCheck, capitals_that_are_no_checksum__stay_if_they_are_marked_and_are_no_seeds) {
  auto published = [&](std::string_view address, std::string_view check) {
    return faults(with("attributions",
                       fmt::format("attributions: unknown\npublished:\n- {{address: '{}', chain: "
                                   "'ethereum:main', sources: s{}}}",
                                   address, check)));
  };
  auto seed = [&](std::string_view address) {
    return faults(with(
        "seeds:", fmt::format("seeds:\n- {{address: '{}', chain: 'ethereum:main'}}", address)));
  };
  // The first of EIP-55's, with a digit changed, with a capital changed, and in one case alone.
  const std::string right = "0x5aAeb6053F3E94C9b9A09f33669435E7Ef1BeAed";
  for (std::string_view wrong : {"0x5aAeb6053F3E94C9b9A09f33669435E7Ef1BeAec",
                                 "0x5AAeb6053F3E94C9b9A09f33669435E7Ef1BeAed"}) {
    auto found = published(wrong, "");
    ASSERT_EQ(found.size(), 1U);
    EXPECT_NE(found[0].find("or mark it with `check: capitals`"), std::string::npos) << found[0];
    EXPECT_TRUE(published(wrong, ", check: capitals").empty());
    EXPECT_EQ(published(wrong, ", check: malformed").size(), 1U);
    ASSERT_EQ(seed(wrong).size(), 1U);
    EXPECT_NE(seed(wrong)[0].find("(EIP-55)"), std::string::npos) << seed(wrong)[0];
  }
  for (std::string_view fine : {right, std::string("0x5aaeb6053f3e94c9b9a09f33669435e7ef1beaed"),
                                std::string("0x5AAEB6053F3E94C9B9A09F33669435E7EF1BEAED")}) {
    EXPECT_TRUE(published(fine, "").empty()) << fine;
    EXPECT_EQ(published(fine, ", check: capitals").size(), 1U) << fine;
    EXPECT_TRUE(seed(fine).empty()) << fine;
  }
}

TEST(IncidentCheck, text_from_outside__is_quoted_and_cut) {
  auto found = faults(with("chain:", "chain: \"\\e[31m" + std::string(500, 'x') + "\""));
  ASSERT_EQ(found.size(), 1U);
  EXPECT_EQ(found[0].find('\x1b'), std::string::npos);
  EXPECT_EQ(found[0].find(std::string(100, 'x')), std::string::npos);
}

TEST(AddressForm, chains__tell_their_addresses_from_others) {
  auto form = [](std::string_view chain, std::string_view text) {
    return check_address(chain, text).form;
  };
  EXPECT_EQ(form("bitcoin:main", "1EnJHhq8Jq8vDuZA5ahVh6H4t6jh1mB4rq"), Form::good);
  EXPECT_EQ(form("bitcoin:main", "1EnJHhq8Jq8vDuZA5ahVh6H4t6jh1mB4rr"), Form::malformed);
  EXPECT_EQ(form("litecoin:main", "LQtFoidy5TmLrPP77MZzgMRffqPsmRfMXE"), Form::good);
  EXPECT_EQ(form("tron:main", "TB3j1gUXaLXXq2bstiSMfjQ9R7Yh9DdDgK"), Form::good);
  EXPECT_EQ(form("tron:main", "TB3j1gUXaLXXq2bstiSMfjQ9R7Yh9DdDgL"), Form::malformed);
  EXPECT_EQ(form("tron:main", "1EnJHhq8Jq8vDuZA5ahVh6H4t6jh1mB4rq"), Form::malformed);
  // The account of XRP's documentation that no key has, and the same with a digit changed.
  EXPECT_EQ(form("xrp:main", "rrrrrrrrrrrrrrrrrrrrrhoLvTp"), Form::good);
  EXPECT_EQ(form("xrp:main", "rrrrrrrrrrrrrrrrrrrrrhoLvTq"), Form::malformed);
  EXPECT_EQ(form("xrp:main", "r3mZvvHVLPtRWAujzBsAoXqH11jhwQZvzY"), Form::good);
  EXPECT_EQ(form("stellar:main", "GBM3PJWNB5VKNOFXCDTTNXPMUNBMYTLAAPYDIIKLHUGMKX7ZGN2FNGFU"),
            Form::good);
  EXPECT_EQ(form("stellar:main", "GBM3PJWNB5VKNOFXCDTTNXPMUNBMYTLAAPYDIIKLHUGMKX7ZGN2FNGFV"),
            Form::malformed);
  EXPECT_EQ(form("solana:main", "11111111111111111111111111111111"), Form::good);
  EXPECT_EQ(form("solana:main", "1111111111111111111111111111111"), Form::malformed);
  EXPECT_EQ(form("bsc:main", "0x54459d826a727393134c929ad1F4bcle16f6F021"), Form::malformed);
  EXPECT_EQ(form("bsc:main", "0x5aAeb6053F3E94C9b9A09f33669435E7Ef1BeAec"), Form::capitals);
  EXPECT_EQ(form("eos:main", "g4ydomrxhege"), Form::unchecked);
  EXPECT_EQ(check_transaction("ethereum:main", "0x" + kTxid).form, Form::good);
  EXPECT_EQ(check_transaction("bitcoin:main", "0x" + kTxid).form, Form::malformed);
  EXPECT_FALSE(is_known_chain("dogecoin"));
}

}  // namespace
}  // namespace tracehound::incidents
