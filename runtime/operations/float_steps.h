/* What an elementwise operation does after its arithmetic, to a row of values in place. */
#ifndef CONVFORGE_OPERATIONS_FLOAT_STEPS_H
#define CONVFORGE_OPERATIONS_FLOAT_STEPS_H

#include "convforge/operations.h"

void convforge_apply_steps(const convforge_op *steps, int count, float *values, int64_t n);
/* An activation that takes an exponential or more: within 1e-7 of convforge_activate(). */
void convforge_apply_transcendental(const convforge_op *step, float *values, int64_t n);

#endif
