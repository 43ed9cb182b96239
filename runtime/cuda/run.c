/* One call: check, put the addresses on the stack, launch. */
#include "module.h"

#include "../src/arguments.h"
#include "../src/range.h"

#include <stdint.h>

enum { tensor_alignment = 16 }; /* kernels read and write 16 bytes at once */

static int check(const convforge_kernel *kernel, void *const *operands) {
  const int output = kernel->operand_count - 1;
  for (int i = 0; i < kernel->operand_count; ++i) {
    if (kernel->operands[i].role == CONVFORGE_PACKED)
      continue;
    if (operands[i] == NULL)
      return CONVFORGE_ERROR_NULL;
    if (!convforge_aligned(operands[i], kernel->operands[i].role == CONVFORGE_WEIGHTS ? CONVFORGE_ALIGNMENT
                                                                                      : tensor_alignment))
      return CONVFORGE_ERROR_MISALIGNED;
  }
  for (int i = 0; i < output; ++i)
    if (convforge_overlap(operands[output], convforge_operand_bytes(kernel, output), operands[i],
                          convforge_operand_bytes(kernel, i)))
      return CONVFORGE_ERROR_OVERLAP;
  return CONVFORGE_OK;
}

static int launch(const convforge_cuda_module *module, int index, void *const *operands,
                  convforge_cuda_stream stream) {
  const convforge_kernel *kernel = module->variant->kernel;
  const convforge_cuda_launch *l = &module->variant->launches[index];
  cu_pointer addresses[CONVFORGE_MAX_VIEWS];
  void *parameters[CONVFORGE_MAX_VIEWS];
  for (int i = 0; i < l->view_count; ++i) {
    const convforge_view *view = &kernel->views[l->views[i]];
    addresses[i] = (uintptr_t)operands[view->operand] + view->offset;
    parameters[i] = &addresses[i];
  }
  const cu_result result =
      module->driver.launch(module->functions[index], l->grid[0], l->grid[1], l->grid[2], l->block[0],
                            l->block[1], l->block[2], l->shared_bytes, stream, parameters, NULL);
  return convforge_cuda_status(&module->driver, "cuLaunchKernel", result, CONVFORGE_ERROR_LAUNCH);
}

int convforge_cuda_run(const convforge_cuda_module *module, const convforge_args *args,
                       convforge_cuda_stream stream) {
  if (module == NULL || args == NULL || args->operands == NULL)
    return CONVFORGE_ERROR_NULL;
  int status = check(module->variant->kernel, args->operands);
  for (int i = 0; status == CONVFORGE_OK && i < module->variant->launch_count; ++i)
    status = launch(module, i, args->operands, stream);
  return status;
}
