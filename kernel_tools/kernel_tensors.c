#include "kernel_tensors.h"

#include "npy_floats.h"

#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>

static void *allocate(size_t bytes) {
  size_t rounded = (bytes + CONVFORGE_ALIGNMENT - 1) / CONVFORGE_ALIGNMENT * CONVFORGE_ALIGNMENT;
  return bytes ? aligned_alloc(CONVFORGE_ALIGNMENT, rounded) : NULL;
}

/* Uniform in [-1, 1): the high bits of a linear congruential generator (Knuth's MMIX constants). */
static void fill(float *values, size_t bytes, uint64_t seed) {
  for (size_t i = 0; values && i < bytes / sizeof *values; i++) {
    seed = seed * 6364136223846793005u + 1442695040888963407u;
    values[i] = (float)(seed >> 40) / 8388608.0f - 1.0f;
  }
}

static int fail(kernel_tensors *tensors, const convforge_kernel *kernel, const char *what,
                const char *detail) {
  fprintf(stderr, "%s: %s%s\n", kernel->name, what, detail);
  kernel_tensors_destroy(tensors);
  return -1;
}

static int read_constant(float *values, size_t bytes, const char *path) {
  return path && values ? npy_floats(path, values, bytes / sizeof *values) : 0;
}

int kernel_tensors_create(kernel_tensors *tensors, const convforge_kernel *kernel, kernel_constants constants,
                          int threads) {
  const size_t workspace_bytes = convforge_workspace_size(kernel, threads);
  tensors->input = allocate(kernel->input.bytes);
  tensors->weights = allocate(kernel->weights.bytes);
  tensors->bias = allocate(kernel->bias.bytes);
  tensors->residual = allocate(kernel->residual.bytes);
  tensors->output = allocate(kernel->output.bytes);
  tensors->packed = allocate(kernel->constant_weights ? 0 : kernel->packed_bytes);
  tensors->workspace = allocate(workspace_bytes);
  if (!tensors->input || !tensors->weights || !tensors->output || (kernel->bias.bytes && !tensors->bias) ||
      (kernel->residual.bytes && !tensors->residual) || (!kernel->constant_weights && !tensors->packed) ||
      (workspace_bytes && !tensors->workspace))
    return fail(tensors, kernel, "out of memory", "");
  fill(tensors->input, kernel->input.bytes, 1);
  fill(tensors->weights, kernel->weights.bytes, 2);
  fill(tensors->bias, kernel->bias.bytes, 3);
  fill(tensors->residual, kernel->residual.bytes, 4);
  if (read_constant(tensors->weights, kernel->weights.bytes, constants.weights_npy))
    return fail(tensors, kernel, "cannot read the weights it was made with from ", constants.weights_npy);
  if (read_constant(tensors->bias, kernel->bias.bytes, constants.bias_npy))
    return fail(tensors, kernel, "cannot read the bias it was made with from ", constants.bias_npy);
  int status =
      tensors->packed ? convforge_pack_weights(kernel, tensors->weights, tensors->packed) : CONVFORGE_OK;
  return status ? fail(tensors, kernel, "packing: ", convforge_status_text(status)) : 0;
}

void kernel_tensors_destroy(kernel_tensors *tensors) {
  free(tensors->input);
  free(tensors->weights);
  free(tensors->bias);
  free(tensors->residual);
  free(tensors->output);
  free(tensors->packed);
  free(tensors->workspace);
  *tensors = (kernel_tensors){0};
}

convforge_args kernel_tensors_args(const kernel_tensors *tensors, const convforge_threads *threads) {
  return (convforge_args){.input = tensors->input,
                          .packed_weights = tensors->packed,
                          .bias = tensors->bias,
                          .residual = tensors->residual,
                          .output = tensors->output,
                          .workspace = tensors->workspace,
                          .threads = threads};
}
