/* Two convolutions small enough to check by hand. Answers 0 when every number is what it must be. */
#include "ones.h"
#include "patches.h"

#include <stdio.h>
#include <stdlib.h>

/* What a kernel needs beside its tensors: weights packed for the variant that runs here, and scratch memory.
 */
typedef struct memory {
  void *packed, *workspace;
} memory;

static memory allocate(size_t packed_bytes, size_t workspace_bytes) {
  memory m = {aligned_alloc(CONVFORGE_ALIGNMENT, packed_bytes), NULL};
  if (workspace_bytes)
    m.workspace = aligned_alloc(CONVFORGE_ALIGNMENT, workspace_bytes);
  return m;
}

static void release(memory m) {
  free(m.packed);
  free(m.workspace);
}

static int failed(const char *kernel, int status) {
  fprintf(stderr, "%s: %s\n", kernel, convforge_status_text(status));
  return 1;
}

/* A 3x3 image whose channels are 1, 100 and 10000, and a 2x2 kernel of ones: every output is 4 x 10101 =
 * 40404. */
static int run_ones(void) {
  float image[ONES_INPUT_ELEMENTS], weights[ONES_WEIGHTS_ELEMENTS], bias[ONES_BIAS_ELEMENTS] = {0};
  float output[ONES_OUTPUT_ELEMENTS] = {0};
  const float channels[3] = {1, 100, 10000};
  for (int i = 0; i < ONES_INPUT_ELEMENTS; i++)
    image[i] = channels[i % 3];
  for (int i = 0; i < ONES_WEIGHTS_ELEMENTS; i++)
    weights[i] = 1;

  memory m = allocate(ones_packed_size(), ones_workspace_size(1));
  int status = ones_pack(weights, m.packed);
  if (!status)
    status = ones(image, m.packed, bias, output, m.workspace);
  release(m);
  if (status)
    return failed("ones", status);

  int wrong = 0;
  printf("3x3x3 image, 2x2 kernel of ones, relu; %d parameters:", ONES_WEIGHTS_ELEMENTS + ONES_BIAS_ELEMENTS);
  for (int i = 0; i < ONES_OUTPUT_ELEMENTS; i++) {
    printf(" %g", output[i]);
    wrong |= output[i] != 40404;
  }
  printf("\n");
  return wrong;
}

/* A 1x4x4x3 image and two 3x3 filters: an output is its flattened patch [1,27] times the weights [27,2], plus
 * bias. */
static int run_patches(void) {
  float image[PATCHES_INPUT_ELEMENTS], weights[PATCHES_WEIGHTS_ELEMENTS], bias[2] = {0.5f, -0.5f};
  float output[PATCHES_OUTPUT_ELEMENTS];
  for (int i = 0; i < PATCHES_INPUT_ELEMENTS; i++)
    image[i] = (float)(i % 7 - 3);
  for (int i = 0; i < PATCHES_WEIGHTS_ELEMENTS; i++)
    weights[i] = (float)(i % 5 - 2);

  memory m = allocate(patches_packed_size(), patches_workspace_size(1));
  int status = patches_pack(weights, m.packed);
  if (!status)
    status = patches(image, m.packed, bias, output, m.workspace);
  release(m);
  if (status)
    return failed("patches", status);

  int wrong = 0;
  printf("1x4x4x3 image, 2 filters of 3x3, weights (3,3,3,2), output (1,2,2,2):");
  for (int i = 0; i < PATCHES_OUTPUT_ELEMENTS; i++) {
    const int k = i % 2, x = i / 2 % 2, y = i / 4;
    float expected = bias[k];
    for (int row = 0; row < 27; row++) /* r, s, c of the patch at (y, x) */
      expected += image[(y + row / 9) * 12 + (x + row / 3 % 3) * 3 + row % 3] * weights[row * 2 + k];
    printf(" %g", output[i]);
    wrong |= output[i] != expected;
  }
  printf("\n");
  return wrong;
}

int main(void) {
  int wrong = run_ones() | run_patches();
  printf(wrong ? "WRONG\n" : "both as computed by hand\n");
  return wrong;
}
