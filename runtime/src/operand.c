/* Operands by their names, and which of them the output may be. */
#include "convforge/convforge.h"

#include <stdbool.h>
#include <string.h>

int convforge_find_operand(const convforge_kernel *kernel, const char *name) {
  if (kernel == NULL || name == NULL || kernel->abi_version != CONVFORGE_ABI_VERSION)
    return -1;
  for (int i = 0; i < kernel->operand_count; ++i)
    if (strcmp(kernel->operands[i].name, name) == 0)
      return i;
  return -1;
}

static bool same_elements(const convforge_operand *a, const convforge_operand *b) {
  if (a->dtype != b->dtype || a->rank != b->rank)
    return false;
  for (int i = 0; i < a->rank; ++i)
    if (a->shape[i] != b->shape[i] || a->strides[i] != b->strides[i])
      return false;
  return true;
}

/* GPUs may read an epilogue's tensor through a cache that stores of the same launch do not reach
 * (ld.global.nc). */
int convforge_may_be_output(const convforge_kernel *kernel, int operand) {
  if (kernel == NULL || kernel->abi_version != CONVFORGE_ABI_VERSION || operand < 0 ||
      operand >= kernel->operand_count || (kernel->cpu_features & CONVFORGE_NEEDS_CUDA) ||
      kernel->pooling != NULL)
    return 0;
  const convforge_operand *tensor = &kernel->operands[operand];
  return tensor->role == CONVFORGE_EPILOGUE && tensor->constant == NULL &&
         same_elements(tensor, convforge_output(kernel));
}
