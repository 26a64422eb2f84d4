// The report of a trace that goes on through unconfirmed transactions.
#include <fmt/format.h>
#include <gtest/gtest.h>

#include "incidents/report.h"
#include "support/toy_chain.h"
#include "trace/trace.h"

namespace tracehound::incidents {
namespace {

using test::ToyChain;

const char* kBlocks = R"(
block
  mine a: 100
block
  tx t: a:0 -> 60 39
)";
const char* kMempool = "mempool\n tx u: t:0 -> 50 7\n tx lost: a:0 -> 1\n";

ReportData data_of(const ToyChain& chain, trace::MethodKind method) {
  auto seed = *trace::resolve_seed(chain.ledger(), chain.seed_text("a:0"));
  auto trace = *trace::run(chain.ledger(), std::span(&seed, 1), method, trace::Stops(),
                           {.parcels = true, .label_names = {"theft"}});
  auto address = [&](AddressId id) { return chain.address_name(id); };
  ReportAbout about;
  about.title = "theft";
  return make_report_data(trace, chain.ledger(), address, about);
}

std::uint64_t count(const std::string& text, std::string_view what) {
  std::uint64_t found = 0;
  for (std::size_t at = text.find(what); at != text.npos; at = text.find(what, at + 1)) ++found;
  return found;
}

TEST(UnconfirmedReport, its_rows__say_what_no_block_holds_and_when_it_was_seen) {
  ToyChain chain(std::string(kBlocks) + kMempool);
  ReportData data = data_of(chain, trace::MethodKind::fifo);
  EXPECT_EQ(data.mempool, (ledger::Unconfirmed{ToyChain::kTakenAt, 1, 1}));
  EXPECT_EQ(data.unconfirmed.coins, 2U);
  EXPECT_EQ(data.unconfirmed.amount, 57U);
  EXPECT_EQ(data.unconfirmed.fees, 3U);
  EXPECT_EQ(data.tip_height, 1U);
  const auto& held = data.destinations.front();
  ASSERT_EQ(held.kind, trace::DestinationKind::held);
  ASSERT_EQ(held.largest.size(), 3U);
  for (const ReportCoin& coin : held.largest) {
    bool of_u = coin.id.starts_with(chain.ledger().txid(chain.transaction("u")).text());
    EXPECT_EQ(coin.confirmed, !of_u);
    EXPECT_EQ(coin.time,
              of_u ? ToyChain::kTakenAt - 1000 : chain.ledger().block_time(BlockHeight(1)));
  }
  EXPECT_EQ(data.arrivals.back().time, ToyChain::kTakenAt - 1000);
}

TEST(UnconfirmedReport, the_page__counts_them_in_words) {
  ToyChain chain(std::string(kBlocks) + kMempool);
  std::string page = html_report(data_of(chain, trace::MethodKind::fifo));
  EXPECT_EQ(count(page, "<strong>Unconfirmed</strong> transactions are followed too"), 1U);
  EXPECT_EQ(count(page, "2 coins with "), 1U);
  EXPECT_GE(count(page, ">unconfirmed</td>"), 3U);  // two coins and a fee, and in the flow
  EXPECT_EQ(count(page, "<dt>Mempool</dt>"), 1U);
  EXPECT_EQ(count(page, "1 more left out"), 1U);
  EXPECT_EQ(count(page, "and the same mempool file"), 0U) << "there is no command to make it again";
  // Poison has no amounts.
  page = html_report(data_of(chain, trace::MethodKind::poison));
  EXPECT_EQ(count(page, "2 coins of what rests are theirs"), 1U);
}

TEST(UnconfirmedReport, a_mempool_that_the_trace_does_not_touch__is_said_to_be_so) {
  ToyChain chain(std::string(kBlocks) + "mempool\n");
  std::string page = html_report(data_of(chain, trace::MethodKind::fifo));
  EXPECT_EQ(count(page, "nothing that rests here is theirs"), 1U);
  EXPECT_EQ(count(page, ">unconfirmed</td>"), 0U);
}

TEST(UnconfirmedReport, without_a_mempool__no_word_of_one) {
  ToyChain chain(kBlocks);
  std::string page = html_report(data_of(chain, trace::MethodKind::fifo));
  EXPECT_EQ(count(page, "nconfirmed"), 0U);
  EXPECT_EQ(count(page, "empool"), 0U);
}

}  // namespace
}  // namespace tracehound::incidents
