#include "fake_kernels.h"

#include "convforge/hooks.h"

#include <stddef.h>
#include <string.h>

static void *context_of(void **arguments) {
  return *(void **)arguments[0];
}

int fake_record(void **arguments) {
  memcpy(arguments[1], arguments + 2, 4 * sizeof(void *)); /* the fake has four views beside its output */
  return 0;
}

int fake_multiply_add(void **arguments) {
  float *output = arguments[1];
  const float *input = arguments[2], *weights = arguments[3], *bias = arguments[4];
  output[0] = input[0] * weights[0] + bias[0];
  return 0;
}

int fake_fail(void **arguments) {
  (void)arguments;
  return -12;
}

int fake_take_all(void **arguments) {
  void *blocks[FAKE_MAX_BLOCKS] = {0};
  for (int i = 0; i < FAKE_MAX_BLOCKS; ++i)
    blocks[i] = convforge_workspace_take(context_of(arguments), 64);
  memcpy(arguments[1], blocks, sizeof blocks);
  return 0;
}

/* The nested task adds through scratch, so that a region shared by two workers would show. */
static int add_task(void *context, int index, uint8_t *closure) {
  int *scratch = convforge_workspace_take(context, sizeof(int));
  if (scratch == NULL)
    return 1;
  *scratch = index;
  *(int *)(void *)closure += *scratch;
  convforge_workspace_give(context, scratch);
  return 0;
}

static int loop_task(void *context, int index, uint8_t *closure) {
  fake_iteration *iteration = (fake_iteration *)(void *)closure + (index - FAKE_FIRST);
  iteration->index = index;
  ++iteration->calls;
  iteration->first = convforge_workspace_take(context, 100);
  iteration->second = convforge_workspace_take(context, 1);
  iteration->third = convforge_workspace_take(context, 1);
  if (iteration->first == NULL || iteration->second == NULL)
    return 1;
  memset(iteration->first, index, 100);
  convforge_workspace_give(context, iteration->second);
  const int status = convforge_parallel_for(context, add_task, 0, index + 1, (uint8_t *)&iteration->sum);
  iteration->nested_scratch = *((unsigned char *)iteration->first + 99) == (unsigned char)index;
  convforge_workspace_give(context, iteration->first);
  return status;
}

int fake_loop(void **arguments) {
  int *shared = convforge_workspace_take(context_of(arguments), sizeof(int));
  if (shared == NULL)
    return 1;
  *shared = 12345;
  const int status =
      convforge_parallel_for(context_of(arguments), loop_task, FAKE_FIRST, FAKE_TASKS, arguments[1]);
  const int kept = *shared == 12345;
  convforge_workspace_give(context_of(arguments), shared);
  return kept ? status : 1;
}

static int failing_task(void *context, int index, uint8_t *closure) {
  (void)context;
  (void)closure;
  return index == 7;
}

int fake_failing_loop(void **arguments) {
  return convforge_parallel_for(context_of(arguments), failing_task, 0, 20, arguments[1]);
}

typedef struct products {
  const float *factors;
  float *output;
} products;

static int product_task(void *context, int index, uint8_t *closure) {
  (void)context;
  const products *p = (const products *)(void *)closure;
  p->output[index] = p->factors[0] * p->factors[1];
  return 0;
}

int fake_product_loop(void **arguments) {
  products p = {.factors = arguments[2], .output = arguments[1]};
  return convforge_parallel_for(context_of(arguments), product_task, 0, FAKE_TASKS, (uint8_t *)&p);
}

int fake_empty_loop(void **arguments) {
  return convforge_parallel_for(context_of(arguments), failing_task, 7, 0, arguments[1]) +
         convforge_parallel_for(context_of(arguments), failing_task, 7, -3, arguments[1]);
}
