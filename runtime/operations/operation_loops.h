/* How the axes of an operation become loops, whatever its elements are. The row is the last loop; its blocks
 * are the caller's to choose. */
#ifndef CONVFORGE_OPERATIONS_OPERATION_LOOPS_H
#define CONVFORGE_OPERATIONS_OPERATION_LOOPS_H

#include "axis_loops.h"
#include "convforge/operations.h"

/* Axes with windows stay as they are, each of its own kind; others are merged. */
convforge_loops convforge_pooling_loops(const convforge_window_pooling *operation);
/* Axes with taps likewise: taps say where in the input they are. */
convforge_loops convforge_resampling_loops(const convforge_resampling *operation);

#endif
