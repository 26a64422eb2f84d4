// A tag pack in memory, whatever file it was read from, and the builder that all readers share.
//
// Real files are untidy, so the rule is: a file that is not of its format fails as a whole; in one
// that is, a tag that cannot be used (no address, no label, no currency, a field twice) is skipped,
// and an optional field that cannot be used is left empty, each with a complaint naming its line.
// Missing network: the currency. Missing or unknown confidence: `unknown`, 5, as the GraphSense
// tool does.
#pragma once

#include <cstdint>
#include <set>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

#include "base/bytes.h"
#include "tags/fields.h"
#include "tags/tag.h"

namespace tracehound::tags {

inline constexpr std::size_t kMaxComplaints = 1000;  // that are kept

struct Complaint {
  std::uint32_t line = 0;
  std::string text;
};

// A tag without what it shares with others of its pack.
struct PackTag {
  SubjectKind kind = SubjectKind::address;
  std::string subject;
  std::string written;  // as it stands in the file, where its capitals may be a checksum; else ""
  std::uint32_t line = 0;
  std::uint32_t attribution = 0;  // index into TagPack::attributions
};

struct TagPack {
  PackInfo info;
  std::vector<Attribution> attributions;
  std::vector<PackTag> tags;  // in the order of the file
  std::vector<Actor> actors;  // in the order of the file, each id once
  std::uint64_t skipped = 0;  // tags and actors that could not be used

  std::uint64_t complaint_count = 0;
  std::vector<Complaint> complaints;  // at most kMaxComplaints of them, by line
};

// Takes the tags of a file as they come. The fields that hold for all of them (header) may come
// last, so a tag is first kept as it stands: its address, and its own other fields packed into one
// text. Most tags of a pack say the same of many addresses (36,548 addresses of one pack share one
// attribution), so each distinct text is kept once; in the end each is put together with the header
// once. Cost: a hash look-up per tag whose fields differ from the tag before.
class PackBuilder {
 public:
  Fields& header() { return header_; }
  void add_tag(const Fields& own, std::uint32_t line);
  // A second one of an id is skipped.
  void add_actor(Actor actor);

  void complain(std::uint32_t line, std::string text);
  // The tag, or whatever `what` says, that begins on this line is left out.
  void skip(std::uint32_t line, std::string_view why, std::string_view what = "tag");
  // A field nobody reads; said once for each name.
  void note_unknown_field(std::string_view name, std::uint32_t line);

  // `name` stands for the file; `more` are fields that hold where the file leaves them open.
  // The builder is used up.
  TagPack finish(ByteView bytes, const std::string& name, const Fields& more, std::string recipe);

 private:
  void put_together();

  TagPack pack_;
  Fields header_;
  Fields scratch_;
  std::string packed_;
  std::unordered_map<std::string, std::uint32_t> packed_numbers_;  // looked up, never listed
  std::vector<const std::string*> packed_texts_;                   // by number: keys of the above
  std::set<std::string, std::less<>> unknown_names_;
  std::set<std::string, std::less<>> actor_ids_;
};

// A path without its folders.
std::string file_of(const std::string& path);

}  // namespace tracehound::tags
