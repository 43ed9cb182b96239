/* What pooling does with rows of its input: several at once, as each pass reads and writes the row of
 * results. */
#ifndef CONVFORGE_OPERATIONS_POOLED_ROWS_H
#define CONVFORGE_OPERATIONS_POOLED_ROWS_H

#include <stdbool.h>
#include <stdint.h>

enum { CONVFORGE_POOLED_ROWS = 3 }; /* at once: most windows are of three taps or of two */

typedef struct convforge_pooled_rows { /* 1 row at least, each of n elements, `step` apart */
  int count;
  const float *row[CONVFORGE_POOLED_ROWS];
} convforge_pooled_rows;

typedef struct convforge_range {
  int64_t begin, end;
} convforge_range;

void convforge_pool_sums(const convforge_pooled_rows *rows, int64_t n, int64_t step, double *sums);
/* NaN is passed over; answers whether there was some in the rows. */
bool convforge_pool_largest(const convforge_pooled_rows *rows, int64_t n, int64_t step, float *largest);
/* NaN where any is, in the rows or so far. */
void convforge_pool_largest_or_nan(const convforge_pooled_rows *rows, int64_t n, int64_t step,
                                   float *largest);

#endif
