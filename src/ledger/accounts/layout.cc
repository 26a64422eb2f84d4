#include "ledger/accounts/layout.h"

namespace tracehound::ledger::accounts {

Layout layout(const Counts& counts) {
  Layout files;
  for (const ColumnSpec& spec : kColumns) {
    files.columns.push_back({spec.file, rows_of(spec.column, counts), spec.width});
  }
  for (const IndexSpec& spec : kIndexes) {
    files.indexes.push_back({&spec.shape, rows_of(spec.index, counts)});
  }
  return files;
}

}  // namespace tracehound::ledger::accounts
