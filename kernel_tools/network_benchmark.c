/* The benchmark of a whole network: BENCHMARK of convforge_add_model(). */
#include "convforge_tools/network_programs.h"

#include "convforge_tools/measure.h"
#include "network_tensors.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

typedef struct call {
  network_tensors tensors;
  void *arena;
  int status;
} call;

static void run(void *closure) {
  call *c = closure;
  void **values = c->tensors.values;
  const convforge_network *network = c->tensors.network;
  c->status |= network->run((const void *const *)values, values + network->input_count, c->arena, NULL);
}

/* Of the variant that runs here. */
static const convforge_kernel *kernel_of(const convforge_network *network, int convolution) {
  return network->convolutions[convolution].variants[network->target()];
}

/* How many convolutions an algorithm computes (null: all of them), and of how many multiply-adds. */
static double multiply_adds(const convforge_network *network, const char *algorithm, int *count) {
  double sum = 0;
  *count = 0;
  for (int i = 0; i < network->convolution_count; i++)
    if (!algorithm || !strcmp(kernel_of(network, i)->algorithm, algorithm)) {
      sum += (double)kernel_of(network, i)->multiply_adds;
      ++*count;
    }
  return sum;
}

static int is_first_of_its_algorithm(const convforge_network *network, int convolution) {
  for (int i = 0; i < convolution; i++)
    if (!strcmp(kernel_of(network, i)->algorithm, kernel_of(network, convolution)->algorithm))
      return 0;
  return 1;
}

static void report_algorithms(const convforge_network *network) {
  int count;
  const double all = multiply_adds(network, NULL, &count);
  for (int i = 0; i < network->convolution_count; i++)
    if (is_first_of_its_algorithm(network, i)) {
      const char *algorithm = kernel_of(network, i)->algorithm;
      const double part = multiply_adds(network, algorithm, &count);
      printf("  %s: %d convolution%s, %.1f %% of the multiply-adds\n", algorithm, count,
             count == 1 ? "" : "s", 100 * part / all);
    }
}

/* Of the operations between the convolutions no multiply-adds are counted. */
static void report_speed(const convforge_network *network, double seconds) {
  int count;
  const double all = multiply_adds(network, NULL, &count), per_second = 2 * all / seconds;
  const double peak = /* multiply-adds of 8-bit integers are no FMAs */
      !network_tensors_quantised(network) ? convforge_fma_peak(kernel_of(network, 0)->cpu_features) : 0;
  printf("  %d convolutions of %.3f M multiply-adds: %.2f GF/s", count, 1e-6 * all, 1e-9 * per_second);
  if (peak > 0)
    printf(", %.1f %% of this machine's FMA peak of %.1f GF/s", 100 * per_second / peak, 1e-9 * peak);
  printf("\n");
}

static void report(const convforge_network *network, convforge_timing timing) {
  printf("%s: %s\n", network->name, network->model);
  printf("  target %s; arena %zu bytes\n", kernel_of(network, 0)->target, network->arena_size(1));
  printf("  fastest %.3f ms, median %.3f ms of %d samples; one thread\n", 1e3 * timing.min_seconds,
         1e3 * timing.median_seconds, timing.samples);
  report_speed(network, timing.min_seconds);
  report_algorithms(network);
}

static int measure(call *c, double seconds) {
  const convforge_network *network = c->tensors.network;
  const size_t bytes = network->arena_size(1);
  c->arena = bytes ? aligned_alloc(CONVFORGE_ALIGNMENT, bytes) : NULL;
  if (bytes && !c->arena) {
    fprintf(stderr, "%s: no memory for an arena of %zu bytes\n", network->name, bytes);
    return EXIT_FAILURE;
  }
  const convforge_timing timing = convforge_measure(run, c, seconds);
  free(c->arena);
  if (c->status) {
    fprintf(stderr, "%s: %s\n", network->name, convforge_status_text(c->status));
    return EXIT_FAILURE;
  }
  report(network, timing);
  return EXIT_SUCCESS;
}

int convforge_benchmark_network(const convforge_network *network, int argc, char **argv) {
  const double seconds = argc > 1 ? strtod(argv[1], NULL) : 2;
  if (network->target() < 0 || argc > 2 || !(seconds > 0)) {
    fprintf(stderr, "%s: %s\nusage: %s [SECONDS]\n", network->name, network->reason(), argv[0]);
    return EXIT_FAILURE;
  }
  call c = {.status = CONVFORGE_OK};
  if (network_tensors_create(&c.tensors, network))
    return EXIT_FAILURE;
  const int code = measure(&c, seconds);
  network_tensors_destroy(&c.tensors);
  return code;
}
