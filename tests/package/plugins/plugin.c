/* A shared library with a kernel inside; what it exports is its own. */
#include "conv1.h"

#include <stdlib.h>

__attribute__((visibility("default"))) const char *plugin_problem(void);
__attribute__((visibility("default"))) int plugin_run(void);

const char *plugin_problem(void) {
  return conv1_kernel()->problem;
}

/* Zeros through the kernel, whose constants say how many. */
int plugin_run(void) {
  float *input = calloc(CONV1_INPUT_ELEMENTS, sizeof *input);
  float *weights = calloc(CONV1_WEIGHTS_ELEMENTS, sizeof *weights);
  float *output = calloc(CONV1_OUTPUT_ELEMENTS, sizeof *output);
  void *packed = aligned_alloc(64, conv1_packed_size());
  void *workspace = aligned_alloc(64, conv1_workspace_size(1) + 64);
  const int packing = conv1_pack(weights, packed);
  const int status = packing == CONVFORGE_OK ? conv1(input, packed, output, workspace) : packing;
  free(workspace);
  free(packed);
  free(output);
  free(weights);
  free(input);
  return status;
}
