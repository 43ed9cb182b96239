/* What make_kernels writes and the checker runs. */
#ifndef CONVFORGE_TESTS_GPU_CASES_H
#define CONVFORGE_TESTS_GPU_CASES_H

#include "convforge/cuda.h"

#ifdef __cplusplus
extern "C" {
#endif

typedef struct gpu_case {
  const char *problem; /* a line of a problem list */
  const convforge_cuda_kernel *kernel;
} gpu_case;

extern const gpu_case gpu_cases[];
extern const int gpu_case_count;

#ifdef __cplusplus
}
#endif

#endif
