// The exponential that the smooth activations share.
#pragma once

#include <Halide.h>

#include <initializer_list>

namespace convforge {

/// The polynomial with these coefficients, constant first, by Horner's rule. Ordinary operators: FMAs where
/// there are any.
Halide::Expr polynomial(const Halide::Expr &x, std::initializer_list<float> coefficients);

/// e^t = 2^n (1 + f), with 2^n held as `scale` = 2^(n + bias) so that tiny e^t need not be subnormal.
struct Exponential {
  Halide::Expr scale;
  Halide::Expr fraction; ///< f = e^r - 1, |r| <= ln(2)/2 (plus the tail), relative error below 2^-23

  Halide::Expr scaled() const {
    return scale * (fraction + 1.0f);
  } ///< 2^bias e^t, relative error below 2^-23
  Halide::Expr minus_one() const; ///< e^t - 1; needs bias 0
};

/// For finite t in [-109, 0], n + bias in [-126, 127]. `tail`, in [-0.06, 0], is added to t after the
/// reduction: what float32 could not hold in t.
Exponential exponential(const Halide::Expr &t, int bias, const Halide::Expr &tail = {});

} // namespace convforge
