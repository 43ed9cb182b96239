#include "algorithms/winograd/winograd.hpp"
#include "base/integer.hpp"

#include "algorithms/halide_type.hpp"
#include "algorithms/padding.hpp"
#include "algorithms/tensor_dims.hpp"
#include "algorithms/tile_output.hpp"
#include "algorithms/winograd/winograd_parts.hpp"
#include "plan/packed_type.hpp"
#include "plan/winograd_tails.hpp"

#include <algorithm>

namespace convforge {

namespace {

using Halide::Expr;
using Halide::ImageParam;

/// B^T of the last tile.
Matrix last_input(const convforge_winograd &form, const WinogradTail &tail) {
  convforge_winograd kept = form;
  convforge_winograd_keep_outputs(&kept, tail.wanted);
  return upper_left(kept.input, kept.points, kept.points);
}

/// Does the last tile do without the point?
Expr is_lost(const Expr &point, const convforge_winograd &form, const WinogradTail &tail) {
  const Matrix matrix = last_input(form, tail);
  Expr lost = Halide::Internal::const_false();
  for (int i = 0; i < form.points; i++)
    if (std::ranges::all_of(matrix[i], [](double entry) { return entry == 0; }))
      lost = lost || point == i;
  return lost;
}

/// Row `which` of an input's transform. Loops over tiles are split at the last ones, where these differ.
Expr input_row(const Expr &which, const convforge_winograd &form, const WinogradTail &tail,
               const Expr &is_last, const std::vector<Expr> &values) {
  const Expr whole = row(which, upper_left(form.input, form.points, form.points), values);
  return is_last.defined() ? select(likely(!is_last), whole, row(which, last_input(form, tail), values))
                           : whole;
}

/// The column under one of the padded image, where the padding is made of elements.
Expr column_under(const Problem &problem, const Expr &x) {
  const Axis &width = problem.width();
  const Expr column = x - width.pad_begin, inside = likely(column >= 0 && column < width.input);
  return select(inside, clamp(likely(column), 0, width.input - 1),
                padded_from(width, problem.padding_mode, column));
}

/// The same of a row. Where tasks rearrange the input, its rows of padding are there, too.
Expr row_under(const Problem &problem, const Input &input, const Expr &y) {
  const Expr row = y - problem.height().pad_begin;
  return input.rearranged.defined() ? row : padded_from(problem.height(), problem.padding_mode, row);
}

/// The input's element at a row and column of the padded image: zero outside, or another element. Columns
/// inside are what loops are partitioned for; a row's test costs a scalar instruction for a whole vector of
/// channels.
Expr padded(const Problem &problem, const Input &input, const Expr &channel, const Expr &x, const Expr &y,
            const Expr &n) {
  const Axis &height = problem.height(), &width = problem.width();
  const Expr column = x - width.pad_begin, line = y - height.pad_begin;
  const bool zeros = problem.pads_with() == PaddingMode::zeros;
  const Expr near_x = zeros ? clamp(likely(column), 0, width.input - 1) : column_under(problem, x);
  const Expr near_y = zeros ? clamp(line, 0, height.input - 1) : row_under(problem, input, y);
  const int pitch = steps_of(problem.input_strides()).x;
  const Expr element = input.rearranged.defined() ? input.rearranged(channel, near_x, near_y, n)
                                                  : input.parameter(near_x * pitch + channel, 0, near_y, n);
  if (!zeros)
    return accumulated(problem.types, element);
  const Expr inside_x = likely(column >= 0 && column < width.input),
             inside_y = line >= 0 && line < height.input;
  return select(inside_y && inside_x, accumulated(problem.types, element), 0.0f);
}

/// Where the tile that is number t of an image lies (WinogradTails).
struct TilePosition {
  Expr x, y;
  Expr in_last_column; ///< undefined where that is like the others
};

TilePosition tile_position(const WinogradTails &tails, const Expr &t) {
  const int rows = tails.down().tiles, row = tails.row(), first = tails.columns_first();
  if (!tails.along().shorter())
    return {t % row, t / row, Expr()};
  if (row == 0)
    return {0, t, Halide::Internal::const_true()};
  const Expr is_other = t >= first && t < first + rows * row;
  const Expr other = clamp(t - first, 0, rows * row - 1);
  const Expr last_y = select(t < first, min(t, rows - 1), clamp(t - rows * row, 0, rows - 1));
  return {select(likely(is_other), other % row, row), select(likely(is_other), other / row, last_y),
          !is_other};
}

/// Its number.
Expr tile_number(const WinogradTails &tails, const Expr &x, const Expr &y) {
  const int rows = tails.down().tiles, row = tails.row(), first = tails.columns_first();
  if (!tails.along().shorter())
    return y * row + x;
  return select(x < row, first + y * row + x, select(y < first, y, rows * row + y));
}

/// Products of a point begin with the first tile that needs them.
Expr product_number(const WinogradTails &tails, const Expr &t, const Expr &lost_along) {
  const int first = tails.first(true);
  return first == 0 ? t : select(lost_along, (t + (tails.tiles() - first)) % tails.tiles(), t);
}

void define_input_transform(Winograd &w, const Problem &problem, const Plan &plan, const Input &input) {
  const auto &[c, k, b, o, g, t, p, q, x, y, n] = w.v;
  const WinogradPart &tiles = plan.winograd();
  const convforge_winograd down = winograd_axis(problem.height(), tiles.outputs_h);
  const convforge_winograd along = winograd_axis(problem.width(), tiles.outputs_w);
  const WinogradTails tails(problem, plan);
  std::vector<Expr> lines, row_values;
  const Expr first_column = y % w.parts * (w.tiles_x * tiles.outputs_w * problem.width().stride);
  for (int i = 0; i < down.points; i++) {
    lines.push_back(padded(problem, input, g * problem.group_in() + c, first_column + x,
                           y / w.parts * tiles.outputs_h * problem.height().stride + i, n));
  }
  const bool shorter = tails.down().shorter();
  w.rows(c, x, y, p, g, n) =
      input_row(p, down, tails.down(), shorter ? y == tails.down().tiles - 1 : Expr(), lines);
  const int images = tiles.images_per_task;
  const TilePosition tile = w.parts > 1 ? TilePosition{t % w.tiles_x, t / w.tiles_x, Expr()}
                                        : tile_position(tails, images > 1 ? t / images : t);
  const Expr image = images > 1 ? n * images + t % images : Expr(n);
  for (int j = 0; j < along.points; j++)
    row_values.push_back(
        w.rows(c, tile.x * tiles.outputs_w * problem.width().stride + j, tile.y, p, g, image));
  w.transformed(c, t, q, p, g, n) = input_row(q, along, tails.along(), tile.in_last_column, row_values);
}

/// Which tile of V a register tile's `tile` is, for a point; leaves out the register tiles that need no
/// computing, by a test that stands outside of the loop over channels.
Expr choose_tiles(Winograd &w, const Problem &problem, const Plan &plan, const WinogradTails &tails) {
  const auto &[c, k, b, o, g, t, p, q, x, y, n] = w.v;
  const int register_tile = plan.regions.front().tile_w;
  const Expr lost_down = is_lost(p, winograd_axis(problem.height(), plan.winograd().outputs_h), tails.down());
  const Expr lost_along =
      is_lost(q, winograd_axis(problem.width(), plan.winograd().outputs_w), tails.along());
  const auto end = [&](bool lost) {
    return select(lost_along, register_tile * tails.computed(lost, true),
                  register_tile * tails.computed(lost, false));
  };
  w.channels.where(w.first < select(lost_down, end(true), end(false)));
  const Expr start = w.first + select(lost_along, tails.first(true), 0);
  return t + min(start, tails.tiles() - register_tile); // what is left out may lie outside
}

void define_product(Winograd &w, const Problem &problem, const Plan &plan) {
  const auto &[c, k, b, o, g, t, p, q, x, y, n] = w.v;
  const WinogradPoints down = winograd_points(problem.height(), plan.winograd().outputs_h);
  const WinogradPoints along = winograd_points(problem.width(), plan.winograd().outputs_w);
  const int lanes = plan.broadcast_lanes, register_tile = plan.regions.front().tile_w;
  const WinogradTails tails(problem, plan);
  w.channels = Halide::RDom(0, problem.group_in(), "channels");
  const Expr tile = tails.used() ? choose_tiles(w, problem, plan, tails) : Expr(t);
  Expr input = w.transformed(w.channels, tile, q, p, g, n);
  if (lanes > 1) {
    const Halide::Var vector("vector");
    w.channel_lanes = Halide::Func("channel_lanes");
    w.channel_lanes(w.i, t, w.first, vector, q, p, g, n) =
        w.transformed(vector * lanes + w.i, tile, q, p, g, n);
    input = w.channel_lanes(w.channels % lanes, t, w.first, w.channels / lanes, q, p, g, n);
  }
  w.sum(k, t, w.first, q, p, b, g, n) = 0.0f;
  w.sum(k, t, w.first, q, p, b, g, n) +=
      input * w.packed(k, w.channels, filter_point(along, q), filter_point(down, p), b, g);
  w.product(k, t, q, p, b, g, n) =
      tails.used() ? w.sum(k, t % register_tile, t / register_tile * register_tile, q, p, b, g, n)
                   : w.sum(k, t, 0, q, p, b, g, n);
}

void define_output_transform(Winograd &w, const Problem &problem, const Plan &plan) {
  const auto &[c, k, b, o, g, t, p, q, x, y, n] = w.v;
  const WinogradPart &tiles = plan.winograd();
  const convforge_winograd down = winograd_axis(problem.height(), tiles.outputs_h);
  const convforge_winograd along = winograd_axis(problem.width(), tiles.outputs_w);
  const int block = plan.regions.front().block;
  const WinogradTails tails(problem, plan);
  const int images = tiles.images_per_task; // columns' t is a place in an image, and n the image
  const Expr tile = images > 1 ? t * images + n % images : Expr(t), task = images > 1 ? n / images : Expr(n);
  const Expr number = tails.used() ? product_number(tails, tile, is_lost(q, along, tails.along())) : tile;
  std::vector<Expr> lines;
  for (int i = 0; i < down.points; i++)
    lines.push_back(w.product(o % block, number, q, i, o / block, g, task));
  w.columns(o, q, y, t, g, n) = row(y, upper_left(down.output, down.outputs, down.points), lines);
  const auto value = [&](const Expr &column, const Expr &line) {
    const Expr place = tile_number(tails, column / tiles.outputs_w, line / tiles.outputs_h);
    std::vector<Expr> row_values;
    for (int j = 0; j < along.points; j++)
      row_values.push_back(w.columns(o, j, line % tiles.outputs_h, place, g, n));
    return row(column % tiles.outputs_w, upper_left(along.output, along.outputs, along.points), row_values);
  };
  const auto epilogue = [&](const Expr &sum, const Expr &column, const Expr &line) {
    return epilogue_of(problem, sum, w.operands, {o, g}, {o, g, column, line, n});
  };
  w.output(o, g, x, y, n) = stored_of_tile(problem, {value, epilogue}, x, y);
}

void make_parameters(Winograd &w, const Problem &problem, const Plan &plan, const std::string &suffix) {
  const Region &region = plan.regions.front();
  const int block = region.block, channels = problem.group_in();
  w.packed = ImageParam(halide_type(packed_type(problem, plan)), 6, "packed" + suffix);
  const int rows = winograd_points(problem.height(), plan.winograd().outputs_h).filter_points;
  const int columns = winograd_points(problem.width(), plan.winograd().outputs_w).filter_points;
  fix(w.packed, {{block, 1},
                 {channels, block},
                 {columns, channels * block},
                 {rows, columns * channels * block},
                 {region.blocks(), rows * columns * channels * block},
                 {problem.groups, region.blocks() * rows * columns * channels * block}});
  w.operands = make_epilogue_parameters(problem, suffix);
}

} // namespace

Winograd make_winograd(const Problem &problem, const Plan &plan, const Input &input,
                       const std::string &suffix) {
  Winograd w;
  const WinogradPart &tiles = plan.winograd();
  w.tiles_x = ceil_div(plan.columns_per_task, tiles.outputs_w);
  const int columns = w.tiles_x * tiles.outputs_w;
  w.parts = ceil_div(problem.width().output, columns);
  const WinogradPoints down = winograd_points(problem.height(), tiles.outputs_h);
  const WinogradPoints along = winograd_points(problem.width(), tiles.outputs_w);
  w.points_x = along.points;
  w.points_y = down.points;
  w.rows = Halide::Func("rows");
  w.transformed = Halide::Func("transformed");
  w.sum = Halide::Func("sum");
  w.product = Halide::Func("product");
  w.columns = Halide::Func("columns");
  w.output = Halide::Func("output");
  make_parameters(w, problem, plan, suffix);
  define_input_transform(w, problem, plan, input);

  define_product(w, problem, plan);
  define_output_transform(w, problem, plan);
  fix_like_output(w.output.output_buffer(), problem.output_strides(), with_stored_outputs(problem));
  return w;
}

} // namespace convforge
