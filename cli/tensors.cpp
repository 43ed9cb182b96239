#include "cli/tensors.hpp"

#include "base/error.hpp"
#include "convforge/elements.h"
#include "problem/dtype.hpp"
#include "verify/npy.hpp"

#include <cstdio>
#include <fmt/format.h>

namespace convforge::cli {
namespace {

using Shape = std::vector<std::int64_t>;

/// What is expected, and the shape the same tensor has in the other layout with the flag that says so.
struct Expectation {
  Shape shape;
  ElementType type;
  std::string axes;
  Shape other_shape;
  std::string other_flag;
};

std::vector<float> read_tensor(const std::string &flag, const std::string &path,
                               const Expectation &expected) {
  if (path.empty())
    fail(flag, "missing", "a .npy file of shape " + shape_text(expected.shape));
  NpyArray array = read_npy(path);
  if (array.from_float64)
    fmt::print(stderr, "convforge: {} {}: float64, converted to float32 (no number changes)\n", flag, path);
  if (array.type != expected.type)
    throw Error(fmt::format("{} {}: {} elements (expected {}, as --dtype says: save array.astype('<f{}'))",
                            flag, path, convforge_dtype_name(dtype_of(array.type)),
                            convforge_dtype_name(dtype_of(expected.type)), bytes_of(expected.type)));
  if (array.shape == expected.shape)
    return std::move(array.values);
  const bool other = array.shape == expected.other_shape;
  throw Error(fmt::format("{} {}: shape {} (expected {}: {}{})", flag, path, shape_text(array.shape),
                          shape_text(expected.shape), expected.axes,
                          other ? "; for this file add " + expected.other_flag : ""));
}

Expectation data(const Problem &problem, ElementType type, Shape (Problem::*shape)() const,
                 const char *channels) {
  Problem other = problem;
  other.layout = problem.layout == Layout::nhwc ? Layout::nchw : Layout::nhwc;
  const char *axes =
      problem.layout == Layout::nhwc ? "batch, height, width, {0}" : "batch, {0}, height, width";
  return {(problem.*shape)(), type, fmt::format(fmt::runtime(axes), channels), (other.*shape)(),
          fmt::format("--layout {}", name_of(other.layout))};
}

void refuse(const std::string &flag, const std::string &path, const std::string &operation) {
  if (!path.empty())
    fail(flag, path, "none: the epilogue has no " + operation + "; add it to --epilogue");
}

} // namespace

std::vector<float> read_input(const Problem &problem, const std::string &path) {
  return read_tensor("--input", path,
                     data(problem, problem.types.source, &Problem::input_shape, "input channels"));
}

std::vector<float> read_weights(const Problem &problem, const std::string &path) {
  Problem other = problem;
  const bool hwio = problem.weights_layout == WeightsLayout::hwio;
  other.weights_layout = hwio ? WeightsLayout::oihw : WeightsLayout::hwio;
  return read_tensor("--weights", path,
                     {problem.weights_shape(), problem.types.weights,
                      hwio ? "kernel height, kernel width, input channels per group, output channels"
                           : "output channels, input channels per group, kernel height, kernel width",
                      other.weights_shape(),
                      fmt::format("--weights-layout {}", name_of(other.weights_layout))});
}

std::vector<float> read_bias(const Problem &problem, const std::string &path) {
  if (!problem.epilogue.has_bias())
    return refuse("--bias", path, "bias"), std::vector<float>();
  return read_tensor("--bias", path,
                     {{problem.out_channels}, problem.types.accumulator(), "output channels", {}, ""});
}

std::vector<float> read_residual(const Problem &problem, const std::string &path) {
  if (!problem.epilogue.has_residual())
    return refuse("--residual", path, "residual"), std::vector<float>();
  return read_tensor("--residual", path,
                     data(problem, problem.types.destination, &Problem::output_shape, "output channels"));
}

} // namespace convforge::cli
