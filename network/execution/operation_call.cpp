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

convforge_quantised with_tables(const QuantisedCall &call) {
  convforge_quantised operation = call.operation;
  operation.scales = call.scales.data();
  operation.zero_points = call.zero_points.data();
  return operation;
}

convforge_byte_map with_tables(const ByteMapCall &call) {
  convforge_byte_map operation = call.operation;
  operation.table = call.table.empty() ? nullptr : call.table.data();
  return operation;
}

convforge_byte_pairs with_tables(const BytePairsCall &call) {
  convforge_byte_pairs operation = call.operation;
  operation.table = call.table.empty() ? nullptr : call.table.data();
  return operation;
}

struct OperationCaller {
  StepTensors tensors;
  const convforge_threads *threads;

  /// Of an operation that reads one tensor, of the types that its function has.
  template <typename Operation, typename From, typename To>
  Call unary(void (*run)(const Operation *, const From *, To *, const convforge_threads *),
             const Operation &operation) const {
    return [run, operation, from = static_cast<const From *>(tensors.a),
            to = static_cast<To *>(tensors.output), threads = threads] {
      run(&operation, from, to, threads);
      return static_cast<int>(CONVFORGE_OK);
    };
  }
  /// Of two.
  template <typename Operation, typename From, typename To>
  Call binary(void (*run)(const Operation *, const From *, const From *, To *, const convforge_threads *),
              const Operation &operation) const {
    return
        [run, operation, a = static_cast<const From *>(tensors.a), b = static_cast<const From *>(tensors.b),
         to = static_cast<To *>(tensors.output), threads = threads] {
          run(&operation, a, b, to, threads);
          return static_cast<int>(CONVFORGE_OK);
        };
  }

  Call operator()(const KernelCall &) const { return {}; } // those are called by Execution
  Call operator()(const ElementwiseCall &call) const {
    return binary(convforge_run_elementwise, with_tables(call));
  }
  Call operator()(const convforge_window_pooling &operation) const {
    return tensors.type == ElementType::u8   ? unary(convforge_run_window_pooling_u8, operation)
           : tensors.type == ElementType::s8 ? unary(convforge_run_window_pooling_s8, operation)
                                             : unary(convforge_run_window_pooling, operation);
  }
  Call operator()(const convforge_reduction &operation) const {
    return unary(convforge_run_reduction, operation);
  }
  Call operator()(const convforge_softmax &operation) const {
    return unary(convforge_run_softmax, operation);
  }
  Call operator()(const ResamplingCall &call) const {
    return tensors.type == ElementType::f32 ? unary(convforge_run_resampling, with_tables(call))
                                            : unary(convforge_run_resampling_bytes, with_tables(call));
  }
  Call operator()(const QuantisedCall &call) const {
    return call.to_integers ? unary(convforge_run_quantise, with_tables(call))
                            : unary(convforge_run_dequantise, with_tables(call));
  }
  Call operator()(const ByteMapCall &call) const { return unary(convforge_run_byte_map, with_tables(call)); }
  Call operator()(const BytePairsCall &call) const {
    return binary(convforge_run_byte_pairs, with_tables(call));
  }
};

} // namespace

Call operation_call(const Operation &operation, const StepTensors &tensors,
                    const convforge_threads *threads) {
  return std::visit(OperationCaller{tensors, threads}, operation);
}

} // namespace convforge::network
