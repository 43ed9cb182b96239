#include "reference_winograd.h"

#include "convforge/elements.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

enum { MAX = CONVFORGE_WINOGRAD_MAX_POINTS };
typedef double square[MAX][MAX];

enum { D = 0, H = 1, W = 2 }; /* indices of axes */

static double magnitude(const convforge_operand *operand, const void *tensor, int64_t index) {
  return fabs(convforge_load_element(operand->dtype, tensor, (size_t)index));
}

static void make_absolute(square matrix) {
  for (int i = 0; i < MAX; i++)
    for (int j = 0; j < MAX; j++)
      matrix[i][j] = fabs(matrix[i][j]);
}

/* Of tiles of which the first `wanted` outputs matter. */
static int absolute_matrices(int outputs, int wanted, int taps, int stride, convforge_winograd *matrices) {
  if (convforge_winograd_matrices(outputs, taps, stride, matrices) ||
      convforge_winograd_keep_outputs(matrices, wanted))
    return -1;
  make_absolute(matrices->input);
  make_absolute(matrices->weights);
  make_absolute(matrices->output);
  return 0;
}

/* to = left from right^T; what lies outside of a matrix is zero. */
static void transform(square left, square from, square right, square to) {
  square half;
  for (int i = 0; i < MAX; i++)
    for (int j = 0; j < MAX; j++) {
      half[i][j] = 0;
      for (int l = 0; l < MAX; l++)
        half[i][j] += left[i][l] * from[l][j];
    }
  for (int i = 0; i < MAX; i++)
    for (int j = 0; j < MAX; j++) {
      to[i][j] = 0;
      for (int l = 0; l < MAX; l++)
        to[i][j] += half[i][l] * right[j][l];
    }
}

/* What a kernel may use for the last tile, of which fewer outputs are in the image. */
static int axis_matrices(int outputs, int extent, int taps, int stride, convforge_winograd *matrices,
                         convforge_winograd *last) {
  if (outputs < 1)
    return -1;
  return absolute_matrices(outputs, outputs, taps, stride, matrices) ||
         absolute_matrices(outputs, (extent - 1) % outputs + 1, taps, stride, last);
}

static int point_count(const reference_winograd *w) {
  return w->down.points * w->along.points;
}

/* Of a group, with those of every plane of a window, one plane's behind the other's. */
static int channel_count(const reference_winograd *w) {
  return w->shape->ic / w->shape->g * w->shape->axes[D].k;
}

static void transform_filters(reference_winograd *w) {
  const reference_weights stride = reference_weights_strides(w->kernel, w->shape);
  const int own = w->shape->ic / w->shape->g, C = channel_count(w), K = w->shape->oc;
  const int columns = w->along.points;
  for (int c = 0; c < C; c++)
    for (int k = 0; k < K; k++) {
      square taps = {{0}}, points;
      for (int r = 0; r < w->shape->axes[H].k; r++)
        for (int s = 0; s < w->shape->axes[W].k; s++)
          taps[r][s] = magnitude(convforge_weights(w->kernel), w->tensors->weights,
                                 reference_weight_offset(&stride, w->shape, (const int[]){c / own, r, s}, k) +
                                     c % own * stride.c);
      transform(w->down.weights, taps, w->along.weights, points);
      for (int i = 0; i < point_count(w); i++)
        w->filters[((int64_t)i * C + c) * K + k] = points[i / columns][i % columns];
    }
}

int reference_winograd_create(reference_winograd *w, const convforge_kernel *kernel,
                              const reference_shape *shape, const reference_tensors *tensors) {
  *w = (reference_winograd){.kernel = kernel, .shape = shape, .tensors = tensors, .n = -1};
  const int32_t *outputs = kernel->pack.outputs;
  if (axis_matrices(outputs[H], shape->axes[H].o, shape->axes[H].k, shape->axes[H].s, &w->down,
                    &w->last_down) ||
      axis_matrices(outputs[W], shape->axes[W].o, shape->axes[W].k, shape->axes[W].s, &w->along,
                    &w->last_along))
    return -1;
  const size_t products = 2 * (size_t)point_count(w) * (size_t)shape->oc;
  w->filters =
      malloc((size_t)point_count(w) * (size_t)shape->oc * (size_t)channel_count(w) * sizeof *w->filters);
  w->products = malloc(products * sizeof *w->products);
  if (!w->filters || !w->products) {
    reference_winograd_destroy(w);
    return -1;
  }
  transform_filters(w);
  return 0;
}

void reference_winograd_destroy(reference_winograd *w) {
  free(w->filters);
  free(w->products);
  w->filters = w->products = NULL;
}

/* The input's magnitudes under a tile, in channel c of the window's plane under tap t. */
static void window_of(const reference_winograd *w, int t, int c, square window) {
  const reference_strides stride = reference_data_strides(w->kernel, convforge_input(w->kernel));
  const reference_axis *depth = &w->shape->axes[D];
  const int z = reference_element_at(w->shape, D, w->z * depth->s - depth->p + t * (depth->d + 1));
  memset(window, 0, sizeof(square));
  if (z < 0)
    return;
  for (int i = 0; i < w->down.points; i++)
    for (int j = 0; j < w->along.points; j++) {
      const int row = w->tile_y * w->down.outputs * w->shape->axes[H].s + i - w->shape->axes[H].p;
      const int column = w->tile_x * w->along.outputs * w->shape->axes[W].s + j - w->shape->axes[W].p;
      const int y = reference_element_at(w->shape, H, row), x = reference_element_at(w->shape, W, column);
      if (y >= 0 && x >= 0)
        window[i][j] = magnitude(convforge_input(w->kernel), w->tensors->input,
                                 w->n * stride.outer + reference_offset(&stride, (const int[]){z, y, x}) +
                                     c * stride.channel);
    }
}

static void multiply_tile(reference_winograd *w, convforge_winograd *down, convforge_winograd *along,
                          double *products) {
  const int own = w->shape->ic / w->shape->g, C = channel_count(w);
  const int K = w->shape->oc, group_out = K / w->shape->g;
  memset(products, 0, (size_t)point_count(w) * (size_t)K * sizeof *products);
  for (int c = 0; c < C * w->shape->g; c++) {
    square window, points;
    window_of(w, c % C / own, c / C * own + c % own, window);
    transform(down->input, window, along->input, points);
    const int first = c / C * group_out;
    for (int i = 0; i < point_count(w); i++) {
      const double value = points[i / w->along.points][i % w->along.points];
      const double *filter = w->filters + ((int64_t)i * C + c % C) * K;
      for (int k = first; k < first + group_out; k++)
        products[(int64_t)i * K + k] += value * filter[k];
    }
  }
}

/* By the transforms of all tiles, and for a last one by those that it may have. */
static void multiply_tile_in_all_ways(reference_winograd *w) {
  const int last_y = w->tile_y == (w->shape->axes[H].o - 1) / w->down.outputs;
  const int last_x = w->tile_x == (w->shape->axes[W].o - 1) / w->along.outputs;
  multiply_tile(w, &w->down, &w->along, w->products);
  w->ways = last_y || last_x ? 2 : 1;
  if (w->ways == 1)
    return;
  multiply_tile(w, last_y ? &w->last_down : &w->down, last_x ? &w->last_along : &w->along,
                w->products + (int64_t)point_count(w) * w->shape->oc);
}

static double magnitude_of(const reference_winograd *w, const double *products, int row, int column, int k) {
  double magnitude = 0;
  for (int i = 0; i < w->down.points; i++)
    for (int j = 0; j < w->along.points; j++)
      magnitude += w->down.output[row][i] * w->along.output[column][j] *
                   products[(int64_t)(i * w->along.points + j) * w->shape->oc + k];
  return magnitude;
}

double reference_winograd_allowed(reference_winograd *w, int n, const int out[3], int k) {
  const int tile_y = out[H] / w->down.outputs, tile_x = out[W] / w->along.outputs;
  if (w->n != n || w->z != out[D] || w->tile_y != tile_y || w->tile_x != tile_x) {
    w->n = n;
    w->z = out[D];
    w->tile_y = tile_y;
    w->tile_x = tile_x;
    multiply_tile_in_all_ways(w);
  }
  const int row = out[H] % w->down.outputs, column = out[W] % w->along.outputs;
  double magnitude = magnitude_of(w, w->products, row, column, k);
  if (w->ways == 2) {
    const double *last = w->products + (int64_t)point_count(w) * w->shape->oc;
    const double other = magnitude_of(w, last, row, column, k);
    magnitude = other > magnitude ? other : magnitude;
  }
  /* Roundings that a term meets: one in the filter's point, those of its sum over channels and the taps of an
   * axis that is left as it is, and twice n in each axis that is transformed. */
  const int down = w->down.outputs > 1, along = w->along.outputs > 1;
  const int sum = channel_count(w) * (down ? 1 : w->down.taps) * (along ? 1 : w->along.taps);
  return reference_gamma(sum + 1 + 2 * (down * w->down.points + along * w->along.points)) * magnitude;
}
