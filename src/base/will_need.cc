#include "base/will_need.h"

#include <sys/mman.h>
#include <unistd.h>

namespace tracehound {

void will_need(ByteView bytes) {
  if (bytes.empty()) return;
  static const auto page = static_cast<std::uintptr_t>(::sysconf(_SC_PAGESIZE));
  auto first = reinterpret_cast<std::uintptr_t>(bytes.data()) / page * page;
  auto end = reinterpret_cast<std::uintptr_t>(bytes.data()) + bytes.size();
  // What is not done here is done when the bytes are read.
  static_cast<void>(::madvise(reinterpret_cast<void*>(first), end - first, MADV_WILLNEED));
}

}  // namespace tracehound
