// Of operation_calls.hpp: element by element.
#include "base/error.hpp"
#include "network/lowering/operation_calls.hpp"
#include "network/lowering/view.hpp"

#include <algorithm>
#include <cstdlib>
#include <fmt/format.h>

namespace convforge::network {
namespace {

/// One loop of a call, with the strides of output, a and b.
struct Loop {
  std::int64_t size;
  std::array<std::int64_t, 3> strides;
};

/// Is a step of the outer loop the whole run of the inner one, for every tensor?
bool follows(const Loop &outer, const Loop &inner) {
  for (std::size_t i = 0; i < outer.strides.size(); ++i)
    if (outer.strides[i] != inner.strides[i] * inner.size)
      return false;
  return true;
}

std::vector<Loop> merged(std::vector<Loop> loops) {
  std::erase_if(loops, [](const Loop &loop) { return loop.size == 1; });
  std::ranges::stable_sort(loops, std::greater<>(),
                           [](const Loop &loop) { return std::abs(loop.strides[0]); });
  std::vector<Loop> result;
  for (const Loop &loop : loops)
    if (!result.empty() && follows(result.back(), loop))
      result.back() = {result.back().size * loop.size, loop.strides};
    else
      result.push_back(loop);
  if (result.empty())
    result.push_back({1, {1, 1, 1}});
  return result;
}

std::vector<Loop> loops_of(const View &output, const View &a, const View &b) {
  std::vector<Loop> loops;
  for (std::size_t i = 0; i < output.sizes.size(); ++i)
    loops.push_back({output.sizes[i], {output.strides[i], a.strides[i], b.strides[i]}});
  return merged(std::move(loops));
}

convforge_op step_of(const EpilogueOp &op) {
  convforge_op step = {};
  step.operand = -1;
  switch (op.kind) {
  case EpilogueOp::Kind::affine:
    step.kind = CONVFORGE_OP_AFFINE, step.a = op.factor, step.b = op.summand;
    return step;
  case EpilogueOp::Kind::activation:
    step.kind = CONVFORGE_OP_ACTIVATION;
    step.activation = static_cast<std::int32_t>(op.activation.kind);
    step.a = op.activation.a, step.b = op.activation.b;
    return step;
  default:
    throw Error(fmt::format("the step {} takes a tensor", name_of(op.kind)));
  }
}

} // namespace

void append_steps(ElementwiseCall &call, const Epilogue &steps) {
  for (const EpilogueOp &op : steps.ops())
    call.steps.push_back(step_of(op));
}

ElementwiseCall elementwise(convforge_arithmetic arithmetic, const View &output, const View &a, const View *b,
                            const Epilogue &steps) {
  const View wide_a = broadcast(a, output.sizes), wide_b = b ? broadcast(*b, output.sizes) : wide_a;
  const std::vector<Loop> loops = loops_of(output, wide_a, wide_b);
  if (loops.size() > CONVFORGE_MAX_RANK)
    throw Error(fmt::format("{} loops (expected at most {})", loops.size(), CONVFORGE_MAX_RANK));
  ElementwiseCall call;
  call.operation.arithmetic = arithmetic;
  call.operation.rank = static_cast<std::int32_t>(loops.size());
  for (std::size_t i = 0; i < loops.size(); ++i) {
    call.operation.size[i] = loops[i].size;
    call.operation.output.along[i] = loops[i].strides[0];
    call.operation.a.along[i] = loops[i].strides[1];
    call.operation.b.along[i] = b ? loops[i].strides[2] : 0;
  }
  append_steps(call, steps);
  return call;
}

} // namespace convforge::network
