// What several benchmarks stand on: a simulated chain in a temporary folder, as large as asked for.
#pragma once

#include <fmt/format.h>
#include <unistd.h>

#include <charconv>
#include <cstdlib>
#include <filesystem>
#include <string>
#include <string_view>

#include "base/check.h"
#include "base/file.h"
#include "synth/synth.h"

namespace tracehound {

// The whole number in an environment variable, or `otherwise` where it is not set.
inline std::uint64_t wanted(const char* variable, std::uint64_t otherwise) {
  const char* value = std::getenv(variable);
  if (value == nullptr) return otherwise;
  std::string_view text = value;
  std::uint64_t number = 0;
  auto [end, failure] = std::from_chars(text.data(), text.data() + text.size(), number);
  CHECK(failure == std::errc{} && end == text.data() + text.size());
  return number;
}

// Removed at the end, with all that is in it.
class TemporaryFolder {
 public:
  explicit TemporaryFolder(std::string_view name)
      : path_(std::filesystem::temp_directory_path() / fmt::format("{}.{}", name, ::getpid())) {}
  ~TemporaryFolder() { std::filesystem::remove_all(path_); }
  TemporaryFolder(const TemporaryFolder&) = delete;
  TemporaryFolder& operator=(const TemporaryFolder&) = delete;

  const std::string& path() const { return path_; }

 private:
  std::string path_;
};

// A chain without a theft, its block files in `out`/blocks.
inline synth::SynthReport make_chain(const std::string& out, std::uint32_t blocks,
                                     std::uint32_t txs_per_block) {
  synth::SynthOptions options;
  options.out = out;
  options.blocks = blocks;
  options.txs_per_block = txs_per_block;
  options.theft = synth::Theft::none;
  options.progress = false;
  auto made = synth::make_world(posix_files(), options);
  CHECK(made.has_value());
  return *made;
}

// One of about TRACEHOUND_BENCH_MB megabytes, 100 if that is not set.
inline synth::SynthReport make_chain(const std::string& out) {
  constexpr std::uint32_t kTxsPerBlock = 3000;
  constexpr std::uint64_t kBytesPerBlock = 1'180'000;  // at that many
  std::uint64_t blocks = 160 + wanted("TRACEHOUND_BENCH_MB", 100) * 1'000'000 / kBytesPerBlock;
  return make_chain(out, static_cast<std::uint32_t>(blocks), kTxsPerBlock);
}

}  // namespace tracehound
