// A plan made ready to be timed.
#pragma once

#include "convforge/convforge.hpp"
#include "loader.hpp"
#include "plan/plan.hpp"
#include "problem/operand.hpp"
#include "target/target.hpp"

#include <memory>
#include <string>
#include <vector>

namespace convforge {

/// What every contestant for a problem reads and writes.
class TuningTensors {
public:
  explicit TuningTensors(const Problem &problem);
  const Problem &problem() const { return problem_; }
  const void *weights() const { return operands_[weights_operand].data(); }
  /// Where each operand lies; in the weights' place are those to pack, for the contestant to replace.
  std::vector<void *> pointers() const;

private:
  Problem problem_;
  std::vector<AlignedBuffer> operands_; ///< the weights not packed
};

class Contestant {
public:
  /// Compiles and loads. Throws Error. Thread-safe.
  Contestant(const Problem &problem, const Plan &plan, const Target &target);
  const Plan &plan() const { return plan_; }
  const convforge_kernel &kernel() const { return *loaded_->kernel(); }
  /// Packs the weights and runs once. Throws Error when the kernel refuses.
  void warm_up(TuningTensors &tensors);
  /// The least time of a call, in seconds, of as many as `seconds` allow. After warm_up().
  double time(TuningTensors &tensors, double seconds);

private:
  Plan plan_;
  std::unique_ptr<LoadedKernel> loaded_;
  AlignedBuffer packed_, workspace_;
};

} // namespace convforge
