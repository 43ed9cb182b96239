/* Every comparison is false for NaN, so that NaN comes through. */
#include "activation.h"

#include <math.h>

static double at_least(double x, double low) {
  return x < low ? low : x;
}

static double clamp(double x, double low, double high) {
  return x > high ? high : at_least(x, low);
}

/* 1 / (1 + exp(-x)) without overflow: exp is taken of what is not positive. */
static double logistic(double x) {
  const double e = exp(-fabs(x));
  return x < 0 ? e / (1 + e) : 1 / (1 + e);
}

/* log(1 + exp(x)), likewise. */
static double log_1_exp(double x) {
  return at_least(x, 0) + log1p(exp(-fabs(x)));
}

/* x * gate, which tends to 0 where the gate does. */
static double gated(double x, double gate) {
  return gate == 0 ? 0 : x * gate;
}

/* 0.5 (1 + tanh z) = logistic(2 z), z = sqrt(2/pi) (x + 0.044715 x^3): Hendrycks & Gimpel 2016. */
static double tanh_gate(double x) {
  return logistic(2 * 0.79788456080286535588 * (x + 0.044715 * x * x * x));
}

double convforge_activate(const convforge_op *op, double x) {
  switch ((convforge_activation)op->activation) {
  case CONVFORGE_RELU:
    return at_least(x, 0);
  case CONVFORGE_RELU6:
    return clamp(x, 0, 6);
  case CONVFORGE_LEAKY_RELU:
    return x < 0 ? op->a * x : x;
  case CONVFORGE_CLIP:
    return clamp(x, op->a, op->b);
  case CONVFORGE_SIGMOID:
    return logistic(x);
  case CONVFORGE_TANH:
    return tanh(x);
  case CONVFORGE_SILU:
    return gated(x, logistic(x));
  case CONVFORGE_HARD_SIGMOID:
    return clamp(x / 6 + 0.5, 0, 1);
  case CONVFORGE_HARD_SWISH:
    return gated(x, clamp(x / 6 + 0.5, 0, 1));
  case CONVFORGE_GELU:
    return gated(x, 0.5 * erfc(-x * 0.70710678118654752440)); /* sqrt(1/2) */
  case CONVFORGE_GELU_TANH:
    return gated(x, tanh_gate(x));
  case CONVFORGE_ELU:
    return x < 0 ? op->a * expm1(x) : x;
  case CONVFORGE_SOFTPLUS:
    return log_1_exp(x);
  case CONVFORGE_MISH:
    return gated(x, tanh(log_1_exp(x)));
  }
  return NAN;
}
