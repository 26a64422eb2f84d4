#include "incidents/traced.h"

#include <fmt/format.h>

#include <algorithm>
#include <map>
#include <unordered_map>

#include "base/text.h"

namespace tracehound::incidents {

using trace::DestinationKind;

namespace {

// What rests at one address, by kind and service.
using Rests = std::map<std::pair<DestinationKind, std::string>, std::pair<std::string, Amount>>;

class Collector {
 public:
  Collector(const trace::Trace& trace, const ReportLookup& lookup, const ReportAbout& about)
      : trace_(trace), lookup_(lookup), about_(about) {}

  std::vector<TracedAddress> addresses() {
    for (const trace::SeedCoin& seed : trace_.seeds) receive(seed.coin, 0);
    for (const trace::Parcel& parcel : trace_.parcels) {
      if (parcel.to) receive(*parcel.to, parcel.hop);
    }
    std::vector<Rests> rests(found_.size());
    for (const trace::Destination& destination : trace_.destinations) {
      trace::Service service;
      if (destination.service) service = trace_.services.at(*destination.service);
      for (const trace::Landing& landing : destination.coins) {
        auto& rest = rests[place_of(landing.coin)][{destination.kind, service.name}];
        rest.first = service.category;
        rest.second += landing.amount;
      }
    }
    for (std::size_t i = 0; i < found_.size(); ++i) {
      for (const auto& [where, rest] : rests[i]) {
        std::string amount;
        if (trace_.conserves) {
          amount = fmt::format("{} {}", coins_text(rest.second, about_.decimals), about_.symbol);
        }
        found_[i].rests.push_back(
            {std::string(name_of(where.first)), where.second, rest.first, std::move(amount)});
      }
    }
    std::erase_if(found_, [](const TracedAddress& entry) { return entry.address.empty(); });
    return std::move(found_);
  }

 private:
  std::size_t place_of(CoinId coin) {
    AddressId address = lookup_.address(coin);
    auto [entry, fresh] = places_.try_emplace(address.number(), found_.size());
    if (fresh) {
      found_.emplace_back();
      found_.back().address = lookup_.address_text(address);
    }
    return entry->second;
  }

  void receive(CoinId coin, std::uint32_t hops) {
    std::uint32_t time = lookup_.time_of(lookup_.creator(coin));
    TracedAddress& entry = found_[place_of(coin)];
    bool fresh = entry.receipts == 0;
    entry.first = fresh ? time : std::min(entry.first, time);
    entry.last = std::max(entry.last, time);
    entry.hops = fresh ? hops : std::min(entry.hops, hops);
    ++entry.receipts;
  }

  const trace::Trace& trace_;
  const ReportLookup& lookup_;
  const ReportAbout& about_;
  std::vector<TracedAddress> found_;
  std::unordered_map<std::uint32_t, std::size_t> places_;  // by address
};

}  // namespace

bool TracedAddress::at_service() const {
  return std::ranges::any_of(rests, [](const TracedRest& rest) { return !rest.service.empty(); });
}

TracedCase traced_case(const trace::Trace& trace, const ReportLookup& lookup,
                       const ReportAbout& about) {
  TracedCase what;
  what.title = about.title;
  what.chain = lookup.chain;
  what.symbol = about.symbol;
  what.method = name_of(trace.method);
  BlockHeight tip = trace.as_of.value_or(lookup.tip_height);
  Hash256 hash = trace.as_of ? lookup.block_hash(tip) : lookup.tip_hash;
  what.time = lookup.time(tip);
  what.tip = fmt::format("block {} ({})", tip.number(), hash.text());
  what.tool_version = about.tool_version;
  what.addresses = Collector(trace, lookup, about).addresses();
  return what;
}

std::string traced_words(const TracedCase& what, const TracedAddress& address) {
  std::string words =
      address.hops == 0
          ? what.seed
          : fmt::format("Received traced units in {}, at the nearest {} after the theft.",
                        plural(address.receipts, what.receipt),
                        plural(address.hops, "transaction"));
  for (const TracedRest& rest : address.rests) {
    words += fmt::format(" {}{}", rest.kind, rest.amount.empty() ? "" : ": " + rest.amount);
    if (!rest.service.empty()) {
      words += fmt::format(", at {}{} as tags say", rest.service,
                           rest.category.empty() ? "" : " (" + rest.category + ")");
    }
    words += '.';
  }
  if (address.rests.empty()) words += " None of them rests here.";
  return words + fmt::format(
                     " By {}, up to {}; this is what coins did and says nothing of who "
                     "holds the address.",
                     what.method, what.tip);
}

}  // namespace tracehound::incidents
