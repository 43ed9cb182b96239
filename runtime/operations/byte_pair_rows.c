/* The loops are written once and compiled for several kinds of vectors: products of 32 bits, which x86 has
 * from SSE4.1 on, and AVX2 eight at a time, are most of the work. */
#include "byte_pair_rows.h"
#include "byte_rows.h"

#include <string.h>

enum { BLOCK = 256, REST_BITS = 10 };

/* The number of -128 to 127 that a byte is of, and back. */
__attribute__((always_inline)) static inline int32_t number_of(uint8_t byte, uint8_t sign) {
  return (int32_t)(byte ^ sign) - 128;
}
__attribute__((always_inline)) static inline uint8_t byte_of(int32_t number, uint8_t sign) {
  return (uint8_t)((uint8_t)(number + 128) ^ sign);
}

__attribute__((always_inline)) static inline int32_t within(uint32_t shifted, convforge_byte_line line) {
  const int32_t steps = (int32_t)shifted;
  const int32_t above = steps < line.low ? line.low : steps;
  return (above > line.high ? line.high : above) - line.base;
}

__attribute__((always_inline)) static inline int32_t on_line(convforge_byte_line line, int32_t a, int32_t b,
                                                             bool rests) {
  const uint32_t x = (uint32_t)a, y = (uint32_t)b;
  const uint32_t rest = (x * line.a_rest + y * line.b_rest + line.summand_rest) >> REST_BITS;
  const uint32_t whole = x * line.a_factor + y * line.b_factor + line.summand;
  return within((rests ? whole + rest : whole) >> line.shift, line);
}

/* Where a line is of one number. */
__attribute__((always_inline)) static inline int32_t on_line_of_one(convforge_byte_line line, int32_t a,
                                                                    bool rests) {
  const uint32_t x = (uint32_t)a;
  const uint32_t rest = (x * line.a_rest + line.summand_rest) >> REST_BITS;
  const uint32_t whole = x * line.a_factor + line.summand;
  return within((rests ? whole + rest : whole) >> line.shift, line);
}

/* What is true of all of a row is a constant where this is called. */
__attribute__((always_inline)) static inline void sum_row(const convforge_byte_pairs *o, int64_t n,
                                                          const uint8_t *a, const uint8_t *b, uint8_t *to,
                                                          bool rests, bool then) {
  const uint8_t sign = convforge_sign_bit(o->dtype);
  const convforge_byte_line line = o->line, behind = o->then;
  for (int64_t i = 0; i < n; ++i) {
    const int32_t steps = on_line(line, number_of(a[i], sign), number_of(b[i], sign), rests);
    to[i] = byte_of(then ? on_line_of_one(behind, steps, false) : steps, sign);
  }
}

__attribute__((always_inline)) static inline void product_row(const convforge_byte_pairs *o, int64_t n,
                                                              const uint8_t *a, const uint8_t *b, uint8_t *to,
                                                              bool then) {
  const uint8_t sign = convforge_sign_bit(o->dtype);
  const convforge_byte_line line = o->line, behind = o->then;
  const int32_t a_zero = o->a_zero_point, b_zero = o->b_zero_point;
  for (int64_t i = 0; i < n; ++i) {
    const int32_t product = (number_of(a[i], sign) - a_zero) * (number_of(b[i], sign) - b_zero);
    const int32_t steps = on_line_of_one(line, product, true);
    to[i] = byte_of(then ? on_line_of_one(behind, steps, false) : steps, sign);
  }
}

static bool has_rests(const convforge_byte_line *line) {
  return (line->a_rest | line->b_rest | line->summand_rest) != 0;
}

/* By parts that stay in the first cache, and of which the compiler knows that none is the place of another.
 */
__attribute__((always_inline)) static inline void
row_by_lines(const convforge_byte_pairs *o, int64_t n, const uint8_t *a, const uint8_t *b, uint8_t *to) {
  const bool rests = has_rests(&o->line), then = o->then_count != 0;
  uint8_t part[BLOCK];
  for (int64_t begin = 0; begin < n; begin += BLOCK) {
    const int64_t count = n - begin < BLOCK ? n - begin : BLOCK;
    if (o->product != 0 && then)
      product_row(o, count, a + begin, b + begin, part, true);
    else if (o->product != 0)
      product_row(o, count, a + begin, b + begin, part, false);
    else if (rests && then)
      sum_row(o, count, a + begin, b + begin, part, true, true);
    else if (rests)
      sum_row(o, count, a + begin, b + begin, part, true, false);
    else if (then)
      sum_row(o, count, a + begin, b + begin, part, false, true);
    else
      sum_row(o, count, a + begin, b + begin, part, false, false);
    memcpy(to + begin, part, (size_t)count);
  }
}

static void any_row(const convforge_byte_pairs *o, int64_t n, const uint8_t *a, const uint8_t *b,
                    uint8_t *to) {
  row_by_lines(o, n, a, b, to);
}

#if defined(__x86_64__)
__attribute__((target("avx2"))) static void avx2_row(const convforge_byte_pairs *o, int64_t n,
                                                     const uint8_t *a, const uint8_t *b, uint8_t *to) {
  row_by_lines(o, n, a, b, to);
}

/* Twice the registers. */
__attribute__((target("avx512f,avx512bw,avx512dq,avx512vl"))) static void
avx512_row(const convforge_byte_pairs *o, int64_t n, const uint8_t *a, const uint8_t *b, uint8_t *to) {
  row_by_lines(o, n, a, b, to);
}

convforge_byte_pair_row *convforge_byte_pair_row_of_cpu(void) {
  const uint32_t features = convforge_cpu_features();
  if ((features & CONVFORGE_CPU_AVX512) != 0)
    return avx512_row;
  return (features & CONVFORGE_CPU_AVX2) != 0 ? avx2_row : any_row;
}
#else
convforge_byte_pair_row *convforge_byte_pair_row_of_cpu(void) {
  return any_row;
}
#endif
