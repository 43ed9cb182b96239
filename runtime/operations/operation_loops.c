#include "operation_loops.h"

#include <stdbool.h>

static convforge_loops arranged(convforge_loops loops) {
  convforge_arrange(&loops, 0);
  convforge_widen(&loops, 1);
  convforge_move_axis(&loops, convforge_row_axis(&loops), loops.rank - 1);
  return loops;
}

static bool is_pooled(const convforge_window_pooling *o, int axis) {
  return o->kernel[axis] != 1 || o->stride[axis] != 1 || o->begin[axis] != 0 ||
         o->size[axis] > o->input_size[axis];
}

convforge_loops convforge_pooling_loops(const convforge_window_pooling *o) {
  convforge_loops loops = convforge_loops_of(o->rank, o->size);
  for (int i = 0; i < o->rank; ++i) {
    loops.kind[i] = is_pooled(o, i) ? CONVFORGE_AXIS_ALONE + i : CONVFORGE_AXIS_PLAIN;
    loops.stride[0][i] = o->output.along[i];
    loops.stride[1][i] = o->input.along[i] * o->stride[i];
  }
  return arranged(loops);
}

convforge_loops convforge_resampling_loops(const convforge_resampling *o) {
  convforge_loops loops = convforge_loops_of(o->rank, o->size);
  for (int i = 0; i < o->rank; ++i) {
    const bool copied = o->axes[i].taps == 0;
    loops.kind[i] = copied ? CONVFORGE_AXIS_PLAIN : CONVFORGE_AXIS_ALONE + i;
    loops.stride[0][i] = o->output.along[i];
    loops.stride[1][i] = copied ? o->input.along[i] : 0;
  }
  return arranged(loops);
}
