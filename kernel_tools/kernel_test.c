/* The test of one kernel: TEST of convforge_add_conv(). */
#include "convforge_tools/kernel_programs.h"

#include "convforge/elements.h"
#include "kernel_tensors.h"
#include "reference.h"
#include "reference_pieces.h"
#include "reference_pooling.h"
#include "reference_quantised.h"
#include "reference_winograd.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* Of floats NaN, so that an output never written is seen. */
enum { first_bytes = 0xff };

typedef struct comparison {
  long outputs, wrong;
  double worst_ratio; /* of error to what is allowed */
  double worst_error;
  int exact; /* nothing else is allowed */
} comparison;

static double load(const convforge_operand *operand, const void *tensor, int64_t index) {
  return convforge_load_element(operand->dtype, tensor, (size_t)index);
}

/* What the epilogue takes for an output of image n and channel k, in its order. */
static void epilogue_operands(const kernel_tensors *tensors, int n, const int out[3], int k,
                              double *operands) {
  const convforge_kernel *kernel = tensors->kernel;
  for (int i = 2; i < kernel->operand_count - 1; i++) {
    const convforge_operand *operand = &kernel->operands[i];
    if (operand->role == CONVFORGE_EPILOGUE)
      *operands++ = load(operand, tensors->values[i],
                         operand->rank == 1 ? k : reference_index(kernel, operand, n, out, k));
  }
}

/* What the outputs are, and how far sums may be from the exact ones beside what adding up allows. */
typedef struct allowances {
  const reference_pooling *pooling; /* null: they are the convolution's */
  reference_winograd *winograd;     /* null: no Winograd, or in pieces */
  const double *in_pieces;          /* of each output channel; null: not in pieces */
} allowances;

/* What the epilogue should give, and how far from it that may be; of 8-bit integers what is stored. */
static reference_value expected_value(const convforge_kernel *kernel, const reference_shape *shape,
                                      const kernel_tensors *tensors, const allowances *allowed, int n,
                                      const int out[3], int k) {
  double operands[CONVFORGE_MAX_OPERANDS];
  epilogue_operands(tensors, n, out, k, operands);
  if (reference_is_quantised(kernel))
    return reference_quantised(kernel, shape, tensors->values, n, out, k, operands);
  const reference_tensors inputs = {tensors->values[0], tensors->values[1]};
  reference_value sum = reference_sum(kernel, shape, &inputs, n, out, k);
  if (allowed->winograd)
    sum.allowed = reference_winograd_allowed(allowed->winograd, n, out, k);
  if (allowed->in_pieces)
    sum.allowed = fmax(sum.allowed, allowed->in_pieces[k]);
  return reference_epilogue(kernel->epilogue, sum, operands);
}

static reference_value expected_pooled(const convforge_kernel *kernel, const reference_shape *shape,
                                       const kernel_tensors *tensors, const allowances *allowed, int n,
                                       const int out[3], int k) {
  reference_window window = {0};
  for (int tap = 0; tap < reference_pooling_taps(allowed->pooling); tap++) {
    int in[3];
    if (reference_pooled_under(allowed->pooling, out, tap, in))
      reference_window_add(&window, expected_value(kernel, shape, tensors, allowed, n, in, k));
  }
  return reference_window_value(&window, allowed->pooling);
}

/* What the kernel should store. */
static reference_value expected_output(const convforge_kernel *kernel, const reference_shape *shape,
                                       const kernel_tensors *tensors, const allowances *allowed, int n,
                                       const int out[3], int k) {
  const reference_value value = allowed->pooling ? expected_pooled(kernel, shape, tensors, allowed, n, out, k)
                                                 : expected_value(kernel, shape, tensors, allowed, n, out, k);
  return reference_store(convforge_output(kernel)->dtype, value);
}

static void compare_output(const convforge_kernel *kernel, const reference_shape *shape,
                           const kernel_tensors *tensors, const allowances *allowed, int n, const int out[3],
                           int k, comparison *result) {
  const convforge_operand *output = convforge_output(kernel);
  const reference_value expected = expected_output(kernel, shape, tensors, allowed, n, out, k);
  const double actual =
      load(output, kernel_tensors_output(tensors), reference_index(kernel, output, n, out, k));
  double error = fabs(actual - expected.value);
  int wrong = !(error <= expected.allowed); /* NaN is wrong, too */
  if (wrong && result->wrong++ == 0)
    printf("%s: output n=%d d=%d h=%d w=%d k=%d is %.9g, expected %.9g within %.3g\n", kernel->name, n,
           out[0], out[1], out[2], k, actual, expected.value, expected.allowed);
  if (error > result->worst_ratio * expected.allowed) {
    result->worst_ratio = error / expected.allowed;
    result->worst_error = error;
  }
  result->exact &= expected.allowed == 0;
  result->outputs++;
}

static void compare_all(const convforge_kernel *kernel, const reference_shape *shape,
                        const kernel_tensors *tensors, const allowances *allowed, comparison *result) {
  const reference_axis *axes = allowed->pooling ? allowed->pooling->axes : shape->axes;
  const int D = axes[0].o, H = axes[1].o, W = axes[2].o;
  for (int n = 0; n < shape->mb; n++)
    for (int i = 0; i < D * H * W; i++)
      for (int k = 0; k < shape->oc; k++) {
        const int out[3] = {i / W / H, i / W % H, i % W};
        compare_output(kernel, shape, tensors, allowed, n, out, k, result);
      }
}

/* -1: no memory. */
static int compare_in_pieces(const convforge_kernel *kernel, const reference_shape *shape,
                             const kernel_tensors *tensors, const reference_pooling *pooling,
                             comparison *result) {
  const reference_tensors inputs = {tensors->values[0], tensors->values[1]};
  double *allowed = malloc((size_t)shape->oc * sizeof *allowed);
  if (!allowed) {
    printf("%s: no memory for the error bound\n", kernel->name);
    return -1;
  }
  const double largest = reference_largest(convforge_input(kernel), tensors->values[0]);
  for (int k = 0; k < shape->oc; k++)
    allowed[k] = reference_pieces_allowed(kernel, shape, &inputs, largest, k);
  compare_all(kernel, shape, tensors, &(allowances){.pooling = pooling, .in_pieces = allowed}, result);
  free(allowed);
  return 0;
}

/* -1: the bound of a Winograd kernel could not be computed. */
static int compare(const convforge_kernel *kernel, const reference_shape *shape,
                   const kernel_tensors *tensors, const reference_pooling *pooling, comparison *result) {
  if (reference_in_pieces(kernel, shape) || pooling)
    return compare_in_pieces(kernel, shape, tensors, pooling, result);
  const int is_winograd = kernel->pack.kind == CONVFORGE_PACK_WINOGRAD;
  const reference_tensors inputs = {tensors->values[0], tensors->values[1]};
  reference_winograd winograd;
  if (is_winograd && reference_winograd_create(&winograd, kernel, shape, &inputs)) {
    printf("%s: no memory for the error bound, or no such transform\n", kernel->name);
    return -1;
  }
  compare_all(kernel, shape, tensors, &(allowances){.winograd = is_winograd ? &winograd : NULL}, result);
  if (is_winograd)
    reference_winograd_destroy(&winograd);
  return 0;
}

/* Runs on `threads` threads into a buffer whose bytes were `before`. */
static int run(const convforge_kernel *kernel, kernel_tensors *tensors, const convforge_threads *threads,
               int before) {
  memset(kernel_tensors_output(tensors), before, convforge_output(kernel)->bytes);
  convforge_args args = kernel_tensors_args(tensors, threads);
  int status = convforge_run(kernel, &args);
  if (status)
    printf("%s: the call answered %d: %s\n", kernel->name, status, convforge_status_text(status));
  return status;
}

/* How many elements of the output's memory are written: those of a slice, and none between them. What a
 * second run leaves as the first did, although the bytes were others before it. -1: not known. */
static long written(const convforge_kernel *kernel, kernel_tensors *tensors) {
  const convforge_operand *output = convforge_output(kernel);
  const size_t size = convforge_dtype_bytes(output->dtype);
  const char *now = kernel_tensors_output(tensors);
  char *first = malloc(output->bytes);
  long count = -1;
  if (first) {
    memcpy(first, now, output->bytes);
    count = run(kernel, tensors, NULL, ~first_bytes & 0xff) ? -1 : 0;
    for (size_t i = 0; count >= 0 && i < output->bytes; i += size)
      count += memcmp(first + i, now + i, size) == 0;
    memcpy(kernel_tensors_output(tensors), first, output->bytes);
  }
  free(first);
  return count;
}

/* 1 when three threads give the same bytes as the one thread whose result is in the output. */
static int same_on_threads(const convforge_kernel *kernel, kernel_tensors *tensors) {
  convforge_pool *pool = convforge_pool_create(3);
  const size_t bytes = convforge_output(kernel)->bytes;
  const void *output = kernel_tensors_output(tensors);
  void *one_thread = malloc(bytes);
  int same = 0;
  if (pool && one_thread) {
    const convforge_threads threads = convforge_pool_threads(pool);
    memcpy(one_thread, output, bytes);
    same = !run(kernel, tensors, &threads, first_bytes) && !memcmp(one_thread, output, bytes);
  }
  free(one_thread);
  convforge_pool_destroy(pool);
  if (!same)
    printf("%s: three threads do not give what one thread gives\n", kernel->name);
  return same;
}

static int check(const convforge_kernel *kernel, const reference_shape *shape, kernel_tensors *tensors) {
  reference_pooling pooling;
  if (kernel->pooling && reference_pooling_parse(kernel->pooling, shape, &pooling)) {
    printf("%s: cannot read the pooling %s\n", kernel->name, kernel->pooling);
    return EXIT_FAILURE;
  }
  if (run(kernel, tensors, NULL, first_bytes))
    return EXIT_FAILURE;
  comparison result = {.exact = 1};
  if (compare(kernel, shape, tensors, kernel->pooling ? &pooling : NULL, &result))
    return EXIT_FAILURE;
  if (!result.wrong && written(kernel, tensors) != result.outputs) {
    printf("%s: left elements of its output as they were, or wrote between those of a slice\n", kernel->name);
    return EXIT_FAILURE;
  }
  const int passed = !result.wrong && same_on_threads(kernel, tensors);
  printf("%s %s %s %s %s: ", kernel->name, kernel->target, kernel->algorithm, kernel->problem,
         *kernel->epilogue ? kernel->epilogue : "(no epilogue)");
  if (result.wrong)
    printf("%ld of %ld outputs wrong", result.wrong, result.outputs);
  else if (result.exact)
    printf("%ld outputs, all of them exact", result.outputs);
  else
    printf("%ld outputs, worst error %.3g, %.0f %% of its bound", result.outputs, result.worst_error,
           100 * result.worst_ratio);
  printf(": %s\n", passed ? "passed" : "FAILED");
  return passed ? EXIT_SUCCESS : EXIT_FAILURE;
}

int convforge_test_kernel(const convforge_subject *subject) {
  if (!subject->kernel) {
    printf("%s: skipped: %s\n", subject->name, subject->reason);
    return CONVFORGE_EXIT_SKIPPED;
  }
  reference_shape shape;
  if (reference_parse(subject->kernel->problem, &shape)) {
    printf("%s: cannot read the problem %s\n", subject->name, subject->kernel->problem);
    return EXIT_FAILURE;
  }
  shape.padding_mode = subject->kernel->padding_mode;
  kernel_tensors tensors;
  if (kernel_tensors_create(&tensors, subject->kernel, subject->constants, 3))
    return EXIT_FAILURE;
  int code = check(subject->kernel, &shape, &tensors);
  kernel_tensors_destroy(&tensors);
  return code;
}
