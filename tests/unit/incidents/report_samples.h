// Made-up traces for the report's tests: worlds of transactions that exist nowhere else.
#pragma once

#include <memory>
#include <string>
#include <vector>

#include "incidents/report.h"

namespace tracehound::test {

// A chain in memory, as far as a report looks at one, and a trace over it that balances.
class ReportWorld {
 public:
  explicit ReportWorld(std::uint64_t seed);

  // A seed coin under `label`.
  CoinId steal(Amount amount, Label label = Label(1));
  // Spends `coins` in one transaction `seconds` later than the last one. The result has an output
  // for each of `amounts`; what they leave is the fee.
  std::vector<CoinId> spend(const std::vector<CoinId>& coins, const std::vector<Amount>& amounts,
                            std::uint32_t seconds);
  // Lets the coin rest there. `clean` units in it were never stolen.
  void rest(CoinId coin, trace::DestinationKind kind, Amount clean = 0);
  void rest_at(CoinId coin, const std::string& service, const std::string& category,
               Amount clean = 0);

  Amount amount(CoinId coin) const { return coins_[coin.number()].amount; }
  std::uint32_t hop(CoinId coin) const { return coins_[coin.number()].hop; }
  std::uint64_t random(std::uint64_t below);

  // Whatever neither rests nor was spent is held.
  trace::Trace trace(trace::MethodKind method = trace::MethodKind::fifo);
  // REQUIRES: outlived by the world.
  incidents::ReportLookup lookup() const;
  incidents::ReportAbout about;
  std::vector<std::string> label_names;

 private:
  struct Coin {
    TxId creator;
    std::uint32_t output = 0;
    Amount amount = 0;
    Amount clean = 0;
    Label label;
    std::uint32_t hop = 0;
    bool spent = false;
    bool seed = false;
    trace::DestinationKind kind = trace::DestinationKind::held;
    std::string service;
    std::string category;
  };
  TxId add_transaction(std::uint32_t seconds);
  CoinId add_coin(TxId creator, std::uint32_t output, Amount amount, Label label,
                  std::uint32_t hop);

  std::uint64_t state_;
  std::uint32_t time_ = 1'710'408'360;       // 2024-03-14 09:26 UTC
  std::vector<std::uint32_t> transactions_;  // times
  std::vector<Coin> coins_;
  std::vector<trace::Parcel> parcels_;
};

// 1,234.5 BTC out of a hot wallet: three services, coins held, fees; nine hops.
ReportWorld hot_wallet();
// Hundreds of wallets swept into collectors, several labels, 40 hops, `services` services.
ReportWorld wallet_sweep(std::size_t services, std::size_t steps);
// One chain of payments `hops` long, a little left behind at each.
ReportWorld peel_chain(std::uint32_t hops);
// Everything a stranger could put into a text: markup, quotes, control and bidi characters.
ReportWorld hostile();
// Every kind of destination.
ReportWorld all_kinds();

incidents::ReportData report_of(ReportWorld world,
                                trace::MethodKind method = trace::MethodKind::fifo);

}  // namespace tracehound::test
