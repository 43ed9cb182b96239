/* Pooling by rows of outputs: all taps of a window are passed over a row along one axis, the channels where
 * they are neighbours (one tap of that axis) or the innermost axis (whose own taps reach parts of the row).
 */
#include "operation_loops.h"
#include "pooled_rows.h"

#include <math.h>

enum { BLOCK = 128 }; /* outputs of a row: their sums take 1 KiB */

typedef struct window {
  int axis; /* of the loops */
  int64_t kernel, stride, dilation, begin, end, input_size;
  int64_t step; /* between taps, in elements of the input */
} window;

typedef struct job {
  const convforge_window_pooling *operation;
  const float *input;
  float *output;
  int64_t beginning;                  /* where the first window of all begins, in the input */
  convforge_loops loops;              /* the row is the last axis */
  window row;                         /* of one tap where the rows' axis is not pooled */
  window windows[CONVFORGE_MAX_RANK]; /* of the other axes that are pooled, innermost first */
  int window_count;
} job;

/* A row of outputs on its way, and the taps that wait for their turn: rows of the input. */
typedef struct row {
  int64_t first, n;
  int64_t begin, end; /* those outputs for which the current tap of the row's axis is inside */
  convforge_range taps[CONVFORGE_MAX_RANK]; /* of the other windows */
  convforge_pooled_rows waiting;
  bool careful, unordered; /* NaN is looked after; there is some, and it was not */
  float largest[BLOCK];
  double sum[BLOCK];
} row;

/* Rounded down; most strides and dilations are 1, and a division takes as long as the taps of eight channels.
 */
static int64_t floor_of_quotient(int64_t a, int64_t b) {
  if (b == 1)
    return a;
  return a >= 0 ? a / b : -((b - 1 - a) / b);
}
static int64_t ceiling_of_quotient(int64_t a, int64_t b) {
  return -floor_of_quotient(-a, b);
}

/* The taps of output `i` whose places are at least `low` and below `high`. */
static convforge_range taps_between(const window *w, int64_t i, int64_t low, int64_t high) {
  const int64_t first = i * w->stride - w->begin;
  return (convforge_range){convforge_most(0, ceiling_of_quotient(low - first, w->dilation)),
                           convforge_least(w->kernel, floor_of_quotient(high - 1 - first, w->dilation) + 1)};
}

/* How many taps an average counts along this axis. */
static int64_t counted(const job *j, const window *w, int64_t i) {
  const bool padding = j->operation->kind == CONVFORGE_POOL_AVG_P;
  const convforge_range taps = taps_between(w, i, padding ? convforge_least(0, -w->begin) : 0,
                                            w->input_size + (padding ? convforge_most(0, w->end) : 0));
  return convforge_most(0, taps.end - taps.begin);
}

static void flush(const job *j, row *r) {
  const int64_t n = r->end - r->begin, step = j->loops.stride[1][j->loops.rank - 1];
  if (r->waiting.count == 0)
    return;
  if (j->operation->kind != CONVFORGE_POOL_MAX)
    convforge_pool_sums(&r->waiting, n, step, r->sum + r->begin);
  else if (r->careful)
    convforge_pool_largest_or_nan(&r->waiting, n, step, r->largest + r->begin);
  else
    r->unordered |= convforge_pool_largest(&r->waiting, n, step, r->largest + r->begin);
  r->waiting.count = 0;
}

/* All taps of the first `left` windows, at a place of the others. The offset is that of the window's
 * beginning, which may lie in the padding. */
static void take_window(const job *j, row *r, int left, int64_t offset) {
  if (left == 0) {
    r->waiting.row[r->waiting.count++] = j->input + offset;
    if (r->waiting.count == CONVFORGE_POOLED_ROWS)
      flush(j, r);
    return;
  }
  const convforge_range taps = r->taps[left - 1];
  const int64_t step = j->windows[left - 1].step;
  for (int64_t tap = taps.begin; tap < taps.end; ++tap)
    take_window(j, r, left - 1, offset + tap * step);
}

/* A tap of the row's own axis, on those outputs for which it is inside. */
static void take_tap(const job *j, row *r, int64_t tap, int64_t offset) {
  const window *w = &j->row;
  const int64_t place = tap * w->dilation - w->begin; /* of output 0 */
  r->begin = convforge_most(0, ceiling_of_quotient(-place, w->stride) - r->first);
  r->end = convforge_least(r->n, floor_of_quotient(w->input_size - 1 - place, w->stride) + 1 - r->first);
  if (r->begin >= r->end)
    return;
  take_window(j, r, j->window_count,
              offset + tap * w->step + r->begin * j->loops.stride[1][j->loops.rank - 1]);
  flush(j, r);
}

static void take_taps(const job *j, row *r, int64_t offset) {
  const bool largest = j->operation->kind == CONVFORGE_POOL_MAX;
  for (int64_t i = 0; largest && i < r->n; ++i)
    r->largest[i] = -INFINITY;
  for (int64_t i = 0; !largest && i < r->n; ++i)
    r->sum[i] = 0;
  for (int64_t tap = 0; tap < j->row.kernel; ++tap)
    take_tap(j, r, tap, offset);
}

static void store_averages(const job *j, const row *r, const convforge_place *place, float *to,
                           int64_t step) {
  int64_t outside = 1;
  for (int i = 0; i < j->window_count; ++i)
    outside *= counted(j, &j->windows[i], place->at[j->windows[i].axis]);
  for (int64_t i = 0; i < r->n; ++i) {
    const int64_t count = outside * (j->row.kernel == 1 ? 1 : counted(j, &j->row, r->first + i));
    to[i * step] = count > 0 ? (float)(r->sum[i] / (double)count) : 0;
  }
}

static void visit(const void *closure, const convforge_place *place) {
  const job *j = closure;
  const int axis = j->loops.rank - 1;
  const int64_t step = j->loops.stride[0][axis];
  const int64_t offset = place->offset[1] + j->beginning;
  row r;
  r.first = place->at[axis];
  r.n = convforge_extent(&j->loops, place, axis);
  for (int i = 0; i < j->window_count; ++i)
    r.taps[i] = taps_between(&j->windows[i], place->at[j->windows[i].axis], 0, j->windows[i].input_size);
  r.waiting.count = 0;
  r.careful = r.unordered = false;
  take_taps(j, &r, offset);
  r.careful = r.unordered;
  if (r.careful)
    take_taps(j, &r, offset); /* once more: NaN is rare, and to look after it takes twice as long */
  float *to = j->output + place->offset[0];
  if (j->operation->kind != CONVFORGE_POOL_MAX)
    store_averages(j, &r, place, to, step);
  else
    for (int64_t i = 0; i < r.n; ++i)
      to[i * step] = r.largest[i];
}

/* ---- What is pooled along which axis --------------------------------------------------------- */

static convforge_loops loops_of(const convforge_window_pooling *o) {
  convforge_loops loops = convforge_pooling_loops(o);
  loops.block[loops.rank - 1] = BLOCK;
  return loops;
}

static window window_of(const convforge_window_pooling *o, const convforge_loops *loops, int axis) {
  const int i = loops->kind[axis] - CONVFORGE_AXIS_ALONE;
  if (i < 0)
    return (window){axis, 1, 1, 1, 0, 0, loops->size[axis], 0};
  return (window){
      axis,        o->kernel[i], o->stride[i],     convforge_most(1, o->dilation[i]),
      o->begin[i], o->end[i],    o->input_size[i], convforge_most(1, o->dilation[i]) * o->input.along[i]};
}

void convforge_run_window_pooling(const convforge_window_pooling *operation, const float *input,
                                  float *output, const convforge_threads *threads) {
  job j = {.operation = operation, .input = input, .output = output, .loops = loops_of(operation)};
  if (convforge_elements(&j.loops) <= 0)
    return;
  const int last = j.loops.rank - 1;
  j.row = window_of(operation, &j.loops, last);
  int64_t taps = j.row.kernel;
  for (int i = last - 1; i >= 0; --i)
    if (j.loops.kind[i] >= CONVFORGE_AXIS_ALONE) {
      const window w = window_of(operation, &j.loops, i);
      j.windows[j.window_count++] = w;
      taps *= w.kernel;
    }
  for (int i = 0; i < operation->rank; ++i)
    j.beginning -= operation->begin[i] * operation->input.along[i];
  convforge_visit(&j.loops, threads, convforge_least(BLOCK, j.loops.size[last]) * taps, visit, &j);
}
