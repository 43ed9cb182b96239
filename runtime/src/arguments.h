/* The arguments of a call once they are known to be right. */
#ifndef CONVFORGE_SRC_ARGUMENTS_H
#define CONVFORGE_SRC_ARGUMENTS_H

#include "convforge/convforge.h"

typedef struct convforge_call {
  const void *operands[CONVFORGE_MAX_OPERANDS]; /* as the kernel's; constants in their places */
  char *workspace;                              /* null: the kernel needs none */
} convforge_call;

/* Bytes of a call's memory behind operand i: of the packed weights, header included, in the weights' place;
 * none in that of what they were packed with. */
static inline size_t convforge_operand_bytes(const convforge_kernel *kernel, int i) {
  switch ((convforge_role)kernel->operands[i].role) {
  case CONVFORGE_WEIGHTS:
    return kernel->packed_bytes;
  case CONVFORGE_PACKED:
    return 0;
  default:
    return kernel->operands[i].bytes;
  }
}

/* Whether there are as many operands as there can be: at least input, weights and output. */
static inline int convforge_has_operands(const convforge_kernel *kernel) {
  return kernel->operands != NULL && kernel->operand_count >= 3 &&
         kernel->operand_count <= CONVFORGE_MAX_OPERANDS;
}

/* Checks everything that convforge_run promises to check and fills `call`. CONVFORGE_OK, or what is wrong. */
int convforge_check_arguments(const convforge_kernel *kernel, const convforge_args *args,
                              convforge_call *call);

#endif
