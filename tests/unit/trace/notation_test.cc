#include "trace/notation.h"

#include <gtest/gtest.h>

#include "unit/trace/trace_text.h"

namespace tracehound::trace {
namespace {

using test::ToyChain;
using test::trace_of;

// Four theft transactions; u and v spend what they took.
const char* kThefts = R"(
block
  mine a: 10 20 30 40
block
  tx s: a:0 -> 10
  tx t: a:1 -> 20
  tx u: a:2 -> 30
  tx v: a:3 -> 40
block
  tx w: s:0 t:0 u:0 v:0 -> 100
)";

TEST(Notation, one_victim_one_transaction__victim_transaction_hop) {
  ToyChain chain(kThefts);
  Trace trace = trace_of(chain, "s:0", MethodKind::fifo);
  Notation notation(trace, chain.ledger());
  EXPECT_EQ(notation.text(Label(1), 0), "V1-T1");
  EXPECT_EQ(notation.text(Label(1), 5), "V1-T1-H5");
  EXPECT_EQ(notation.victims(), 1u);
}

TEST(Notation, transactions_of_a_victim__are_numbered_in_chain_order_whatever_order_labels_have) {
  ToyChain chain(kThefts);
  Trace trace = trace_of(chain, "u:0=1 s:0=2 t:0=3 v:0=4", MethodKind::haircut, "",
                         {.label_names = {"Ann", "Ann", "Bob", "Ann"}});
  Notation notation(trace, chain.ledger());
  EXPECT_EQ(notation.text(Label(1), 1), "V1-T2-H1");
  EXPECT_EQ(notation.text(Label(2), 1), "V1-T1-H1");
  EXPECT_EQ(notation.text(Label(3), 1), "V2-T1-H1");
  EXPECT_EQ(notation.text(Label(4), 1), "V1-T3-H1");
  EXPECT_EQ(notation.victims(), 2u);
}

TEST(Notation, a_label_of_several_transactions__names_them_all) {
  ToyChain chain(kThefts);
  auto text = [&](std::string_view seeds) {
    Trace trace = trace_of(chain, seeds, MethodKind::fifo, "", {.label_names = {"Ann", "Ann"}});
    return Notation(trace, chain.ledger()).text(Label(1), 1);
  };
  EXPECT_EQ(text("s:0 t:0"), "V1-T1,2-H1");
  EXPECT_EQ(text("s:0 t:0 u:0"), "V1-T1..3-H1");
  EXPECT_EQ(text("s:0 t:0=2 u:0 v:0"), "V1-T1,3,4-H1");
}

TEST(Notation, labels_without_names__are_victims_of_their_own) {
  ToyChain chain(kThefts);
  Trace trace = trace_of(chain, "s:0=1 t:0=2", MethodKind::fifo);
  Notation notation(trace, chain.ledger());
  EXPECT_EQ(notation.text(Label(2), 0), "V2-T1");
}

TEST(Notation, running_totals__grow_by_victim) {
  ToyChain chain(kThefts);
  Trace trace = trace_of(chain, "s:0=1 t:0=2 u:0=3", MethodKind::fifo, "",
                         {.label_names = {"Ann", "Bob", "Ann"}});
  Notation notation(trace, chain.ledger());
  RunningTotals totals(notation);
  EXPECT_EQ(totals.add(Label(1), 4), 4u);
  EXPECT_EQ(totals.add(Label(2), 5), 5u);
  EXPECT_EQ(totals.add(Label(3), 6), 10u);
}

}  // namespace
}  // namespace tracehound::trace
