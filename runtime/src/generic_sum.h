/* One output of the portable kernel: where its elements lie, and its sum. */
#ifndef CONVFORGE_SRC_GENERIC_SUM_H
#define CONVFORGE_SRC_GENERIC_SUM_H

#include "convforge/generic.h"

/* The operands of one call, as the views of the kernel give them. */
typedef struct convforge_tensors {
  void *operand[CONVFORGE_MAX_OPERANDS]; /* the weights: past their header, [group][k][t][r][s][c] */
} convforge_tensors;

/* Where along each axis a place of a box is that is counted row by row. */
typedef struct convforge_place {
  int at[3];
} convforge_place;
convforge_place convforge_place_of(const int32_t extent[3], int64_t index);

/* An output element: image, place, channel. */
typedef struct convforge_element {
  int n, k;
  convforge_place out;
} convforge_element;

/* Where an operand that is by channel, or like the output, has the value for an element. */
size_t convforge_element_index(const convforge_generic *g, const convforge_operand *operand,
                               const convforge_element *at);

/* The sum of an output element, before the epilogue. */
double convforge_generic_sum(const convforge_generic *g, const convforge_tensors *t,
                             const convforge_element *at);
/* The same of 8-bit integers, bias included; in padding is the source's zero point. */
int32_t convforge_generic_integer_sum(const convforge_generic *g, const convforge_tensors *t,
                                      const convforge_element *at);

#endif
