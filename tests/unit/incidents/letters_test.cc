#include "incidents/letters.h"

#include <gtest/gtest.h>

#include <set>

#include "unit/incidents/markup.h"
#include "unit/incidents/report_samples.h"

namespace tracehound::incidents {
namespace {

std::vector<ServiceDeposits> deposits_of(test::ReportWorld world) {
  return service_deposits(world.trace(), world.lookup(), world.about);
}

std::vector<Letter> letters_of(const std::vector<ServiceDeposits>& services,
                               std::string_view pattern = kLetterTemplate) {
  auto letters =
      freeze_letters(services, {"a theft", "bitcoin:main", "block 9", "", "fifo", "t"}, pattern);
  EXPECT_TRUE(letters.has_value()) << letters.error().message;
  return letters ? *letters : std::vector<Letter>();
}

ServiceDeposits named(std::string name, std::string category = "exchange") {
  return {std::move(name), std::move(category), {}, "1 BTC", {}};
}

TEST(Letters, each_service__gets_its_own_deposits_and_nobody_else_s) {
  auto services = deposits_of(test::hot_wallet());
  auto letters = letters_of(services);
  ASSERT_EQ(letters.size(), services.size());
  ASSERT_GE(services.size(), 3U);
  for (std::size_t i = 0; i < services.size(); ++i) {
    ASSERT_FALSE(services[i].deposits.empty());
    for (std::size_t j = 0; j < services.size(); ++j) {
      for (const Deposit& deposit : services[j].deposits) {
        EXPECT_EQ(letters[i].text.find(deposit.id) != std::string::npos, i == j) << deposit.id;
      }
      bool names = letters[i].text.find(services[j].name) != std::string::npos;
      EXPECT_EQ(names, i == j) << services[j].name;
    }
  }
}

TEST(Letters, file_names__climb_nowhere_and_are_never_the_same) {
  auto letters = letters_of({named("../../etc/passwd"), named("Kraken"), named("kraken"),
                             named("KRAKEN", "wallet"), named("\xE5\xB8\x81\xE5\xAE\x89"),
                             named("\xE5\xB8\x81\xE5\xAE\x8A"), named(""), named("."), named(".."),
                             named(std::string(500, 'x')), named("a\nb\0c"), named("con.html")});
  std::set<std::string> names;
  for (const Letter& letter : letters) {
    EXPECT_TRUE(names.insert(letter.file).second) << letter.file;
    EXPECT_EQ(letter.file.find_first_not_of("abcdefghijklmnopqrstuvwxyz0123456789-."),
              std::string::npos)
        << letter.file;
    EXPECT_NE(letter.file.front(), '.');
    EXPECT_EQ(letter.file.find('.'), letter.file.size() - 5) << letter.file;
    EXPECT_LE(letter.file.size(), 60U);
  }
  EXPECT_TRUE(names.begin()->ends_with(".html"));
  EXPECT_EQ(letters_of({named("Kraken")}).front().file, letters[1].file);
}

TEST(Letters, texts_from_outside__are_escaped_in_html) {
  auto services = deposits_of(test::hostile());
  for (const Letter& letter : letters_of(services)) {
    test::Markup markup = test::read_markup(letter.text);
    EXPECT_TRUE(markup.faults.empty()) << markup.faults.front();
    EXPECT_TRUE(markup.named("script").empty());
    EXPECT_TRUE(markup.named("svg").empty());
  }
}

TEST(Letters, a_plain_template__makes_plain_text_that_no_terminal_obeys) {
  ServiceDeposits service = named("A\x1B[31m<b>");
  service.deposits.push_back({"ab:0", "addr", true, 7, 1'710'408'360, "1 BTC", "V1-T1-H2"});
  auto letters = letters_of({service}, "To {{service}}:\n{{deposits}}");
  EXPECT_EQ(letters.front().text.find('\x1B'), std::string::npos);
  EXPECT_NE(letters.front().text.find("<b>:\n"), std::string::npos);
  EXPECT_NE(letters.front().text.find("2024-03-14 09:26:00"), std::string::npos);
  EXPECT_TRUE(letters.front().file.ends_with(".txt"));
}

TEST(Letters, a_template_with_a_field_that_there_is_not__is_refused_whoever_gets_letters) {
  EXPECT_FALSE(freeze_letters({}, {}, "Dear {{nobody}}").has_value());
  EXPECT_FALSE(freeze_letters({}, {}, "Dear {{service").has_value());
  EXPECT_TRUE(freeze_letters({}, {}, "Dear all").has_value());
}

TEST(Letters, a_name_that_looks_like_a_field__fills_in_nothing) {
  auto letters = letters_of({named("{{deposits}}{{total}}")}, "{{service}}");
  EXPECT_EQ(letters.front().text, "{{deposits}}{{total}}");
}

}  // namespace
}  // namespace tracehound::incidents
