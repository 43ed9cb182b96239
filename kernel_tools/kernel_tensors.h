/* All tensors of one call, allocated as a kernel's descriptor says and filled with reproducible numbers, gaps
 * of slices too. Integers of 8 bits take all values that they have. */
#ifndef CONVFORGE_TOOLS_KERNEL_TENSORS_H
#define CONVFORGE_TOOLS_KERNEL_TENSORS_H

#include "convforge/convforge.h"
#include "convforge_tools/kernel_programs.h"

typedef struct kernel_tensors {
  const convforge_kernel *kernel;
  void *values[CONVFORGE_MAX_OPERANDS];   /* of each operand, of its type; the weights as they were before
                                             packing */
  void *pointers[CONVFORGE_MAX_OPERANDS]; /* the call's: the same, packed weights in the weights' place */
  void *packed, *workspace;
} kernel_tensors;

/* Allocates and fills everything for up to `threads` threads, constants from their files, and packs the
 * weights. On failure says why on stderr, frees what it had and answers -1. */
int kernel_tensors_create(kernel_tensors *tensors, const convforge_kernel *kernel,
                          const convforge_constant_file *constants, int threads);
void kernel_tensors_destroy(kernel_tensors *tensors);
void *kernel_tensors_output(const kernel_tensors *tensors);
/* The call's arguments over these tensors, valid as long as they are; `threads` may be null. */
convforge_args kernel_tensors_args(const kernel_tensors *tensors, const convforge_threads *threads);

#endif
