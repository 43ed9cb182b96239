#include "row_arithmetic.h"

#include "convforge/operations.h"
#include "float_exponential.h"

#include <math.h>
#include <string.h>

static inline float combine(int arithmetic, float a, float b) {
  switch (arithmetic) {
  case CONVFORGE_ADD:
    return a + b;
  case CONVFORGE_SUBTRACT:
    return a - b;
  case CONVFORGE_MULTIPLY:
    return a * b;
  case CONVFORGE_DIVIDE:
    return a / b;
  case CONVFORGE_MAXIMUM:
    return ((a > b) | (a != a)) ? a : b;
  case CONVFORGE_MINIMUM:
    return ((a < b) | (a != a)) ? a : b;
  case CONVFORGE_PRELU: {
    const float below = a * b;
    return a < 0 ? below : a;
  }
  case CONVFORGE_POWER:
    return (float)pow((double)a, (double)b);
  case CONVFORGE_EQUAL:
    return a == b ? 1.0f : 0.0f;
  case CONVFORGE_LESS:
    return a < b ? 1.0f : 0.0f;
  case CONVFORGE_AT_MOST:
    return a <= b ? 1.0f : 0.0f;
  case CONVFORGE_WHERE:
    return b != 0 ? a : 0.0f;
  case CONVFORGE_UNLESS:
    return b != 0 ? 0.0f : a;
  case CONVFORGE_ABSOLUTE:
    return fabsf(a);
  case CONVFORGE_EXPONENTIAL:
    return (float)convforge_exponential(a);
  case CONVFORGE_LOGARITHM:
    return (float)log((double)a);
  case CONVFORGE_RECIPROCAL:
    return 1 / a;
  case CONVFORGE_SQUARE_ROOT:
    return sqrtf(a);
  case CONVFORGE_RECIPROCAL_SQUARE_ROOT:
    return (float)(1 / sqrt((double)a));
  default:
    return a;
  }
}

/* With constant arithmetic and steps: one tight loop. */
static inline void combine_row(int arithmetic, int64_t n, float *restrict to, const float *a, int64_t a_step,
                               const float *b, int64_t b_step) {
  for (int64_t i = 0; i < n; ++i)
    to[i] = combine(arithmetic, a[i * a_step], arithmetic == CONVFORGE_COPY ? 0 : b[i * b_step]);
}

static inline void combine_rows(int arithmetic, const convforge_rows *r, int64_t a_step, int64_t b_step) {
  for (int64_t i = 0; i < r->rows; ++i)
    combine_row(arithmetic, r->columns, r->to + i * r->to_row, r->a + i * r->a_row, a_step,
                r->b + i * r->b_row, b_step);
}

static void copy_rows(const convforge_rows *r) {
  for (int64_t i = 0; i < r->rows; ++i)
    memcpy(r->to + i * r->to_row, r->a + i * r->a_row, (size_t)r->columns * sizeof(float));
}

static inline void combine_block(int arithmetic, const convforge_rows *r) {
  if (r->a_step == 1 && r->b_step == 1)
    combine_rows(arithmetic, r, 1, 1);
  else if (r->a_step == 1 && r->b_step == 0)
    combine_rows(arithmetic, r, 1, 0);
  else if (r->a_step == 0 && r->b_step == 1)
    combine_rows(arithmetic, r, 0, 1);
  else
    combine_rows(arithmetic, r, r->a_step, r->b_step);
}

/* What lies along columns comes to lie along rows: four columns at once, whose rows are read one after
 * another. */
static void transpose(const convforge_rows *r) {
  int64_t i = 0;
  for (; i + 4 <= r->columns; i += 4) {
    const float *restrict a = r->a + i * r->a_step, *restrict b = a + r->a_step, *restrict c = b + r->a_step,
                          *restrict d = c + r->a_step;
    float *restrict to = r->to + i;
    for (int64_t k = 0; k < r->rows; ++k, to += r->to_row) {
      to[0] = a[k];
      to[1] = b[k];
      to[2] = c[k];
      to[3] = d[k];
    }
  }
  for (; i < r->columns; ++i)
    for (int64_t k = 0; k < r->rows; ++k)
      r->to[k * r->to_row + i] = r->a[k + i * r->a_step];
}

static void copy_block(const convforge_rows *r) {
  if (r->a_step == 1)
    copy_rows(r);
  else if (r->a_step == 0)
    combine_rows(CONVFORGE_COPY, r, 0, 0);
  else if (r->a_row == 1)
    transpose(r);
  else
    combine_rows(CONVFORGE_COPY, r, r->a_step, 0);
}

bool convforge_reads_b(int arithmetic) {
  return arithmetic != CONVFORGE_COPY && arithmetic < CONVFORGE_ABSOLUTE;
}

void convforge_combine(int arithmetic, const convforge_rows *r) {
  switch ((convforge_arithmetic)arithmetic) {
  case CONVFORGE_COPY:
    copy_block(r);
    return;
  case CONVFORGE_ADD:
    combine_block(CONVFORGE_ADD, r);
    return;
  case CONVFORGE_SUBTRACT:
    combine_block(CONVFORGE_SUBTRACT, r);
    return;
  case CONVFORGE_MULTIPLY:
    combine_block(CONVFORGE_MULTIPLY, r);
    return;
  case CONVFORGE_DIVIDE:
    combine_block(CONVFORGE_DIVIDE, r);
    return;
  case CONVFORGE_MAXIMUM:
    combine_block(CONVFORGE_MAXIMUM, r);
    return;
  case CONVFORGE_MINIMUM:
    combine_block(CONVFORGE_MINIMUM, r);
    return;
  case CONVFORGE_PRELU:
    combine_block(CONVFORGE_PRELU, r);
    return;
  case CONVFORGE_WHERE:
    combine_block(CONVFORGE_WHERE, r);
    return;
  case CONVFORGE_SQUARE_ROOT:
    combine_block(CONVFORGE_SQUARE_ROOT, r);
    return;
  case CONVFORGE_EXPONENTIAL:
    combine_block(CONVFORGE_EXPONENTIAL, r);
    return;
  default:
    combine_rows(arithmetic, r, r->a_step, r->b_step); /* rare, or as long as the call of libm */
  }
}
