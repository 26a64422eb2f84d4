// CHECK: always-on assertions for our own bugs. Outside input never reaches a CHECK; it becomes an
// Error (result.h).
#pragma once

namespace tracehound {

// Prints the failed expression and where it stands, then aborts.
[[noreturn]] void check_failed(const char* expression, const char* file, int line);

}  // namespace tracehound

#define CHECK(expression) \
  ((expression) ? (void)0 : ::tracehound::check_failed(#expression, __FILE__, __LINE__))
