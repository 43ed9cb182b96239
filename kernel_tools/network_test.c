/* The test of a whole network: TEST of convforge_add_model(). */
#include "convforge_tools/network_programs.h"

#include "convforge/elements.h"
#include "convforge_tools/kernel_programs.h"
#include "network_tensors.h"
#include "npy_floats.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* Of arena and outputs before a run: NaN as floats, so that what is read or left unwritten is seen; and
 * others for a second run, on whose result they must not tell. */
enum { first_bytes = 0xff, second_bytes = 0 };

/* Of the output's largest element. Networks of a hundred float32 layers come to 1e-5 or so, a wrong layer to
 * 1e-1. Those of 8-bit integers are exact but for what floats between them round next to a tie, which is a
 * step somewhere. */
static const double allowed_of_floats = 1e-3, allowed_of_steps = 2e-2, most_steps = 2;

static double allowed(const convforge_network *network, int tensor, double largest) {
  if (network->tensors[tensor].dtype != CONVFORGE_F32)
    return most_steps;
  return largest * (network_tensors_quantised(network) ? allowed_of_steps : allowed_of_floats);
}

static int read_tensor(const convforge_network *network, const char *directory, int tensor, int32_t dtype,
                       void *values) {
  char path[4096];
  const int is_input = tensor < network->input_count;
  const int length =
      snprintf(path, sizeof path, "%s/%s_%s%d.npy", directory, network->name, is_input ? "input" : "output",
               is_input ? tensor : tensor - network->input_count);
  const size_t count = network_tensors_elements(network, tensor);
  if (length < (int)sizeof path && !npy_elements(path, dtype, values, count))
    return 0;
  printf("%s: cannot read the %zu elements of %s from %s\n", network->name, count,
         network->tensors[tensor].name, path);
  return -1;
}

static double largest_of(const float *values, size_t count) {
  double largest = 0;
  for (size_t i = 0; i < count; i++)
    if (isfinite(values[i]))
      largest = fmax(largest, fabs((double)values[i]));
  return largest;
}

/* 0: they are the same number, or NaN both. */
static double error_of(double actual, double expected) {
  return actual == expected || (isnan(actual) && isnan(expected)) ? 0 : fabs(actual - expected);
}

/* 1 when an output is what it should be; prints the worst error. */
static int compare_values(const convforge_network *network, int tensor, const void *values,
                          const float *expected) {
  const char *name = network->tensors[tensor].name;
  const size_t count = network_tensors_elements(network, tensor);
  const double largest = largest_of(expected, count), most = allowed(network, tensor, largest);
  double worst = 0;
  size_t wrong = 0;
  for (size_t i = 0; i < count; i++) {
    const double actual = convforge_load_element(network->tensors[tensor].dtype, values, i);
    const double error = error_of(actual, expected[i]);
    if (!(error <= most) && wrong++ == 0) /* NaN is wrong, too */
      printf("%s: %s[%zu] is %.9g, expected %.9g within %.3g\n", network->name, name, i, actual,
             (double)expected[i], most);
    worst = isnan(error) ? error : fmax(worst, error);
  }
  printf("%s: %s: %zu of %zu elements wrong, worst error %.3g of a largest element of %.3g: %.2g\n",
         network->name, name, wrong, count, worst, largest, largest > 0 ? worst / largest : worst);
  return wrong == 0;
}

static int compare(const network_tensors *tensors, const char *directory) {
  const convforge_network *network = tensors->network;
  int same = 1;
  for (int i = network->input_count; i < network_tensors_count(network); i++) {
    float *expected = malloc(network_tensors_elements(network, i) * sizeof *expected);
    same &= expected && !read_tensor(network, directory, i, CONVFORGE_F32, expected) &&
            compare_values(network, i, tensors->values[i], expected);
    free(expected);
  }
  return same;
}

/* 1 when a run by these threads, whose memory begins with these bytes, gives the bytes that `first` has. */
static int runs_equally(network_tensors *tensors, const network_tensors *first,
                        const convforge_threads *threads, int before) {
  const convforge_network *network = tensors->network;
  if (network_tensors_run(tensors, threads, before))
    return 0;
  int same = 1;
  for (int i = network->input_count; i < network_tensors_count(network); i++)
    same &= !memcmp(tensors->values[i], first->values[i], network_tensors_bytes(network, i));
  if (!same)
    printf("%s: %s do not give what one thread gives on an arena of NaN\n", network->name,
           threads ? "three threads" : "other bytes in arena and outputs");
  return same;
}

static int repeats(network_tensors *tensors, const network_tensors *first) {
  convforge_pool *pool = convforge_pool_create(3);
  if (!pool) {
    printf("%s: no memory for a pool of threads\n", tensors->network->name);
    return 0;
  }
  const convforge_threads threads = convforge_pool_threads(pool);
  const int same =
      runs_equally(tensors, first, NULL, second_bytes) && runs_equally(tensors, first, &threads, first_bytes);
  convforge_pool_destroy(pool);
  return same;
}

static int read_inputs(network_tensors *tensors, const char *directory) {
  for (int i = 0; i < tensors->network->input_count; i++)
    if (read_tensor(tensors->network, directory, i, tensors->network->tensors[i].dtype, tensors->values[i]))
      return -1;
  return 0;
}

/* `other` is for runs that are compared with those in `tensors`. */
static int check(network_tensors *tensors, network_tensors *other, const char *directory) {
  const convforge_network *network = tensors->network;
  if (read_inputs(tensors, directory) || read_inputs(other, directory))
    return EXIT_FAILURE;
  const int passed = !network_tensors_run(tensors, NULL, first_bytes) && compare(tensors, directory) &&
                     repeats(other, tensors);
  printf("%s %s, %d convolutions, %zu bytes of arena: %s\n", network->name,
         network->convolutions[0].variants[network->target()]->target, network->convolution_count,
         network->arena_size(1), passed ? "passed" : "FAILED");
  return passed ? EXIT_SUCCESS : EXIT_FAILURE;
}

int convforge_test_network(const convforge_network *network, const char *directory) {
  if (network->abi_version != CONVFORGE_ABI_VERSION) {
    printf("a network of another version of convforge.h: %u, not %u\n", network->abi_version,
           CONVFORGE_ABI_VERSION);
    return EXIT_FAILURE;
  }
  if (network->target() < 0) {
    printf("%s: skipped: %s\n", network->name, network->reason());
    return CONVFORGE_EXIT_SKIPPED;
  }
  network_tensors tensors, other;
  if (network_tensors_create(&tensors, network))
    return EXIT_FAILURE;
  int code = EXIT_FAILURE;
  if (!network_tensors_create(&other, network)) {
    code = check(&tensors, &other, directory);
    network_tensors_destroy(&other);
  }
  network_tensors_destroy(&tensors);
  return code;
}
