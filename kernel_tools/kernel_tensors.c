#include "kernel_tensors.h"

#include "convforge/elements.h"
#include "npy_floats.h"

#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static void *allocate(size_t bytes) {
  size_t rounded = (bytes + CONVFORGE_ALIGNMENT - 1) / CONVFORGE_ALIGNMENT * CONVFORGE_ALIGNMENT;
  return bytes ? aligned_alloc(CONVFORGE_ALIGNMENT, rounded) : NULL;
}

static size_t element_count(const convforge_operand *operand) {
  return operand->bytes / convforge_dtype_bytes(operand->dtype);
}

/* Uniform in [-1, 1): the high bits of a linear congruential generator (Knuth's MMIX constants). */
static void fill(void *tensor, const convforge_operand *operand, uint64_t seed) {
  for (size_t i = 0; i < element_count(operand); i++) {
    seed = seed * 6364136223846793005u + 1442695040888963407u;
    convforge_store_element(operand->dtype, tensor, i, (float)(seed >> 40) / 8388608.0f - 1.0f);
  }
}

static int fail(kernel_tensors *tensors, const char *operand, const char *what, const char *detail) {
  fprintf(stderr, "%s: %s: %s%s\n", tensors->kernel->name, operand, what, detail);
  kernel_tensors_destroy(tensors);
  return -1;
}

static const char *file_of(const convforge_constant_file *constants, const char *operand) {
  for (; constants && constants->operand; constants++)
    if (!strcmp(constants->operand, operand))
      return constants->npy;
  return NULL;
}

/* One operand's values: those of its file, or reproducible numbers of its own. */
static int create_values(kernel_tensors *tensors, int i, const convforge_constant_file *constants) {
  const convforge_operand *operand = &tensors->kernel->operands[i];
  const char *file = file_of(constants, operand->name);
  tensors->values[i] = tensors->pointers[i] = allocate(operand->bytes);
  if (!tensors->values[i])
    return fail(tensors, operand->name, "out of memory", "");
  fill(tensors->values[i], operand, (uint64_t)i + 1);
  if (file && npy_elements(file, operand->dtype, tensors->values[i], element_count(operand)))
    return fail(tensors, operand->name, "cannot read what the kernel was made with from ", file);
  return 0;
}

static int pack(kernel_tensors *tensors, int weights) {
  if (tensors->kernel->operands[weights].constant)
    return 0;
  tensors->packed = tensors->pointers[weights] = allocate(tensors->kernel->packed_bytes);
  if (!tensors->packed)
    return fail(tensors, "packed weights", "out of memory", "");
  const int status = convforge_pack_weights(tensors->kernel, tensors->values[weights], tensors->packed);
  return status ? fail(tensors, "packing", convforge_status_text(status), "") : 0;
}

int kernel_tensors_create(kernel_tensors *tensors, const convforge_kernel *kernel,
                          const convforge_constant_file *constants, int threads) {
  *tensors = (kernel_tensors){.kernel = kernel};
  const size_t workspace_bytes = convforge_workspace_size(kernel, threads);
  tensors->workspace = allocate(workspace_bytes);
  if (workspace_bytes && !tensors->workspace)
    return fail(tensors, "workspace", "out of memory", "");
  for (int i = 0; i < kernel->operand_count; i++)
    if (create_values(tensors, i, constants) ||
        (kernel->operands[i].role == CONVFORGE_WEIGHTS && pack(tensors, i)))
      return -1;
  return 0;
}

void kernel_tensors_destroy(kernel_tensors *tensors) {
  for (int i = 0; i < CONVFORGE_MAX_OPERANDS; i++)
    free(tensors->values[i]);
  free(tensors->packed);
  free(tensors->workspace);
  *tensors = (kernel_tensors){0};
}

void *kernel_tensors_output(const kernel_tensors *tensors) {
  return tensors->values[tensors->kernel->operand_count - 1];
}

convforge_args kernel_tensors_args(const kernel_tensors *tensors, const convforge_threads *threads) {
  return (convforge_args){.operands = tensors->pointers, .workspace = tensors->workspace, .threads = threads};
}
