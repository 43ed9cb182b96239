/* Bytes by tables of places, row by row. */
#include "byte_rows.h"
#include "operation_loops.h"

#include <string.h>

enum { BLOCK = 4096 };

typedef struct job {
  const convforge_resampling *operation;
  const uint8_t *input;
  uint8_t *output;
  uint8_t fill;
  convforge_loops loops;
} job;

/* Places along the row's axis: of those that are copied all, one after another. */
typedef struct row {
  int64_t n, to_step, from_step;
  const int32_t *index; /* null: copied */
} row;

static bool is_tapped(const job *j, int i) {
  return j->loops.kind[i] >= CONVFORGE_AXIS_ALONE;
}
static int axis_of(const job *j, int i) {
  return j->loops.kind[i] - CONVFORGE_AXIS_ALONE;
}

/* Where the taps of all axes but the row's lead to in the input; null: beside it. */
static const uint8_t *source_of(const job *j, const convforge_place *place) {
  const uint8_t *from = j->input + place->offset[1];
  for (int i = 0; i < j->loops.rank - 1; ++i)
    if (is_tapped(j, i)) {
      const int32_t index = j->operation->axes[axis_of(j, i)].index[place->at[i]];
      if (index < 0)
        return NULL;
      from += index * j->operation->input.along[axis_of(j, i)];
    }
  return from;
}

static row row_of(const job *j, const convforge_place *place) {
  const int column = j->loops.rank - 1;
  row r = {convforge_extent(&j->loops, place, column), j->loops.stride[0][column], j->loops.stride[1][column],
           NULL};
  if (is_tapped(j, column)) {
    r.from_step = j->operation->input.along[axis_of(j, column)];
    r.index = j->operation->axes[axis_of(j, column)].index + place->at[column];
  }
  return r;
}

static void visit(const void *closure, const convforge_place *place) {
  const job *j = closure;
  const row r = row_of(j, place);
  const uint8_t *from = source_of(j, place);
  uint8_t *to = j->output + place->offset[0];
  if (from != NULL && r.index == NULL && r.to_step == 1 && r.from_step == 1) {
    memcpy(to, from, (size_t)r.n);
    return;
  }
  for (int64_t i = 0; i < r.n; ++i) {
    const int64_t at = r.index != NULL ? r.index[i] : i;
    to[i * r.to_step] = from != NULL && at >= 0 ? from[at * r.from_step] : j->fill;
  }
}

static convforge_loops loops_of(const convforge_resampling *o) {
  convforge_loops loops = convforge_resampling_loops(o);
  loops.block[loops.rank - 1] = BLOCK;
  return loops;
}

void convforge_run_resampling_bytes(const convforge_resampling *operation, const void *input, void *output,
                                    const convforge_threads *threads) {
  job j = {.operation = operation,
           .input = input,
           .output = output,
           .fill = (uint8_t)(int32_t)operation->fill,
           .loops = loops_of(operation)};
  if (convforge_elements(&j.loops) > 0)
    convforge_visit(&j.loops, threads, j.loops.block[j.loops.rank - 1], visit, &j);
}
