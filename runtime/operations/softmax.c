/* Softmax: one row along the axis after another, or where the axis' elements lie far apart, of neighbouring
 * rows a block at once. The powers stand in the output until their sum is known. */
#include "axis_loops.h"
#include "float_exponential.h"

#include <math.h>

enum { BLOCK = 64, LANES = 4 };

typedef struct job {
  const float *input;
  float *output;
  convforge_loops loops; /* all axes but the one of the sums */
  int64_t size, to_step, in_step;
} job;

static inline float larger(float so_far, float x) {
  return ((x > so_far) | (x != x)) ? x : so_far;
}

/* e to what is above `largest`, of a row; their sum. */
static double sum_of_powers(const job *j, float largest, float *restrict to, const float *restrict in) {
  double powers[BLOCK], lanes[LANES] = {0};
  for (int64_t first = 0; first < j->size; first += BLOCK) {
    const int64_t n = convforge_least(BLOCK, j->size - first);
    for (int64_t i = 0; i < n; ++i)
      powers[i] = (double)in[(first + i) * j->in_step] - largest;
    for (int64_t i = 0; i < n; ++i)
      powers[i] = convforge_exponential(powers[i]);
    for (int64_t i = 0; i < n; ++i) {
      to[(first + i) * j->to_step] = (float)powers[i];
      lanes[i % LANES] += powers[i];
    }
  }
  return (lanes[0] + lanes[1]) + (lanes[2] + lanes[3]);
}

static void visit_one(const void *closure, const convforge_place *place) {
  const job *j = closure;
  const float *in = j->input + place->offset[1];
  float *to = j->output + place->offset[0];
  float largest = -INFINITY;
  for (int64_t i = 0; i < j->size; ++i)
    largest = larger(largest, in[i * j->in_step]);
  const double scale = 1 / sum_of_powers(j, largest, to, in);
  for (int64_t i = 0; i < j->size; ++i)
    to[i * j->to_step] = (float)(to[i * j->to_step] * scale);
}

/* Of `n` neighbouring rows one element each. */
static inline void find_largest(int64_t n, float *restrict largest, const float *in) {
  for (int64_t i = 0; i < n; ++i)
    largest[i] = larger(largest[i], in[i]);
}

static inline void add_powers(int64_t n, double *restrict sums, const float *restrict largest,
                              const float *restrict in, float *restrict to) {
  for (int64_t i = 0; i < n; ++i) {
    const double power = convforge_exponential((double)in[i] - largest[i]);
    to[i] = (float)power;
    sums[i] += power;
  }
}

static inline void scale(int64_t n, const double *restrict scales, float *restrict to) {
  for (int64_t i = 0; i < n; ++i)
    to[i] = (float)(to[i] * scales[i]);
}

/* Rows that are neighbours in both tensors. */
static void visit_rows(const void *closure, const convforge_place *place) {
  const job *j = closure;
  const int64_t n = convforge_extent(&j->loops, place, j->loops.rank - 1);
  const float *in = j->input + place->offset[1];
  float *to = j->output + place->offset[0];
  float largest[BLOCK];
  double sums[BLOCK];
  for (int64_t i = 0; i < n; ++i) {
    largest[i] = -INFINITY;
    sums[i] = 0;
  }
  for (int64_t k = 0; k < j->size; ++k)
    find_largest(n, largest, in + k * j->in_step);
  for (int64_t k = 0; k < j->size; ++k)
    add_powers(n, sums, largest, in + k * j->in_step, to + k * j->to_step);
  for (int64_t i = 0; i < n; ++i)
    sums[i] = 1 / sums[i];
  for (int64_t k = 0; k < j->size; ++k)
    scale(n, sums, to + k * j->to_step);
}

static convforge_loops other_axes(const convforge_softmax *o) {
  convforge_loops loops = convforge_loops_of(0, NULL);
  for (int i = 0; i < o->rank; ++i) {
    const int64_t strides[CONVFORGE_LOOP_TENSORS] = {o->output.along[i], o->input.along[i], 0};
    if (i != o->axis)
      convforge_add_axis(&loops, CONVFORGE_AXIS_PLAIN, o->size[i], strides);
  }
  return loops;
}

void convforge_run_softmax(const convforge_softmax *operation, const float *input, float *output,
                           const convforge_threads *threads) {
  const int axis = operation->axis;
  job j = {.input = input,
           .output = output,
           .loops = other_axes(operation),
           .size = operation->size[axis],
           .to_step = operation->output.along[axis],
           .in_step = operation->input.along[axis]};
  if (j.size <= 0 || convforge_elements(&j.loops) <= 0)
    return;
  convforge_arrange(&j.loops, 0);
  convforge_widen(&j.loops, 1);
  const int last = j.loops.rank - 1, row = convforge_row_axis(&j.loops);
  const bool by_rows = j.in_step != 1 && j.loops.stride[0][row] == 1 && j.loops.stride[1][row] == 1;
  if (by_rows) {
    convforge_move_axis(&j.loops, row, last);
    j.loops.block[last] = BLOCK;
    convforge_visit(&j.loops, threads, convforge_least(BLOCK, j.loops.size[last]) * j.size, visit_rows, &j);
  } else {
    convforge_visit(&j.loops, threads, j.size, visit_one, &j);
  }
}
