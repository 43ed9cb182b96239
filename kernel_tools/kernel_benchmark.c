/* The benchmark of one kernel: BENCHMARK of convforge_add_conv(). */
#include "convforge_tools/kernel_programs.h"

#include "convforge_tools/measure.h"
#include "kernel_tensors.h"

#include <stdio.h>
#include <stdlib.h>

typedef struct call {
  const convforge_kernel *kernel;
  convforge_args args;
  int status;
} call;

static void run(void *closure) {
  call *c = closure;
  c->status |= convforge_run(c->kernel, &c->args);
}

static int is_quantised(const convforge_kernel *kernel) {
  return convforge_weights(kernel)->dtype == CONVFORGE_S8;
}

/* Products of 8-bit integers have instructions of their own, with up to four times as many. */
static void report_speed(const convforge_kernel *kernel, double per_second) {
  const double peak = convforge_fma_peak(kernel->cpu_features);
  printf("  %.2f %s", 1e-9 * per_second, is_quantised(kernel) ? "GOP/s" : "GF/s");
  if (peak > 0 && is_quantised(kernel))
    printf(", %.2f times this machine's FMA peak of %.1f GF/s", per_second / peak, 1e-9 * peak);
  else if (peak > 0)
    printf(", %.1f %% of this machine's FMA peak of %.1f GF/s", 100 * per_second / peak, 1e-9 * peak);
  printf("\n");
}

static void report(const convforge_kernel *kernel, convforge_timing timing) {
  printf("%s: %s\n", kernel->name, kernel->problem);
  printf("  epilogue %s; layout %s; algorithm %s; target %s\n", *kernel->epilogue ? kernel->epilogue : "none",
         kernel->layout, kernel->algorithm, kernel->target);
  printf("  code %zu bytes; packed weights %zu bytes; workspace %zu bytes\n", kernel->code_bytes,
         kernel->packed_bytes, convforge_workspace_size(kernel, 1));
  printf("  fastest %.2f us, median %.2f us of %d samples; one thread\n", 1e6 * timing.min_seconds,
         1e6 * timing.median_seconds, timing.samples);
  report_speed(kernel, 2 * (double)kernel->multiply_adds / timing.min_seconds);
}

int convforge_benchmark_kernel(const convforge_subject *subject, int argc, char **argv) {
  double seconds = argc > 1 ? strtod(argv[1], NULL) : 0.5;
  if (!subject->kernel || argc > 2 || !(seconds > 0)) {
    fprintf(stderr, "%s: %s\nusage: %s [SECONDS]\n", subject->name, subject->reason, argv[0]);
    return EXIT_FAILURE;
  }
  call c = {subject->kernel, {0}, CONVFORGE_OK};
  kernel_tensors tensors;
  if (kernel_tensors_create(&tensors, c.kernel, subject->constants, 1))
    return EXIT_FAILURE;
  c.args = kernel_tensors_args(&tensors, NULL);
  convforge_timing timing = convforge_measure(run, &c, seconds);
  kernel_tensors_destroy(&tensors);
  if (c.status) {
    fprintf(stderr, "%s: %s\n", subject->name, convforge_status_text(c.status));
    return EXIT_FAILURE;
  }
  report(c.kernel, timing);
  return EXIT_SUCCESS;
}
