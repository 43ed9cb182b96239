#include "tap_rows.h"

#include <string.h>

/* With a constant number of rows: one tight loop. Of no row the sum so far, or 0. */
static inline void mix(int count, int64_t n, int64_t step, const convforge_tap_rows *rows, bool add,
                       float *restrict to) {
  const float *const a = rows->row[0], *const b = rows->row[1], *const c = rows->row[2],
                     *const d = rows->row[3];
  const float wa = rows->weight[0], wb = rows->weight[1], wc = rows->weight[2], wd = rows->weight[3];
  for (int64_t i = 0; i < n; ++i) {
    float sum = wa * a[i * step];
    sum = count > 1 ? sum + wb * b[i * step] : sum;
    sum = count > 2 ? sum + wc * c[i * step] : sum;
    sum = count > 3 ? sum + wd * d[i * step] : sum;
    to[i] = add ? to[i] + sum : sum;
  }
}

static inline void mix_count(int64_t n, int64_t step, const convforge_tap_rows *rows, bool add, float *to) {
  if (rows->count == 1)
    mix(1, n, step, rows, add, to);
  else if (rows->count == 2)
    mix(2, n, step, rows, add, to);
  else if (rows->count == 3)
    mix(3, n, step, rows, add, to);
  else
    mix(4, n, step, rows, add, to);
}

static void mix_copied(const convforge_tap_row *row, const convforge_tap_rows *rows, bool add, float *to) {
  if (row->step != 1)
    mix_count(row->n, row->step, rows, add, to);
  else if (add)
    mix_count(row->n, 1, rows, true, to);
  else if (rows->count == 1 && rows->weight[0] == 1)
    memcpy(to, rows->row[0], (size_t)row->n * sizeof(float));
  else
    mix_count(row->n, 1, rows, false, to);
}

static inline float weight_of(const convforge_taps *taps, int64_t i) {
  return taps->weight != NULL ? taps->weight[i] : 1;
}

/* Along an axis with taps: of each tap's element the rows' sum, times the tap's weight. With constant numbers
 * of taps and rows a loop without branches, where nothing is filled. */
static inline void gather(int taps, int count, bool fills, int64_t step, const convforge_tap_row *row,
                          const convforge_tap_rows *rows, bool add, float *restrict to) {
  for (int64_t i = 0; i < row->n; ++i) {
    float sum = 0;
    for (int t = 0; t < taps; ++t) {
      const int32_t index = row->taps.index[i * taps + t];
      float x = 0;
      for (int k = 0; k < count; ++k) {
        const float term = rows->weight[k] * (fills && index < 0 ? row->fill : rows->row[k][index * step]);
        x = k == 0 ? term : x + term;
      }
      const float term = weight_of(&row->taps, i * taps + t) * x;
      sum = t == 0 ? term : sum + term;
    }
    to[i] = add ? to[i] + sum : sum;
  }
}

/* Nearest neighbours and padding, and linear along this axis and one or two others. */
static void mix_gathered(const convforge_tap_row *row, const convforge_tap_rows *rows, bool add, float *to) {
  const int taps = row->taps.taps, count = rows->count;
  if (taps == 1 && count == 1 && row->fills)
    gather(1, 1, true, row->step, row, rows, add, to);
  else if (taps == 1 && count == 1)
    gather(1, 1, false, row->step, row, rows, add, to);
  else if (taps == 2 && count == 2 && !row->fills)
    gather(2, 2, false, row->step, row, rows, add, to);
  else if (taps == 2 && count == 4 && !row->fills)
    gather(2, 4, false, row->step, row, rows, add, to);
  else
    gather(taps, count, true, row->step, row, rows, add, to);
}

convforge_tap_run convforge_tap_run_of(const convforge_taps *taps, int64_t size) {
  const convforge_tap_run none = {0, 0, 0};
  if (taps->taps != 1 || taps->weight != NULL)
    return none;
  convforge_tap_run run = none;
  while (run.begin < size && taps->index[run.begin] < 0)
    ++run.begin;
  if (run.begin == size)
    return none;
  run.from = taps->index[run.begin];
  run.end = run.begin + 1;
  while (run.end < size && taps->index[run.end] == run.from + run.end - run.begin)
    ++run.end;
  for (int64_t i = run.end; i < size; ++i)
    if (taps->index[i] >= 0)
      return none;
  return run;
}

static void fill(int64_t begin, int64_t end, float value, float *to) {
  for (int64_t i = begin; i < end; ++i)
    to[i] = value;
}

/* One row, padded: 28 channels of 24 at 64x64 took 102 us by gather() (Zen 4). */
static void mix_run(const convforge_tap_row *row, const float *from, float *to) {
  const convforge_tap_run *run = &row->run;
  from += run->from * row->step;
  fill(0, run->begin, row->fill, to);
  if (row->step == 1)
    memcpy(to + run->begin, from, (size_t)(run->end - run->begin) * sizeof(float));
  else
    for (int64_t i = run->begin; i < run->end; ++i)
      to[i] = from[(i - run->begin) * row->step];
  fill(run->end, row->n, row->fill, to);
}

void convforge_mix_rows(const convforge_tap_row *row, const convforge_tap_rows *rows, bool add, float *to) {
  if (row->taps.taps == 0)
    mix_copied(row, rows, add, to);
  else if (row->run.end > 0 && !add && rows->count == 1 && rows->weight[0] == 1)
    mix_run(row, rows->row[0], to);
  else
    mix_gathered(row, rows, add, to);
}

void convforge_mix_value(const convforge_tap_row *row, float value, bool add, float *to) {
  for (int64_t i = 0; i < row->n; ++i) {
    float weight = row->taps.taps == 0 ? 1 : 0;
    for (int t = 0; t < row->taps.taps; ++t)
      weight += weight_of(&row->taps, i * row->taps.taps + t);
    to[i] = add ? to[i] + value * weight : value * weight;
  }
}
