/* Every check of a call, before anything is written. A few nanoseconds: no loop here depends on the size of a
 * tensor. */
#include "arguments.h"

#include "convforge/elements.h"
#include "pack.h"
#include "range.h"

size_t convforge_workspace_size(const convforge_kernel *kernel, int threads) {
  if (kernel == NULL || kernel->abi_version != CONVFORGE_ABI_VERSION)
    return 0;
  return kernel->workspace_shared_bytes +
         (size_t)(threads < 1 ? 1 : threads) * kernel->workspace_thread_bytes;
}

/* The version comes first: the fields after it may lie elsewhere in another one. Features come before the
 * function, which kernels for GPUs have none of here. */
static int check_kernel(const convforge_kernel *kernel) {
  if (kernel == NULL)
    return CONVFORGE_ERROR_TARGET;
  if (kernel->abi_version != CONVFORGE_ABI_VERSION)
    return CONVFORGE_ERROR_ABI;
  if (kernel->cpu_features & ~(convforge_cpu_features() | CONVFORGE_CPU_TUNING))
    return CONVFORGE_ERROR_TARGET;
  return kernel->function != NULL && kernel->view_count >= 0 && kernel->view_count <= CONVFORGE_MAX_VIEWS
             ? CONVFORGE_OK
             : CONVFORGE_ERROR_ABI;
}

static int check_threads(const convforge_threads *threads) {
  return threads == NULL || (threads->count > 0 && threads->parallel_for != NULL) ? CONVFORGE_OK
                                                                                  : CONVFORGE_ERROR_THREADS;
}

static int check_pointer(const void *pointer, size_t alignment) {
  if (pointer == NULL)
    return CONVFORGE_ERROR_NULL;
  return convforge_aligned(pointer, alignment) ? CONVFORGE_OK : CONVFORGE_ERROR_MISALIGNED;
}

/* Bytes of each tensor of the call; 0 for one that the kernel does not take. */
static void sizes_of(const convforge_kernel *kernel, size_t bytes[CONVFORGE_TENSOR_COUNT]) {
  bytes[CONVFORGE_INPUT] = kernel->input.bytes;
  bytes[CONVFORGE_PACKED_WEIGHTS] = kernel->packed_bytes;
  bytes[CONVFORGE_BIAS] = kernel->bias.rank ? kernel->bias.bytes : 0;
  bytes[CONVFORGE_RESIDUAL] = kernel->residual.rank ? kernel->residual.bytes : 0;
  bytes[CONVFORGE_OUTPUT] = kernel->output.bytes;
}

/* Alignment of each: that of its elements, and of packed weights as they begin with a header. */
static void alignments_of(const convforge_kernel *kernel, size_t alignment[CONVFORGE_TENSOR_COUNT]) {
  alignment[CONVFORGE_INPUT] = convforge_dtype_bytes(kernel->input.dtype);
  alignment[CONVFORGE_PACKED_WEIGHTS] = CONVFORGE_ALIGNMENT;
  alignment[CONVFORGE_BIAS] = convforge_dtype_bytes(kernel->bias.dtype);
  alignment[CONVFORGE_RESIDUAL] = convforge_dtype_bytes(kernel->residual.dtype);
  alignment[CONVFORGE_OUTPUT] = convforge_dtype_bytes(kernel->output.dtype);
}

static int check_pointers(const convforge_kernel *kernel, const size_t bytes[CONVFORGE_TENSOR_COUNT],
                          convforge_operands *operands) {
  size_t alignment[CONVFORGE_TENSOR_COUNT];
  alignments_of(kernel, alignment);
  for (int t = 0; t < CONVFORGE_TENSOR_COUNT; ++t) {
    if (bytes[t] == 0) {
      operands->tensor[t] = NULL;
      continue;
    }
    if (alignment[t] == 0)
      return CONVFORGE_ERROR_ABI; /* a type of a later version */
    const int status = check_pointer(operands->tensor[t], alignment[t]);
    if (status != CONVFORGE_OK)
      return status;
  }
  return CONVFORGE_OK;
}

/* What is written, output and workspace, must not share a byte with anything else of the call. */
static int check_overlaps(const size_t bytes[CONVFORGE_TENSOR_COUNT], const convforge_operands *operands,
                          size_t workspace_bytes) {
  const void *output = operands->tensor[CONVFORGE_OUTPUT];
  for (int t = 0; t < CONVFORGE_TENSOR_COUNT; ++t) {
    const void *tensor = operands->tensor[t];
    if (t != CONVFORGE_OUTPUT && convforge_overlap(output, bytes[CONVFORGE_OUTPUT], tensor, bytes[t]))
      return CONVFORGE_ERROR_OVERLAP;
    if (convforge_overlap(operands->workspace, workspace_bytes, tensor, bytes[t]))
      return CONVFORGE_ERROR_OVERLAP;
  }
  return CONVFORGE_OK;
}

static int check_operands(const convforge_kernel *kernel, size_t workspace_bytes,
                          convforge_operands *operands) {
  size_t bytes[CONVFORGE_TENSOR_COUNT];
  sizes_of(kernel, bytes);
  int status = check_pointers(kernel, bytes, operands);
  if (status == CONVFORGE_OK && workspace_bytes != 0)
    status = check_pointer(operands->workspace, CONVFORGE_ALIGNMENT);
  if (status != CONVFORGE_OK)
    return status;
  if (!convforge_packed_for(kernel, operands->tensor[CONVFORGE_PACKED_WEIGHTS]))
    return CONVFORGE_ERROR_PACK;
  return check_overlaps(bytes, operands, workspace_bytes);
}

int convforge_check_arguments(const convforge_kernel *kernel, const convforge_args *args,
                              convforge_operands *operands) {
  int status = check_kernel(kernel);
  if (status != CONVFORGE_OK)
    return status;
  if (args == NULL)
    return CONVFORGE_ERROR_NULL;
  status = check_threads(args->threads);
  if (status != CONVFORGE_OK)
    return status;
  const size_t workspace_bytes = convforge_workspace_size(kernel, args->threads ? args->threads->count : 1);
  operands->tensor[CONVFORGE_INPUT] = args->input;
  operands->tensor[CONVFORGE_PACKED_WEIGHTS] =
      kernel->constant_weights ? kernel->constant_weights : args->packed_weights;
  operands->tensor[CONVFORGE_BIAS] = kernel->constant_bias ? kernel->constant_bias : args->bias;
  operands->tensor[CONVFORGE_RESIDUAL] = args->residual;
  operands->tensor[CONVFORGE_OUTPUT] = args->output;
  operands->workspace = workspace_bytes ? args->workspace : NULL;
  return check_operands(kernel, workspace_bytes, operands);
}
