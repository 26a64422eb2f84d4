// One line on stderr for long work: what, how far, rate, time left. Silent unless stderr is a
// terminal. The clock is the caller's, so nothing that ends up in an output can depend on it.
#pragma once

#include <chrono>
#include <cstdint>
#include <string>

namespace tracehound {

class Progress {
 public:
  // `unit` is what is counted ("MB", "blocks"); `scale` divides counts before they are shown.
  Progress(std::string task, std::string unit, std::uint64_t total, double scale = 1.0,
           bool shown = true);
  ~Progress();
  Progress(const Progress&) = delete;
  Progress& operator=(const Progress&) = delete;

  // Redraws at most five times a second.
  void update(std::uint64_t done);

 private:
  using Clock = std::chrono::steady_clock;
  std::string task_;
  std::string unit_;
  std::uint64_t total_;
  double scale_;
  bool shown_;
  bool drawn_ = false;
  Clock::time_point start_;
  Clock::time_point last_;
};

}  // namespace tracehound
