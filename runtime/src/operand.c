/* Operands by their names. */
#include "convforge/convforge.h"

#include <string.h>

int convforge_find_operand(const convforge_kernel *kernel, const char *name) {
  if (kernel == NULL || name == NULL || kernel->abi_version != CONVFORGE_ABI_VERSION)
    return -1;
  for (int i = 0; i < kernel->operand_count; ++i)
    if (strcmp(kernel->operands[i].name, name) == 0)
      return i;
  return -1;
}
