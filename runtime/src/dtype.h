/* Types of elements. */
#ifndef CONVFORGE_SRC_DTYPE_H
#define CONVFORGE_SRC_DTYPE_H

#include "convforge/convforge.h"

/* Bytes, and so the alignment, of one element of a convforge_dtype. */
static inline size_t convforge_element_bytes(int32_t dtype) {
  return dtype == CONVFORGE_F16 ? sizeof(uint16_t) : sizeof(float);
}

#endif
