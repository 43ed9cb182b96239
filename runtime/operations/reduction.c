/* Reductions. Where neighbours in the input stay apart (channels), rows of them are added to rows of
 * accumulators; where they come together, they are added to a few accumulators in turn. Either way an
 * output's sum has one order, whoever computes it. */
#include "axis_loops.h"

#include <math.h>

enum { BLOCK = 128, LANES = 8 };

typedef struct job {
  const convforge_reduction *operation;
  const float *input;
  float *output;
  convforge_loops kept, reduced;
  double count; /* elements that become one */
} job;

static double start_of(int kind) {
  return kind == CONVFORGE_LARGEST ? -INFINITY : kind == CONVFORGE_SMALLEST ? INFINITY : 0;
}

/* Of a NaN so far nothing is larger or smaller. */
static inline double combine(int kind, double so_far, double x) {
  if (kind == CONVFORGE_LARGEST)
    return ((x > so_far) | (x != x)) ? x : so_far;
  if (kind == CONVFORGE_SMALLEST)
    return ((x < so_far) | (x != x)) ? x : so_far;
  return so_far + x;
}

static float result_of(const job *j, double value) {
  return (float)(j->operation->kind == CONVFORGE_MEAN ? value / j->count : value);
}

static inline void take_row(int kind, int64_t n, double *restrict to, const float *in, int64_t step) {
  for (int64_t i = 0; i < n; ++i)
    to[i] = combine(kind, to[i], in[i * step]);
}

static inline void take_lanes(int kind, int64_t n, double *restrict lanes, const float *in, int64_t step) {
  int64_t i = 0;
  for (; i + LANES <= n; i += LANES)
    for (int l = 0; l < LANES; ++l)
      lanes[l] = combine(kind, lanes[l], in[(i + l) * step]);
  for (int l = 0; i < n; ++i, ++l)
    lanes[l] = combine(kind, lanes[l], in[i * step]);
}

/* To `n` accumulators, or (together) of `n` elements to LANES accumulators. */
static inline void take_of_kind(int kind, bool together, int64_t n, double *to, const float *in,
                                int64_t step) {
  if (together)
    step == 1 ? take_lanes(kind, n, to, in, 1) : take_lanes(kind, n, to, in, step);
  else
    step == 1 ? take_row(kind, n, to, in, 1) : take_row(kind, n, to, in, step);
}

static void take(int kind, bool together, int64_t n, double *to, const float *in, int64_t step) {
  if (kind == CONVFORGE_LARGEST)
    take_of_kind(CONVFORGE_LARGEST, together, n, to, in, step);
  else if (kind == CONVFORGE_SMALLEST)
    take_of_kind(CONVFORGE_SMALLEST, together, n, to, in, step);
  else
    take_of_kind(CONVFORGE_SUM, together, n, to, in, step);
}

/* Outputs of a row along the last axis that is kept. */
static void visit_row(const void *closure, const convforge_place *place) {
  const job *j = closure;
  const int axis = j->kept.rank - 1;
  const int64_t n = convforge_extent(&j->kept, place, axis), step = j->kept.stride[1][axis];
  double values[BLOCK];
  for (int64_t i = 0; i < n; ++i)
    values[i] = start_of(j->operation->kind);
  convforge_place in = {{0}, {0}};
  do
    take(j->operation->kind, false, n, values, j->input + place->offset[1] + in.offset[1], step);
  while (convforge_next(&j->reduced, &in));
  for (int64_t i = 0; i < n; ++i)
    j->output[place->offset[0] + i * j->kept.stride[0][axis]] = result_of(j, values[i]);
}

/* One output, by rows along the last axis that is reduced. */
static void visit_one(const void *closure, const convforge_place *place) {
  const job *j = closure;
  const int axis = j->reduced.rank - 1, kind = j->operation->kind;
  double lanes[LANES];
  for (int l = 0; l < LANES; ++l)
    lanes[l] = start_of(kind);
  convforge_place in = {{0}, {0}};
  do
    take(kind, true, j->reduced.size[axis], lanes, j->input + place->offset[1] + in.offset[1],
         j->reduced.stride[1][axis]);
  while (convforge_next(&j->reduced, &in));
  for (int l = 1; l < LANES; ++l)
    lanes[0] = combine(kind, lanes[0], lanes[l]);
  j->output[place->offset[0]] = result_of(j, lanes[0]);
}

/* The axes, those that are kept or those that are reduced. */
static convforge_loops loops_of(const convforge_reduction *o, bool reduced) {
  convforge_loops loops = convforge_loops_of(0, NULL);
  for (int i = 0; i < o->rank; ++i) {
    const int64_t strides[CONVFORGE_LOOP_TENSORS] = {reduced ? 0 : o->output.along[i], o->input.along[i], 0};
    if ((o->reduced[i] != 0) == reduced)
      convforge_add_axis(&loops, CONVFORGE_AXIS_PLAIN, o->size[i], strides);
  }
  return loops;
}

static int64_t nearest(const convforge_loops *loops) {
  const int64_t stride = loops->stride[1][loops->rank - 1];
  return stride < 0 ? -stride : stride;
}

/* Rows as long as accumulators last, but of more threads than rows shorter ones: whole cache lines. */
static int64_t row_block(const convforge_loops *kept, const convforge_threads *threads) {
  const int64_t n = kept->size[kept->rank - 1], rows = convforge_elements(kept) / n;
  const int64_t share = threads != NULL ? threads->count / rows : 1;
  const int64_t line = 16;
  if (share <= 1)
    return BLOCK;
  const int64_t even = (n / share + line - 1) / line * line;
  return convforge_least(BLOCK, convforge_most(line, even));
}

void convforge_run_reduction(const convforge_reduction *operation, const float *input, float *output,
                             const convforge_threads *threads) {
  job j = {.operation = operation, .input = input, .output = output};
  j.kept = loops_of(operation, false);
  j.reduced = loops_of(operation, true);
  const int64_t count = convforge_elements(&j.reduced);
  if (count <= 0 || convforge_elements(&j.kept) <= 0)
    return;
  j.count = (double)count;
  convforge_arrange(&j.kept, 1);
  convforge_arrange(&j.reduced, 1);
  convforge_widen(&j.kept, 1);
  convforge_widen(&j.reduced, 1);
  const int kept = j.kept.rank - 1, reduced = j.reduced.rank - 1;
  const bool together = j.kept.size[kept] == 1 || (count > 1 && nearest(&j.reduced) < nearest(&j.kept));
  if (together) {
    j.reduced.block[reduced] = j.reduced.size[reduced];
    convforge_visit(&j.kept, threads, count, visit_one, &j);
  } else {
    j.kept.block[kept] = row_block(&j.kept, threads);
    convforge_visit(&j.kept, threads, convforge_least(j.kept.block[kept], j.kept.size[kept]) * count,
                    visit_row, &j);
  }
}
