// The flow as GraphML. Amounts are decimal strings: a long does not hold 256 bits.
#include <fmt/format.h>

#include <algorithm>
#include <map>
#include <set>
#include <tuple>
#include <vector>

#include "trace/accounts/write.h"
#include "trace/write_text.h"

namespace tracehound::trace::accounts {

namespace {

// An account; or where units end that reach no account, fees and what was destroyed, or began at
// none: what was made.
struct NodeKey {
  DestinationKind ending = DestinationKind::held;
  AccountId account;
  friend auto operator<=>(const NodeKey&, const NodeKey&) = default;
};
struct EdgeKey {
  NodeKey from;
  NodeKey to;
  ParcelKind kind;
  AssetId paid;
  AssetId got;
  friend auto operator<=>(const EdgeKey&, const EdgeKey&) = default;
};
struct Edge {
  U256 paid;
  U256 amount;
  std::set<TxId> transactions;
};

class Document {
 public:
  Document(const Trace& trace, const Names& names) : trace_(trace), names_(names) {
    for (const Destination& destination : trace.destinations) {
      for (const Landing& landing : destination.landings) {
        note_ending(destination, landing.holder.account);
      }
    }
    for (const Parcel& parcel : trace.parcels) add(parcel);
    std::size_t number = 0;
    for (auto& [key, place] : nodes_) place = number++;
  }

  std::string write() {
    xml_ =
        "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n"
        "<graphml xmlns=\"http://graphml.graphdrawing.org/xmlns\">\n";
    for (auto [owner, name] : kKeys) {
      xml_ += fmt::format("<key id=\"{}\" for=\"{}\" attr.name=\"{}\" attr.type=\"string\"/>\n",
                          name, owner, name);
    }
    xml_ += "<graph edgedefault=\"directed\">\n";
    data("method", std::string(name_of(trace_.method)));
    data("chain", names_.ledger().chain());
    for (const auto& [key, number] : nodes_) write_node(key, number);
    for (const auto& [key, edge] : edges_) write_edge(key, edge);
    return std::move(xml_) + "</graph>\n</graphml>\n";
  }

 private:
  static constexpr std::pair<const char*, const char*> kKeys[] = {
      {"graph", "method"}, {"graph", "chain"},   {"node", "label"},       {"node", "kind"},
      {"node", "service"}, {"edge", "movement"}, {"edge", "paid"},        {"edge", "paid_asset"},
      {"edge", "amount"},  {"edge", "asset"},    {"edge", "transactions"}};

  void note_ending(const Destination& destination, AccountId account) {
    std::string& words = endings_[account];
    std::string kind(name_of(destination.kind));
    if (words.find(kind) == std::string::npos) words += words.empty() ? kind : " " + kind;
    if (destination.service) services_[account] = trace_.services[*destination.service].name;
  }

  NodeKey node_of(const Parcel& parcel, bool to) const {
    AccountId account = to ? parcel.to.account : parcel.from.account;
    if (account != kNobody) return {DestinationKind::held, account};
    if (parcel.kind == ParcelKind::fee) return {DestinationKind::fees, account};
    bool gave = to == (trace_.direction == Direction::backward);
    return {gave ? DestinationKind::mined : DestinationKind::burned, account};
  }

  void add(const Parcel& parcel) {
    EdgeKey key{node_of(parcel, false), node_of(parcel, true), parcel.kind, parcel.from.asset,
                parcel.to.asset};
    nodes_.try_emplace(key.from, 0);
    nodes_.try_emplace(key.to, 0);
    Edge& edge = edges_[key];
    if (add_overflow(edge.paid, parcel.paid, edge.paid)) edge.paid = kU256Max;
    if (add_overflow(edge.amount, parcel.amount, edge.amount)) edge.amount = kU256Max;
    edge.transactions.insert(parcel.tx);
  }

  void data(std::string_view key, const std::string& text) {
    if (text.empty()) return;
    xml_ += fmt::format("<data key=\"{}\">{}</data>\n", key, xml_text(text));
  }
  void write_node(const NodeKey& key, std::size_t number) {
    xml_ += fmt::format("<node id=\"n{}\">\n", number);
    bool account = key.account != kNobody;
    data("label", account ? names_.account(key.account) : std::string(name_of(key.ending)));
    if (account) {
      auto ending = endings_.find(key.account);
      data("kind", ending == endings_.end() ? "passed" : ending->second);
      auto service = services_.find(key.account);
      if (service != services_.end()) data("service", service->second);
    } else {
      data("kind", std::string(name_of(key.ending)));
    }
    xml_ += "</node>\n";
  }
  void write_edge(const EdgeKey& key, const Edge& edge) {
    xml_ += fmt::format("<edge source=\"n{}\" target=\"n{}\">\n", nodes_.at(key.from),
                        nodes_.at(key.to));
    data("movement", std::string(parcel_text(key.kind)));
    if (key.kind == ParcelKind::swap) {
      data("paid", edge.paid.text());
      data("paid_asset", names_.asset_text(key.paid));
    }
    data("amount", edge.amount.text());
    data("asset", names_.asset_text(key.got));
    data("transactions", std::to_string(edge.transactions.size()));
    xml_ += "</edge>\n";
  }

  const Trace& trace_;
  const Names& names_;
  std::map<NodeKey, std::size_t> nodes_;
  std::map<EdgeKey, Edge> edges_;
  std::map<AccountId, std::string> endings_;
  std::map<AccountId, std::string> services_;
  std::string xml_;
};

}  // namespace

std::string to_graphml(const Trace& trace, const Names& names) {
  return Document(trace, names).write();
}

}  // namespace tracehound::trace::accounts
