#include "verify/compare.hpp"

#include "verify/bound.hpp"
#include "verify/npy.hpp"
#include "verify/oracle.hpp"

#include <cmath>
#include <limits>

namespace convforge {
namespace {

std::size_t channel(const Problem &problem, std::size_t index) {
  if (problem.layout == Layout::nhwc)
    return index % problem.out_channels;
  return index / (static_cast<std::size_t>(problem.height.output) * problem.width.output) %
         problem.out_channels;
}

/// How far `actual` is outside what is expected, in tolerances: 0 is right, above 1 is wrong.
double excess(float actual, double expected, double tolerance) {
  if (std::isnan(expected) || std::isnan(actual))
    return std::isnan(expected) == std::isnan(actual) ? 0 : std::numeric_limits<double>::infinity();
  if (actual == expected)
    return 0;
  const double error = std::abs(actual - expected);
  return tolerance > 0 ? error / tolerance : std::numeric_limits<double>::infinity();
}

} // namespace

Reference::Reference(const Problem &problem, const Tensors &tensors, Fill kind) {
  const Sums sums = convolve(problem, tensors.input, tensors.weights);
  const bool exact_sums = kind == Fill::integer, exact = exact_sums && is_exact(problem.epilogue);
  const std::int64_t n = exact_sums ? 0 : taps(problem);
  for (std::size_t i = 0; i < sums.value.size(); ++i) {
    Element element{sums.value[i], exact_sums ? 0 : sums.magnitude[i]};
    if (!tensors.bias.empty())
      element.bias = tensors.bias[channel(problem, i)];
    if (!tensors.residual.empty())
      element.residual = tensors.residual[i];
    const Expected e = exact ? expect_exact(problem.epilogue, element) : expect(problem.epilogue, n, element);
    value_.push_back(e.value);
    tolerance_.push_back(e.tolerance);
  }
}

Worst Reference::compare(std::span<const float> output) const {
  Worst worst;
  double most = -1;
  for (std::size_t i = 0; i < value_.size() && i < output.size(); ++i) {
    const double now = excess(output[i], value_[i], tolerance_[i]);
    if (now <= most)
      continue;
    most = now;
    worst = {i, output[i], value_[i], std::abs(output[i] - value_[i]), tolerance_[i], now <= 1};
  }
  if (output.size() != value_.size())
    worst.passed = false;
  return worst;
}

std::string position(const Problem &problem, std::size_t index) {
  std::vector<std::int64_t> at = problem.output_shape();
  for (std::size_t axis = at.size(); axis-- > 0;) {
    const auto extent = static_cast<std::size_t>(at[axis]);
    at[axis] = static_cast<std::int64_t>(index % extent);
    index /= extent;
  }
  return "output " + shape_text(at);
}

} // namespace convforge
