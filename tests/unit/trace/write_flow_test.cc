#include "trace/write_flow.h"

#include <gtest/gtest.h>

#include <map>

#include "unit/trace/trace_text.h"

namespace tracehound::trace {
namespace {

using test::ToyChain;

const char* kTheft = R"(
block
  mine a: 100@thief
block
  tx t: a:0 -> 90@shop 8
)";

Trace traced(const ToyChain& chain, const Options& options = {.parcels = true}) {
  return test::trace_of(chain, "a:0", MethodKind::fifo, "shop=Shop", options);
}
AddressText address_of(const ToyChain& chain) {
  return [&chain](AddressId address) { return chain.address_name(address); };
}
std::string txid(const ToyChain& chain, std::string_view name) {
  return chain.ledger().txid(chain.transaction(name)).text();
}

TEST(WriteFlow, csv__a_row_for_each_parcel_and_the_fee_as_an_end_of_its_own) {
  ToyChain chain(kTheft);
  std::string a = txid(chain, "a");
  std::string t = txid(chain, "t");
  std::string from = t + ",1,2020-09-13T12:36:40Z," + a + ":0,thief,";
  EXPECT_EQ(flow_to_csv(traced(chain), chain.ledger(), address_of(chain)),
            "transaction,height,time_utc,from,from_address,to,to_address,amount,label,hop,notation"
            "\r\n" +
                from + t + ":0,shop,90,1,1,V1-T1-H1\r\n" + from + t + ":1,t:1,8,1,1,V1-T1-H1\r\n" +
                from + t + ":fee,,2,1,1,V1-T1-H1\r\n");
}

TEST(WriteFlow, guesses_of_change__stand_beside_their_coins_where_they_are_asked_for) {
  ToyChain chain(kTheft);
  CoinId kept = chain.coin("t:1");
  ChangeOf change = [kept](CoinId coin) -> std::optional<ChangeNote> {
    if (coin != kept) return std::nullopt;
    return ChangeNote{93, {"one_time", "peel_next"}};
  };
  Trace trace = traced(chain);
  std::string csv = flow_to_csv(trace, chain.ledger(), address_of(chain), change);
  EXPECT_NE(csv.find(",notation,change_confidence,change_rules\r\n"), std::string::npos) << csv;
  EXPECT_NE(csv.find(":1,t:1,8,1,1,V1-T1-H1,93,one_time peel_next\r\n"), std::string::npos) << csv;
  EXPECT_NE(csv.find(":0,shop,90,1,1,V1-T1-H1,,\r\n"), std::string::npos) << csv;
  EXPECT_NE(csv.find(":fee,,2,1,1,V1-T1-H1,,\r\n"), std::string::npos) << csv;
  std::string note = "\"change\":{\"confidence\":93,\"rules\":[\"one_time\",\"peel_next\"]}";
  std::string json = flow_to_json(trace, chain.ledger(), address_of(chain), change);
  EXPECT_EQ(json.find(note), json.rfind("\"change\"")) << json;
  std::string rows = to_csv(std::span(&trace, 1), chain.ledger(), address_of(chain), change);
  EXPECT_NE(rows.find(",V1-T1-H1,8,93,one_time peel_next\r\n"), std::string::npos) << rows;
  EXPECT_TRUE(rows.ends_with(",100,,\r\n")) << rows;
}

TEST(WriteFlow, json__has_the_same_parcels) {
  ToyChain chain(kTheft);
  std::string json = flow_to_json(traced(chain), chain.ledger(), address_of(chain));
  EXPECT_TRUE(json.starts_with("{\"schema\":\"tracehound.flow/1\"")) << json;
  EXPECT_NE(json.find("\"to\":\"" + txid(chain, "t") +
                      ":0\",\"to_address\":\"shop\",\"amount\":\"90\",\"label\":\"1\",\"hop\":1,"
                      "\"notation\":\"V1-T1-H1\"}"),
            std::string::npos)
      << json;
  EXPECT_NE(json.find(":fee\",\"amount\":\"2\""), std::string::npos) << json;
}

TEST(WriteFlow, columns__one_file_each_of_rows_times_width_and_a_schema) {
  ToyChain chain(kTheft);
  std::map<std::string, Bytes> files;
  for (NamedFile& file : flow_to_columns(traced(chain), chain.ledger())) {
    files[file.name] = std::move(file.bytes);
  }
  EXPECT_EQ(files.size(), 11u);
  EXPECT_EQ(files["transaction"].size(), 3u * 32);
  EXPECT_EQ(to_hex(ByteView(files["transaction"]).first(32)), txid(chain, "t"));
  EXPECT_EQ(to_hex(ByteView(files["from_transaction"]).first(32)), txid(chain, "a"));
  ASSERT_EQ(files["amount"].size(), 3u * 8);
  EXPECT_EQ(load_le<std::uint64_t>(files["amount"].data()), 90u);
  EXPECT_EQ(load_le<std::uint64_t>(files["amount"].data() + 8), 8u);
  EXPECT_EQ(load_le<std::uint64_t>(files["amount"].data() + 16), 2u);
  EXPECT_EQ(load_le<std::uint32_t>(files["to_output"].data() + 8), 0xFFFF'FFFFu);
  std::string schema(files["schema.json"].begin(), files["schema.json"].end());
  EXPECT_NE(schema.find("\"rows\": 3"), std::string::npos);
}

TEST(WriteFlow, graphml__names_from_outside_cannot_break_the_document) {
  ToyChain chain(kTheft);
  std::vector<Service> services = {{"<&\"'\x01\xFF shop>", "a\nb"}};
  std::vector<ServiceAddress> addresses = {{chain.address("shop"), 0}};
  auto trace = run(chain.ledger(), test::seeds_of(chain, "a:0"), MethodKind::fifo,
                   Stops(services, addresses), {.parcels = true});
  ASSERT_TRUE(trace.has_value());
  FlowGraph graph = flow_graph(*trace, chain.ledger());
  std::string xml = to_graphml(graph, *trace, chain.ledger(), address_of(chain));
  EXPECT_NE(xml.find("<data key=\"n\">&lt;&amp;&quot;'\xEF\xBF\xBD\xEF\xBF\xBD shop&gt;</data>"),
            std::string::npos)
      << xml;
  EXPECT_NE(xml.find("<data key=\"y\">a\nb</data>"), std::string::npos);
  EXPECT_NE(xml.find("<edge source=\"n0\" target=\"n"), std::string::npos);
  EXPECT_NE(xml.find("<data key=\"a\">90</data>"), std::string::npos);
}

}  // namespace
}  // namespace tracehound::trace
