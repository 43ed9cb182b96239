#include "algorithms/convolution.hpp"

#include "algorithms/halide_type.hpp"
#include "algorithms/requantise.hpp"
#include "algorithms/stored_once.hpp"
#include "algorithms/tensor_dims.hpp"
#include "plan/dot_runs.hpp"
#include "plan/fused_pixels.hpp"
#include "plan/packed_tables.hpp"
#include "plan/packed_type.hpp"

#include <algorithm>
#include <limits>

namespace convforge {

namespace {

using Halide::Expr;
using Halide::ImageParam;

/// Groups and channels per group as the output's dimensions see them: depthwise blocks all channels together.
struct Groups {
  int count, channels;
};

Groups output_groups(const Problem &problem, const Plan &plan) {
  if (plan.channelwise())
    return {1, problem.out_channels};
  return {problem.groups, problem.group_out()};
}

template <typename Parameter>
void fix_dims(const Parameter &parameter, const Strides &strides, const Problem &problem, const Plan &plan,
              const Region &region) {
  const TensorSteps stride = steps_of(strides);
  const Groups groups = output_groups(problem, plan);
  fix(parameter, {{std::min(region.block, region.channels), stride.k},
                  {region.blocks(), region.block * stride.k},
                  {groups.count, groups.channels * stride.k},
                  {problem.width().output, stride.x},
                  {problem.height().output, stride.y},
                  {problem.depth().output, stride.z},
                  {problem.batch, stride.n}});
}

ImageParam make_packed_dots(const Problem &problem, const Plan &plan, const Region &region,
                            const std::string &name) {
  ImageParam packed(halide_type(packed_type(problem, plan)), 8, name);
  const DotRuns runs = dot_runs(problem, plan);
  const int element = operands_of(plan.dot).elements, dot = element * region.block;
  const int r = problem.height().kernel, t = problem.depth().kernel;
  const int run = runs.dots * dot, row = runs.runs * run, plane = r * row, all = t * plane;
  fix(packed, {{element, 1},
               {region.block, element},
               {runs.dots, dot},
               {runs.runs, run},
               {r, row},
               {t, plane},
               {region.blocks(), all},
               {output_groups(problem, plan).count, region.blocks() * all}});
  return packed;
}

ImageParam make_packed(const Problem &problem, const Plan &plan, const Region &region,
                       const std::string &name) {
  if (problem.types.quantised())
    return make_packed_dots(problem, plan, region, name);
  ImageParam packed(halide_type(packed_type(problem, plan)), 7, name);
  const int c = plan.channelwise() ? 1 : problem.group_in();
  const int s = problem.width().kernel, r = problem.height().kernel, t = problem.depth().kernel;
  const int column = c * region.block, row = s * column, plane = r * row, all = t * plane;
  fix(packed, {{region.block, 1},
               {c, region.block},
               {s, column},
               {r, row},
               {t, plane},
               {region.blocks(), all},
               {output_groups(problem, plan).count, region.blocks() * all}});
  return packed;
}

/// Is a tap's weight other than zero? In bits, one word after the other: a constant where taps are written
/// out, else a test outside of the loop over channels.
Expr is_used(const Problem &problem, const Halide::RDom &taps) {
  constexpr int bits = 32;
  const int columns = problem.width().kernel, rows = problem.height().kernel;
  const auto words = static_cast<std::size_t>(ceil_div(problem.volume(&Axis::kernel), bits));
  std::vector<std::uint32_t> used(words, ~0u);
  for (const int tap : problem.zeros.taps)
    used[tap / bits] &= ~(1u << tap % bits);
  const Expr tap = (taps.w * rows + taps.z) * columns + taps.y;
  Expr word = Expr(used.back());
  for (int i = static_cast<int>(words) - 2; i >= 0; i--)
    word = select(tap < (i + 1) * bits, Expr(used[i]), word);
  return (word >> Halide::cast<std::uint32_t>(tap % bits) & Expr(1u)) != Expr(0u);
}

Pixel pixel_under(const OutputVars &v, const Problem &problem, const Plan &plan) {
  if (!plan.fuses_pixels())
    return {v.x, v.y, v.n};
  const int width = problem.width().output, height = problem.height().output;
  if (!fuses_images(problem, plan))
    return {v.x % width, v.x / width, v.n};
  return {v.x % width, v.x / width % height, v.x / (width * height)};
}

} // namespace

void fix_like_output(const Halide::OutputImageParam &parameter, const Strides &strides,
                     const Problem &problem, const Plan &plan, const Region &region) {
  fix_dims(parameter, strides, problem, plan, region);
}

std::vector<ImageParam> region_tables(const Problem &problem, const Plan &plan, const Region &region,
                                      const std::string &suffix) {
  std::vector<ImageParam> tables;
  for (const PackedTable &table : packed_tables(problem)) {
    tables.emplace_back(halide_type(table.type), 3, std::string(table.name) + "_" + suffix);
    fix(tables.back(), {{region.block, 1},
                        {region.blocks(), region.block},
                        {output_groups(problem, plan).count, region.blocks() * region.block}});
  }
  return tables;
}

std::vector<ImageParam> region_operands(const Problem &problem, const Plan &plan, const Region &region,
                                        const std::string &suffix) {
  const Groups groups = output_groups(problem, plan);
  return epilogue_parameters(
      problem, 3, 7, "_" + suffix,
      [&](const ImageParam &parameter) {
        fix(parameter, {{std::min(region.block, region.channels), 1},
                        {region.blocks(), region.block},
                        {groups.count, groups.channels}});
      },
      [&](const ImageParam &parameter) {
        fix_dims(parameter, problem.residual_strides(), problem, plan, region);
      });
}

ImageParam make_input(const Problem &problem, const std::string &suffix) {
  ImageParam input(halide_type(problem.types.source), 4, "input" + suffix);
  const TensorSteps stride = steps_of(problem.input_strides());
  const int w = problem.width().input, c = problem.in_channels;
  const int rows = rows_of_planes(problem), row = row_step(problem);
  if (problem.layout == Layout::nhwc)
    fix(input, {{(w - 1) * stride.x + c, 1}, {1, stride.n}, {rows, row}, {problem.batch, stride.n}});
  else
    fix(input, {{w, 1}, {c, stride.k}, {rows, row}, {problem.batch, stride.n}});
  return input;
}

Halide::RDom declare_taps(const Convolution &conv, const Problem &problem, int channels) {
  const Axis &d = problem.depth();
  Halide::RDom taps({{0, channels}, {0, problem.width().kernel}, {0, problem.height().kernel}, {0, d.kernel}},
                    "taps");
  if ((d.pad_begin > 0 || d.pad_end > 0) && problem.pads_with() == PaddingMode::zeros) {
    // Both signs at once, in bits, from which Halide learns nothing about the plane. From comparisons it
    // concludes that Image::at's promise to stay in the image is not needed and drops it, and when it then
    // collects what is read of the input, it has lost the condition: planes are fused with images.
    const Expr plane = conv.v.z * d.stride + taps.w * d.dilation - d.pad_begin;
    const Expr signs = plane | (d.input - 1 - plane);
    taps.where((signs & std::numeric_limits<int>::min()) == 0);
  }
  if (!problem.zeros.taps.empty())
    taps.where(is_used(problem, taps));
  return taps;
}

void pass_over_rows(Convolution &conv, const Axis &h) {
  const Expr row = conv.v.y * h.stride + conv.taps.z * h.dilation - h.pad_begin;
  if (h.pad_begin > 0)
    conv.taps.where(row >= 0);
  if (h.pad_end > 0)
    conv.taps.where(row < h.input);
}

void pass_over_columns(Convolution &conv, const Axis &w) {
  // Columns are likely to be inside: Halide then writes the tiles at the edges out apart, with the taps of
  // each pixel known, and leaves those in between without a condition.
  const Expr column = conv.v.x * w.stride + conv.taps.y * w.dilation - w.pad_begin;
  if (w.pad_begin > 0)
    conv.taps.where(likely(column >= 0));
  if (w.pad_end > 0)
    conv.taps.where(likely(column < w.input));
}

Expr element_under(const Convolution &conv, const Problem &problem, const Expr &channel, const Expr &column,
                   const Expr &row, const Expr &plane) {
  const auto at = [](const Axis &axis, const Expr &output, const Expr &tap) {
    return output * axis.stride + tap * axis.dilation;
  };
  const Pixel &pixel = conv.pixel;
  return conv.image.at(channel, at(problem.width(), pixel.x, column), at(problem.height(), pixel.y, row),
                       at(problem.depth(), conv.v.z, plane), pixel.n);
}

Expr output_at(const Convolution &conv, const Problem &problem, const Expr &x, const Expr &y) {
  const OutputVars &v = conv.v;
  const std::vector<Expr> at = {v.k, v.b, v.g, x, y, v.z, v.n};
  const std::vector<Expr> channel = {v.k, v.b, v.g};
  return result_of(problem, conv.sum(at), {conv.tables, channel}, conv.operands, channel, at);
}

Convolution make_convolution(const Problem &problem, const Plan &plan, const Region &region,
                             const Input &input, const std::string &suffix) {
  Convolution conv;
  const auto &[k, b, g, x, y, z, n] = conv.v;
  const Problem loops = loop_problem(problem, plan);
  conv.pixel = pixel_under(conv.v, problem, plan);
  conv.image = make_image(problem, plan, input, copied_lanes(plan, region));
  conv.packed = make_packed(problem, plan, region, "packed_" + suffix);
  if (plan.two_weight_pointers())
    conv.packed_odd = make_packed(problem, plan, region, "packed_odd_" + suffix);
  conv.sum = Halide::Func("sum_" + suffix);
  conv.output = Halide::Func("output_" + suffix);
  conv.operands = region_operands(loops, plan, region, suffix);
  if (problem.types.quantised())
    define_dots(conv, problem, plan, region, suffix);
  else if (plan.channelwise())
    define_depthwise(conv, problem, plan, region);
  else if (plan.vector_axis == VectorAxis::input_channel)
    define_direct_by_lanes(conv, problem, plan, region.lanes);
  else
    define_direct(conv, problem, plan, region);
  if (stores_overlap(loops, plan, region))
    define_stored_once(conv, loops, plan, region);
  else
    conv.output(k, b, g, x, y, z, n) = output_at(conv, problem, x, y);
  fix_like_output(conv.output.output_buffer(), loops.output_strides(), loops, plan, region);
  return conv;
}

} // namespace convforge
