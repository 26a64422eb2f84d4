#include "tags/lint.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <map>
#include <numeric>
#include <optional>
#include <tuple>

#include "base/text.h"
#include "tags/codes.h"
#include "tags/services.h"

namespace tracehound::tags {

namespace {

// Codes of chains whose addresses are written as Ethereum's.
constexpr std::array<std::string_view, 5> kAccountCodes = {"ETH", "ETC", "BSC", "ARB", "MATIC"};

class Linter {
 public:
  Linter(const TagPack& pack, const AddressTest& test, const std::set<std::string>& actors)
      : pack_(pack), test_(test), actors_(actors) {}

  Findings check() {
    for (const Complaint& complaint : pack_.complaints) say(complaint.line, complaint.text);
    found_.count += pack_.complaint_count - pack_.complaints.size();
    check_header();
    check_attributions();
    check_addresses();
    check_repetitions();
    std::ranges::sort(found_.list, {}, [](const Complaint& complaint) {
      return std::tuple(complaint.line, std::string_view(complaint.text));
    });
    return std::move(found_);
  }

  std::uint64_t count_malformed() {
    check_addresses();
    return found_.count;
  }

 private:
  void say(std::uint32_t line, std::string text) {
    ++found_.count;
    if (found_.list.size() < kMaxComplaints) found_.list.push_back({line, std::move(text)});
  }

  void check_header() {
    if (pack_.info.title.empty()) say(1, "the pack has no title");
    if (pack_.info.creator.empty()) say(1, "the pack has no creator");
    if (pack_.tags.empty() && pack_.actors.empty()) {
      say(1, "the pack has no tag and no actor that can be used, so it is not imported");
    }
  }

  const Attribution& said_by(const PackTag& tag) const {
    return pack_.attributions[tag.attribution];
  }

  // What many tags share is said once, at the first of them.
  void check_attributions() {
    std::map<std::string, std::pair<std::uint32_t, std::uint64_t>> faults;  // first line, tags
    for (const PackTag& tag : pack_.tags) {
      const Attribution& a = said_by(tag);
      auto note = [&](std::string fault) {
        auto [entry, fresh] = faults.try_emplace(std::move(fault), tag.line, 0);
        ++entry->second.second;
      };
      if (a.source.empty()) note("it has no source");
      if (a.lastmod.empty()) note("it has no lastmod");
      if (!a.lastmod.empty() && !parse_utc(a.lastmod)) {
        note(fmt::format("its lastmod {} is no date such as 2024-01-31", quoted(a.lastmod)));
      }
      if (!actors_.empty() && !a.actor.empty() && !actors_.contains(a.actor)) {
        note(fmt::format("its actor {} is in none of the actor packs", quoted(a.actor)));
      }
    }
    for (const auto& [fault, where] : faults) {
      auto [line, tags] = where;
      say(line,
          tags == 1 ? fault : fmt::format("{}; so with {} more", fault, plural(tags - 1, "tag")));
    }
  }

  std::string fault_of(const PackTag& tag, const Attribution& a) const {
    bool account = std::ranges::find(kAccountCodes, a.network) != kAccountCodes.end();
    if (!account || is_account_address(tag.subject)) {
      std::string chain = chain_of(a.currency, a.network);
      const std::string& text = tag.written.empty() ? tag.subject : tag.written;
      return !chain.empty() && test_.fault ? test_.fault(chain, text) : "";
    }
    std::string other = test_.chain_of ? test_.chain_of(tag.subject) : "";
    return fmt::format("{} is no address of {}: that is 0x and 40 hexadecimal digits{}{}",
                       quoted(tag.subject), a.network, other.empty() ? "" : "; it is one of ",
                       other);
  }

  void check_addresses() {
    for (const PackTag& tag : pack_.tags) {
      if (tag.kind != SubjectKind::address) continue;
      std::string fault = fault_of(tag, said_by(tag));
      if (!fault.empty()) say(tag.line, std::move(fault));
    }
  }

  void check_repetitions() {
    std::vector<std::uint32_t> order(pack_.tags.size());
    std::iota(order.begin(), order.end(), 0U);
    auto key = [&](std::uint32_t i) {
      const PackTag& tag = pack_.tags[i];
      return std::tuple(std::string_view(tag.subject), tag.kind, tag.line, i);
    };
    std::ranges::sort(order, {}, key);
    for (std::size_t begin = 0; begin < order.size();) {
      std::size_t end = begin;
      while (end < order.size() && same_subject(order[begin], order[end])) ++end;
      check_group(std::span(order).subspan(begin, end - begin));
      begin = end;
    }
  }

  bool same_subject(std::uint32_t a, std::uint32_t b) const {
    return pack_.tags[a].subject == pack_.tags[b].subject &&
           pack_.tags[a].kind == pack_.tags[b].kind;
  }

  // The tags of one subject, by line: each against the first like it, and the first that names
  // another actor on its chain.
  void check_group(std::span<const std::uint32_t> group) {
    std::map<std::uint32_t, std::uint32_t> lines;  // of the first tag, by attribution
    std::map<std::pair<std::string_view, std::string_view>, const PackTag*> holders;
    for (std::uint32_t i : group) {
      const PackTag& tag = pack_.tags[i];
      const Attribution& a = said_by(tag);
      auto [first, fresh] = lines.try_emplace(tag.attribution, tag.line);
      if (!fresh) {
        say(tag.line, fmt::format("{} has the same tag on line {} already", quoted(tag.subject),
                                  first->second));
        continue;
      }
      if (a.actor.empty() || !names_holder(a)) continue;
      auto [holder, only] = holders.try_emplace({a.currency, a.network}, &tag);
      const Attribution& other = said_by(*holder->second);
      if (only || other.actor == a.actor) continue;
      say(tag.line, fmt::format("{} is said to be {}'s here and {}'s on line {}",
                                quoted(tag.subject), a.actor, other.actor, holder->second->line));
    }
  }

  const TagPack& pack_;
  const AddressTest& test_;
  const std::set<std::string>& actors_;
  Findings found_;
};

}  // namespace

Findings check_pack(const TagPack& pack, const AddressTest& test,
                    const std::set<std::string>& actors) {
  return Linter(pack, test, actors).check();
}

std::uint64_t malformed_addresses(const TagPack& pack, const AddressTest& test) {
  return Linter(pack, test, {}).count_malformed();
}

}  // namespace tracehound::tags
