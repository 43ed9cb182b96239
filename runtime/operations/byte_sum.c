/* Sums of 8-bit integers by the arithmetic of LiteRT's reference kernels: AddElementwise() of
 * tensorflow/lite/kernels/internal/reference/add.h, its numbers as PrepareGeneralAddOp of
 * tensorflow/lite/kernels/add.cc has them. */
#include "byte_rows.h"
#include "convforge/quantise.h"

enum {
  BLOCK = 2048,
  LEFT_SHIFT = 20, /* of both summands, so that they lose little when they are brought to one scale */
  BYTES = 256
};

/* A summand depends on one byte: all of them are computed ahead. */
typedef struct summands {
  int32_t of[BYTES];
} summands;

typedef struct job {
  const convforge_byte_sum *operation;
  const uint8_t *a, *b;
  uint8_t *output;
  convforge_loops loops;
  convforge_fixed_point factor; /* of the sum */
  summands of_a, of_b;
} job;

/* Multipliers are below 1: MultiplyByQuantizedMultiplierSmallerThanOneExp(), which is the doubling high
 * product and a rounding shift to the right, where halves go away from zero. It has no branch: signs of sums
 * are as good as random to a processor. */
static int32_t multiply(int32_t x, convforge_fixed_point by) {
  const int64_t product = (int64_t)x * by.factor + (INT64_C(1) << 30);
  const int64_t high = product >= 0 ? product >> 31 : ~(~product >> 31);
  const int shift = -by.shift;
  const int64_t half = shift > 0 ? INT64_C(1) << (shift - 1) : 0;
  const int64_t flip = -(int64_t)(high < 0);
  const int64_t rounded = ((high ^ flip) - flip + half) >> shift;
  return (int32_t)((rounded ^ flip) - flip);
}

static void compute_summands(summands *s, int32_t dtype, int32_t zero_point, double multiplier) {
  const convforge_fixed_point factor = convforge_fixed_point_of(multiplier);
  for (int byte = 0; byte < BYTES; ++byte)
    s->of[byte] =
        multiply((convforge_of_byte((uint8_t)byte, dtype) - zero_point) * (INT32_C(1) << LEFT_SHIFT), factor);
}

/* Its numbers are copies: else each is read again behind every byte that is written. */
static void sum_row(const job *j, int64_t n, const uint8_t *a, int64_t a_step, const uint8_t *b,
                    int64_t b_step, uint8_t *to, int64_t to_step) {
  const int32_t *const of_a = j->of_a.of, *const of_b = j->of_b.of;
  const convforge_fixed_point factor = j->factor;
  const int32_t dtype = j->operation->dtype, zero_point = j->operation->output_zero_point;
  for (int64_t k = 0; k < n; ++k) {
    const int32_t sum = of_a[a[k * a_step]] + of_b[b[k * b_step]];
    to[k * to_step] = convforge_to_byte(multiply(sum, factor) + zero_point, dtype);
  }
}

static void visit(const void *closure, const convforge_place *place) {
  const job *j = closure;
  const convforge_loops *loops = &j->loops;
  const int column = loops->rank - 1, row = loops->rank - 2;
  const int64_t n = convforge_extent(loops, place, column);
  const int64_t to_step = loops->stride[0][column], a_step = loops->stride[1][column],
                b_step = loops->stride[2][column];
  for (int64_t i = 0; i < convforge_extent(loops, place, row); ++i) {
    sum_row(j, n, j->a + place->offset[1] + i * loops->stride[1][row], a_step,
            j->b + place->offset[2] + i * loops->stride[2][row], b_step,
            j->output + place->offset[0] + i * loops->stride[0][row], to_step);
  }
}

void convforge_run_byte_sum(const convforge_byte_sum *operation, const void *a, const void *b, void *output,
                            const convforge_threads *threads) {
  job j = {.operation = operation, .a = a, .b = b, .output = output};
  const double a_scale = (double)operation->a_scale, b_scale = (double)operation->b_scale;
  const double twice = 2 * (a_scale > b_scale ? a_scale : b_scale);
  j.factor = convforge_fixed_point_of(twice / ((INT32_C(1) << LEFT_SHIFT) * (double)operation->output_scale));
  compute_summands(&j.of_a, operation->dtype, operation->a_zero_point, a_scale / twice);
  compute_summands(&j.of_b, operation->dtype, operation->b_zero_point, b_scale / twice);
  j.loops = convforge_loops_of(operation->rank, operation->size);
  for (int i = 0; i < operation->rank; ++i) {
    j.loops.stride[0][i] = operation->output.along[i];
    j.loops.stride[1][i] = operation->a.along[i];
    j.loops.stride[2][i] = operation->b.along[i];
  }
  if (convforge_elements(&j.loops) <= 0)
    return;
  convforge_choose_rows(&j.loops, BLOCK);
  const int column = j.loops.rank - 1;
  convforge_visit(&j.loops, threads, 2 * j.loops.block[column] * j.loops.block[column - 1], visit, &j);
}
