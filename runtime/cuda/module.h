#ifndef CONVFORGE_CUDA_MODULE_H
#define CONVFORGE_CUDA_MODULE_H

#include "driver.h"

/* Immutable once loaded. */
struct convforge_cuda_module {
  convforge_cuda_module *next; /* of the same kernel, in another context */
  convforge_cuda_driver driver;
  cu_context context;
  const convforge_cuda_variant *variant;
  cu_module code;
  cu_function functions[CONVFORGE_CUDA_MAX_LAUNCHES];
};

#endif
