/* Timing of short calls, and what the machine could do at best: a loop of independent fused multiply-adds. */
#ifndef CONVFORGE_TOOLS_MEASURE_H
#define CONVFORGE_TOOLS_MEASURE_H

#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

typedef struct convforge_timing {
  double min_seconds, median_seconds; /* of one call */
  int samples; /* each a batch of calls of about 20 us, so that the clock's own cost vanishes */
} convforge_timing;

/* Calls `call(closure)` again and again for about `seconds`. Not for several threads at once: they would time
 * each other. */
convforge_timing convforge_measure(void (*call)(void *closure), void *closure, double seconds);

/* Floating-point operations per second of one core, an FMA counting as two: the best of a few short runs with
 * the widest vectors among `cpu_features` (CONVFORGE_CPU_* bits, as a kernel's descriptor has them); SSE4.1,
 * which has no FMA, pairs a multiply with an add. Takes about 20 ms. 0 on CPUs it has no loop for. */
double convforge_fma_peak(uint32_t cpu_features);

#ifdef __cplusplus
}
#endif

#endif
