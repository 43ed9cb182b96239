#include "pooled_rows.h"

#include <math.h>

/* With a constant count and step: one tight loop. Up to three floats are added as floats, which is half of
 * the conversions and errs by two roundings, then to the sum in float64. */
static inline void add(int count, const convforge_pooled_rows *rows, int64_t n, int64_t step,
                       double *restrict sums) {
  const float *const a = rows->row[0], *const b = rows->row[1], *const c = rows->row[2];
  for (int64_t i = 0; i < n; ++i) {
    float sum = a[i * step];
    sum = count > 1 ? sum + b[i * step] : sum;
    sum = count > 2 ? sum + c[i * step] : sum;
    sums[i] += sum;
  }
}

static inline void add_count(const convforge_pooled_rows *rows, int64_t n, int64_t step, double *sums) {
  if (rows->count == 1)
    add(1, rows, n, step, sums);
  else if (rows->count == 2)
    add(2, rows, n, step, sums);
  else
    add(3, rows, n, step, sums);
}

void convforge_pool_sums(const convforge_pooled_rows *rows, int64_t n, int64_t step, double *sums) {
  if (step == 1)
    add_count(rows, n, 1, sums);
  else if (step == 2)
    add_count(rows, n, 2, sums);
  else
    add_count(rows, n, step, sums);
}

/* Of fewer rows than three one counts for those that are not there. */
static inline convforge_pooled_rows three(const convforge_pooled_rows *rows) {
  return (convforge_pooled_rows){
      3, {rows->row[0], rows->row[rows->count > 1 ? 1 : 0], rows->row[rows->count > 2 ? 2 : 0]}};
}

static inline float larger(float x, float so_far) {
  return x > so_far ? x : so_far;
}

static inline bool maximise(const convforge_pooled_rows *rows, int64_t n, int64_t step,
                            float *restrict largest) {
  const float *const a = rows->row[0], *const b = rows->row[1], *const c = rows->row[2];
  int unordered = 0;
  for (int64_t i = 0; i < n; ++i) {
    const float x = a[i * step], y = b[i * step], z = c[i * step];
    unordered |= isunordered(x, y) | isunordered(z, z);
    largest[i] = larger(larger(x, y), larger(z, largest[i]));
  }
  return unordered != 0;
}

bool convforge_pool_largest(const convforge_pooled_rows *rows, int64_t n, int64_t step, float *largest) {
  const convforge_pooled_rows all = three(rows);
  if (step == 1)
    return maximise(&all, n, 1, largest);
  if (step == 2)
    return maximise(&all, n, 2, largest);
  return maximise(&all, n, step, largest);
}

void convforge_pool_largest_or_nan(const convforge_pooled_rows *rows, int64_t n, int64_t step,
                                   float *largest) {
  for (int k = 0; k < rows->count; ++k)
    for (int64_t i = 0; i < n; ++i) {
      const float x = rows->row[k][i * step];
      largest[i] = ((x > largest[i]) | (x != x)) ? x : largest[i]; /* of a NaN so far nothing is larger */
    }
}
