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

/* Taps of an axis that is padded or cut off alone: from `begin` to `end` they are `from` and what follows it,
 * below 0 elsewhere. None where `end` is 0. */
typedef struct convforge_tap_run {
  int64_t begin, end, from;
} convforge_tap_run;

/* The run that `size` elements' taps are; none where an element has several, or a weight. */
convforge_tap_run convforge_tap_run_of(const convforge_taps *taps, int64_t size);

/* The part of a row that is computed, along an axis that is copied (its taps are 0) or has taps of its own,
 * whose arrays then begin at the part's first element. */
typedef struct convforge_tap_row {
  int64_t n, step; /* between neighbours in the input */
  convforge_taps taps;
  bool fills; /* some of its taps are below 0 */
  float fill;
  convforge_tap_run run; /* of the part's elements */
} convforge_tap_row;

/* to = the rows' sum, or to += it. */
void convforge_mix_rows(const convforge_tap_row *row, const convforge_tap_rows *rows, bool add, float *to);
/* The same of `value`, as if it stood in a whole row. */
void convforge_mix_value(const convforge_tap_row *row, float value, bool add, float *to);

#endif
