/* The portable kernel: the convolution straight from its definition, one output after another. */
#include "convforge/generic.h"

#include "activation.h"
#include "context.h"
#include "convforge/elements.h"

/* The tensors of one call, as the views of the kernel give them. */
typedef struct tensors {
  const void *input, *weights, *bias, *residual; /* weights: [group][k][r][s][c] */
  void *output;
} tensors;

/* Distances in elements between neighbours of a tensor in the problem's layout. */
typedef struct strides {
  int64_t n, h, w, c;
} strides;

static strides strides_of(const convforge_generic *g, const convforge_tensor_info *tensor) {
  const int64_t *s = tensor->strides;
  return g->nchw ? (strides){s[0], s[2], s[3], s[1]} : (strides){s[0], s[1], s[2], s[3]};
}

static tensors tensors_of(const convforge_kernel *kernel, void **arguments) {
  tensors t = {0};
  for (int i = 0; i < kernel->view_count; ++i) {
    void *pointer = arguments[1 + i];
    switch (kernel->views[i].tensor) {
    case CONVFORGE_INPUT:
      t.input = pointer;
      break;
    case CONVFORGE_PACKED_WEIGHTS:
      t.weights = pointer;
      break;
    case CONVFORGE_BIAS:
      t.bias = pointer;
      break;
    case CONVFORGE_RESIDUAL:
      t.residual = pointer;
      break;
    default:
      t.output = pointer;
    }
  }
  return t;
}

static float load(const convforge_tensor_info *tensor, const void *elements, int64_t at) {
  return convforge_load_element(tensor->dtype, elements, (size_t)at);
}

/* The input position of tap `tap` of output `out`; -1: in the padding. */
static int position(const convforge_axis *axis, int out, int tap) {
  const int64_t at = (int64_t)out * axis->stride - axis->pad_begin + (int64_t)tap * axis->dilation;
  return at >= 0 && at < axis->input ? (int)at : -1;
}

/* The sum of output channel k of the whole image's K, before the epilogue. `image`: the input's first element
 * at batch index n. */
static double sum_at(const convforge_generic *g, const tensors *t, int64_t image, int h, int w, int k) {
  const strides x = strides_of(g, &g->kernel.input);
  const int R = g->height.kernel, S = g->width.kernel, C = g->group_in;
  const int64_t group = image + (int64_t)(k / g->group_out) * C * x.c;
  int64_t tap = (int64_t)k * R * S * C;
  double sum = 0;
  for (int r = 0; r < R; ++r) {
    const int row = position(&g->height, h, r);
    for (int s = 0; s < S; ++s, tap += C) {
      const int column = position(&g->width, w, s);
      if (row < 0 || column < 0)
        continue;
      const int64_t pixel = group + row * x.h + column * x.w;
      for (int c = 0; c < C; ++c)
        sum += (double)load(&g->kernel.input, t->input, pixel + c * x.c) *
               convforge_load_element(g->kernel.pack.packed_dtype, t->weights, (size_t)(tap + c));
    }
  }
  return sum;
}

static double apply_epilogue(const convforge_generic *g, const tensors *t, double value, int k, int64_t at) {
  for (int i = 0; i < g->op_count; ++i) {
    const convforge_op *op = &g->ops[i];
    if (op->kind == CONVFORGE_OP_BIAS)
      value += load(&g->kernel.bias, t->bias, k);
    else if (op->kind == CONVFORGE_OP_RESIDUAL)
      value += load(&g->kernel.residual, t->residual, at);
    else
      value = convforge_activate(op, value);
  }
  return value;
}

int convforge_generic_function(void **arguments) {
  const convforge_context *context = *(void **)arguments[0];
  const convforge_generic *g = (const convforge_generic *)context->kernel; /* its first member */
  const tensors t = tensors_of(&g->kernel, arguments);
  const strides x = strides_of(g, &g->kernel.input), y = strides_of(g, &g->kernel.output);
  for (int n = 0; n < g->batch; ++n)
    for (int h = 0; h < g->height.output; ++h)
      for (int w = 0; w < g->width.output; ++w)
        for (int k = 0; k < g->groups * g->group_out; ++k) {
          const int64_t at = n * y.n + h * y.h + w * y.w + k * y.c;
          const double sum = sum_at(g, &t, n * x.n, h, w, k);
          convforge_store_element(g->kernel.output.dtype, t.output, (size_t)at,
                                  (float)apply_epilogue(g, &t, sum, k, at));
        }
  return 0;
}
