#include "base/check.h"

#include <cstdio>
#include <cstdlib>

#include "base/damage.h"

namespace tracehound {

void ledger_damaged(const char* what) {
  std::fprintf(
      stderr,
      "tracehound: the ledger is damaged (a row breaks %s), or another process took blocks back "
      "while this one read; run the command again, and if it ends like this again, run "
      "`tracehound ledger check`, and restore the ledger from a copy or ingest again\n",
      what);
  std::_Exit(4);
}

void file_damaged(const char* sentence) {
  std::fprintf(stderr, "tracehound: %s\n", sentence);
  std::_Exit(4);
}

void check_failed(const char* expression, const char* file, int line) {
  std::fprintf(stderr, "tracehound: internal error: CHECK(%s) failed at %s:%d\n", expression, file,
               line);
  std::abort();
}

}  // namespace tracehound
