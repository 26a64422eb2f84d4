#include "cli/verb.h"

#include <fmt/format.h>

#include <charconv>
#include <cstdio>
#include <filesystem>
#include <iostream>
#include <iterator>

#include "base/text.h"
#include "chains/bitcoin/address.h"

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

Status check_file_name(const std::string& path) {
  if (path.empty()) return bad_input("an empty name names no file; give a file's name");
  std::error_code unknown;
  if (!std::filesystem::is_directory(path, unknown)) return {};
  std::string_view folder = path;
  while (folder.size() > 1 && folder.ends_with('/')) folder.remove_suffix(1);
  return bad_input(fmt::format("{0} is a folder; name the files in it: {0}/*.yaml", folder));
}

Result<std::string> read_input(Context& context, const std::string& path) {
  if (path == "-") return std::string(std::istreambuf_iterator<char>(std::cin), {});
  TRY(check_file_name(path));
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
