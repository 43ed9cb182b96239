/* Loops over the axes of up to three tensors at once, by blocks, on one thread or several. An operation
 * describes its axes, lets them be put in a better order and merged, and is then called for each block. */
#ifndef CONVFORGE_OPERATIONS_AXIS_LOOPS_H
#define CONVFORGE_OPERATIONS_AXIS_LOOPS_H

#include "convforge/operations.h"

#include <stdbool.h>

enum { CONVFORGE_LOOP_TENSORS = 3 };

/* What an axis is. Neighbours of one kind may become one axis; each that is on its own (kind
 * CONVFORGE_AXIS_ALONE + i, i being the operation's axis) stays as it is. */
enum { CONVFORGE_AXIS_PLAIN = 0, CONVFORGE_AXIS_REDUCED = 1, CONVFORGE_AXIS_ALONE = 2 };

typedef struct convforge_loops { /* outermost first */
  int rank;
  int kind[CONVFORGE_MAX_RANK];
  int64_t size[CONVFORGE_MAX_RANK];
  int64_t block[CONVFORGE_MAX_RANK]; /* elements that one visit takes along the axis */
  int64_t stride[CONVFORGE_LOOP_TENSORS][CONVFORGE_MAX_RANK];
} convforge_loops;

/* The first element of a block: its indices, and its distance from the first element of each tensor. */
typedef struct convforge_place {
  int64_t at[CONVFORGE_MAX_RANK];
  int64_t offset[CONVFORGE_LOOP_TENSORS];
} convforge_place;

static inline int64_t convforge_least(int64_t a, int64_t b) {
  return a < b ? a : b;
}
static inline int64_t convforge_most(int64_t a, int64_t b) {
  return a > b ? a : b;
}

/* Axes of these sizes: plain ones, in blocks of 1, with strides 0. */
convforge_loops convforge_loops_of(int rank, const int64_t *size);
/* Adds an axis as the innermost one. */
void convforge_add_axis(convforge_loops *loops, int kind, int64_t size, const int64_t *strides);
/* Moves the axis so that `to` becomes its place. */
void convforge_move_axis(convforge_loops *loops, int from, int to);
/* Drops axes of size 1, sorts the others by this tensor's distances, the smallest innermost, and merges those
 * that are one in all tensors. None is dropped that is on its own. */
void convforge_arrange(convforge_loops *loops, int tensor);
/* Adds axes of one element in front until there are `rank`. */
void convforge_widen(convforge_loops *loops, int rank);
/* The axis along which both tensors 0 and 1 are best read and written row by row: of more than one element,
 * next to one another in both, else in tensor 0; else the innermost one. There is one at least. */
int convforge_row_axis(const convforge_loops *loops);
int64_t convforge_elements(const convforge_loops *loops);

/* How many elements the block at this place has along an axis: the last one may be smaller. */
static inline int64_t convforge_extent(const convforge_loops *loops, const convforge_place *place, int axis) {
  return convforge_least(loops->block[axis], loops->size[axis] - place->at[axis]);
}

/* The next block, or false and the first one again. */
static inline bool convforge_next(const convforge_loops *loops, convforge_place *place) {
  for (int i = loops->rank - 1; i >= 0; --i) {
    const int64_t before = place->at[i], step = loops->block[i];
    const bool more = step < loops->size[i] - before;
    place->at[i] = more ? before + step : 0;
    for (int t = 0; t < CONVFORGE_LOOP_TENSORS; ++t)
      place->offset[t] += (place->at[i] - before) * loops->stride[t][i];
    if (more)
      return true;
  }
  return false;
}

typedef void (*convforge_visitor)(const void *closure, const convforge_place *place);

/* Visits every block, each thread a range of them; `work` is about how many elements one visit reads. Little
 * work stays on the calling thread. */
void convforge_visit(const convforge_loops *loops, const convforge_threads *threads, int64_t work,
                     convforge_visitor visitor, const void *closure);

#endif
