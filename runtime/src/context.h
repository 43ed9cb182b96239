/* What one call of a kernel carries behind the opaque context pointer. It lives on the stack of
 * convforge_run, or of a worker of a parallel loop. */
#ifndef CONVFORGE_SRC_CONTEXT_H
#define CONVFORGE_SRC_CONTEXT_H

#include "convforge/convforge.h"
#include "convforge/hooks.h"

#include <stdbool.h>

/* Blocks of scratch that one context may have open at once. Kernels take one to three. */
enum { CONVFORGE_MAX_BLOCKS = 16 };

typedef struct convforge_block {
  size_t offset; /* from the beginning of the scratch */
  bool given_back;
} convforge_block;

/* A stack of blocks in [base, base + size). */
typedef struct convforge_scratch {
  char *base;
  size_t size, used;
  int block_count;
  convforge_block blocks[CONVFORGE_MAX_BLOCKS];
} convforge_scratch;

typedef struct convforge_context {
  const convforge_kernel *kernel; /* of this call, for the portable kernel */
  convforge_scratch scratch;
  bool flush_subnormals;            /* on every thread of the call */
  bool inside_loop;                 /* a nested loop runs one iteration after another */
  const convforge_threads *threads; /* null: the calling thread only */
  char *worker_scratch;             /* the region of worker 0; the others follow */
  size_t worker_bytes;              /* of each region */
} convforge_context;

void convforge_scratch_init(convforge_scratch *scratch, char *base, size_t size);

#endif
