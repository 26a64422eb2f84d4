#include "base/parallel.h"

#include <tbb/global_control.h>
#include <tbb/parallel_for.h>

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

}  // namespace tracehound
