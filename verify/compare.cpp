#include "verify/compare.hpp"

#include "problem/operand.hpp"
#include "verify/element.hpp"
#include "verify/layout.hpp"
#include "verify/npy.hpp"
#include "verify/oracle.hpp"
#include "verify/pooled_reference.hpp"

#include <cmath>
#include <limits>
#include <utility>

namespace convforge {
namespace {

constexpr double infinity = std::numeric_limits<double>::infinity();

Element element_of(const Problem &problem, const std::vector<Operand> &operands, const Tensors &tensors,
                   std::size_t i, double sum, double magnitude) {
  Element element{sum, magnitude, {}};
  for (std::size_t j = 0; j < operands.size(); ++j)
    element.operands.push_back(tensors.epilogue[j][operands[j].by_channel() ? channel_of(problem, i) : i]);
  return element;
}

} // namespace

double excess(double actual, const Expected &e) {
  const double expected = e.value, tolerance = e.tolerance;
  if (std::isnan(expected) || std::isnan(actual))
    return std::isnan(expected) == std::isnan(actual) ? 0 : infinity;
  if (actual == expected)
    return 0;
  if (e.overflows && std::isinf(actual))
    return std::signbit(actual) == std::signbit(expected) ? 0 : infinity;
  const double error = std::abs(actual - expected);
  return tolerance > 0 ? error / tolerance : infinity;
}

void WorstSearch::see(double actual, const Expected &expected, double excess) {
  const std::size_t index = seen_++;
  if (excess <= most_)
    return;
  most_ = excess;
  const auto [value, tolerance, overflows] = expected;
  worst_ = {index, actual, value, std::abs(actual - value), tolerance, excess <= 1};
}

Reference::Reference(const Problem &problem, const Tensors &tensors, Fill kind,
                     const std::vector<WinogradTile> &tiles) {
  const std::vector<Operand> operands = epilogue_operands(problem);
  const Sums sums = convolve(problem, tensors.input, tensors.weights);
  const WinogradTerms terms = winograd_terms(problem, tensors.input, tensors.weights, tiles);
  const bool exact_sums = kind == Fill::integer, exact = exact_sums && is_exact(problem.epilogue);
  for (std::size_t i = 0; i < sums.value.size(); ++i) {
    const auto expected = [&](double sum, double magnitude, std::int64_t roundings) {
      return expect(problem.epilogue, roundings, element_of(problem, operands, tensors, i, sum, magnitude));
    };
    if (const std::int64_t n = terms.roundings_of(i)) {
      outputs_.push_back({expected(sums.value[i], terms.magnitudes[i], n), {}, false});
      if (!std::isfinite(sums.value[i])) {
        // The sum is NaN or Inf, whichever the transforms make of it.
        outputs_.back() = {{std::numeric_limits<double>::quiet_NaN()},
                           {expected(infinity, 0, n), expected(-infinity, 0, n)},
                           false};
      } else if (!std::isfinite(terms.magnitudes[i])) {
        outputs_.back().anything = true;
      }
    } else if (exact) {
      outputs_.push_back(
          {expect_exact(problem.epilogue, element_of(problem, operands, tensors, i, sums.value[i], 0)),
           {},
           false});
    } else {
      outputs_.push_back({exact_sums ? expected(sums.value[i], 0, 0)
                                     : expected(sums.value[i], sums.magnitude[i], taps(problem)),
                          {},
                          false});
    }
  }
  if (problem.pools())
    pool(problem);
  for (Output &output : outputs_) {
    store(output.expected, problem.types.destination);
    for (Expected &other : output.or_else)
      store(other, problem.types.destination);
  }
}

void Reference::pool(const Problem &problem) {
  std::vector<Output> pooled_outputs(elements(problem.output_shape()));
  for (std::size_t i = 0; i < pooled_outputs.size(); ++i) {
    std::vector<Expected> window;
    for_each_in_window(problem, i, [&](std::size_t at) {
      window.push_back(outputs_[at].expected);
      // Whether the largest of NaN and numbers is NaN is not said.
      pooled_outputs[i].anything |= outputs_[at].anything || std::isnan(outputs_[at].expected.value);
    });
    pooled_outputs[i].expected = pooled(problem, window);
  }
  outputs_ = std::move(pooled_outputs);
}

double Reference::excess_of(const Output &expected, float actual) const {
  if (expected.anything)
    return 0;
  for (const Expected &other : expected.or_else)
    if (excess(actual, other) <= 1)
      return 0;
  return excess(actual, expected.expected);
}

Worst Reference::compare(std::span<const float> output) const {
  WorstSearch search;
  for (std::size_t i = 0; i < outputs_.size() && i < output.size(); ++i)
    search.see(output[i], outputs_[i].expected, excess_of(outputs_[i], output[i]));
  Worst worst = search.worst();
  if (output.size() != outputs_.size())
    worst.passed = false;
  return worst;
}

std::size_t channel_of(const Problem &problem, std::size_t index) {
  if (problem.layout == Layout::nhwc)
    return index % problem.out_channels;
  return index / static_cast<std::size_t>(problem.volume(&Axis::output)) % problem.out_channels;
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
