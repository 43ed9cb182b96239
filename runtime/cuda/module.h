#ifndef CONVFORGE_CUDA_MODULE_H
#define CONVFORGE_CUDA_MODULE_H

#include "driver.h"

/* Immutable while its context is not null; next and driver stay for good once it is in a list (modules.c). */
struct convforge_cuda_module {
  convforge_cuda_module *next; /* of the same kernel, in another context */
  convforge_cuda_driver driver;
  cu_context
      context; /* null: unloaded, kept for the next load. In a list it is read and written atomically */
  const convforge_cuda_variant *variant;
  cu_module code;
  cu_function functions[CONVFORGE_CUDA_MAX_LAUNCHES];
};

/* Takes the code out of its context; the rest stays. */
void convforge_cuda_unload_code(const convforge_cuda_module *module);

#endif
