// Any bytes are a TagPack or a sentence saying why not; what is read keeps its promises.
#include <cstddef>
#include <cstdint>

#include "base/check.h"
#include "tags/codes.h"
#include "tags/services.h"
#include "tags/tagpack.h"

namespace tags = tracehound::tags;

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  auto pack = tags::parse_tagpack({data, size}, "fuzz.yaml");
  if (!pack) {
    CHECK(pack.error().kind == tracehound::ErrorKind::bad_input);
    CHECK(pack.error().message.starts_with("fuzz.yaml"));
    return 0;
  }
  CHECK(pack->complaints.size() <= tags::kMaxComplaints);
  CHECK(pack->skipped <= pack->complaint_count);
  for (const tags::PackTag& tag : pack->tags) {
    CHECK(!tag.subject.empty() && tag.subject.size() <= tags::kMaxSubjectBytes);
    CHECK(tags::normal_subject(tag.subject) == tag.subject);
    CHECK(tag.line > 0 && tag.attribution < pack->attributions.size());
    const tags::Attribution& a = pack->attributions[tag.attribution];
    CHECK(!a.label.empty() && !a.currency.empty() && !a.network.empty());
    CHECK(a.label.find_first_of(std::string_view("\0\n\r\t\x1b", 5)) == a.label.npos);
    tags::Tag whole{tag.kind, tag.subject, tag.line, a, pack->info};
    auto service = tags::service_of({&whole, 1});
    CHECK(!service || !service->name.empty());
  }
  return 0;
}
