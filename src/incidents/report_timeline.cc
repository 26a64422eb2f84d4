// A stacked step chart: at each block time, how much had come to where it now rests, by kind of
// destination. The top edge reaches the whole stolen amount at the last arrival, since every unit
// rests somewhere; the room above the steps is what was still on the move. Steps closer than a
// tenth of a pixel become one, so a path has at most as many corners as the picture has columns.
#include "incidents/report_timeline.h"

#include <fmt/format.h>

#include <algorithm>
#include <chrono>

#include "incidents/report_text.h"

namespace tracehound::incidents {

using trace::DestinationKind;

namespace {

// A moment on the axis and its label.
struct Tick {
  std::int64_t time;
  std::string label;
};

std::chrono::year_month_day date_of(std::int64_t time) {
  return std::chrono::sys_days(std::chrono::days(time / 86'400));
}
std::int64_t time_of(std::chrono::year_month_day date) {
  return std::chrono::sys_days(date).time_since_epoch().count() * std::int64_t{86'400};
}

std::string tick_label(std::int64_t time, std::int64_t step) {
  auto seconds = static_cast<std::uint32_t>(time);
  if (step >= 86'400) return utc_date(seconds);
  std::string minute = utc_minute(seconds);
  return time % 86'400 == 0 ? minute.substr(0, 10) : minute.substr(11);
}

// Ticks at every `months` months from a January on.
std::vector<Tick> month_ticks(std::int64_t from, std::int64_t to, unsigned months) {
  std::vector<Tick> ticks;
  auto first = date_of(from);
  std::chrono::year_month month{first.year(), std::chrono::January};
  for (;; month += std::chrono::months(months)) {
    std::int64_t time = time_of(month / std::chrono::day(1));
    if (time > to) return ticks;
    if (time < from) continue;
    std::string label = utc_date(static_cast<std::uint32_t>(time));
    ticks.push_back({time, label.substr(0, months >= 12 ? 4 : 7)});
  }
}

// At most `limit` round moments in [from, to].
std::vector<Tick> ticks_between(std::int64_t from, std::int64_t to, std::int64_t limit) {
  constexpr std::int64_t kSteps[] = {60,     300,    600,    1800,    3600,    7200,     10'800,
                                     21'600, 43'200, 86'400, 172'800, 604'800, 1'209'600};
  for (std::int64_t step : kSteps) {
    if ((to - from) / step > limit - 1) continue;
    std::vector<Tick> ticks;
    for (std::int64_t time = (from + step - 1) / step * step; time <= to; time += step) {
      ticks.push_back({time, tick_label(time, step)});
    }
    return ticks;
  }
  for (unsigned months : {1U, 2U, 3U, 6U, 12U, 24U, 60U, 120U, 240U}) {
    if ((to - from) / (std::int64_t{months} * 2'629'746) > limit - 1) continue;
    return month_ticks(from, to, months);
  }
  return {};
}

class Timeline {
 public:
  Timeline(const ReportData& data, const Canvas& canvas)
      : data_(data), canvas_(canvas), total_(total_weight(data)) {
    left_ = canvas.narrow ? 420 : 520;
    right_ = canvas.width - (canvas.narrow ? 950 : 1500);
    bottom_ = canvas.narrow ? 2000 : 2700;
    from_ = data.seed_count > 0 ? data.first_seed : data.arrivals.front().time;
    from_ = std::min<std::int64_t>(from_, data.arrivals.front().time);
    to_ = std::max<std::int64_t>(data.arrivals.back().time, from_ + 600);
    to_ += (to_ - from_) / 25;  // the last step needs some level ground to be seen
  }

  std::string draw() {
    sum_steps();
    std::string out = fmt::format(
        "<svg class=\"timeline {}\" viewBox=\"0 0 {} {}\" role=\"group\" "
        "aria-labelledby=\"{}tt {}td\">\n<title id=\"{}tt\">When the coins came to rest</title>\n"
        "<desc id=\"{}td\">Steps from {} to {} UTC. The table below says the same.</desc>\n",
        canvas_.narrow ? "narrow" : "wide", px(canvas_.width), px(bottom_ + 480), canvas_.name,
        canvas_.name, canvas_.name, canvas_.name, utc_minute(static_cast<std::uint32_t>(from_)),
        utc_minute(static_cast<std::uint32_t>(to_)));
    out += grid() + areas() + theft() + end_labels();
    return out + "</svg>\n";
  }

 private:
  struct Step {
    std::int64_t x = 0;
    std::array<Units, trace::kDestinationKinds> sums{};  // by page rank, not stacked
  };

  std::int64_t x_of(std::int64_t time) const {
    return left_ + static_cast<std::int64_t>(scaled(static_cast<std::uint64_t>(time - from_),
                                                    static_cast<std::uint64_t>(to_ - from_),
                                                    static_cast<std::uint64_t>(right_ - left_)));
  }
  std::int64_t y_of(const Units& weight) const {
    return bottom_ - static_cast<std::int64_t>(
                         scaled(weight, total_, static_cast<std::uint64_t>(bottom_ - kTopEdge)));
  }

  void sum_steps() {
    steps_.push_back({left_, {}});
    for (const Arrival& arrival : data_.arrivals) {
      std::int64_t x = x_of(arrival.time);
      if (steps_.back().x != x) {
        steps_.push_back(steps_.back());
        steps_.back().x = x;
      }
      steps_.back().sums[page_rank(arrival.kind)] += weight(data_, arrival);
    }
  }

  std::string grid() const {
    std::string out;
    for (std::uint64_t quarter = 0; quarter <= 4; ++quarter) {
      std::int64_t y = bottom_ - (bottom_ - kTopEdge) * static_cast<std::int64_t>(quarter) / 4;
      out += fmt::format(
          "<path class=\"{}\" d=\"M{},{}H{}\"/><text class=\"s e\" x=\"{}\" "
          "y=\"{}\">{}\xC2\xA0%</text>\n",
          quarter == 0 ? "axis" : "grid", px(left_), px(y), px(right_), px(left_ - 60), px(y + 40),
          quarter * 25);
    }
    out += fmt::format("<text class=\"s\" x=\"{}\" y=\"14\">100\xC2\xA0% = {}</text>\n", px(left_),
                       escape(weight_words(data_, total_)));
    for (const Tick& tick : ticks_between(from_, to_, canvas_.narrow ? 3 : 7)) {
      std::int64_t x = x_of(tick.time);
      out += fmt::format(
          "<path class=\"axis\" d=\"M{},{}v5\"/><text class=\"s m\" x=\"{}\" y=\"{}\">{}</text>\n",
          px(x), px(bottom_), px(x), px(bottom_ + 190), tick.label);
    }
    return out;
  }

  // The layer of the kind at `rank`, as a closed outline between its lower and its upper edge.
  std::string areas() const {
    std::string out;
    for (std::size_t rank = 0; rank < kPageOrder.size(); ++rank) {
      if (steps_.back().sums[rank] == 0) continue;
      std::string path = fmt::format("M{},{}", px(left_), px(edge(steps_.front(), rank + 1)));
      for (std::size_t i = 1; i < steps_.size(); ++i) {
        path += corner(steps_[i].x, edge(steps_[i - 1], rank + 1), edge(steps_[i], rank + 1));
      }
      path += fmt::format("H{}V{}", px(right_), px(edge(steps_.back(), rank)));
      for (std::size_t i = steps_.size() - 1; i > 0; --i) {
        path += corner(steps_[i].x, edge(steps_[i], rank), edge(steps_[i - 1], rank));
      }
      DestinationKind kind = kPageOrder[rank];
      out += fmt::format(
          "<a href=\"#{}\" tabindex=\"-1\"><title>{}</title><path class=\"area {}\" "
          "d=\"{}H{}z\"/></a>\n",
          kind_anchor(data_, kind), kind_title(kind), kind_class(kind), path, px(left_));
    }
    return out;
  }
  static std::string corner(std::int64_t x, std::int64_t before, std::int64_t after) {
    return before == after ? std::string() : fmt::format("H{}V{}", px(x), px(after));
  }
  // The height of everything stacked below the layer `rank`.
  std::int64_t edge(const Step& step, std::size_t rank) const {
    Units below;
    for (std::size_t i = 0; i < rank; ++i) below += step.sums[i];
    return y_of(below);
  }

  std::string theft() const {
    if (data_.seed_count == 0) return "";
    std::int64_t x = x_of(data_.first_seed);
    std::string out = fmt::format("<path class=\"mark\" d=\"M{},{}V{}\"/>", px(x),
                                  px(kTopEdge - 60), px(bottom_));
    std::int64_t until = std::min<std::int64_t>(data_.last_seed, to_);
    if (x_of(until) > x + 20) {
      out += fmt::format("<path class=\"mark\" d=\"M{},{}H{}\"/>", px(x), px(bottom_ + 30),
                         px(x_of(until)));
    }
    out += fmt::format(
        "<text class=\"h\" x=\"{}\" y=\"{}\">theft</text>"
        "<text class=\"s\" x=\"{}\" y=\"{}\">{}</text>\n",
        px(x), px(bottom_ + 340), px(x + 400), px(bottom_ + 340), utc_minute(data_.first_seed));
    return out;
  }

  // Beside its layer's right end, each kind with a layer high enough or with room around it.
  std::string end_labels() const {
    struct End {
      std::size_t rank;
      std::int64_t y;
    };
    std::vector<End> ends;
    for (std::size_t rank = 0; rank < kPageOrder.size(); ++rank) {
      if (steps_.back().sums[rank] == 0) continue;
      ends.push_back({rank, (edge(steps_.back(), rank) + edge(steps_.back(), rank + 1)) / 2});
    }
    constexpr std::int64_t kLine = 300;  // a label has two lines
    for (std::size_t i = 1; i < ends.size(); ++i) {
      ends[i].y = std::min(ends[i].y, ends[i - 1].y - kLine);
    }
    if (!ends.empty()) ends.back().y = std::max(ends.back().y, kTopEdge);
    for (std::size_t i = ends.size(); i > 1; --i) {
      ends[i - 2].y = std::max(ends[i - 2].y, ends[i - 1].y + kLine);
    }
    std::string out;
    for (const End& end : ends) {
      DestinationKind kind = kPageOrder[end.rank];
      out += fmt::format(
          "<path class=\"tie\" d=\"M{},{}L{},{}\"/><text class=\"l\" x=\"{}\" "
          "y=\"{}\">{}</text><text class=\"s\" x=\"{}\" y=\"{}\">{}</text>\n",
          px(right_ + 10),
          px((edge(steps_.back(), end.rank) + edge(steps_.back(), end.rank + 1)) / 2),
          px(right_ + 90), px(end.y), px(right_ + 120), px(end.y), kind_title(kind),
          px(right_ + 120), px(end.y + 140),
          escape(percent_words(steps_.back().sums[end.rank], total_)));
    }
    return out;
  }

  static constexpr std::int64_t kTopEdge = 300;
  const ReportData& data_;
  const Canvas& canvas_;
  Units total_;
  std::int64_t left_ = 0;
  std::int64_t right_ = 0;
  std::int64_t bottom_ = 0;
  std::int64_t from_ = 0;  // the axis, in seconds since 1970
  std::int64_t to_ = 0;
  std::vector<Step> steps_;
};

constexpr std::size_t kPeriodRows = 40;

// The period of `time` when a period's name is the first `letters` of "2024-03-14 09:26".
std::string period_name(std::uint32_t time, std::size_t letters) {
  std::string name = utc_minute(time).substr(0, letters);
  return letters == 13 ? name + "h" : name;
}

}  // namespace

std::string timeline_svg(const ReportData& data, const Canvas& canvas) {
  if (total_weight(data) == 0 || data.arrivals.empty()) return "";
  return Timeline(data, canvas).draw();
}

Periods arrival_periods(const ReportData& data) {
  struct Unit {
    std::string_view name;
    std::size_t letters;
  };
  constexpr Unit kUnits[] = {
      {"Hour (UTC)", 13}, {"Day (UTC)", 10}, {"Month (UTC)", 7}, {"Year (UTC)", 4}};
  Periods periods;
  for (const Unit& unit : kUnits) {
    periods = {unit.name, {}};
    Units so_far;
    for (const Arrival& arrival : data.arrivals) {
      std::string name = period_name(arrival.time, unit.letters);
      if (periods.rows.empty() || periods.rows.back().name != name) {
        periods.rows.push_back({name, {}, 0});
      }
      Period& period = periods.rows.back();
      period.arrived[static_cast<std::size_t>(arrival.kind)] += weight(data, arrival);
      so_far += weight(data, arrival);
      period.so_far = so_far;
    }
    if (periods.rows.size() <= kPeriodRows) break;
  }
  return periods;
}

std::optional<std::uint32_t> half_time(const ReportData& data) {
  Units total = total_weight(data);
  Units so_far;
  for (const Arrival& arrival : data.arrivals) {
    so_far += weight(data, arrival);
    if (so_far + so_far >= total) return arrival.time;
  }
  return std::nullopt;
}

}  // namespace tracehound::incidents
