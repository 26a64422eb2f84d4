// tracehound VERB [options]: every verb has its own file in this folder.
#include <fmt/format.h>

#include <algorithm>
#include <new>
#include <sstream>

#include "cli/verb.h"
#include "cli/verb_evidence.h"

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

// The command that the words have chosen so far, for the advice ("tracehound trace"), and the word
// that should have chosen on and names nothing, if there is one.
struct Chosen {
  std::string command;
  std::string unknown;
};

Chosen follow_words(const CLI::App& app, int count, char** words) {
  Chosen chosen{app.get_name(), ""};
  const CLI::App* at = &app;
  for (int i = 1; i < count && at->get_require_subcommand_min() > 0; ++i) {
    std::string word = words[i];
    if (word.starts_with('-')) break;  // an option: its value may look like a command
    auto named = at->get_subcommands([&](const CLI::App* one) { return one->check_name(word); });
    if (named.empty()) {
      chosen.unknown = word;
      return chosen;
    }
    at = named.front();
    chosen.command += " " + word;
  }
  return chosen;
}

std::string one_line(std::string text) {
  std::replace(text.begin(), text.end(), '\n', ' ');
  return text;
}

int usage_error(const CLI::ParseError& problem, const Chosen& chosen) {
  std::string what = chosen.unknown.empty()
                         ? std::string(problem.what())
                         : fmt::format("'{} {}' is no command", chosen.command, chosen.unknown);
  tracehound::cli::warn(
      one_line(fmt::format("tracehound: {}; see `{} --help`", what, chosen.command)));
  return static_cast<int>(tracehound::ErrorKind::usage);
}

tracehound::Status empty_word(std::string_view option) {
  return tracehound::fail(
      tracehound::ErrorKind::usage,
      fmt::format("{} was given an empty word; give it a value or leave it out", option));
}

// --json= and nothing behind it, for which the parser would take the next word. "" where there is
// none.
std::string given_nothing(int count, char** words) {
  for (int i = 1; i < count && std::string_view(words[i]) != "--"; ++i) {
    std::string_view word = words[i];
    if (word.starts_with("--") && word.find('=') == word.size() - 1) {
      return std::string(word.substr(0, word.size() - 1));
    }
  }
  return "";
}

// An option that was given nothing, as a script does whose variable is not set: to take it for not
// given would answer another question. "" where there is none.
std::string given_nothing(const CLI::App& app) {
  for (const CLI::Option* option : app.get_options()) {
    bool empty = std::ranges::find(option->results(), "") != option->results().end();
    if (option->nonpositional() && empty) return option->get_name();
  }
  for (const CLI::App* chosen : app.get_subcommands()) {
    if (std::string found = given_nothing(*chosen); !found.empty()) return found;
  }
  return "";
}

tracehound::Status run(Context& context, const CLI::App& app) {
  using tracehound::ErrorKind;
  using tracehound::fail;
  if (context.ledger.empty()) {
    return fail(ErrorKind::usage, "--ledger names no folder: it, or $TRACEHOUND_LEDGER, is empty");
  }
  if (std::string empty = given_nothing(app); !empty.empty()) return empty_word(empty);
  try {
    return context.work();
  } catch (const std::bad_alloc&) {
    return tracehound::machine_error(
        "not enough memory; close other programs, or run `tracehound ledger check` in case damage "
        "made it ask for too much");
  }
}

int finish(const tracehound::Status& status) {
  if (status) return 0;
  tracehound::cli::warn("tracehound: " + one_line(status.error().message));
  return static_cast<int>(status.error().kind);
}

// --help, --version.
int say_help(const CLI::App& app, const CLI::Success& asked) {
  std::ostringstream text;
  app.exit(asked, text, text);
  return finish(tracehound::cli::print(text.str()));
}

}  // namespace

int main(int count, char** words) {
  tracehound::hold_standard_files();
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
  tracehound::cli::add_follow(app, context);
  tracehound::cli::add_info(app, context);
  tracehound::cli::add_show(app, context);
  tracehound::cli::add_tags(app, context);
  tracehound::cli::add_trace(app, context);
  tracehound::cli::add_incident(app, context);
  tracehound::cli::add_evidence(app, context);
  tracehound::cli::add_verify(app, context);
  tracehound::cli::add_cluster(app, context);
  tracehound::cli::add_detect(app, context);
  tracehound::cli::add_ledger(app, context);

  if (std::string empty = given_nothing(count, words); !empty.empty()) {
    return finish(empty_word(empty));
  }
  try {
    app.parse(count, words);
  } catch (const CLI::Success& asked) {
    return say_help(app, asked);
  } catch (const CLI::ParseError& problem) {
    return usage_error(problem, follow_words(app, count, words));
  }
  return finish(run(context, app));
}
