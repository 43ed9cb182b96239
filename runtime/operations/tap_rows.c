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

/* One row along an axis with taps. */
static inline void gather(int taps, const convforge_tap_row *row, const float *in, float weight, bool add,
                          float *restrict to) {
  for (int64_t i = 0; i < row->n; ++i) {
    float sum = 0;
    for (int t = 0; t < taps; ++t) {
      const int32_t index = row->taps.index[i * taps + t];
      const float x = index < 0 ? row->fill : in[index * row->step];
      const float term = weight_of(&row->taps, i * taps + t) * x;
      sum = t == 0 ? term : sum + term;
    }
    to[i] = add ? to[i] + weight * sum : weight * sum;
  }
}

static void mix_gathered(const convforge_tap_row *row, const convforge_tap_rows *rows, bool add, float *to) {
  for (int k = 0; k < rows->count; ++k) {
    const bool more = add || k > 0;
    if (row->taps.taps == 1)
      gather(1, row, rows->row[k], rows->weight[k], more, to);
    else if (row->taps.taps == 2)
      gather(2, row, rows->row[k], rows->weight[k], more, to);
    else
      gather(row->taps.taps, row, rows->row[k], rows->weight[k], more, to);
  }
}

void convforge_mix_rows(const convforge_tap_row *row, const convforge_tap_rows *rows, bool add, float *to) {
  if (row->taps.taps == 0)
    mix_copied(row, rows, add, to);
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
