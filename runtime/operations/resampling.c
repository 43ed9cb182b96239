/* Resampling by rows: along an axis that is copied where its elements are neighbours (channels), else along
 * the innermost one. For each row the taps of the other axes are gone through. */
#include "operation_loops.h"
#include "tap_rows.h"

enum { BLOCK = 256 }; /* elements of a row */

typedef struct tapped {
  int axis; /* of the loops */
  convforge_taps taps;
  int64_t stride; /* of the input */
} tapped;

typedef struct job {
  const convforge_resampling *operation;
  const float *input;
  float *output;
  convforge_loops loops; /* the row is the last axis */
  tapped row;
  bool row_fills; /* some of its taps are below 0 */
  convforge_tap_run row_run;
  tapped others[CONVFORGE_MAX_RANK];
  int other_count;
} job;

/* A row on its way: the rows of the input that are not in it yet, and the weights of what is filled. */
typedef struct sum {
  convforge_tap_row row;
  convforge_tap_rows rows;
  float *to;
  bool started, filled;
  float filled_weight;
} sum;

static void flush(sum *s) {
  if (s->rows.count == 0)
    return;
  convforge_mix_rows(&s->row, &s->rows, s->started, s->to);
  s->rows.count = 0;
  s->started = true;
}

static void add_row(sum *s, const float *row, float weight) {
  if (row == NULL) {
    s->filled = true;
    s->filled_weight += weight;
    return;
  }
  if (s->rows.count == CONVFORGE_TAP_ROWS)
    flush(s);
  s->rows.row[s->rows.count] = row;
  s->rows.weight[s->rows.count++] = weight;
}

/* All taps of the axes from `which` on. `in`: the place that the axes before have led to; null: they have led
 * beside the input. */
static void take_taps(const job *j, sum *s, const convforge_place *place, int which, const float *in,
                      float weight) {
  if (which == j->other_count) {
    add_row(s, in, weight);
    return;
  }
  const tapped *t = &j->others[which];
  const int64_t first = place->at[t->axis] * t->taps.taps;
  for (int64_t tap = first; tap < first + t->taps.taps; ++tap) {
    const int32_t index = t->taps.index[tap];
    const float *next = index < 0 || in == NULL ? NULL : in + index * t->stride;
    const float product = t->taps.weight != NULL ? weight * t->taps.weight[tap] : weight;
    if (which + 1 == j->other_count)
      add_row(s, next, product); /* not by another call: a quarter of the time that few channels take */
    else
      take_taps(j, s, place, which + 1, next, product);
  }
}

/* What of a run lies in `n` elements from `begin` on. */
static convforge_tap_run part_of(const convforge_tap_run *run, int64_t begin, int64_t n) {
  const int64_t first = convforge_most(run->begin, begin), last = convforge_least(run->end, begin + n);
  return first < last ? (convforge_tap_run){first - begin, last - begin, run->from + first - run->begin}
                      : (convforge_tap_run){0, 0, 0};
}

static void visit(const void *closure, const convforge_place *place) {
  const job *j = closure;
  const int axis = j->loops.rank - 1;
  const int64_t step = j->loops.stride[0][axis], begin = place->at[axis] * j->row.taps.taps;
  float block[BLOCK];
  float *output = j->output + place->offset[0];
  sum s;
  s.to = step == 1 ? output : block;
  s.rows.count = 0;
  s.started = s.filled = false;
  s.filled_weight = 0;
  s.row.n = convforge_extent(&j->loops, place, axis);
  s.row.step = j->row.stride;
  s.row.fills = j->row_fills;
  s.row.run = part_of(&j->row_run, place->at[axis], s.row.n);
  s.row.fill = j->operation->fill;
  s.row.taps.taps = j->row.taps.taps;
  s.row.taps.index = j->row.taps.index ? j->row.taps.index + begin : NULL;
  s.row.taps.weight = j->row.taps.weight ? j->row.taps.weight + begin : NULL;
  take_taps(j, &s, place, 0, j->input + place->offset[1], 1);
  flush(&s);
  if (s.filled || !s.started) /* a sum of nothing is 0 */
    convforge_mix_value(&s.row, s.filled ? s.filled_weight * j->operation->fill : 0, s.started, s.to);
  if (step != 1)
    for (int64_t i = 0; i < s.row.n; ++i)
      output[i * step] = block[i];
}

static convforge_loops loops_of(const convforge_resampling *o) {
  convforge_loops loops = convforge_resampling_loops(o);
  loops.block[loops.rank - 1] = BLOCK;
  return loops;
}

static tapped tapped_of(const convforge_resampling *o, const convforge_loops *loops, int axis) {
  const int i = loops->kind[axis] - CONVFORGE_AXIS_ALONE;
  if (i < 0)
    return (tapped){.axis = axis, .stride = loops->stride[1][axis]};
  return (tapped){axis, o->axes[i], o->input.along[i]};
}

static bool fills(const convforge_taps *taps, int64_t size) {
  bool any = false;
  for (int64_t i = 0; i < size * taps->taps; ++i)
    any = any || taps->index[i] < 0;
  return any;
}

void convforge_run_resampling(const convforge_resampling *operation, const float *input, float *output,
                              const convforge_threads *threads) {
  job j = {.operation = operation, .input = input, .output = output, .loops = loops_of(operation)};
  if (convforge_elements(&j.loops) <= 0)
    return;
  const int last = j.loops.rank - 1;
  j.row = tapped_of(operation, &j.loops, last);
  j.row_fills = fills(&j.row.taps, j.loops.size[last]);
  j.row_run = convforge_tap_run_of(&j.row.taps, j.loops.size[last]);
  int64_t taps = convforge_most(1, j.row.taps.taps);
  for (int i = 0; i < last; ++i)
    if (j.loops.kind[i] >= CONVFORGE_AXIS_ALONE) {
      const tapped t = tapped_of(operation, &j.loops, i);
      j.others[j.other_count++] = t;
      taps *= t.taps.taps;
    }
  convforge_visit(&j.loops, threads, convforge_least(BLOCK, j.loops.size[last]) * taps, visit, &j);
}
