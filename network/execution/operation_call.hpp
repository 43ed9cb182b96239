// A step that is no kernel as a call of the runtime's operations.
#pragma once

#include "network/execution/execution.hpp"

namespace convforge::network {

/// The tensors of a step: the type of what it reads, and elements. `b`: null where one tensor is read.
struct StepTensors {
  ElementType type;
  const void *a, *b;
  void *output;
};
/// `operation` outlives the call, which refers to its tables.
Call operation_call(const Operation &operation, const StepTensors &tensors, const convforge_threads *threads);

} // namespace convforge::network
