#include "incidents/report_headline.h"

#include <fmt/format.h>

#include <algorithm>

#include "base/text.h"
#include "incidents/report_sections.h"
#include "incidents/report_text.h"

namespace tracehound::incidents {

using trace::DestinationKind;

namespace {

std::string clause(const KindSum& sum) {
  switch (sum.kind) {
    case DestinationKind::service:
      return "stands at " + counted(sum.destinations, "service", "services");
    case DestinationKind::held:
      return "is still held and can be frozen";
    case DestinationKind::mixed:
      return "went into mixing transactions";
    case DestinationKind::crossed:
      return "left for other chains";
    case DestinationKind::burned:
      return "was burned";
    case DestinationKind::fees:
      return "went in fees";
    case DestinationKind::cut:
      return "was not followed further";
    case DestinationKind::mined:
      return "was made by miners";
  }
  return "";
}

// The kinds a headline has room for: all of four, else what is at services, what is held and the
// largest of the others. In page order.
std::vector<KindSum> headline_kinds(const ReportData& data) {
  std::vector<KindSum> sums = kind_sums(data);
  if (sums.size() <= 4) return sums;
  auto named = [](const KindSum& sum) {
    return sum.kind == DestinationKind::service || sum.kind == DestinationKind::held;
  };
  const KindSum* largest = nullptr;
  for (const KindSum& sum : sums) {
    if (!named(sum) && (largest == nullptr || sum.weight > largest->weight)) largest = &sum;
  }
  DestinationKind kept = largest->kind;
  std::erase_if(sums, [&](const KindSum& sum) { return !named(sum) && sum.kind != kept; });
  return sums;
}

}  // namespace

std::vector<KindSum> kind_sums(const ReportData& data) {
  std::vector<KindSum> sums;
  for (const ReportDestination& destination : data.destinations) {
    if (sums.empty() || sums.back().kind != destination.kind)
      sums.push_back({destination.kind, {}, 0, 0});
    sums.back().weight += weight(data, destination);
    sums.back().destinations += 1;
    sums.back().coins += destination.coins;
  }
  return sums;
}

std::string headline(const ReportData& data) {
  bool swapped = data.effective == 0 && data.swapped_in > 0;
  std::string stolen = swapped ? short_amount_html(data.swapped_in, data.about) +
                                     " got in exchange for what was stolen"
                               : short_amount_html(data.effective, data.about) + " stolen";
  if (data.effective == 0 && !swapped) return "No stolen coin to follow.";
  if (!data.conserves) {
    return fmt::format("{}; what descends from it reaches {}, {} and {}.", stolen,
                       counted(data.coins, "coin", "coins"),
                       counted(data.transactions, "transaction", "transactions"),
                       counted(data.addresses, "address", "addresses"));
  }
  std::string text = stolen;
  if (data.swapped_out > 0) {
    text += fmt::format(", <a href=\"#swaps\">{} of it exchanged for other assets</a>; of the rest",
                        short_amount_html(data.swapped_out, data.about));
  }
  std::string_view separator = "; ";
  Units told;
  for (const KindSum& sum : headline_kinds(data)) {
    text += fmt::format("{}<a class=\"u {}\" href=\"#{}\">{} {}</a>", separator,
                        kind_class(sum.kind), kind_anchor(data, sum.kind),
                        share_in_prose(sum.weight, data.total), clause(sum));
    separator = ", ";
    told += sum.weight;
  }
  if (told < data.total) {
    text += fmt::format(", {} is elsewhere", share_in_prose(data.total - told, data.total));
  }
  return text + ".";
}

namespace {

// What of it is not in the chain yet.
std::string unconfirmed_words(const ReportData& data) {
  if (!data.mempool) return "";
  const trace::UnconfirmedPart& part = data.unconfirmed;
  std::string text = fmt::format(
      " <strong>Unconfirmed</strong> transactions are followed too, as one node had them at {} "
      "UTC; ",
      utc_minute(data.mempool->taken_at));
  if (part.coins == 0 && part.fees == 0) return text + "nothing that rests here is theirs.";
  text += counted(part.coins, "coin");
  if (data.conserves) text += " with " + short_amount_html(part.amount, data.about);
  text += " of what rests";
  if (part.fees > 0) text += " and " + short_amount_html(part.fees, data.about) + " of the fees";
  return text + (part.coins == 1 && part.fees == 0 ? " is" : " are") +
         " theirs. No block holds them: they may be replaced and may never be confirmed.";
}

}  // namespace

std::string deck(const ReportData& data) {
  const ReportAbout& about = data.about;
  std::string text = fmt::format(
      "<p class=\"deck\">As of block {}, {} UTC, by the rule <strong>{}</strong>. ",
      grouped(data.tip_height), utc_minute(data.tip_time), method_words(data.method).name);
  if (data.conserves) {
    text += fmt::format("All {} {} of the theft are accounted for", grouped(data.effective),
                        escape(about.unit));
    text += fmt::format(
        ", through {} and {}.", counted(data.transactions, "transaction", "transactions"),
        data.on_coins ? counted(data.coins, "coin") : counted(data.coins, "balance"));
  } else {
    text +=
        "This rule marks every descendant whole and so counts the same unit many times: it "
        "shows how far a theft reaches and has no sums.";
  }
  if (data.claimed != data.effective) {
    text += fmt::format(
        " Of {} claimed, {} counts here: the rest already belonged to an earlier "
        "seed.",
        short_amount_html(data.claimed, about), short_amount_html(data.effective, about));
  }
  text += unconfirmed_words(data);
  return text + "</p>\n";
}

std::string overview(const ReportData& data) {
  Units total = total_weight(data);
  if (total == 0) return "";
  std::string bar =
      "<svg class=\"bar\" viewBox=\"0 0 10000 10\" preserveAspectRatio=\"none\" "
      "role=\"group\" aria-label=\"Shares by kind of destination, as listed below\">";
  std::string keys = "<ul class=\"keys\">\n";
  constexpr std::uint64_t kHair = 12;  // the thinnest part drawn
  Units before;
  for (const KindSum& sum : kind_sums(data)) {
    std::uint64_t from = scaled(before, total, 10'000);
    before += sum.weight;
    std::uint64_t to = scaled(before, total, 10'000);
    std::string anchor = kind_anchor(data, sum.kind);
    std::string share = escape(percent_words(sum.weight, total));
    bar += fmt::format(
        "<a href=\"#{}\" tabindex=\"-1\"><title>{}: {}</title><rect class=\"seg {}\" x=\"{}\" "
        "width=\"{}\" height=\"10\"/></a>",
        anchor, kind_title(sum.kind), share, kind_class(sum.kind), std::min(from, 10'000 - kHair),
        std::max(to - from, kHair));
    keys += fmt::format(
        "<li><a class=\"{}\" href=\"#{}\"><b>{}</b><span class=\"what\">{}</span><span "
        "class=\"size\">{}</span></a></li>\n",
        kind_class(sum.kind), anchor, share, kind_title(sum.kind),
        escape(weight_words(data, sum.weight)));
  }
  return "<figure class=\"overview\">" + bar + "</svg>\n" + keys + "</ul></figure>\n";
}

namespace {

// Each function gives a sentence, or nothing.

std::string short_services(const ReportData& data) {
  std::vector<std::string> names;
  std::size_t services = 0;
  Units told;
  Units all;
  std::uint32_t last = 0;
  for (std::size_t i = 0; i < data.destinations.size(); ++i) {
    const ReportDestination& service = data.destinations[i];
    if (service.kind != DestinationKind::service) continue;
    ++services;
    all += weight(data, service);
    last = std::max(last, service.last);
    if (names.size() == 3) continue;
    told += weight(data, service);
    names.push_back(fmt::format("<a href=\"#d{}\">{}</a> ({})", i, outside(service.name),
                                escape(weight_words(data, weight(data, service)))));
  }
  if (names.empty()) return "";
  std::string text =
      fmt::format("<b>Ask to freeze:</b> {}", fmt::format("{}", fmt::join(names, ", ")));
  if (services > names.size()) {
    text += fmt::format(" and {} with {}", counted(services - names.size(), "other service"),
                        escape(weight_words(data, all - told)));
  }
  return text + fmt::format("; the last deposit came {} UTC.", utc_minute(last));
}

std::string short_held(const ReportData& data) {
  if (data.holders.empty()) return "";
  const ReportHolder& largest = data.holders.front();
  return fmt::format(
      "<b>Watch:</b> what is still held lies at <a href=\"#freeze\">{}</a>; the largest, with {}, "
      "is "
      "<span class=\"id\">{}</span>.",
      counted(data.holder_count, "address", "addresses"),
      escape(weight_words(data, data.conserves ? largest.amount : Units(largest.coins))),
      escape(largest.address));
}

std::string short_range(const ReportData& data) {
  if (data.ranges.empty()) return "";
  Units agreed;
  for (const ReportRange& range : data.ranges) agreed += range.least;
  return fmt::format(
      "<b>Whatever the method:</b> <a href=\"#range\">{}</a> stands where it stands by every one "
      "of "
      "the methods asked.",
      share_in_prose(agreed, data.effective));
}

std::string short_last(const ReportData& data) {
  if (data.arrivals.empty()) return "";
  std::uint32_t last = data.arrivals.back().time;
  std::uint32_t end = end_time(data);
  if (end <= last) return "";
  return fmt::format("<b>Last movement:</b> {} UTC, {} before the {} this report ends at.",
                     utc_minute(last), duration(end - last), data.mempool ? "mempool" : "tip");
}

}  // namespace

std::string short_list(const ReportData& data) {
  std::string items;
  for (const std::string& item :
       {short_services(data), short_held(data), short_range(data), short_last(data)}) {
    if (!item.empty()) items += "<li>" + item + "</li>\n";
  }
  return items.empty() ? "" : "<ul class=\"short\">\n" + items + "</ul>\n";
}

}  // namespace tracehound::incidents
