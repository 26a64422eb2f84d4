#include "unit/clusters/chains.h"

#include <algorithm>

#include "base/check.h"

namespace tracehound::clusters {

std::uint32_t ChainMaker::pick_address() {
  if (addresses_ == 0 || random_.below(3) > 0) return addresses_++;
  return static_cast<std::uint32_t>(random_.below(addresses_));
}

ledger::BlockRows ChainMaker::next(std::size_t transactions) {
  std::vector<test::BlockMaker::Spend> spends;
  for (std::size_t i = 0; i < transactions && !coins_.empty(); ++i) {
    test::BlockMaker::Spend spend;
    Amount in = 0;
    for (std::uint64_t n = 1 + random_.below(4); n > 0 && !coins_.empty(); --n) {
      std::size_t pick = random_.below(coins_.size());
      spend.inputs.push_back(coins_[pick].outpoint);
      in += coins_[pick].value;
      coins_[pick] = coins_.back();
      coins_.pop_back();
    }
    for (std::uint64_t n = 1 + random_.below(6); n > 0; --n) {
      Amount value = n == 1 ? in : random_.below(in + 1);
      in -= value;
      spend.outputs.push_back({value, pick_address()});
    }
    spends.push_back(std::move(spend));
  }
  auto block = maker_.make(spends, {5000, pick_address()});
  std::size_t output = 0;
  for (const ledger::TxRow& tx : block.transactions) {
    for (std::uint32_t i = 0; i < tx.outputs; ++i) {
      coins_.push_back({{tx.txid, i}, block.outputs[output++].value});
    }
  }
  return block;
}

void World::add(const std::vector<ledger::BlockRows>& blocks) {
  auto writer = ledger::Writer::open(disk, kFolder, "bitcoin:test");
  CHECK(writer.has_value());
  for (const auto& block : blocks) CHECK(writer->append(block).has_value());
  CHECK(writer->commit().has_value());
}

void World::rewind(std::uint64_t blocks) {
  auto writer = ledger::Writer::open(disk, kFolder, "bitcoin:test");
  CHECK(writer.has_value());
  CHECK(writer->rewind(blocks).has_value());
}

ledger::Ledger World::open() {
  auto ledger = ledger::Ledger::open(disk, kFolder);
  CHECK(ledger.has_value());
  return std::move(*ledger);
}

BuildReport World::build(const Rules& rules, const std::string& name) {
  ledger::Ledger ledger = open();
  auto report = build_clusters(disk, ledger, rules, {.name = name});
  EXPECT_TRUE(report.has_value()) << report.error().message;
  return report.value_or(BuildReport{});
}

std::map<std::string, Bytes> World::files() const {
  std::map<std::string, Bytes> files;
  for (const auto& [path, bytes] : disk.contents()) {
    bool ours = path.starts_with(clusters_folder(kFolder) + "/") && !path.ends_with(".lock");
    if (ours) files[path] = bytes;
  }
  return files;
}

std::vector<std::uint32_t> slow_clusters(const ledger::Ledger& ledger,
                                         const JoinsNobody& joins_nobody) {
  std::vector<std::uint32_t> cluster(ledger.manifest().counts.addresses);
  for (std::uint32_t i = 0; i < cluster.size(); ++i) cluster[i] = i;
  bool changed = true;
  auto join = [&](const std::set<std::uint32_t>& together) {
    std::uint32_t least = ~std::uint32_t{0};
    for (std::uint32_t one : together) least = std::min(least, cluster[one]);
    for (std::uint32_t one : together) {
      if (cluster[one] == least) continue;
      cluster[one] = least;
      changed = true;
    }
  };
  while (changed) {
    changed = false;
    for (std::uint32_t tx = 0; tx < ledger.manifest().counts.transactions; ++tx) {
      std::set<std::uint32_t> spenders;
      for (std::uint64_t i = 0; i < ledger.input_count(TxId(tx)); ++i) {
        spenders.insert(ledger.address(ledger.input(TxId(tx), i)).number());
      }
      if (spenders.size() < 2 || (joins_nobody && joins_nobody(ledger, TxId(tx)))) continue;
      join(spenders);
    }
    for (std::uint64_t row = 0; row < ledger.counts().wrappers; ++row) {
      ledger::Wrapper wrapper = ledger.wrapper(row);
      join({wrapper.address.number(), wrapper.wraps.number()});
    }
  }
  return cluster;
}

std::vector<std::uint32_t> clusters_of(const Clustering& clustering, const ledger::Ledger& ledger) {
  std::vector<std::uint32_t> clusters;
  for (std::uint32_t i = 0; i < ledger.manifest().counts.addresses; ++i) {
    clusters.push_back(clustering.cluster_of(AddressId(i)).number());
  }
  auto all = clustering.of_all_addresses();
  EXPECT_TRUE(all.has_value() && std::ranges::equal(*all, clusters));
  return clusters;
}

void expect_sound(const Clustering& clustering, const ledger::Ledger& ledger) {
  std::map<std::uint32_t, std::vector<AddressId>> members;
  for (std::uint32_t i = 0; i < ledger.manifest().counts.addresses; ++i) {
    members[clustering.cluster_of(AddressId(i)).number()].push_back(AddressId(i));
  }
  for (const auto& [cluster, addresses] : members) {
    EXPECT_EQ(cluster, addresses.front().number());
    EXPECT_EQ(clustering.size(ClusterId(cluster)), addresses.size());
    EXPECT_EQ(clustering.members(ClusterId(cluster)), addresses);
    std::vector<AddressId> paged;
    for (std::uint64_t first = 0; first < addresses.size(); first += 3) {
      auto page = clustering.members(ClusterId(cluster), first, 3);
      paged.insert(paged.end(), page.begin(), page.end());
    }
    EXPECT_EQ(paged, addresses);
    EXPECT_TRUE(clustering.members(ClusterId(cluster), addresses.size(), 3).empty());
  }
}

}  // namespace tracehound::clusters
