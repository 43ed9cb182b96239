// Constant bounds and strides of a pipeline's tensors.
#pragma once

#include "problem/problem.hpp"

#include <initializer_list>

namespace convforge {

struct Dim {
  int extent;
  int stride; ///< in elements
};

template <typename Parameter>
void fix(Parameter parameter, std::initializer_list<Dim> dims) {
  int d = 0;
  for (const Dim &dim : dims)
    parameter.dim(d++).set_bounds(0, dim.extent).set_stride(dim.stride);
}

/// Elements from one channel, pixel, row, plane and image to the next, as Halide counts them: those of a
/// valid problem fit.
struct TensorSteps {
  int k, x, y, z, n;
};

inline TensorSteps steps_of(const Strides &strides) {
  return {int(strides.c), int(strides.w), int(strides.h), int(strides.d), int(strides.n)};
}

/// Rows of the input from one depth to the next: a slice's planes are whole rows apart (Problem::validate()).
/// Of a lone row, the next one is the next plane's.
inline int plane_rows(const Problem &problem) {
  const Strides strides = problem.input_strides();
  return problem.height().input == 1 ? 1
         : problem.has_depth()       ? int(strides.d / strides.h)
                                     : problem.height().input;
}

/// Elements from a row of the input to the next.
inline int row_step(const Problem &problem) {
  const Strides strides = problem.input_strides();
  return int(problem.has_depth() && problem.height().input == 1 ? strides.d : strides.h);
}

/// Rows of an image from the first of its first depth to the last of its last.
inline int rows_of_planes(const Problem &problem) {
  return (problem.depth().input - 1) * plane_rows(problem) + problem.height().input;
}

} // namespace convforge
