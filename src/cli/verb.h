// What every verb shares: where the ledger is, how loud to be, and where output goes.
#pragma once

#include <CLI/CLI.hpp>
#include <functional>
#include <memory>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "base/file.h"
#include "base/json.h"
#include "base/result.h"
#include "chains/bitcoin/network.h"
#include "ledger/ledger.h"

namespace tracehound::cli {

struct Context {
  FileSystem& files;
  std::string ledger = "ledger";  // --ledger, else $TRACEHOUND_LEDGER
  bool quiet = false;
  std::string command_line;  // as it was typed, for reports
  // Set by the parser to the chosen verb's work; main runs it.
  std::function<Status()> work;
};

// Each adds one verb with its options to `app`. One file per verb.
void add_synth(CLI::App& app, Context& context);
void add_ingest(CLI::App& app, Context& context);
void add_follow(CLI::App& app, Context& context);
void add_info(CLI::App& app, Context& context);
void add_show(CLI::App& app, Context& context);
void add_tags(CLI::App& app, Context& context);
void add_trace(CLI::App& app, Context& context);
void add_incident(CLI::App& app, Context& context);
void add_detect(CLI::App& app, Context& context);
void add_cluster(CLI::App& app, Context& context);
void add_ledger(CLI::App& app, Context& context);

// --ledger and --quiet, on every leaf command.
void add_common(CLI::App& command, Context& context);
// For Option::transform: decimal digits, at most `most`. (Left alone, CLI11 takes -1 for the
// largest number there is and 010 for eight.)
CLI::Validator whole_number(std::uint64_t most);
// The same for bytes: digits, and K, M, G or T for powers of 1024.
CLI::Validator size_in_bytes();
// The example at the foot of a command's help; without one, a command shows the one above it.
void add_example(CLI::App& command, std::string_view example);

// An open ledger and how its chain writes addresses.
struct OpenLedger {
  ledger::Ledger ledger;
  const chains::bitcoin::Network& network;

  std::string address_text(AddressId address) const;
  // "BTC" or "LTC"; both have 8 decimals.
  std::string_view symbol() const;
};
inline constexpr unsigned kDecimals = 8;
Result<OpenLedger> open_ledger(Context& context);

// What a verb that only reads has to write in the end.
struct Answer {
  struct File {
    std::string path;  // as write_output() takes it
    std::string text;
  };
  std::vector<File> files;
  std::string text;  // then to stdout, if there is any
};
enum class Rows : bool { confirmed, with_mempool };
// Opens the ledger, does the work, and writes its answer: nothing before all of it is there and
// certain. Where a writer took back blocks meanwhile, or the mempool file was of another tip, the
// work is done again on a new snapshot, a few times.
// Errors: the work's; the ledger's; it went back again and again; there is no mempool file of this
// tip.
Status answer(Context& context, Rows rows,
              const std::function<Result<Answer>(const OpenLedger&)>& work);
// --unconfirmed, for Rows.
CLI::Option* add_unconfirmed_flag(CLI::App& command, bool& unconfirmed);
// What the snapshot shows of the mempool, in a line; nothing without --unconfirmed.
std::string mempool_line(const ledger::Ledger& ledger);
// The same as a JSON field.
void mempool_json(const ledger::Ledger& ledger, JsonWriter& json);

// Files that can be asked for, each with its option; "" where it was not.
using OutputNames = std::vector<std::pair<std::string_view, std::string>>;
// Errors (usage): two of them go to standard output, or into one file.
Status check_output_names(const OutputNames& outputs);
// To stdout when path is "-", else replaces the file. Errors: usage for a path that is no plain
// file or lies in the ledger; else the machine's.
Status write_output(Context& context, const std::string& path, std::string_view text);
// To stdout, made safe for a terminal; checked, so that a full disk behind a pipe is not taken for
// success.
Status print(std::string_view text);
// To stderr, one line, unless --quiet. Where standard error cannot be written, nothing is said.
void say(const Context& context, std::string_view line);
// To stderr, one line, whatever --quiet says: something is wrong with what was given.
void warn(std::string_view line);
// Errors (bad_input): an empty name, a folder, where files like `files` are wanted, or a pipe.
Status check_file_name(const std::string& path, std::string_view files = "*.yaml");
// A whole file, or standard input for "-". Errors (bad_input): as check_file_name(); cannot be
// read.
Result<std::string> read_input(Context& context, const std::string& path,
                               std::string_view files = "*.yaml");
// Each item as it is; "-" stands for the lines of stdin (blank ones left out).
Result<std::vector<std::string>> with_stdin(const std::vector<std::string>& items);

}  // namespace tracehound::cli
