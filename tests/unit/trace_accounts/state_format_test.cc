// The format is a promise: the worked example of docs/format-state.md is read from the document and
// compared, byte for byte, with what a walk saves.
#include <gtest/gtest.h>

#include <fstream>
#include <string>

#include "support/toy_events.h"
#include "trace/accounts/trace.h"

namespace tracehound::trace::accounts {
namespace {

// What the fenced part says behind each line's word.
std::string documented() {
  std::ifstream document(TRACEHOUND_ROOT "/docs/format-state.md");
  std::string hex;
  bool inside = false;
  for (std::string line; std::getline(document, line);) {
    if (line.starts_with("```")) {
      inside = line == "```hexdump";
    } else if (inside) {
      std::erase(line, ' ');
      hex += line.substr(line.find(':') + 1);
    }
  }
  return hex;
}

TEST(account_state_format, the_documents_worked_example__is_what_is_saved) {
  constexpr AccountId kVictim{0}, kThief{1}, kExchange{2};
  constexpr AssetId kGold{1};
  ToyEvents events(3, 2);
  events.add_transaction();
  TransferId theft = events.add_row(kVictim, kThief, kGold, U256(70));
  events.add_transaction();
  events.add_row(kThief, kExchange, kGold, U256(90));
  events.add_transaction();
  TransferId more = events.add_row(kVictim, kThief, kGold, U256(5));
  std::vector<Seed> seeds;
  for (TransferId transfer : {theft, more}) {
    seeds.push_back({transfer, U256(), events.row(transfer).amount, Label(1), SeedSide::transfer});
  }
  Stops stops(std::vector<Service>{{"an exchange", "exchange"}});
  stops.add(kExchange, {DestinationKind::service, 0});
  MethodKind method = MethodKind::fifo;
  Options options{.parcels = true, .label_names = {"theft"}};
  auto found = run_on(events, seeds, std::span(&method, 1), stops, options, {});
  ASSERT_TRUE(found.has_value()) << found.error().message;
  EXPECT_EQ(to_hex(found->state), documented());
}

}  // namespace
}  // namespace tracehound::trace::accounts
