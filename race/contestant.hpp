// A loaded kernel made ready to be timed.
#pragma once

#include "convforge/convforge.hpp"
#include "plan/plan.hpp"
#include "race/tuning_tensors.hpp"

#include <cstddef>
#include <memory>

namespace convforge {

class Contestant {
public:
  /// A kernel and the plan that it was compiled of.
  Contestant(Plan plan, std::shared_ptr<const convforge_kernel> kernel)
      : plan_(std::move(plan)), kernel_(std::move(kernel)) {}

  const Plan &plan() const { return plan_; }
  const convforge_kernel &kernel() const { return *kernel_; }
  /// What warm_up() takes: packed weights, and a workspace for one thread.
  std::size_t bytes() const;
  /// Packs the weights and runs once. Throws RuntimeError when the kernel refuses, and std::bad_alloc.
  void warm_up(TuningTensors &tensors);
  /// The least time of a call, in seconds, of as many as `seconds` allow, three at the least. After
  /// warm_up().
  double time(TuningTensors &tensors, double seconds);

private:
  Plan plan_;
  std::shared_ptr<const convforge_kernel> kernel_;
  AlignedBuffer packed_, workspace_;
};

} // namespace convforge
