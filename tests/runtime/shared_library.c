/* A user's shared library with the runtime inside; what it exports is its own. */
#include "convforge/convforge.h"
#include "convforge/hooks.h"
#include "scalar.h"

#include <stdint.h>

int user_call(void);

static int task(void *context, int index, uint8_t *closure) {
  void *scratch = convforge_workspace_take(context, 64);
  closure[index] = 1;
  convforge_workspace_give(context, scratch);
  return scratch == 0;
}

static int loop(void **arguments) {
  return convforge_parallel_for(*(void **)arguments[0], task, 0, 4, arguments[1]);
}

/* Runs a kernel of four iterations on two threads. CONVFORGE_OK if each had scratch memory. */
int user_call(void) {
  static _Alignas(64) unsigned char packed[128], workspace[128], input[4], output[4];
  const convforge_pack_region region = {64, 0, 1, 1, 0};
  const convforge_view view = {2, 0, 0};
  const convforge_operand operands[] = {scalar("input", CONVFORGE_INPUT),
                                        scalar("weights", CONVFORGE_WEIGHTS),
                                        scalar("output", CONVFORGE_OUTPUT)};
  const convforge_kernel kernel = {
      .abi_version = CONVFORGE_ABI_VERSION,
      .operand_count = 3,
      .operands = operands,
      .pack = {.layout_id = 1,
               .layout = "one",
               .kind = CONVFORGE_PACK_BLOCKED,
               .weights_dtype = CONVFORGE_F32,
               .packed_dtype = CONVFORGE_F32,
               .groups = 1,
               .group_in = 1,
               .group_out = 1,
               .kernel = {1, 1, 1},
               .stride = {1, 1, 1},
               .region_count = 1,
               .regions = &region},
      .packed_bytes = sizeof packed,
      .workspace_thread_bytes = 64,
      .view_count = 1,
      .views = &view,
      .function = loop,
  };
  convforge_pool *pool = convforge_pool_create(2);
  const convforge_threads threads = convforge_pool_threads(pool);
  int status = convforge_pack_weights(&kernel, input, packed);
  void *const pointers[] = {input, packed, output};
  const convforge_args args = {.operands = pointers, .workspace = workspace, .threads = &threads};
  if (status == CONVFORGE_OK)
    status = convforge_run(&kernel, &args);
  convforge_pool_destroy(pool);
  return status;
}
