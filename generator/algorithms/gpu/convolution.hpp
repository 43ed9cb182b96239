// What is computed on a GPU, as Halide algebra with no schedule in it.
#pragma once

#include "plan/gpu_plan.hpp"
#include "problem/problem.hpp"

#include <Halide.h>

#include <vector>

namespace convforge {

/// Direct and pointwise: output channel g * K/g + k, pixel p counted through rows, image n (in NHWC the
/// images are counted through as well, and n is 0). Depthwise: output channel k, pixel p of row y of image n.
struct GpuConvolution {
  Halide::Var k{"k"}, p{"p"}, g{"g"}, y{"y"}, n{"n"};
  Halide::ImageParam input;                 ///< c, x, y, n
  Halide::ImageParam packed;                ///< lane, tap, block, g
  std::vector<Halide::ImageParam> operands; ///< the epilogue's: k, g or as the output
  Halide::RDom taps;                        ///< x: channel (or flat tap), y: kernel column, z: kernel row
  Halide::Func image;       ///< the input with zeros around: (p, c, s, r, g, n); depthwise (k, x, y, n)
  Halide::Func weights;     ///< (k, c, s, r, g); undefined for depthwise, which reads `packed`
  Halide::Func sum, output; ///< (k, p, g, n); depthwise (k, p, y, n)
};

/// `shape` is the problem the loops run over (fused for pointwise). Names begin with the tensors' own.
GpuConvolution make_gpu_convolution(const Problem &shape, const GpuPlan &plan);

// Its parts.
void define_gpu_matrix_product(GpuConvolution &conv, const Problem &shape, const GpuPlan &plan);
void define_gpu_depthwise(GpuConvolution &conv, const Problem &shape, const GpuPlan &plan);
/// The input at padded coordinates: zero outside, and read inside only.
Halide::Expr padded_input(const Halide::ImageParam &input, const Problem &shape, const Halide::Expr &c,
                          const Halide::Expr &x, const Halide::Expr &y, const Halide::Expr &n);

} // namespace convforge
