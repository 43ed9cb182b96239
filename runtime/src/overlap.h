/* Slices of larger tensors whose bytes interleave: channel ranges of one concatenation, say. */
#ifndef CONVFORGE_SRC_OVERLAP_H
#define CONVFORGE_SRC_OVERLAP_H

#include "convforge/convforge.h"

#include <stdbool.h>

/* Whether two tensors of one layout whose ranges of bytes overlap may share an element. Exact where both have
 * the strides of one larger tensor and elements of one size, else yes. Constant time. */
bool convforge_slices_meet(const convforge_operand *a, const void *a_data, const convforge_operand *b,
                           const void *b_data);

#endif
