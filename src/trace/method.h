// A method says which units of a transaction's inputs reach which of its outputs. That is all that
// differs between methods; the walk, stops, seeds, books and reports are written once.
//
// A new method is one new file with a class as below, its make_ function here and its line in
// method.cc.
#pragma once

#include <memory>
#include <span>
#include <vector>

#include "trace/result.h"
#include "trace/runs.h"

namespace tracehound::trace {

struct InputTaint {
  Amount value = 0;
  RunView runs;  // empty when clean; lengths sum to at most `value`, except under poison
};

// One coin transaction: it empties its inputs whole and divides them over its outputs.
struct Movement {
  std::span<const InputTaint> inputs;
  std::span<const Amount> outputs;  // the fee is the last of them, always there, often 0
  Amount total = 0;                 // the sum of the inputs' values and of the outputs'
};

// What a method answers: a list of runs for each output and, last, the fee. Reused from one
// transaction to the next, so that nothing is allocated in the long run.
class Division {
 public:
  void clear() {
    runs_.clear();
    ends_.clear();
  }
  // Adds units to the output being filled; equal neighbours merge.
  void add(Amount length, Label label) { append_run(runs_, start(), length, label); }
  // The output being filled is done; the next one begins.
  void end_output() {
    trim_clean_end(runs_, start());
    ends_.push_back(runs_.size());
  }

  std::size_t outputs() const { return ends_.size(); }
  // REQUIRES: output < outputs().
  std::span<Run> of(std::size_t output) {
    std::size_t first = output == 0 ? 0 : ends_[output - 1];
    return std::span(runs_).subspan(first, ends_[output] - first);
  }

 private:
  std::size_t start() const { return ends_.empty() ? 0 : ends_.back(); }

  std::vector<Run> runs_;
  std::vector<std::size_t> ends_;
};

class Method {
 public:
  virtual ~Method() = default;
  virtual MethodKind kind() const = 0;
  // Every label's units going in come out again, each once.
  virtual bool conserves() const { return true; }
  // Runs keep the order of units (runs.h).
  virtual bool ordered() const { return false; }
  // Fills `into` with one list per output. REQUIRES: an input is tainted; `into` is clear.
  virtual void divide(const Movement& movement, Division& into) = 0;
};

std::unique_ptr<Method> make_poison();
std::unique_ptr<Method> make_haircut();
std::unique_ptr<Method> make_fifo();

std::unique_ptr<Method> make_method(MethodKind kind);

}  // namespace tracehound::trace
