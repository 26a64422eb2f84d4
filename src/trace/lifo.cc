// Lifo: last in, first out.
//
//   inputs 30 tainted, 70 clean -> outputs 50, 45, fee 5
//   the line  [30 tainted][70 clean]  is cut from its far end:  50, 45 = 20 + 25, 5  ->  0, 25, 5
//
// The line is fifo's (fifo.cc), read backwards: the inputs in reverse order and the units inside
// each input in reverse. The outputs take theirs in output order, so the last input's last unit is
// the first output's first. Like fifo it gives each unit one history and rounds nothing; the two
// are the ends between which every convention of the kind "the line is cut into pieces" lies.
//
// Cost: as fifo. Source: Tironsakkul, Maarek, Eross, Just, "Probing the Mystery of Cryptocurrency
// Theft" (2019).

#include <algorithm>

#include "trace/method.h"

namespace tracehound::trace {

namespace {

class Lifo : public RunMethod {
 public:
  void divide_line(std::vector<Run>& line, std::span<const Amount> outputs,
                   Division& into) const override {
    std::ranges::reverse(line);
    cut_line(line, outputs, into);
  }
};

}  // namespace

std::unique_ptr<RunMethod> make_lifo() { return std::make_unique<Lifo>(); }

}  // namespace tracehound::trace
