#include "tags/tag_run.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <bit>
#include <limits>

#include "base/check.h"
#include "tags/codes.h"

namespace tracehound::tags {

namespace {

constexpr std::string_view kMagic = "THTAGRUN";
constexpr std::uint32_t kRunFormat = 2;
constexpr std::uint32_t kMost = std::numeric_limits<std::uint32_t>::max();

// Bytes of a row. A subject: where its text begins (8), the text's size (4), its first tag (4).
// A tag: attribution, line, kind, 4 each. A slot: the hash's lower half and the subject, 4 each.
constexpr std::uint64_t kSlot = 8;
constexpr std::uint64_t kSubject = 16;
constexpr std::uint64_t kTag = 12;

struct Header {
  std::array<char, 8> magic{};
  std::uint32_t format = kRunFormat;
  std::uint32_t bits = 0;  // the directory has 2^bits buckets
  Hash256 stamp;
  std::uint64_t packs = 0;
  std::uint64_t attributions = 0;
  std::uint64_t subjects = 0;
  std::uint64_t tags = 0;
  std::uint64_t text_bytes = 0;
  std::uint64_t checksum = 0;  // of the header without this, and on from there of each section
};
static_assert(sizeof(Header) == 96);

// In the order they lie in the file: directory, slots, subjects, tags, attributions, packs, text.
using SectionSizes = std::array<std::uint64_t, 7>;

// REQUIRES: all counts are below 2^32, bits at most 32.
SectionSizes sizes_of(const Header& header) {
  return {((std::uint64_t{1} << header.bits) + 1) * 4,
          header.subjects * kSlot,
          (header.subjects + 1) * kSubject,
          header.tags * kTag,
          header.attributions * 8,
          header.packs * 8,
          header.text_bytes};
}

std::uint64_t checksum_of(Header header) {
  header.checksum = 0;
  return xxh3({reinterpret_cast<const Byte*>(&header), sizeof header});
}

std::string_view as_text(ByteView bytes) {
  return {reinterpret_cast<const char*>(bytes.data()), bytes.size()};
}

std::uint32_t number_at(ByteView section, std::uint64_t row) {
  return load_le<std::uint32_t>(section.data() + row * 4);
}

void assign_text(ByteReader& reader, std::string& into) {
  ByteView text = reader.take(reader.number<std::uint32_t>());
  into.assign(reinterpret_cast<const char*>(text.data()), text.size());
}

void assign_lines(ByteReader& reader, std::vector<std::string>& into) {
  into.resize(std::min<std::size_t>(reader.number<std::uint32_t>(), reader.remaining()));
  for (std::string& line : into) assign_text(reader, line);
}

// Buckets hold two subjects on average.
unsigned bits_for(std::uint64_t subjects) {
  return static_cast<unsigned>(std::bit_width(subjects | 2)) - 1;
}

}  // namespace

// ---- reading ------------------------------------------------------------------------------------

std::optional<TagRun> TagRun::open(FileSystem& files, const std::string& path, const Hash256& stamp,
                                   std::string& why) {
  why.clear();
  if (!files.exists(path)) return std::nullopt;
  auto mapping = files.map(path);
  if (!mapping) {
    why = mapping.error().message;
    return std::nullopt;
  }
  ByteView bytes = (*mapping)->bytes();
  Header header;
  why = fmt::format("{} is damaged", path);
  if (bytes.size() < sizeof header) return std::nullopt;
  std::memcpy(&header, bytes.data(), sizeof header);
  if (std::string_view(header.magic.data(), 8) != kMagic || header.format != kRunFormat) {
    why = fmt::format("{} is of another format", path);
    return std::nullopt;
  }
  if (header.stamp != stamp) {
    why = fmt::format("{} is of other tags", path);
    return std::nullopt;
  }
  bool small = std::max({header.packs, header.attributions, header.subjects, header.tags}) < kMost;
  if (!small || header.bits < 1 || header.bits > 32 || header.text_bytes > bytes.size())
    return std::nullopt;
  TagRun run(std::move(*mapping));
  std::array<ByteView*, 7> sections = {&run.directory_,    &run.slots_, &run.subjects_, &run.tags_,
                                       &run.attributions_, &run.packs_, &run.text_};
  ByteReader reader(bytes.subspan(sizeof header));
  std::uint64_t checksum = checksum_of(header);
  SectionSizes sizes = sizes_of(header);
  for (std::size_t i = 0; i < sections.size(); ++i) {
    *sections[i] = reader.take(sizes[i]);
    checksum = xxh3(*sections[i], checksum);
  }
  if (!reader.ok() || reader.remaining() > 0 || checksum != header.checksum) return std::nullopt;
  why.clear();
  run.seed_ = stamp.prefix();
  run.bits_ = header.bits;
  run.subject_count_ = static_cast<std::uint32_t>(header.subjects);
  run.tag_count_ = static_cast<std::uint32_t>(header.tags);
  return run;
}

TagRun::Subject TagRun::subject(std::uint32_t number) const {
  CHECK_LEDGER(number < subject_count_);
  const Byte* row = subjects_.data() + std::uint64_t{number} * kSubject;
  auto begin = load_le<std::uint64_t>(row);
  auto size = load_le<std::uint32_t>(row + 8);
  Subject subject{
      {}, load_le<std::uint32_t>(row + 12), load_le<std::uint32_t>(row + 12 + kSubject)};
  CHECK_LEDGER(begin <= text_.size() && size <= text_.size() - begin);
  CHECK_LEDGER(subject.first_tag <= subject.end_tag && subject.end_tag <= tag_count_);
  subject.text = as_text(text_.subspan(begin, size));
  return subject;
}

bool TagRun::is_of_chain(std::uint32_t attribution, std::string_view chain) const {
  CHECK_LEDGER(attribution < attributions_.size() / 8);
  auto begin = load_le<std::uint64_t>(attributions_.data() + std::uint64_t{attribution} * 8);
  CHECK_LEDGER(begin <= text_.size());
  ByteReader reader(text_.subspan(begin));
  return as_text(reader.take(reader.number<std::uint32_t>())) == chain;
}

void TagRun::read_attribution(std::uint32_t number, Tag& tag) const {
  CHECK_LEDGER(number < attributions_.size() / 8);
  auto begin = load_le<std::uint64_t>(attributions_.data() + std::uint64_t{number} * 8);
  CHECK_LEDGER(begin <= text_.size());
  ByteReader reader(text_.subspan(begin));
  reader.take(reader.number<std::uint32_t>());  // the chain
  auto pack = reader.number<std::uint32_t>();
  Attribution& a = tag.attribution;
  auto confidence = reader.number<std::uint32_t>();
  a.confidence = confidence < kConfidences.size() ? kConfidences[confidence] : kUnknownConfidence;
  a.is_cluster_definer = reader.number<std::uint32_t>() != 0;
  for (std::string* text : {&a.label, &a.actor, &a.category, &a.abuse, &a.currency, &a.network,
                            &a.source, &a.lastmod, &a.tag_type, &a.context}) {
    assign_text(reader, *text);
  }
  assign_lines(reader, a.concepts);
  CHECK_LEDGER(reader.ok() && pack < packs_.size() / 8);
  auto pack_begin = load_le<std::uint64_t>(packs_.data() + std::uint64_t{pack} * 8);
  CHECK_LEDGER(pack_begin <= text_.size());
  ByteReader of_pack(text_.subspan(pack_begin));
  ByteView sha256 = of_pack.take(32);
  CHECK_LEDGER(of_pack.ok());
  tag.pack.sha256 = Hash256::from_bytes(sha256);
  for (std::string* text : {&tag.pack.file, &tag.pack.title, &tag.pack.creator,
                            &tag.pack.description, &tag.pack.recipe}) {
    assign_text(of_pack, *text);
  }
  CHECK_LEDGER(of_pack.ok());
}

void TagRun::find(std::string_view wanted, std::string_view chain, std::vector<Tag>& into) const {
  std::uint64_t hash = xxh3(as_bytes(wanted), seed_);
  std::uint64_t bucket = hash >> (64 - bits_);
  std::uint32_t end = number_at(directory_, bucket + 1);
  CHECK_LEDGER(end <= subject_count_);
  for (std::uint32_t slot = number_at(directory_, bucket); slot < end; ++slot) {
    if (number_at(slots_, std::uint64_t{slot} * 2) != static_cast<std::uint32_t>(hash)) continue;
    Subject found = subject(number_at(slots_, std::uint64_t{slot} * 2 + 1));
    if (found.text != wanted) continue;
    for (std::uint32_t i = found.first_tag; i < found.end_tag; ++i) {
      const Byte* row = tags_.data() + std::uint64_t{i} * kTag;
      auto attribution = load_le<std::uint32_t>(row);
      if (!chain.empty() && !is_of_chain(attribution, chain)) continue;
      Tag& tag = into.emplace_back();
      tag.subject = wanted;
      tag.line = load_le<std::uint32_t>(row + 4);
      tag.kind = static_cast<SubjectKind>(load_le<std::uint32_t>(row + 8));
      read_attribution(attribution, tag);
    }
    return;
  }
}

void TagRun::for_each(const std::function<void(const Tag&)>& visit) const {
  Tag tag;
  std::optional<std::uint32_t> last;
  for (std::uint32_t number = 0; number < subject_count_; ++number) {
    Subject next = subject(number);
    tag.subject = next.text;
    for (std::uint32_t i = next.first_tag; i < next.end_tag; ++i) {
      const Byte* row = tags_.data() + std::uint64_t{i} * kTag;
      auto attribution = load_le<std::uint32_t>(row);
      tag.line = load_le<std::uint32_t>(row + 4);
      tag.kind = static_cast<SubjectKind>(load_le<std::uint32_t>(row + 8));
      if (last != attribution) read_attribution(attribution, tag);
      last = attribution;
      visit(tag);
    }
  }
}

// ---- writing ------------------------------------------------------------------------------------

namespace {

template <typename Number>
void append_number(Bytes& to, Number number) {
  to.resize(to.size() + sizeof number);
  store_le(to.data() + to.size() - sizeof number, number);
}

Bytes as_rows(const std::vector<std::uint64_t>& numbers) {
  Bytes rows;
  for (std::uint64_t number : numbers) append_number(rows, number);
  return rows;
}

}  // namespace

void TagRunBuilder::put_number(std::uint32_t number) { append_number(text_, number); }

void TagRunBuilder::put_text(std::string_view text) {
  put_number(static_cast<std::uint32_t>(text.size()));
  ByteView bytes = as_bytes(text);
  text_.insert(text_.end(), bytes.begin(), bytes.end());
}

std::uint32_t TagRunBuilder::add_pack(const PackInfo& info) {
  packs_.push_back(text_.size());
  text_.insert(text_.end(), info.sha256.bytes.begin(), info.sha256.bytes.end());
  for (std::string_view text :
       {std::string_view(info.file), std::string_view(info.title), std::string_view(info.creator),
        std::string_view(info.description), std::string_view(info.recipe)}) {
    put_text(text);
  }
  return static_cast<std::uint32_t>(packs_.size() - 1);
}

std::uint32_t TagRunBuilder::add_attribution(std::uint32_t pack, const Attribution& a) {
  attributions_.push_back(text_.size());
  put_text(chain_of(a.currency, a.network));
  put_number(pack);
  auto confidence = std::ranges::find(kConfidences, a.confidence.id, &Confidence::id);
  put_number(static_cast<std::uint32_t>(confidence - kConfidences.begin()));
  put_number(a.is_cluster_definer ? 1 : 0);
  for (const std::string* text : {&a.label, &a.actor, &a.category, &a.abuse, &a.currency,
                                  &a.network, &a.source, &a.lastmod, &a.tag_type, &a.context}) {
    put_text(*text);
  }
  put_number(static_cast<std::uint32_t>(a.concepts.size()));
  for (const std::string& line : a.concepts) put_text(line);
  return static_cast<std::uint32_t>(attributions_.size() - 1);
}

void TagRunBuilder::add_tag(std::string_view subject, SubjectKind kind, std::uint32_t attribution,
                            std::uint32_t line) {
  CHECK(attribution < attributions_.size());
  if (subject_count_ == 0 || subject != last_subject_) {
    CHECK(subject_count_ == 0 || last_subject_ < subject);
    append_number(subjects_, std::uint64_t{text_.size()});
    append_number(subjects_, static_cast<std::uint32_t>(subject.size()));
    append_number(subjects_, static_cast<std::uint32_t>(tag_count_));
    ByteView bytes = as_bytes(subject);
    text_.insert(text_.end(), bytes.begin(), bytes.end());
    last_subject_ = subject;
    ++subject_count_;
  }
  append_number(tags_, attribution);
  append_number(tags_, line);
  append_number(tags_, static_cast<std::uint32_t>(kind));
  ++tag_count_;
}

// The slots, and in `directory` where each bucket of them begins.
Bytes TagRunBuilder::sorted_slots(std::uint64_t seed, unsigned bits, Bytes& directory) const {
  struct Slot {
    std::uint64_t hash;
    std::uint32_t subject;
    auto operator<=>(const Slot&) const = default;
  };
  std::vector<Slot> order;
  order.reserve(subject_count_);
  for (std::uint64_t i = 0; i < subject_count_; ++i) {
    const Byte* row = subjects_.data() + i * kSubject;
    ByteView text =
        ByteView(text_).subspan(load_le<std::uint64_t>(row), load_le<std::uint32_t>(row + 8));
    order.push_back({xxh3(text, seed), static_cast<std::uint32_t>(i)});
  }
  std::ranges::sort(order);
  Bytes slots;
  slots.reserve(order.size() * kSlot);
  std::uint64_t buckets = std::uint64_t{1} << bits;
  std::size_t at = 0;
  for (std::uint64_t bucket = 0; bucket < buckets; ++bucket) {
    append_number(directory, static_cast<std::uint32_t>(at));
    while (at < order.size() && order[at].hash >> (64 - bits) == bucket) ++at;
  }
  append_number(directory, static_cast<std::uint32_t>(at));
  for (const Slot& slot : order) {
    append_number(slots, static_cast<std::uint32_t>(slot.hash));
    append_number(slots, slot.subject);
  }
  return slots;
}

Status TagRunBuilder::write(FileSystem& files, const std::string& path, const Hash256& stamp) {
  if (std::max({tag_count_, subject_count_, std::uint64_t{attributions_.size()}}) >= kMost) {
    return machine_error(fmt::format("{} would hold too many tags", path));
  }
  append_number(subjects_, std::uint64_t{text_.size()});  // where the last subject's tags end
  append_number(subjects_, std::uint32_t{0});
  append_number(subjects_, static_cast<std::uint32_t>(tag_count_));
  Header header;
  std::ranges::copy(kMagic, header.magic.begin());
  header.bits = bits_for(subject_count_);
  header.stamp = stamp;
  header.packs = packs_.size();
  header.attributions = attributions_.size();
  header.subjects = subject_count_;
  header.tags = tag_count_;
  header.text_bytes = text_.size();
  Bytes directory;
  Bytes slots = sorted_slots(stamp.prefix(), header.bits, directory);
  Bytes attributions = as_rows(attributions_);
  Bytes packs = as_rows(packs_);
  std::array<ByteView, 7> sections = {directory,    slots, subjects_, tags_,
                                      attributions, packs, text_};
  header.checksum = checksum_of(header);
  for (ByteView section : sections) header.checksum = xxh3(section, header.checksum);

  std::string fresh = path + ".new";
  TRY_ASSIGN(auto file, files.open_write(fresh));
  TRY(file->truncate(0));
  TRY(file->append({reinterpret_cast<const Byte*>(&header), sizeof header}));
  for (ByteView section : sections) TRY(file->append(section));
  TRY(file->sync());
  file.reset();
  TRY(files.rename(fresh, path));
  return files.sync_folder(folder_of(path));
}

}  // namespace tracehound::tags
