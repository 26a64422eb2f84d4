#include "cli/verb.h"

#include <fmt/format.h>

#include <cstdio>
#include <filesystem>
#include <iostream>

#include "chains/bitcoin/address.h"

namespace tracehound::cli {

void add_common(CLI::App& command, Context& context) {
  command.add_option("--ledger", context.ledger, "the ledger's folder; else $TRACEHOUND_LEDGER")
      ->envname("TRACEHOUND_LEDGER")
      ->type_name("DIR")
      ->capture_default_str();
  command.add_flag("--quiet", context.quiet, "no progress, no remarks");
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

Status print(std::string_view text) {
  std::size_t put = std::fwrite(text.data(), 1, text.size(), stdout);
  if (put != text.size() || std::fflush(stdout) != 0) {
    return machine_error("cannot write to standard output; is the disk behind it full?");
  }
  return {};
}

Status write_output(Context& context, const std::string& path, std::string_view text) {
  if (path == "-") return print(text);
  // A device or a pipe would be replaced, not written to: /dev/null for everyone, as root.
  std::error_code unknown;
  auto there = std::filesystem::status(path, unknown);
  if (std::filesystem::exists(there) && !std::filesystem::is_regular_file(there)) {
    return fail(ErrorKind::usage,
                fmt::format("{} is not a plain file; name another, or write to - and redirect "
                            "standard output",
                            path));
  }
  return replace_file(context.files, path, text);
}

void say(const Context& context, std::string_view line) {
  if (!context.quiet) fmt::print(stderr, "{}\n", line);
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
