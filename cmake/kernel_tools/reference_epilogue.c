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

/* `slope` bounds the derivative: an error e before is at most slope * e after. `smooth` ones are approximated
 * by kernels. */
static const struct activation {
  const char *name;
  enum kind kind;
  double slope;
  int smooth;
} activations[] = {
    {"relu", relu, 1, 0},
    {"relu6", relu6, 1, 0},
    {"leaky_relu", leaky_relu, 1, 0},
    {"clip", clip, 1, 0},
    {"sigmoid", sigmoid, 1, 1},
    {"tanh", hyperbolic, 1, 1},
    {"silu", silu, 1.1, 1},
    {"hard_sigmoid", hard_sigmoid, 1, 0},
    {"hard_swish", hard_swish, 1.5, 0},
    {"gelu", gelu, 1.13, 1},
    {"gelu_tanh", gelu_tanh, 1.13, 1},
    {"elu", elu, 1, 1},
    {"softplus", softplus, 1, 1},
    {"mish", mish, 1.1, 1},
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

/* One more float32 rounding of a value. */
static double rounding(double value) {
  return ldexp(fabs(value), -24);
}

static reference_value activate(const struct activation *activation, reference_value sum, double a,
                                double b) {
  reference_value y = {evaluate(activation->kind, sum.value, a, b), 0};
  int scaled = activation->kind == leaky_relu || activation->kind == elu; /* as steep as their number */
  double slope = scaled ? fmax(1, fabs(a)) : activation->slope;
  /* Kernels are within 4 ulp of the exact activation, or 2^-21 absolutely where its value cancels. */
  y.allowed = slope * sum.allowed + 8 * rounding(y.value) + (activation->smooth ? ldexp(1, -21) : 0);
  return y;
}

static reference_value apply(const char *operation, size_t length, reference_value v, double bias,
                             double residual) {
  size_t name = strcspn(operation, ":,");
  double a = 0, b = 0;
  if (name < length) {
    char *end;
    a = strtod(operation + name + 1, &end);
    b = *end == ':' ? strtod(end + 1, NULL) : 0;
  }
  int is_bias = name == 4 && !strncmp(operation, "bias", name);
  if (is_bias || (name == 8 && !strncmp(operation, "residual", name))) {
    reference_value sum = {v.value + (is_bias ? bias : residual), 0};
    sum.allowed = v.allowed + rounding(fabs(sum.value) + v.allowed);
    return sum;
  }
  for (size_t i = 0; i < sizeof activations / sizeof activations[0]; i++)
    if (strlen(activations[i].name) == name && !strncmp(operation, activations[i].name, name))
      return activate(&activations[i], v, a, b);
  v.value = NAN; /* an operation this table lacks must not pass */
  return v;
}

reference_value reference_epilogue(const char *text, reference_value sum, double bias, double residual) {
  while (*text) {
    size_t length = strcspn(text, ",");
    sum = apply(text, length, sum, bias, residual);
    text += length + (text[length] == ',');
  }
  return sum;
}
