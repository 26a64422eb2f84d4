#include "trace/run_store.h"

#include <algorithm>
#include <bit>

namespace tracehound::trace {

namespace {
std::size_t size_class(std::size_t count) {
  return static_cast<std::size_t>(std::bit_width(count - 1));
}
}  // namespace

std::uint64_t RunStore::take(std::size_t count) {
  std::size_t log_size = size_class(count);
  std::uint64_t slot = runs_.size();
  if (free_[log_size].empty()) {
    runs_.resize(runs_.size() + (std::size_t{1} << log_size));
  } else {
    slot = free_[log_size].back();
    free_[log_size].pop_back();
  }
  return slot;
}

std::uint64_t RunStore::add(RunView runs) {
  std::uint64_t slot = take(runs.size());
  std::ranges::copy(runs, room(slot));
  return slot;
}

void RunStore::remove(std::uint64_t slot, std::uint32_t count) {
  free_[size_class(count)].push_back(slot);
}

}  // namespace tracehound::trace
