#include "network/execution/operation_call.hpp"

namespace convforge::network {
namespace {

/// The structures with their tables, which programs keep beside them.
convforge_elementwise with_tables(const ElementwiseCall &call) {
  convforge_elementwise operation = call.operation;
  operation.step_count = static_cast<std::int32_t>(call.steps.size());
  operation.steps = call.steps.empty() ? nullptr : call.steps.data();
  return operation;
}

convforge_resampling with_tables(const ResamplingCall &call) {
  convforge_resampling operation = call.operation;
  for (std::size_t i = 0; i < call.index.size(); ++i) {
    operation.axes[i].index = call.index[i].empty() ? nullptr : call.index[i].data();
    operation.axes[i].weight = call.weight[i].empty() ? nullptr : call.weight[i].data();
  }
  return operation;
}

struct OperationCaller {
  const float *a, *b;
  float *output;
  const convforge_threads *threads;

  /// Of an operation that reads one tensor.
  template <typename Operation>
  Call unary(void (*run)(const Operation *, const float *, float *, const convforge_threads *),
             const Operation &operation) const {
    return [run, operation, *this] {
      run(&operation, a, output, threads);
      return static_cast<int>(CONVFORGE_OK);
    };
  }

  Call operator()(const KernelCall &) const { return {}; } // those are called by Execution
  Call operator()(const ElementwiseCall &call) const {
    return [operation = with_tables(call), *this] {
      convforge_run_elementwise(&operation, a, b, output, threads);
      return static_cast<int>(CONVFORGE_OK);
    };
  }
  Call operator()(const convforge_window_pooling &operation) const {
    return unary(convforge_run_window_pooling, operation);
  }
  Call operator()(const convforge_reduction &operation) const {
    return unary(convforge_run_reduction, operation);
  }
  Call operator()(const convforge_softmax &operation) const {
    return unary(convforge_run_softmax, operation);
  }
  Call operator()(const ResamplingCall &call) const {
    return unary(convforge_run_resampling, with_tables(call));
  }
};

} // namespace

Call operation_call(const Operation &operation, const float *a, const float *b, float *output,
                    const convforge_threads *threads) {
  return std::visit(OperationCaller{a, b, output, threads}, operation);
}

} // namespace convforge::network
