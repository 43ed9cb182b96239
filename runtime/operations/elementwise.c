/* Elementwise operations, block by block: the arithmetic into the output, or into a block on the stack where
 * the output is not a plain place to write to, then the steps there. */
#include "axis_loops.h"
#include "float_steps.h"
#include "row_arithmetic.h"

enum {
  BLOCK = 1024,        /* elements, 4 KiB: what steps pass over stays in the nearest cache */
  TILE = 16,           /* columns of a tile that is transposed: a cache line of floats is written */
  TILE_ROWS = 2 * TILE /* and two are read, faster than one or four */
};

typedef struct job {
  const convforge_elementwise *operation;
  const float *a, *b;
  float *output;
  convforge_loops loops;
  bool direct; /* the arithmetic may write to the output */
} job;

static void run_steps(const convforge_elementwise *operation, const convforge_rows *r) {
  const bool dense = r->rows == 1 || r->to_row == r->columns;
  const int64_t count = dense ? 1 : r->rows, length = dense ? r->rows * r->columns : r->columns;
  for (int64_t i = 0; i < count; ++i)
    convforge_apply_steps(operation->steps, operation->step_count, r->to + i * r->to_row, length);
}

static void store(const convforge_rows *r, float *output, int64_t row, int64_t step) {
  for (int64_t i = 0; i < r->rows; ++i)
    for (int64_t j = 0; j < r->columns; ++j)
      output[i * row + j * step] = r->to[i * r->to_row + j];
}

static void visit(const void *closure, const convforge_place *place) {
  const job *j = closure;
  const convforge_loops *loops = &j->loops;
  const int column = loops->rank - 1, row = loops->rank - 2;
  float block[BLOCK];
  float *output = j->output + place->offset[0];
  convforge_rows r = {.rows = convforge_extent(loops, place, row),
                      .columns = convforge_extent(loops, place, column),
                      .to = output,
                      .to_row = loops->stride[0][row],
                      .a = j->a + place->offset[1],
                      .b = j->b + place->offset[2],
                      .a_row = loops->stride[1][row],
                      .b_row = loops->stride[2][row],
                      .a_step = loops->stride[1][column],
                      .b_step = loops->stride[2][column]};
  if (!j->direct) {
    r.to = block;
    r.to_row = r.columns;
  }
  convforge_combine(j->operation->arithmetic, &r);
  run_steps(j->operation, &r);
  if (!j->direct)
    store(&r, output, loops->stride[0][row], loops->stride[0][column]);
}

/* The axis along which a tensor's elements are neighbours, where they are not along the innermost one; -1:
 * there is none. */
static int transposed_axis(const convforge_loops *loops, int tensor) {
  const int64_t innermost = loops->stride[tensor][loops->rank - 1];
  if (innermost == 0 || innermost == 1)
    return -1;
  for (int i = loops->rank - 2; i >= 0; --i)
    if (loops->stride[tensor][i] == 1 && loops->size[i] > 1)
      return i;
  return -1;
}

static void choose_blocks(convforge_loops *loops) {
  const int row = loops->rank - 2, column = loops->rank - 1;
  const int of_a = transposed_axis(loops, 1);
  const int transposed = of_a >= 0 ? of_a : transposed_axis(loops, 2);
  if (transposed >= 0)
    convforge_move_axis(loops, transposed, row);
  loops->block[column] = convforge_least(loops->size[column], transposed >= 0 ? TILE : BLOCK);
  const int64_t fit = BLOCK / loops->block[column];
  loops->block[row] = transposed >= 0 ? convforge_least(TILE_ROWS, fit) : fit;
}

void convforge_run_elementwise(const convforge_elementwise *operation, const float *a, const float *b,
                               float *output, const convforge_threads *threads) {
  const bool reads_b = convforge_reads_b(operation->arithmetic);
  job j = {.operation = operation, .a = a, .b = reads_b ? b : a, .output = output};
  j.loops = convforge_loops_of(operation->rank, operation->size);
  for (int i = 0; i < operation->rank; ++i) {
    j.loops.stride[0][i] = operation->output.along[i];
    j.loops.stride[1][i] = operation->a.along[i];
    j.loops.stride[2][i] = reads_b ? operation->b.along[i] : 0;
  }
  if (convforge_elements(&j.loops) <= 0)
    return;
  convforge_arrange(&j.loops, 0);
  convforge_widen(&j.loops, 2);
  choose_blocks(&j.loops);
  const int column = j.loops.rank - 1;
  j.direct = j.loops.stride[0][column] == 1 && output != a && (!reads_b || output != b);
  convforge_visit(&j.loops, threads, j.loops.block[column] * j.loops.block[column - 1], visit, &j);
}
