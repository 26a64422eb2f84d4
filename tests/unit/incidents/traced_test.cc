#include "incidents/traced.h"

#include <gtest/gtest.h>

#include "unit/incidents/report_samples.h"

namespace tracehound::incidents {
namespace {

using trace::MethodKind;

TracedCase traced(test::ReportWorld world, MethodKind method = MethodKind::fifo) {
  return traced_case(world.trace(method), world.lookup(), world.about);
}

TEST(Traced, every_address_stands_once_in_the_order_the_units_came) {
  TracedCase what = traced(test::hot_wallet());
  ASSERT_FALSE(what.addresses.empty());
  EXPECT_EQ(what.addresses.front().hops, 0U);
  for (std::size_t i = 1; i < what.addresses.size(); ++i) {
    EXPECT_GE(what.addresses[i].first, what.addresses[i - 1].first);
    for (std::size_t j = 0; j < i; ++j) {
      EXPECT_NE(what.addresses[i].address, what.addresses[j].address);
    }
  }
}

TEST(Traced, poison_has_places_and_no_amounts) {
  bool rests = false;
  for (const TracedAddress& address : traced(test::all_kinds(), MethodKind::poison).addresses) {
    for (const TracedRest& rest : address.rests) {
      rests = true;
      EXPECT_EQ(rest.amount, "");
    }
  }
  EXPECT_TRUE(rests);
}

TEST(Traced, words_say_where_it_rests_and_by_which_rule) {
  TracedCase what = traced(test::hot_wallet());
  for (const TracedAddress& address : what.addresses) {
    if (!address.at_service()) continue;
    std::string words = traced_words(what, address);
    EXPECT_NE(words.find("as tags say"), std::string::npos) << words;
    EXPECT_NE(words.find("By fifo, up to block 840000"), std::string::npos) << words;
    return;
  }
  FAIL() << "no service in the sample";
}

TEST(Traced, a_trace_of_nothing_makes_whole_documents) {
  TracedCase what = traced(test::ReportWorld(1));
  EXPECT_NE(to_misp(what).find("\"Object\": []"), std::string::npos);
  EXPECT_EQ(to_stix(what).find("grouping"), std::string::npos);
  EXPECT_NE(to_tagpack(what).find("tags: []"), std::string::npos);
}

}  // namespace
}  // namespace tracehound::incidents
