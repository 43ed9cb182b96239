/* All tensors of one call, allocated as a kernel's descriptor says and filled with reproducible numbers. */
#ifndef CONVFORGE_TOOLS_KERNEL_TENSORS_H
#define CONVFORGE_TOOLS_KERNEL_TENSORS_H

#include "convforge/convforge.h"

/* Where the values of constant weights and bias come from: the files the kernel was generated with, or null.
 */
typedef struct kernel_constants {
  const char *weights_npy, *bias_npy;
} kernel_constants;

typedef struct kernel_tensors {
  void *input, *weights, *bias, *residual, *output; /* of the kernel's types; null: not in this kernel */
  void *packed, *workspace;
} kernel_tensors;

/* Allocates and fills everything for up to `threads` threads, and packs the weights. On failure says why on
 * stderr, frees what it had and answers -1. */
int kernel_tensors_create(kernel_tensors *tensors, const convforge_kernel *kernel, kernel_constants constants,
                          int threads);
void kernel_tensors_destroy(kernel_tensors *tensors);
/* The call's arguments over these tensors; `threads` may be null. */
convforge_args kernel_tensors_args(const kernel_tensors *tensors, const convforge_threads *threads);

#endif
