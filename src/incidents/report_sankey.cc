// The trunk runs level from the theft to the right and thins as units come to rest. What went to
// others (services, mixes, other chains) leaves it upwards, what lies still or is lost (held,
// burned, fees, not followed) downwards, so bands never cross the trunk. On the right the
// destinations that are fed early lie outside and the late ones near the trunk, which keeps bands
// from crossing one another. Small destinations get a slot as high as their label, and bands
// thinner than a hair are drawn as a hair; everything else is to scale.
//
//        ______________________ Exchange A        x: columns by hop, destinations at the right
//   ____/   ___________________ Exchange B        y: up-slots / trunk / down-slots
//  |____|__/___|_______________ (end of trunk)
//       \______________________ Still held
//
// Heights are scaled integers, a tenth of a pixel fine; the same flow always draws the same bytes.
#include "incidents/report_sankey.h"

#include <fmt/format.h>

#include <algorithm>
#include <numeric>

#include "base/text.h"
#include "incidents/report_text.h"

namespace tracehound::incidents {

using trace::DestinationKind;

namespace {

constexpr std::int64_t kTop = 520;  // room for the head over the columns
constexpr std::int64_t kNodeWidth = 70;
constexpr std::int64_t kHair = 8;  // the thinnest band drawn

struct NodePlace {
  std::int64_t y = 0;
  std::int64_t height = 0;
  std::int64_t middle = 0;
};

struct LinkPlace {
  std::int64_t from_y = 0;
  std::int64_t to_y = 0;
  std::int64_t height = 0;
};

struct Layout {
  std::int64_t width = 0;
  std::int64_t height = 0;
  std::int64_t node_x = 0;
  std::vector<std::int64_t> column_x;
  std::vector<std::int64_t> column_y;
  std::vector<std::int64_t> column_height;
  std::vector<NodePlace> nodes;
  std::vector<LinkPlace> links;
};

bool goes_up(DestinationKind kind) {
  return kind == DestinationKind::service || kind == DestinationKind::mixed ||
         kind == DestinationKind::crossed;
}

class Sankey {
 public:
  Sankey(const ReportData& data, const Canvas& canvas)
      : data_(data), flow_(data.flow), canvas_(canvas), total_(total_weight(data)) {}

  std::string draw() {
    place_columns();
    order_nodes();
    place_nodes();
    place_trunk();
    place_links();
    return svg();
  }

 private:
  std::int64_t to_scale(const Units& weight) const {
    std::uint64_t trunk = canvas_.narrow ? 1900 : 2600;
    return static_cast<std::int64_t>(scaled(weight, total_, trunk));
  }
  std::int64_t slot_height(std::size_t node) const {
    return std::max<std::int64_t>(layout_.nodes[node].height, canvas_.narrow ? 330 : 340);
  }

  void place_columns() {
    layout_.width = canvas_.width;
    layout_.node_x = canvas_.width - canvas_.labels;
    auto columns = static_cast<std::int64_t>(flow_.columns.size());
    std::int64_t left = canvas_.narrow ? 80 : 100;
    std::int64_t last_gap = canvas_.narrow ? 450 : 1500;
    std::int64_t gap = columns > 1 ? (layout_.node_x - left - last_gap) / (columns - 1) : 0;
    gap = std::min<std::int64_t>(gap, canvas_.narrow ? 700 : 1600);
    for (std::int64_t i = 0; i < columns; ++i) layout_.column_x.push_back(left + i * gap);
  }

  // Early-fed destinations outside, late ones next to the trunk; ties by page order.
  void order_nodes() {
    std::vector<std::uint64_t> moment(flow_.nodes.size());  // mean column, in thousandths
    for (const FlowLink& link : flow_.links) {
      if (weight(data_, link) == 0) continue;
      moment[link.node] +=
          scaled(weight(data_, link), weight(data_, flow_.nodes[link.node]), 1000) * link.column;
    }
    for (std::size_t i = 0; i < flow_.nodes.size(); ++i) {
      if (weight(data_, flow_.nodes[i]) == 0) continue;
      (goes_up(flow_.nodes[i].kind) ? up_ : down_).push_back(i);
    }
    auto earlier = [&](std::size_t a, std::size_t b) { return moment[a] < moment[b]; };
    std::stable_sort(up_.begin(), up_.end(), earlier);
    std::stable_sort(down_.begin(), down_.end(),
                     [&](std::size_t a, std::size_t b) { return earlier(b, a); });
  }

  void place_nodes() {
    layout_.nodes.resize(flow_.nodes.size());
    std::int64_t gap = canvas_.narrow ? 70 : 90;
    std::int64_t y = kTop;
    auto place = [&](std::size_t node) {
      NodePlace& at = layout_.nodes[node];
      at.height = std::max(to_scale(weight(data_, flow_.nodes[node])), kHair);
      std::int64_t slot = slot_height(node);
      at.middle = y + slot / 2;
      at.y = at.middle - at.height / 2;
      y += slot + gap;
    };
    for (std::size_t node : up_) place(node);
    boundary_ = y - (up_.empty() ? 0 : gap / 2);
    for (std::size_t node : down_) place(node);
    layout_.height = std::max(y - gap, boundary_) + 40;
  }

  // The trunk ends at the boundary between up and down, so its top starts as far above it as
  // everything that goes up is high.
  void place_trunk() {
    std::size_t columns = flow_.columns.size();
    std::vector<Units> leaves_up(columns);
    for (const FlowLink& link : flow_.links) {
      if (goes_up(flow_.nodes[link.node].kind)) leaves_up[link.column] += weight(data_, link);
    }
    Units up_total = std::accumulate(leaves_up.begin(), leaves_up.end(), Units());
    Units up_before;
    for (std::size_t i = 0; i < columns; ++i) {
      layout_.column_y.push_back(boundary_ - to_scale(up_total - up_before));
      layout_.column_height.push_back(to_scale(weight(data_, flow_.columns[i])));
      up_before += leaves_up[i];
      layout_.height =
          std::max(layout_.height, layout_.column_y[i] + layout_.column_height[i] + 40);
    }
  }

  // Bands leave a column in the order of their destinations, and reach a destination with the
  // early ones outside.
  void place_links() {
    layout_.links.resize(flow_.links.size());
    std::vector<std::size_t> rank(flow_.nodes.size());
    for (std::size_t i = 0; i < up_.size(); ++i) rank[up_[i]] = i;
    for (std::size_t i = 0; i < down_.size(); ++i) rank[down_[i]] = i;
    std::vector<std::size_t> order(flow_.links.size());
    std::iota(order.begin(), order.end(), std::size_t{0});
    std::stable_sort(order.begin(), order.end(), [&](std::size_t a, std::size_t b) {
      return rank[flow_.links[a].node] < rank[flow_.links[b].node];
    });
    std::vector<Units> left_up(flow_.columns.size());
    std::vector<Units> left_down(flow_.columns.size());
    for (std::size_t i : order) {
      const FlowLink& link = flow_.links[i];
      bool up = goes_up(flow_.nodes[link.node].kind);
      std::int64_t start = layout_.column_y[link.column];
      if (!up) start += down_start(link.column);
      Units& before = up ? left_up[link.column] : left_down[link.column];
      layout_.links[i].from_y = start + to_scale(before);
      layout_.links[i].height = to_scale(weight(data_, link));
      before += weight(data_, link);
    }
    std::vector<Units> arrived(flow_.nodes.size());
    for (std::size_t i = 0; i < flow_.links.size(); ++i) {
      const FlowLink& link = flow_.links[i];
      const NodePlace& node = layout_.nodes[link.node];
      Units size = weight(data_, link);
      std::int64_t y = node.y + to_scale(arrived[link.node]);
      if (!goes_up(flow_.nodes[link.node].kind)) {
        y = node.y + node.height - to_scale(arrived[link.node] + size);
      }
      layout_.links[i].to_y = y;
      arrived[link.node] += size;
    }
  }
  // Where, below a column's top, the bands that go down begin.
  std::int64_t down_start(std::size_t column) const {
    Units down;
    for (const FlowLink& link : flow_.links) {
      bool here = link.column == column && !goes_up(flow_.nodes[link.node].kind);
      if (here) down += weight(data_, link);
    }
    return layout_.column_height[column] - to_scale(down);
  }

  std::string svg() const {
    std::string out = fmt::format(
        "<svg class=\"flow {}\" viewBox=\"0 0 {} {}\" role=\"group\" "
        "aria-labelledby=\"{}t {}d\">\n"
        "<title id=\"{}t\">Flow from the theft to where the coins rest</title>\n<desc "
        "id=\"{}d\">{}</desc>\n",
        canvas_.narrow ? "narrow" : "wide", px(layout_.width), px(layout_.height), canvas_.name,
        canvas_.name, canvas_.name, canvas_.name, description());
    out += head();
    for (std::size_t i = 0; i < flow_.links.size(); ++i) out += band(i);
    for (std::size_t i = 0; i < flow_.columns.size(); ++i) out += trunk(i);
    for (std::size_t node : up_) out += destination(node);
    for (std::size_t node : down_) out += destination(node);
    return out + "</svg>\n";
  }

  std::string description() const {
    std::string text = weight_words(data_, total_) + " at the theft";
    for (const FlowNode& node : flow_.nodes) {
      if (weight(data_, node) == 0) continue;
      text +=
          fmt::format("; {} to {}", percent_words(weight(data_, node), total_), node_text(node));
    }
    return escape(text + ". The table below says the same.");
  }

  // Over each column its hops and the share that rests there or further on.
  std::string head() const {
    std::string out = fmt::format(
        "<text class=\"s\" x=\"{}\" y=\"12\">Transactions after the theft \xE2\x86\x92</text>\n",
        px(layout_.column_x[0]));
    std::int64_t free_from = 0;  // where the next label has room
    for (std::size_t i = 0; i < flow_.columns.size(); ++i) {
      const FlowColumn& column = flow_.columns[i];
      std::int64_t x = layout_.column_x[i];
      std::string hops = canvas_.narrow ? brief(column) : hops_text(column);
      if (x >= free_from) {
        out += fmt::format("<text class=\"h\" x=\"{}\" y=\"31\">{}</text>\n", px(x), hops);
        free_from = x + static_cast<std::int64_t>(hops.size()) * 80 + 40;
      }
      if (!canvas_.narrow) {
        out += fmt::format("<text class=\"s\" x=\"{}\" y=\"46\">{}</text>\n", px(x),
                           escape(percent_words(weight(data_, column), total_)));
        free_from = x;
      }
      std::int64_t stem_end = layout_.column_y[i] - 30;
      if (stem_end > kTop) {
        out += fmt::format("<path class=\"stem\" d=\"M{},{}V{}\"/>\n", px(x + kNodeWidth / 2),
                           px(kTop - 20), px(stem_end));
      }
    }
    return out;
  }
  static std::string brief(const FlowColumn& column) {
    if (column.last_hop == 0) return "0";
    std::string text = std::to_string(column.first_hop);
    return column.first_hop == column.last_hop ? text : text + "+";
  }

  std::string band(std::size_t i) const {
    const FlowLink& link = flow_.links[i];
    const FlowNode& node = flow_.nodes[link.node];
    const LinkPlace& at = layout_.links[i];
    if (weight(data_, link) == 0) return "";
    std::int64_t height = std::max(at.height, kHair);
    std::int64_t x0 = layout_.column_x[link.column] + kNodeWidth;
    std::int64_t x1 = layout_.node_x;
    std::int64_t bend = (x0 + x1) / 2;
    return fmt::format(
        "<a href=\"#f{}-{}\"><title>{} ({}) came to rest: {}, {}</title><path class=\"b {}\" "
        "d=\"M{},{}C{},{} {},{} {},{}v{}C{},{} {},{} {},{}z\"/></a>\n",
        link.column, link.node, escape(weight_words(data_, weight(data_, link))),
        escape(percent_words(weight(data_, link), total_)), escape(node_text(node)),
        after_words(flow_.columns[link.column]), kind_class(node.kind), px(x0), px(at.from_y),
        px(bend), px(at.from_y), px(bend), px(at.to_y), px(x1), px(at.to_y), px(height), px(bend),
        px(at.to_y + height), px(bend), px(at.from_y + height), px(x0), px(at.from_y + height));
  }
  static std::string after_words(const FlowColumn& column) {
    if (column.last_hop == 0) return "without leaving the stolen coin";
    if (column.last_hop == 1) return "after 1 transaction";
    return fmt::format("after {} transactions", hops_text(column));
  }

  // A column's bar, and the stretch of trunk that leads to it.
  std::string trunk(std::size_t i) const {
    Units size = weight(data_, flow_.columns[i]);
    if (size == 0) return "";
    std::int64_t height = std::max(layout_.column_height[i], kHair);
    std::int64_t y = layout_.column_y[i];
    std::string stretch;
    if (i > 0) {
      std::int64_t from = layout_.column_x[i - 1] + kNodeWidth;
      stretch = fmt::format("<path class=\"b trunk\" d=\"M{},{}H{}v{}H{}z\"/>", px(from), px(y),
                            px(layout_.column_x[i]), px(height), px(from));
    }
    std::string where =
        i == 0 ? "stolen" : fmt::format("rests {} or further on", after_words(flow_.columns[i]));
    return fmt::format(
        "<a href=\"#f{}\"><title>{} ({}) {}</title>{}<rect class=\"n trunk\" x=\"{}\" y=\"{}\" "
        "width=\"{}\" height=\"{}\"/></a>\n",
        i, escape(weight_words(data_, size)), escape(percent_words(size, total_)), where, stretch,
        px(layout_.column_x[i]), px(y), px(kNodeWidth), px(height));
  }

  std::string destination(std::size_t i) const {
    const FlowNode& node = flow_.nodes[i];
    const NodePlace& at = layout_.nodes[i];
    std::int64_t x = layout_.node_x;
    std::string href = node.destination ? fmt::format("d{}", *node.destination) : "k-service";
    std::string size = fmt::format(
        "{} \xC2\xB7 {}", canvas_.narrow ? std::string() : weight_words(data_, weight(data_, node)),
        percent_words(weight(data_, node), total_));
    if (canvas_.narrow) size = percent_words(weight(data_, node), total_);
    return fmt::format(
        "<a href=\"#{}\"><title>{}</title><rect class=\"n {}\" x=\"{}\" y=\"{}\" width=\"{}\" "
        "height=\"{}\"/><text class=\"l\" x=\"{}\" y=\"{}\">{}</text><text class=\"s\" x=\"{}\" "
        "y=\"{}\">{}</text></a>\n",
        href, escape(node_text(node)), kind_class(node.kind), px(x), px(at.y), px(kNodeWidth),
        px(at.height), px(x + kNodeWidth + 80), px(at.middle - 20),
        escape(fitted(node_text(node), canvas_.labels - kNodeWidth - 80)), px(x + kNodeWidth + 80),
        px(at.middle + 130), escape(size));
  }

  const ReportData& data_;
  const Flow& flow_;
  const Canvas& canvas_;
  Units total_;
  Layout layout_;
  std::vector<std::size_t> up_;    // nodes above the trunk, top down
  std::vector<std::size_t> down_;  // and below it
  std::int64_t boundary_ = 0;
};

}  // namespace

std::string hops_text(const FlowColumn& column) {
  if (column.last_hop == 0) return "theft";
  if (column.first_hop == column.last_hop) return grouped(column.first_hop);
  return fmt::format("{}\xE2\x80\x93{}", grouped(column.first_hop), grouped(column.last_hop));
}

std::string node_text(const FlowNode& node) {
  if (node.folded > 0) return counted(node.folded, "other service", "other services");
  if (node.kind == DestinationKind::service) return node.name;
  return std::string(kind_title(node.kind));
}

std::string flow_svg(const ReportData& data, const Canvas& canvas) {
  if (total_weight(data) == 0 || data.flow.links.empty()) return "";
  return Sankey(data, canvas).draw();
}

}  // namespace tracehound::incidents
