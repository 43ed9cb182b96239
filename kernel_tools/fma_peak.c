/* The machine's best: twelve independent chains of FMAs (a latency of 4 cycles on 2 ports needs eight) in
 * registers. */
#include "convforge_tools/measure.h"

#include "convforge/convforge.h"

enum { chains = 12, steps = 20000 };

/* Results go here, so that no compiler drops the loops. */
typedef struct lanes {
  float value[16];
} lanes;

#if defined(__x86_64__)
#include <immintrin.h>

/* x <- x * 0.5 + 0.5 stays near 1: no overflow, no denormal slows it down. */
__attribute__((target("avx512f"))) static void run_avx512(void *out) {
  __m512 half = _mm512_set1_ps(0.5f), x[chains];
  for (int i = 0; i < chains; i++)
    x[i] = _mm512_set1_ps((float)i);
  for (int step = 0; step < steps; step++) {
#pragma GCC unroll 12
    for (int i = 0; i < chains; i++)
      x[i] = _mm512_fmadd_ps(x[i], half, half);
  }
  for (int i = 1; i < chains; i++)
    x[0] = _mm512_add_ps(x[0], x[i]);
  _mm512_storeu_ps(((lanes *)out)->value, x[0]);
}

__attribute__((target("avx2,fma"))) static void run_avx2(void *out) {
  __m256 half = _mm256_set1_ps(0.5f), x[chains];
  for (int i = 0; i < chains; i++)
    x[i] = _mm256_set1_ps((float)i);
  for (int step = 0; step < steps; step++) {
#pragma GCC unroll 12
    for (int i = 0; i < chains; i++)
      x[i] = _mm256_fmadd_ps(x[i], half, half);
  }
  for (int i = 1; i < chains; i++)
    x[0] = _mm256_add_ps(x[0], x[i]);
  _mm256_storeu_ps(((lanes *)out)->value, x[0]);
}

static void run_sse(void *out) {
  __m128 half = _mm_set1_ps(0.5f), x[chains];
  for (int i = 0; i < chains; i++)
    x[i] = _mm_set1_ps((float)i);
  for (int step = 0; step < steps; step++) {
#pragma GCC unroll 12
    for (int i = 0; i < chains; i++)
      x[i] = _mm_add_ps(_mm_mul_ps(x[i], half), half);
  }
  for (int i = 1; i < chains; i++)
    x[0] = _mm_add_ps(x[0], x[i]);
  _mm_storeu_ps(((lanes *)out)->value, x[0]);
}

double convforge_fma_peak(uint32_t cpu_features) {
  lanes out;
  void (*run)(void *) = run_sse;
  double width = 4;
  if (cpu_features & CONVFORGE_CPU_AVX512)
    run = run_avx512, width = 16;
  else if (cpu_features & CONVFORGE_CPU_AVX2)
    run = run_avx2, width = 8;
  return 2 * width * chains * steps / convforge_measure(run, &out, 0.02).min_seconds;
}
#elif defined(__aarch64__)
#include <arm_neon.h>

/* Four pipes of four cycles (Neoverse V1, Apple M1) need sixteen chains. */
enum { neon_chains = 20 };

static void run_neon(void *out) {
  float32x4_t half = vdupq_n_f32(0.5f), x[neon_chains];
  for (int i = 0; i < neon_chains; i++)
    x[i] = vdupq_n_f32((float)i);
  for (int step = 0; step < steps; step++) {
#pragma GCC unroll 20
    for (int i = 0; i < neon_chains; i++)
      x[i] = vfmaq_f32(half, x[i], half);
  }
  for (int i = 1; i < neon_chains; i++)
    x[0] = vaddq_f32(x[0], x[i]);
  vst1q_f32(((lanes *)out)->value, x[0]);
}

double convforge_fma_peak(uint32_t cpu_features) {
  lanes out;
  (void)cpu_features;
  return 2.0 * 4 * neon_chains * steps / convforge_measure(run_neon, &out, 0.02).min_seconds;
}
#else
double convforge_fma_peak(uint32_t cpu_features) {
  (void)cpu_features;
  return 0;
}
#endif
