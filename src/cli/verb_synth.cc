// synth: a simulated chain with a staged theft and its true story.
#include <fmt/format.h>

#include <chrono>
#include <limits>

#include "base/text.h"
#include "cli/verb.h"
#include "synth/synth.h"

namespace tracehound::cli {

namespace {

struct Options {
  synth::SynthOptions world;
  std::string theft = "hot-wallet";
  std::string laundering = "mixed";
};

Status run(Context& context, Options& options) {
  auto theft = synth::theft_named(options.theft);
  if (!theft) {
    return fail(ErrorKind::usage,
                fmt::format("--theft {}: there is none of that name; one of hot-wallet, "
                            "wallet-sweep, none",
                            options.theft));
  }
  options.world.theft = *theft;
  auto style = synth::style_named(options.laundering);
  if (!style) {
    return fail(ErrorKind::usage,
                fmt::format("--laundering {}: there is none of that name; one of mixed, peel, "
                            "scatter",
                            options.laundering));
  }
  options.world.laundering = *style;
  options.world.progress = !context.quiet;
  auto start = std::chrono::steady_clock::now();
  TRY_ASSIGN(auto report, synth::make_world(context.files, options.world));
  double seconds = std::chrono::duration<double>(std::chrono::steady_clock::now() - start).count();
  if (context.quiet) return {};
  std::string text = fmt::format(
      "{}, {}, {} in {}\n{} in {:.2f} s, {:.1f} MB/s\n", plural(report.blocks, "block"),
      plural(report.transactions, "transaction"), plural(report.addresses, "address", "addresses"),
      options.world.out, size_text(report.block_bytes), seconds,
      static_cast<double>(report.block_bytes) / 1e6 / seconds);
  if (report.stolen_coins > 0) {
    text += fmt::format("theft at height {}: {} BTC in {} (incident.yaml)\n", report.theft_height,
                        coins_text(report.stolen, kDecimals), plural(report.stolen_coins, "coin"));
  }
  return print(text);
}

}  // namespace

void add_synth(CLI::App& app, Context& context) {
  CLI::App* command = app.add_subcommand(
      "synth", "make a simulated chain: block files, tags, a theft and the truth about it");
  auto options = std::make_shared<Options>();
  command->add_option("--out", options->world.out, "a new or empty folder")
      ->type_name("DIR")
      ->required();
  command
      ->add_option("--blocks", options->world.blocks, "blocks to make, the genesis block counted")
      ->transform(whole_number(std::numeric_limits<std::uint32_t>::max()))
      ->type_name("N")
      ->capture_default_str();
  command->add_option("--seed", options->world.seed, "the same seed gives the same world")
      ->transform(whole_number(std::numeric_limits<std::uint64_t>::max()))
      ->type_name("S")
      ->capture_default_str();
  command->add_option("--theft", options->theft, "hot-wallet|wallet-sweep|none")
      ->type_name("KIND")
      ->capture_default_str();
  command->add_option("--laundering", options->laundering, "mixed|peel|scatter")
      ->type_name("STYLE")
      ->capture_default_str();
  command
      ->add_option("--txs-per-block", options->world.txs_per_block, "everyday transactions a block")
      ->transform(whole_number(std::numeric_limits<std::uint32_t>::max()))
      ->type_name("N")
      ->capture_default_str();
  command->add_flag("--quiet", context.quiet, "no progress, no remarks");
  add_example(*command, "tracehound synth --out world --blocks 400 --seed 1 --theft wallet-sweep");
  command->callback([&context, options] {
    context.work = [&context, options] { return run(context, *options); };
  });
}

}  // namespace tracehound::cli
