/* The mode in which subnormal numbers are zero, of the calling thread. */
#ifndef CONVFORGE_SRC_SUBNORMALS_H
#define CONVFORGE_SRC_SUBNORMALS_H

#include <stdbool.h>
#include <stdint.h>

#if defined(__SSE__)
#include <xmmintrin.h>

/* MXCSR: flush-to-zero is of results (bit 15), denormals-are-zero of what is read (bit 6). Intel SDM, 10.2.3.
 */
enum { CONVFORGE_SUBNORMALS_ARE_ZERO = 0x8040 };
typedef unsigned convforge_fp_control;
static inline convforge_fp_control convforge_get_fp_control(void) {
  return _mm_getcsr();
}
static inline void convforge_set_fp_control(convforge_fp_control control) {
  _mm_setcsr(control);
}

#elif defined(__aarch64__)

/* FPCR.FZ, of both. Arm ARM, FPCR. */
enum { CONVFORGE_SUBNORMALS_ARE_ZERO = 1 << 24 };
typedef uint64_t convforge_fp_control;
static inline convforge_fp_control convforge_get_fp_control(void) {
  convforge_fp_control control;
  __asm__ volatile("mrs %0, fpcr" : "=r"(control));
  return control;
}
static inline void convforge_set_fp_control(convforge_fp_control control) {
  __asm__ volatile("msr fpcr, %0" : : "r"(control) : "memory");
}

#else

enum { CONVFORGE_SUBNORMALS_ARE_ZERO = 0 };
typedef unsigned convforge_fp_control;
static inline convforge_fp_control convforge_get_fp_control(void) {
  return 0;
}
static inline void convforge_set_fp_control(convforge_fp_control control) {
  (void)control;
}

#endif

/* Enters the mode where `flush` says so; what it answers is for convforge_leave(). */
static inline convforge_fp_control convforge_enter(bool flush) {
  if (!flush)
    return 0;
  const convforge_fp_control found = convforge_get_fp_control();
  convforge_set_fp_control(found | CONVFORGE_SUBNORMALS_ARE_ZERO);
  return found;
}
static inline void convforge_leave(bool flush, convforge_fp_control found) {
  if (flush)
    convforge_set_fp_control(found);
}

#endif
