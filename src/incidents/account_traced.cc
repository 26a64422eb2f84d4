// The addresses that a trace on an account chain touched, for other tools (traced.h).
#include <fmt/format.h>

#include <algorithm>
#include <map>
#include <tuple>
#include <unordered_map>

#include "base/text.h"
#include "incidents/account_report.h"

namespace tracehound::incidents {

namespace {

using trace::DestinationKind;
using trace::accounts::AccountId;
using trace::accounts::AssetId;
using trace::accounts::Landing;
using trace::accounts::Names;
using trace::accounts::Parcel;
using trace::accounts::ParcelKind;
using trace::accounts::Trace;

// What rests at one account, by kind, service and asset.
using Rests =
    std::map<std::tuple<DestinationKind, std::string, AssetId>, std::pair<std::string, U256>>;

class Collector {
 public:
  Collector(const Trace& trace, const Names& names) : trace_(trace), names_(names) {}

  std::vector<TracedAddress> addresses() {
    for (const auto& seed : trace_.seeds) {
      // What was sent lies with who sent it: the victim, of whom nobody is to be told.
      if (seed.seed.side != trace::accounts::SeedSide::sent) {
        receive(seed.holder.account, seed.tx, 0);
      }
    }
    for (const Parcel& parcel : trace_.parcels) {
      if (parcel.kind != ParcelKind::fee) receive(parcel.to.account, parcel.tx, parcel.hop);
    }
    std::vector<Rests> rests(found_.size());
    for (const auto& destination : trace_.destinations) {
      trace::Service service;
      if (destination.service) service = trace_.services.at(*destination.service);
      for (const Landing& landing : destination.landings) {
        auto place = places_.find(landing.holder.account);
        if (place == places_.end()) continue;
        auto& rest = rests[place->second][{destination.kind, service.name, destination.asset}];
        rest.first = service.category;
        if (add_overflow(rest.second, landing.amount, rest.second)) rest.second = kU256Max;
      }
    }
    for (std::size_t i = 0; i < found_.size(); ++i) {
      for (const auto& [where, rest] : rests[i]) {
        auto [kind, service, asset] = where;
        std::string amount;
        if (trace_.conserves) {
          amount =
              fmt::format("{} {}", names_.amount(asset, rest.second), names_.asset_text(asset));
        }
        found_[i].rests.push_back(
            {std::string(name_of(kind)), service, rest.first, std::move(amount)});
      }
    }
    return std::move(found_);
  }

 private:
  void receive(AccountId account, TxId tx, std::uint32_t hops) {
    if (account == trace::accounts::kNobody) return;
    auto [place, fresh] = places_.try_emplace(account, found_.size());
    if (fresh) found_.emplace_back().address = names_.account(account);
    TracedAddress& entry = found_[place->second];
    std::uint32_t time = names_.ledger().time(tx);
    entry.first = fresh ? time : std::min(entry.first, time);
    entry.last = std::max(entry.last, time);
    entry.hops = fresh ? hops : std::min(entry.hops, hops);
    ++entry.receipts;
  }

  const Trace& trace_;
  const Names& names_;
  std::vector<TracedAddress> found_;
  std::unordered_map<AccountId, std::size_t> places_;
};

}  // namespace

TracedCase account_case(const Trace& trace, const Names& names, const ReportAbout& about) {
  LetterAbout letter = account_letter_about(trace, names, about);
  TracedCase what;
  what.title = about.title;
  what.chain = letter.chain;
  for (const auto& books : trace.assets) {
    if (!books.claimed.is_zero() && what.symbol.empty()) {
      what.symbol = names.asset_text(books.asset);
    }
  }
  what.method = name_of(trace.method);
  what.time = names.ledger().block(names.ledger().tip()).time;
  what.tip = letter.tip;
  what.tool_version = about.tool_version;
  what.receipt = "transfer";
  what.seed = "Received stolen units in the theft itself.";
  what.addresses = Collector(trace, names).addresses();
  return what;
}

}  // namespace tracehound::incidents
