// A small whole bundle, made in memory: six blocks, a theft of one coin, a split, a merge with
// clean money, and a fee.
#pragma once

#include <string>
#include <utility>
#include <vector>

#include "base/check.h"
#include "chains/bitcoin/block.h"
#include "evidence/make.h"
#include "evidence/rerun.h"
#include "evidence/verify.h"
#include "incidents/incident.h"
#include "ledger/writer.h"
#include "support/faulty_file_system.h"
#include "support/regtest_chain.h"
#include "tags/services.h"

namespace tracehound::test {

struct SampleAsk {
  std::string fees = "sink";
  std::vector<trace::MethodKind> methods = {trace::MethodKind::fifo, trace::MethodKind::haircut};
};

inline RegtestChain sample_chain() {
  RegtestChain chain;
  Tx stolen = chain.mine();
  Tx clean = chain.mine();
  Tx split{.in = {{stolen.outpoint(0)}},
           .out = {{30 * kCoin, pay_to(101)}, {20 * kCoin - 5000, pay_to(102)}}};
  chain.mine({split});
  Tx merge{.in = {{split.outpoint(0)}, {clean.outpoint(0)}},
           .out = {{60 * kCoin, pay_to(103)}, {20 * kCoin - 777, Bytes{0x6A, 1, 2}}}};
  chain.mine({merge});
  chain.mine();
  return chain;
}

// REQUIRES: it can be made; what cannot ends the program.
inline evidence::Files sample_bundle(const SampleAsk& ask = {}) {
  namespace bitcoin = chains::bitcoin;
  const bitcoin::Network& network = *bitcoin::find_network("regtest");
  RegtestChain chain = sample_chain();
  FaultyFileSystem disk;
  auto writer = ledger::Writer::open(disk, "L", std::string(network.chain)).value();
  for (const Bytes& block : chain.blocks()) {
    CHECK(writer.append(bitcoin::decode_block(network, block, thread_hasher()).value()));
  }
  CHECK(writer.commit());
  auto ledger = ledger::Ledger::open(disk, "L").value();
  std::string coin = ledger.txid(ledger.transactions(BlockHeight(1)).first).text();
  std::string yaml = "name: A theft\nseeds:\n- {coin: '" + coin + ":0'}\n";
  Bytes incident(yaml.begin(), yaml.end());
  auto parsed = incidents::parse_incident(incident, "incident.yaml").value();
  auto found = evidence::seeds_of(ledger, parsed, "incident", "incident.yaml").value();
  auto store = tags::TagStore::open_to_read("no-such-folder").value();
  trace::Stops stops;
  evidence::KnownStops known{.stops = stops,
                             .tagged = {},
                             .cluster_of_address = {},
                             .categories = tags::kStopCategories,
                             .store = store,
                             .before = {}};
  trace::Options how;
  how.label_names = found.labels;
  if (ask.fees == "miner") how.fees = trace::FeeRule::miner;
  evidence::Asked asked{.label_by = "incident", .fees = ask.fees, .mix = "stop", .clusters = "off"};
  for (trace::MethodKind method : ask.methods) asked.methods.emplace_back(name_of(method));
  auto read = [&](std::span<const Hash256> hashes, const bitcoin::TakeBlock& take) -> Status {
    for (std::size_t i = 0; i < hashes.size(); ++i) {
      for (const Bytes& block : chain.blocks()) {
        if (block_hash(block) == hashes[i]) TRY(take(i, block));
      }
    }
    return {};
  };
  auto made = evidence::make_bundle({.ledger = ledger,
                                     .network = network,
                                     .incident = incident,
                                     .engine = "tracehound test",
                                     .asked = asked,
                                     .first_header = 0,
                                     .seeds = found.seeds,
                                     .methods = ask.methods,
                                     .known = known,
                                     .how = how,
                                     .read_blocks = read});
  CHECK(made.has_value());
  return std::move(*made);
}

// Writes the files as they are, with sums that are right.
inline void put_bundle(FileSystem& files, const std::string& folder,
                       const evidence::Files& bundle) {
  CHECK(files.make_folder(folder));
  for (const auto& [name, bytes] : bundle) {
    CHECK(replace_file(files, folder + "/" + name, ByteView(bytes)));
  }
  CHECK(replace_file(files, folder + "/SHA256SUMS", evidence::sums_of(bundle)));
}

inline Result<evidence::Verdict> verify_folder(FileSystem& files, const std::string& folder,
                                               const std::optional<ed25519::PublicKey>& key) {
  TRY_ASSIGN(auto bundle, evidence::open_bundle(files, folder));
  return evidence::verify_bundle(std::move(bundle), key);
}

}  // namespace tracehound::test
