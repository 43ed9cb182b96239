/* The portable kernel: the convolution straight from its definition, one output after another. */
#include "convforge/generic.h"

#include "activation.h"
#include "context.h"

#include <stdbool.h>

/* The tensors of one call, as the views of the kernel give them. */
typedef struct tensors {
  const float *input, *weights, *bias, *residual; /* weights: [group][k][t][r][s][c] */
  float *output;
} tensors;

/* Distances in elements between neighbours of a tensor in the problem's layout. */
typedef struct strides {
  int64_t n, c, axis[3];
} strides;

/* A tensor without a depth has a stride of 0 along it. */
static strides strides_of(const convforge_generic *g, const convforge_tensor_info *tensor) {
  const int64_t *s = tensor->strides;
  const int axes = tensor->rank - 2, first = g->nchw ? 2 : 1;
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

static int64_t offset_of(const strides *stride, const place *p) {
  int64_t offset = 0;
  for (int i = 0; i < 3; ++i)
    offset += p->at[i] * stride->axis[i];
  return offset;
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

/* The input pixel under `tap` of the output at `out`; false: it lies in the padding. */
static bool pixel_under(const convforge_generic *g, const place *out, const place *tap, place *pixel) {
  for (int i = 0; i < 3; ++i) {
    pixel->at[i] = position(&g->axes[i], out->at[i], tap->at[i]);
    if (pixel->at[i] < 0)
      return false;
  }
  return true;
}

/* The sum of output channel k of the whole image's K, before the epilogue. `image`: input at batch index n.
 */
static double sum_at(const convforge_generic *g, const tensors *t, const float *image, const place *out,
                     int k) {
  const strides x = strides_of(g, &g->kernel.input);
  const int C = g->group_in;
  const int32_t kernel[3] = {g->axes[0].kernel, g->axes[1].kernel, g->axes[2].kernel};
  const int64_t taps = (int64_t)kernel[0] * kernel[1] * kernel[2];
  const float *group = image + (int64_t)(k / g->group_out) * C * x.c;
  const float *weights = t->weights + (int64_t)k * taps * C;
  double sum = 0;
  for (int64_t i = 0; i < taps; ++i, weights += C) {
    const place tap = place_of(kernel, i);
    place at;
    if (!pixel_under(g, out, &tap, &at))
      continue;
    const float *pixel = group + offset_of(&x, &at);
    for (int c = 0; c < C; ++c)
      sum += (double)pixel[c * x.c] * weights[c];
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
  const strides x = strides_of(g, &g->kernel.input), y = strides_of(g, &g->kernel.output);
  const strides residual = g->kernel.residual.rank > 0 ? strides_of(g, &g->kernel.residual) : y;
  const int32_t outputs[3] = {g->axes[0].output, g->axes[1].output, g->axes[2].output};
  const int64_t pixels = (int64_t)outputs[0] * outputs[1] * outputs[2];
  for (int n = 0; n < g->batch; ++n)
    for (int64_t i = 0; i < pixels; ++i)
      for (int k = 0; k < g->groups * g->group_out; ++k) {
        const place out = place_of(outputs, i);
        const double sum = sum_at(g, &t, t.input + n * x.n, &out, k);
        const int64_t residual_at = n * residual.n + offset_of(&residual, &out) + k * residual.c;
        t.output[n * y.n + offset_of(&y, &out) + k * y.c] = (float)apply_epilogue(g, &t, sum, k, residual_at);
      }
  return 0;
}
