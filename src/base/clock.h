// Time, waiting, and the wish to end, behind an interface: a test of back-off takes no time, and
// ends when it says so.
#pragma once

#include <chrono>
#include <cstdint>
#include <memory>

#include "base/result.h"

namespace tracehound {

using Milliseconds = std::chrono::milliseconds;

class Clock {
 public:
  virtual ~Clock() = default;
  // Since some moment in the past; never goes back.
  virtual Milliseconds now() = 0;
  // Seconds since 1970.
  virtual std::uint32_t unix_time() = 0;
  // Waits that long, or until the user wants the program to end.
  virtual void sleep(Milliseconds most) = 0;
  // The same, or until there may be news.
  virtual void wait(Milliseconds most) = 0;
  // Whether the user wants the program to end.
  virtual bool ended() = 0;
};

// The machine's clock. While it lives SIGINT and SIGTERM do not kill the process; they make
// ended() true. To be made before any thread is: threads inherit what their maker left out.
class SystemClock final : public Clock {
 public:
  // Errors: the machine's.
  static Result<std::unique_ptr<SystemClock>> make();
  explicit SystemClock(int end_descriptor) : end_descriptor_(end_descriptor) {}
  ~SystemClock() override;
  SystemClock(const SystemClock&) = delete;
  SystemClock& operator=(const SystemClock&) = delete;

  Milliseconds now() override;
  std::uint32_t unix_time() override;
  void sleep(Milliseconds most) override;
  void wait(Milliseconds most) override { sleep(most); }
  bool ended() override;
  // Readable once a signal came; for whoever waits for other things at the same time.
  int end_descriptor() const { return end_descriptor_; }

 private:
  int end_descriptor_;
};

}  // namespace tracehound
