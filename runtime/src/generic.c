/* The portable kernel: the convolution straight from its definition, one output after another. */
#include "convforge/generic.h"

#include "activation.h"
#include "context.h"

/* The tensors of one call, as the views of the kernel give them. */
typedef struct tensors {
  const float *input, *weights, *bias, *residual; /* weights: [group][k][r][s][c] */
  float *output;
} tensors;

/* Distances in elements between neighbours of a tensor in the problem's layout. */
typedef struct strides {
  int64_t n, h, w, c;
} strides;

static strides strides_of(const convforge_generic *g, const convforge_tensor_info *tensor) {
  const int64_t *s = tensor->strides;
  return g->nchw ? (strides){s[0], s[2], s[3], s[1]} : (strides){s[0], s[1], s[2], s[3]};
}

static int64_t index_of(const strides *s, int n, int h, int w, int c) {
  return n * s->n + h * s->h + w * s->w + c * s->c;
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

/* The input position of tap `tap` of output `out`; -1: in the padding. */
static int position(const convforge_axis *axis, int out, int tap) {
  const int64_t at = (int64_t)out * axis->stride - axis->pad_begin + (int64_t)tap * axis->dilation;
  return at >= 0 && at < axis->input ? (int)at : -1;
}

/* The sum of output channel k of the whole image's K, before the epilogue. `image`: input at batch index n.
 */
static double sum_at(const convforge_generic *g, const tensors *t, const float *image, int h, int w, int k) {
  const strides x = strides_of(g, &g->kernel.input);
  const int R = g->height.kernel, S = g->width.kernel, C = g->group_in;
  const float *group = image + (int64_t)(k / g->group_out) * C * x.c;
  const float *taps = t->weights + (int64_t)k * R * S * C;
  double sum = 0;
  for (int r = 0; r < R; ++r) {
    const int row = position(&g->height, h, r);
    for (int s = 0; s < S; ++s, taps += C) {
      const int column = position(&g->width, w, s);
      if (row < 0 || column < 0)
        continue;
      const float *pixel = group + row * x.h + column * x.w;
      for (int c = 0; c < C; ++c)
        sum += (double)pixel[c * x.c] * taps[c];
    }
  }
  return sum;
}

static double apply_epilogue(const convforge_generic *g, const tensors *t, double value, int k,
                             int64_t residual_at) {
  for (int i = 0; i < g->op_count; ++i) {
    const convforge_op *op = &g->ops[i];
    if (op->kind == CONVFORGE_OP_BIAS)
      value += t->bias[k];
    else if (op->kind == CONVFORGE_OP_RESIDUAL)
      value += t->residual[residual_at];
    else
      value = convforge_activate(op, value);
  }
  return value;
}

int convforge_generic_function(void **arguments) {
  const convforge_context *context = *(void **)arguments[0];
  const convforge_generic *g = (const convforge_generic *)context->kernel; /* its first member */
  const tensors t = tensors_of(&g->kernel, arguments);
  const strides x = strides_of(g, &g->kernel.input), y = strides_of(g, &g->kernel.output),
                residual = strides_of(g, &g->kernel.residual);
  for (int n = 0; n < g->batch; ++n)
    for (int h = 0; h < g->height.output; ++h)
      for (int w = 0; w < g->width.output; ++w)
        for (int k = 0; k < g->groups * g->group_out; ++k) {
          const double sum = sum_at(g, &t, t.input + n * x.n, h, w, k);
          t.output[index_of(&y, n, h, w, k)] =
              (float)apply_epilogue(g, &t, sum, k, index_of(&residual, n, h, w, k));
        }
  return 0;
}
