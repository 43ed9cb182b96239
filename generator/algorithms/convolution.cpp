#include "algorithms/convolution.hpp"

#include "algorithms/activation.hpp"
#include "algorithms/halide_type.hpp"
#include "algorithms/strict.hpp"
#include "algorithms/tensor_dims.hpp"
#include "plan/packed_type.hpp"

namespace convforge {

namespace {

using Halide::Expr;
using Halide::ImageParam;

/// Groups and channels per group as the output's dimensions see them: depthwise blocks all channels together.
struct Groups {
  int count, channels;
};

Groups output_groups(const Problem &problem, const Plan &plan) {
  if (plan.algorithm == Algorithm::depthwise) {
    return {1, problem.out_channels};
  }
  return {problem.groups, problem.group_out()};
}

template <typename Parameter>
void fix_like_output(const Parameter &parameter, const Problem &problem, const Plan &plan,
                     const Region &region) {
  const OutputStrides stride = output_strides(problem);
  const Groups groups = output_groups(problem, plan);
  fix(parameter, {{std::min(region.block, region.channels), stride.k},
                  {region.blocks(), region.block * stride.k},
                  {groups.count, groups.channels * stride.k},
                  {problem.width().output, stride.x},
                  {problem.height().output, stride.y},
                  {problem.batch, stride.n}});
}

ImageParam make_packed(const Problem &problem, const Plan &plan, const Region &region,
                       const std::string &name) {
  ImageParam packed(halide_type(packed_type(problem, plan)), 6, name);
  const int c = plan.algorithm == Algorithm::depthwise ? 1 : problem.group_in();
  const int s = problem.width().kernel, r = problem.height().kernel, block = region.block;
  fix(packed, {{block, 1},
               {c, block},
               {s, c * block},
               {r, s * c * block},
               {region.blocks(), r * s * c * block},
               {output_groups(problem, plan).count, region.blocks() * r * s * c * block}});
  return packed;
}

} // namespace

ImageParam make_input(const Problem &problem) {
  ImageParam input(halide_type(problem.types.source), 4, "input");
  const int h = problem.height().input, w = problem.width().input, c = problem.in_channels;
  if (problem.layout == Layout::nhwc) {
    fix(input, {{w * c, 1}, {1, h * w * c}, {h, w * c}, {problem.batch, h * w * c}});
  } else {
    fix(input, {{w, 1}, {c, h * w}, {h, w}, {problem.batch, c * h * w}});
  }
  return input;
}

Expr apply_epilogue(const Epilogue &epilogue, Expr value, const Expr &bias, const Expr &residual) {
  // Strict: in the order written, and apart from the sum's multiply-adds.
  for (const EpilogueOp &op : epilogue.ops()) {
    switch (op.kind) {
    case EpilogueOp::Kind::bias:
      value = strict::add(value, bias);
      break;
    case EpilogueOp::Kind::residual:
      value = strict::add(value, residual);
      break;
    case EpilogueOp::Kind::activation:
      value = activate(op.activation, value);
      break;
    }
  }
  return value;
}

Convolution make_convolution(const Problem &problem, const Plan &plan, const Region &region,
                             const ImageParam &input, const std::string &suffix) {
  Convolution conv;
  const auto &[k, b, g, x, y, n] = conv.v;
  conv.image = make_image(problem, plan, input, region.lanes);
  conv.packed = make_packed(problem, plan, region, "packed_" + suffix);
  if (plan.two_weight_pointers) {
    conv.packed_odd = make_packed(problem, plan, region, "packed_odd_" + suffix);
  }
  conv.sum = Halide::Func("sum_" + suffix);
  conv.output = Halide::Func("output_" + suffix);
  if (problem.epilogue.has_bias()) {
    const Groups groups = output_groups(problem, plan);
    conv.bias = ImageParam(halide_type(problem.types.accumulator()), 3, "bias_" + suffix);
    fix(conv.bias, {{std::min(region.block, region.channels), 1},
                    {region.blocks(), region.block},
                    {groups.count, groups.channels}});
  }
  if (problem.epilogue.has_residual()) {
    conv.residual = ImageParam(halide_type(problem.types.destination), 6, "residual_" + suffix);
    fix_like_output(conv.residual, problem, plan, region);
  }
  if (plan.algorithm == Algorithm::depthwise) {
    define_depthwise(conv, problem, plan, region);
  } else if (plan.vector_axis == VectorAxis::input_channel) {
    define_direct_by_lanes(conv, problem, plan, region.lanes);
  } else {
    define_direct(conv, problem, plan, region);
  }
  const Expr bias = conv.bias.defined() ? conv.bias(k, b, g) : Expr();
  const Expr residual =
      conv.residual.defined() ? accumulated(problem.types, conv.residual(k, b, g, x, y, n)) : Expr();
  conv.output(k, b, g, x, y, n) =
      stored(problem.types, apply_epilogue(problem.epilogue, conv.sum(k, b, g, x, y, n), bias, residual));
  fix_like_output(conv.output.output_buffer(), problem, plan, region);
  return conv;
}

} // namespace convforge
