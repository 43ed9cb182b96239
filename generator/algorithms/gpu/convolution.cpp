#include "algorithms/gpu/convolution.hpp"
#include "algorithms/epilogue.hpp"
#include "algorithms/halide_type.hpp"
#include "algorithms/tensor_dims.hpp"
#include "base/integer.hpp"

#include <initializer_list>

namespace convforge {

namespace {

using Halide::Expr;
using Halide::ImageParam;

ImageParam make_gpu_input(const Problem &shape) {
  ImageParam input(halide_type(shape.types.source), 4, "input");
  const int c = shape.in_channels, w = shape.width().input, h = shape.height().input, n = shape.batch;
  if (shape.layout == Layout::nhwc)
    fix(input, {{c, 1}, {w, c}, {h, w * c}, {n, h * w * c}});
  else
    fix(input, {{c, h * w}, {w, 1}, {h, w}, {n, c * h * w}});
  return input;
}

ImageParam make_gpu_packed(const Problem &shape, const GpuPlan &plan) {
  const bool depthwise = plan.channelwise();
  const int block = plan.tile_channels, groups = depthwise ? 1 : shape.groups;
  const int channels = depthwise ? shape.out_channels : shape.group_out();
  const int blocks = ceil_div(channels, block);
  const int taps = depthwise ? shape.height().kernel * shape.width().kernel : taps_of(shape);
  ImageParam packed(halide_type(shape.types.weights), 4, "packed");
  fix(packed, {{block, 1}, {taps, block}, {blocks, taps * block}, {groups, blocks * taps * block}});
  return packed;
}

/// Output and residual. Depthwise sees rows of pixels, the others pixels through rows.
template <typename Parameter>
void fix_like_output(const Parameter &parameter, const Problem &shape, const GpuPlan &plan) {
  const int k = shape.out_channels, w = shape.width().output, h = shape.height().output, n = shape.batch;
  const bool nhwc = shape.layout == Layout::nhwc;
  const int channel = nhwc ? 1 : h * w, pixel = nhwc ? k : 1;
  if (plan.channelwise()) {
    fix(parameter, {{k, channel}, {w, pixel}, {h, w * pixel}, {n, h * w * k}});
    return;
  }
  const int group = shape.group_out();
  fix(parameter, {{group, channel},
                  {static_cast<int>(pixels_of(shape, plan)), pixel},
                  {shape.groups, group * channel},
                  {nhwc ? 1 : n, h * w * k}});
}

} // namespace

Expr padded_input(const ImageParam &input, const Problem &shape, const Expr &c, const Expr &x, const Expr &y,
                  const Expr &n) {
  Expr inside = Halide::Internal::const_true();
  const auto coordinate = [&](const Axis &axis, const Expr &padded) {
    Expr at = padded - axis.pad_begin;
    if (axis.pad_begin > 0)
      inside = inside && at >= 0;
    if (axis.pad_end > 0)
      inside = inside && at < axis.input;
    return axis.pad_begin > 0 || axis.pad_end > 0 ? clamp(at, 0, axis.input - 1) : at;
  };
  const Expr in_x = coordinate(shape.width(), x), in_y = coordinate(shape.height(), y);
  const Expr value = input(c, in_x, in_y, n);
  return Halide::Internal::is_const_one(inside) ? value : select(inside, value, 0.0f);
}

GpuConvolution make_gpu_convolution(const Problem &shape, const GpuPlan &plan) {
  const bool depthwise = plan.channelwise();
  GpuConvolution conv;
  conv.input = make_gpu_input(shape);
  conv.packed = make_gpu_packed(shape, plan);
  conv.image = Halide::Func("image");
  conv.sum = Halide::Func("sum");
  conv.output = Halide::Func("output");
  conv.operands = epilogue_parameters(
      shape, 2, 4, "",
      [&](const ImageParam &parameter) {
        const int channels = depthwise ? shape.out_channels : shape.group_out();
        fix(parameter, {{channels, 1}, {depthwise ? 1 : shape.groups, channels}});
      },
      [&](const ImageParam &parameter) { fix_like_output(parameter, shape, plan); });
  if (depthwise)
    define_gpu_depthwise(conv, shape, plan);
  else
    define_gpu_matrix_product(conv, shape, plan);
  fix_like_output(conv.output.output_buffer(), shape, plan);
  return conv;
}

} // namespace convforge
