/* The portable kernel: the convolution straight from its definition, one output after another. */
#include "convforge/generic.h"

#include "context.h"
#include "convforge/elements.h"

#include <math.h>
#include <stdbool.h>

/* The operands of one call, as the views of the kernel give them. */
typedef struct tensors {
  void *operand[CONVFORGE_MAX_OPERANDS]; /* the weights: [group][k][t][r][s][c] */
} tensors;

/* Distances in elements between neighbours of a tensor in the problem's layout. */
typedef struct strides {
  int64_t n, c, axis[3];
} strides;

/* A tensor without a depth has a stride of 0 along it. */
static strides strides_of(const convforge_generic *g, const convforge_operand *operand) {
  const int64_t *s = operand->strides;
  const int axes = operand->rank - 2, first = g->nchw ? 2 : 1;
  strides all = {.n = s[0], .c = g->nchw ? s[1] : s[1 + axes]};
  for (int i = 0; i < axes; ++i)
    all.axis[3 - axes + i] = s[first + i];
  return all;
}

/* Where along each axis a place of a box is that is counted row by row. */
typedef struct place {
  int at[3];
} place;

static place place_of(const int32_t extent[3], int64_t index) {
  place p;
  for (int i = 2; i >= 0; --i) {
    p.at[i] = (int)(index % extent[i]);
    index /= extent[i];
  }
  return p;
}

/* An output element: image, place, channel. */
typedef struct element {
  int n, k;
  place out;
} element;

static int64_t offset_of(const strides *stride, const place *p) {
  int64_t offset = 0;
  for (int i = 0; i < 3; ++i)
    offset += p->at[i] * stride->axis[i];
  return offset;
}

/* Where an operand that is by channel, or like the output, has the value for an element. */
static int64_t index_of(const convforge_generic *g, const convforge_operand *operand, const element *at) {
  if (operand->rank == 1)
    return at->k;
  const strides stride = strides_of(g, operand);
  return at->n * stride.n + offset_of(&stride, &at->out) + at->k * stride.c;
}

static tensors tensors_of(const convforge_kernel *kernel, void **arguments) {
  tensors t = {{0}};
  for (int i = 0; i < kernel->view_count; ++i)
    t.operand[kernel->views[i].operand] = arguments[1 + i];
  return t;
}

static float load(const convforge_operand *tensor, const void *elements, int64_t at) {
  return convforge_load_element(tensor->dtype, elements, (size_t)at);
}

/* The input position of tap `tap` of output `out`; -1: in the padding. */
static int position(const convforge_axis *axis, int out, int tap) {
  const int64_t at = (int64_t)out * axis->stride - axis->pad_begin + (int64_t)tap * axis->dilation;
  return at >= 0 && at < axis->input ? (int)at : -1;
}

/* The input pixel under `tap` of the output at `out`; false: it lies in the padding. */
static bool pixel_under(const convforge_generic *g, const place *out, const place *tap, place *pixel) {
  for (int i = 0; i < 3; ++i) {
    pixel->at[i] = position(&g->axes[i], out->at[i], tap->at[i]);
    if (pixel->at[i] < 0)
      return false;
  }
  return true;
}

/* The sum of an output element, before the epilogue. */
static double sum_at(const convforge_generic *g, const tensors *t, const element *at) {
  const convforge_operand *input = convforge_input(&g->kernel);
  const strides x = strides_of(g, input);
  const int C = g->group_in;
  const int32_t kernel[3] = {g->axes[0].kernel, g->axes[1].kernel, g->axes[2].kernel};
  const int64_t taps = (int64_t)kernel[0] * kernel[1] * kernel[2];
  const int64_t group = at->n * x.n + (int64_t)(at->k / g->group_out) * C * x.c;
  int64_t weights = (int64_t)at->k * taps * C;
  double sum = 0;
  for (int64_t i = 0; i < taps; ++i, weights += C) {
    const place tap = place_of(kernel, i);
    place under;
    if (!pixel_under(g, &at->out, &tap, &under))
      continue;
    const int64_t pixel = group + offset_of(&x, &under);
    for (int c = 0; c < C; ++c)
      sum += (double)load(input, t->operand[0], pixel + c * x.c) *
             convforge_load_element(g->kernel.pack.packed_dtype, t->operand[1], (size_t)(weights + c));
  }
  return sum;
}

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
static double operand_at(const convforge_generic *g, const tensors *t, const convforge_op *op,
                         const element *at) {
  if (op->operand < 0)
    return 0;
  const convforge_operand *operand = &g->kernel.operands[op->operand];
  return load(operand, t->operand[op->operand], index_of(g, operand, at));
}

static double apply_epilogue(const convforge_generic *g, const tensors *t, double value, const element *at) {
  for (int i = 0; i < g->op_count; ++i)
    value = apply(&g->ops[i], value, operand_at(g, t, &g->ops[i], at));
  return value;
}

int convforge_generic_function(void **arguments) {
  const convforge_context *context = *(void **)arguments[0];
  const convforge_generic *g = (const convforge_generic *)context->kernel; /* its first member */
  const tensors t = tensors_of(&g->kernel, arguments);
  const convforge_operand *output = convforge_output(&g->kernel);
  void *outputs = t.operand[g->kernel.operand_count - 1];
  const int32_t extent[3] = {g->axes[0].output, g->axes[1].output, g->axes[2].output};
  const int64_t pixels = (int64_t)extent[0] * extent[1] * extent[2];
  for (int n = 0; n < g->batch; ++n)
    for (int64_t i = 0; i < pixels; ++i)
      for (int k = 0; k < g->groups * g->group_out; ++k) {
        const element at = {n, k, place_of(extent, i)};
        const double value = apply_epilogue(g, &t, sum_at(g, &t, &at), &at);
        convforge_store_element(output->dtype, outputs, (size_t)index_of(g, output, &at), (float)value);
      }
  return 0;
}
