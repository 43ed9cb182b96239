// Compares a whole output with the oracle.
#pragma once

#include "problem/problem.hpp"
#include "verify/bound.hpp"
#include "verify/fill.hpp"
#include "verify/winograd_bound.hpp"

#include <span>
#include <string>
#include <vector>

namespace convforge {

/// The element whose error is largest in proportion to its tolerance.
struct Worst {
  std::size_t index = 0;
  double actual = 0, expected = 0, error = 0, tolerance = 0;
  bool passed = true;
};

/// How far `actual` is outside what is expected, in tolerances: 0 is right, above 1 is wrong.
double excess(double actual, const Expected &expected);

/// Finds the worst of an output's elements, which are shown to it one after another.
class WorstSearch {
public:
  void see(double actual, const Expected &expected, double excess);
  const Worst &worst() const { return worst_; }

private:
  Worst worst_;
  std::size_t seen_ = 0;
  double most_ = -1;
};

/// The expected output for one set of tensors, computed once and compared with any number of runs.
class Reference {
public:
  /// Whole numbers must come out as the same floats as far as the epilogue is exact; for others the bound
  /// holds. With Winograd the bound holds for all; NaN and Inf must reach at least the outputs whose window
  /// holds them, and may reach their tiles.
  /// `tiles`: of each piece, or of the whole problem where it has none.
  Reference(const Problem &problem, const Tensors &tensors, Fill kind,
            const std::vector<WinogradTile> &tiles = {WinogradTile{}});
  Worst compare(std::span<const float> output) const;

private:
  struct Output {
    Expected expected;
    std::vector<Expected> or_else; ///< where NaN is right, these are, too
    bool anything = false;         ///< in a Winograd tile that NaN or Inf has reached
  };
  /// From the convolution's outputs to those of the pooling behind it.
  void pool(const Problem &problem);
  double excess_of(const Output &expected, float actual) const;

  std::vector<Output> outputs_;
};

/// The output channel of an element of the convolution's output.
std::size_t channel_of(const Problem &problem, std::size_t index);
/// "output (0, 3, 2, 7)": where an element lies, in the order of the problem's layout.
std::string position(const Problem &problem, std::size_t index);

} // namespace convforge
