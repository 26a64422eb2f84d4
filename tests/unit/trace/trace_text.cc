#include "unit/trace/trace_text.h"

#include <fmt/format.h>

#include <stdexcept>

namespace tracehound::test {

using trace::DestinationKind;

std::vector<std::string> lines_of_trace(const ToyChain& chain, const trace::Trace& trace) {
  std::vector<std::string> lines;
  for (const trace::SeedCoin& seed : trace.seeds) {
    lines.push_back(fmt::format("seed {} claimed {} effective {} label {}",
                                chain.coin_name(seed.coin), seed.claimed, seed.amount,
                                seed.label.number()));
  }
  for (const trace::Destination& destination : trace.destinations) {
    std::string where(name_of(destination.kind));
    if (destination.service) where += " " + trace.services.at(*destination.service).name;
    if (destination.kind == DestinationKind::fees) {
      if (!trace.conserves) lines.push_back("fees reached");
      for (const trace::LabelAmount& entry : destination.labels) {
        lines.push_back(fmt::format("fees {} label {}", entry.amount, entry.label.number()));
      }
    }
    for (const trace::Landing& landing : destination.coins) {
      lines.push_back(fmt::format("{} {} {} hops {} label {}", where, chain.coin_name(landing.coin),
                                  landing.amount, landing.hops, landing.label.number()));
    }
  }
  return lines;
}

std::string parcel_ends(const ToyChain& chain, const trace::Parcel& parcel) {
  auto name = [&](std::optional<CoinId> coin, TxId fee_of) {
    return coin ? chain.coin_name(*coin) : chain.transaction_name(fee_of) + ":fee";
  };
  return name(parcel.from, parcel.from_fee) + " " + name(parcel.to, parcel.to_fee);
}

std::vector<trace::Seed> seeds_of(const ToyChain& chain, std::string_view text) {
  std::vector<trace::Seed> seeds;
  for (const std::string& word : words_of(text)) {
    std::size_t equals = word.find('=');
    Label label = trace::kFirstLabel;
    if (equals != std::string::npos) {
      label = Label(static_cast<std::uint32_t>(std::stoul(word.substr(equals + 1))));
    }
    auto seed = trace::resolve_seed(chain.ledger(), chain.seed_text(word.substr(0, equals)), label);
    if (!seed) throw std::runtime_error(seed.error().message);
    seeds.push_back(*seed);
  }
  return seeds;
}

trace::Stops stops_of(const ToyChain& chain, std::string_view text) {
  std::vector<trace::Service> services;
  std::vector<trace::ServiceAddress> addresses;
  for (const std::string& word : words_of(text)) {
    std::size_t equals = word.find('=');
    addresses.push_back(
        {chain.address(word.substr(0, equals)), static_cast<std::uint32_t>(services.size())});
    services.push_back({word.substr(equals + 1), "service"});
  }
  return trace::Stops(std::move(services), addresses);
}

trace::Trace trace_of(const ToyChain& chain, std::string_view seeds, trace::MethodKind method,
                      std::string_view services, const trace::Options& options) {
  auto found = trace::run(chain.ledger(), seeds_of(chain, seeds), method, stops_of(chain, services),
                          options);
  if (!found) throw std::runtime_error(found.error().message);
  return std::move(*found);
}

}  // namespace tracehound::test
