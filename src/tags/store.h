// The tags of a ledger: SQLite file `tags.sqlite` in the ledger's folder.
//
//   event ---< belief >--- pack ---< attribution ---< tag
//                               \---< actor
//
// A pack is known by the SHA-256 of its file and how it was read (PackInfo). An attribution is what
// a pack says of one or many addresses; a tag is an address (or a transaction hash), its
// attribution and the line it stands on. Tags are clustered by address. What a tag means for a
// chain (codes.h) is worked out when reading: the store holds what the packs say.
//
// Nothing is ever changed or taken out; it is believed from one event (an import, a removal) until
// another. A pack of the same file name and creator as one that is believed is its next version and
// takes its place. So every earlier state can be asked, and undoing an import is one more event:
// what it added is no longer believed, what it replaced is believed again.
// An event's time is the importer's clock, or the event's before if that clock went back.
//
// An event is one transaction: killed or failing anywhere, it leaves the store as it was. Any
// number of readers go on meanwhile (write-ahead log) and see the store before or after. Look-ups
// are answered from a run made of the store (tag_run.h) where there is one that fits.
#pragma once

#include <cstdint>
#include <functional>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "base/file.h"
#include "base/result.h"
#include "tags/pack.h"
#include "tags/sqlite.h"
#include "tags/tag.h"
#include "tags/tag_run.h"

namespace tracehound::tags {

inline constexpr std::string_view kStoreFile = "tags.sqlite";
inline constexpr int kStoreFormat = 2;
// The file name of what came through standard input. There, versions share the title too.
inline constexpr std::string_view kStandardInput = "standard input";

struct StoredPack {
  PackInfo info;
  std::uint64_t tags = 0;
  std::uint64_t actors = 0;
  std::uint64_t skipped = 0;  // tags and actors of the file that could not be used
  std::int64_t added_at = 0;  // when it was first believed; seconds since 1970
};

// What became of one pack of an import.
struct AddedPack {
  std::string file;
  bool was_there = false;  // the same bytes are believed already: nothing changed
  std::uint64_t tags = 0;  // of the pack in the store
  std::uint64_t actors = 0;
  std::uint64_t skipped = 0;
  std::optional<StoredPack> replaced;  // the version that is no longer believed
};

struct RemovedPack {
  StoredPack removed;
  std::optional<StoredPack> back;  // the version it had replaced, believed again
};

// A pack that says at most half of what the version it would replace says.
struct ShrunkenPack {
  std::string file;
  std::uint64_t now = 0;  // tags and actors
  StoredPack before;
};

struct TagCounts {
  std::uint64_t packs = 0;
  std::uint64_t tags = 0;
  std::uint64_t subjects = 0;  // distinct addresses and transaction hashes
};

// One thread at a time; open one per thread. Errors are ErrorKind::machine unless said otherwise.
class TagStore {
 public:
  // A snapshot: what is imported later is seen by those who open later. With `as_of` (seconds since
  // 1970), what was believed at that moment. A ledger without a store reads as one without tags.
  // Works on read-only media, and where only the folder may not be written to.
  // Errors: no tag store, damaged, another format.
  static Result<TagStore> open_to_read(const std::string& folder,
                                       std::optional<std::int64_t> as_of = std::nullopt,
                                       FileSystem& files = posix_files());
  // Makes the store where there is none. `files` is for the run. REQUIRES: the folder exists.
  static Result<TagStore> open_to_write(const std::string& folder,
                                        FileSystem& files = posix_files());

  // One event: all packs or none. A pack that is believed already is left as it is.
  // `at`: the caller's clock, seconds since 1970.
  // Errors: bad_input, two different packs are versions of the same; machine.
  Result<std::vector<AddedPack>> add(std::span<const TagPack> packs, std::int64_t at);
  // One event: undoes the import of a believed pack, named by its file's name or by eight or more
  // digits of its SHA-256. Every answer but added_at and as_of is what it would be had that import
  // never been. Errors: no, none is so named; bad_input, several are; machine.
  Result<RemovedPack> remove(std::string_view pack, std::int64_t at);
  // Those of `packs` that should not be believed without a second look.
  Result<std::vector<ShrunkenPack>> shrunken(std::span<const TagPack> packs);

  // The tags of an address or transaction hash, as people write it (see normal_subject), in the
  // order they were imported. With a chain ("bitcoin:main"), only those that speak of it.
  Result<std::vector<Tag>> find(std::string_view subject, std::string_view chain = {});
  // Every tag, by subject, then in the order they were imported. The tag is only lent.
  Status for_each(const std::function<void(const Tag&)>& visit);
  // In the order they were imported.
  Result<std::vector<StoredPack>> packs();
  // By id or, failing that, alias; of several packs that have it, the last imported.
  Result<std::optional<Actor>> actor(std::string_view id);
  // All of them, by id, then in the order they were imported.
  Result<std::vector<Actor>> actors();
  // A pack, whole, named as for remove(); by its SHA-256 also one no longer believed.
  // Errors: as remove().
  Result<TagPack> pack(std::string_view name);
  // Read from SQLite, all of it.
  Result<TagCounts> counts();

  // Whether the run answers look-ups; if not, why (also "", where nothing was ever imported).
  bool has_run() const { return run_.has_value(); }
  const std::string& run_remark() const { return run_remark_; }

 private:
  explicit TagStore(Database database) : database_(std::move(database)) {}
  // Looks at what `database` is, fills a bare one with empty tables.
  static Result<TagStore> over(Database database);
  static Result<TagStore> empty();
  Status load_beliefs(std::int64_t last_event);
  bool believes(std::int64_t pack) const {
    return static_cast<std::size_t>(pack) < believed_.size() &&
           believed_[static_cast<std::size_t>(pack)];
  }
  void open_run();
  void renew_run();
  Status write_run();

  struct Event;  // made when first needed
  Result<std::int64_t> event_of(Event& event);
  Result<AddedPack> add_one(const TagPack& pack, Event& event);
  Result<std::int64_t> insert_pack(const TagPack& pack);
  Result<std::vector<std::int64_t>> insert_attributions(const TagPack& pack, std::int64_t pack_id);
  Result<std::uint64_t> insert_tags(const TagPack& pack, std::span<const std::int64_t> ids);
  Status insert_actors(const TagPack& pack, std::int64_t pack_id);
  struct Belief {
    std::int64_t id = 0;  // 0: none
    std::int64_t pack = 0;
    std::int64_t since = 0;
    std::int64_t replaces = 0;  // another belief, or 0
  };
  Result<Belief> version_before(const PackInfo& info);
  Status close(const Belief& belief, std::int64_t event);
  Status believe(std::int64_t pack, std::int64_t event, std::int64_t replaces);
  Result<StoredPack> stored_pack(std::int64_t id);
  Result<std::int64_t> pack_named(std::string_view name, bool believed_only);
  Status read_attributions(const std::function<void(std::int64_t id, std::int64_t pack,
                                                    const Attribution& attribution)>& visit);

  FileSystem* files_ = nullptr;
  std::string folder_;
  Database database_;
  Statement find_;
  std::vector<bool> believed_;  // by the pack's id
  Hash256 stamp_;               // of what is believed
  std::optional<TagRun> run_;
  std::string run_remark_;
};

}  // namespace tracehound::tags
