// Side-by-side work over a range, on oneTBB. Results never depend on the number of threads: each
// index writes its own slot.
#pragma once

#include <cstddef>
#include <functional>

namespace tracehound {

// Caps the process's worker threads while it lives. 0 means one per core.
class ThreadLimit {
 public:
  explicit ThreadLimit(unsigned threads);
  ~ThreadLimit();
  ThreadLimit(const ThreadLimit&) = delete;
  ThreadLimit& operator=(const ThreadLimit&) = delete;

 private:
  void* limit_;
};

// Calls body(i) once for every i in [0, count), in no particular order.
void parallel_for(std::size_t count, const std::function<void(std::size_t)>& body);

}  // namespace tracehound
