#include "base/check.h"

#include <cstdio>
#include <cstdlib>

namespace tracehound {

void check_failed(const char* expression, const char* file, int line) {
  std::fprintf(stderr, "tracehound: internal error: CHECK(%s) failed at %s:%d\n", expression, file,
               line);
  std::abort();
}

}  // namespace tracehound
