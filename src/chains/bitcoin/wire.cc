#include "chains/bitcoin/wire.h"

#include <fmt/format.h>

#include "base/check.h"

namespace tracehound::chains::bitcoin {

std::string WireReader::fault() const {
  CHECK(!ok());
  switch (fault_) {
    case Fault::none:
    case Fault::end:
      break;
    case Fault::form:
      return fmt::format("has the number {} not in its shortest form at byte {}", fault_number_,
                         fault_at_);
    case Fault::count:
      return fmt::format("counts {} at byte {}, more than the bytes left can hold", fault_number_,
                         fault_at_);
    case Fault::length:
      return fmt::format("has a length of {} at byte {}, more than the bytes left", fault_number_,
                         fault_at_);
  }
  return fmt::format("ends early at byte {}", position() + remaining());
}

}  // namespace tracehound::chains::bitcoin
