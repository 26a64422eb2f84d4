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

#include <ranges>

#include "trace/method.h"

namespace tracehound::trace {

namespace {

class Lifo : public RunMethod {
 public:
  void divide(const RunMovement& movement, Division& into) override {
    line_.clear();
    for (const InputTaint& input : movement.inputs | std::views::reverse) {
      Amount listed = 0;
      for (const Run& run : input.runs) listed += run.length;
      append_run(line_, 0, input.value - listed, kClean);
      for (const Run& run : input.runs | std::views::reverse) {
        append_run(line_, 0, run.length, run.label);
      }
    }
    cut_line(line_, movement.outputs, into);
  }

 private:
  std::vector<Run> line_;
};

}  // namespace

std::unique_ptr<RunMethod> make_lifo() { return std::make_unique<Lifo>(); }

}  // namespace tracehound::trace
