// The tags that a store believes, once more, laid out for reading: file `tags.run` beside the
// store.
//
// SQLite is the truth; the run is a cache. It is written whole after each import (new file, sync,
// rename) and carries the stamp of what it was made from. A run that is missing, of another stamp,
// cut or changed by a single bit is left aside, and the store answers from SQLite, more slowly.
//
// Problem: an address out of a million in less than 2 microseconds, while SQLite descends three
// B-trees of three levels for it. Here: a hash of the address leads to a bucket, the bucket to a
// slot of eight bytes, the slot to the subject's row and so to its tags: five cache misses. The
// hash only guesses; the address itself is compared. It is seeded by the stamp, so that nobody can
// make up addresses that all fall into one bucket. Subjects lie in the order of their text, so that
// going through all of them is reading forward.
// Limits: 2^32 - 1 subjects, tags or attributions. Layout: docs/format.md.
#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/file.h"
#include "base/hash.h"
#include "base/result.h"
#include "tags/tag.h"

namespace tracehound::tags {

inline constexpr std::string_view kRunFile = "tags.run";

// Thread-safe.
class TagRun {
 public:
  // Nothing when there is none that fits the stamp and is whole; `why` then says what is wrong,
  // "" when it merely is not there.
  static std::optional<TagRun> open(FileSystem& files, const std::string& path,
                                    const Hash256& stamp, std::string& why);

  // Appends the tags of a subject, in the order they were imported; with a chain, those of it.
  // REQUIRES: `subject` is normal (codes.h).
  void find(std::string_view subject, std::string_view chain, std::vector<Tag>& into) const;
  // Every tag, by subject, then in the order they were imported. The tag is only lent.
  void for_each(const std::function<void(const Tag&)>& visit) const;

 private:
  struct Subject {
    std::string_view text;
    std::uint32_t first_tag;
    std::uint32_t end_tag;
  };
  explicit TagRun(std::unique_ptr<Mapping> mapping) : mapping_(std::move(mapping)) {}
  Subject subject(std::uint32_t number) const;
  void read_tag(std::uint32_t number, Tag& tag) const;
  bool is_of_chain(std::uint32_t attribution, std::string_view chain) const;
  void read_attribution(std::uint32_t number, Tag& tag) const;

  std::unique_ptr<Mapping> mapping_;
  std::uint64_t seed_ = 0;
  unsigned bits_ = 0;
  std::uint32_t subject_count_ = 0;
  std::uint32_t tag_count_ = 0;
  ByteView directory_;
  ByteView slots_;
  ByteView subjects_;
  ByteView tags_;
  ByteView attributions_;
  ByteView packs_;
  ByteView text_;
};

// Memory: the run without its packs' and attributions' shared parts, some 80 bytes a tag.
class TagRunBuilder {
 public:
  std::uint32_t add_pack(const PackInfo& info);
  std::uint32_t add_attribution(std::uint32_t pack, const Attribution& attribution);
  // REQUIRES: subjects come in the order of their text, and each one's tags as they were imported.
  void add_tag(std::string_view subject, SubjectKind kind, std::uint32_t attribution,
               std::uint32_t line);
  // Replaces the file at `path`. Errors: too many tags; the disk's.
  Status write(FileSystem& files, const std::string& path, const Hash256& stamp);

 private:
  void put_number(std::uint32_t number);
  void put_text(std::string_view text);
  Bytes sorted_slots(std::uint64_t seed, unsigned bits, Bytes& directory) const;

  Bytes text_;
  std::vector<std::uint64_t> packs_;         // where in text_ each lies
  std::vector<std::uint64_t> attributions_;  // the same
  Bytes subjects_;
  Bytes tags_;
  std::string last_subject_;
  std::uint64_t subject_count_ = 0;
  std::uint64_t tag_count_ = 0;
};

}  // namespace tracehound::tags
