/* Epilogues in float64, with the error they may add. */
#include "reference.h"

#include "convforge/generic.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

/* `slope` bounds the derivative: an error e before is at most slope * e after (verify/bound.cpp says where it
 * is largest). `least` is allowed in any case, where kernels are not within 4 ulp for they cancel:
 * docs/numerics.md. */
static const struct activation {
  const char *name;
  convforge_activation kind;
  double slope, least;
} activations[] = {
    {"relu", CONVFORGE_RELU, 1, 0},
    {"relu6", CONVFORGE_RELU6, 1, 0},
    {"leaky_relu", CONVFORGE_LEAKY_RELU, 1, 0},
    {"clip", CONVFORGE_CLIP, 1, 0},
    {"sigmoid", CONVFORGE_SIGMOID, 0.25, 0},
    {"tanh", CONVFORGE_TANH, 1, 0},
    {"silu", CONVFORGE_SILU, 1.1, 0},
    {"hard_sigmoid", CONVFORGE_HARD_SIGMOID, 1.0 / 6, 0},
    {"hard_swish", CONVFORGE_HARD_SWISH, 1.5, 0},
    {"gelu", CONVFORGE_GELU, 1.13, 0x1p-24},
    {"gelu_tanh", CONVFORGE_GELU_TANH, 1.13, 0x1p-24},
    {"elu", CONVFORGE_ELU, 1, 0},
    {"softplus", CONVFORGE_SOFTPLUS, 1, 0},
    {"mish", CONVFORGE_MISH, 1.09, 0},
};

/* Four times the distance between float32 numbers of this size. */
static double four_ulp(double size) {
  int exponent = size > 0 ? ilogb(size) : -126;
  return ldexp(4, (exponent > -126 ? exponent : -126) - 23);
}

/* One more float32 rounding of a value; below normal numbers it is up to their distance. */
static double rounding(double value) {
  return fmax(ldexp(fabs(value), -24), 0x1p-149);
}

static reference_value activate(const struct activation *activation, reference_value sum, double a,
                                double b) {
  reference_value y = {convforge_activate((int32_t)activation->kind, a, b, sum.value), 0};
  int scaled = activation->kind == CONVFORGE_LEAKY_RELU ||
               activation->kind == CONVFORGE_ELU; /* as steep as their number */
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
