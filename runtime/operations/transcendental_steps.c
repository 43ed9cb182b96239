/* Activations with an exponential, in float64 from floats: rounded to a float once. What is below or above in
 * absolute value than a float can tell needs no care, but x itself may be infinite. */
#include "float_exponential.h"
#include "float_steps.h"

#include <math.h>

/* 1 / (1 + e^-x) */
static inline double sigmoid(double x) {
  const double e = convforge_exponential(-fabs(x));
  return (x < 0 ? e : 1) / (1 + e);
}

/* x times a gate that for `argument` below -700 is 0 as far as floats can tell, and wins over an infinite x.
 */
static inline double gated(double x, double gate, double argument) {
  const double product = x * gate;
  return argument < -700 ? -0.0 : product;
}

/* Where x is so small that 1 - e^-2x has lost digits, the first terms of its series: x^5 is out of reach. */
static inline double tanh_of(double x) {
  const double size = fabs(x), e = convforge_exponential(-2 * size);
  const double large = copysign((1 - e) / (1 + e), x), small = x * (1 - x * x / 3);
  return size < 1e-4 ? small : large;
}

static inline double elu(double x, double a) {
  const double large = convforge_exponential(x) - 1, small = x + x * x / 2 + x * x * x / 6;
  const double below = a * (x > -1e-4 ? small : large);
  return x < 0 ? below : x;
}

/* x tanh(log(1 + e^x)), and tanh(log(1 + e)) = ((1 + e)^2 - 1) / ((1 + e)^2 + 1). */
static inline double mish(double x) {
  const double e = convforge_exponential(x > 40 ? 40 : x), above = e * (e + 2);
  return gated(x, above / (above + 2), x);
}

static inline double gelu_tanh(double x) {
  const double u = 2 * 0.79788456080286535588 * (x + 0.044715 * x * x * x); /* 2 sqrt(2 / pi) */
  return gated(x, sigmoid(u), u);
}

static inline double value_of(int activation, double a, double x) {
  switch (activation) {
  case CONVFORGE_SIGMOID:
    return sigmoid(x);
  case CONVFORGE_TANH:
    return tanh_of(x);
  case CONVFORGE_SILU:
    return gated(x, sigmoid(x), x);
  case CONVFORGE_GELU_TANH:
    return gelu_tanh(x);
  case CONVFORGE_ELU:
    return elu(x, a);
  default:
    return mish(x);
  }
}

/* With a constant activation: one loop without a branch. */
static inline void apply(int activation, double a, float *values, int64_t n) {
  for (int64_t i = 0; i < n; ++i)
    values[i] = (float)value_of(activation, a, values[i]);
}

static void apply_defined(const convforge_op *step, float *values, int64_t n) {
  for (int64_t i = 0; i < n; ++i)
    values[i] = (float)convforge_activate(step->activation, step->a, step->b, values[i]);
}

void convforge_apply_transcendental(const convforge_op *step, float *values, int64_t n) {
  switch ((convforge_activation)step->activation) {
  case CONVFORGE_SIGMOID:
    apply(CONVFORGE_SIGMOID, 0, values, n);
    return;
  case CONVFORGE_TANH:
    apply(CONVFORGE_TANH, 0, values, n);
    return;
  case CONVFORGE_SILU:
    apply(CONVFORGE_SILU, 0, values, n);
    return;
  case CONVFORGE_GELU_TANH:
    apply(CONVFORGE_GELU_TANH, 0, values, n);
    return;
  case CONVFORGE_ELU:
    apply(CONVFORGE_ELU, step->a, values, n);
    return;
  case CONVFORGE_MISH:
    apply(CONVFORGE_MISH, 0, values, n);
    return;
  default:
    apply_defined(step, values, n); /* gelu and softplus: erfc and a logarithm */
  }
}
