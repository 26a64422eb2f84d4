// The tags of a ledger: SQLite file `tags.sqlite` in the ledger's folder.
//
//   pack ---< attribution ---< tag
//
// A pack is known by the SHA-256 of its file. An attribution is what a pack says of one or many
// addresses; a tag is an address (or a transaction hash), its attribution and the line it stands
// on. Tags are clustered by address, so a look-up is one descent of a B-tree. What a tag means for
// a chain (codes.h) is worked out when reading: the store holds what the packs say.
//
// An import is one transaction: killed or failing anywhere, it leaves the store as it was. Any
// number of readers go on meanwhile (write-ahead log) and see the store before or after.
#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "tags/sqlite.h"
#include "tags/tag.h"
#include "tags/tagpack.h"

namespace tracehound::tags {

inline constexpr std::string_view kStoreFile = "tags.sqlite";
inline constexpr int kStoreFormat = 1;

// What became of one pack of an import.
struct AddedPack {
  std::string file;
  bool was_there = false;  // the same bytes were imported before: nothing changed
  std::uint64_t tags = 0;  // of the pack in the store
  std::uint64_t skipped = 0;
};

struct StoredPack {
  PackInfo info;
  std::uint64_t tags = 0;
  std::uint64_t skipped = 0;  // tags of the file that could not be used
  std::int64_t added_at = 0;  // seconds since 1970, as the importer was told
};

struct TagCounts {
  std::uint64_t packs = 0;
  std::uint64_t tags = 0;
  std::uint64_t subjects = 0;  // distinct addresses and transaction hashes
};

// One thread at a time; open one per thread. Errors are ErrorKind::machine throughout.
class TagStore {
 public:
  // A snapshot: what is imported later is seen by those who open later. A ledger without a store
  // reads as one without tags. Works on read-only media, and where only
  // the folder may not be written to. Errors: no tag store, damaged, another format.
  static Result<TagStore> open_to_read(const std::string& folder);
  // Makes the store where there is none. REQUIRES: the folder exists.
  static Result<TagStore> open_to_write(const std::string& folder);

  // All packs or none; a pack already there (by its hash) is left as it is.
  // `added_at`: the caller's clock, kept to tell later what was known when.
  Result<std::vector<AddedPack>> add(std::span<const TagPack> packs, std::int64_t added_at);

  // The tags of an address or transaction hash, as people write it (see normal_subject), in the
  // order they were imported. With a chain ("bitcoin:main"), only those that speak of it.
  Result<std::vector<Tag>> find(std::string_view subject, std::string_view chain = {});
  // Every tag, by subject, then in the order they were imported. The tag is only lent.
  Status for_each(const std::function<void(const Tag&)>& visit);
  // In the order they were imported.
  Result<std::vector<StoredPack>> packs();
  Result<TagCounts> counts();

 private:
  explicit TagStore(Database database) : database_(std::move(database)) {}
  // Looks at what `database` is, fills a bare one with empty tables.
  static Result<TagStore> over(Database database);
  static Result<TagStore> empty();
  Result<AddedPack> add_one(const TagPack& pack, std::int64_t added_at);
  Result<std::vector<std::int64_t>> insert_attributions(const TagPack& pack, std::int64_t pack_id);
  Result<std::uint64_t> insert_tags(const TagPack& pack, std::span<const std::int64_t> ids);

  Database database_;
  Statement find_;
};

}  // namespace tracehound::tags
