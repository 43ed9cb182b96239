#include "algorithms/winograd.hpp"

#include "algorithms/tensor_dims.hpp"
#include "algorithms/winograd_parts.hpp"

namespace convforge {

namespace {

using Halide::Expr;
using Halide::Float;
using Halide::ImageParam;

/// The input's element at a row and column of the padded image: zero outside. Columns inside are what loops
/// are partitioned for; a row's test costs a scalar instruction for a whole vector of channels.
Expr padded(const Problem &problem, const ImageParam &input, const Expr &channel, const Expr &x,
            const Expr &y, const Expr &n) {
  const Axis &height = problem.height, &width = problem.width;
  const Expr column = x - width.pad_begin, line = y - height.pad_begin;
  const Expr near_x = clamp(likely(column), 0, width.input - 1), near_y = clamp(line, 0, height.input - 1);
  const Expr element = problem.layout == Layout::nhwc
                           ? input(near_x * problem.in_channels + channel, 0, near_y, n)
                           : input(near_x, channel, near_y, n);
  const Expr inside_x = likely(column >= 0 && column < width.input),
             inside_y = line >= 0 && line < height.input;
  return select(inside_y && inside_x, element, 0.0f);
}

void define_input_transform(Winograd &w, const Problem &problem, const Plan &plan, const ImageParam &input) {
  const auto &[c, k, b, o, g, t, p, q, x, y, n] = w.v;
  const WinogradTiles &tiles = plan.winograd;
  const convforge_winograd down = winograd_axis(problem.height, tiles.outputs_h);
  const convforge_winograd along = winograd_axis(problem.width, tiles.outputs_w);
  std::vector<Expr> lines, row_values;
  for (int i = 0; i < down.points; i++) {
    lines.push_back(padded(problem, input, g * problem.group_in() + c, x,
                           y * tiles.outputs_h * problem.height.stride + i, n));
  }
  w.rows(c, x, y, p, g, n) = row(p, upper_left(down.input, down.points, down.points), lines);
  for (int j = 0; j < along.points; j++) {
    row_values.push_back(
        w.rows(c, t % w.tiles_x * tiles.outputs_w * problem.width.stride + j, t / w.tiles_x, p, g, n));
  }
  w.transformed(c, t, q, p, g, n) = row(q, upper_left(along.input, along.points, along.points), row_values);
}

void define_product(Winograd &w, const Problem &problem, const Plan &plan) {
  const auto &[c, k, b, o, g, t, p, q, x, y, n] = w.v;
  const WinogradPoints down = winograd_points(problem.height, plan.winograd.outputs_h);
  const WinogradPoints along = winograd_points(problem.width, plan.winograd.outputs_w);
  const int lanes = plan.broadcast_lanes;
  w.channels = Halide::RDom(0, problem.group_in(), "channels");
  Expr input = w.transformed(w.channels, t, q, p, g, n);
  if (lanes > 1) {
    const Halide::Var vector("vector");
    w.channel_lanes = Halide::Func("channel_lanes");
    w.channel_lanes(w.i, t, vector, q, p, g, n) = w.transformed(vector * lanes + w.i, t, q, p, g, n);
    input = w.channel_lanes(w.channels % lanes, t, w.channels / lanes, q, p, g, n);
  }
  w.sum(k, t, q, p, b, g, n) = 0.0f;
  w.sum(k, t, q, p, b, g, n) +=
      input * w.packed(k, w.channels, filter_point(along, q), filter_point(down, p), b, g);
  w.product(k, t, q, p, b, g, n) = w.sum(k, t, q, p, b, g, n);
}

void define_output_transform(Winograd &w, const Problem &problem, const Plan &plan) {
  const auto &[c, k, b, o, g, t, p, q, x, y, n] = w.v;
  const WinogradTiles &tiles = plan.winograd;
  const convforge_winograd down = winograd_axis(problem.height, tiles.outputs_h);
  const convforge_winograd along = winograd_axis(problem.width, tiles.outputs_w);
  const int block = plan.regions.front().block;
  std::vector<Expr> lines, row_values;
  for (int i = 0; i < down.points; i++) {
    lines.push_back(w.product(o % block, t, q, i, o / block, g, n));
  }
  w.columns(o, q, y, t, g, n) = row(y, upper_left(down.output, down.outputs, down.points), lines);
  const Expr tile = y / tiles.outputs_h * w.tiles_x + x / tiles.outputs_w;
  for (int j = 0; j < along.points; j++) {
    row_values.push_back(w.columns(o, j, y % tiles.outputs_h, tile, g, n));
  }
  const Expr value =
      row(x % tiles.outputs_w, upper_left(along.output, along.outputs, along.points), row_values);
  const Expr bias = w.bias.defined() ? w.bias(o, g) : Expr();
  const Expr residual = w.residual.defined() ? w.residual(o, g, x, y, n) : Expr();
  w.output(o, g, x, y, n) = apply_epilogue(problem.epilogue, value, bias, residual);
}

void make_parameters(Winograd &w, const Problem &problem, const Plan &plan) {
  const Region &region = plan.regions.front();
  const int block = region.block, channels = problem.group_in();
  w.packed = ImageParam(Float(32), 6, "packed");
  const int rows = winograd_points(problem.height, plan.winograd.outputs_h).filter_points;
  const int columns = winograd_points(problem.width, plan.winograd.outputs_w).filter_points;
  fix(w.packed, {{block, 1},
                 {channels, block},
                 {columns, channels * block},
                 {rows, columns * channels * block},
                 {region.blocks(), rows * columns * channels * block},
                 {problem.groups, region.blocks() * rows * columns * channels * block}});
  make_epilogue_parameters(problem, w.bias, w.residual);
}

} // namespace

Winograd make_winograd(const Problem &problem, const Plan &plan, const ImageParam &input) {
  Winograd w;
  const WinogradTiles &tiles = plan.winograd;
  w.tiles_x = (problem.width.output + tiles.outputs_w - 1) / tiles.outputs_w;
  w.tiles_y = (problem.height.output + tiles.outputs_h - 1) / tiles.outputs_h;
  const WinogradPoints down = winograd_points(problem.height, tiles.outputs_h);
  const WinogradPoints along = winograd_points(problem.width, tiles.outputs_w);
  w.points_x = along.points;
  w.points_y = down.points;
  w.rows = Halide::Func("rows");
  w.transformed = Halide::Func("transformed");
  w.sum = Halide::Func("sum");
  w.product = Halide::Func("product");
  w.columns = Halide::Func("columns");
  w.output = Halide::Func("output");
  make_parameters(w, problem, plan);
  define_input_transform(w, problem, plan, input);

  define_product(w, problem, plan);
  define_output_transform(w, problem, plan);
  fix_like_output(w.output.output_buffer(), problem);
  return w;
}

} // namespace convforge
