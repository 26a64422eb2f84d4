#include "synth/synth.h"

#include <fmt/format.h>

#include <algorithm>

#include "base/check.h"
#include "base/progress.h"
#include "synth/mixing.h"
#include "synth/output.h"
#include "synth/people.h"
#include "synth/services.h"
#include "synth/theft.h"
#include "synth/world.h"
#include "synth/write.h"

namespace tracehound::synth {

namespace {

// Founding coinbases. Before block 101 nothing can be spent, so the first hundred rewards are where
// everyone's first coins come from: each exchange's, then the people's, then the rest of the
// services'.
constexpr std::uint32_t kPeopleFrom = kExchanges + 1;
constexpr std::uint32_t kPeopleParts = 20;
constexpr std::uint32_t kServicesFrom = kPeopleFrom + kPeopleParts;

constexpr std::uint32_t kPeopleMin = 400;
constexpr std::uint32_t kPeoplePerTx = 20;
constexpr std::uint32_t kMixEvery = 8;  // blocks between rounds without the thief

Status check_options(const SynthOptions& options) {
  auto usage = [](std::string message) { return fail(ErrorKind::usage, std::move(message)); };
  if (options.out.empty()) return usage("no folder to write to; name one with --out");
  if (options.blocks == 0 || options.blocks > kBlocksMax) {
    return usage(fmt::format("cannot make {} blocks; ask for 1 to {}", options.blocks, kBlocksMax));
  }
  if (options.theft != Theft::none && options.blocks < kBlocksMinForTheft) {
    return usage(fmt::format(
        "{} blocks are too few for a theft and its laundering; ask for {} or more, or no theft",
        options.blocks, kBlocksMinForTheft));
  }
  if (options.txs_per_block == 0 || options.txs_per_block > kTxsPerBlockMax) {
    return usage(fmt::format("cannot make {} transactions a block; ask for 1 to {}",
                             options.txs_per_block, kTxsPerBlockMax));
  }
  std::uint64_t transactions = std::uint64_t{options.blocks} * options.txs_per_block;
  if (transactions > kTransactionsMax) {
    return usage(fmt::format(
        "{} blocks of {} transactions are {}, more than the {} one world may have; ask for fewer",
        options.blocks, options.txs_per_block, transactions, kTransactionsMax));
  }
  return {};
}

// The folders, made, and nothing in them.
Status prepare_folder(FileSystem& files, const std::string& out) {
  std::string blocks = out + "/blocks";
  for (const std::string& folder : {out, blocks}) {
    if (!files.exists(folder)) continue;
    TRY_ASSIGN(auto names, files.list(folder));
    if (!names.empty()) {
      return bad_input(
          fmt::format("{} already holds {}; name an empty folder or remove what is there", folder,
                      names.front()));
    }
  }
  return files.make_folder(blocks);
}

// After a failure: takes away what was written, so that the next try finds an empty folder. What
// cannot be removed stays; the first failure is the one to report.
void remove_output(FileSystem& files, const std::string& out) {
  std::string blocks = out + "/blocks";
  for (const std::string& folder : {out, blocks}) {
    auto names = files.list(folder);
    if (!names) continue;
    for (const std::string& name : *names) (void)files.remove(folder + "/" + name);
  }
}

std::vector<Output> coinbase_payout(World& world, Services& services, People& people,
                                    const Pool& pool) {
  std::uint32_t height = world.height();
  Amount reward = world.reward();
  if (height < kPeopleFrom) return services.funding(height - 1, reward, 100);
  if (height < kServicesFrom) return people.funding(height - kPeopleFrom, kPeopleParts, reward);
  if (height > kMaturity) return {{pool.address, reward}};
  // Each exchange twice for each of the smaller two once.
  std::uint32_t turn = (height - kServicesFrom) % (2 * kExchanges + 2);
  if (turn < 2 * kExchanges) return services.funding(turn % kExchanges, reward, 30);
  return services.funding(turn - kExchanges, reward, 60);
}

std::uint32_t people_count(const SynthOptions& options) {
  return std::max(options.txs_per_block * kPeoplePerTx, kPeopleMin);
}

}  // namespace

std::string_view name_of(Theft theft) {
  switch (theft) {
    case Theft::none:
      return "none";
    case Theft::hot_wallet:
      return "hot-wallet";
    case Theft::wallet_sweep:
      return "wallet-sweep";
  }
  CHECK(false);
}

std::optional<Theft> theft_named(std::string_view name) {
  for (Theft theft : {Theft::none, Theft::hot_wallet, Theft::wallet_sweep}) {
    if (name_of(theft) == name) return theft;
  }
  return std::nullopt;
}

std::string_view name_of(Style style) {
  switch (style) {
    case Style::mixed:
      return "mixed";
    case Style::peel:
      return "peel";
    case Style::scatter:
      return "scatter";
  }
  CHECK(false);
}

std::optional<Style> style_named(std::string_view name) {
  for (Style style : {Style::mixed, Style::peel, Style::scatter}) {
    if (name_of(style) == name) return style;
  }
  return std::nullopt;
}

std::uint32_t theft_height(std::uint32_t blocks) {
  return blocks < kFirstSpendingHeight
             ? 0
             : kFirstSpendingHeight + (blocks - kFirstSpendingHeight) * 9 / 20;
}

namespace {

// The world and everyone in it.
class Simulation {
 public:
  explicit Simulation(const SynthOptions& options)
      : options_(options),
        world_(options.seed),
        services_(world_),
        people_(world_, services_, people_count(options)),
        mixing_(world_, people_) {
    if (options.theft != Theft::none) {
      heist_.emplace(world_, services_, people_, mixing_, options);
    }
  }

  // One block of everybody's doings, appended to `record`.
  void run_block(std::uint32_t height, Bytes& record) {
    world_.start_block(height);
    if (height >= kFirstSpendingHeight) {
      // Services get at most half of the block, rounded up in every second one.
      std::uint32_t budget = options_.txs_per_block;
      std::uint32_t made = services_.work((budget + height % 2) / 2);
      if (made < budget && height % kMixEvery == 0 && mixing_.run({})) ++made;
      if (heist_) heist_->act();
      people_.trade(budget - made);
    }
    const Pool& pool = services_.pool(world_.prng().below(kPools));
    world_.end_block(pool.mark, coinbase_payout(world_, services_, people_, pool), record);
  }

  void finish() {
    if (!heist_) return;
    heist_->finish();
    CHECK(heist_->books().balances());
  }

  const World& world() const { return world_; }
  const Heist* heist() const { return heist_ ? &*heist_ : nullptr; }

 private:
  const SynthOptions& options_;
  World world_;
  Services services_;
  People people_;
  Mixing mixing_;
  std::optional<Heist> heist_;
};

SynthReport report_of(const Simulation& simulation, const BlockFileWriter& blocks,
                      const SynthOptions& options) {
  const WorldCounts& counts = simulation.world().counts();
  SynthReport report{.blocks = options.blocks,
                     .transactions = counts.transactions,
                     .inputs = counts.inputs,
                     .outputs = counts.outputs,
                     .addresses = simulation.world().book().size(),
                     .block_files = blocks.count(),
                     .block_bytes = blocks.bytes()};
  if (const Heist* heist = simulation.heist()) {
    report.theft_height = heist->height();
    report.stolen_coins = heist->books().seeds().size();
    report.stolen = heist->books().stolen();
  }
  return report;
}

Result<SynthReport> write_world(FileSystem& files, const SynthOptions& options) {
  Simulation simulation(options);
  BlockFileWriter blocks(files, options.out + "/blocks");
  Progress progress("synth", "blocks", options.blocks, 1.0, options.progress);

  TRY(blocks.add(genesis_record()));
  Bytes record;
  for (std::uint32_t height = 1; height < options.blocks; ++height) {
    record.clear();
    simulation.run_block(height, record);
    TRY(blocks.add(record));
    progress.update(height);
  }
  simulation.finish();
  TRY(blocks.close());

  const World& world = simulation.world();
  const Heist* heist = simulation.heist();
  TRY(write_tags(files, options.out + "/tags.yaml", world));
  if (heist != nullptr) {
    TRY(write_incident(files, options.out + "/incident.yaml", world, *heist, options.theft));
  }
  TRY(write_truth(files, options.out + "/truth.json", world, heist, options));
  SynthReport report = report_of(simulation, blocks, options);
  TRY(write_summary(files, options.out + "/synth.json", options, report));
  TRY(files.sync_folder(options.out + "/blocks"));
  TRY(files.sync_folder(options.out));
  return report;
}

}  // namespace

Result<SynthReport> make_world(FileSystem& files, const SynthOptions& options) {
  TRY(check_options(options));
  TRY(prepare_folder(files, options.out));
  auto report = write_world(files, options);
  if (!report) remove_output(files, options.out);
  return report;
}

}  // namespace tracehound::synth
