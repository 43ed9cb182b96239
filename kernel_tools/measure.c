/* Timing of short calls. */
#include "convforge_tools/measure.h"

#include <stdlib.h>
#include <time.h>

/* Minimum and median settle long before this many samples. */
enum { max_samples = 4096 };

static double now(void) {
  struct timespec t;
  clock_gettime(CLOCK_MONOTONIC, &t);
  return (double)t.tv_sec + 1e-9 * (double)t.tv_nsec;
}

static double time_batch(void (*call)(void *), void *closure, long calls) {
  double begin = now();
  for (long i = 0; i < calls; i++)
    call(closure);
  return (now() - begin) / (double)calls;
}

/* As many calls as take about 20 us. The first call, which touches memory for the first time, is left out. */
static long batch_size(void (*call)(void *), void *closure) {
  call(closure);
  long calls = 1;
  while (calls < 1L << 20 && time_batch(call, closure, calls) * (double)calls < 20e-6)
    calls *= 2;
  return calls;
}

static int ascending(const void *a, const void *b) {
  double x = *(const double *)a, y = *(const double *)b;
  return (x > y) - (x < y);
}

convforge_timing convforge_measure(void (*call)(void *closure), void *closure, double seconds) {
  double samples[max_samples];
  long calls = batch_size(call, closure);
  double end = now() + seconds;
  convforge_timing timing = {0, 0, 0};
  do
    samples[timing.samples++] = time_batch(call, closure, calls);
  while (timing.samples < max_samples && now() < end);
  qsort(samples, (size_t)timing.samples, sizeof samples[0], ascending);
  timing.min_seconds = samples[0];
  timing.median_seconds = samples[timing.samples / 2];
  return timing;
}
