#include "cli/node_login.h"

#include <cstdlib>

namespace tracehound::cli {

namespace {

Result<std::string> password_of(Context& context, const NodeOptions& options) {
  if (options.password_file.empty()) {
    const char* named = std::getenv("TRACEHOUND_RPC_PASSWORD");
    if (named != nullptr) return std::string(named);
    return fail(ErrorKind::usage,
                "--user needs a password: name a file that holds it with --password-file, or set "
                "TRACEHOUND_RPC_PASSWORD");
  }
  TRY_ASSIGN(std::string text, read_input(context, options.password_file));
  text.erase(text.find_last_not_of("\r\n") + 1);
  return text;
}

}  // namespace

CLI::Option* add_node_options(CLI::App& command, NodeOptions& options) {
  auto* url =
      command
          .add_option("--rpc", options.url, "the node: http://HOST:PORT; no other address is asked")
          ->type_name("URL");
  auto* cookie =
      command.add_option("--cookie", options.cookie, "the node's cookie file")->type_name("FILE");
  auto* user = command.add_option("--user", options.user, "the node's rpcuser")->type_name("NAME");
  user->excludes(cookie);
  command
      .add_option("--password-file", options.password_file,
                  "holds the user's password; else $TRACEHOUND_RPC_PASSWORD")
      ->type_name("FILE")
      ->needs(user);
  return url;
}

Result<chains::bitcoin::NodeLogin> login_of(Context& context, const NodeOptions& options) {
  chains::bitcoin::NodeLogin login{.cookie_file = options.cookie, .user = options.user};
  if (!login.user.empty()) {
    TRY_ASSIGN(login.password, password_of(context, options));
  }
  return login;
}

}  // namespace tracehound::cli
