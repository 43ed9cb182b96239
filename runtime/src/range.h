/* Byte ranges of the caller's memory, compared as addresses: they belong to unrelated objects. */
#ifndef CONVFORGE_SRC_RANGE_H
#define CONVFORGE_SRC_RANGE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* Whether two ranges share a byte; an empty range shares none. The differences wrap around: the wrong one is
 * huge. */
static inline bool convforge_overlap(const void *a, size_t a_bytes, const void *b, size_t b_bytes) {
  const uintptr_t a_begin = (uintptr_t)a, b_begin = (uintptr_t)b;
  return a_bytes != 0 && b_bytes != 0 && (b_begin - a_begin < a_bytes || a_begin - b_begin < b_bytes);
}

static inline bool convforge_aligned(const void *pointer, size_t alignment) {
  return (uintptr_t)pointer % alignment == 0;
}

#endif
