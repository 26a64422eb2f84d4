#include "unit/synth/truth_reader.h"

#include <gtest/gtest.h>
#include <simdjson.h>

#include <charconv>

namespace tracehound::test {

namespace {

using simdjson::dom::element;

Amount amount_of(element value) {
  std::string_view text = value;
  Amount amount = 0;
  auto [end, failure] = std::from_chars(text.data(), text.data() + text.size(), amount);
  EXPECT_TRUE(failure == std::errc{} && end == text.data() + text.size()) << text;
  return amount;
}

std::string string_of(element value) { return std::string(std::string_view(value)); }

TruthDisposition disposition_of(element value) {
  TruthDisposition disposition;
  disposition.kind = string_of(value["kind"]);
  disposition.amount = amount_of(value["amount"]);
  for (element parcel : value["from"]) {
    disposition.from.emplace_back(string_of(parcel["coin"]), amount_of(parcel["amount"]));
  }
  if (disposition.kind == "fees") return disposition;
  disposition.coin = string_of(value["coin"]);
  disposition.address = string_of(value["address"]);
  if (disposition.kind == "deposit") {
    disposition.service = value["service"];
    disposition.height = value["height"];
  }
  return disposition;
}

void read_theft(element theft, Truth& truth) {
  truth.has_theft = true;
  truth.kind = string_of(theft["kind"]);
  truth.height = theft["height"];
  truth.stolen = amount_of(theft["stolen"]);
  truth.total = amount_of(theft["total"]);
  for (element coin : theft["coins"]) {
    truth.coins.push_back({string_of(coin["coin"]), string_of(coin["address"]),
                           amount_of(coin["amount"]), std::uint64_t(coin["victim"])});
  }
  for (element value : theft["dispositions"]) truth.dispositions.push_back(disposition_of(value));
}

}  // namespace

Truth read_truth(const std::string& text) {
  Truth truth;
  simdjson::dom::parser parser;
  element document;
  if (parser.parse(text).get(document) != simdjson::SUCCESS) {
    ADD_FAILURE() << "truth.json is no JSON";
    return truth;
  }
  EXPECT_EQ(string_of(document["schema"]), "tracehound.synth.truth/1");
  element theft;
  if (document["theft"].get(theft) == simdjson::SUCCESS) read_theft(theft, truth);
  for (element owner : document["owners"]) {
    truth.owner_kinds.emplace(std::uint64_t(owner["id"]), string_of(owner["kind"]));
  }
  for (element mix : document["mixes"]) {
    truth.mixes.emplace_back(string_of(mix["txid"]), bool(mix["thief"]));
  }
  for (element row : document["addresses"]) {
    bool fresh = truth.addresses
                     .emplace(string_of(row.at(0)),
                              std::pair{std::uint64_t(row.at(1)), string_of(row.at(2))})
                     .second;
    EXPECT_TRUE(fresh) << "an address twice: " << string_of(row.at(0));
  }
  return truth;
}

}  // namespace tracehound::test
