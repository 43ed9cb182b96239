/* Steps whose arithmetic is a comparison, a product or a sum, in float. */
#include "float_steps.h"

static void apply_affine(float a, float b, float *values, int64_t n) {
  for (int64_t i = 0; i < n; ++i)
    values[i] = values[i] * a + b;
}

static void apply_relu(float *values, int64_t n) {
  for (int64_t i = 0; i < n; ++i)
    values[i] = values[i] < 0 ? 0 : values[i];
}

static void apply_clip(float low, float high, float *values, int64_t n) {
  for (int64_t i = 0; i < n; ++i) {
    const float x = values[i];
    const float below = x > high ? high : x;
    values[i] = x < low ? low : below;
  }
}

static void apply_leaky_relu(float slope, float *values, int64_t n) {
  for (int64_t i = 0; i < n; ++i) {
    const float x = values[i], below = x * slope;
    values[i] = x < 0 ? below : x;
  }
}

/* relu6(x + 3) / 6 */
static inline float hard_sigmoid(float x) {
  const float shifted = x + 3;
  const float below = shifted > 6 ? 6 : shifted;
  return (shifted < 0 ? 0 : below) / 6;
}

static void apply_hard_sigmoid(float *values, int64_t n) {
  for (int64_t i = 0; i < n; ++i)
    values[i] = hard_sigmoid(values[i]);
}

/* A gate of zero, which negative x have, wins over an infinite x. */
static void apply_hard_swish(float *values, int64_t n) {
  for (int64_t i = 0; i < n; ++i) {
    const float x = values[i], gate = hard_sigmoid(x), product = x * gate;
    values[i] = gate == 0 ? -0.0f : product;
  }
}

static void apply_activation(const convforge_op *step, float *values, int64_t n) {
  switch ((convforge_activation)step->activation) {
  case CONVFORGE_RELU:
    apply_relu(values, n);
    return;
  case CONVFORGE_RELU6:
    apply_clip(0, 6, values, n);
    return;
  case CONVFORGE_LEAKY_RELU:
    if (step->a == 0)
      apply_relu(values, n); /* a slope of zero wins over an infinite x */
    else
      apply_leaky_relu(step->a, values, n);
    return;
  case CONVFORGE_CLIP:
    apply_clip(step->a, step->b, values, n);
    return;
  case CONVFORGE_HARD_SIGMOID:
    apply_hard_sigmoid(values, n);
    return;
  case CONVFORGE_HARD_SWISH:
    apply_hard_swish(values, n);
    return;
  default:
    convforge_apply_transcendental(step, values, n);
  }
}

void convforge_apply_steps(const convforge_op *steps, int count, float *values, int64_t n) {
  for (int i = 0; i < count; ++i)
    if (steps[i].kind == CONVFORGE_OP_AFFINE)
      apply_affine(steps[i].a, steps[i].b, values, n);
    else
      apply_activation(&steps[i], values, n);
}
