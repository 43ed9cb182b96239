#include "models/folding/leading_pad.hpp"

#include "base/error.hpp"

#include <algorithm>

namespace convforge::models {
namespace {

/// Only what pads with zeros may stand beside padding of the convolution's own.
bool fits(const Pad &pad, const Axis &axis) {
  return pad.mode == PaddingMode::zeros || (axis.pad_begin == 0 && axis.pad_end <= 0);
}

/// The pixels of a product of matrices are the rows of all axes together, of which one cannot be padded.
bool has_axes_of(const Problem &problem, const Shape &tensor, std::size_t first, std::size_t last) {
  bool same = tensor[0] == problem.batch;
  for (std::size_t i = first; i < last; ++i)
    same = same && tensor[i] == problem.axes[3 - (last - i)].input;
  return same;
}

} // namespace

bool take_padding(const Pad &pad, const Shape &tensor, Problem &problem) {
  const std::size_t rank = tensor.size();
  const std::size_t first = problem.layout == Layout::nchw ? 2 : 1, last = first + rank - 2;
  if (problem.transposed || rank < 3 || rank > 5 || pad.begin.size() != rank ||
      (pad.mode == PaddingMode::zeros && pad.value != 0) || problem.pads_with() != PaddingMode::zeros ||
      !has_axes_of(problem, tensor, first, last))
    return false;
  Problem padded = problem;
  for (std::size_t i = 0; i < rank; ++i) {
    const std::int64_t begin = pad.begin[i], end = pad.end[i];
    if (begin == 0 && end == 0)
      continue;
    if (i < first || i >= last || begin < 0 || end < 0)
      return false;
    Axis &axis = padded.axes[3 - (last - i)];
    if (!fits(pad, axis) || begin + end >= axis.input)
      return false;
    axis.input -= static_cast<int>(begin + end);
    axis.pad_begin += static_cast<int>(begin), axis.pad_end += static_cast<int>(end);
  }
  padded.padding_mode = pad.mode;
  try {
    padded.validate();
  } catch (const Error &) {
    return false; // a reflection wider than the input, say
  }
  problem = padded;
  return true;
}

} // namespace convforge::models
