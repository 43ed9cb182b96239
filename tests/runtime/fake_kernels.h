/* Kernel functions written by hand, in the place of generated ones. */
#ifndef CONVFORGE_TESTS_FAKE_KERNELS_H
#define CONVFORGE_TESTS_FAKE_KERNELS_H

#ifdef __cplusplus
extern "C" {
#endif

enum { FAKE_MAX_BLOCKS = 20, FAKE_TASKS = 100, FAKE_FIRST = 3 };

/* View 0 of every fake is the output. */

/* Writes the addresses of all further views, as pointers, into the output. */
int fake_record(void **arguments);
/* output[0] = input[0] * first packed weight + bias[0]; views: output, input, weights, bias. */
int fake_multiply_add(void **arguments);
/* Always fails. */
int fake_fail(void **arguments);
/* Takes 64-byte blocks until there are none; writes their addresses, as pointers, into the output. */
int fake_take_all(void **arguments);

/* What one iteration of fake_loop saw. */
typedef struct fake_iteration {
  int index, calls;
  void *first, *second; /* a block of 100 bytes and one of what 64 bytes are left of the region */
  void *third;          /* one more: expected null */
  int sum;              /* of a nested loop of index + 1 iterations */
  int nested_scratch;   /* whether the nested loop used what was left of the region */
} fake_iteration;

/* A parallel loop over [FAKE_FIRST, FAKE_FIRST + FAKE_TASKS) that writes output[index - FAKE_FIRST]. Takes 64
 * bytes of shared scratch first, and answers not 0 if the loop does. */
int fake_loop(void **arguments);
/* A parallel loop whose iteration 7 fails. */
int fake_failing_loop(void **arguments);
/* A parallel loop of FAKE_TASKS products: output[i] = input[0] * input[1]; input is view 1. */
int fake_product_loop(void **arguments);
/* A parallel loop over no iterations at all. */
int fake_empty_loop(void **arguments);

#ifdef __cplusplus
}
#endif

#endif
