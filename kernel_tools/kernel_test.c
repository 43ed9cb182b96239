#include "convforge_tools/kernel_programs.h"

#include "convforge/elements.h"
#include "kernel_tensors.h"
#include "reference.h"
#include "reference_winograd.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

typedef struct comparison {
  long outputs, wrong;
  double worst_ratio; /* of error to what is allowed */
  double worst_error;
} comparison;

/* The element (n, h, w, k) of a tensor of the output's shape. */
static int64_t output_index(const convforge_kernel *kernel, int n, int h, int w, int k) {
  const int64_t *stride = kernel->output.strides;
  return strcmp(kernel->layout, "nchw") ? n * stride[0] + h * stride[1] + w * stride[2] + k * stride[3]
                                        : n * stride[0] + k * stride[1] + h * stride[2] + w * stride[3];
}

/* 0 where the kernel has no such tensor. */
static double load(const convforge_tensor_info *info, const void *tensor, int64_t index) {
  return tensor ? convforge_load_element(info->dtype, tensor, (size_t)index) : 0;
}

static void compare_output(const convforge_kernel *kernel, const reference_shape *shape,
                           const kernel_tensors *tensors, const reference_tensors *inputs,
                           reference_winograd *winograd, int n, int h, int w, int k, comparison *result) {
  const int64_t at = output_index(kernel, n, h, w, k);
  reference_value sum = reference_sum(kernel, shape, inputs, n, h, w, k);
  if (winograd)
    sum.allowed = reference_winograd_allowed(winograd, n, h, w, k);
  reference_value expected = reference_epilogue(kernel->epilogue, sum, load(&kernel->bias, tensors->bias, k),
                                                load(&kernel->residual, tensors->residual, at));
  expected = reference_store(kernel->output.dtype, expected);
  double actual = load(&kernel->output, tensors->output, at);
  double error = fabs(actual - expected.value);
  int wrong = !(error <= expected.allowed); /* NaN is wrong, too */
  if (wrong && result->wrong++ == 0)
    printf("%s: output n=%d h=%d w=%d k=%d is %.9g, expected %.9g within %.3g\n", kernel->name, n, h, w, k,
           actual, expected.value, expected.allowed);
  if (error > result->worst_ratio * expected.allowed) {
    result->worst_ratio = error / expected.allowed;
    result->worst_error = error;
  }
  result->outputs++;
}

/* -1: the bound of a Winograd kernel could not be computed. */
static int compare(const convforge_kernel *kernel, const reference_shape *shape,
                   const kernel_tensors *tensors, comparison *result) {
  const reference_tensors inputs = {tensors->input, tensors->weights, tensors->bias, tensors->residual};
  const int is_winograd = kernel->pack.kind == CONVFORGE_PACK_WINOGRAD;
  reference_winograd winograd;
  if (is_winograd && reference_winograd_create(&winograd, kernel, shape, &inputs)) {
    printf("%s: no memory for the error bound, or no such transform\n", kernel->name);
    return -1;
  }
  for (int n = 0; n < shape->mb; n++)
    for (int h = 0; h < shape->oh; h++)
      for (int w = 0; w < shape->ow; w++)
        for (int k = 0; k < shape->oc; k++)
          compare_output(kernel, shape, tensors, &inputs, is_winograd ? &winograd : NULL, n, h, w, k, result);
  if (is_winograd)
    reference_winograd_destroy(&winograd);
  return 0;
}

/* Runs on `threads` threads into a buffer that was NaN before, so that an output never written is seen. */
static int run(const convforge_kernel *kernel, kernel_tensors *tensors, const convforge_threads *threads) {
  memset(tensors->output, 0xff, kernel->output.bytes);
  convforge_args args = kernel_tensors_args(tensors, threads);
  int status = convforge_run(kernel, &args);
  if (status)
    printf("%s: the call answered %d: %s\n", kernel->name, status, convforge_status_text(status));
  return status;
}

/* 1 when three threads give the same bytes as the one thread whose result is in tensors->output. */
static int same_on_threads(const convforge_kernel *kernel, kernel_tensors *tensors) {
  convforge_pool *pool = convforge_pool_create(3);
  void *one_thread = malloc(kernel->output.bytes);
  int same = 0;
  if (pool && one_thread) {
    const convforge_threads threads = convforge_pool_threads(pool);
    memcpy(one_thread, tensors->output, kernel->output.bytes);
    same = !run(kernel, tensors, &threads) && !memcmp(one_thread, tensors->output, kernel->output.bytes);
  }
  free(one_thread);
  convforge_pool_destroy(pool);
  if (!same)
    printf("%s: three threads do not give what one thread gives\n", kernel->name);
  return same;
}

static int check(const convforge_kernel *kernel, const reference_shape *shape, kernel_tensors *tensors) {
  if (run(kernel, tensors, NULL))
    return EXIT_FAILURE;
  comparison result = {0};
  if (compare(kernel, shape, tensors, &result))
    return EXIT_FAILURE;
  const int passed = !result.wrong && same_on_threads(kernel, tensors);
  printf("%s %s %s %s %s: ", kernel->name, kernel->target, kernel->algorithm, kernel->problem,
         *kernel->epilogue ? kernel->epilogue : "(no epilogue)");
  if (result.wrong)
    printf("%ld of %ld outputs wrong", result.wrong, result.outputs);
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
  kernel_tensors tensors;
  if (kernel_tensors_create(&tensors, subject->kernel,
                            (kernel_constants){subject->weights_npy, subject->bias_npy}, 3))
    return EXIT_FAILURE;
  int code = check(subject->kernel, &shape, &tensors);
  kernel_tensors_destroy(&tensors);
  return code;
}
