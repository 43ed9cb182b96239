/* What operations on bytes have in common: loops whose innermost axis is written as a row. */
#ifndef CONVFORGE_OPERATIONS_BYTE_ROWS_H
#define CONVFORGE_OPERATIONS_BYTE_ROWS_H

#include "axis_loops.h"

/* What makes signed bytes as ordered as those without a sign: their highest bit is the other way round. */
static inline uint8_t convforge_sign_bit(int32_t dtype) {
  return dtype == CONVFORGE_S8 ? 0x80 : 0;
}
static inline int32_t convforge_least_of(int32_t dtype) {
  return dtype == CONVFORGE_S8 ? -128 : 0;
}
/* The number that a byte is, of either type. */
static inline int32_t convforge_of_byte(uint8_t byte, int32_t dtype) {
  return (int32_t)(byte ^ convforge_sign_bit(dtype)) + convforge_least_of(dtype);
}
/* The byte of the nearest number that the type has. */
static inline uint8_t convforge_to_byte(int32_t number, int32_t dtype) {
  const int32_t place = number - convforge_least_of(dtype);
  return (uint8_t)((uint8_t)(place < 0 ? 0 : place > 255 ? 255 : place) ^ convforge_sign_bit(dtype));
}

/* Sorts and merges axes by the output's distances, so that the innermost one is a row of up to `block`
 * elements. Where a tensor that is read has neighbours along another axis only, blocks are tiles of rows of
 * that axis, which the last but one then is. */
void convforge_choose_rows(convforge_loops *loops, int64_t block);

#endif
