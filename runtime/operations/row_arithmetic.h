/* The arithmetic of elementwise operations on a block of rows. */
#ifndef CONVFORGE_OPERATIONS_ROW_ARITHMETIC_H
#define CONVFORGE_OPERATIONS_ROW_ARITHMETIC_H

#include <stdbool.h>
#include <stdint.h>

/* A block of rows: distances from row to row, and in what is read from element to element. */
typedef struct convforge_rows {
  int64_t rows, columns;
  float *to;
  int64_t to_row;
  const float *a, *b;
  int64_t a_row, b_row, a_step, b_step;
} convforge_rows;

/* Has it (convforge_arithmetic) two operands? */
bool convforge_reads_b(int arithmetic);
/* to = a arithmetic b (convforge_arithmetic); `to` overlaps neither. */
void convforge_combine(int arithmetic, const convforge_rows *rows);

#endif
