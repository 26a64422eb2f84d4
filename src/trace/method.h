// A method says which units of a transaction's inputs reach which of its outputs. That is all that
// differs between methods; the walk, stops, seeds, books and reports are written once.
//
// There are two kinds. An AmountMethod counts: it is told how many units of each label come in and
// says how many go into each output, so the order of inputs cannot matter to it. A RunMethod keeps
// the units in order and is shown them all in one line. A new method is one new file with a class
// of either kind, its make_ function here and its line in method.cc.
#pragma once

#include <memory>
#include <span>
#include <vector>

#include "trace/result.h"
#include "trace/runs.h"

namespace tracehound::trace {

// One coin transaction as an AmountMethod sees it. It empties its inputs whole and divides them
// over its outputs; the fee is the last output, always there, often 0.
struct AmountMovement {
  std::span<const LabelAmount> entering;  // ascending labels, no amount 0, not empty
  std::span<const Amount> outputs;
  Amount total = 0;  // the sum of the inputs' values and of the outputs'; above 0
};

class AmountMethod {
 public:
  virtual ~AmountMethod() = default;
  // shares[l * outputs + i]: the units of entering[l]'s label that go into output i. All are
  // written. REQUIRES: as many shares; unless poison made them, the amounts sum to at most `total`.
  virtual void divide(const AmountMovement& movement, std::span<Amount> shares) = 0;
};

// What a RunMethod answers: a list of runs for each output. Reused from one transaction to the
// next, so that nothing is allocated in the long run.
class Division {
 public:
  // Empties it, and makes room for so many runs and outputs.
  void begin(std::size_t runs_most, std::size_t outputs) {
    if (runs_.size() < runs_most) runs_.resize(runs_most);
    if (ends_.size() < outputs) ends_.resize(outputs);
    end_ = 0;
    outputs_ = 0;
    start_ = 0;
  }
  // Adds units, not none, to the output being filled; neighbours differ in their labels.
  void add(Amount length, Label label) { runs_[end_++] = {length, label, 0}; }
  // The output being filled is done; the next one begins. A clean end is left away (runs.h).
  void end_output() {
    if (end_ > start_ && runs_[end_ - 1].label == kClean) --end_;
    start_ = end_;
    ends_[outputs_++] = end_;
  }

  std::size_t outputs() const { return outputs_; }
  std::span<Run> all() { return {runs_.data(), end_}; }
  // REQUIRES: output < outputs().
  std::span<Run> of(std::size_t output) {
    std::size_t first = output == 0 ? 0 : ends_[output - 1];
    return {runs_.data() + first, ends_[output] - first};
  }

 private:
  std::vector<Run> runs_;  // the first end_ count
  std::vector<std::size_t> ends_;
  std::size_t end_ = 0;
  std::size_t outputs_ = 0;
  std::size_t start_ = 0;  // of the output being filled
};

// What fifo and lifo share: each output takes its units from the front of what is left of the line,
// whose neighbours differ in their labels. Uses the line up.
void cut_line(std::vector<Run>& line, std::span<const Amount> outputs, Division& into);

struct InputTaint {
  Amount value = 0;
  RunView runs;  // empty when clean; lengths sum to at most `value`
};
// Adds one input to the end of a line.
inline void append_input(std::vector<Run>& line, InputTaint input) {
  for (const Run& run : input.runs) {
    append_run(line, 0, run.length, run.label);
    input.value -= run.length;
  }
  append_run(line, 0, input.value, kClean);
}

// The same transaction as a RunMethod sees it.
struct RunMovement {
  std::span<const InputTaint> inputs;
  std::span<const Amount> outputs;
};

class RunMethod {
 public:
  virtual ~RunMethod() = default;
  // Fills `into` with one list per output. `line` is the units of the inputs laid
  // end to end in input order, clean ones with label 0; it is used up.
  virtual void divide_line(std::vector<Run>& line, std::span<const Amount> outputs,
                           Division& into) const = 0;
  // The same, from the inputs.
  void divide(const RunMovement& movement, Division& into) {
    line_.clear();
    for (const InputTaint& input : movement.inputs) append_input(line_, input);
    divide_line(line_, movement.outputs, into);
  }

 private:
  std::vector<Run> line_;
};

struct Method {
  MethodKind kind = MethodKind::fifo;
  bool conserves = true;  // every label's units going in come out again, each once
  // One of the two.
  std::unique_ptr<AmountMethod> amounts;
  std::unique_ptr<RunMethod> runs;

  // Coins keep their runs in the order of units (runs.h).
  bool ordered() const { return runs != nullptr; }
};

std::unique_ptr<AmountMethod> make_poison();
std::unique_ptr<AmountMethod> make_haircut();
std::unique_ptr<AmountMethod> make_tiho();
std::unique_ptr<AmountMethod> make_tilo();
std::unique_ptr<AmountMethod> make_seniority();
std::unique_ptr<RunMethod> make_fifo();
std::unique_ptr<RunMethod> make_lifo();

Method make_method(MethodKind kind);

}  // namespace tracehound::trace
