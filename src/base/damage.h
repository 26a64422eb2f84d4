// The end of a program that meets damage where it cannot return an error.
#pragma once

namespace tracehound {

// As ledger_damaged() of check.h, for files that are no ledger's: reading a mapped row cannot
// return an error at every step, so the program ends here, with this one sentence and exit code 4.
[[noreturn]] void file_damaged(const char* sentence);

}  // namespace tracehound
