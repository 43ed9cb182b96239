/* Largest bytes of windows, by rows of outputs: every tap is passed over a row along an axis that is not
 * pooled; where there is none, a row is one output. */
#include "byte_rows.h"
#include "operation_loops.h"

enum { BLOCK = 512 };

typedef struct job {
  const convforge_window_pooling *operation;
  const uint8_t *input;
  uint8_t *output;
  uint8_t sign; /* what orders bytes as numbers without a sign */
  convforge_loops loops;
  int pooled[CONVFORGE_MAX_RANK]; /* axes of the loops, and of the operation */
  int axis_of[CONVFORGE_MAX_RANK];
  int pooled_count;
  int64_t beginning; /* where the first window of all begins, in the input */
} job;

typedef struct row {
  int64_t n, step;
  uint8_t largest[BLOCK];
} row;

static void take_row(uint8_t sign, row *r, const uint8_t *in) {
  if (r->step == 1)
    for (int64_t i = 0; i < r->n; ++i) {
      const uint8_t x = in[i] ^ sign;
      r->largest[i] = x > r->largest[i] ? x : r->largest[i];
    }
  else
    for (int64_t i = 0; i < r->n; ++i) {
      const uint8_t x = in[i * r->step] ^ sign;
      r->largest[i] = x > r->largest[i] ? x : r->largest[i];
    }
}

/* All taps of the first `left` windows that are inside, where the others have led to `offset`. */
static void take_taps(const job *j, row *r, const convforge_place *place, int left, int64_t offset) {
  if (left == 0) {
    take_row(j->sign, r, j->input + offset);
    return;
  }
  const convforge_window_pooling *o = j->operation;
  const int axis = j->axis_of[left - 1];
  const int64_t dilation = convforge_most(1, o->dilation[axis]);
  const int64_t first = place->at[j->pooled[left - 1]] * o->stride[axis] - o->begin[axis];
  for (int64_t tap = 0; tap < o->kernel[axis]; ++tap) {
    const int64_t at = first + tap * dilation;
    if (at >= 0 && at < o->input_size[axis])
      take_taps(j, r, place, left - 1, offset + tap * dilation * o->input.along[axis]);
  }
}

static void visit(const void *closure, const convforge_place *place) {
  const job *j = closure;
  const int column = j->loops.rank - 1;
  row r = {.n = convforge_extent(&j->loops, place, column), .step = j->loops.stride[1][column]};
  for (int64_t i = 0; i < r.n; ++i)
    r.largest[i] = 0;
  take_taps(j, &r, place, j->pooled_count, place->offset[1] + j->beginning);
  uint8_t *to = j->output + place->offset[0];
  for (int64_t i = 0; i < r.n; ++i)
    to[i * j->loops.stride[0][column]] = r.largest[i] ^ j->sign;
}

static convforge_loops loops_of(const convforge_window_pooling *o) {
  convforge_loops loops = convforge_pooling_loops(o);
  if (loops.kind[loops.rank - 1] == CONVFORGE_AXIS_PLAIN)
    loops.block[loops.rank - 1] = BLOCK;
  return loops;
}

static void pool_bytes(const convforge_window_pooling *operation, int32_t dtype, const void *input,
                       void *output, const convforge_threads *threads) {
  job j = {.operation = operation,
           .input = input,
           .output = output,
           .sign = convforge_sign_bit(dtype),
           .loops = loops_of(operation)};
  if (convforge_elements(&j.loops) <= 0)
    return;
  int64_t taps = 1;
  for (int i = 0; i < j.loops.rank; ++i)
    if (j.loops.kind[i] >= CONVFORGE_AXIS_ALONE) {
      const int axis = j.loops.kind[i] - CONVFORGE_AXIS_ALONE;
      j.pooled[j.pooled_count] = i;
      j.axis_of[j.pooled_count++] = axis;
      taps *= operation->kernel[axis];
      j.beginning -= operation->begin[axis] * operation->input.along[axis];
    }
  convforge_visit(&j.loops, threads, j.loops.block[j.loops.rank - 1] * taps, visit, &j);
}

void convforge_run_window_pooling_u8(const convforge_window_pooling *operation, const uint8_t *input,
                                     uint8_t *output, const convforge_threads *threads) {
  pool_bytes(operation, CONVFORGE_U8, input, output, threads);
}

void convforge_run_window_pooling_s8(const convforge_window_pooling *operation, const int8_t *input,
                                     int8_t *output, const convforge_threads *threads) {
  pool_bytes(operation, CONVFORGE_S8, input, output, threads);
}
