#include "chains/bitcoin/wire.h"

#include <fmt/format.h>

#include "base/check.h"

namespace tracehound::chains::bitcoin {

std::uint64_t WireReader::long_compact_size(Byte first) {
  std::size_t start = position() - 1;
  std::uint64_t number = 0;
  std::uint64_t least = 0;  // a smaller number has a shorter form
  if (first == 0xFD) {
    number = this->number<std::uint16_t>();
    least = 0xFD;
  } else if (first == 0xFE) {
    number = this->number<std::uint32_t>();
    least = std::uint64_t{1} << 16;
  } else {
    number = this->number<std::uint64_t>();
    least = std::uint64_t{1} << 32;
  }
  if (ok() && number < least) fail(Fault::form, start, number);
  return ok() ? number : 0;
}

std::uint64_t WireReader::count(std::size_t least_size) {
  std::size_t start = position();
  std::uint64_t number = compact_size();
  if (number > remaining() / least_size) {
    fail(Fault::count, start, number);
    return 0;
  }
  return number;
}

void WireReader::fail(Fault fault, std::size_t at, std::uint64_t number) {
  if (!ok()) return;
  fault_ = fault;
  fault_at_ = at;
  fault_number_ = number;
  reader_.fail();
}

std::string WireReader::fault() const {
  CHECK(!ok());
  switch (fault_) {
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
