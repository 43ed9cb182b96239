#include "kernel_tensors.h"

#include "convforge/elements.h"
#include "npy_floats.h"

#include <math.h>
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

/* The spread of results around the destination's zero point: a quarter of what 8 bits hold, and of real
 * numbers that activations are curved at. */
static double wanted_spread(const convforge_kernel *kernel) {
  return kernel->requantisation ? 64 : 2;
}

/* The multiplier that spreads results so: sums of products of uniform 8-bit integers, those of the source
 * less a zero point, spread about as much as 74 * 120 times the root of their number. */
static double middle_multiplier(const convforge_kernel *kernel) {
  const convforge_operand *weights = convforge_weights(kernel), *output = convforge_output(kernel);
  const int64_t channels = output->shape[strcmp(kernel->layout, "nchw") ? output->rank - 1 : 1];
  return wanted_spread(kernel) / (74 * 120 * sqrt((double)element_count(weights) / (double)channels));
}

/* Every fourth one is a power of two, which makes ties of some sums. */
static double multiplier_of(const convforge_kernel *kernel, size_t channel, double unit) {
  const double multiplier = middle_multiplier(kernel) * (1 + unit / 2);
  return channel % 4 == 1 ? exp2(round(log2(multiplier))) : multiplier;
}

/* Element i of an operand, from `unit`, uniform in [-1, 1): multipliers differ by up to a factor of three,
 * integers take all values that 8 bits have, and a bias moves results without carrying them away. */
static double value_of(const convforge_kernel *kernel, const convforge_operand *operand, size_t i,
                       double unit) {
  switch ((convforge_dtype)operand->dtype) {
  case CONVFORGE_F64:
    return multiplier_of(kernel, i, unit);
  case CONVFORGE_S32:
    return floor(unit * wanted_spread(kernel) / middle_multiplier(kernel) / 2);
  case CONVFORGE_U8:
    return floor(unit * 128) + 128;
  case CONVFORGE_S8:
    return floor(unit * 128);
  default:
    return unit;
  }
}

/* Uniform in [-1, 1): the high bits of a linear congruential generator (Knuth's MMIX constants). */
static void fill(void *tensor, const convforge_kernel *kernel, const convforge_operand *operand,
                 uint64_t seed) {
  for (size_t i = 0; i < element_count(operand); i++) {
    seed = seed * 6364136223846793005u + 1442695040888963407u;
    const float unit = (float)(seed >> 40) / 8388608.0f - 1.0f;
    convforge_store_element(operand->dtype, tensor, i, value_of(kernel, operand, i, unit));
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
  fill(tensors->values[i], tensors->kernel, operand, (uint64_t)i + 1);
  if (file && npy_elements(file, operand->dtype, tensors->values[i], element_count(operand)))
    return fail(tensors, operand->name, "cannot read what the kernel was made with from ", file);
  return 0;
}

static int pack(kernel_tensors *tensors) {
  if (convforge_weights(tensors->kernel)->constant)
    return 0;
  const void *operands[CONVFORGE_MAX_OPERANDS];
  memcpy(operands, tensors->values, sizeof operands);
  tensors->packed = allocate(tensors->kernel->packed_bytes);
  if (!tensors->packed)
    return fail(tensors, "packed weights", "out of memory", "");
  for (int i = 0; i < tensors->kernel->operand_count; i++)
    if (tensors->kernel->operands[i].role == CONVFORGE_WEIGHTS)
      tensors->pointers[i] = tensors->packed;
  const int status = convforge_pack_operands(tensors->kernel, operands, tensors->packed);
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
    if (create_values(tensors, i, constants))
      return -1;
  return pack(tensors);
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
