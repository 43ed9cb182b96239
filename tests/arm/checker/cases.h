/* What make_kernels writes and the checker runs. */
#pragma once

#include "convforge/convforge.h"
#include "convforge/quantise.h"

#ifdef __cplusplus
extern "C" {
#endif

typedef struct Case {
  const char *problem; /* a line of a problem list */
  const convforge_kernel *kernel;
} Case;

extern const Case cases[];
extern const int case_count;

#ifdef __cplusplus
}
#endif
