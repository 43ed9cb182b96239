/* The activations in float64. Every comparison with NaN is false, so that NaN comes through; at +-Inf the
 * value is the limit. Nothing overflows on the way from a finite argument, and nothing cancels that need
 * not. */
#include "convforge/generic.h"

#include <math.h>

static double clip(double x, double low, double high) {
  return x < low ? low : x > high ? high : x;
}

/* 1 / (1 + e^-x), with the exponential of a negative number only. */
static double sigmoid(double x) {
  const double e = exp(-fabs(x));
  return x < 0 ? e / (1 + e) : 1 / (1 + e);
}

/* log(1 + e^x). */
static double softplus(double x) {
  return (x < 0 ? 0 : x) + log1p(exp(-fabs(x)));
}

/* x times a gate in [0, 1]. A gate of zero wins over an infinite x. */
static double gated(double x, double gate) {
  return gate == 0 ? copysign(0, x) : x * gate;
}

/* relu6(x + 3) / 6, as in PyTorch and Keras 3. */
static double hard_sigmoid(double x) {
  return clip(x + 3, 0, 6) / 6;
}

/* x Phi(x); the tail of Phi comes from erfc, where 1 + erf would cancel. */
static double gelu(double x) {
  return gated(x, erfc(-x / 1.41421356237309504880) / 2); /* sqrt(2) */
}

/* x (1 + tanh u) / 2 with u = sqrt(2 / pi) (x + 0.044715 x^3): Hendrycks & Gimpel 2016. (1 + tanh u) / 2 is
 * sigmoid(2 u). */
static double gelu_tanh(double x) {
  return gated(x, sigmoid(2 * 0.79788456080286535588 * (x + 0.044715 * x * x * x)));
}

/* A slope of zero wins over an infinite x. */
static double leaky_relu(double x, double slope) {
  if (!(x < 0))
    return x;
  return slope == 0 ? 0 : slope * x;
}

double convforge_activate(int32_t activation, double a, double b, double x) {
  switch ((convforge_activation)activation) {
  case CONVFORGE_RELU:
    return x < 0 ? 0 : x;
  case CONVFORGE_RELU6:
    return clip(x, 0, 6);
  case CONVFORGE_LEAKY_RELU:
    return leaky_relu(x, a);
  case CONVFORGE_CLIP:
    return clip(x, a, b);
  case CONVFORGE_SIGMOID:
    return sigmoid(x);
  case CONVFORGE_TANH:
    return tanh(x);
  case CONVFORGE_SILU:
    return gated(x, sigmoid(x));
  case CONVFORGE_HARD_SIGMOID:
    return hard_sigmoid(x);
  case CONVFORGE_HARD_SWISH:
    return gated(x, hard_sigmoid(x));
  case CONVFORGE_GELU:
    return gelu(x);
  case CONVFORGE_GELU_TANH:
    return gelu_tanh(x);
  case CONVFORGE_ELU:
    return x < 0 ? a * expm1(x) : x;
  case CONVFORGE_SOFTPLUS:
    return softplus(x);
  case CONVFORGE_MISH:
    return gated(x, tanh(softplus(x)));
  }
  return NAN;
}
