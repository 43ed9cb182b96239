/* The operands of C programs that write a kernel's descriptor by hand. */
#ifndef CONVFORGE_TESTS_SCALAR_H
#define CONVFORGE_TESTS_SCALAR_H

#include "convforge/convforge.h"

/* A tensor of one float. */
static inline convforge_operand scalar(const char *name, convforge_role role) {
  return (convforge_operand){.name = name,
                             .role = role,
                             .dtype = CONVFORGE_F32,
                             .rank = 1,
                             .shape = {1},
                             .strides = {1},
                             .bytes = sizeof(float)};
}

#endif
