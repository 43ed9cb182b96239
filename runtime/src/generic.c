/* The portable kernel: the convolution straight from its definition, one output after another. */
#include "convforge/generic.h"

#include "context.h"
#include "convforge/elements.h"
#include "convforge/quantise.h"
#include "generic_sum.h"

#include <math.h>
#include <stdbool.h>

static double apply(const convforge_op *op, double value, double operand) {
  switch ((convforge_op_kind)op->kind) {
  case CONVFORGE_OP_ADD:
    return value + operand;
  case CONVFORGE_OP_MULTIPLY:
    return value * operand;
  case CONVFORGE_OP_PRELU: /* NaN is not less than 0 */
    return value < 0 ? value * operand : value;
  case CONVFORGE_OP_AFFINE:
    return value * op->a + op->b;
  case CONVFORGE_OP_CLAMP:
    return value < op->a ? op->a : value > op->b ? op->b : value;
  case CONVFORGE_OP_ACTIVATION:
    return convforge_activate(op->activation, op->a, op->b, value);
  }
  return NAN;
}

/* The value that an operation takes from its operand; 0 where there is none. */
static double operand_at(const convforge_generic *g, const convforge_tensors *t, const convforge_op *op,
                         const convforge_element *at) {
  if (op->operand < 0)
    return 0;
  const convforge_operand *operand = &g->kernel.operands[op->operand];
  return convforge_load_element(operand->dtype, t->operand[op->operand],
                                convforge_element_index(g, operand, at));
}

static double apply_epilogue(const convforge_generic *g, const convforge_tensors *t, double value,
                             const convforge_element *at) {
  for (int i = 0; i < g->op_count; ++i)
    value = apply(&g->ops[i], value, operand_at(g, t, &g->ops[i], at));
  return value;
}

/* A channel's multiplier, which packing has made a float or a factor and its shift of; exact either way. */
static double multiplier_at(const convforge_generic *g, const convforge_tensors *t, int k) {
  const convforge_pack_region *region = &g->kernel.pack.regions[0];
  const size_t bytes = (size_t)(g->groups * g->group_out) * sizeof(int32_t);
  const size_t table = (bytes + CONVFORGE_ALIGNMENT - 1) / CONVFORGE_ALIGNMENT * CONVFORGE_ALIGNMENT;
  const char *multipliers =
      (const char *)t->operand[1] + (region->tables + table - CONVFORGE_PACK_HEADER_BYTES);
  if (g->kernel.pack.dot.multipliers == CONVFORGE_MULTIPLIERS_FLOAT)
    return ((const float *)(const void *)multipliers)[k];
  const int32_t *factors = (const int32_t *)(const void *)multipliers;
  const int32_t *shifts = (const int32_t *)(const void *)(multipliers + table);
  return ldexp(factors[k], shifts[k] - 31);
}

static int32_t residual_at(const convforge_generic *g, const convforge_tensors *t,
                           const convforge_element *at) {
  if (g->residual < 0)
    return 0;
  const convforge_operand *operand = &g->kernel.operands[g->residual];
  return (int32_t)convforge_load_element(operand->dtype, t->operand[g->residual],
                                         convforge_element_index(g, operand, at));
}

/* Of 8-bit integers: the sum itself, a step of the destination's scale, or a real number. */
static double quantised_value(const convforge_generic *g, const convforge_tensors *t,
                              const convforge_element *at) {
  const int32_t sum = convforge_generic_integer_sum(g, t, at);
  const int32_t destination = convforge_output(&g->kernel)->dtype;
  if (destination == CONVFORGE_S32)
    return sum;
  const double multiplier = multiplier_at(g, t, at->k);
  if (destination != CONVFORGE_F32)
    return convforge_requantise(g->kernel.requantisation, sum, multiplier, residual_at(g, t, at));
  return apply_epilogue(g, t, (float)sum * (float)multiplier, at);
}

static double value_at(const convforge_generic *g, const convforge_tensors *t, const convforge_element *at) {
  if (g->kernel.pack.kind == CONVFORGE_PACK_DOT)
    return quantised_value(g, t, at);
  return apply_epilogue(g, t, convforge_generic_sum(g, t, at), at);
}

/* The input position of tap `tap` of a pooled output; false: beside the image. */
static bool pooled_position(const convforge_generic *g, const convforge_place *out,
                            const convforge_place *tap, convforge_place *at) {
  bool inside = true;
  for (int i = 0; i < 3; ++i) {
    const convforge_axis *axis = &g->pooled[i];
    at->at[i] = out->at[i] * axis->stride - axis->pad_begin + tap->at[i];
    inside = inside && at->at[i] >= 0 && at->at[i] < axis->input;
  }
  return inside;
}

/* Of an output that is pooled: the largest or the average of its window. */
static double pooled_value(const convforge_generic *g, const convforge_tensors *t,
                           const convforge_element *out) {
  const int32_t window[3] = {g->pooled[0].kernel, g->pooled[1].kernel, g->pooled[2].kernel};
  const int64_t taps = (int64_t)window[0] * window[1] * window[2];
  double sum = 0, largest = -INFINITY;
  int64_t inside = 0;
  for (int64_t i = 0; i < taps; ++i) {
    const convforge_place tap = convforge_place_of(window, i);
    convforge_element at = *out;
    if (!pooled_position(g, &out->out, &tap, &at.out))
      continue;
    const double value = value_at(g, t, &at);
    sum += value;
    largest = value > largest ? value : largest;
    ++inside;
  }
  if (g->pooling == CONVFORGE_POOL_MAX)
    return largest;
  return sum / (double)(g->pooling == CONVFORGE_POOL_AVG_P ? taps : inside);
}

static convforge_tensors tensors_of(const convforge_kernel *kernel, void **arguments) {
  convforge_tensors t = {{0}};
  for (int i = 0; i < kernel->view_count; ++i)
    t.operand[kernel->views[i].operand] = arguments[1 + i];
  return t;
}

int convforge_generic_function(void **arguments) {
  const convforge_context *context = *(void **)arguments[0];
  const convforge_generic *g = (const convforge_generic *)context->kernel; /* its first member */
  const convforge_tensors t = tensors_of(&g->kernel, arguments);
  const convforge_operand *output = convforge_output(&g->kernel);
  void *outputs = t.operand[g->kernel.operand_count - 1];
  const bool pools = g->pooling != CONVFORGE_POOL_NONE;
  const convforge_axis *stored = pools ? g->pooled : g->axes;
  const int32_t extent[3] = {stored[0].output, stored[1].output, stored[2].output};
  const int64_t pixels = (int64_t)extent[0] * extent[1] * extent[2];
  for (int n = 0; n < g->batch; ++n)
    for (int64_t i = 0; i < pixels; ++i)
      for (int k = 0; k < g->groups * g->group_out; ++k) {
        const convforge_element at = {n, k, convforge_place_of(extent, i)};
        convforge_store_element(output->dtype, outputs, convforge_element_index(g, output, &at),
                                pools ? pooled_value(g, &t, &at) : value_at(g, &t, &at));
      }
  return 0;
}
