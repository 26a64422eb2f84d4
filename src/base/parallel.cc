#include "base/parallel.h"

#include <tbb/global_control.h>
#include <tbb/parallel_for.h>
#include <tbb/parallel_pipeline.h>

#include <atomic>
#include <system_error>
#include <thread>

#ifdef TRACEHOUND_TSAN
#include <sanitizer/tsan_interface.h>
#endif

namespace tracehound {

namespace {

// oneTBB is not built for the thread sanitizer, which therefore does not see that a loop begins
// after what stands before it and ends before what follows. These tell it; otherwise they are
// nothing. The order between two calls of the body is left open, so races there are found.
void happened_before(char* event) {
#ifdef TRACEHOUND_TSAN
  __tsan_release(event);
#else
  static_cast<void>(event);
#endif
}

void happens_after(char* event) {
#ifdef TRACEHOUND_TSAN
  __tsan_acquire(event);
#else
  static_cast<void>(event);
#endif
}

}  // namespace

ThreadLimit::ThreadLimit(unsigned threads)
    : limit_(new tbb::global_control(
          tbb::global_control::max_allowed_parallelism,
          threads > 0 ? threads : std::max(1U, std::thread::hardware_concurrency()))) {}

ThreadLimit::~ThreadLimit() { delete static_cast<tbb::global_control*>(limit_); }

void parallel_for(std::size_t count, const std::function<void(std::size_t)>& body) {
  char begin = 0;
  char end = 0;
  happened_before(&begin);
  tbb::parallel_for(std::size_t{0}, count, [&](std::size_t i) {
    happens_after(&begin);
    body(i);
    happened_before(&end);
  });
  happens_after(&end);
}

unsigned thread_limit() {
  return static_cast<unsigned>(
      tbb::global_control::active_value(tbb::global_control::max_allowed_parallelism));
}

void pipeline(std::size_t count, std::size_t window, const std::function<void(std::size_t)>& make,
              const std::function<bool(std::size_t)>& take) {
  pipeline([count](std::size_t i) { return i < count; }, window, make, take);
}

void pipeline(const std::function<bool(std::size_t)>& begin, std::size_t window,
              const std::function<void(std::size_t)>& make,
              const std::function<bool(std::size_t)>& take) {
  std::atomic<bool> going = true;
  std::size_t next = 0;
  char begun = 0;
  char made = 0;
  char taken = 0;
  happened_before(&begun);
  auto source = tbb::make_filter<void, std::size_t>(tbb::filter_mode::serial_in_order,
                                                    [&](tbb::flow_control& control) -> std::size_t {
                                                      happens_after(&begun);
                                                      happens_after(&taken);
                                                      bool more = going && begin(next);
                                                      happened_before(&begun);
                                                      if (more) return next++;
                                                      control.stop();
                                                      return 0;
                                                    });
  auto maker =
      tbb::make_filter<std::size_t, std::size_t>(tbb::filter_mode::parallel, [&](std::size_t i) {
        happens_after(&begun);
        happens_after(&taken);
        make(i);
        happened_before(&made);
        return i;
      });
  auto taker =
      tbb::make_filter<std::size_t, void>(tbb::filter_mode::serial_in_order, [&](std::size_t i) {
        if (!going) return;
        happens_after(&made);
        happens_after(&taken);
        if (!take(i)) going = false;
        happened_before(&taken);
      });
  tbb::parallel_pipeline(window, source & maker & taker);
  happens_after(&begun);
  happens_after(&made);
  happens_after(&taken);
}

struct Background::Thread {
  std::jthread thread;
};

Background::Background(const std::function<void()>& work) : thread_(std::make_unique<Thread>()) {
  try {
    thread_->thread = std::jthread(work);
  } catch (const std::system_error&) {
    work();
  }
}

Background::~Background() = default;

}  // namespace tracehound
