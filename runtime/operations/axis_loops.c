#include "axis_loops.h"

/* Waking threads takes some microseconds, in which one thread does about as many elements. */
static const int64_t least_work = 32768;

convforge_loops convforge_loops_of(int rank, const int64_t *size) {
  convforge_loops loops = {.rank = rank};
  for (int i = 0; i < rank; ++i) {
    loops.size[i] = size[i];
    loops.block[i] = 1;
  }
  return loops;
}

void convforge_add_axis(convforge_loops *loops, int kind, int64_t size, const int64_t *strides) {
  const int axis = loops->rank++;
  loops->kind[axis] = kind;
  loops->size[axis] = size;
  loops->block[axis] = 1;
  for (int t = 0; t < CONVFORGE_LOOP_TENSORS; ++t)
    loops->stride[t][axis] = strides[t];
}

static void copy_axis(convforge_loops *loops, int to, const convforge_loops *from, int axis) {
  loops->kind[to] = from->kind[axis];
  loops->size[to] = from->size[axis];
  loops->block[to] = from->block[axis];
  for (int t = 0; t < CONVFORGE_LOOP_TENSORS; ++t)
    loops->stride[t][to] = from->stride[t][axis];
}

void convforge_move_axis(convforge_loops *loops, int from, int to) {
  const convforge_loops before = *loops;
  const int step = from < to ? 1 : -1;
  for (int i = from; i != to; i += step)
    copy_axis(loops, i, &before, i + step);
  copy_axis(loops, to, &before, from);
}

static void drop_axes_of_one(convforge_loops *loops) {
  int kept = 0;
  for (int i = 0; i < loops->rank; ++i)
    if (loops->size[i] != 1 || loops->kind[i] >= CONVFORGE_AXIS_ALONE)
      copy_axis(loops, kept++, loops, i);
  loops->rank = kept;
}

static int64_t distance(const convforge_loops *loops, int tensor, int axis) {
  const int64_t stride = loops->stride[tensor][axis];
  return stride < 0 ? -stride : stride;
}

static void sort_axes(convforge_loops *loops, int tensor) {
  for (int i = 1; i < loops->rank; ++i) {
    int to = i;
    while (to > 0 && distance(loops, tensor, to - 1) < distance(loops, tensor, i))
      --to;
    convforge_move_axis(loops, i, to);
  }
}

static bool are_one(const convforge_loops *loops, int outer, int inner) {
  bool one = loops->kind[outer] == loops->kind[inner];
  for (int t = 0; t < CONVFORGE_LOOP_TENSORS; ++t)
    one = one && loops->stride[t][outer] == loops->stride[t][inner] * loops->size[inner];
  return one;
}

static void merge_axes(convforge_loops *loops) {
  if (loops->rank == 0)
    return;
  int last = 0;
  for (int i = 1; i < loops->rank; ++i) {
    const int64_t outer = are_one(loops, last, i) ? loops->size[last] : 0;
    last += outer == 0;
    copy_axis(loops, last, loops, i);
    if (outer != 0)
      loops->size[last] *= outer;
  }
  loops->rank = last + 1;
}

void convforge_arrange(convforge_loops *loops, int tensor) {
  drop_axes_of_one(loops);
  sort_axes(loops, tensor);
  merge_axes(loops);
}

void convforge_widen(convforge_loops *loops, int rank) {
  static const int64_t dense[CONVFORGE_LOOP_TENSORS] = {1, 1, 1};
  while (loops->rank < rank) {
    convforge_add_axis(loops, CONVFORGE_AXIS_PLAIN, 1, dense);
    convforge_move_axis(loops, loops->rank - 1, 0);
  }
}

int convforge_row_axis(const convforge_loops *loops) {
  int best = loops->rank - 1, best_merit = 0;
  for (int i = loops->rank - 1; i >= 0; --i) {
    const int written = loops->stride[0][i] == 1, read = loops->stride[1][i] == 1;
    const int merit = loops->size[i] > 1 ? 2 * written + read : 0;
    if (merit > best_merit) {
      best = i;
      best_merit = merit;
    }
  }
  return best;
}

int64_t convforge_elements(const convforge_loops *loops) {
  int64_t elements = 1;
  for (int i = 0; i < loops->rank; ++i)
    elements *= loops->size[i];
  return elements;
}

/* ---- Visits ---------------------------------------------------------------------------------- */

typedef struct visits {
  const convforge_loops *loops;
  convforge_visitor visitor;
  const void *closure;
  int64_t count; /* of blocks */
  int workers;
} visits;

static int64_t blocks_along(const convforge_loops *loops, int axis) {
  return (loops->size[axis] + loops->block[axis] - 1) / loops->block[axis];
}

static convforge_place place_of(const convforge_loops *loops, int64_t block) {
  convforge_place place = {{0}, {0}};
  for (int i = loops->rank - 1; i >= 0; --i) {
    const int64_t count = blocks_along(loops, i);
    place.at[i] = block % count * loops->block[i];
    block /= count;
    for (int t = 0; t < CONVFORGE_LOOP_TENSORS; ++t)
      place.offset[t] += place.at[i] * loops->stride[t][i];
  }
  return place;
}

/* The first block of a worker's range; past the last worker, the number of blocks. */
static int64_t first_of(const visits *v, int worker) {
  const int64_t share = v->count / v->workers, rest = v->count % v->workers;
  return share * worker + convforge_least(worker, rest);
}

static void visit_range(void *closure, int worker) {
  const visits *v = closure;
  const int64_t begin = first_of(v, worker), end = first_of(v, worker + 1);
  convforge_place place = place_of(v->loops, begin);
  for (int64_t i = begin; i < end; ++i) {
    v->visitor(v->closure, &place);
    convforge_next(v->loops, &place);
  }
}

void convforge_visit(const convforge_loops *loops, const convforge_threads *threads, int64_t work,
                     convforge_visitor visitor, const void *closure) {
  visits v = {.loops = loops, .visitor = visitor, .closure = closure, .count = 1, .workers = 1};
  for (int i = 0; i < loops->rank; ++i)
    v.count *= blocks_along(loops, i);
  if (v.count <= 0)
    return;
  if (threads != NULL && threads->count > 1 && work >= least_work / v.count)
    v.workers = (int)convforge_least(threads->count, v.count);
  if (v.workers == 1)
    visit_range(&v, 0);
  else
    threads->parallel_for(threads->pool, v.workers, visit_range, &v);
}
