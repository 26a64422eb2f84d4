// Side-by-side work over a range, on oneTBB. Results never depend on the number of threads: each
// index writes its own slot.
#pragma once

#include <cstddef>
#include <functional>
#include <memory>

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

// How many threads may work at once now.
unsigned thread_limit();

// Calls body(i) once for every i in [0, count), in no particular order.
void parallel_for(std::size_t count, const std::function<void(std::size_t)>& body);

// Makes things side by side and takes them in order: make(i) for i in [0, count), in no particular
// order, then take(i), one at a time, i ascending. At most `window` are made and not yet taken, so
// slot i % window of the caller's is free when make(i) is called. A take() that gives false is the
// last; what is being made then is finished and dropped.
void pipeline(std::size_t count, std::size_t window, const std::function<void(std::size_t)>& make,
              const std::function<bool(std::size_t)>& take);
// The same of things that come out of somewhere one at a time: begin(i), i ascending, before
// make(i); what it begins lies in slot i % window too. False: there is no i-th, nor another.
void pipeline(const std::function<bool(std::size_t)>& begin, std::size_t window,
              const std::function<void(std::size_t)>& make,
              const std::function<bool(std::size_t)>& take);

// Work on a thread of its own, begun when this is made; here and now where no thread is to be had.
class Background {
 public:
  explicit Background(const std::function<void()>& work);
  // Waits for the work's end.
  ~Background();

 private:
  struct Thread;
  std::unique_ptr<Thread> thread_;
};

}  // namespace tracehound
