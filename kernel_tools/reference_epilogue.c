/* Epilogues in float64, with the error they may add. */
#include "reference.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

enum kind {
  relu,
  relu6,
  leaky_relu,
  clip,
  sigmoid,
  hyperbolic,
  silu,
  hard_sigmoid,
  hard_swish,
  gelu,
  gelu_tanh,
  elu,
  softplus,
  mish,
};

/* `slope` bounds the derivative: an error e before is at most slope * e after (verify/bound.cpp says where it
 * is largest). `least` is allowed in any case, where kernels are not within 4 ulp for they cancel:
 * docs/numerics.md. */
static const struct activation {
  const char *name;
  enum kind kind;
  double slope, least;
} activations[] = {
    {"relu", relu, 1, 0},
    {"relu6", relu6, 1, 0},
    {"leaky_relu", leaky_relu, 1, 0},
    {"clip", clip, 1, 0},
    {"sigmoid", sigmoid, 0.25, 0},
    {"tanh", hyperbolic, 1, 0},
    {"silu", silu, 1.1, 0},
    {"hard_sigmoid", hard_sigmoid, 1.0 / 6, 0},
    {"hard_swish", hard_swish, 1.5, 0},
    {"gelu", gelu, 1.13, 0x1p-24},
    {"gelu_tanh", gelu_tanh, 1.13, 0x1p-24},
    {"elu", elu, 1, 0},
    {"softplus", softplus, 1, 0},
    {"mish", mish, 1.09, 0},
};

static double clamp(double x, double low, double high) {
  return fmin(fmax(x, low), high);
}
static double logistic(double x) {
  return x < 0 ? exp(x) / (1 + exp(x)) : 1 / (1 + exp(-x));
}
static double log_1_exp(double x) {
  return fmax(x, 0) + log1p(exp(-fabs(x)));
}

static double evaluate(enum kind kind, double x, double a, double b) {
  switch (kind) {
  case relu:
    return fmax(x, 0);
  case relu6:
    return clamp(x, 0, 6);
  case leaky_relu:
    return x < 0 ? a * x : x;
  case clip:
    return clamp(x, a, b);
  case sigmoid:
    return logistic(x);
  case hyperbolic:
    return tanh(x);
  case silu:
    return x * logistic(x);
  case hard_sigmoid:
    return clamp(x / 6 + 0.5, 0, 1);
  case hard_swish:
    return x * clamp(x / 6 + 0.5, 0, 1);
  case gelu:
    return 0.5 * x * erfc(-x * sqrt(0.5));
  /* 0.5 (1 + tanh z) = logistic(2 z), z = sqrt(2/pi) (x + 0.044715 x^3): Hendrycks & Gimpel 2016. */
  case gelu_tanh:
    return x * logistic(2 * sqrt(2 / acos(-1.0)) * (x + 0.044715 * x * x * x));
  case elu:
    return x < 0 ? a * expm1(x) : x;
  case softplus:
    return log_1_exp(x);
  case mish:
    return x * tanh(log_1_exp(x));
  }
  return NAN;
}

/* Four times the distance between float32 numbers of this size. */
static double four_ulp(double size) {
  int exponent = size > 0 ? ilogb(size) : -126;
  return ldexp(4, (exponent > -126 ? exponent : -126) - 23);
}

/* One more float32 rounding of a value. */
static double rounding(double value) {
  return ldexp(fabs(value), -24);
}

static reference_value activate(const struct activation *activation, reference_value sum, double a,
                                double b) {
  reference_value y = {evaluate(activation->kind, sum.value, a, b), 0};
  int scaled = activation->kind == leaky_relu || activation->kind == elu; /* as steep as their number */
  double slope = scaled ? fmax(1, fabs(a)) : activation->slope;
  double carried = slope * sum.allowed;
  y.allowed = carried + fmax(four_ulp(fabs(y.value) + carried), activation->least);
  return y;
}

/* A float32 operation with the exact result `value`, of what may be `carried` away from exact. */
static reference_value rounded(double value, double carried) {
  return (reference_value){value, carried + rounding(fabs(value) + carried)};
}

/* The product of a factor. */
static reference_value multiplied(reference_value v, double factor) {
  return rounded(v.value * factor, v.allowed * fabs(factor));
}

/* The product where v is below zero: as steep as the slope there, and 1 above. */
static reference_value with_slope(reference_value v, double slope) {
  return rounded(v.value < 0 ? v.value * slope : v.value, v.allowed * fmax(1, fabs(slope)));
}

static int is(const char *operation, size_t length, const char *name) {
  return strlen(name) == length && !strncmp(operation, name, length);
}

/* Takes its operand, if it has one, from *operands. */
static reference_value apply(const char *operation, size_t length, reference_value v,
                             const double **operands) {
  size_t name = strcspn(operation, ":,");
  double a = 0, b = 0;
  if (name < length) {
    char *end;
    a = strtof(operation + name + 1, &end); /* the epilogue's numbers are float32 */
    b = *end == ':' ? strtof(end + 1, NULL) : 0;
  }
  if (is(operation, name, "bias") || is(operation, name, "residual"))
    return rounded(v.value + *(*operands)++, v.allowed);
  if (is(operation, name, "scale"))
    return multiplied(v, *(*operands)++);
  if (is(operation, name, "prelu"))
    return with_slope(v, *(*operands)++);
  if (is(operation, name, "affine")) {
    const reference_value product = multiplied(v, a);
    return rounded(product.value + b, product.allowed);
  }
  for (size_t i = 0; i < sizeof activations / sizeof activations[0]; i++)
    if (is(operation, name, activations[i].name))
      return activate(&activations[i], v, a, b);
  v.value = NAN; /* an operation this table lacks must not pass */
  return v;
}

reference_value reference_epilogue(const char *text, reference_value sum, const double *operands) {
  while (*text) {
    size_t length = strcspn(text, ",");
    sum = apply(text, length, sum, &operands);
    text += length + (text[length] == ',');
  }
  return sum;
}
