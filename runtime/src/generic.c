/* The portable kernel: the convolution straight from its definition, one output after another. */
#include "convforge/generic.h"

#include "activation.h"
#include "context.h"

/* The operands of one call, as the views of the kernel give them. */
typedef struct tensors {
  float *operand[CONVFORGE_MAX_OPERANDS]; /* the weights: [group][k][r][s][c] */
} tensors;

/* Distances in elements between neighbours of a tensor in the problem's layout. */
typedef struct strides {
  int64_t n, h, w, c;
} strides;

static strides strides_of(const convforge_generic *g, const convforge_operand *operand) {
  const int64_t *s = operand->strides;
  return g->nchw ? (strides){s[0], s[2], s[3], s[1]} : (strides){s[0], s[1], s[2], s[3]};
}

static tensors tensors_of(const convforge_kernel *kernel, void **arguments) {
  tensors t = {{0}};
  for (int i = 0; i < kernel->view_count; ++i)
    t.operand[kernel->views[i].operand] = arguments[1 + i];
  return t;
}

/* An output element: image, row, column and channel. */
typedef struct element {
  int n, h, w, k;
} element;

static int64_t offset_of(const convforge_generic *g, const convforge_operand *operand, const element *at) {
  if (operand->rank == 1)
    return at->k * operand->strides[0];
  const strides s = strides_of(g, operand);
  return at->n * s.n + at->h * s.h + at->w * s.w + at->k * s.c;
}

/* The input position of tap `tap` of output `out`; -1: in the padding. */
static int position(const convforge_axis *axis, int out, int tap) {
  const int64_t at = (int64_t)out * axis->stride - axis->pad_begin + (int64_t)tap * axis->dilation;
  return at >= 0 && at < axis->input ? (int)at : -1;
}

/* The sum of an output element, before the epilogue. */
static double sum_at(const convforge_generic *g, const tensors *t, const element *at) {
  const strides x = strides_of(g, convforge_input(&g->kernel));
  const int R = g->height.kernel, S = g->width.kernel, C = g->group_in;
  const float *group = t->operand[0] + at->n * x.n + (int64_t)(at->k / g->group_out) * C * x.c;
  const float *taps = t->operand[1] + (int64_t)at->k * R * S * C;
  double sum = 0;
  for (int r = 0; r < R; ++r) {
    const int row = position(&g->height, at->h, r);
    for (int s = 0; s < S; ++s, taps += C) {
      const int column = position(&g->width, at->w, s);
      if (row < 0 || column < 0)
        continue;
      const float *pixel = group + row * x.h + column * x.w;
      for (int c = 0; c < C; ++c)
        sum += (double)pixel[c * x.c] * taps[c];
    }
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
  case CONVFORGE_OP_ACTIVATION:
    break;
  }
  return convforge_activate(op, value);
}

/* The value that an operation takes from its operand; 0 where there is none. */
static double operand_at(const convforge_generic *g, const tensors *t, const convforge_op *op,
                         const element *at) {
  if (op->operand < 0)
    return 0;
  return t->operand[op->operand][offset_of(g, &g->kernel.operands[op->operand], at)];
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
  float *outputs = t.operand[g->kernel.operand_count - 1];
  for (int n = 0; n < g->batch; ++n)
    for (int h = 0; h < g->height.output; ++h)
      for (int w = 0; w < g->width.output; ++w)
        for (int k = 0; k < g->groups * g->group_out; ++k) {
          const element at = {n, h, w, k};
          outputs[offset_of(g, output, &at)] = (float)apply_epilogue(g, &t, sum_at(g, &t, &at), &at);
        }
  return 0;
}
