// Failures of the outside world. Library code returns them; only src/cli prints and exits.
#pragma once

#include <expected>
#include <string>
#include <utility>

namespace tracehound {

// The numbers are the program's exit codes.
enum class ErrorKind {
  no = 1,         // the answer to the question asked is no
  usage = 2,      // the command line is wrong
  bad_input = 3,  // a file or value from outside is wrong
  machine = 4,    // the ledger, the disk or the machine is wrong
};

// One sentence: what is wrong, where (file and byte, or field), what to do.
struct Error {
  ErrorKind kind;
  std::string message;
};

template <typename T>
using Result = std::expected<T, Error>;
using Status = std::expected<void, Error>;

inline std::unexpected<Error> fail(ErrorKind kind, std::string message) {
  return std::unexpected<Error>(Error{kind, std::move(message)});
}
inline std::unexpected<Error> bad_input(std::string message) {
  return fail(ErrorKind::bad_input, std::move(message));
}
inline std::unexpected<Error> machine_error(std::string message) {
  return fail(ErrorKind::machine, std::move(message));
}

}  // namespace tracehound

// TRY(x): leaves the function with x's error, if it has one.
// TRY_ASSIGN(auto y, x): the same, and binds its value otherwise.
#define TRACEHOUND_JOIN2(a, b) a##b
#define TRACEHOUND_JOIN(a, b) TRACEHOUND_JOIN2(a, b)
#define TRY(expression)                                                     \
  do {                                                                      \
    auto try_status = (expression);                                         \
    if (!try_status) return std::unexpected(std::move(try_status).error()); \
  } while (false)
#define TRACEHOUND_TRY_ASSIGN(temporary, declaration, ...)              \
  auto temporary = (__VA_ARGS__);                                       \
  if (!temporary) return std::unexpected(std::move(temporary).error()); \
  declaration = std::move(*temporary)
#define TRY_ASSIGN(declaration, ...) \
  TRACEHOUND_TRY_ASSIGN(TRACEHOUND_JOIN(try_result_, __LINE__), declaration, __VA_ARGS__)
