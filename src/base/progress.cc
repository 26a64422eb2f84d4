#include "base/progress.h"

#include <fmt/format.h>
#include <unistd.h>

#include <cstdio>

namespace tracehound {

Progress::Progress(std::string task, std::string unit, std::uint64_t total, double scale,
                   bool shown)
    : task_(std::move(task)),
      unit_(std::move(unit)),
      total_(total),
      scale_(scale),
      shown_(shown && ::isatty(STDERR_FILENO) == 1),
      start_(Clock::now()),
      last_(start_) {}

Progress::~Progress() {
  if (drawn_) std::fputs("\r\x1b[K", stderr);
}

void Progress::update(std::uint64_t done) {
  if (!shown_) return;
  auto now = Clock::now();
  if (now - last_ < std::chrono::milliseconds(200)) return;
  last_ = now;
  drawn_ = true;
  double seconds = std::chrono::duration<double>(now - start_).count();
  double rate = static_cast<double>(done) / scale_ / seconds;
  double left = done == 0 || total_ <= done
                    ? 0.0
                    : seconds * static_cast<double>(total_ - done) / static_cast<double>(done);
  std::string line = fmt::format("\r\x1b[K{}: {:.0f} of {:.0f} {}, {:.1f} {}/s, {:.0f} s left",
                                 task_, static_cast<double>(done) / scale_,
                                 static_cast<double>(total_) / scale_, unit_, rate, unit_, left);
  std::fputs(line.c_str(), stderr);
  std::fflush(stderr);
}

}  // namespace tracehound
