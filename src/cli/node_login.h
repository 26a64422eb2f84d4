// Which node to ask and who asks: options that several verbs have.
#pragma once

#include <string>

#include "chains/bitcoin/node_rpc.h"
#include "cli/verb.h"

namespace tracehound::cli {

struct NodeOptions {
  std::string url;
  std::string cookie;
  std::string user;
  std::string password_file;
};

// --rpc, --cookie, --user, --password-file. Gives --rpc.
CLI::Option* add_node_options(CLI::App& command, NodeOptions& options);
// Errors (usage): a user without a password.
Result<chains::bitcoin::NodeLogin> login_of(Context& context, const NodeOptions& options);

}  // namespace tracehound::cli
