#include "base/json.h"

#include <gtest/gtest.h>
#include <simdjson.h>

#include <limits>
#include <random>
#include <string>

namespace tracehound {
namespace {

std::string one_line(void (*fill)(JsonWriter&)) {
  JsonWriter json(0);
  fill(json);
  return json.take();
}

TEST(Json, objects_and_lists_nest) {
  EXPECT_EQ(one_line([](JsonWriter& json) {
              json.open_object();
              json.key("a").open_list().value(1).value("two").value(true).null().close_list();
              json.key("b").open_object().close_object();
              json.key("c").open_list().close_list();
              json.close_object();
            }),
            "{\"a\":[1,\"two\",true,null],\"b\":{},\"c\":[]}\n");
}

TEST(Json, indented_text_has_one_value_a_line) {
  JsonWriter json(2);
  json.open_object().key("a").open_list().value(1).value(2).close_list().key("b").value(3);
  json.close_object();
  EXPECT_EQ(json.take(), "{\n  \"a\": [\n    1,\n    2\n  ],\n  \"b\": 3\n}\n");
}

TEST(Json, integers_are_exact_to_the_last_digit) {
  EXPECT_EQ(one_line([](JsonWriter& json) {
              json.open_list();
              json.value(std::numeric_limits<std::uint64_t>::max());
              json.value(std::numeric_limits<std::int64_t>::min());
              json.value(0);
              json.amount(std::uint64_t{2'099'999'997'690'000});
              json.close_list();
            }),
            "[18446744073709551615,-9223372036854775808,0,\"2099999997690000\"]\n");
}

TEST(Json, quotes_backslashes_and_control_characters_are_escaped) {
  EXPECT_EQ(json_quote("a\"b\\c\n\t\r\x01\x7F"), "\"a\\\"b\\\\c\\n\\t\\u000d\\u0001\\u007f\"");
  EXPECT_EQ(json_quote(std::string_view("\0", 1)), "\"\\u0000\"");
  EXPECT_EQ(json_quote(""), "\"\"");
}

TEST(Json, well_formed_utf8_is_kept) {
  for (std::string_view text : {"\xC2\x80", "\xDF\xBF", "\xE0\xA0\x80", "\xED\x9F\xBF",
                                "\xEE\x80\x80", "\xF0\x90\x80\x80", "\xF4\x8F\xBF\xBF"}) {
    EXPECT_EQ(json_quote(text), "\"" + std::string(text) + "\"");
  }
}

TEST(Json, bytes_that_are_not_utf8__become_the_replacement_character) {
  const std::string replaced = "\xEF\xBF\xBD";
  EXPECT_EQ(json_quote("a\xFFz"), "\"a" + replaced + "z\"");
  EXPECT_EQ(json_quote("\x80"), "\"" + replaced + "\"");                      // a tail alone
  EXPECT_EQ(json_quote("\xC0\xAF"), "\"" + replaced + replaced + "\"");       // overlong
  EXPECT_EQ(json_quote("\xE2\x82"), "\"" + replaced + replaced + "\"");       // cut short
  EXPECT_EQ(json_quote("\xE2\x82z"), "\"" + replaced + replaced + "z\"");     // broken off
  EXPECT_EQ(json_quote("\xED\xA0\x80").size(), 2 + 3 * replaced.size());      // a surrogate
  EXPECT_EQ(json_quote("\xF4\x90\x80\x80").size(), 2 + 4 * replaced.size());  // past U+10FFFF
}

// Another parser's opinion on random strings, half of them with bytes that are no UTF-8.
TEST(Json, random_strings_come_back_through_simdjson) {
  std::mt19937_64 engine(1);
  simdjson::dom::parser parser;
  for (int round = 0; round < 20'000; ++round) {
    std::string text;
    bool is_ascii = round % 2 == 0;
    for (std::uint64_t length = engine() % 24; length > 0; --length) {
      text += static_cast<char>(engine() % (is_ascii ? 128 : 256));
    }
    JsonWriter json(round % 3);
    json.open_object().key(text).open_list().value(text).value(engine()).close_list();
    json.close_object();
    std::string written = json.take();

    simdjson::dom::element document;
    ASSERT_EQ(parser.parse(written).get(document), simdjson::SUCCESS) << written;
    auto field = *document.get_object().value().begin();
    std::string_view back = field.value.at(0).get_string();
    EXPECT_EQ(field.key, back);
    if (is_ascii) {
      EXPECT_EQ(back, text);
    }
    // What was made well-formed stays as it is.
    EXPECT_EQ(json_quote(back), json_quote(text));
  }
}

TEST(JsonDeathTest, calls_that_make_no_document_are_bugs) {
  EXPECT_DEATH(JsonWriter().open_list().take(), "CHECK");
  EXPECT_DEATH(JsonWriter().take(), "CHECK");
  EXPECT_DEATH(JsonWriter().open_object().value(1), "CHECK");
  EXPECT_DEATH(JsonWriter().open_list().key("a"), "CHECK");
  EXPECT_DEATH(JsonWriter().open_list().close_object(), "CHECK");
  EXPECT_DEATH(JsonWriter().value(1).value(2), "CHECK");
}

}  // namespace
}  // namespace tracehound
