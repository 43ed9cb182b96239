#include "algorithms/convolution.hpp"

#include "algorithms/tensor_dims.hpp"

namespace convforge {

namespace {

using Halide::Float;
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
  ImageParam packed(Float(32), 6, name);
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
  ImageParam input(Float(32), 4, "input");
  const int h = problem.height().input, w = problem.width().input, c = problem.in_channels;
  if (problem.layout == Layout::nhwc) {
    fix(input, {{w * c, 1}, {1, h * w * c}, {h, w * c}, {problem.batch, h * w * c}});
  } else {
    fix(input, {{w, 1}, {c, h * w}, {h, w}, {problem.batch, c * h * w}});
  }
  return input;
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
  const Groups groups = output_groups(problem, plan);
  conv.operands = epilogue_parameters(
      problem, 3, 6, "_" + suffix,
      [&](const ImageParam &parameter) {
        fix(parameter, {{std::min(region.block, region.channels), 1},
                        {region.blocks(), region.block},
                        {groups.count, groups.channels}});
      },
      [&](const ImageParam &parameter) { fix_like_output(parameter, problem, plan, region); });
  if (plan.algorithm == Algorithm::depthwise) {
    define_depthwise(conv, problem, plan, region);
  } else if (plan.vector_axis == VectorAxis::input_channel) {
    define_direct_by_lanes(conv, problem, plan, region.lanes);
  } else {
    define_direct(conv, problem, plan, region);
  }
  conv.output(k, b, g, x, y, n) =
      apply_epilogue(problem, conv.sum(k, b, g, x, y, n), conv.operands, {k, b, g}, {k, b, g, x, y, n});
  fix_like_output(conv.output.output_buffer(), problem, plan, region);
  return conv;
}

} // namespace convforge
