#include "cli/verb.h"

#include <fmt/format.h>

#include <charconv>
#include <chrono>
#include <cstdio>
#include <filesystem>
#include <iostream>
#include <iterator>
#include <map>
#include <optional>
#include <thread>

#include "base/text.h"
#include "chains/bitcoin/address.h"
#include "chains/bitcoin/unconfirmed.h"
#include "ledger/certain.h"

namespace tracehound::cli {

void add_common(CLI::App& command, Context& context) {
  // The variable is read for every command, also those that were not named: theirs must not win.
  auto set = [&command, &context](const std::string& folder) {
    if (command.parsed()) context.ledger = folder;
  };
  command
      .add_option_function<std::string>("--ledger", set,
                                        "the ledger's folder; else $TRACEHOUND_LEDGER")
      ->envname("TRACEHOUND_LEDGER")
      ->type_name("DIR")
      ->default_str(context.ledger);
  command.add_flag("--quiet", context.quiet, "no progress, no remarks");
}

CLI::Validator whole_number(std::uint64_t most) {
  auto check = [most](std::string& text) {
    std::uint64_t number = 0;
    const char* end = text.data() + text.size();
    auto [stop, failure] = std::from_chars(text.data(), end, number);
    if (failure != std::errc{} || stop != end || number > most) {
      return fmt::format("'{}' is not a whole number from 0 to {}", text, most);
    }
    text = std::to_string(number);
    return std::string();
  };
  return {check, ""};
}

CLI::Validator size_in_bytes() {
  auto check = [](std::string& text) {
    constexpr std::string_view kUnits = "KMGT";
    std::uint64_t number = 0;
    const char* end = text.data() + text.size();
    auto [stop, failure] = std::from_chars(text.data(), end, number);
    auto unit = end - stop == 1 ? kUnits.find(*stop) : std::string_view::npos;
    std::uint64_t shift = unit == std::string_view::npos ? 0 : 10 * (unit + 1);
    bool whole = stop == end || unit != std::string_view::npos;
    if (failure != std::errc{} || !whole || number > (~std::uint64_t{0} >> shift)) {
      return fmt::format("'{}' is not a size such as 512M or 2G", text);
    }
    text = std::to_string(number << shift);
    return std::string();
  };
  return {check, ""};
}

void add_example(CLI::App& command, std::string_view example) {
  command.footer(fmt::format("Example:\n  {}", example));
}

std::string OpenLedger::address_text(AddressId address) const {
  return chains::bitcoin::address_text(network, ledger.address_kind(address),
                                       ledger.address_payload(address));
}

std::string_view OpenLedger::symbol() const {
  return network.chain.starts_with("litecoin") ? "LTC" : "BTC";
}

Result<OpenLedger> open_ledger(Context& context) {
  TRY_ASSIGN(auto ledger, ledger::Ledger::open(context.files, context.ledger));
  const auto* network = chains::bitcoin::find_network_of_chain(ledger.chain());
  if (network == nullptr) {
    return machine_error(
        fmt::format("the ledger in {} holds {}, which this program does not know; use a newer one",
                    context.ledger, ledger.chain()));
  }
  return OpenLedger{std::move(ledger), *network};
}

// ---- answers ------------------------------------------------------------------------------------

namespace {

constexpr int kMempoolTries = 5;
// `follow` writes the mempool of a new tip within a second or so of its commit.
constexpr std::chrono::milliseconds kMempoolPause{300};
// A node's mempool changes every few seconds.
constexpr std::uint32_t kOldMempool = 600;  // seconds

void remark_on_age(const Context& context, std::uint32_t taken_at) {
  auto now = std::chrono::duration_cast<std::chrono::seconds>(
                 std::chrono::system_clock::now().time_since_epoch())
                 .count();
  std::int64_t age = now - std::int64_t{taken_at};
  if (age < kOldMempool) return;
  auto minutes = static_cast<std::uint64_t>(age) / 60;
  std::string old = minutes < 120    ? plural(minutes, "minute")
                    : minutes < 2880 ? plural(minutes / 60, "hour")
                                     : plural(minutes / 1440, "day");
  say(context, fmt::format("{}/mempool is {} old; it changes only while `tracehound follow` runs",
                           context.ledger, old));
}

Status write_answer(Context& context, const Answer& answer) {
  for (const Answer::File& file : answer.files) TRY(write_output(context, file.path, file.text));
  return answer.text.empty() ? Status{} : print(answer.text);
}

}  // namespace

Status answer(Context& context, Rows rows,
              const std::function<Result<Answer>(const OpenLedger&)>& work) {
  for (int tries = 0; tries < kMempoolTries; ++tries) {
    bool lags = false;
    std::optional<ledger::Unconfirmed> mempool;
    auto find_out = [&](OpenLedger& open) -> Result<Answer> {
      if (rows == Rows::with_mempool) {
        TRY_ASSIGN(bool shown,
                   chains::bitcoin::show_mempool(context.files, open.network, open.ledger));
        lags = !shown;
        if (lags) return Answer{};
      }
      mempool = open.ledger.unconfirmed();
      return work(open);
    };
    auto open = [&] { return open_ledger(context); };
    TRY_ASSIGN(Answer found, ledger::read_certain(context.files, open, find_out));
    if (mempool) remark_on_age(context, mempool->taken_at);
    if (!lags) return write_answer(context, found);
    std::this_thread::sleep_for(kMempoolPause);
  }
  return machine_error(
      fmt::format("{}/mempool is of another tip than the ledger: `tracehound follow` is not "
                  "running, or has not caught up; run the command again when it has, or without "
                  "--unconfirmed",
                  context.ledger));
}

CLI::Option* add_unconfirmed_flag(CLI::App& command, bool& unconfirmed) {
  return command.add_flag("--unconfirmed", unconfirmed,
                          "with the mempool that `follow` keeps beside the ledger");
}

std::string mempool_line(const ledger::Ledger& ledger) {
  if (!ledger.unconfirmed()) return "";
  const ledger::Unconfirmed& mempool = *ledger.unconfirmed();
  std::string line =
      fmt::format("mempool       {} as of {} UTC", plural(mempool.transactions, "transaction"),
                  utc_text(mempool.taken_at));
  if (mempool.left_out > 0) {
    line += fmt::format("; {} more left out: {} what this ledger does not have, or has spent",
                        mempool.left_out, mempool.left_out == 1 ? "it spends" : "they spend");
  }
  return line + "\n";
}

void mempool_json(const ledger::Ledger& ledger, JsonWriter& json) {
  if (!ledger.unconfirmed()) return;
  json.key("mempool").open_object();
  json.key("taken_at").value(ledger.unconfirmed()->taken_at);
  json.key("transactions").value(ledger.unconfirmed()->transactions);
  json.key("left_out").value(ledger.unconfirmed()->left_out).close_object();
}

// ---- output -------------------------------------------------------------------------------------

namespace {

Status write_stdout(std::string_view text) {
  std::size_t put = std::fwrite(text.data(), 1, text.size(), stdout);
  if (put != text.size() || std::fflush(stdout) != 0) {
    return machine_error("cannot write to standard output; is the disk behind it full?");
  }
  return {};
}

}  // namespace

Status print(std::string_view text) { return write_stdout(printable(text)); }

Status check_output_names(const OutputNames& outputs) {
  std::map<std::string, std::string_view> taken;
  for (const auto& [option, file] : outputs) {
    if (file.empty()) continue;
    auto [before, fresh] =
        taken.try_emplace(std::filesystem::path(file).lexically_normal().string(), option);
    if (fresh) continue;
    if (file == "-") {
      return fail(ErrorKind::usage, fmt::format("only one of {} and {} can go to standard output; "
                                                "name a file for the other",
                                                before->second, option));
    }
    return fail(ErrorKind::usage,
                fmt::format("{} is named for two results; one would take the other's place", file));
  }
  return {};
}

Status write_output(Context& context, const std::string& path, std::string_view text) {
  if (path == "-") return write_stdout(text);
  // A device or a pipe would be replaced, not written to: /dev/null for everyone, as root.
  std::error_code unknown;
  auto there = std::filesystem::status(path, unknown);
  if (std::filesystem::exists(there) && !std::filesystem::is_regular_file(there)) {
    return fail(ErrorKind::usage,
                fmt::format("{} is not a plain file; name another, or write to - and redirect "
                            "standard output",
                            path));
  }
  // Through a symbolic link, the file it points to; never a file of the ledger itself.
  auto target = std::filesystem::weakly_canonical(path, unknown);
  auto ledger = std::filesystem::weakly_canonical(context.ledger, unknown);
  if (target.string().starts_with(ledger.string() + "/")) {
    return fail(ErrorKind::usage,
                fmt::format("{} lies in the ledger's folder; name a file outside it", path));
  }
  return replace_file(context.files, target.string(), text);
}

void say(const Context& context, std::string_view line) {
  if (!context.quiet) warn(line);
}

void warn(std::string_view line) {
  std::string text = printable(line) + '\n';
  std::fwrite(text.data(), 1, text.size(), stderr);
}

Status check_file_name(const std::string& path, std::string_view files) {
  if (path.empty()) return bad_input("an empty name names no file; give a file's name");
  std::error_code unknown;
  auto there = std::filesystem::status(path, unknown);
  if (std::filesystem::exists(there) && !std::filesystem::is_regular_file(there) &&
      !std::filesystem::is_directory(there)) {
    return bad_input(fmt::format(
        "{} is a pipe or a device; write what it gives to a file, or pipe it to standard input",
        path));
  }
  if (!std::filesystem::is_directory(there)) return {};
  std::string_view folder = path;
  while (folder.size() > 1 && folder.ends_with('/')) folder.remove_suffix(1);
  return bad_input(fmt::format("{0} is a folder; name the files in it: {0}/{1}", folder, files));
}

Result<std::string> read_input(Context& context, const std::string& path, std::string_view files) {
  if (path == "-") return std::string(std::istreambuf_iterator<char>(std::cin), {});
  TRY(check_file_name(path, files));
  auto bytes = read_file(context.files, path);
  if (!bytes) return bad_input(bytes.error().message);
  return std::string(bytes->begin(), bytes->end());
}

Result<std::vector<std::string>> with_stdin(const std::vector<std::string>& items) {
  std::vector<std::string> all;
  for (const std::string& item : items) {
    if (item != "-") {
      all.push_back(item);
      continue;
    }
    for (std::string line; std::getline(std::cin, line);) {
      line.erase(line.find_last_not_of(" \t\r") + 1);
      line.erase(0, line.find_first_not_of(" \t"));
      if (!line.empty()) all.push_back(line);
    }
  }
  if (all.empty()) return bad_input("standard input held no line; give one item a line");
  return all;
}

}  // namespace tracehound::cli
