// Arguments of a framework's layer alone and in pairs, with the problem that each is expected to make: of an
// input of 23x29, 8 channels, and 12 filters of 3x5.
#pragma once

#include "error_of.hpp"
#include "problem/problem.hpp"
#include "problem/problem_flags.hpp"

#include <array>
#include <functional>
#include <string>
#include <vector>

namespace convforge {

struct Expected {
  enum class Padding { numbers, same, same_lower };
  std::array<int, 2> stride = {1, 1}, dilation = {1, 1}, pad_begin = {0, 0}, pad_end = {0, 0};
  Padding padding = Padding::numbers;
  int groups = 1;
  bool bias = true, half = false, transposed = false;
  Layout layout = Layout::nhwc;
  std::string activation;
  PaddingMode mode = PaddingMode::zeros;

  Axis axis(std::size_t i) const {
    const int input = i == 0 ? 23 : 29, kernel = i == 0 ? 3 : 5;
    if (transposed)
      return Axis::transposed(input, kernel, pad_begin[i], pad_end[i], stride[i], dilation[i]);
    if (padding == Padding::numbers)
      return Axis::padded(input, kernel, pad_begin[i], pad_end[i], stride[i], dilation[i]);
    const Axis same = Axis::same(input, kernel, stride[i], dilation[i]);
    const int pads = same.pad_begin + std::max(same.pad_end, 0);
    const int begin = padding == Padding::same ? pads / 2 : pads - pads / 2;
    return Axis::padded(input, kernel, begin, pads - begin, stride[i], dilation[i]);
  }

  Problem problem() const {
    Problem problem;
    problem.transposed = transposed, problem.groups = groups, problem.in_channels = 8,
    problem.out_channels = 12;
    problem.height() = axis(0), problem.width() = axis(1);
    problem.layout = layout, problem.padding_mode = mode;
    problem.weights_layout = transposed               ? WeightsLayout::iohw
                             : layout == Layout::nhwc ? WeightsLayout::hwio
                                                      : WeightsLayout::oihw;
    problem.epilogue = Epilogue::parse((bias ? "bias" : "") +
                                       std::string(bias && !activation.empty() ? "," : "") + activation);
    if (half)
      problem.types = {ElementType::f16, ElementType::f16, ElementType::f16};
    return problem;
  }
};

struct Choice {
  std::string argument; ///< NAME=VALUE
  std::function<void(Expected &)> change;
  std::string name() const { return argument.substr(0, argument.find('=')); }
};

/// `check` of each argument alone, and of each two of different names: ", A" and ", A, B".
template <typename Check>
void for_pairs(const std::vector<Choice> &choices, const Check &check, const Expected &plain = {}) {
  for (const Choice &one : choices)
    for (const Choice &other : choices) {
      Expected expected = plain;
      one.change(expected);
      if (&one != &other && one.name() == other.name())
        continue;
      if (&one != &other)
        other.change(expected);
      check(", " + one.argument + (&one == &other ? "" : ", " + other.argument), expected);
    }
}

/// Descriptor and flags, as they are printed.
inline std::string one_line(const Problem &problem) {
  std::string line = problem.descriptor();
  for (const auto &[flag, value] : problem_flags(problem))
    line.append(" ").append(flag).append(" ").append(value);
  return line;
}

} // namespace convforge
