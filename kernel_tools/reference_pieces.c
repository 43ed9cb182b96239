#include "reference_pieces.h"

#include "convforge/elements.h"
#include "convforge/winograd.h"

#include <math.h>

/* Of the window, along an axis. */
static int taps_of(const convforge_pack *pack, int axis) {
  return axis == CONVFORGE_DEPTH && pack->plane_channels > 0 ? pack->group_in / pack->plane_channels
                                                             : pack->kernel[axis];
}

int reference_in_pieces(const convforge_kernel *kernel, const reference_shape *shape) {
  int in_pieces = shape->transposed;
  for (int i = 0; i < 3; i++) {
    const reference_axis *axis = &shape->axes[i];
    in_pieces |= taps_of(&kernel->pack, i) != axis->k; /* of constant weights some taps were left out */
    const int extent = (axis->k - 1) * (axis->d + 1) + 1;
    in_pieces |= axis->p < 0 || axis->p >= extent || (axis->o - 1) * axis->s - axis->p >= axis->i;
    in_pieces |= i != CONVFORGE_DEPTH && axis->k > 1 && axis->d > 0;
  }
  return in_pieces;
}

static double row_sum(const double *row) {
  double sum = 0;
  for (int i = 0; i < CONVFORGE_WINOGRAD_MAX_POINTS; i++)
    sum += fabs(row[i]);
  return sum;
}

/* The largest row of |A^T| (|G| 1) (|B^T| 1). */
static double amplification(const convforge_winograd *w) {
  double largest = 0;
  for (int row = 0; row < w->outputs; row++) {
    double sum = 0;
    for (int i = 0; i < w->points; i++)
      sum += fabs(w->output[row][i]) * row_sum(w->weights[i]) * row_sum(w->input[i]);
    largest = fmax(largest, sum);
  }
  return largest;
}

/* gamma(n) kappa of one piece; n as in reference_winograd.c. */
static double factor_of(const convforge_pack *pack) {
  convforge_winograd down, along;
  if (pack->kind != CONVFORGE_PACK_WINOGRAD ||
      convforge_winograd_matrices(pack->outputs[CONVFORGE_HEIGHT], pack->kernel[CONVFORGE_HEIGHT],
                                  pack->stride[CONVFORGE_HEIGHT], &down) ||
      convforge_winograd_matrices(pack->outputs[CONVFORGE_WIDTH], pack->kernel[CONVFORGE_WIDTH],
                                  pack->stride[CONVFORGE_WIDTH], &along))
    return 0;
  const int transforms = 2 * ((down.outputs > 1) * down.points + (along.outputs > 1) * along.points);
  const int sum = pack->group_in * (down.outputs > 1 ? 1 : down.taps) * (along.outputs > 1 ? 1 : along.taps);
  return reference_gamma(sum + 1 + transforms) * amplification(&down) * amplification(&along);
}

static double magnitude(const convforge_operand *operand, const void *tensor, int64_t index) {
  return fabs(convforge_load_element(operand->dtype, tensor, (size_t)index));
}

double reference_largest(const convforge_operand *operand, const void *tensor) {
  const int64_t elements = (int64_t)(operand->bytes / convforge_dtype_bytes(operand->dtype));
  double largest = 0;
  for (int64_t i = 0; i < elements; i++)
    largest = fmax(largest, magnitude(operand, tensor, i));
  return largest;
}

/* The sum over a group's input channels, in each plane of the window, of the largest |w| of channel k. */
static double sum_of_largest(const convforge_kernel *kernel, const reference_shape *shape,
                             const void *weights, int k) {
  const reference_weights stride = reference_weights_strides(kernel, shape);
  const int T = shape->axes[0].k, R = shape->axes[1].k, S = shape->axes[2].k;
  double sum = 0;
  for (int c = 0; c < shape->ic / shape->g * T; c++) {
    double largest = 0;
    for (int i = 0; i < R * S; i++) {
      const int tap[3] = {c % T, i / S, i % S};
      const int64_t at = reference_weight_offset(&stride, shape, tap, k) + c / T * stride.c;
      largest = fmax(largest, magnitude(convforge_weights(kernel), weights, at));
    }
    sum += largest;
  }
  return sum;
}

double reference_pieces_allowed(const convforge_kernel *kernel, const reference_shape *shape,
                                const reference_tensors *tensors, double largest, int k) {
  double factor = 0;
  for (const convforge_pack *pack = &kernel->pack; pack; pack = pack->next)
    factor = fmax(factor, factor_of(pack));
  return factor > 0 ? factor * largest * sum_of_largest(kernel, shape, tensors->weights, k) : 0;
}
