#include "poison_kernels.h"

#include "convforge/convforge.h"
#include "convforge/hooks.h"

#include <stddef.h>
#include <string.h>

enum { BLOCK = 100, SHARED = 128, EACH = 192 }; /* the fake's workspace: fake.hpp */

static void *context_of(void **arguments) {
  return *(void **)arguments[0];
}

int poison_fill_block(void **arguments) {
  for (int round = 0; round < 2; ++round) {
    void *block = convforge_workspace_take(context_of(arguments), BLOCK);
    memset(block, 1, BLOCK);
    convforge_workspace_give(context_of(arguments), block);
  }
  return 0;
}

int poison_pass_block(void **arguments) {
  volatile char *block = convforge_workspace_take(context_of(arguments), BLOCK);
  block[BLOCK] = 1;
  return 0;
}

int poison_write_given_block(void **arguments) {
  volatile char *block = convforge_workspace_take(context_of(arguments), BLOCK);
  convforge_workspace_give(context_of(arguments), (void *)block);
  block[0] = 1;
  return 0;
}

int poison_write_workers_part(void **arguments) {
  volatile char *block = convforge_workspace_take(context_of(arguments), BLOCK);
  block[SHARED] = 1;
  return 0;
}

static int pass_part(void *context, int index, uint8_t *closure) {
  (void)index;
  (void)closure;
  volatile char *block = convforge_workspace_take(context, EACH);
  block[EACH - 1] = 1;
  block[EACH] = 1;
  return 0;
}

int poison_write_next_worker(void **arguments) {
  return convforge_parallel_for(context_of(arguments), pass_part, 0, 2, NULL);
}

int poison_call_again(void **arguments) {
  const convforge_kernel *kernel = *(const convforge_kernel *const *)arguments[1]; /* view 0 is the output */
  const convforge_args *args = ((const convforge_args *const *)arguments[1])[1];
  return convforge_run(kernel, args);
}
