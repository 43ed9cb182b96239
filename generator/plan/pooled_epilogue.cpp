#include "plan/pooled_epilogue.hpp"

#include <algorithm>

namespace convforge {

namespace {

/// Of a larger number never a smaller one?
bool is_rising(const Activation &activation) {
  switch (activation.kind) {
  case ActivationKind::relu:
  case ActivationKind::relu6:
  case ActivationKind::clip:
  case ActivationKind::sigmoid:
  case ActivationKind::tanh:
  case ActivationKind::hard_sigmoid:
  case ActivationKind::softplus:
    return true;
  case ActivationKind::leaky_relu:
  case ActivationKind::elu:
    return activation.a >= 0;
  case ActivationKind::silu:
  case ActivationKind::hard_swish:
  case ActivationKind::gelu:
  case ActivationKind::gelu_tanh:
  case ActivationKind::mish:
    return false;
  }
  return false;
}

bool is_rising(const EpilogueOp &op) {
  switch (arithmetic_of(op.kind)) {
  case EpilogueOp::Arithmetic::add: // the same number to all of a window
    return tensor_of(op.kind)->shape == OpTensor::Shape::by_channel;
  case EpilogueOp::Arithmetic::affine:
    return op.factor >= 0;
  case EpilogueOp::Arithmetic::activate:
    return is_rising(op.activation);
  case EpilogueOp::Arithmetic::multiply: // by what the kernel is given, which may be negative
  case EpilogueOp::Arithmetic::prelu:
  case EpilogueOp::Arithmetic::clamp:
    return false;
  }
  return false;
}

bool overlaps(const Axis &axis) {
  return axis.kernel > axis.stride;
}

} // namespace

EpilogueOfPooled epilogue_of_pooled(const Problem &problem) {
  const Pooling &pooling = problem.pooling;
  const auto &ops = problem.epilogue.ops();
  if (pooling.kind == PoolingKind::max &&
      std::ranges::all_of(ops, [](const EpilogueOp &op) { return is_rising(op); }))
    return EpilogueOfPooled::behind;
  const bool looked_at_once = !overlaps(pooling.height()) && !overlaps(pooling.width());
  return looked_at_once || ops.empty() ? EpilogueOfPooled::inside : EpilogueOfPooled::before;
}

} // namespace convforge
