#include "trace/write.h"

#include <gtest/gtest.h>

#include "unit/trace/trace_text.h"

namespace tracehound::trace {
namespace {

using test::ToyChain;
using test::trace_of;

const char* kTheft = R"(
block
  mine a: 100 60
block
  tx t: a:0 a:1 -> 90@shop 40 25
)";

AddressText address_of(const ToyChain& chain) {
  return [&chain](AddressId address) { return chain.address_name(address); };
}

std::string replaced(std::string text, const std::string& from, const std::string& to) {
  for (std::size_t at = text.find(from); at != std::string::npos; at = text.find(from, at)) {
    text.replace(at, from.size(), to);
    at += to.size();
  }
  return text;
}

// With names in place of the txids.
std::string named(const ToyChain& chain, const std::string& text) {
  std::string shorter = text;
  for (std::string name : {"a", "t"}) {
    shorter = replaced(shorter, chain.ledger().txid(chain.transaction(name)).text(), name);
  }
  return replaced(shorter, chain.ledger().block_hash(chain.ledger().tip()).text(), "TIP");
}

const char* kJson = R"({
 "schema": "tracehound.trace/1",
 "chain": "toy:test",
 "tip": {
  "height": 1,
  "hash": "TIP"
 },
 "method": "fifo",
 "direction": "forward",
 "fees": "sink",
 "seed": {
  "claimed": "90",
  "effective": "90",
  "coins": [
   {
    "coin": "a:0",
    "value": "100",
    "claimed": "90",
    "amount": "90",
    "label": "1",
    "notation": "V1-T1"
   }
  ]
 },
 "destinations": [
  {
   "kind": "held",
   "amount": "10",
   "service": null,
   "coins": [
    {
     "coin": "t:1",
     "value": "40",
     "amount": "10",
     "address": "t:1",
     "height": 1,
     "hops": 1,
     "label": "1",
     "notation": "V1-T1-H1",
     "running_total": "10"
    }
   ]
  },
  {
   "kind": "service",
   "amount": "80",
   "service": "Shop",
   "category": "service",
   "coins": [
    {
     "coin": "t:0",
     "value": "90",
     "amount": "80",
     "address": "shop",
     "height": 1,
     "hops": 1,
     "label": "1",
     "notation": "V1-T1-H1",
     "running_total": "90"
    }
   ]
  }
 ],
 "total": "90",
 "touched": {
  "transactions": 1,
  "coins": 3
 }
}
)";

TEST(WriteTrace, json__is_the_schema_byte_for_byte) {
  ToyChain chain(kTheft);
  Trace trace = trace_of(chain, "a:0[10,100)", MethodKind::fifo, "shop=Shop");
  EXPECT_EQ(named(chain, to_json(trace, chain.ledger(), address_of(chain))), kJson);
}

TEST(WriteTrace, json_of_poison__has_null_for_sums) {
  ToyChain chain(kTheft);
  std::string json =
      to_json(trace_of(chain, "a:0", MethodKind::poison), chain.ledger(), address_of(chain));
  EXPECT_NE(json.find("\"total\": null"), std::string::npos);
  EXPECT_NE(json.find("\"kind\": \"fees\",\n   \"amount\": null"), std::string::npos);
  EXPECT_NE(json.find("\"amount\": \"40\""), std::string::npos) << "a coin's own figure stays";
}

TEST(WriteTrace, csv__one_row_a_landing_and_one_for_the_fees) {
  ToyChain chain(kTheft);
  Trace trace =
      trace_of(chain, "a:0 a:1", MethodKind::fifo, "shop=Shop", {.label_names = {"heist 1"}});
  EXPECT_EQ(named(chain, to_csv(trace, chain.ledger(), address_of(chain))),
            "destination,service,category,coin,address,value,amount,label,height,time_utc,hops,"
            "notation,running_total\r\n"
            "held,,,t:1,t:1,40,40,heist 1,1,2020-09-13T12:36:40Z,1,V1-T1-H1,40\r\n"
            "held,,,t:2,t:2,25,25,heist 1,1,2020-09-13T12:36:40Z,1,V1-T1-H1,65\r\n"
            "service,Shop,service,t:0,shop,90,90,heist 1,1,2020-09-13T12:36:40Z,1,V1-T1-H1,155\r\n"
            "fees,,,,,,5,heist 1,,,,,160\r\n");
}

TEST(WriteTrace, csv__names_that_would_break_the_table_or_run_as_a_formula_are_quoted) {
  ToyChain chain(kTheft);
  std::vector<Service> services = {{"=HYPERLINK(\"x\", 1)", "a,b"}};
  std::vector<ServiceAddress> addresses = {{chain.address("shop"), 0}};
  auto trace = run(chain.ledger(), seeds_of(chain, "a:0[10,20)"), MethodKind::fifo,
                   Stops(services, addresses), {.parcels = false, .label_names = {"-1+2\n"}});
  ASSERT_TRUE(trace.has_value());
  std::string csv = named(chain, to_csv(*trace, chain.ledger(), address_of(chain)));
  EXPECT_NE(csv.find("\r\nservice,\"'=HYPERLINK(\"\"x\"\", 1)\",\"a,b\",t:0,shop,90,10,\"'-1+2\n\""
                     ",1,"),
            std::string::npos)
      << csv;
}

TEST(WriteTrace, several_methods__each_and_the_range_of_every_destination) {
  ToyChain chain(kTheft);
  MethodKind methods[] = {MethodKind::fifo, MethodKind::lifo, MethodKind::poison};
  auto traces = run(chain.ledger(), seeds_of(chain, "a:0[10,100)"), methods,
                    test::stops_of(chain, "shop=Shop"));
  ASSERT_TRUE(traces.has_value()) << traces.error().message;
  std::string json = named(chain, to_json(*traces, chain.ledger(), address_of(chain)));
  EXPECT_TRUE(json.starts_with("{\n \"schema\": \"tracehound.traces/1\",\n \"traces\": ["));
  EXPECT_NE(json.find("\"service\": \"Shop\",\n   \"category\": \"service\",\n   \"least\": "),
            std::string::npos)
      << json;
  std::string csv = named(chain, to_csv(*traces, chain.ledger(), address_of(chain)));
  EXPECT_TRUE(csv.starts_with("method,destination,"));
  EXPECT_NE(csv.find("\r\nfifo,held,"), std::string::npos);
  EXPECT_NE(csv.find("\r\nlifo,"), std::string::npos);
  EXPECT_NE(csv.find("\r\npoison,service,"), std::string::npos);
}

TEST(WriteTrace, running_totals__end_at_each_victims_root_total) {
  ToyChain chain(kTheft);
  Trace trace = trace_of(chain, "a:0=1 a:1=2", MethodKind::haircut, "shop=Shop",
                         {.label_names = {"Ann", "Bob"}});
  std::string csv = to_csv(trace, chain.ledger(), address_of(chain));
  EXPECT_NE(csv.find(",Ann,,,,,100\r\n"), std::string::npos) << csv;
  EXPECT_NE(csv.find(",Bob,,,,,60\r\n"), std::string::npos) << csv;
}

TEST(WriteTrace, twice__the_same_bytes) {
  ToyChain chain(kTheft);
  ToyChain again(kTheft);
  for (MethodKind method : {MethodKind::poison, MethodKind::haircut, MethodKind::fifo}) {
    Trace one = trace_of(chain, "a:0", method);
    Trace other = trace_of(again, "a:0", method);
    EXPECT_EQ(to_json(one, chain.ledger(), address_of(chain)),
              to_json(other, again.ledger(), address_of(again)));
    EXPECT_EQ(to_csv(one, chain.ledger(), address_of(chain)),
              to_csv(other, again.ledger(), address_of(again)));
  }
}

}  // namespace
}  // namespace tracehound::trace
