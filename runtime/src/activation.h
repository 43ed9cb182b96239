/* Activations in float64, right over all floats. */
#ifndef CONVFORGE_SRC_ACTIVATION_H
#define CONVFORGE_SRC_ACTIVATION_H

#include "convforge/generic.h"

/* NaN gives NaN, an infinity the limit there. */
double convforge_activate(const convforge_op *op, double x);

#endif
