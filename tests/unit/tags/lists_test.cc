// Words of any text, and the limits of lists; what single files give stands in cases/tags.
#include "tags/lists.h"

#include <gtest/gtest.h>

#include "tags/csv.h"
#include "tags/ofac.h"
#include "tags/source.h"
#include "tags/xml_reader.h"
#include "unit/tags/packs.h"

namespace tracehound::tags {
namespace {

constexpr std::string_view kGood = "good567890123456789012345";

AddressTest test_of_words() {
  AddressTest test;
  test.chain_of = [](std::string_view address) -> std::string {
    return address.starts_with("good") ? "bitcoin:main" : "";
  };
  return test;
}

TEST(Words, addresses_are_found_wherever_they_stand) {
  std::string text =
      fmt::format("<remark>Wallets: {0}, also XBT:{1};\n<n a=\"{0}\"/> 0x{2} 0x{2}f goodbutshort\n",
                  kGood, std::string(kGood) + "x", std::string(40, 'A'));
  auto pack = parse_words(as_bytes(text), "in/eu.xml", test_of_words(), {}, "words");
  ASSERT_TRUE(pack.has_value()) << pack.error().message;
  std::vector<std::string> found;
  for (const PackTag& tag : pack->tags) {
    const Attribution& a = pack->attributions[tag.attribution];
    found.push_back(fmt::format("{} {} {} {}", tag.line, tag.subject, a.currency, a.label));
  }
  EXPECT_EQ(found, (std::vector<std::string>{
                       fmt::format("1 {} BTC named in eu.xml", kGood),
                       fmt::format("1 {}x BTC named in eu.xml", kGood),
                       fmt::format("2 0x{} ETH named in eu.xml", std::string(40, 'a'))}));
  EXPECT_EQ(pack->info.recipe, "words");
}

TEST(Lists, what_is_larger_than_its_limit_is_refused_unread) {
  static const Byte kByte = 0;
  ByteView large(&kByte, kMaxPackBytes + 1);  // never looked into
  for (SourceFormat format :
       {SourceFormat::yaml, SourceFormat::list, SourceFormat::csv, SourceFormat::words}) {
    SourceOptions options;
    options.format = format;
    auto pack = parse_source(large, "large", options, {});
    ASSERT_FALSE(pack.has_value());
    EXPECT_EQ(pack.error().kind, ErrorKind::bad_input);
    EXPECT_NE(pack.error().message.find("large has more than 200 MB"), std::string::npos);
  }
  auto xml = parse_ofac({&kByte, kMaxXmlBytes + 1}, "large", {}, {}, "");
  ASSERT_FALSE(xml.has_value());
  EXPECT_NE(xml.error().message.find("large has more than 1024 MB"), std::string::npos);
}

TEST(Lists, every_cut_of_the_sanctions_list_is_one_sentence) {
  std::string whole =
      "<Sanctions><R><FeatureType ID=\"1\">Digital Currency Address - XBT</FeatureType></R><P>"
      "<DistinctParty FixedRef=\"1\"><Feature FeatureTypeID=\"1\"><VersionDetail>1a</VersionDetail>"
      "</Feature></DistinctParty></P></Sanctions>";
  ASSERT_EQ(parse_ofac(as_bytes(whole), "l.xml", {}, {}, "")->tags.size(), 1U);
  for (std::size_t size = 0; size < whole.size(); ++size) {
    auto pack = parse_ofac(as_bytes(whole).first(size), "l.xml", {}, {}, "");
    ASSERT_FALSE(pack.has_value()) << size;
    EXPECT_EQ(pack.error().kind, ErrorKind::bad_input);
    EXPECT_TRUE(pack.error().message.starts_with("l.xml:1: the file ends before"))
        << size << ": " << pack.error().message;
  }
}

TEST(Lists, xml_that_nests_or_swells_is_refused) {
  std::string deep;
  for (int i = 0; i < 100'000; ++i) deep += "<a>";
  auto nested = parse_ofac(as_bytes(deep), "l.xml", {}, {}, "");
  EXPECT_EQ(nested.error().message, "l.xml:1: elements lie more than 64 deep; this is no list");
  std::string text = "<a>" + std::string(100'000, 'x') + "</a>";
  EXPECT_EQ(parse_ofac(as_bytes(text), "l.xml", {}, {}, "").error().message,
            "l.xml:1: a text is longer than 65536 bytes");
  std::string attribute = "<a b='" + std::string(100'000, 'x') + "'/>";
  EXPECT_EQ(parse_ofac(as_bytes(attribute), "l.xml", {}, {}, "").error().message,
            "l.xml:1: the attributes of an element are too long");
  // Of a tag without an end, all would be read again with each piece of the file.
  for (std::string_view endless : {"<a b='", "<a><!--", "<!--", "<a><?b ", "<"}) {
    std::string bomb = std::string(endless) + std::string(4'000'000, 'x');
    EXPECT_EQ(parse_ofac(as_bytes(bomb), "l.xml", {}, {}, "").error().message,
              "l.xml:1: a tag or a comment is longer than a megabyte; this is no list");
  }
  std::string comment = "<a><!--" + std::string(900'000, 'x') + "--></a>";
  EXPECT_TRUE(parse_ofac(as_bytes(comment), "l.xml", {}, {}, "")
                  .error()
                  .message.starts_with("l.xml has no feature type"));
}

TEST(Lists, formats_go_by_name_unless_told) {
  AddressTest test = test_of_words();
  auto labels = [&](const std::string& name, const SourceOptions& options, std::string_view text) {
    auto pack = parse_source(as_bytes(text), name, options, test);
    return pack ? pack->attributions.at(0).label : pack.error().message;
  };
  EXPECT_EQ(labels("a/b_XBT.TXT", {}, "1a\n"), "b XBT");
  EXPECT_EQ(labels("b.csv", {}, "address,label,currency\n1a,L,BTC\n"), "L");
  EXPECT_EQ(labels("b.tsv", {}, "address\tlabel\tcurrency\n1a\tL\tBTC\n"), "L");
  EXPECT_EQ(labels("b", {}, "{label: L, currency: BTC, tags: [{address: 1}]}"), "L");
  SourceOptions options;
  options.format = SourceFormat::words;
  options.name = "mine";
  EXPECT_EQ(labels("b.xml", options, kGood), "named in b.xml");
  EXPECT_EQ(parse_source(as_bytes(kGood), "b.xml", options, test)->info.file, "mine");
  for (std::string_view name : {"tagpack", "ofac", "list", "csv", "words"}) {
    EXPECT_TRUE(source_format_named(name).has_value()) << name;
  }
  EXPECT_FALSE(source_format_named("xml").has_value());
}

TEST(Lists, how_a_file_was_read_is_kept) {
  SourceOptions options;
  options.more.set(Field::label, "L");
  options.columns["Who \"x\""] = "address";
  auto pack = parse_source(as_bytes("\"Who \"\"x\"\"\",currency\n1a,BTC\n"), "t.csv", options, {});
  ASSERT_TRUE(pack.has_value()) << pack.error().message;
  EXPECT_EQ(pack->info.recipe, "csv label=\"L\" \"Who \\\"x\\\"\"->address");
  EXPECT_EQ(parse_source(as_bytes("1a"), "x_XBT.txt", {}, {})->info.recipe,
            "list label=\"x XBT\" currency=\"XBT\" title=\"x XBT\"");
}

TEST(Utf8, is_told_from_other_bytes) {
  for (std::string_view good : {"", "a", "\xC3\xA4", "\xE2\x82\xAC", "\xF0\x9F\x98\x80"}) {
    EXPECT_TRUE(is_utf8(good));
  }
  // Stray and missing followers, overlong forms, surrogates, beyond U+10FFFF.
  for (std::string_view bad :
       {"\x80", "\xC3", "\xC3(", "\xC0\x80", "\xE0\x80\x80", "\xED\xA0\x80", "\xF0\x80\x80\x80",
        "\xF4\x90\x80\x80", "\xF5\x80\x80\x80", "\xE2\x82"}) {
    EXPECT_FALSE(is_utf8(bad));
  }
}

}  // namespace
}  // namespace tracehound::tags
