// Fifo: first in, first out.
//
//   inputs 30 tainted, 70 clean -> outputs 50, 45, fee 5
//   the line  [30 tainted][70 clean]  is cut from the front:  50 = 30 + 20, 45, 5  ->  30, 0, 0
//
// The inputs' units are laid end to end in input order and the outputs take theirs from the front
// in output order; the fee takes what is left. Each unit keeps one history, so nothing is rounded,
// and taint stays in few coins instead of thinning out over the chain. That the order of inputs and
// outputs decides is a convention, as Clayton's case (1816) is one for running accounts in English
// law, not a fact about the money.
//
// A coin remembers the order of its units as runs (runs.h). Cost: linear in inputs, outputs and
// runs; a coin has at most one run more than the runs and inputs that went into it.
// Source: Anderson, Shumailov, Ahmed, "Making Bitcoin Legal" (2018).

#include "trace/method.h"

namespace tracehound::trace {

namespace {

class Fifo : public RunMethod {
 public:
  void divide_line(std::vector<Run>& line, std::span<const Amount> outputs,
                   Division& into) const override {
    cut_line(line, outputs, into);
  }
};

}  // namespace

std::unique_ptr<RunMethod> make_fifo() { return std::make_unique<Fifo>(); }

}  // namespace tracehound::trace
