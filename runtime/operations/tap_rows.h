/* Rows of a resampled output as weighted sums of rows of the input. */
#ifndef CONVFORGE_OPERATIONS_TAP_ROWS_H
#define CONVFORGE_OPERATIONS_TAP_ROWS_H

#include "convforge/operations.h"

#include <stdbool.h>

enum { CONVFORGE_TAP_ROWS = 4 }; /* added at once: all of a bilinear window */

typedef struct convforge_tap_rows {
  int count;
  const float *row[CONVFORGE_TAP_ROWS];
  float weight[CONVFORGE_TAP_ROWS];
} convforge_tap_rows;

/* The part of a row that is computed, along an axis that is copied (its taps are 0) or has taps of its own,
 * whose arrays then begin at the part's first element. */
typedef struct convforge_tap_row {
  int64_t n, step; /* between neighbours in the input */
  convforge_taps taps;
  bool fills; /* some of its taps are below 0 */
  float fill;
} convforge_tap_row;

/* to = the rows' sum, or to += it. */
void convforge_mix_rows(const convforge_tap_row *row, const convforge_tap_rows *rows, bool add, float *to);
/* The same of `value`, as if it stood in a whole row. */
void convforge_mix_value(const convforge_tap_row *row, float value, bool add, float *to);

#endif
