/* Scratch memory for kernels: a stack of blocks in the caller's workspace. */
#include "context.h"
#include "poison.h"

void convforge_scratch_init(convforge_scratch *scratch, char *base, size_t size) {
  scratch->base = base;
  scratch->size = size;
  scratch->used = 0;
  scratch->block_count = 0;
}

void *convforge_workspace_take(void *context, size_t bytes) {
  convforge_scratch *scratch = &((convforge_context *)context)->scratch;
  const size_t left =
      scratch->size - scratch->used; /* a multiple of 64, so that rounding up cannot pass it */
  if (bytes == 0 || bytes > left || scratch->block_count == CONVFORGE_MAX_BLOCKS)
    return NULL;
  scratch->blocks[scratch->block_count++] = (convforge_block){scratch->used, false};
  void *block = scratch->base + scratch->used;
  convforge_unpoison(block, bytes);
  scratch->used += (bytes + CONVFORGE_ALIGNMENT - 1) / CONVFORGE_ALIGNMENT * CONVFORGE_ALIGNMENT;
  return block;
}

/* Halide frees a buffer after its last use, which need not be the reverse of the order of allocation: a block
 * below the top is only marked, and goes when those above it have gone. */
void convforge_workspace_give(void *context, void *block) {
  convforge_scratch *scratch = &((convforge_context *)context)->scratch;
  for (int i = scratch->block_count - 1; i >= 0; --i) {
    const size_t offset = scratch->blocks[i].offset;
    if (scratch->base + offset == block) {
      const bool is_last = i == scratch->block_count - 1;
      convforge_poison(block, (is_last ? scratch->used : scratch->blocks[i + 1].offset) - offset);
      scratch->blocks[i].given_back = true;
      break;
    }
  }
  while (scratch->block_count > 0 && scratch->blocks[scratch->block_count - 1].given_back)
    scratch->used = scratch->blocks[--scratch->block_count].offset;
}
