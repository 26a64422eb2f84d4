#include "tags/pack.h"

#include <fmt/format.h>

#include <algorithm>
#include <tuple>

#include "tags/address_test.h"
#include "tags/codes.h"

namespace tracehound::tags {

namespace {

constexpr std::size_t kMaxUnknownNames = 100;

}  // namespace

std::string file_of(const std::string& path) {
  auto slash = path.rfind('/');
  return slash == path.npos ? path : path.substr(slash + 1);
}

void PackBuilder::complain(std::uint32_t line, std::string text) {
  ++pack_.complaint_count;
  if (pack_.complaints.size() < kMaxComplaints) pack_.complaints.push_back({line, std::move(text)});
}

void PackBuilder::skip(std::uint32_t line, std::string_view why, std::string_view what) {
  ++pack_.skipped;
  complain(line, fmt::format("{} skipped: {}", what, why));
}

void PackBuilder::note_unknown_field(std::string_view name, std::uint32_t line) {
  std::string shown = quoted(name);
  if (unknown_names_.size() >= kMaxUnknownNames || !unknown_names_.insert(shown).second) return;
  complain(line,
           fmt::format("the field {} is not known and is left out wherever it stands", shown));
}

void PackBuilder::add_tag(const Fields& own, std::uint32_t line) {
  own.pack_attribution(packed_);
  bool as_before = !pack_.tags.empty() && *packed_texts_[pack_.tags.back().attribution] == packed_;
  std::uint32_t number = as_before ? pack_.tags.back().attribution : 0;
  if (!as_before) {
    auto fresh = static_cast<std::uint32_t>(packed_texts_.size());
    auto [entry, is_fresh] = packed_numbers_.try_emplace(packed_, fresh);
    if (is_fresh) packed_texts_.push_back(&entry->first);
    number = entry->second;
  }
  // Both given: the address is the subject, as in GraphSense's own store.
  bool by_hash = own.text(Field::address).empty() && !own.text(Field::tx_hash).empty();
  PackTag tag;
  tag.kind = by_hash ? SubjectKind::transaction : SubjectKind::address;
  std::string_view text = own.text(by_hash ? Field::tx_hash : Field::address);
  tag.subject = normal_subject(text);
  if (is_account_address(tag.subject) && text != tag.subject) tag.written = text;
  tag.line = line;
  tag.attribution = number;
  pack_.tags.push_back(std::move(tag));
}

void PackBuilder::add_actor(Actor actor) {
  if (actor_ids_.insert(actor.id).second) {
    pack_.actors.push_back(std::move(actor));
  } else {
    skip(actor.line, fmt::format("the id {} stands above already", quoted(actor.id)), "actor");
  }
}

// Puts each distinct attribution together with the header and drops the tags that lack something.
void PackBuilder::put_together() {
  std::vector<std::string> faults(packed_texts_.size());
  pack_.attributions.resize(packed_texts_.size());
  for (std::size_t i = 0; i < packed_texts_.size(); ++i) {
    scratch_.unpack(*packed_texts_[i]);
    if (auto whole = attribution_of(header_, scratch_)) {
      pack_.attributions[i] = std::move(*whole);
    } else {
      faults[i] = whole.error();
    }
  }
  packed_texts_.clear();
  packed_numbers_.clear();
  std::string of_header = normal_subject(header_.text(Field::address));
  std::erase_if(pack_.tags, [&](PackTag& tag) {
    if (tag.subject.empty()) tag.subject = of_header;
    std::string_view fault = faults[tag.attribution];
    if (fault.empty() && tag.subject.empty()) fault = "it has neither address nor tx_hash";
    if (!fault.empty()) skip(tag.line, fault);
    return !fault.empty();
  });
}

TagPack PackBuilder::finish(ByteView bytes, const std::string& name, const Fields& more,
                            std::string recipe) {
  header_.fill_from(more);
  put_together();
  pack_.info.file = file_of(name);
  pack_.info.title = header_.text(Field::title);
  pack_.info.creator = header_.text(Field::creator);
  pack_.info.description = header_.text(Field::description);
  pack_.info.sha256 = thread_hasher().sha256(bytes);
  pack_.info.recipe = std::move(recipe);
  std::ranges::sort(pack_.complaints, {}, [](const Complaint& complaint) {
    return std::tuple(complaint.line, std::string_view(complaint.text));
  });
  return std::move(pack_);
}

}  // namespace tracehound::tags
