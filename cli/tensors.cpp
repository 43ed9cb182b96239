#include "cli/tensors.hpp"

#include "base/error.hpp"
#include "problem/axis.hpp"
#include "verify/npy.hpp"

#include <algorithm>
#include <cstdio>
#include <fmt/format.h>
#include <fmt/ranges.h>
#include <span>

namespace convforge::cli {
namespace {

using Shape = std::vector<std::int64_t>;

/// What is expected, and the shape the same tensor has in the other layout with the flag that says so.
struct Expectation {
  Shape shape;
  std::string axes;
  Shape other_shape;
  std::string other_flag;
  std::size_t first_spatial = 0, spatial = 0; ///< where depth, height and width stand in shape
};

/// The shape without those spatial axes that have one element: what a Conv1D of some other program leaves
/// out, or a Conv3D has beside it.
Shape without_unit_axes(Shape shape, std::size_t first, std::size_t count) {
  const auto begin = shape.begin() + static_cast<std::ptrdiff_t>(first);
  const auto end = std::remove(begin, begin + static_cast<std::ptrdiff_t>(count), 1);
  shape.erase(end, begin + static_cast<std::ptrdiff_t>(count));
  return shape;
}

/// Is it the expected shape but for spatial axes of one element? Row by row the numbers are then the same.
bool fits(const Shape &shape, const Expectation &expected) {
  const std::size_t others = expected.shape.size() - expected.spatial;
  if (shape == expected.shape)
    return true;
  if (shape.size() < others || shape == expected.other_shape)
    return false;
  return without_unit_axes(shape, expected.first_spatial, shape.size() - others) ==
         without_unit_axes(expected.shape, expected.first_spatial, expected.spatial);
}

std::vector<float> read_tensor(const std::string &flag, const std::string &path,
                               const Expectation &expected) {
  if (path.empty())
    fail(flag, "missing", "a .npy file of shape " + shape_text(expected.shape));
  NpyArray array = read_npy(path);
  if (array.from_float64)
    fmt::print(stderr, "convforge: {} {}: float64, converted to float32 (no number changes)\n", flag, path);
  if (fits(array.shape, expected))
    return std::move(array.values);
  const bool other = array.shape == expected.other_shape;
  throw Error(fmt::format("{} {}: shape {} (expected {}: {}{})", flag, path, shape_text(array.shape),
                          shape_text(expected.shape), expected.axes,
                          other ? "; for this file add " + expected.other_flag : ""));
}

/// "depth, height, width", as far as the tensors have them, each with `before` in front.
std::string axes_in_words(const Problem &problem, const std::string &before) {
  std::vector<std::string> names;
  for (const AxisFields &fields : std::span(problem_fields).last(problem.spatial().size()))
    names.push_back(before + std::string(fields.name));
  return fmt::format("{}", fmt::join(names, ", "));
}

Expectation data(const Problem &problem, Shape (Problem::*shape)() const, const char *channels) {
  Problem other = problem;
  other.layout = problem.layout == Layout::nhwc ? Layout::nchw : Layout::nhwc;
  const bool nhwc = problem.layout == Layout::nhwc;
  const std::string axes = axes_in_words(problem, "");
  return {(problem.*shape)(),
          nhwc ? fmt::format("batch, {}, {}", axes, channels) : fmt::format("batch, {}, {}", channels, axes),
          (other.*shape)(),
          fmt::format("--layout {}", name_of(other.layout)),
          nhwc ? 1u : 2u,
          problem.spatial().size()};
}

void refuse(const std::string &flag, const std::string &path, const std::string &operation) {
  if (!path.empty())
    fail(flag, path, "none: the epilogue has no " + operation + "; add it to --epilogue");
}

} // namespace

std::vector<float> read_input(const Problem &problem, const std::string &path) {
  return read_tensor("--input", path, data(problem, &Problem::input_shape, "input channels"));
}

std::vector<float> read_weights(const Problem &problem, const std::string &path) {
  Problem other = problem;
  const bool hwio = problem.weights_layout == WeightsLayout::hwio;
  other.weights_layout = hwio ? WeightsLayout::oihw : WeightsLayout::hwio;
  const std::string taps = axes_in_words(problem, "kernel ");
  return read_tensor("--weights", path,
                     {problem.weights_shape(),
                      hwio ? taps + ", input channels per group, output channels"
                           : "output channels, input channels per group, " + taps,
                      other.weights_shape(),
                      fmt::format("--weights-layout {}", name_of(other.weights_layout)), hwio ? 0u : 2u,
                      problem.spatial().size()});
}

std::vector<float> read_bias(const Problem &problem, const std::string &path) {
  if (!problem.epilogue.has_bias())
    return refuse("--bias", path, "bias"), std::vector<float>();
  return read_tensor("--bias", path, {{problem.out_channels}, "output channels", {}, "", 0, 0});
}

std::vector<float> read_residual(const Problem &problem, const std::string &path) {
  if (!problem.epilogue.has_residual())
    return refuse("--residual", path, "residual"), std::vector<float>();
  return read_tensor("--residual", path, data(problem, &Problem::output_shape, "output channels"));
}

} // namespace convforge::cli
