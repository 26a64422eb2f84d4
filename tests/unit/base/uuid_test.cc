#include "base/uuid.h"

#include <gtest/gtest.h>

namespace tracehound {
namespace {

TEST(Uuid, a_name_gives_the_id_that_the_standard_s_example_has) {
  // RFC 9562, appendix A.4: "www.example.com" in the space of host names.
  Uuid dns = uuid_from_text("6ba7b810-9dad-11d1-80b4-00c04fd430c8");
  EXPECT_EQ(uuid_text(uuid5(dns, "www.example.com")), "2ed6657d-e927-568b-95e1-2665a8aea6a2");
}

TEST(Uuid, text_comes_back_as_it_was) {
  std::string text = "00abedb4-aa42-466c-9c01-fed23315a9b7";
  EXPECT_EQ(uuid_text(uuid_from_text(text)), text);
}

}  // namespace
}  // namespace tracehound
