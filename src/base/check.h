// CHECK: always-on assertions for our own bugs. Outside input never reaches a CHECK; it becomes an
// Error (result.h).
#pragma once

namespace tracehound {

// For numbers read from a ledger that cannot be true. Reading a mapped row cannot return an error
// at every step, so the program ends here, with one sentence and exit code 4 (docs/decisions/0004).
// The sentence knows that a writer who goes back writes over rows which a reader still has.
[[noreturn]] void ledger_damaged(const char* what);

// Prints the failed expression and where it stands, then aborts.
[[noreturn]] void check_failed(const char* expression, const char* file, int line);

}  // namespace tracehound

#define CHECK_LEDGER(expression) \
  ((expression) ? (void)0 : ::tracehound::ledger_damaged(#expression))
#define CHECK(expression) \
  ((expression) ? (void)0 : ::tracehound::check_failed(#expression, __FILE__, __LINE__))
