#include "evidence/statement.h"

#include <gtest/gtest.h>

namespace tracehound::evidence {
namespace {

Statement sample() {
  Statement statement;
  statement.engine = "tracehound 0.1.0";
  statement.chain = "bitcoin:main";
  statement.tip = 9;
  statement.tip_hash.bytes.fill(3);
  statement.asked.label_by = "victim";
  statement.asked.methods = {"fifo", "haircut"};
  statement.asked.stop_at = {"exchange"};
  statement.asked.min_amount = 18'446'744'073'709'551'615U;
  statement.asked.until = 7;
  statement.labels = {"A \"shop\"\n", "B\u00e9"};
  statement.seeds = {{{Hash256{}, 4}, 1, 9, 2}};
  statement.services = {{"Alder", "exchange"}};
  StatedStop stop;
  stop.address = "1A";
  stop.service = 0;
  stop.tags = {0, 2};
  stop.steps = {{Hash256{}, "1B"}};
  statement.stops = {stop, {.address = "1C", .kind = trace::DestinationKind::burned}};
  statement.mixes = {{Hash256{}, "wasabi1"}};
  return statement;
}

TEST(Statement, written_and_read__is_the_same) {
  std::string text = write_statement(sample());
  EXPECT_EQ(write_statement(parse_statement(text).value()), text);
  std::vector<UsedTag> tags(2);
  tags[1] = {.address = "1A", .label = "x", .concepts = {"exchange"}, .line = 4'000'000'000};
  EXPECT_EQ(parse_tags(write_tags(tags)).value(), tags);
}

// What a reader does not look at could say anything; so there is nothing of that kind.
TEST(Statement, any_byte_is_another__it_is_refused_or_says_something_else) {
  std::string text = write_statement(sample());
  for (std::size_t i = 0; i < text.size(); ++i) {
    for (unsigned bit = 0; bit < 8; ++bit) {
      std::string other = text;
      other[i] = static_cast<char>(other[i] ^ (1 << bit));
      auto read = parse_statement(other);
      EXPECT_TRUE(!read || write_statement(*read) != text) << i << " " << bit;
    }
    EXPECT_FALSE(parse_statement(text.substr(0, i))) << i;
  }
}

TEST(Statement, a_field_more_or_in_another_place__is_told_by_its_line) {
  std::string text = write_statement(sample());
  std::string more = text;
  more.insert(more.find(" \"chain\""), " \"colour\": \"red\",\n");
  auto read = parse_statement(more);
  ASSERT_FALSE(read);
  EXPECT_EQ(read.error().message, "has in line 4 what does not belong there");
}

TEST(Statement, a_million_brackets__are_no_json) {
  auto read = parse_statement(std::string(1'000'000, '['));
  ASSERT_FALSE(read);
  EXPECT_TRUE(read.error().message.starts_with("is no JSON")) << read.error().message;
}

}  // namespace
}  // namespace tracehound::evidence
