// HTTP to one address that the user named, behind an interface: a test's replies come late, cut,
// in another order or not at all.
#pragma once

#include <chrono>
#include <cstdint>
#include <functional>
#include <memory>
#include <string>
#include <string_view>

#include "base/result.h"

namespace tracehound {

struct HttpReply {
  int status = 0;
  std::string body;
};

class HttpClient {
 public:
  virtual ~HttpClient() = default;
  // Posts JSON and waits for the whole reply, whatever its status. `credentials` is
  // "user:password", or empty for none.
  // Errors (machine; a clause that follows the address: "refuses the connection"): no reply, or
  // only a part of one.
  virtual Result<HttpReply> post(const std::string& credentials, std::string_view body) = 0;
};

struct HttpLimits {
  std::chrono::milliseconds connect{5'000};
  std::chrono::milliseconds total{120'000};
  std::uint64_t reply_bytes_max = 512U << 20;
};

// Keeps its connection open between posts. Follows no redirect, uses no proxy, writes no log, and
// speaks to nobody but `url`. A post ends early once `ended` says so.
// Errors (usage): no http:// or https:// address; one with a password in it, which every user of
// the machine could read on the command line.
Result<std::unique_ptr<HttpClient>> open_http(const std::string& url, const HttpLimits& limits,
                                              std::function<bool()> ended);

}  // namespace tracehound
