#include "base/clock.h"

#include <fmt/format.h>
#include <poll.h>
#include <sys/signalfd.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <csignal>
#include <cstring>
#include <limits>

namespace tracehound {

namespace {

sigset_t ending_signals() {
  sigset_t set;
  sigemptyset(&set);
  sigaddset(&set, SIGINT);
  sigaddset(&set, SIGTERM);
  return set;
}

int whole_milliseconds(Milliseconds time) {
  auto count = std::max<Milliseconds::rep>(time.count(), 0);
  return static_cast<int>(std::min<Milliseconds::rep>(count, std::numeric_limits<int>::max()));
}

}  // namespace

// A signal that is blocked and read as a file interrupts nothing and needs no global state.
Result<std::unique_ptr<SystemClock>> SystemClock::make() {
  sigset_t set = ending_signals();
  int descriptor = -1;
  if (::pthread_sigmask(SIG_BLOCK, &set, nullptr) == 0) {
    descriptor = ::signalfd(-1, &set, SFD_CLOEXEC | SFD_NONBLOCK);
  }
  if (descriptor < 0) {
    return machine_error(fmt::format("cannot listen for SIGINT: {}", std::strerror(errno)));
  }
  return std::make_unique<SystemClock>(descriptor);
}

SystemClock::~SystemClock() {
  // What has come is used up, or it would kill the process as soon as it is let through.
  signalfd_siginfo signal;
  while (::read(end_descriptor_, &signal, sizeof signal) > 0) continue;
  ::close(end_descriptor_);
  sigset_t set = ending_signals();
  ::pthread_sigmask(SIG_UNBLOCK, &set, nullptr);
}

Milliseconds SystemClock::now() {
  return std::chrono::duration_cast<Milliseconds>(
      std::chrono::steady_clock::now().time_since_epoch());
}

std::uint32_t SystemClock::unix_time() {
  return static_cast<std::uint32_t>(std::chrono::duration_cast<std::chrono::seconds>(
                                        std::chrono::system_clock::now().time_since_epoch())
                                        .count());
}

void SystemClock::sleep(Milliseconds most) {
  pollfd waited{.fd = end_descriptor_, .events = POLLIN, .revents = 0};
  ::poll(&waited, 1, whole_milliseconds(most));
}

bool SystemClock::ended() {
  pollfd waited{.fd = end_descriptor_, .events = POLLIN, .revents = 0};
  return ::poll(&waited, 1, 0) > 0;
}

}  // namespace tracehound
