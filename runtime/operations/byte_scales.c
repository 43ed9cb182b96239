/* Between float32 and the 8-bit integers that stand for it. */
#include "byte_rows.h"

enum { BLOCK = 1024 };

typedef struct job {
  const convforge_quantised *operation;
  const void *input;
  void *output;
  convforge_loops loops; /* of output, input and scales */
} job;

/* A run of elements, and the distances between neighbours. */
typedef struct run {
  int64_t n, to, from, scale;
} run;

/* The nearest whole number, as far as 8-bit integers tell: beyond +-512 they are saturated whatever the zero
 * point. NaN is 0. In float alone, so that rows are vectorised: below 2^22 the sum with 1.5 * 2^23 has no
 * room for a fraction, and the number before 0.5 brings ties, and nothing below them, to the next one. */
__attribute__((always_inline)) static inline int32_t nearest(float quotient, bool away) {
  static const float most = 512, no_fraction = 0x1.8p23F, below_half = 0x1.fffffep-2F;
  const float above = quotient > -most ? quotient : -most, within = above < most ? above : most;
  const float number = quotient == quotient ? within : 0;
  /* Of the sign alone, as a condition would be a branch. */
  const float half = __builtin_copysignf(below_half, number);
  return (int32_t)(away ? number + half : (number + no_fraction) - no_fraction);
}

__attribute__((always_inline)) static inline void
quantise_by_one(run r, int32_t dtype, bool away, const float *from, uint8_t *to, float scale, int32_t zero) {
  for (int64_t i = 0; i < r.n; ++i)
    to[i * r.to] = convforge_to_byte(nearest(from[i * r.from] / scale, away) + zero, dtype);
}

/* Calls of constants, for each of which the loop is compiled. */
__attribute__((always_inline)) static inline void quantise_dense(int64_t n, int32_t dtype, bool away,
                                                                 const float *from, uint8_t *to, float scale,
                                                                 int32_t zero) {
  const run neighbours = {n, 1, 1, 0};
  if (away)
    quantise_by_one(neighbours, dtype, true, from, to, scale, zero);
  else
    quantise_by_one(neighbours, dtype, false, from, to, scale, zero);
}

static void quantise_any(int64_t n, int32_t dtype, bool away, const float *from, uint8_t *to, float scale,
                         int32_t zero) {
  quantise_dense(n, dtype, away, from, to, scale, zero);
}

typedef void dense_row(int64_t n, int32_t dtype, bool away, const float *from, uint8_t *to, float scale,
                       int32_t zero);

#if defined(__x86_64__)
__attribute__((target("avx2"))) static void quantise_avx2(int64_t n, int32_t dtype, bool away,
                                                          const float *from, uint8_t *to, float scale,
                                                          int32_t zero) {
  quantise_dense(n, dtype, away, from, to, scale, zero);
}

static dense_row *dense_row_of_cpu(void) {
  return (convforge_cpu_features() & CONVFORGE_CPU_AVX2) != 0 ? quantise_avx2 : quantise_any;
}
#else
static dense_row *dense_row_of_cpu(void) {
  return quantise_any;
}
#endif

static void quantise_run(const convforge_quantised *o, run r, const float *from, uint8_t *to,
                         const float *scale, const int32_t *zero) {
  const bool away = o->ties_away != 0;
  if (r.scale != 0)
    for (int64_t i = 0; i < r.n; ++i)
      to[i * r.to] = convforge_to_byte(
          nearest(from[i * r.from] / scale[i * r.scale], away) + zero[i * r.scale], o->dtype);
  else if (r.to != 1 || r.from != 1)
    quantise_by_one(r, o->dtype, away, from, to, *scale, *zero);
  else
    dense_row_of_cpu()(r.n, o->dtype, away, from, to, *scale, *zero);
}

static inline void dequantise_by_one(run r, int32_t dtype, const uint8_t *from, float *to, float scale,
                                     int32_t zero) {
  for (int64_t i = 0; i < r.n; ++i)
    to[i * r.to] = scale * (float)(convforge_of_byte(from[i * r.from], dtype) - zero);
}

static void dequantise_run(const convforge_quantised *o, run r, const uint8_t *from, float *to,
                           const float *scale, const int32_t *zero) {
  if (r.scale != 0)
    for (int64_t i = 0; i < r.n; ++i)
      to[i * r.to] =
          scale[i * r.scale] * (float)(convforge_of_byte(from[i * r.from], o->dtype) - zero[i * r.scale]);
  else if (r.to != 1 || r.from != 1)
    dequantise_by_one(r, o->dtype, from, to, *scale, *zero);
  else
    dequantise_by_one((run){r.n, 1, 1, 0}, o->dtype, from, to, *scale, *zero);
}

static run run_of(const convforge_loops *loops, const convforge_place *place) {
  const int column = loops->rank - 1;
  return (run){convforge_extent(loops, place, column), loops->stride[0][column], loops->stride[1][column],
               loops->stride[2][column]};
}

static void visit_quantise(const void *closure, const convforge_place *place) {
  const job *j = closure;
  const convforge_loops *loops = &j->loops;
  const int row = loops->rank - 2;
  for (int64_t i = 0; i < convforge_extent(loops, place, row); ++i) {
    const int64_t scale = place->offset[2] + i * loops->stride[2][row];
    quantise_run(j->operation, run_of(loops, place),
                 (const float *)j->input + place->offset[1] + i * loops->stride[1][row],
                 (uint8_t *)j->output + place->offset[0] + i * loops->stride[0][row],
                 j->operation->scales + scale, j->operation->zero_points + scale);
  }
}

static void visit_dequantise(const void *closure, const convforge_place *place) {
  const job *j = closure;
  const convforge_loops *loops = &j->loops;
  const int row = loops->rank - 2;
  for (int64_t i = 0; i < convforge_extent(loops, place, row); ++i) {
    const int64_t scale = place->offset[2] + i * loops->stride[2][row];
    dequantise_run(j->operation, run_of(loops, place),
                   (const uint8_t *)j->input + place->offset[1] + i * loops->stride[1][row],
                   (float *)j->output + place->offset[0] + i * loops->stride[0][row],
                   j->operation->scales + scale, j->operation->zero_points + scale);
  }
}

static void run_all(const convforge_quantised *operation, const void *input, void *output,
                    const convforge_threads *threads, convforge_visitor visitor) {
  job j = {.operation = operation, .input = input, .output = output};
  j.loops = convforge_loops_of(operation->rank, operation->size);
  for (int i = 0; i < operation->rank; ++i) {
    j.loops.stride[0][i] = operation->output.along[i];
    j.loops.stride[1][i] = operation->input.along[i];
    j.loops.stride[2][i] = operation->scale.along[i];
  }
  if (convforge_elements(&j.loops) <= 0)
    return;
  convforge_choose_rows(&j.loops, BLOCK);
  const int column = j.loops.rank - 1;
  convforge_visit(&j.loops, threads, 4 * j.loops.block[column] * j.loops.block[column - 1], visitor, &j);
}

void convforge_run_quantise(const convforge_quantised *operation, const float *input, void *output,
                            const convforge_threads *threads) {
  run_all(operation, input, output, threads, visit_quantise);
}

void convforge_run_dequantise(const convforge_quantised *operation, const void *input, float *output,
                              const convforge_threads *threads) {
  run_all(operation, input, output, threads, visit_dequantise);
}
