// A step that is no kernel as a call of the runtime's operations.
#pragma once

#include "network/execution/execution.hpp"

namespace convforge::network {

/// `operation` outlives the call, which refers to its tables. `b`: null where one tensor is read.
Call operation_call(const Operation &operation, const float *a, const float *b, float *output,
                    const convforge_threads *threads);

} // namespace convforge::network
