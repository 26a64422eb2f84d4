// tracehound VERB [options]: every verb has its own file in this folder.
#include <fmt/format.h>

#include <cstdio>

#include "cli/verb.h"

namespace {

using tracehound::cli::Context;

std::string typed(int count, char** words) {
  std::string line = "tracehound";
  for (int i = 1; i < count; ++i) {
    std::string_view word = words[i];
    bool plain = !word.empty() && word.find_first_of(" \t\n'\"\\$&|;<>()*?[]#~`!") == word.npos;
    line += plain ? fmt::format(" {}", word) : fmt::format(" '{}'", word);
  }
  return line;
}

int usage_error(const CLI::ParseError& problem, std::string_view command) {
  fmt::print(stderr, "tracehound: {}; see `{} --help`\n", problem.what(), command);
  return static_cast<int>(tracehound::ErrorKind::usage);
}

// The command that the words have chosen so far, for the advice: "tracehound trace".
std::string chosen_command(const CLI::App& app) {
  std::string name = app.get_name();
  for (const CLI::App* at = &app; !at->get_subcommands().empty();) {
    at = at->get_subcommands().front();
    name += " " + at->get_name();
  }
  return name;
}

}  // namespace

int main(int count, char** words) {
  Context context{
      .files = tracehound::posix_files(), .command_line = typed(count, words), .work = nullptr};
  CLI::App app("Follow stolen coins to where they are now, exactly, on one machine.", "tracehound");
  app.require_subcommand(1);
  app.set_version_flag("--version", std::string("tracehound " TRACEHOUND_VERSION));
  app.footer(
      "Exit codes: 0 done, 1 the answer is no, 2 usage, 3 bad input, 4 ledger or machine.\n"
      "Example:\n"
      "  tracehound ingest blocks ~/.bitcoin/blocks --ledger L\n"
      "  tracehound trace --from TXID:VOUT --method fifo --ledger L --html report.html");
  tracehound::cli::add_synth(app, context);
  tracehound::cli::add_ingest(app, context);
  tracehound::cli::add_info(app, context);
  tracehound::cli::add_show(app, context);
  tracehound::cli::add_tags(app, context);
  tracehound::cli::add_trace(app, context);
  tracehound::cli::add_ledger(app, context);

  try {
    app.parse(count, words);
  } catch (const CLI::Success& asked) {
    return app.exit(asked);  // --help, --version
  } catch (const CLI::ParseError& problem) {
    return usage_error(problem, chosen_command(app));
  }
  tracehound::Status status = context.work();
  if (status) return 0;
  fmt::print(stderr, "tracehound: {}\n", status.error().message);
  return static_cast<int>(status.error().kind);
}
