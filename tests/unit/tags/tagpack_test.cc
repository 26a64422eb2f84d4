// TagPacks too large or too hostile for a case file, and the facts a pack keeps of itself.
#include "tags/tagpack.h"

#include <gtest/gtest.h>

#include <ctime>
#include <string>

namespace tracehound::tags {
namespace {

Result<TagPack> parse(std::string_view text) {
  return parse_tagpack(as_bytes(text), "a/pack.yaml");
}

std::string error_of(std::string_view text) {
  auto pack = parse(text);
  if (pack) return "no error";
  EXPECT_EQ(pack.error().kind, ErrorKind::bad_input);
  EXPECT_EQ(pack.error().message.find('\n'), std::string::npos);
  return pack.error().message;
}

std::string repeated(std::string_view text, std::size_t times) {
  std::string all;
  all.reserve(text.size() * times);
  for (std::size_t i = 0; i < times; ++i) all += text;
  return all;
}

TEST(TagPack, a_pack_keeps_its_file_name_title_creator_and_hash) {
  auto pack = parse("title: T\ncreator: C\ndescription: D\ntags: []\n");
  ASSERT_TRUE(pack.has_value()) << pack.error().message;
  EXPECT_EQ(pack->info.file, "pack.yaml");
  EXPECT_EQ(pack->info.title, "T");
  EXPECT_EQ(pack->info.creator, "C");
  EXPECT_EQ(pack->info.description, "D");
  // printf 'title: T\ncreator: C\ndescription: D\ntags: []\n' | sha256sum
  EXPECT_EQ(sha256_text(pack->info.sha256),
            "cbbb8ca84388569d38c7981eaa88b315f839e64d552b909ec65b49a517724375");
  EXPECT_TRUE(pack->tags.empty());
}

TEST(TagPack, tags_that_say_the_same_share_one_attribution) {
  auto pack = parse(
      "label: L\ncurrency: BTC\ntags:\n- address: a\n- {address: b, label: M, actor: x}\n"
      "- {address: c, actor: x, label: M}\n- address: d\n");
  ASSERT_TRUE(pack.has_value()) << pack.error().message;
  ASSERT_EQ(pack->tags.size(), 4U);
  EXPECT_EQ(pack->attributions.size(), 2U);
  EXPECT_EQ(pack->tags[0].attribution, pack->tags[3].attribution);
  EXPECT_EQ(pack->tags[1].attribution, pack->tags[2].attribution);
}

TEST(TagPack, an_empty_file_is_no_pack) {
  EXPECT_EQ(error_of(""),
            "a/pack.yaml is empty; a tag pack is a map of fields with a list named tags");
  EXPECT_EQ(error_of("# a comment\n\n"), error_of(""));
}

TEST(TagPack, binary_is_refused_at_its_byte) {
  EXPECT_EQ(error_of(std::string_view("title: \0x\n", 10)),
            "a/pack.yaml, byte 7: this is not UTF-8 text (control characters are not allowed); is "
            "it the right file?");
  EXPECT_NE(error_of("title: caf\xE9\n").find("byte 10"), std::string::npos);
  EXPECT_NE(error_of("\x7F"
                     "ELF\x02\x01")
                .find("byte 0"),
            std::string::npos);
  // 0x04 ends a text for some readers, who would silently lose the rest.
  EXPECT_NE(error_of("label: a\n\x04tags: []\n").find("byte 9"), std::string::npos);
}

TEST(TagPack, utf_16_is_told_from_binary) {
  EXPECT_EQ(error_of(std::string_view("\xFF\xFEt\0", 4)),
            "a/pack.yaml is UTF-16 text; save it as UTF-8");
}

TEST(TagPack, a_byte_order_mark_is_read_over) {
  auto pack = parse("\xEF\xBB\xBFlabel: L\ncurrency: BTC\ntags:\n- address: a\n");
  ASSERT_TRUE(pack.has_value()) << pack.error().message;
  EXPECT_EQ(pack->tags.size(), 1U);
}

TEST(TagPack, a_yaml_bomb_is_one_sentence) {
  std::string bomb = "a: &a [x,x,x,x,x,x,x,x,x]\n";
  for (char c = 'b'; c <= 'z'; ++c) {
    std::string before = std::string("*") + static_cast<char>(c - 1);
    bomb += std::string(1, c) + ": &" + c + " [" + repeated(before + ",", 8) + before + "]\n";
  }
  EXPECT_EQ(error_of(bomb + "tags: []\n"),
            "a/pack.yaml:2: YAML aliases (*name) are not read; write the value out");
}

TEST(TagPack, nesting_is_bounded_however_it_is_written) {
  std::string why = "lists and maps lie more than 16 deep; flatten them";
  EXPECT_EQ(error_of("tags: " + repeated("[", 100'000)), "a/pack.yaml:1: " + why);
  EXPECT_EQ(error_of("tags:\n" + repeated("- ", 100'000)), "a/pack.yaml:2: " + why);
  EXPECT_EQ(error_of(repeated("{a: ", 100'000)), "a/pack.yaml:1: " + why);
  EXPECT_EQ(error_of("tags:\n- " + repeated("? ", 100'000)), "a/pack.yaml:2: " + why);
  std::string steps;
  for (std::size_t depth = 0; depth < 1000; ++depth) steps += repeated(" ", depth) + "a:\n";
  EXPECT_EQ(error_of(steps), "a/pack.yaml:17: " + why);
}

TEST(TagPack, a_huge_text_costs_its_tag_and_no_more) {
  std::string huge = repeated("ab ", 2'000'000);
  auto pack = parse("currency: BTC\nlabel: L\ntags:\n- {address: a, label: '" + huge +
                    "'}\n- {address: '" + huge + "'}\n- {address: c, source: '" + huge +
                    "'}\n- {address: d, ? '" + huge + "': 1}\n");
  ASSERT_TRUE(pack.has_value()) << pack.error().message;
  ASSERT_EQ(pack->tags.size(), 2U);
  EXPECT_EQ(pack->tags[0].subject, "c");
  EXPECT_EQ(pack->skipped, 2U);
  ASSERT_EQ(pack->complaints.size(), 4U);
  EXPECT_EQ(pack->complaints[0].text, "tag skipped: the field label is longer than 65536 bytes");
  EXPECT_EQ(pack->complaints[1].text, "tag skipped: the field address is longer than 512 bytes");
  EXPECT_EQ(pack->complaints[2].text, "the field source is longer than 65536 bytes; left empty");
  EXPECT_LT(pack->complaints[3].text.size(), 200U);
}

TEST(TagPack, complaints_are_counted_but_not_all_kept) {
  auto pack = parse("label: L\ntags:\n" + repeated("- address: a\n", 5000));
  ASSERT_TRUE(pack.has_value()) << pack.error().message;
  EXPECT_TRUE(pack->tags.empty());
  EXPECT_EQ(pack->skipped, 5000U);
  EXPECT_EQ(pack->complaint_count, 5000U);
  EXPECT_EQ(pack->complaints.size(), kMaxComplaints);
  EXPECT_EQ(pack->complaints[0].text, "tag skipped: it has no currency");
}

TEST(TagPack, what_takes_other_readers_for_ever_ends_soon) {
  std::string many_handles;
  for (int i = 0; i < 60'000; ++i) many_handles += "%TAG !a" + std::to_string(i) + "! b\n";
  std::clock_t start = std::clock();
  EXPECT_EQ(error_of(many_handles + "---\ntags: []\n"),
            "a/pack.yaml declares 60000 %TAG directives, which no honest file does; remove them");
  EXPECT_NE(error_of(repeated("[]: ", 1'000'000)), "no error");
  EXPECT_NE(error_of(repeated("---\n", 1'000'000)), "no error");
  EXPECT_NE(error_of(repeated("&a ", 1'000'000)), "no error");
  EXPECT_TRUE(parse("tags: [" + repeated("{},", 300'000) + "]\n").has_value());
  // Of the processor, whatever else the machine does: a second or two; minutes if one of them were
  // quadratic.
  EXPECT_LT((std::clock() - start) / CLOCKS_PER_SEC, 60);
}

TEST(TagPack, a_pack_cut_anywhere_is_shorter_or_refused) {
  std::string text =
      "title: T\nlabel: \"L\\u00fc\"\ncurrency: BTC\ntags:\n- address: 'a1'\n  concepts: [x, y]\n"
      "- {address: b2, label: |-}\n- address: c3\n  source: >\n    folded\n    text\n";
  std::size_t read = 0;
  for (std::size_t size = 0; size < text.size(); ++size) {
    auto pack = parse(std::string_view(text).substr(0, size));
    if (!pack) {
      EXPECT_EQ(pack.error().kind, ErrorKind::bad_input);
      continue;
    }
    ++read;
    EXPECT_LE(pack->tags.size(), 3U);
  }
  EXPECT_GT(read, 10U);
}

TEST(TagPack, a_file_beyond_200_mb_is_refused_before_it_is_looked_at) {
  // Address space without memory: the bytes are never read.
  struct Vast : Mapping {
    ByteView bytes() const override { return {&byte, (std::size_t{200} << 20) + 1}; }
    Byte byte = 0;
  } vast;
  auto pack = parse_tagpack(vast.bytes(), "vast.yaml");
  ASSERT_FALSE(pack.has_value());
  EXPECT_EQ(pack.error().message,
            "vast.yaml has more than 200 MB, the most a tag pack may have; split it");
}

TEST(TagPack, a_file_that_is_not_there_is_bad_input) {
  auto pack = read_tagpack(posix_files(), "/nowhere/pack.yaml");
  ASSERT_FALSE(pack.has_value());
  EXPECT_EQ(pack.error().kind, ErrorKind::bad_input);
  EXPECT_NE(pack.error().message.find("/nowhere/pack.yaml"), std::string::npos);
}

}  // namespace
}  // namespace tracehound::tags
