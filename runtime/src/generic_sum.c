/* Sums of the portable kernel, straight from the definition of a convolution. */
#include "generic_sum.h"

#include "convforge/elements.h"

#include <stdbool.h>

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

convforge_place convforge_place_of(const int32_t extent[3], int64_t index) {
  convforge_place p;
  for (int i = 2; i >= 0; --i) {
    p.at[i] = (int)(index % extent[i]);
    index /= extent[i];
  }
  return p;
}

static int64_t offset_of(const strides *stride, const convforge_place *p) {
  int64_t offset = 0;
  for (int i = 0; i < 3; ++i)
    offset += p->at[i] * stride->axis[i];
  return offset;
}

size_t convforge_element_index(const convforge_generic *g, const convforge_operand *operand,
                               const convforge_element *at) {
  if (operand->rank == 1)
    return (size_t)at->k;
  const strides stride = strides_of(g, operand);
  return (size_t)(at->n * stride.n + offset_of(&stride, &at->out) + at->k * stride.c);
}

/* What stands at a position outside of `input` elements; -1: zeros. */
static int64_t beside(int32_t padding_mode, int64_t at, int64_t input) {
  switch (padding_mode) {
  case CONVFORGE_PAD_REFLECT:
    return at < 0 ? -at : 2 * (input - 1) - at;
  case CONVFORGE_PAD_REPLICATE:
    return at < 0 ? 0 : input - 1;
  case CONVFORGE_PAD_CIRCULAR:
    return at < 0 ? at + input : at - input;
  default:
    return -1;
  }
}

/* The input position of tap `tap` of output `out`; -1: a zero stands there, or it is between two elements of
 * a transposed convolution's input. */
static int position(const convforge_generic *g, const convforge_axis *axis, int out, int tap) {
  int64_t at = (int64_t)out * axis->stride - axis->pad_begin + (int64_t)tap * axis->dilation;
  if (g->transposed) {
    at = (int64_t)out + axis->pad_begin - (int64_t)tap * axis->dilation;
    if (at % axis->stride != 0)
      return -1;
    at /= axis->stride;
  }
  return (int)(at >= 0 && at < axis->input ? at : beside(g->padding_mode, at, axis->input));
}

/* The input pixel under `tap` of the output at `out`; false: zeros stand there. */
static bool pixel_under(const convforge_generic *g, const convforge_place *out, const convforge_place *tap,
                        convforge_place *pixel) {
  for (int i = 0; i < 3; ++i) {
    pixel->at[i] = position(g, &g->axes[i], out->at[i], tap->at[i]);
    if (pixel->at[i] < 0)
      return false;
  }
  return true;
}

/* The taps of an output's window, one after another. */
typedef struct window {
  const convforge_generic *g;
  const convforge_element *at;
  strides x;
  int32_t kernel[3];
  int64_t taps;
  int64_t group;   /* the input element that its group's channels begin with */
  int64_t weights; /* that of its channel's weights */
} window;

static window window_of(const convforge_generic *g, const convforge_element *at) {
  window w = {.g = g, .at = at, .x = strides_of(g, convforge_input(&g->kernel)), .taps = 1};
  for (int i = 0; i < 3; ++i) {
    w.kernel[i] = g->axes[i].kernel;
    w.taps *= g->axes[i].kernel;
  }
  w.group = at->n * w.x.n + (int64_t)(at->k / g->group_out) * g->group_in * w.x.c;
  w.weights = (int64_t)at->k * w.taps * g->group_in;
  return w;
}

/* The input element under the first channel of tap `i`; -1: the tap lies in a padding of zeros. */
static int64_t element_under(const window *w, int64_t i) {
  const convforge_place tap = convforge_place_of(w->kernel, i);
  convforge_place under;
  return pixel_under(w->g, &w->at->out, &tap, &under) ? w->group + offset_of(&w->x, &under) : -1;
}

double convforge_generic_sum(const convforge_generic *g, const convforge_tensors *t,
                             const convforge_element *at) {
  const int32_t source = convforge_input(&g->kernel)->dtype, packed = g->kernel.pack.packed_dtype;
  const window w = window_of(g, at);
  double sum = 0;
  for (int64_t i = 0; i < w.taps; ++i) {
    const int64_t x = element_under(&w, i), weights = w.weights + i * g->group_in;
    for (int c = 0; x >= 0 && c < g->group_in; ++c)
      sum += convforge_load_element(source, t->operand[0], (size_t)(x + c * w.x.c)) *
             convforge_load_element(packed, t->operand[1], (size_t)(weights + c));
  }
  return sum;
}

/* Packed weights begin with their header, which views pass. */
static const void *packed_at(const convforge_tensors *t, size_t offset) {
  return (const char *)t->operand[1] + (offset - CONVFORGE_PACK_HEADER_BYTES);
}

/* The table counts every tap's zero point: those in the padding, too. */
int32_t convforge_generic_integer_sum(const convforge_generic *g, const convforge_tensors *t,
                                      const convforge_element *at) {
  const int32_t source = convforge_input(&g->kernel)->dtype;
  const window w = window_of(g, at);
  const int8_t *weights = (const int8_t *)t->operand[1] + w.weights;
  int64_t sum = ((const int32_t *)packed_at(t, g->kernel.pack.regions[0].tables))[at->k];
  for (int64_t i = 0; i < w.taps; ++i) {
    const int64_t x = element_under(&w, i);
    for (int c = 0; c < g->group_in; ++c) {
      const double element = x < 0 ? g->kernel.pack.dot.source_zero_point
                                   : convforge_load_element(source, t->operand[0], (size_t)(x + c * w.x.c));
      sum += (int64_t)element * weights[i * g->group_in + c];
    }
  }
  return (int32_t)sum;
}
