/* One call: check, put the addresses on the stack, launch. */
#include "module.h"

#include "../src/range.h"

#include <stdint.h>

enum { tensor_alignment = 16 }; /* kernels read and write 16 bytes at once */

typedef struct operands {
  const void *tensor[CONVFORGE_TENSOR_COUNT];
  size_t bytes[CONVFORGE_TENSOR_COUNT]; /* 0: the kernel does not take it */
} operands;

static operands operands_of(const convforge_kernel *kernel, const convforge_args *args) {
  operands o;
  o.tensor[CONVFORGE_INPUT] = args->input;
  o.tensor[CONVFORGE_PACKED_WEIGHTS] = args->packed_weights;
  o.tensor[CONVFORGE_BIAS] = args->bias;
  o.tensor[CONVFORGE_RESIDUAL] = args->residual;
  o.tensor[CONVFORGE_OUTPUT] = args->output;
  o.bytes[CONVFORGE_INPUT] = kernel->input.bytes;
  o.bytes[CONVFORGE_PACKED_WEIGHTS] = kernel->packed_bytes;
  o.bytes[CONVFORGE_BIAS] = kernel->bias.rank ? kernel->bias.bytes : 0;
  o.bytes[CONVFORGE_RESIDUAL] = kernel->residual.rank ? kernel->residual.bytes : 0;
  o.bytes[CONVFORGE_OUTPUT] = kernel->output.bytes;
  return o;
}

static int check(const operands *o) {
  for (int t = 0; t < CONVFORGE_TENSOR_COUNT; ++t) {
    if (o->bytes[t] == 0)
      continue;
    if (o->tensor[t] == NULL)
      return CONVFORGE_ERROR_NULL;
    if (!convforge_aligned(o->tensor[t],
                           t == CONVFORGE_PACKED_WEIGHTS ? CONVFORGE_ALIGNMENT : tensor_alignment))
      return CONVFORGE_ERROR_MISALIGNED;
  }
  for (int t = 0; t < CONVFORGE_OUTPUT; ++t)
    if (convforge_overlap(o->tensor[CONVFORGE_OUTPUT], o->bytes[CONVFORGE_OUTPUT], o->tensor[t], o->bytes[t]))
      return CONVFORGE_ERROR_OVERLAP;
  return CONVFORGE_OK;
}

static int launch(const convforge_cuda_module *module, int index, const operands *o,
                  convforge_cuda_stream stream) {
  const convforge_kernel *kernel = module->variant->kernel;
  const convforge_cuda_launch *l = &module->variant->launches[index];
  cu_pointer addresses[CONVFORGE_MAX_VIEWS];
  void *parameters[CONVFORGE_MAX_VIEWS];
  for (int i = 0; i < l->view_count; ++i) {
    const convforge_view *view = &kernel->views[l->views[i]];
    addresses[i] = (uintptr_t)o->tensor[view->tensor] + view->offset;
    parameters[i] = &addresses[i];
  }
  const cu_result result =
      module->driver.launch(module->functions[index], l->grid[0], l->grid[1], l->grid[2], l->block[0],
                            l->block[1], l->block[2], l->shared_bytes, stream, parameters, NULL);
  return convforge_cuda_status(&module->driver, "cuLaunchKernel", result, CONVFORGE_ERROR_LAUNCH);
}

int convforge_cuda_run(const convforge_cuda_module *module, const convforge_args *args,
                       convforge_cuda_stream stream) {
  if (module == NULL || args == NULL)
    return CONVFORGE_ERROR_NULL;
  const operands o = operands_of(module->variant->kernel, args);
  int status = check(&o);
  for (int i = 0; status == CONVFORGE_OK && i < module->variant->launch_count; ++i)
    status = launch(module, i, &o, stream);
  return status;
}
