/* Every check of a call, before anything is written. A few nanoseconds: no loop here depends on the size of a
 * tensor. */
#include "arguments.h"

#include "convforge/elements.h"
#include "overlap.h"
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
  return kernel->function != NULL && kernel->view_count >= 0 && kernel->view_count <= CONVFORGE_MAX_VIEWS &&
                 convforge_has_operands(kernel)
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

static int check_pointers(const convforge_kernel *kernel, const convforge_call *call) {
  for (int i = 0; i < kernel->operand_count; ++i) {
    const convforge_operand *operand = &kernel->operands[i];
    if (operand->role == CONVFORGE_PACKED)
      continue;
    const size_t alignment =
        operand->role == CONVFORGE_WEIGHTS ? CONVFORGE_ALIGNMENT : convforge_dtype_bytes(operand->dtype);
    if (alignment == 0)
      return CONVFORGE_ERROR_ABI; /* a type of a later version */
    const int status = check_pointer(call->operands[i], alignment);
    if (status != CONVFORGE_OK)
      return status;
  }
  return CONVFORGE_OK;
}

/* May two operands, whose bytes overlap, share an element? Weights are packed then, and no slice. */
static bool meet(const convforge_kernel *kernel, const convforge_call *call, int a, int b) {
  const convforge_operand *x = &kernel->operands[a], *y = &kernel->operands[b];
  return x->role == CONVFORGE_WEIGHTS || y->role == CONVFORGE_WEIGHTS ||
         convforge_slices_meet(x, call->operands[a], y, call->operands[b]);
}

/* Is operand i computed in place? */
static bool in_place(const convforge_kernel *kernel, const convforge_call *call, int i) {
  return call->operands[i] == call->operands[kernel->operand_count - 1] && convforge_may_be_output(kernel, i);
}

/* What is written, output and workspace, must not share a byte with anything else of the call. Slices of one
 * larger tensor may interleave, and the output may be what the epilogue reads. */
static int check_overlaps(const convforge_kernel *kernel, const convforge_call *call,
                          size_t workspace_bytes) {
  const int output = kernel->operand_count - 1;
  const size_t output_bytes = convforge_operand_bytes(kernel, output);
  for (int i = 0; i < kernel->operand_count; ++i) {
    const void *operand = call->operands[i];
    const size_t bytes = convforge_operand_bytes(kernel, i);
    if (i != output && !in_place(kernel, call, i) &&
        convforge_overlap(call->operands[output], output_bytes, operand, bytes) &&
        meet(kernel, call, output, i))
      return CONVFORGE_ERROR_OVERLAP;
    if (convforge_overlap(call->workspace, workspace_bytes, operand, bytes))
      return CONVFORGE_ERROR_OVERLAP;
  }
  return CONVFORGE_OK;
}

static int check_call(const convforge_kernel *kernel, size_t workspace_bytes, const convforge_call *call) {
  int status = check_pointers(kernel, call);
  if (status == CONVFORGE_OK && workspace_bytes != 0)
    status = check_pointer(call->workspace, CONVFORGE_ALIGNMENT);
  if (status != CONVFORGE_OK)
    return status;
  for (int i = 0; i < kernel->operand_count; ++i)
    if (kernel->operands[i].role == CONVFORGE_WEIGHTS && !convforge_packed_for(kernel, call->operands[i]))
      return CONVFORGE_ERROR_PACK;
  return check_overlaps(kernel, call, workspace_bytes);
}

int convforge_check_arguments(const convforge_kernel *kernel, const convforge_args *args,
                              convforge_call *call) {
  int status = check_kernel(kernel);
  if (status != CONVFORGE_OK)
    return status;
  if (args == NULL || args->operands == NULL)
    return CONVFORGE_ERROR_NULL;
  if ((args->flags & ~(uint32_t)CONVFORGE_FLUSH_SUBNORMALS) != 0)
    return CONVFORGE_ERROR_ABI; /* a flag of a later version */
  status = check_threads(args->threads);
  if (status != CONVFORGE_OK)
    return status;
  const size_t workspace_bytes = convforge_workspace_size(kernel, args->threads ? args->threads->count : 1);
  for (int i = 0; i < kernel->operand_count; ++i) {
    const void *constant = kernel->operands[i].constant;
    call->operands[i] = constant != NULL ? constant : args->operands[i];
  }
  call->workspace = workspace_bytes ? args->workspace : NULL;
  return check_call(kernel, workspace_bytes, call);
}
