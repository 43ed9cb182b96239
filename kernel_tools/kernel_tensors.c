#include "kernel_tensors.h"

#include "convforge/elements.h"
#include "npy_floats.h"

#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>

static void *allocate(size_t bytes) {
  size_t rounded = (bytes + CONVFORGE_ALIGNMENT - 1) / CONVFORGE_ALIGNMENT * CONVFORGE_ALIGNMENT;
  return bytes ? aligned_alloc(CONVFORGE_ALIGNMENT, rounded) : NULL;
}

static size_t element_count(const convforge_tensor_info *info) {
  return info->bytes / convforge_dtype_bytes(info->dtype);
}

/* Uniform in [-1, 1): the high bits of a linear congruential generator (Knuth's MMIX constants). */
static void fill(void *tensor, const convforge_tensor_info *info, uint64_t seed) {
  for (size_t i = 0; tensor && i < element_count(info); i++) {
    seed = seed * 6364136223846793005u + 1442695040888963407u;
    convforge_store_element(info->dtype, tensor, i, (float)(seed >> 40) / 8388608.0f - 1.0f);
  }
}

static int fail(kernel_tensors *tensors, const convforge_kernel *kernel, const char *what,
                const char *detail) {
  fprintf(stderr, "%s: %s%s\n", kernel->name, what, detail);
  kernel_tensors_destroy(tensors);
  return -1;
}

static int read_constant(void *tensor, const convforge_tensor_info *info, const char *path) {
  return path && tensor ? npy_elements(path, info->dtype, tensor, element_count(info)) : 0;
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
  fill(tensors->input, &kernel->input, 1);
  fill(tensors->weights, &kernel->weights, 2);
  fill(tensors->bias, &kernel->bias, 3);
  fill(tensors->residual, &kernel->residual, 4);
  if (read_constant(tensors->weights, &kernel->weights, constants.weights_npy))
    return fail(tensors, kernel, "cannot read the weights it was made with from ", constants.weights_npy);
  if (read_constant(tensors->bias, &kernel->bias, constants.bias_npy))
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
