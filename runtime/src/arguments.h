/* The arguments of a call once they are known to be right. */
#ifndef CONVFORGE_SRC_ARGUMENTS_H
#define CONVFORGE_SRC_ARGUMENTS_H

#include "convforge/convforge.h"

typedef struct convforge_operands {
  const void *tensor[CONVFORGE_TENSOR_COUNT]; /* null: the kernel does not take it */
  char *workspace;                            /* null: the kernel needs none */
} convforge_operands;

/* Checks everything that convforge_run promises to check and fills `operands`. CONVFORGE_OK, or what is
 * wrong. */
int convforge_check_arguments(const convforge_kernel *kernel, const convforge_args *args,
                              convforge_operands *operands);

#endif
